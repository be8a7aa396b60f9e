"""The cell in a real browser, before a worker that stands in for Python."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from bench.site import wait_until

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def site(fake_python: Path, serve: Callable[[Path], str]) -> str:
    """A page of cells; returns its address."""
    return serve(fake_python)


@pytest.fixture
def cells(page: Page, site: str) -> Page:
    """The page of cells, freshly opened."""
    page.goto(site)
    return page


def cell(page: Page, name: str) -> Locator:
    return page.locator(f"py-cell#{name}")


def output(page: Page, name: str) -> Locator:
    return cell(page, name).get_by_role("log")


def press(page: Page, name: str, label: str) -> None:
    cell(page, name).get_by_role("button", name=re.compile(f"^{label}")).click()


def expect_state(page: Page, name: str, state: str) -> None:
    expect(cell(page, name)).to_have_attribute("data-state", state)


def run(page: Page, name: str, state: str = "done") -> None:
    press(page, name, "Run")
    expect_state(page, name, state)


def editor(page: Page, name: str) -> Locator:
    cell(page, name).scroll_into_view_if_needed()
    return cell(page, name).locator(".cm-content")


def write(page: Page, name: str, code: str) -> None:
    """Replaces a cell's code as a learner would."""
    editor(page, name).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)


def wait_until_kept(page: Page, name: str, where: str = "localStorage") -> None:
    """Until the browser holds a draft of the cell, or (in sessionStorage) its output."""
    wait_until(page, f"Object.keys({where}).some((key) => key.endsWith('#{name}'))")


def boot_delay(page: Page, milliseconds: int) -> None:
    page.route("**/boot.json", lambda route: route.fulfill(json={"delay": milliseconds}))


def hear(page: Page) -> Callable[[], list[dict[str, Any]]]:
    """Gathers the events of all cells."""
    page.evaluate(
        """() => { window.heard = [];
        for (const type of ["py-cell:start", "py-cell:done"])
          document.addEventListener(type, (e) => window.heard.push({type, ...e.detail})); }"""
    )
    return lambda: list(page.evaluate("window.heard"))


def test_runs_and_shows_what_was_printed(cells: Page) -> None:
    expect_state(cells, "make-w", "idle")
    expect(output(cells, "make-w")).to_contain_text("Run Code shows the output")
    run(cells, "make-w")
    expect(output(cells, "make-w")).to_have_text("made w")
    run(cells, "use-w")
    expect(output(cells, "use-w")).to_have_text("0.25")


def test_accessible_names(cells: Page) -> None:
    for name in ("make-w", "set-up"):
        names = cell(cells, name).get_by_role("button").all_inner_texts()
        assert [name for name in names if name.startswith("Run")] == ["Run Code"]
        assert [name for name in names if name.startswith(("Stop", "Reset"))] == ["Reset", "Stop"]
    expect(editor(cells, "make-w")).to_have_accessible_name("Code of A weight to start from")
    expect(editor(cells, "make-w")).to_have_accessible_description(re.compile("Esc, then Tab"))


def test_built_output_waits_for_print(cells: Page) -> None:
    expect(cells.locator(".built-output").first).to_be_hidden()
    run(cells, "make-w")
    cells.emulate_media(media="print")
    expect(cell(cells, "make-w").locator(".built-output")).to_be_hidden()
    expect(output(cells, "make-w")).to_be_visible()
    expect(cell(cells, "use-w").locator(".built-output")).to_be_visible()
    expect(output(cells, "use-w")).to_be_hidden()
    expect(cells.get_by_role("button", name="Run Code")).to_have_count(0)


def test_markup_is_shown_as_text(cells: Page) -> None:
    run(cells, "markup")
    expect(output(cells, "markup")).to_contain_text("<b>x</b><img src=x onerror=alert(1)>")
    expect(output(cells, "markup")).to_contain_text("<class 'int'>")
    expect(output(cells, "markup").locator("b, img, i")).to_have_count(0)


def test_events(cells: Page) -> None:
    heard = hear(cells)
    run(cells, "make-w")
    run(cells, "make-w")
    run(cells, "broken", "error")
    events = heard()
    assert [(e["type"], e["id"], e["page"], e["ok"], e["runs"]) for e in events] == [
        ("py-cell:start", "make-w", "cells", None, 1),
        ("py-cell:done", "make-w", "cells", True, 1),
        ("py-cell:start", "make-w", "cells", None, 2),
        ("py-cell:done", "make-w", "cells", True, 2),
        ("py-cell:start", "broken", "cells", None, 1),
        ("py-cell:done", "broken", "cells", False, 1),
    ]
    assert all(isinstance(event["ms"], int | float) for event in events)


def test_keys_run_and_move_on(cells: Page) -> None:
    editor(cells, "make-w").click()
    cells.keyboard.press("Control+Enter")
    expect_state(cells, "make-w", "done")
    expect(editor(cells, "make-w")).to_be_focused()
    cells.keyboard.press("Shift+Enter")
    expect(editor(cells, "use-w")).to_be_focused()
    expect_state(cells, "make-w", "done")


def test_shift_enter_goes_to_the_next_cell_that_is_shown(cells: Page) -> None:
    cells.evaluate("document.querySelector('#use-w').closest('.cell').hidden = true")
    editor(cells, "make-w").click()
    cells.keyboard.press("Shift+Enter")
    expect(editor(cells, "other-session")).to_be_focused()


