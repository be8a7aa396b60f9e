"""What there is to do in the lesson, page by page: the page of progress and the navigation read it.

client/practice/lesson-list.ts describes the file. The cells that are counted are those that can be
run and are no exercises.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

FILE = "practice.json"
# Pages to look things up, not to work through.
BESIDE = ("reference/", "instructors/")
# Characters of a question that name it: client/storage/progress.ts takes as many.
TITLE = 300

# As render.py and render_quiz.py write them: a cell's own attributes, and all of a quiz. To read
# the rest of the page takes a second.
_ELEMENT = re.compile(r"<py-cell\b[^>]*>|<lesson-quiz\b.*?</lesson-quiz>", re.DOTALL)


@dataclass(frozen=True)
class Page:
    """A page of the lesson: its name in cells and quizzes, its address, its title, its content."""

    name: str
    url: str
    title: str
    html: str


def document(pages: Iterable[Page]) -> bytes:
    """The list as JSON: the lesson's pages that have something to do, in the order given."""
    listed = [
        {"page": page.name, "url": page.url, "title": page.title, "items": found}
        for page in pages
        if not page.name.startswith(BESIDE) and (found := items(page.html))
    ]
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":")).encode()


def items(html: str) -> list[dict[str, str]]:
    """The cells, exercises and quizzes of a page, in its order."""
    return [_item(found[0]) for found in _ELEMENT.finditer(html)]


def _item(html: str) -> dict[str, str]:
    tag = BeautifulSoup(html, "html.parser").find(True)
    assert isinstance(tag, Tag)
    name = str(tag["id"])
    if tag.name == "lesson-quiz":
        kind, title = "quiz", _question(tag)
    else:
        kind = "exercise" if tag.has_attr("exercise") else "cell"
        title = str(tag.get("title", ""))
    version = str(tag.get("version", ""))
    return {"kind": kind, "id": name, "title": title or name, "version": version}


def _question(quiz: Tag) -> str:
    asked = quiz.select_one('[data-kind="question"]')
    if asked is None:
        return ""
    for twice in asked.select(".katex-mathml"):  # the same formula, for screen readers
        twice.decompose()
    text = re.sub(r"\s+", " ", asked.get_text()).strip()
    return text if len(text) <= TITLE else f"{text[: TITLE - 1]}…"
