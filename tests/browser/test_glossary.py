"""The glossary on the lesson's own site: links to it, and each of its terms found by search.

It needs a built site.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import DOCS


@pytest.fixture(scope="module")
def lesson(serve: Callable[[Path], str], built: Path) -> str:
    return f"{serve(built)}/"


def test_the_first_use_of_a_term_leads_to_its_entry(page: Page, lesson: str) -> None:
    page.goto(f"{lesson}losses/huber/")
    page.get_by_role("link", name="residuals", exact=True).click()
    expect(page).to_have_url(re.compile(r"/glossary/#residual$"))
    entry = page.get_by_role("heading", name="Residual")
    expect(entry).to_be_in_viewport()
    page.locator("#residual + p + p").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Mean squared error"))


def test_links_to_the_glossary_are_told_from_words_without_colour(page: Page, lesson: str) -> None:
    page.goto(f"{lesson}losses/huber/")
    link = page.locator("article a.term").first
    style = "node => getComputedStyle(node).textDecoration"
    assert re.match(r"underline .*dotted", link.evaluate(style))
    assert not page.locator(":is(h1, h2, h3, code, lesson-quiz, py-cell) a.term").count()


# Pages are called so, and come first.
OF_PAGES = {"losses"}


def test_search_finds_every_term(page: Page, lesson: str) -> None:
    page.goto(lesson)
    page.get_by_role("textbox", name="Search").click()
    box = page.locator(".md-search__input")
    text = (DOCS / "glossary.md").read_text("utf-8")
    entries = re.findall(r'^### (.+?) \{ #([\w-]+)(?: data-terms="(.*?)")?', text, re.MULTILINE)
    assert entries
    for title, entry, terms in entries:
        for words in {title, *filter(None, terms.split(","))} - OF_PAGES:
            box.fill(words)
            box.dispatch_event("keyup")  # what the search waits for
            found = page.locator(f".md-search-result__link[href*='glossary/'][href$='#{entry}']")
            expect(found.first, words).to_be_attached()