def test_tab_indents_and_leaves_after_escape(cells: Page) -> None:
    write(cells, "use-w", "x")
    cells.keyboard.press("Home")
    cells.keyboard.press("Tab")
    expect(editor(cells, "use-w")).to_have_text("    x")
    cells.clock.install()
    cells.keyboard.press("Escape")
    cells.clock.run_for(60_000)
    cells.keyboard.press("Tab")
    expect(editor(cells, "use-w")).not_to_be_focused()
    expect(editor(cells, "use-w")).to_have_text("    x")


def type_slowly(page: Page, text: str) -> None:
    """As a learner types who looks for the keys: offers of completion come in between."""
    page.keyboard.type(text, delay=130)


def offers(page: Page) -> Locator:
    return page.locator(".cm-tooltip-autocomplete")


@pytest.mark.parametrize(
    "code", ["import numpy as np\nx = 1", "lr = 1\nw = lr\nprint(w)", "w\nx", "for\ny"]
)
def test_enter_is_a_new_line_whatever_is_offered(cells: Page, code: str) -> None:
    write(cells, "use-w", "")
    type_slowly(cells, code)
    assert lines(cells, "use-w") == code.split("\n")
    cells.keyboard.press("ControlOrMeta+a")
    cells.keyboard.insert_text("learning = 1\n")
    type_slowly(cells, "lea")
    expect(offers(cells)).to_be_visible()
    cells.keyboard.press("ArrowDown")
    cells.keyboard.press("Enter")
    assert lines(cells, "use-w") == ["learning = 1", "lea", ""]


def lines(page: Page, name: str) -> list[str]:
    return editor(page, name).locator(".cm-line").all_text_contents()


@pytest.mark.parametrize("way", ["Tab", "click"])
def test_a_completion_is_taken_by_tab_or_click(cells: Page, way: str) -> None:
    write(cells, "use-w", "learning = 1\n")
    type_slowly(cells, "lea")
    says = "getComputedStyle(document.querySelector('.cm-tooltip-autocomplete'), '::after').content"
    expect(offers(cells)).to_be_visible()
    assert "Tab or a click takes it" in cells.evaluate(says)
    if way == "Tab":
        cells.keyboard.press("Tab", delay=100)
    else:
        offers(cells).get_by_role("option", name="learning").click()
    expect(offers(cells)).to_have_count(0)
    assert lines(cells, "use-w") == ["learning = 1", "learning"]


def test_tab_takes_a_completion_in_a_snippet_too(cells: Page) -> None:
    write(cells, "use-w", "learning = [1]\n")
    type_slowly(cells, "for")
    offers(cells).get_by_role("option", name=re.compile("loop")).click()
    cells.keyboard.press("Tab")
    type_slowly(cells, "lea")
    expect(offers(cells)).to_be_visible()
    cells.keyboard.press("Tab")
    assert lines(cells, "use-w")[1] == "for name in learning:"


def test_escape_closes_the_offers_first(cells: Page) -> None:
    write(cells, "use-w", "learning = 1\n")
    type_slowly(cells, "lea")
    expect(offers(cells)).to_be_visible()
    cells.keyboard.press("Escape")
    expect(offers(cells)).to_have_count(0)
    cells.keyboard.press("Tab")
    expect(editor(cells, "use-w")).to_be_focused()
    assert lines(cells, "use-w")[1] == "lea "


def test_the_way_out_of_the_editor_is_shown_to_those_who_come_by_keyboard(cells: Page) -> None:
    keys = cell(cells, "make-w").locator(".cell-keys")
    height = "e => e.getBoundingClientRect().height"
    editor(cells, "make-w").click()
    assert keys.evaluate(height) == 1
    cells.keyboard.press("Tab")
    assert keys.evaluate(height) > 10
    cells.keyboard.press("Escape")
    expect(keys).to_have_text("Tab leaves the editor now.")
    cells.keyboard.press("Tab")
    expect(editor(cells, "make-w")).not_to_be_focused()
    assert keys.evaluate(height) == 1
    cells.keyboard.press("Shift+Tab")
    expect(editor(cells, "make-w")).to_be_focused()
    assert keys.evaluate(height) > 10
    expect(keys).to_contain_text("Esc, then Tab, leaves the editor")
    cells.keyboard.press("Shift+Enter")
    expect(keys).to_have_css("height", "1px")
    expect(cell(cells, "use-w").locator(".cell-keys")).not_to_have_css("height", "1px")


