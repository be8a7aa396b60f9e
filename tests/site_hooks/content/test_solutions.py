"""The setting `solutions`: what it may say, and what a release means."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from site_hooks.content import render, solutions, take_home
from site_hooks.content.cells import Cell
from site_hooks.content.solutions import Release
from site_hooks.errors import BuildError

NOW = datetime(2027, 1, 31, 12, tzinfo=UTC)
SOLUTION = Cell("step", "solution", "w = 1", "page", "docs/page.md", 9)


@pytest.mark.parametrize(
    ("value", "is_shown"),
    [
        ("shown", True),
        ("never", False),
        (date(2027, 1, 31), True),
        (date(2027, 2, 1), False),
        ("2027-01-31", True),
        ("2027-01-31 12:00", True),
        ("2027-01-31T12:01", False),
        ("2027-01-31T13:00+01:00", True),
        ("2027-01-31T12:00-01:00", False),
        ("2027-01-31T12:00:00Z", True),
        (datetime(2027, 1, 31, 12), True),
        (datetime(2027, 1, 31, 12, tzinfo=timezone(timedelta(hours=-1))), False),
    ],
)
def test_a_word_or_a_moment_says_whether_solutions_are_shown(value: object, is_shown: bool) -> None:
    assert solutions.release(value, "mkdocs.yml", NOW).is_shown is is_shown


@pytest.mark.parametrize(
    ("value", "got"),
    [
        ("tomorrow", '"tomorrow"'),
        ("Never", '"Never"'),
        ("2027-02-30", '"2027-02-30"'),
        ("31.01.2027", '"31.01.2027"'),
        ("2027-1-31", '"2027-1-31"'),
        (None, "empty"),
        (False, "false"),
        (20270131, "20270131"),
        ([date(2027, 1, 31)], '["2027-01-31"]'),
    ],
)
def test_anything_else_is_refused_with_the_file_and_what_is_allowed(
    value: object, got: str
) -> None:
    with pytest.raises(BuildError) as refused:
        solutions.release(value, "mkdocs.yml: extra", NOW)
    assert str(refused.value) == (
        f"mkdocs.yml: extra: solutions is {got}; write shown, never, "
        "or a date such as 2027-01-31 or 2027-01-31T12:00+01:00"
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2027-02-01", "1 February 2027"),
        ("2027-02-01T08:30+01:00", "1 February 2027, 08:30 UTC+01:00"),
        ("2027-02-01T00:00+01:00", "1 February 2027, 00:00 UTC+01:00"),
        ("never", ""),
    ],
)
def test_readers_are_told_when(value: object, words: str) -> None:
    assert solutions.release(value, "mkdocs.yml", NOW).words() == words


def test_a_solution_that_is_left_out_says_no_more_than_from_when_on_it_is_shown() -> None:
    later = solutions.marked(SOLUTION, Release(False, datetime(2027, 2, 1, tzinfo=UTC)))
    assert "The solution is shown from 1 February 2027 on." in render.aside(later)
    assert "w = 1" not in render.aside(later)
    assert render.aside(solutions.marked(SOLUTION, Release(False))) == ""
    assert b"w = 1" not in take_home.notebook([later], "page.md", {})
    assert b"w = 1" in take_home.notebook([SOLUTION], "page.md", {})


def test_nothing_but_solutions_is_left_out() -> None:
    for kind in ("run", "hint", "check", "wrong", "answer"):
        cell = replace(SOLUTION, kind=kind)
        assert solutions.marked(cell, Release(False)) == cell
    assert solutions.marked(SOLUTION, Release(True)) == SOLUTION
