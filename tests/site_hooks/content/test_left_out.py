"""Links of the lesson's pages to pages that a course has not: words, wherever they stand."""

import pytest
from markdown import Markdown

from site_hooks.content.left_out import LESSON, LeftOut
from site_hooks.content.prose import Prose
from tests.conftest import DOCS, PAGES

THERE = {"losses/mse.md", "optimizers/adam.md", "labs/optimizer-race.ipynb", "draft.md"}
PAGE = "losses/mse.md"


@pytest.fixture
def left_out() -> LeftOut:
    extension = LeftOut()
    extension.of_site(THERE, ["draft.md"])
    extension.begin(PAGE, is_lessons=True)
    return extension


def test_pages_where_no_course_adds_any_are_known_as_the_lesson_s() -> None:
    """Else links to them are refused in a course without them."""
    folders = ("instructors", "reference")
    there = {path.relative_to(DOCS).as_posix() for path in PAGES if path.parent.name in folders}
    assert there <= set(LESSON)


@pytest.mark.parametrize(
    "link",
    [
        "../optimizers/adam.md",
        "../optimizers/adam.md#the-formula",
        "mse.md",
        "../labs/optimizer-race.ipynb",
        "hubber.md",
        "#here",
        "https://example.org/losses/huber.md",
        "data.csv",
        "mailto:a@example.org",
    ],
)
def test_a_link_that_leads_somewhere_or_is_a_typing_error_stays(
    left_out: LeftOut, link: str
) -> None:
    html = Markdown(extensions=[left_out]).convert(f"[Words]({link})")
    assert html == f'<p><a href="{link}">Words</a></p>'
    assert not left_out.links


@pytest.mark.parametrize(
    "link",
    [
        "huber.md",
        "../optimizers/sgd.md#a",
        "../index.md",
        "../optimizers/adam%77.md",
        "../draft.md",
    ],
)
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[**Bold** words]({}), then", "<p><span><strong>Bold</strong> words</span>, then</p>"),
        ('[Words]({} "A title")', "<p><span>Words</span></p>"),
        ("> - [Words][one]\n\n[one]: {}", "<span>Words</span></li>"),
    ],
)
def test_a_link_to_a_page_that_is_left_out_is_words(
    left_out: LeftOut, link: str, written: str, read: str
) -> None:
    html = Markdown(extensions=[left_out]).convert(written.format(link))
    assert read in html
    assert "href" not in html
    assert left_out.links.total() == 1


def test_a_page_of_one_s_own_keeps_its_links_for_the_builder_to_refuse(left_out: LeftOut) -> None:
    left_out.begin("losses/mine.md", is_lessons=False)
    html = Markdown(extensions=[left_out]).convert("[Words](huber.md), [draft](../draft.md)")
    assert html == '<p><a href="huber.md">Words</a>, <span>draft</span></p>'


def test_prose_in_fences_is_treated_as_its_page_is(left_out: LeftOut) -> None:
    prose = Prose([], {}, lambda md: None)
    page = Markdown(extensions=[left_out])
    assert prose.convert("[Words](huber.md)", page) == "<p><span>Words</span></p>"
    assert "href" in prose.convert("[Words](huber.md)", None)


def test_a_page_s_notebook_has_words_too(left_out: LeftOut) -> None:
    home = b"[Huber](site:losses/huber/), [all](site:), [Adam](site:optimizers/adam/#a)"
    assert left_out.taken_home(home) == b"Huber, all, [Adam](site:optimizers/adam/#a)"
