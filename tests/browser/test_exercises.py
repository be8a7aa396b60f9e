"""Every exercise of the lesson in a browser's Python: what is right passes, what is wrong fails."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from site_hooks.content.cells import Cell
from site_hooks.dev import proof
from tests.conftest import PAGES

TIMEOUT_MS = 300_000
# Runs the cells that an exercise needs, then an answer and its check, as the page asks for them.
TRY = """async ([exercise, source]) => {
  const session = `${exercise.page}:${exercise.session}`;
  for (const { id, source } of exercise.before) await run(source, { session, cell: id });
  return run(source, { session, cell: exercise.id, check: exercise.check });
}"""


@pytest.fixture(scope="module")
def python(browser: Browser, python_site: str) -> Iterator[Page]:
    """A page with Python, which all exercises share, as those of one visit do."""
    context = browser.new_context()
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    page.goto(python_site)
    page.evaluate("start()")
    yield page
    context.close()


def tried(python: Page, exercise: dict[str, Any], source: str) -> dict[str, Any]:
    events: list[dict[str, Any]] = python.evaluate(TRY, [exercise, source])
    assert events[-1]["kind"] == "done", events
    error = next((event for event in events if event["kind"] == "error"), None)
    check = next((event for event in events if event["kind"] == "check"), None)
    return {
        "ok": check is not None and check["ok"],
        "message": check and check["message"],
        "error": error and f"{error['type']}: {error['message']}",
    }


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_exercises_accept_what_is_right_and_refuse_what_is_wrong(
    path: Path, own: list[Cell], python: Page
) -> None:
    trials = proof.trials(own)
    for trial in trials:
        results = [tried(python, trial.document, source) for _, source, _ in trial.answers]
        assert proof.judge(trial, results) == []
