"""How the benchmark writes its results, with made-up numbers. Nothing is timed here."""

import hashlib
import sys
from importlib import import_module

import pytest

from bench.__main__ import EVERY
from bench.first_plot import figures
from bench.optimizers import judged
from bench.peers import downloaded, row
from bench.report import (
    AtMost,
    Figure,
    SkippedError,
    TimesLess,
    number,
    spread,
    table,
    with_head,
    with_section,
)
from bench.start import Row
from bench.timeline import steps_of

RESULTS = "# Results\n\nA machine.\n\n## One\n\nold\n\n## Two\n\n### Below\n\nkept\n"


def test_a_figure_stands_beside_stock_and_its_bar() -> None:
    figure = Figure("First plot", "s", [2.0, 1.5, 2.5], [6.0, 6.0, 9.0], TimesLess(3))
    assert table([figure]).splitlines() == [
        "|  | ours | stock | stock ÷ ours | bar |",
        "| --- | ---: | ---: | ---: | --- |",
        "| First plot | 2 s (1.5 to 2.5) | 6 s (6 to 9) | 3.00 | stock ÷ ours at least 3: met |",
    ]


def test_a_missed_bar_is_said_with_its_reason() -> None:
    figure = Figure("Stop", "s", [1.2], bar=AtMost(1.0), why="a slow disk")
    text = table([figure, Figure("Met", "s", [0.5], bar=AtMost(1.0), why="not shown")])
    assert text.splitlines() == [
        "|  | ours | bar |",
        "| --- | ---: | --- |",
        "| Stop | 1.2 s | at most 1 s: **missed** |",
        "| Met | 0.5 s | at most 1 s: met |",
        "",
        "- Stop: a slow disk",
    ]


def test_a_bar_against_stock_is_missed_where_stock_was_not_measured() -> None:
    assert Figure("First plot", "s", [2.0], bar=TimesLess(3)).missed


def test_numbers_have_three_digits_and_no_exponent() -> None:
    assert [number(value) for value in (0.0, 0.0123, 1.0, 12.34, 123.4, 12345.6)] == [
        "0",
        "0.0123",
        "1",
        "12.3",
        "123",
        "12,346",
    ]
    assert spread([3.0, 3.0], "ms") == "3 ms"
    assert spread([], "ms") == ""


def test_a_section_replaces_the_one_of_its_title_and_nothing_else() -> None:
    assert with_section(RESULTS, "## One\n\nnew\n\n\n") == RESULTS.replace("old", "new")


def test_a_new_section_comes_last() -> None:
    assert with_section(RESULTS, "## Three\n\nnew") == RESULTS + "\n## Three\n\nnew\n"
    assert with_section("", "## Three\n\nnew") == "## Three\n\nnew\n"


def test_the_head_is_replaced_alone() -> None:
    assert with_head(RESULTS, "# Results\n\nAnother.") == RESULTS.replace("A machine", "Another")


def test_peers_are_multiples_of_ours() -> None:
    seconds = {"ours": [1.0, 2.0, 4.0], "pyscript": [5.0], "markdown-exec": [1.0, 1.0]}
    expected = "| a print | 2 s (1 to 4) | 5 s | 2.50 | 1 s | 0.50 |"
    assert row("a print", seconds) == expected


def test_a_peer_is_the_one_that_was_pinned() -> None:
    command = [sys.executable, "-c", "open('a.whl', 'w').write('it')"]
    pinned = hashlib.sha256(b"it").hexdigest()
    assert downloaded(command, "*.whl", pinned) == b"it"
    with pytest.raises(SkippedError, match=f"has SHA-256 {pinned}, not the pinned 0"):
        downloaded(command, "*.whl", "0" * 64)
    with pytest.raises(SkippedError, match="cannot be downloaded"):
        downloaded(command, "*.tgz", pinned)
    with pytest.raises(SkippedError, match="cannot be downloaded"):
        downloaded(["no-such-command"], "*.whl", pinned)


@pytest.mark.parametrize(("host", "missed"), [("gzip", False), ("Brotli", True)])
def test_every_bar_of_a_line_and_a_host_is_judged(host: str, missed: bool) -> None:
    rows = {
        "ours, first visit": Row("", [5.0], [10.5]),
        "stock, first visit": Row("", [13.0], [19.0]),
        "ours, second visit": Row("", [1.0], [0.0]),
        "stock, second visit": Row("", [5.0], [0.0]),
    }
    found = figures("20 Mbit/s", host, rows)
    assert [(figure.name, figure.bar is not None, figure.missed) for figure in found] == [
        (f"first visit, {host}", True, missed),
        (f"first visit, {host}: to the plot", True, missed),
        (f"second visit, {host}", True, True),
        (f"second visit, {host}: to the plot", False, False),
    ]


def test_a_step_lasts_until_the_next_begins() -> None:
    stamps = [("worker", 100.0), ("download", 150.0), ("start", 400.0)]
    assert steps_of(stamps, 1000.0) == [("worker", 0.05), ("download", 0.25), ("start", 0.6)]


def test_a_step_is_to_be_as_fast_as_torchs() -> None:
    assert judged({"pylib": 3.0, "torch, default": 2.0}) == ["0.67", "at least 1: **missed**"]
    assert judged({"pylib": 2.0, "torch, default": 2.0}) == ["1.00", "at least 1: met"]


@pytest.mark.parametrize("part", EVERY)
def test_a_part_has_a_title_and_can_be_measured(part: str) -> None:
    module = import_module(f"bench.{part}")
    assert module.TITLE
    assert callable(module.markdown)
