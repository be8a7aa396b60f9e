"""Links of the lesson's pages to pages that a course has not: text, wherever they stand."""

import pytest
from markdown import Markdown

from site_hooks.content.absent import AbsentPages
from site_hooks.content.prose import Prose

THERE = {"losses/mse.md", "optimizers/adam.md", "labs/race.ipynb"}


@pytest.fixture
def absent() -> AbsentPages:
    extension = AbsentPages()
    extension.begin("losses/mse.md", THERE.__contains__)
    return extension


@pytest.mark.parametrize(
    "link",
    [
        "../optimizers/adam.md",
        "../optimizers/adam.md#the-formula",
        "mse.md",
        "../labs/race.ipynb",
        "#here",
        "https://example.org/a.md",
        "data.csv",
        "mailto:a@example.org",
    ],
)
def test_a_link_that_leads_somewhere_stays(absent: AbsentPages, link: str) -> None:
    html = Markdown(extensions=[absent]).convert(f"[Words]({link})")
    assert html == f'<p><a href="{link}">Words</a></p>'
    assert absent.unlinked(html) == html


@pytest.mark.parametrize(
    "link", ["huber.md", "../optimizers/sgd.md#a", "../index.md", "../labs/other.ipynb"]
)
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[**Bold** words]({}), then", "<p><span><strong>Bold</strong> words</span>, then</p>"),
        ('[Words]({} "A title")', "<p><span>Words</span></p>"),
        ("> - [Words][one]\n\n[one]: {}", "<span>Words</span></li>"),
    ],
)
def test_a_link_to_an_absent_page_is_text(
    absent: AbsentPages, link: str, written: str, read: str
) -> None:
    html = Markdown(extensions=[absent]).convert(written.format(link))
    assert read in html
    assert "href" not in html


def test_a_page_of_one_s_own_keeps_its_links_for_the_builder_to_refuse(absent: AbsentPages) -> None:
    absent.begin("losses/mine.md")
    html = Markdown(extensions=[absent]).convert("[Words](huber.md)")
    assert html == '<p><a href="huber.md">Words</a></p>' == absent.unlinked(html)


def test_what_a_notebook_was_converted_to_is_treated_alike(absent: AbsentPages) -> None:
    kept = '<a href="../optimizers/adam.md">yes</a> &amp; $a&lt;b$</p>'
    assert absent.unlinked(f'<p><a href="huber.md">No</a>, {kept}') == f"<p>No, {kept}"


def test_prose_in_fences_is_treated_as_its_page_is(absent: AbsentPages) -> None:
    prose = Prose([], {}, lambda md: None)
    page = Markdown(extensions=[absent])
    assert prose.convert("[Words](huber.md)", page) == "<p><span>Words</span></p>"
    assert "href" in prose.convert("[Words](huber.md)", None)
