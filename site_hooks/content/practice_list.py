"""What there is to do in the lesson, page by page: two lists, as JSON.

The page of progress and the navigation read one, which client/practice/lesson-list.ts describes.
The cells that are counted are those that can be run and are no exercises. The grading page reads
the other, client/shared/grading.ts: the exercises with their checks, and the cells that these need.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup, Tag

from site_hooks.content.cells import Cell
from site_hooks.content.needs import needed_cells

FILE = "practice.json"
GRADED = "grade/exercises.json"
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


def graded(pages: Iterable[tuple[str, str, Sequence[Cell]]]) -> bytes:
    """The exercises as JSON: of each page its name, its title and its cells, in the order given."""
    listed = [
        {"page": name, "title": title, "cells": found}
        for name, title, cells in pages
        if not name.startswith(BESIDE) and (found := _graded(cells))
    ]
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":")).encode()


def _graded(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    direct = needed_cells(cells)
    whole = {cell.id: _whole(cell.id, direct) for cell in cells if cell.is_exercise}
    wanted = {*whole, *(name for needs in whole.values() for name in needs)}
    checks = {cell.id: cell.source for cell in cells if cell.kind == "check"}
    return [
        {
            "id": cell.id,
            "title": cell.title or cell.id,
            "source": cell.source,
            "needs": [one.id for one in cells if one.is_learners and one.id in whole[cell.id]]
            if cell.is_exercise
            else [],
            "timeout": int(cell.settings.get("timeout", "30")),
            "check": checks[cell.id] if cell.is_exercise else None,
        }
        for cell in cells
        if cell.is_learners and cell.id in wanted
    ]


def _whole(cell_id: str, direct: Mapping[str, Sequence[str]]) -> set[str]:
    """The cells that a cell needs, and those that these need."""
    found: set[str] = set()
    waiting = list(direct.get(cell_id, ()))
    while waiting:
        name = waiting.pop()
        if name not in found and name != cell_id:
            found.add(name)
            waiting += direct.get(name, ())
    return found


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
