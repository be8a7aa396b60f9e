"""Tests know which pages are the lesson's own, and pass over those that a course is without."""

import doctest
from pathlib import Path

import pytest

from tests import lesson

PAGE = "losses/mse/"


def test_the_examples() -> None:
    assert doctest.testmod(lesson).failed == 0


@pytest.mark.parametrize(
    ("above", "rewritten"),
    [
        ("---\ntitle: A\nown: true\n---\n# A", True),
        ("---\nown: true\n---\n# A", True),
        ("---\ntitle: A\n---\n# A\n\nown: true\n\n---\n", False),
        ("# A", False),
    ],
)
def test_a_page_says_that_it_is_the_course_s_own(
    tmp_path: Path, above: str, rewritten: bool
) -> None:
    path = tmp_path / "a.md"
    path.write_text(above, encoding="utf-8")
    assert lesson.is_rewritten(path) == rewritten


def helper() -> str:
    return PAGE


@pytest.fixture
def huber() -> str:
    return "losses/huber.md"


@pytest.mark.parametrize("address", ["optimizers/adam/"])
def test_a_test_names_pages_in_itself_its_fixtures_its_parameters_and_what_it_uses(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, address: str, huber: str
) -> None:
    one, two = "losses/", "optimizers/"  # so that no name stands here whole
    gone = {f"{one}mse.md", f"{one}huber.md", f"{two}adam.md", f"{'help'}.md"}
    monkeypatch.setattr(lesson, "GONE", frozenset({*gone, f"{two}sgd.md"}))
    assert helper() == PAGE
    assert "help/" in f"{address}help/"
    assert lesson.named_by(request.node) == gone
