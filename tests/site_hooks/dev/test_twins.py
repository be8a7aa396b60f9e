"""Comparing what twins print with what their cells printed."""

from typing import Any

import pytest

from site_hooks.content.cells import Cell
from site_hooks.dev import twins
from site_hooks.dev.twins import Printed, differs


@pytest.mark.parametrize(
    ("cell", "twin"),
    [
        ("loss 0.123\n", "loss 0.124\n"),
        ("with pylib  1.5", "with PyTorch 1.5"),
        ("NumPy: 2", "PyTorch: 2"),
        ("[1. 2.]\n\n", "[ 1.  2.]"),
        ("score 3e-04", "score 4e-04"),
        ("nan inf", "nan inf"),
        ("-0.0", "0.0"),
        ("100.00%", "100.00%"),
        ("0.30000000000000004", "0.3000000000001"),
    ],
)
def test_the_same(cell: str, twin: str) -> None:
    assert differs(cell, twin) == ""


@pytest.mark.parametrize(
    ("cell", "twin", "words"),
    [
        ("loss 0.123", "loss 0.125", "printed 0.125 where its cell printed 0.123"),
        ("step 12", "step 13", "printed 13 where its cell printed 12"),
        ("a 1", "b 1", "printed “b 1” where its cell printed “a 1”, in line 1"),
        ("1\n2", "1", "printed 1 lines, its cell 2"),
        ("score 3e-04", "score 3e-05", "printed 3e-05 where its cell printed 3e-04"),
        ("[1. 2.]", "[1. 3.]", "printed 3. where its cell printed 2."),
        ("inf", "nan", "printed “nan” where its cell printed “inf”"),
    ],
)
def test_not_the_same(cell: str, twin: str, words: str) -> None:
    assert words in differs(cell, twin)


def test_a_twin_may_say_by_which_share_its_numbers_differ() -> None:
    assert differs("749 steps", "752 steps", 0.01) == ""
    assert "printed 760" in differs("749 steps", "760 steps", 0.01)


def test_what_is_wrong_is_said_by_file_and_line() -> None:
    own = [
        Cell("one", "run", "print(1)", "page", "page.md", 1),
        Cell("one", "torch", "print(1)", "page", "page.md", 5),
        Cell("two", "run", "print(1)", "page", "page.md", 9),
        Cell("two", "torch", "print(1)", "page", "page.md", 13, {"raises": "RuntimeError"}),
    ]
    events: dict[str, list[dict[str, Any]]] = {
        "one": [{"kind": "stdout", "text": "1\n"}, {"kind": "figure", "figure": 1}],
        "two": [{"kind": "result", "text": "1"}],
    }
    right = {"one": Printed("1\n", 1, None, ""), "two": Printed("1\n", 0, "RuntimeError", "")}
    assert twins.faults(own, events, right) == []
    wrong = {"one": Printed("1\n", 0, None, ""), "two": Printed("1\n", 0, None, "")}
    assert twins.faults(own, events, wrong) == [
        'page.md:5: torch="one" drew 0 figures, its cell 1',
        'page.md:13: torch="two" raised None where RuntimeError was meant\n',
    ]
