"""Cells that need others, old outputs, Stop and the time limit, before a stand-in for Python."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import secure
from tests.browser.test_cell import cell, expect_state, hear, output, press, run, write


@pytest.fixture(scope="session")
def site(fake_python: Path, serve: Callable[[Path], str]) -> str:
    return f"{serve(fake_python)}/needs.html"


@pytest.fixture(scope="session")
def isolated_site(
    fake_python: Path, serve: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory
) -> str:
    folder = tmp_path_factory.mktemp("isolated") / "site"
    shutil.copytree(fake_python, folder)
    secure(folder)
    return f"{serve(folder)}/needs.html"


@pytest.fixture
def cells(page: Page, site: str) -> Page:
    page.goto(site)
    return page


@pytest.fixture
def isolated(page: Page, isolated_site: str) -> Page:
    page.goto(isolated_site)
    return page


def remark(page: Page, name: str) -> Locator:
    return cell(page, name).locator(".cell-remarks")


def ran(heard: list[dict[str, object]]) -> list[object]:
    return [event["id"] for event in heard if event["type"] == "py-cell:start"]


def test_what_a_cell_needs_runs_first_and_it_says_so(cells: Page) -> None:
    heard = hear(cells)
    run(cells, "last")
    expect(output(cells, "last")).to_have_text("7\n2")
    assert ran(heard()) == ["data", "fit", "scale", "last"]
    expect(remark(cells, "last")).to_have_text("Ran first: The data, Fit, Scale.")
    expect(output(cells, "data")).to_have_text("made data")
    for name in ("data", "fit", "scale"):
        expect_state(cells, name, "done")
    run(cells, "plot")
    assert ran(heard())[4:] == ["plot"]
    expect(remark(cells, "plot")).to_be_empty()


def test_a_link_goes_to_the_cell_that_ran_first(cells: Page) -> None:
    run(cells, "last")
    cell(cells, "last").get_by_role("link", name="Scale").press("Enter")
    expect(cell(cells, "scale").get_by_role("button", name=re.compile("^Run"))).to_be_focused()


def test_a_cell_further_down_runs_first(cells: Page) -> None:
    run(cells, "late")
    expect(output(cells, "late")).to_have_text("2")


def test_an_error_of_a_needed_cell_is_shown_there_and_linked(cells: Page) -> None:
    heard = hear(cells)
    run(cells, "blocked", "stopped")
    expect_state(cells, "wrong", "error")
    expect(output(cells, "wrong").locator("[data-kind=error]")).to_be_visible()
    expect_state(cells, "between", "stopped")
    assert ran(heard()) == ["wrong"]
    expect(output(cells, "blocked")).to_contain_text("a cell that it needs did not end well")
    output(cells, "blocked").get_by_role("link", name="Wrong").click()
    expect(cell(cells, "wrong").get_by_role("button", name=re.compile("^Run"))).to_be_focused()
    write(cells, "wrong", "bad = 1")
    run(cells, "blocked")
    expect(output(cells, "blocked")).to_have_text("1\n1")


def test_cells_that_need_each_other_end_with_the_advice(cells: Page) -> None:
    heard = hear(cells)
    run(cells, "chicken", "error")
    expect(output(cells, "chicken").get_by_role("link", name="Egg")).to_be_visible()
    assert ran(heard()) == ["chicken"]


def test_what_runs_first_is_the_learners_own_code(cells: Page) -> None:
    heard = hear(cells)
    write(cells, "fit", "w = 8\nother = 1")
    write(cells, "plot", "print(w)\nprint(other)\nprint(scale)")
    run(cells, "plot")
    expect(output(cells, "plot")).to_have_text("8\n1\n2")
    assert ran(heard()) == ["fit", "scale", "plot"]


def test_code_that_has_changed_runs_again_and_unchanged_code_does_not(cells: Page) -> None:
    run(cells, "last")
    heard = hear(cells)
    cell(cells, "data").get_by_role("button", name="Show code").click()
    write(cells, "data", "data = 4")
    run(cells, "last")
    assert ran(heard()) == ["data", "fit", "last"]


def test_a_cell_that_waits_for_python_is_run_once(cells: Page) -> None:
    cells.route("**/boot.json", lambda route: route.fulfill(json={"delay": 500}))
    heard = hear(cells)
    press(cells, "plot", "Run")
    press(cells, "data", "Run")
    press(cells, "last", "Run")
    expect_state(cells, "last", "done")
    assert ran(heard()) == ["data", "fit", "plot", "scale", "last"]


def test_after_a_stop_the_next_run_makes_the_variables_anew(cells: Page) -> None:
    run(cells, "plot")
    run(cells, "loop", "running")
    press(cells, "loop", "Stop")
    expect(output(cells, "loop")).to_contain_text("variables of this page are gone")
    heard = hear(cells)
    run(cells, "plot")
    assert ran(heard()) == ["data", "fit", "plot"]


def test_where_the_page_is_isolated_stop_keeps_the_variables(isolated: Page) -> None:
    run(isolated, "plot")
    run(isolated, "loop", "running")
    press(isolated, "loop", "Stop")
    expect_state(isolated, "loop", "stopped")
    expect(output(isolated, "loop")).to_contain_text("looping")
    expect(output(isolated, "loop")).to_contain_text("Stopped. The variables are kept.")
    heard = hear(isolated)
    run(isolated, "plot")
    assert ran(heard()) == ["plot"]


def test_python_that_does_not_hear_is_replaced(isolated: Page) -> None:
    run(isolated, "plot")
    run(isolated, "deaf", "running")
    press(isolated, "deaf", "Stop")
    expect_state(isolated, "deaf", "stopped")
    expect(output(isolated, "deaf")).to_contain_text("variables of this page are gone")
    heard = hear(isolated)
    run(isolated, "plot")
    assert ran(heard()) == ["data", "fit", "plot"]


def expect_stale(page: Page, name: str, words: str) -> None:
    expect(cell(page, name)).to_have_attribute("data-stale", "")
    expect(remark(page, name)).to_contain_text(words)
    expect(remark(page, name)).to_contain_text("Run again")
    labels = cell(page, name).get_by_role("button", name=re.compile("^Run")).all_inner_texts()
    assert labels == ["Run again"]


def expect_fresh(page: Page, name: str) -> None:
    expect(cell(page, name)).not_to_have_attribute("data-stale", "")
    expect(cell(page, name).get_by_role("button", name="Run Code")).to_be_visible()


def test_an_output_older_than_its_code_says_so(cells: Page) -> None:
    run(cells, "scale")
    expect_fresh(cells, "scale")
    write(cells, "scale", "scale = 5")
    expect_stale(cells, "scale", "The code has changed since.")
    cells.keyboard.press("ControlOrMeta+z")
    expect_fresh(cells, "scale")
    write(cells, "scale", "scale = 6")
    expect_stale(cells, "scale", "The code has changed since.")
    run(cells, "scale")
    expect_fresh(cells, "scale")


def test_an_output_older_than_what_it_was_made_with_says_so(cells: Page) -> None:
    run(cells, "plot")
    run(cells, "fit")
    expect_stale(cells, "plot", "“Fit” has run again since.")
    run(cells, "plot")
    expect_fresh(cells, "plot")
    write(cells, "fit", "w = 9")
    expect_stale(cells, "plot", "“Fit” has changed since.")
    expect_stale(cells, "fit", "The code has changed since.")
    run(cells, "plot")
    expect(output(cells, "plot")).to_have_text("9")
    for name in ("plot", "fit"):
        expect_fresh(cells, name)


def test_an_output_whose_variables_are_gone_says_so(cells: Page) -> None:
    run(cells, "plot")
    run(cells, "loop", "running")
    press(cells, "loop", "Stop")
    expect_stale(cells, "plot", "Python has been started anew since.")
    expect_stale(cells, "fit", "Python has been started anew since.")
    expect_fresh(cells, "loop")


def test_an_output_of_an_earlier_visit_is_old(cells: Page) -> None:
    run(cells, "data")
    cells.reload()
    expect(cell(cells, "data")).to_have_attribute("data-stale", "")
    expect(cell(cells, "data").get_by_role("button", name="Run again")).to_be_visible()
    press(cells, "data", "Reset")
    expect_fresh(cells, "data")


def test_a_run_at_its_time_limit_can_go_on(cells: Page) -> None:
    cells.clock.install()
    run(cells, "loop", "running")
    cells.clock.run_for(19_000)
    expect(remark(cells, "loop")).to_be_empty()
    cells.clock.run_for(2_000)
    expect(remark(cells, "loop")).to_contain_text("Its time is up in 10 s.")
    cell(cells, "loop").get_by_role("button", name="Go on for 5 minutes").press("Enter")
    expect(remark(cells, "loop")).to_be_empty()
    expect(cell(cells, "loop").get_by_role("button", name=re.compile("^Run"))).to_be_focused()
    cells.clock.run_for(280_000)
    expect_state(cells, "loop", "running")
    cells.clock.run_for(25_000)
    expect(output(cells, "loop")).to_contain_text(re.compile(r"ran longer than 32\d s"))
    expect(remark(cells, "loop")).to_be_empty()
