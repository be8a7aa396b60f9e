"""What a cell asks and is asked on the built site: input(), names, progress of a training."""

import re

from playwright.sync_api import Page, expect

from tests.browser.test_cell import editor, offers, type_slowly
from tests.browser.test_run_anywhere import PAGE, START, cell, huber, lesson, run, write

__all__ = ["huber", "lesson"]  # the fixtures
NAME = "huber-mae"


def test_input_asks_in_the_page(huber: Page) -> None:
    write(huber, NAME, "name = input('Your name? ')\nprint(len(name))\nint(input()) + 1")
    output = run(huber, NAME, "running")
    field = output.get_by_label("Your name?")
    expect(field).to_be_focused(timeout=START)
    huber.keyboard.type("Ada é <b>")
    huber.keyboard.press("Enter")
    second = output.get_by_label("input() waits for a line:")
    expect(second).to_be_focused()
    expect(output).to_contain_text("Your name? Ada é <b>\n9")
    second.fill("41")
    output.get_by_role("button", name="Answer").click()
    expect(cell(huber, NAME)).to_have_attribute("data-state", "done")
    expect(output).to_contain_text("42")
    expect(output.locator("form")).to_have_count(0)
    assert huber.evaluate("document.activeElement !== document.body")


def test_stop_ends_a_run_that_waits_for_a_line_and_keeps_the_variables(huber: Page) -> None:
    write(huber, NAME, "kept = 1\ninput('Wait')\nkept = 2")
    output = run(huber, NAME, "running")
    output.get_by_label("Wait").wait_for(timeout=START)
    cell(huber, NAME).get_by_role("button", name="Stop").click()
    expect(cell(huber, NAME)).to_have_attribute("data-state", "stopped")
    expect(output.locator("form")).to_have_count(0)
    expect(output).to_contain_text("The variables are kept.")
    write(huber, NAME, "print(kept)\nwhile kept < 3: kept += 1")
    expect(run(huber, NAME)).to_have_text("1")


def test_where_the_page_is_not_isolated_input_says_why(page: Page, lesson: str) -> None:
    page.goto(lesson.replace("127.0.0.1", "lesson.test") + PAGE)
    assert page.evaluate("crossOriginIsolated") is False
    write(page, NAME, "input('Your name? ')")
    expect(run(page, NAME, "error")).to_contain_text("only where the page is cross-origin isolated")


def test_the_learners_variables_and_their_members_are_offered(huber: Page) -> None:
    write(
        huber,
        NAME,
        "import numpy as np\nrates = np.ones(3)\ndef half(x, times=1):\n    'Halves it.'",
    )
    run(huber, NAME)
    write(huber, "huber-gradient", "")
    type_slowly(huber, "rat")
    option = offers(huber).get_by_role("option", name=re.compile("^rates"))
    expect(option).to_contain_text("array (3,) float64")
    huber.keyboard.press("Tab")
    type_slowly(huber, ".resh")
    expect(offers(huber).get_by_role("option", name="reshape", exact=True)).to_be_visible()
    huber.keyboard.press("Escape")
    editor(huber, "huber-gradient").press("ControlOrMeta+a")
    type_slowly(huber, "half(")
    expect(huber.locator(".cm-parameters")).to_have_text("half(x, times=1)Halves it.")


def test_an_array_is_a_table_and_a_long_training_a_bar(huber: Page) -> None:
    write(
        huber,
        NAME,
        "import time\nimport numpy as np\nfrom pylib.optimizers import SGD\n"
        "from pylib.surfaces import Function\nfrom pylib.training import minimize\n"
        "def value(w):\n    time.sleep(0.05)\n    return float(w @ w)\n"
        "minimize(Function(value, lambda w: 2 * w), SGD, [1.0], steps=60, lr=0.1)\n"
        "np.arange(6).reshape(2, 3)",
    )
    output = run(huber, NAME, "running")
    bar = output.get_by_role("progressbar", name="Progress of minimize")
    expect(bar).to_have_attribute("aria-valuenow", re.compile("[4-9]."), timeout=START)
    expect(cell(huber, NAME)).to_have_attribute("data-state", "done", timeout=START)
    expect(bar).to_have_count(0)
    expect(output.locator("tbody tr").last.locator("td")).to_have_text(["3", "4", "5"])
