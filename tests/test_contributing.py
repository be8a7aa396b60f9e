"""CONTRIBUTING.md's table of faults: as many as it promises, each with a test that is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TITLE = "## Faults and the tests that cover them"


def test_every_fault_has_a_test_that_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition(TITLE)[2].partition("\n## ")[0]
    named = re.findall(r"^\|[^|]+\|[^|]+\| `(test_\w+)` \|$", text, re.MULTILINE)
    there = {
        name
        for file in (ROOT / "tests" / "browser").glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", file.read_text("utf-8"), re.MULTILINE)
    }
    assert len(named) == len(set(named)) == 20
    assert set(named) <= there
