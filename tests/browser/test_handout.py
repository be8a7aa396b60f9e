"""The handout as Chromium prints it: contents with true page numbers, and nothing cut."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from site_hooks.handout import pdf, printer
from site_hooks.handout.chapter import Addresses, Chapter, Links, chapter
from site_hooks.handout.document import Words, document
from site_hooks.paths import ROOT
from tests.browser.conftest import chromium_path

WORDS = Words("Losses", "A lesson", "en", "MIT", "", "27 November 2026")
LONG = "x = " + " + ".join(f"first_{n}" for n in range(40))


def chapters() -> list[Chapter]:
    """Two: three sheets of text, and one with what is wider than the paper."""
    links = Links({"one": "c1", "two": "c2"}, "", Addresses())
    text = "".join(f"<p>Line {n} of a long text.</p>" for n in range(150))
    one = f'<h2 id="begin">Begin</h2>{text}<h2 id="late">Late</h2><p>At last.</p>'
    cells = "".join(f"<td>column{n}column</td>" for n in range(14))
    wide = '<span style="display:inline-block;width:100em">w</span>'
    formula = f'<span class="katex-html" style="display:block">{wide}</span>'
    two = (
        f'<pre class="highlight"><code>{LONG}</code></pre><table><tr>{cells}</tr></table>'
        f'<div class="arithmatex"><span class="katex-display" style="display:block">'
        f'<span class="katex" style="white-space:nowrap">{formula}</span></span></div>'
    )
    return [
        chapter(one, "one/", "One", 1, links),
        chapter(two, "two/", "Two", 2, links),
    ]


def html() -> str:
    return document(WORDS, chapters(), Addresses(), answers=False)


@pytest.fixture(scope="module")
def made(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    content, _ = printer.printed(browser, html(), tmp_path_factory.mktemp("site"), "Losses", "a4")
    return content


def test_the_contents_name_the_page_of_each_section(made: bytes) -> None:
    pages = pdf.pages_of_names(made)
    assert set(pages) == {"c1", "c1-begin", "c1-late", "c2"}
    assert 1 == pages["c1"] == pages["c1-begin"] < pages["c1-late"] < pages["c2"]
    assert pages["c2"] == pdf.count(made)


def test_numbers_stand_in_the_contents(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[list[str]] = []
    print_it = printer._pdf

    def watch(page: Page, title: str, paper: printer.Paper) -> bytes:
        shown.append(page.locator("[data-of]").all_text_contents())
        return print_it(page, title, paper)

    monkeypatch.setattr(printer, "_pdf", watch)
    content, _ = printer.printed(browser, html(), tmp_path, "Losses", "letter")
    pages = pdf.pages_of_names(content)
    first, second = shown
    assert set(first) == {""}
    assert second == [str(pages[name]) for name in ("c1", "c1-begin", "c1-late", "c2")]


def test_what_is_wider_than_the_paper_is_made_smaller_or_told(
    browser: Browser, tmp_path: Path
) -> None:
    _, outside = printer.printed(browser, html(), tmp_path, "Losses", "a4")
    assert outside == []
    rigid = html().replace("At last.", '<span style="display:block;width:900px">wide</span>')
    _, outside = printer.printed(browser, rigid, tmp_path, "Losses", "a4")
    assert outside == ["One"]


def test_a_handout_asks_nobody_but_its_own_folder(
    browser: Browser, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    (tmp_path / "there.png").write_bytes(b"")
    site = serve(tmp_path)
    asking = html().replace("At last.", f'<img src="{site}/there.png"><img src="../secret">')
    content, _ = printer.printed(browser, asking, tmp_path, "Losses", "a4")
    assert content.startswith(b"%PDF")


def test_the_lesson_itself_is_printed_whole(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "site_hooks.handout", "--whole", "--out", str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "CHROMIUM": chromium_path() or ""},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (file,) = tmp_path.iterdir()
    pages = pdf.pages_of_names(file.read_bytes())
    said = re.search(r"\.pdf: (\d+) pages$", done.stdout, re.MULTILINE)
    assert said
    assert max(pages.values()) == pages["addresses"] <= int(said[1]) <= pages["addresses"] + 2
    assert {"c1", "c2", "hints", "addresses"} <= set(pages)
    assert "answers" not in pages
    assert "wider than the paper" not in done.stdout
    assert "More, where nothing is to be run or answered" in done.stdout
