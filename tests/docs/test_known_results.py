"""The table of results to reproduce: each row's cells print its numbers, and it has a test."""

import posixpath
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from site_hooks.content import outputs
from tests.conftest import DOCS, Collect

CACHE = Path(".cache/outputs")
PAGE = "beyond/known-results.md"
ROW = re.compile(r"^\| \*\*(\d+)\.\*\* .+? \| (.+?) \| (\[.+\)) \|$", re.MULTILINE)
LINK = re.compile(r"\[((?:[^\]\\]|\\.)+)\]\(([^)#]*)#([\w-]+)\)")
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


class Row(NamedTuple):
    """A result, and the title, page and id of each cell that it links to."""

    number: int
    result: str
    cells: list[tuple[str, str, str]]


def page_of(address: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(PAGE), address)) if address else PAGE


def rows(text: str) -> list[Row]:
    return [
        Row(
            int(number),
            result,
            [
                (title.replace("\\", ""), page_of(address), cell)
                for title, address, cell in LINK.findall(links)
            ],
        )
        for number, result, links in ROW.findall(text)
    ]


ROWS = rows((DOCS / PAGE).read_text("utf-8")) if (DOCS / PAGE).is_file() else []

Printed = Callable[[str], dict[str, tuple[str, str]]]


@pytest.fixture(scope="module")
def printed(collect: Collect) -> Printed:
    """Of the cells of a page: title and what is printed, by id."""

    @cache
    def of(page: str) -> dict[str, tuple[str, str]]:
        path = DOCS / page
        own = collect(path.read_text("utf-8"), page.removesuffix(".md"), str(path))
        events = outputs.run(own, CACHE)
        return {
            cell.id: (
                cell.settings["title"],
                "".join(e["text"] for e in events[cell.id] if e["kind"] == "stdout"),
            )
            for cell in own
            if cell.kind == "run" and cell.runs_at_build
        }

    return of


def test_the_table_has_all_results() -> None:
    assert [row.number for row in rows((DOCS / PAGE).read_text("utf-8"))] == [*range(1, 36)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.number))
def test_the_cells_of_a_row_print_its_numbers(row: Row, printed: Printed) -> None:
    assert row.cells
    numbers: set[float] = set()
    for title, page, cell in row.cells:
        its_title, text = printed(page)[cell]
        assert title == its_title
        numbers.update(map(float, NUMBER.findall(text)))
    said = NUMBER.findall(row.result.replace("−", "-"))
    assert len(said) > 1
    assert {each for each in said if float(each) not in numbers} == set()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.number))
def test_a_result_is_computed_anew_under_its_number(row: Row) -> None:
    tests = Path("tests/pylib/test_teaching_results.py").read_text("utf-8")
    assert f"\ndef test_{row.number:02}_" in tests