def paste(page: Page, text: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("ControlOrMeta+v")


MESSY = ">>> x\u00a0= \u201ca\u201d\u200b\n>>> x"


def test_pasted_code_is_cleaned_and_says_so(cells: Page) -> None:
    notice = cell(cells, "use-w").get_by_role("status")
    write(cells, "use-w", "before\n")
    paste(cells, "y = 1")
    expect(notice).to_be_empty()
    cells.keyboard.press("Enter")
    paste(cells, MESSY)
    assert lines(cells, "use-w") == ["before", "y = 1", 'x = "a"', "x"]
    for words in ("prompts", "curly quotes", "invisible characters", "special spaces"):
        expect(notice).to_contain_text(words)
    cells.keyboard.press("ControlOrMeta+z")
    assert lines(cells, "use-w") == ["before", "y = 1", ""]
    expect(notice).to_be_empty()
    paste(cells, MESSY)
    cells.keyboard.type("2")
    notice.get_by_role("button", name="Paste as it was").click()
    assert lines(cells, "use-w") == ["before", "y = 1", *MESSY.split("\n")[:1], ">>> x2"]
    expect(editor(cells, "use-w")).to_be_focused()


def test_what_is_pasted_into_a_string_keeps_its_quotes(cells: Page) -> None:
    write(cells, "use-w", "")
    cells.keyboard.type('print("')
    paste(cells, "\u201cno\u201d\u00a0\u2013")
    assert lines(cells, "use-w") == ['print("\u201cno\u201d \u2013")']


def test_typed_quotes_and_spaces_are_python_s(cells: Page) -> None:
    write(cells, "use-w", "")
    for text in ("x", "\u00a0", "=", " ", "\u201c", "a", "\u201d", "\u2013", "1"):
        cells.keyboard.insert_text(text)
    assert lines(cells, "use-w") == ['x = "a"-1']


def test_tab_behind_a_word_moves_what_follows_and_not_the_line(cells: Page) -> None:
    write(cells, "use-w", "np.lins")
    cells.keyboard.press("Tab")
    assert lines(cells, "use-w") == ["np.lins "]
    write(cells, "use-w", "")
    cells.keyboard.press("Tab")
    cells.keyboard.type("x")
    assert lines(cells, "use-w") == ["    x"]


def test_while_a_run_waits_its_bar_goes_forward_only(cells: Page) -> None:
    boot = {"delay": 1500, "steps": [["Getting NumPy", 0.8], ["Getting matplotlib", 0.4]]}
    cells.route("**/boot.json", lambda route: route.fulfill(json=boot))
    press(cells, "make-w", "Run")
    loading = cell(cells, "make-w").locator(".cell-loading")
    expect(loading).to_contain_text("Getting matplotlib")
    assert float(loading.get_by_role("progressbar").get_attribute("value") or 0) == 0.8


def test_run_pressed_early_is_queued(cells: Page) -> None:
    boot_delay(cells, 700)
    press(cells, "make-w", "Run")
    expect_state(cells, "make-w", "loading")
    press(cells, "use-w", "Run")
    expect_state(cells, "use-w", "queued")
    expect(output(cells, "use-w")).to_have_text("Waiting for the cells before it.")
    loading = cell(cells, "make-w").locator(".cell-loading")
    expect(loading).to_contain_text("Loading NumPy: 3.1 of 10.4 MB, about 4 s left")
    # Numbers that change each second are read out by nobody.
    live = "e => e.closest('[aria-live], [role=status], [role=log], [role=alert]')"
    assert loading.evaluate(live) is None
    assert float(loading.get_by_role("progressbar").get_attribute("value") or 0) == 0.8
    expect_state(cells, "use-w", "done")
    expect(output(cells, "use-w")).to_have_text("0.25")
    expect(loading).to_be_hidden()


def test_stop_ends_a_loop_and_the_next_run_works(cells: Page) -> None:
    run(cells, "make-w")
    run(cells, "loop", "running")
    expect(output(cells, "loop")).to_have_text("looping")
    # The page stays alive meanwhile.
    cells.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    press(cells, "loop", "Stop")
    expect_state(cells, "loop", "stopped")
    expect(output(cells, "loop")).to_contain_text("variables of this page are gone")
    run(cells, "use-w", "error")
    run(cells, "make-w")
    run(cells, "use-w")


@pytest.mark.parametrize(
    ("page_moves", "hand_moves", "runs"), [(0, 0, 1), (300, 0, 1), (300, 2, 1), (300, 40, 0)]
)
def test_a_press_counts_though_the_page_moves_under_the_pointer(
    cells: Page, page_moves: int, hand_moves: int, runs: int
) -> None:
    heard = hear(cells)
    button = cell(cells, "make-w").get_by_role("button", name="Run Code")
    box = button.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    cells.mouse.move(x, y)
    cells.mouse.down()
    cells.evaluate("pixels => document.body.style.paddingTop = `${pixels}px`", page_moves)
    cells.mouse.move(x + hand_moves, y)
    cells.mouse.up()
    run(cells, "set-up")  # what the press began comes before it
    assert [event["id"] for event in heard() if event["type"] == "py-cell:start"] == [
        *["make-w"] * runs,
        "set-up",
    ]


def test_focus_stays_on_the_pressed_button(cells: Page) -> None:
    button = cell(cells, "loop").get_by_role("button", name="Run Code")
    button.focus()
    cells.keyboard.press("Enter")
    expect_state(cells, "loop", "running")
    expect(button).to_be_focused()
    expect(button).to_be_disabled()
    stop = cell(cells, "loop").get_by_role("button", name="Stop")
    stop.focus()
    cells.keyboard.press("Enter")
    expect_state(cells, "loop", "stopped")
    expect(stop).to_be_focused()


def test_stop_before_the_start(cells: Page) -> None:
    boot_delay(cells, 400)
    press(cells, "make-w", "Run")
    expect_state(cells, "make-w", "loading")
    press(cells, "make-w", "Stop")
    expect_state(cells, "make-w", "stopped")
    run(cells, "make-w")


def test_time_limit(cells: Page) -> None:
    run(cells, "short", "stopped")
    expect(output(cells, "short")).to_contain_text("longer than 0.5 s")
    run(cells, "make-w")


def test_a_run_that_its_limit_ended_can_have_more_time(cells: Page) -> None:
    run(cells, "short", "stopped")
    longer = cell(cells, "short").get_by_role("button", name="Try again with 5 minutes")
    longer.press("Enter")
    expect_state(cells, "short", "running")
    expect(cell(cells, "short").get_by_role("button", name=re.compile("^Run"))).to_be_focused()
    cells.wait_for_timeout(1000)
    expect_state(cells, "short", "running")
    press(cells, "short", "Stop")
    expect_state(cells, "short", "stopped")
    expect(longer).to_have_count(0)


@pytest.mark.parametrize("way", ["key", "button"])
def test_the_focus_goes_back_where_it_was_before_a_line_was_asked_for(
    cells: Page, way: str
) -> None:
    write(cells, "use-w", 'ask("name")\nnap(3000)')
    if way == "key":
        cells.keyboard.press("ControlOrMeta+Enter")
    else:
        press(cells, "use-w", "Run")
    field = cell(cells, "use-w").get_by_role("textbox", name="name")
    expect(field).to_be_focused()
    field.fill("Ada")
    field.press("Enter")
    back = editor(cells, "use-w")
    if way == "button":
        back = cell(cells, "use-w").get_by_role("button", name=re.compile("^Run"))
    expect(back).to_be_focused()
    expect_state(cells, "use-w", "done")
    expect(back).to_be_focused()


def test_crash_of_the_worker(cells: Page) -> None:
    run(cells, "crash", "error")
    expect(output(cells, "crash")).to_contain_text("broke down")
    run(cells, "make-w")


def test_a_breakdown_of_python(cells: Page) -> None:
    write(cells, "crash", 'print("before")\nbreakDown("recursion")')
    run(cells, "crash", "error")
    expect(output(cells, "crash")).to_contain_text("before")
    expect(output(cells, "crash")).to_contain_text("calls went too deep")
    run(cells, "make-w")


def test_a_failed_download_says_what_happened_and_what_to_do(cells: Page) -> None:
    failed = {"kind": "changed", "message": "It was cut."}
    cells.route("**/boot.json", lambda route: route.fulfill(json={"delay": 0, "failed": failed}))
    run(cells, "make-w", "error")
    said = "It was cut. Try again, or on another network. Your code is kept."
    expect(output(cells, "make-w")).to_contain_text(said)


def test_files_that_are_gone_offer_to_reload(cells: Page) -> None:
    failed = {"kind": "gone", "message": "The lesson may have been updated."}
    cells.route("**/boot.json", lambda route: route.fulfill(json={"delay": 0, "failed": failed}))
    write(cells, "make-w", 'print("mine")')
    run(cells, "make-w", "error")
    with cells.expect_navigation():
        press(cells, "make-w", "Reload the page")
    expect(editor(cells, "make-w")).to_have_text('print("mine")')


def test_head_keeps_its_height_after_a_run_on_a_phone(cells: Page) -> None:
    cells.set_viewport_size({"width": 360, "height": 800})
    head = cell(cells, "make-w").locator(".cell-head")
    before = head.evaluate("e => e.offsetHeight")
    run(cells, "make-w")
    head.locator(".cell-status").evaluate("e => { e.textContent = 'Done in 782 ms' }")
    assert head.evaluate("e => e.offsetHeight") == before


def test_retry_after_a_killed_download(cells: Page) -> None:
    def kill(route: Route) -> None:
        route.abort()

    cells.route("**/boot.json", kill)
    run(cells, "make-w", "error")
    expect(output(cells, "make-w")).to_contain_text("could not be downloaded")
    names = cell(cells, "make-w").get_by_role("button").all_inner_texts()
    assert len([name for name in names if name.startswith("Run")]) == 1
    press(cells, "make-w", "Retry")
    expect(output(cells, "make-w")).to_contain_text("could not be downloaded")
    cells.unroute("**/boot.json", kill)
    press(cells, "make-w", "Retry")
    expect(cell(cells, "make-w").get_by_role("button", name="Run Code")).to_be_focused()
    expect_state(cells, "make-w", "done")
    expect(output(cells, "make-w")).to_have_text("made w")


def test_a_line_that_goes_silent_is_told_and_can_be_retried(page: Page, site: str) -> None:
    page.clock.install()
    page.goto(site)
    held: list[Route] = []
    page.route("**/boot.json", lambda route: held.append(route))
    cell(page, "make-w").get_by_role("button", name=re.compile("^Run")).click()
    expect_state(page, "make-w", "loading")
    page.clock.run_for("02:01")
    expect_state(page, "make-w", "error")
    expect(output(page, "make-w")).to_contain_text("Nothing has arrived for two minutes.")
    page.unroute("**/boot.json")
    press(page, "make-w", "Retry")
    expect_state(page, "make-w", "done")


def test_run_tries_again_too(cells: Page) -> None:
    cells.route("**/boot.json", lambda route: route.abort(), times=1)
    run(cells, "make-w", "error")
    run(cells, "make-w")
    expect(output(cells, "make-w")).to_have_text("made w")


def test_reset_gives_up_a_run_that_was_not_loaded(cells: Page) -> None:
    cells.route("**/boot.json", lambda route: route.abort(), times=1)
    run(cells, "make-w", "error")
    press(cells, "make-w", "Reset")
    expect_state(cells, "make-w", "idle")
    run(cells, "use-w", "error")
    expect(output(cells, "use-w")).to_contain_text("NameError")
    expect_state(cells, "make-w", "idle")


def test_error_in_plain_words(cells: Page) -> None:
    run(cells, "broken", "error")
    problem = output(cells, "broken").locator("[data-kind=error]")
    expect(problem).to_have_text(re.compile("^The shapes do not fit"))
    expect(problem.get_by_text("Traceback (most recent call last)")).to_be_hidden()
    problem.get_by_text("Full traceback").click()
    expect(problem.get_by_text("Traceback (most recent call last)")).to_be_visible()
    marked = cell(cells, "broken").locator(".cm-line.cm-failedLine")
    expect(marked).to_contain_text("fail(")
    problem.get_by_role("button", name="Line 2").click()
    expect(editor(cells, "broken")).to_be_focused()
    cells.keyboard.insert_text("#")
    expect(marked).to_have_count(0)


def test_meant_error_is_calm(cells: Page) -> None:
    heard = hear(cells)
    run(cells, "meant")
    expect(output(cells, "meant").locator("[data-kind=error][data-meant]")).to_be_visible()
    assert heard()[-1]["ok"] is True


def test_name_error_names_the_cell(cells: Page) -> None:
    run(cells, "use-w", "error")
    link = output(cells, "use-w").get_by_role("link", name="A weight to start from")
    # Material takes the focus away from a page whose address it has changed.
    cells.evaluate(
        """() => document.body.addEventListener("click", (event) => {
        if (event.target.closest("a")) document.activeElement.blur() })"""
    )
    for key in (False, True):
        if key:
            link.press("Enter")
        else:
            link.click()
        expect(cell(cells, "make-w").get_by_role("button", name="Run Code")).to_be_focused()
    run(cells, "other-session", "error")
    expect(output(cells, "other-session").get_by_role("link")).to_have_count(0)


def test_figure_follows_the_theme(cells: Page) -> None:
    run(cells, "plot")
    image = output(cells, "plot").locator("figure img")
    expect(image).to_have_count(1)
    expect(image).to_have_attribute("alt", "Gradient descent: loss against step")
    corner = """(image) => { const c = document.createElement("canvas"); c.width = c.height = 1;
        return image.decode().then(() => { const pen = c.getContext("2d");
        pen.drawImage(image, 0, 0); return pen.getImageData(0, 0, 1, 1).data[0]; }) }"""
    assert image.evaluate(corner) == 0xFF
    assert image.evaluate("i => [i.naturalWidth, i.width]") == [1280, 640]
    cells.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    expect(image).to_have_attribute("src", image.get_attribute("data-dark") or "")
    assert image.evaluate(corner) == 0x14
    expect(output(cells, "plot").locator("[data-kind=result]")).to_have_text("[0.25, 0.125]")


@pytest.mark.parametrize("by", ["click", "key", "tap"])
def test_a_figure_can_be_enlarged(page: Page, site: str, by: str) -> None:
    assert page.context.browser is not None
    context = page.context.browser.new_context(
        viewport={"width": 390, "height": 800}, has_touch=True
    )
    page = context.new_page()
    page.goto(site)
    run(page, "plot")
    figure = output(page, "plot").locator("figure")
    image = figure.locator("img")
    assert image.evaluate("i => i.width < 390 && i.naturalWidth === 1280")
    enlarge = figure.get_by_role("button", name="Enlarge: Gradient descent: loss against step")
    match by:
        case "click":
            image.click()
        case "tap":
            image.tap()
        case "key":
            enlarge.focus()
            page.keyboard.press("Enter")
    view = page.get_by_role("dialog", name="Gradient descent")
    large = view.get_by_role("img")
    expect(view.get_by_text("100 %")).to_be_visible()
    assert large.evaluate("i => i.width") == 1280
    room = view.get_by_role("group")
    expect(room).to_be_focused()
    page.keyboard.press("ArrowRight", delay=50)
    wait_until(page, "document.querySelector('.picture-room').scrollLeft > 0")
    page.keyboard.press("+")
    expect(view.get_by_text("125 %")).to_be_visible()
    view.get_by_role("button", name="Smaller").click()
    view.get_by_role("button", name="Smaller").click()
    expect(view.get_by_text("80 %")).to_be_visible()
    assert large.evaluate("i => i.width") == 1024
    page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    expect(large).to_have_attribute("src", image.get_attribute("data-dark") or "")
    page.keyboard.press("Escape")
    expect(view).to_have_count(0)
    expect(enlarge).to_be_focused()
    enlarge.click()
    view.get_by_role("button", name="Close").click()
    expect(enlarge).to_be_focused()
    context.close()


def test_flood_is_cut_and_can_be_saved(cells: Page) -> None:
    press(cells, "flood", "Run")
    # How long a key or click may have to wait: the longest task of the page.
    longest = cells.evaluate(
        """async () => { let longest = 0; const host = document.getElementById("flood");
        const watch = (list) => {
          for (const task of list.getEntries()) longest = Math.max(longest, task.duration) };
        const tasks = new PerformanceObserver(watch);
        tasks.observe({ type: "longtask", buffered: false });
        while (!["done", "error"].includes(host.dataset.state))
          await new Promise((resolve) => setTimeout(resolve, 10));
        await new Promise((resolve) => requestIdleCallback(resolve));
        watch({ getEntries: () => tasks.takeRecords() });
        return longest }"""
    )
    expect_state(cells, "flood", "done")
    assert longest < 300
    assert 200_000 <= len(output(cells, "flood").text_content() or "") < 200_200
    expect(output(cells, "flood")).to_contain_text("200,000 of 6,888,890 characters")
    with cells.expect_download() as download:
        output(cells, "flood").get_by_role("button", name="Save all output").click()
    saved = Path(download.value.path()).read_text()
    assert saved.endswith("\n999999\n")


def test_carriage_return_overwrites(cells: Page) -> None:
    run(cells, "progress")
    expect(output(cells, "progress")).to_have_text("epoch 3")


def test_output_appears_while_it_is_printed(cells: Page) -> None:
    run(cells, "make-w")
    write(cells, "last", 'print("first")\nnap(60000)')
    press(cells, "last", "Run")
    expect(output(cells, "last")).to_have_text("first")
    expect_state(cells, "last", "running")


def test_edits_are_kept_and_reset_is_undoable(cells: Page) -> None:
    write(cells, "use-w", 'print("mine")')
    wait_until_kept(cells, "use-w")
    cells.reload()
    expect(editor(cells, "use-w")).to_have_text('print("mine")')
    expect(cell(cells, "use-w")).to_contain_text("Your code from last time")
    run(cells, "use-w")
    expect(output(cells, "use-w")).to_have_text("mine")
    press(cells, "use-w", "Reset")
    expect(editor(cells, "use-w")).to_have_text("print(w)")
    expect_state(cells, "use-w", "idle")
    expect(output(cells, "use-w")).to_contain_text("Run Code shows the output")
    cell(cells, "use-w").get_by_role("button", name="Undo").click()
    expect(editor(cells, "use-w")).to_have_text('print("mine")')
    press(cells, "use-w", "Reset")
    cells.reload()
    expect(editor(cells, "use-w")).to_have_text("print(w)")


def test_output_is_shown_again_after_a_reload(cells: Page) -> None:
    for name, state in [
        ("make-w", "done"),
        ("plot", "done"),
        ("broken", "error"),
        ("flood", "done"),
    ]:
        run(cells, name, state)
    write(cells, "markup", "w")
    run(cells, "markup", "error")
    write(cells, "make-w", "w = 2")
    cells.goto("about:blank")
    cells.go_back()
    expect_state(cells, "plot", "idle")
    expect(output(cells, "plot")).to_contain_text("before the page was loaded again. Python has")
    expect(output(cells, "plot")).to_contain_text("drawing")
    expect(output(cells, "plot").locator("[data-kind=result]")).to_have_text("[0.25, 0.125]")
    image = output(cells, "plot").locator("figure img")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1280
    expect(output(cells, "make-w")).to_contain_text("made w")
    expect(output(cells, "make-w")).to_contain_text("The code has changed since")
    expect(output(cells, "broken").locator("[data-kind=error]")).to_be_visible()
    expect(output(cells, "flood")).to_contain_text("too large to keep")
    expect(output(cells, "use-w")).not_to_contain_text("loaded again")
    run(cells, "make-w")
    expect(output(cells, "make-w")).to_have_text("Done. It printed nothing.")
    press(cells, "plot", "Reset")
    cells.reload()
    expect(output(cells, "plot")).to_have_text("Run Code shows the output here.")
    expect(output(cells, "make-w")).not_to_contain_text("made w")


def change_lesson(page: Page, site: str) -> None:
    def change(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace("print(w)", "print(w, 2)"))

    page.route(f"{site}/", change)


@pytest.mark.parametrize(
    ("answer", "code"), [("Keep mine", 'print("mine")'), ("Take the new one", "print(w, 2)")]
)
def test_edit_meets_a_changed_lesson(cells: Page, site: str, answer: str, code: str) -> None:
    write(cells, "use-w", 'print("mine")')
    wait_until_kept(cells, "use-w")
    change_lesson(cells, site)
    cells.reload()
    expect(editor(cells, "use-w")).to_have_text('print("mine")')
    cell(cells, "use-w").get_by_role("button", name=answer).click()
    expect(editor(cells, "use-w")).to_have_text(code)
    cells.reload()
    expect(editor(cells, "use-w")).to_have_text(code)
    expect(cell(cells, "use-w").get_by_text("has changed this cell")).to_have_count(0)


def test_blocked_storage_breaks_nothing(page: Page, site: str) -> None:
    page.add_init_script(
        """Object.defineProperty(window, "localStorage",
        { get() { throw new DOMException("blocked", "SecurityError") } })"""
    )
    page.goto(site)
    write(page, "use-w", 'print("mine")')
    expect(cell(page, "use-w")).to_contain_text("blocks storage, so it keeps no data")
    expect(cell(page, "use-w")).not_to_contain_text("is full")
    run(page, "use-w")
    expect(output(page, "use-w")).to_have_text("mine")
    expect(cell(page, "use-w")).to_contain_text("blocks storage, so it keeps no data")
    press(page, "use-w", "Close this note")
    expect(cell(page, "use-w").locator(".cell-notice")).to_be_empty()
    page.evaluate("document.body.append(document.createElement('site-storage'))")
    status = page.locator("site-storage [role=status]").first
    expect(status).to_have_text("This browser blocks storage for this site: nothing is kept.")


@pytest.mark.parametrize("kind", ["blocked", "full"])
@pytest.mark.parametrize("act", ["Run", "Reset"])
def test_what_storage_refused_stands_until_it_is_closed(
    page: Page, site: str, kind: str, act: str
) -> None:
    """Also where the very click that runs the code is what keeps it."""
    name = "SecurityError" if kind == "blocked" else "QuotaExceededError"
    page.add_init_script(
        f"""for (const name of ["setItem", "removeItem"])
        Storage.prototype[name] = () => {{ throw new DOMException("no", "{name}") }}"""
    )
    page.goto(site)
    note = cell(page, "use-w").locator(".cell-notice")
    write(page, "use-w", 'print("mine")')
    press(page, "use-w", act)
    words = "blocks storage" if kind == "blocked" else "is full"
    expect(note).to_contain_text(words)
    if act == "Reset":
        expect(note).to_contain_text("This is the lesson's code again.")
        press(page, "use-w", "Undo")
        expect(note).not_to_contain_text("lesson's code again")
    else:
        expect_state(page, "use-w", "done")
    expect(note).to_contain_text(words)
    press(page, "use-w", "Close this note")
    expect(note).to_be_empty()


FILL = """store => {
  for (let length = 1 << 22, i = 0; length >= 1; length >>= 1)
    for (;;) try { store.setItem(`filler${i++}`, "x".repeat(length)); } catch { break; }
}"""


def test_full_storage_is_told_until_there_is_room(cells: Page) -> None:
    cells.evaluate(f"() => ({FILL})(localStorage)")
    write(cells, "use-w", 'print("mine")')
    note = cell(cells, "use-w").locator(".cell-notice")
    expect(note).to_contain_text("storage for this site is full")
    expect(note).not_to_contain_text("blocks")
    press(cells, "use-w", "Try again")
    expect(note).to_contain_text("storage for this site is full")
    run(cells, "use-w")
    expect(output(cells, "use-w")).to_have_text("mine")
    write(cells, "use-w", 'print("mine too")')
    cells.evaluate("() => localStorage.removeItem('filler0')")
    write(cells, "use-w", 'print("kept")')
    wait_until_kept(cells, "use-w")
    expect(note).to_be_empty()
    cells.reload()
    expect(editor(cells, "use-w")).to_have_text('print("kept")')


def test_hidden_set_up_is_folded(cells: Page) -> None:
    expect(cell(cells, "set-up").locator(".cell-source")).to_be_hidden()
    run(cells, "set-up")
    cell(cells, "set-up").get_by_role("button", name="Show code").click()
    expect(editor(cells, "set-up")).to_have_text('print("ready")')


def test_focus_never_falls_off_the_page(cells: Page) -> None:
    """A message, a note or the static code that has the focus hands it on when it goes."""
    here = "document.activeElement.textContent"
    cells.route("**/boot.json", lambda route: route.abort(), times=1)
    run(cells, "make-w", "error")
    output(cells, "make-w").get_by_role("button", name="Retry").focus()
    cells.keyboard.press("Enter")
    expect_state(cells, "make-w", "done")
    assert cells.evaluate(here) == "Run Code"
    for label in ("Undo", "Close this note"):
        write(cells, "make-w", "print(1)")
        press(cells, "make-w", "Reset")
        cell(cells, "make-w").get_by_role("button", name=label).focus()
        cells.keyboard.press("Enter")
        assert cells.evaluate(here) == "Run Code"
    write(cells, "broken", 'print("x")\nnap(2000)')
    press(cells, "broken", "Run")
    text = output(cells, "broken").locator("pre")
    text.focus()
    expect_state(cells, "broken", "done")
    expect(text).to_be_focused()


def test_focus_on_static_code_goes_to_the_editor(page: Page, site: str) -> None:
    held: list[Route] = []
    page.route("**/editor*.js", lambda route: held.append(route))
    page.goto(site)
    static = cell(page, "make-w").locator("pre code")
    static.evaluate("code => { code.tabIndex = 0; code.focus() }")
    wait_until(page, "document.activeElement.tagName === 'CODE'")
    for route in held:
        route.continue_()
    expect(editor(page, "make-w")).to_be_focused()


def test_another_tab_s_edit_is_told_and_nothing_is_lost(cells: Page, site: str) -> None:
    other = cells.context.new_page()
    other.goto(site)
    write(cells, "use-w", 'print("mine")')
    expect(cell(other, "use-w")).to_contain_text("was changed in another tab")
    expect(editor(other, "use-w")).to_have_text("print(w)")
    cell(other, "use-w").get_by_role("button", name="Take that version").click()
    expect(editor(other, "use-w")).to_have_text('print("mine")')
    cell(other, "use-w").get_by_role("button", name="Undo").click()
    expect(editor(other, "use-w")).to_have_text("print(w)")
    expect(cell(cells, "use-w")).to_contain_text("was changed in another tab")
    # A run leaves the question standing.
    run(cells, "use-w")
    cell(cells, "use-w").get_by_role("button", name="Keep this one").click()
    expect(editor(cells, "use-w")).to_have_text('print("mine")')
    expect(cell(other, "use-w")).to_contain_text("was changed in another tab")
    cells.reload()
    expect(editor(cells, "use-w")).to_have_text('print("mine")')


def test_another_tab_s_edit_is_told_when_its_page_is_back(cells: Page, site: str) -> None:
    expect(editor(cells, "use-w")).to_have_text("print(w)")
    cells.evaluate(LEAVE)
    other = cells.context.new_page()
    other.goto(site)
    write(other, "use-w", 'print("mine")')
    other.close(run_before_unload=True)
    wait_until_kept(cells, "use-w")
    cells.evaluate(VISIT)
    expect(cell(cells, "use-w")).to_contain_text("was changed in another tab")


def test_an_error_that_is_meant_stays_so_when_its_page_is_left(cells: Page) -> None:
    write(cells, "meant", 'nap(2000)\nfail("ValueError: too large")')
    press(cells, "meant", "Run")
    expect_state(cells, "meant", "running")
    cells.evaluate(LEAVE)
    wait_until_kept(cells, "meant", "sessionStorage")
    cells.evaluate(VISIT)
    expect_state(cells, "meant", "done")


VISIT = """async () => {
  const page = new DOMParser().parseFromString(await (await fetch(location)).text(), "text/html");
  document.querySelector("article").replaceWith(page.querySelector("article"));
}"""
LEAVE = """() => { const empty = document.createElement("article");
  document.querySelector("article").replaceWith(empty) }"""


def test_page_changes_keep_one_worker_and_the_cells(cells: Page) -> None:
    heard = hear(cells)
    run(cells, "make-w")
    write(cells, "use-w", "print(w)\n# mine")
    for _ in range(20):
        cells.evaluate(LEAVE)
        cells.evaluate(VISIT)
    assert len(cells.workers) == 1
    expect(output(cells, "make-w")).to_have_text("made w")
    expect_state(cells, "make-w", "done")
    expect(editor(cells, "use-w")).to_have_text("print(w)# mine")
    expect(cell(cells, "use-w").locator(".cm-editor")).to_have_count(1)
    expect(cell(cells, "use-w").locator("pre code")).to_have_count(0)
    before = len(heard())
    run(cells, "use-w")
    expect(output(cells, "use-w")).to_have_text("0.25")
    assert len(heard()) == before + 2


def test_a_note_about_an_editor_that_is_gone_goes_with_it(cells: Page) -> None:
    write(cells, "use-w", "")
    paste(cells, MESSY)
    raw = cell(cells, "use-w").get_by_role("button", name="Paste as it was")
    expect(raw).to_be_visible()
    cells.evaluate(LEAVE)
    cells.evaluate(VISIT)
    expect(editor(cells, "use-w")).to_contain_text("x")
    expect(raw).to_have_count(0)


def test_run_goes_on_while_its_page_is_left(cells: Page) -> None:
    run(cells, "last", "running")
    cells.evaluate(LEAVE)
    wait_until_kept(cells, "last", "sessionStorage")
    cells.evaluate(VISIT)
    expect_state(cells, "last", "done")
    expect(output(cells, "last")).to_have_text("the end")


def test_endless_run_of_a_page_left_gives_way(cells: Page) -> None:
    run(cells, "loop", "running")
    cells.evaluate(LEAVE)
    cells.evaluate(VISIT.replace("document.q", 'page.querySelector("#loop").remove(); document.q'))
    press(cells, "make-w", "Run")
    expect(output(cells, "make-w")).to_contain_text(
        "Waiting for “A loop without an end” on the page “Cells”, which you left"
    )
    expect_state(cells, "make-w", "done")
    cells.evaluate(LEAVE)
    cells.evaluate(VISIT)
    expect_state(cells, "loop", "stopped")
    expect(output(cells, "loop")).to_contain_text("you left this page and ran a cell of another")


@pytest.mark.parametrize("sign", ["hover", "touch", "focus", "scroll"])
def test_python_is_loaded_at_a_sign_of_intent(page: Page, site: str, sign: str) -> None:
    page.clock.install()
    page.goto(site)
    page.clock.run_for(60_000)
    assert not page.workers
    if sign == "scroll":
        page.evaluate("scrollBy(0, 200)")
        paint(page)
        page.clock.run_for(1500)
        assert not page.workers
    with page.expect_worker():
        match sign:
            case "hover":
                cell(page, "make-w").hover()
            case "touch":
                cell(page, "make-w").dispatch_event("touchstart")
            case "focus":
                cell(page, "make-w").get_by_role("button", name="Run Code").focus()
            case "scroll":
                page.clock.run_for(1000)
    assert len(page.workers) == 1


def paint(page: Page) -> None:
    """Until the page has been drawn, and what watches for it has been told."""
    page.screenshot()


def test_saving_data_loads_by_run_only(page: Page, site: str) -> None:
    page.add_init_script(
        "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
    )
    page.clock.install()
    page.goto(site)
    cell(page, "make-w").hover()
    page.clock.run_for(60_000)
    assert not page.workers
    run(page, "make-w")


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_jumps_while_the_script_arrives(page: Page, site: str, width: int) -> None:
    held: list[Route] = []
    page.set_viewport_size({"width": width, "height": 800})
    for script in ("**/index.js", "**/editor*.js"):
        page.route(script, lambda route: held.append(route))
    page.goto(site, wait_until="commit")
    heights = "[...document.querySelectorAll('py-cell')].map((cell) => cell.offsetHeight)"
    seen = []
    for parts in (":scope > pre", ".cell-shell pre", ".cm-editor"):
        shown = f"(cell) => cell.querySelector({json.dumps(parts)})?.checkVisibility()"
        first = '[...document.querySelectorAll("py-cell")].slice(0, 3)'
        wait_until(page, f"{first}.length === 3 && {first}.every({shown})")
        paint(page)
        seen.append(page.evaluate(heights)[:3])
        if held:
            held.pop().continue_()
    static, live, edited = seen
    assert live == edited
    assert all(abs(before - after) <= 2 for before, after in zip(static, live, strict=True))


def test_page_reads_without_script(site: str, page: Page) -> None:
    assert page.context.browser is not None
    context = page.context.browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.route(
        f"{site}/",
        lambda route: route.fulfill(
            response=(answer := route.fetch()),
            body=answer.text().replace('class="js"', 'class="no-js"'),
        ),
    )
    plain.goto(site)
    expect(cell(plain, "make-w").locator("pre code")).to_contain_text("w = 0.25")
    expect(cell(plain, "make-w").locator(".built-output")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["default", "slate"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(cells: Page, width: int, scheme: str) -> None:
    cells.set_viewport_size({"width": width, "height": 800})
    cells.evaluate("scheme => { document.body.dataset.mdColorScheme = scheme }", scheme)
    for name, state in [
        ("make-w", "done"),
        ("plot", "done"),
        ("broken", "error"),
        ("short", "stopped"),
    ]:
        run(cells, name, state)
    write(cells, "use-w", "print(v)")
    run(cells, "use-w", "error")
    editor(cells, "use-w").press("Tab")
    cells.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8"))
    violations = cells.evaluate(
        """async () => (await axe.run(".md-content")).violations.map((v) =>
        [v.id, v.nodes.map((n) => [n.html.slice(0, 160), n.failureSummary])])"""
    )
    assert violations == []
    # No sideways scroll, and text that does not make phones zoom in.
    assert cells.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if width == 360:
        size = editor(cells, "use-w").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
        assert size >= 16
