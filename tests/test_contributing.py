"""CONTRIBUTING.md's tables: as many rows as they promise, each with tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TITLE = "## Faults and the tests that cover them"
POINTS = "## What a cell can do, and the tests that prove it"
TEST = r"`(test_\w+)`"


def section(title: str) -> str:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    return text.partition(f"{title}\n")[2].partition("\n## ")[0]


def names_below(folder: str) -> set[str]:
    return {
        name
        for file in (ROOT / folder).rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", file.read_text("utf-8"), re.MULTILINE)
    }


def test_every_fault_has_a_test_that_is_there() -> None:
    named = re.findall(rf"^\|[^|]+\|[^|]+\| {TEST} \|$", section(TITLE), re.MULTILINE)
    assert len(named) == len(set(named)) == 21
    assert set(named) <= names_below("tests/browser")


def test_every_point_has_tests_that_are_there() -> None:
    rows = re.findall(r"^\| (\d+) \|[^|]+\|([^|]+)\|$", section(POINTS), re.MULTILINE)
    assert [int(number) for number, _ in rows] == [*range(1, 16), 19, *range(22, 26)]
    there = names_below("tests")
    for number, named in rows:
        tests = re.findall(TEST, named)
        assert tests, number
        assert set(tests) <= there, number
