"""Run works anywhere, Stop keeps variables, a page is taken home: the built site in Chromium."""

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from playwright.sync_api import Locator, Page, expect

PAGE = "losses/huber/"
START = 60_000  # milliseconds in which Python starts and a cell and what it needs end


@pytest.fixture(scope="module")
def lesson(built: Path, serve: Callable[[Path], str]) -> str:
    """The address of the built site, with the headers that hosts are asked for."""
    return f"{serve(built)}/"


@pytest.fixture
def huber(page: Page, lesson: str) -> Page:
    page.goto(lesson + PAGE)
    return page


def cell(page: Page, name: str) -> Locator:
    return page.locator(f"py-cell#{name}")


def run(page: Page, name: str, state: str = "done") -> Locator:
    own = cell(page, name)
    own.get_by_role("button", name=re.compile("^Run")).click()
    expect(own).to_have_attribute("data-state", state, timeout=START)
    return own.get_by_role("log")


def write(page: Page, name: str, code: str) -> None:
    cell(page, name).scroll_into_view_if_needed()
    cell(page, name).locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)


def test_every_cell_of_a_page_can_be_the_first(page: Page, lesson: str) -> None:
    page.goto(lesson + PAGE)
    names = page.locator("py-cell:not([exercise])").evaluate_all(
        "cells => cells.map((cell) => cell.id)"
    )
    assert len(names) > 4
    for name in names:
        page.goto("about:blank")
        page.goto(lesson + PAGE)
        run(page, name)
        needed = cell(page, name).get_attribute("needs")
        expect(cell(page, name).get_by_text("Ran first:")).to_have_count(1 if needed else 0)


def test_the_learners_code_is_read_by_python(huber: Page) -> None:
    write(huber, "huber-mae", "rate = 0.25  # new")
    write(huber, "huber-gradient", "print([y_hat.size for _ in range(1)], rate)")
    output = run(huber, "huber-gradient")
    expect(output).to_have_text("[4] 0.25")
    first = cell(huber, "huber-gradient").locator("[data-kind=first]").get_by_role("link")
    expect(first).to_have_text(["Four residuals, three losses", "The last four of a hundred steps"])


def test_stop_interrupts_python_and_keeps_the_variables(huber: Page) -> None:
    assert huber.evaluate("crossOriginIsolated")
    run(huber, "huber-by-hand")
    write(huber, "huber-mae", "kept = 1\nprint('on')\nwhile True:\n    kept += 1")
    output = run(huber, "huber-mae", "running")
    expect(output).to_have_text("on")
    cell(huber, "huber-mae").get_by_role("button", name="Stop").click()
    expect(cell(huber, "huber-mae")).to_have_attribute("data-state", "stopped")
    expect(output).to_contain_text("Stopped. The variables are kept.")
    write(huber, "huber-gradient", "print(kept > 1, y_hat.size)")
    # The cell that was stopped did not end well, so it is not run first: it would never end.
    write(huber, "huber-mae", "pass")
    expect(run(huber, "huber-gradient")).to_have_text("True 4")


def test_a_figure_is_saved_as_svg(huber: Page) -> None:
    run(huber, "huber-gradient")
    cell(huber, "huber-gradient").get_by_role("button", name="More").click()
    with huber.expect_download(timeout=START) as download:
        huber.get_by_role("menuitem", name="Save figure as SVG").click()
    drawing = Path(download.value.path()).read_text("utf-8")
    assert "<svg" in drawing
    assert "gradient" in drawing


def test_the_notebook_of_a_page_runs_in_jupyter(
    huber: Page, lesson: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(huber, "huber-mae", "mine = np.zeros(3)\nprint(mine.sum())")
    with huber.expect_download() as download:
        huber.get_by_role("button", name="Download notebook").click()
    assert download.value.suggested_filename == "huber.ipynb"
    notebook = nbformat.read(download.value.path(), as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    wheel = re.search(r'pip install --quiet "(.*)"', notebook.cells[1].source)
    assert wheel is not None
    assert huber.request.head(wheel[1]).ok
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    with huber.expect_download() as download:
        huber.get_by_role("button", name="Download script").click()
    exec(compile(Path(download.value.path()).read_text("utf-8"), "script", "exec"), {})
