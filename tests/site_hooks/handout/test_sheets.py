"""Which parts and pages `npm run handout` prints, and what it says where it cannot."""

import os
import subprocess
import sys

import pytest

from site_hooks.errors import BuildError
from site_hooks.handout import __main__ as handout
from site_hooks.hooks import Converted

CELL = '<div class="cell"><py-cell id="a"></py-cell></div>'


def page(part: str, source: str, title: str, html: str = CELL) -> Converted:
    return Converted(part, source, source.removesuffix(".md") + "/", title, "", html)


PAGES = [
    page("The loop", "index.md", "The loop"),
    page("Losses", "losses/mse.md", "MSE"),
    page("Losses", "losses/words.md", "Words", "<p>No cell.</p>"),
    page("More", "help.md", "Help", "<p>Help.</p>"),
    page("More", "reference/losses.md", "All losses"),
]


def test_every_part_with_something_to_do_is_printed_without_the_reference() -> None:
    sheets, left_out = handout.chosen(PAGES, [])
    assert [(s.title, [p.title for p in s.pages]) for s in sheets] == [
        ("The loop", ["The loop"]),
        ("Losses", ["MSE", "Words"]),
    ]
    assert left_out == ["More"]
    assert [s.name for s in sheets] == ["the-loop", "losses"]


def test_parts_and_pages_can_be_named() -> None:
    sheets, left_out = handout.chosen(PAGES, ["more", "docs/losses/words.md", "losses/mse.md"])
    assert [s.title for s in sheets] == ["More", "Words", "MSE"]
    assert len(sheets[0].pages) == 2
    assert left_out == []


def test_what_is_neither_is_refused_with_what_there_is() -> None:
    with pytest.raises(BuildError, match=r"Loses is neither a part nor a page .*The loop, Losses"):
        handout.chosen(PAGES, ["Loses"])


NONE = "no Chromium was found to print with; install Chrome or Chromium, or set CHROMIUM"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"CHROMIUM": "/gone/chromium"}, "CHROMIUM is /gone/chromium, and there is no such file; "),
        ({"CHROMIUM": "", "PLAYWRIGHT_BROWSERS_PATH": "/gone"}, NONE),
    ],
)
def test_a_browser_that_is_not_there_is_told_with_what_to_install(
    settings: dict[str, str], words: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "site_hooks.handout"],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(words)
    assert "python -m playwright install chromium" in done.stderr
    assert done.stdout == ""  # before anything is built


def test_half_an_address_is_refused() -> None:
    assert handout.main(["--address", "example.org/lesson"]) == 1
