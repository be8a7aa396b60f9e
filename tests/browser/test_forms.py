"""Controls and live figures in a real browser, before a worker that stands in for Python."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from bench.site import wait_until
from site_hooks.paths import NODE_MODULES
from tests.browser.test_cell import (
    boot_delay,
    cell,
    editor,
    expect_state,
    hear,
    output,
    press,
    run,
    site,
    wait_until_kept,
    write,
)

__all__ = ["site"]  # the fixture


@pytest.fixture
def cells(page: Page, site: str) -> Page:
    """The page of cells, once each form was about to be seen: its controls come then."""
    page.goto(site)
    for name in ("form", "auto", "walk"):
        cell(page, name).scroll_into_view_if_needed()
        expect(cell(page, name).locator(".cell-form input").first).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    return page


def control(page: Page, name: str, label: str) -> Locator:
    return cell(page, name).get_by_label(label, exact=True)


def value(page: Page, name: str, label: str) -> Locator:
    """What stands beside a control."""
    return (
        cell(page, name)
        .locator(".cell-field", has=page.get_by_label(label, exact=True))
        .locator("output")
    )


def code(page: Page, name: str) -> list[str]:
    return str(editor(page, name).evaluate("e => e.innerText")).rstrip("\n").split("\n")


def drag(page: Page, name: str, label: str, to: float, steps: int = 12, hold: float = 0) -> None:
    """Moves a slider's handle by mouse from its middle to a share of its length."""
    cell(page, name).scroll_into_view_if_needed()
    box = control(page, name, label).bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * to, y, steps=steps)
    time.sleep(hold)
    page.mouse.up()


def test_each_comment_is_a_labelled_native_control(cells: Page) -> None:
    form = cell(cells, "form")
    expect(form.get_by_role("slider")).to_have_count(2)
    expect(control(cells, "form", "lr")).to_have_value("0.1")
    expect(control(cells, "form", "weight decay")).to_have_attribute("aria-valuetext", "0.05")
    expect(form.get_by_role("combobox", name="name")).to_have_value("1")
    expect(form.get_by_role("spinbutton", name="steps")).to_have_value("20")
    expect(form.get_by_role("checkbox", name="clear")).to_be_checked()
    expect(form.get_by_role("textbox", name="note")).to_have_value("first")
    expect(value(cells, "form", "lr")).to_have_text("0.1")
    expect(cell(cells, "make-w").locator(".cell-form")).to_be_hidden()


def test_a_control_changes_the_literal_and_what_follows_it_stays(cells: Page) -> None:
    editor(cells, "form")
    control(cells, "form", "lr").fill("0.3")
    control(cells, "form", "name").select_option("Adam")
    control(cells, "form", "steps").fill("7")
    control(cells, "form", "clear").uncheck()
    control(cells, "form", "note").fill("\"; import os # it's \\")
    assert code(cells, "form") == [
        'lr = 0.300  #@param {type:"slider", min:0.001, max:1.2, step:0.001}',
        'decay = 0.05  #@param {type:"slider", min:0.001, max:1, scale:"log", '
        'label:"weight decay"}',
        'name = "Adam"  #@param ["Adam", "SGD"]',
        'steps = 7  #@param {type:"integer", min:1, max:500}',
        'clear = False  #@param {type:"boolean"}',
        "note = '\"; import os # it\\'s \\\\'  #@param {type:\"string\"}",
        "print(lr)",
        "print(name)",
    ]
    expect(control(cells, "form", "note")).to_have_value("\"; import os # it's \\")
    expect_state(cells, "form", "idle")  # a control alone runs nothing
    run(cells, "form")
    expect(output(cells, "form")).to_contain_text('0.300\n"Adam"')


def test_typing_in_the_code_moves_the_control(cells: Page) -> None:
    write(cells, "form", 'lr = 0.7  #@param {type:"slider", min:0, max:1.0, step:0.1}')
    expect(control(cells, "form", "lr")).to_have_value("0.7")
    expect(cell(cells, "form").get_by_role("slider")).to_have_count(1)
    editor(cells, "form").click()
    cells.keyboard.press("Home")
    for _ in range(len("lr = 0.7")):
        cells.keyboard.press("ArrowRight")
    cells.keyboard.press("Backspace")
    cells.keyboard.type("2")
    expect(control(cells, "form", "lr")).to_have_value("0.2")
    expect(value(cells, "form", "lr")).to_have_text("0.2")
    cells.keyboard.type("5")
    expect(value(cells, "form", "lr")).to_have_text("0.25")


def test_one_undo_takes_back_a_whole_drag(cells: Page) -> None:
    editor(cells, "form")
    first = code(cells, "form")[0]
    drag(cells, "form", "lr", 0.9)
    assert code(cells, "form")[0] != first
    moved = control(cells, "form", "lr").input_value()
    drag(cells, "form", "lr", 0.2)
    expect(control(cells, "form", "lr")).not_to_have_value(moved)
    editor(cells, "form").click()
    cells.keyboard.press("ControlOrMeta+z")
    expect(control(cells, "form", "lr")).to_have_value(moved)
    cells.keyboard.press("ControlOrMeta+z")
    expect(control(cells, "form", "lr")).to_have_value("0.1")
    assert code(cells, "form")[0] == first
    cells.keyboard.press("ControlOrMeta+Shift+z")
    expect(control(cells, "form", "lr")).to_have_value(moved)


def test_arrow_keys_move_by_one_step_or_one_even_notch(cells: Page) -> None:
    control(cells, "form", "lr").focus()
    cells.keyboard.press("ArrowRight")
    expect(value(cells, "form", "lr")).to_have_text("0.101")
    cells.keyboard.press("Tab")
    decay = control(cells, "form", "weight decay")
    expect(decay).to_be_focused()
    seen = []
    for key in ("ArrowUp", "ArrowUp", "ArrowDown", "ArrowDown", "ArrowDown", "Home", "End"):
        cells.keyboard.press(key)
        seen.append(value(cells, "form", "weight decay").inner_text())
        expect(decay).to_have_attribute("aria-valuetext", seen[-1])
    assert seen == ["0.055", "0.06", "0.055", "0.05", "0.045", "0.001", "1.0"]


@pytest.mark.parametrize(
    ("typed", "label"), [("", "steps"), ("0", "steps"), ("501", "steps"), ("2.5", "steps")]
)
def test_what_is_no_value_is_not_written(cells: Page, typed: str, label: str) -> None:
    before = code(cells, "form")
    control(cells, "form", label).fill(typed)
    expect(control(cells, "form", label)).to_have_attribute("aria-invalid", "true")
    expect(cell(cells, "form")).to_contain_text("Not used: a whole number from 1 to 500 is needed.")
    assert code(cells, "form") == before
    control(cells, "form", label).fill("12")
    expect(control(cells, "form", label)).not_to_have_attribute("aria-invalid", "true")
    assert code(cells, "form")[3].startswith("steps = 12  #@param")


def test_whole_numbers_keep_all_their_digits(cells: Page) -> None:
    write(cells, "form", 'n: int = 3  #@param {type:"integer"}')
    for typed, literal in [
        ("99999999999999999999", "99999999999999999999"),
        ("99999999999999999998", "99999999999999999998"),
        ("1e22", "10000000000000000000000"),
        ("-4", "-4"),
    ]:
        control(cells, "form", "n").fill(typed)
        assert code(cells, "form") == [f'n: int = {literal}  #@param {{type:"integer"}}']
    write(cells, "form", 'n = 12_345_678_901_234_567_890  #@param {type:"integer"}')
    expect(control(cells, "form", "n")).to_have_value("12345678901234567890")


def test_code_that_a_control_cannot_hold_is_named(cells: Page) -> None:
    write(
        cells,
        "form",
        'lr = 2 * w  #@param {type:"slider", min:0, max:1}\n'
        'k = 5  #@param {type:"slider", min:0, max:3}\n'
        'm = 1  #@param {type:"range"}',
    )
    expect(control(cells, "form", "lr")).to_be_disabled()
    expect(cell(cells, "form")).to_contain_text("lr: 2 * w is not an integer: write one")
    expect(control(cells, "form", "k")).to_be_enabled()
    expect(cell(cells, "form")).to_contain_text("k: 5 is outside 0 to 3.")
    expect(cell(cells, "form")).to_contain_text('Line 3: unknown type "range"; known: slider,')
    control(cells, "form", "k").focus()
    cells.keyboard.press("ArrowLeft")
    expect(value(cells, "form", "k")).to_have_text("2")
    expect(cell(cells, "form")).not_to_contain_text("outside")


def runs(page: Page, name: str) -> int:
    found = re.search(r"run (\d+) of", output(page, name).inner_text())
    return int(found[1]) if found else 0


def test_moves_run_at_once_and_never_queue_up(cells: Page) -> None:
    heard = hear(cells)
    control(cells, "auto", "lr").focus()
    for _ in range(8):
        cells.keyboard.press("ArrowLeft")
        cells.keyboard.press("ArrowRight")
    cells.keyboard.press("ArrowRight")
    expect(output(cells, "auto")).to_contain_text("run")
    expect(output(cells, "auto").locator("pre")).to_contain_text("0.2")
    expect(output(cells, "auto").locator("img")).to_be_visible()  # it has settled
    expect_state(cells, "auto", "done")
    assert 2 <= runs(cells, "auto") <= 12
    assert [(event["ok"], event["runs"]) for event in rests(heard())] == [(True, 1)]


def rests(heard: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The ends of runs that the cell told: a control's once, when it rests."""
    return [event for event in heard if event["type"] == "py-cell:done"]


def test_nothing_flickers_or_moves_while_a_control_is_dragged(cells: Page) -> None:
    heard = hear(cells)
    control(cells, "auto", "lr").focus()
    cells.keyboard.press("ArrowRight")
    expect(output(cells, "auto").locator("img")).to_be_visible()
    wait_until(cells, "window.heard.some(({ type }) => type === 'py-cell:done')")
    before = len(rests(heard()))
    cells.evaluate(
        """() => { const host = document.getElementById("auto");
        const log = host.querySelector("[role=log]");
        window.seen = { heights: new Set(), gone: 0, frames: 0, words: new Set(), said: 0 };
        new MutationObserver(() => window.seen.said++).observe(
          host.querySelector(".cell-said"), { childList: true });
        const look = () => {
          const height = (one) => log.querySelector(one)?.getBoundingClientRect().height;
          if (!height("figure > :is(img, canvas)") || !height("pre")) window.seen.gone++;
          window.seen.heights.add(host.getBoundingClientRect().height);
          const status = host.querySelector(".cell-status").textContent;
          window.seen.words.add(status.replace(/\\d+/, "N"));
          window.seen.frames++;
          window.seen.painted ||= log.querySelector("canvas") !== null;
          if (!window.seen.end) requestAnimationFrame(look);
        };
        look(); }"""
    )
    drag(cells, "auto", "lr", 0.1, steps=20, hold=0.5)
    drag(cells, "auto", "lr", 0.4, steps=20)
    expect(output(cells, "auto").locator("img")).to_have_count(1)
    expect_state(cells, "auto", "done")
    seen = cells.evaluate(
        "() => { const s = window.seen; s.end = true;"
        " return { ...s, heights: [...s.heights], words: [...s.words] }; }"
    )
    assert seen["frames"] > 20
    assert seen["painted"]
    assert seen["gone"] == 0
    assert len(seen["heights"]) == 1, seen
    assert [words for words in seen["words"] if words != "Loading"] == ["Done in N ms"]
    assert len(rests(heard())) > before
    said = cell(cells, "auto").locator(".cell-said")
    expect(said).to_contain_text("Descent: loss against step")


def test_a_drag_is_told_of_once_when_the_slider_is_let_go(cells: Page) -> None:
    control(cells, "auto", "lr").fill("0.3")
    expect(output(cells, "auto").locator("img")).to_be_visible()
    said = cell(cells, "auto").locator(".cell-said")
    expect(said).to_contain_text("Descent: loss against step")
    heard = hear(cells)
    cells.evaluate(
        """() => { window.said = 0;
        new MutationObserver(() => window.said++).observe(
          document.querySelector("#auto .cell-said"), { childList: true }); }"""
    )
    box = control(cells, "auto", "lr").bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    cells.mouse.move(box["x"] + box["width"] * 0.3, y)
    cells.mouse.down()
    for share in (0.2, 0.25, 0.15):
        cells.mouse.move(box["x"] + box["width"] * share, y)
        cells.wait_for_timeout(700)  # it rests, and its run is over
    done = [event for event in heard() if event["type"] == "py-cell:done"]
    assert len(done) > 1
    assert cells.evaluate("window.said") == 0
    cells.mouse.up()
    cells.wait_for_timeout(1000)
    assert cells.evaluate("window.said") == 1


@pytest.mark.parametrize("width", [1280, 700, 500, 360])
def test_nothing_moves_when_a_control_is_touched_for_the_first_time(
    page: Page, site: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site)
    name = "walk"
    cell(page, name).scroll_into_view_if_needed()
    expect(control(page, name, "rate")).to_be_visible()
    titles = (
        "A walk",
        "What a rate does to a walk in a bowl that is narrow",
        "Where does it end? " * 5,
    )
    for title in titles:
        cell(page, name).locator(".cell-title").evaluate("(e, t) => (e.textContent = t)", title)
        press(page, name, "Reset")
        expect_state(page, name, "idle")
        places = """host => [...host.querySelectorAll("input, .cell-head button")].map((node) => {
            const { x, y, width } = node.getBoundingClientRect(); return [x, y, width]; })"""
        before = cell(page, name).evaluate(places)
        control(page, name, "rate").focus()
        page.keyboard.press("ArrowRight")
        expect_state(page, name, "done")
        expect(cell(page, name).locator(".cell-status")).to_contain_text("Done in")
        assert cell(page, name).evaluate(places) == before, title
        middles = [
            box["y"] + box["height"] / 2
            for part in (".cell-status", ".cell-run")
            if (box := cell(page, name).locator(part).bounding_box())
        ]
        assert middles[0] == pytest.approx(middles[1], abs=1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        words = cell(page, name).locator(".cell-run span")
        words.evaluate("span => span.replaceChildren('Run again')")
        assert cell(page, name).evaluate(places) == before, title


def test_fields_on_a_phone_have_text_that_no_browser_zooms_in_to(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(site)
    cell(page, "form").scroll_into_view_if_needed()
    fields = cell(page, "form").locator("select, input[type=number], input[type=text]")
    expect(fields).to_have_count(3)
    sizes = fields.evaluate_all(
        "all => all.map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 16


def test_an_error_shows_in_place_and_goes_when_it_is_mended(cells: Page) -> None:
    control(cells, "auto", "lr").fill("0.3")
    expect(output(cells, "auto").locator("img")).to_be_visible()
    control(cells, "auto", "lr").fill("0.8")
    expect(output(cells, "auto").locator("[data-kind=error]")).to_contain_text("too large")
    expect_state(cells, "auto", "error")
    expect(output(cells, "auto").locator("figure[data-old]")).to_be_visible()
    control(cells, "auto", "lr").fill("0.4")
    expect(output(cells, "auto").locator("[data-kind=error]")).to_have_count(0)
    expect(output(cells, "auto").locator("figure")).not_to_have_attribute("data-old", "")
    expect_state(cells, "auto", "done")


def test_stop_ends_a_run_that_a_control_began(cells: Page) -> None:
    write(cells, "auto", '#@title x { run: "auto" }\nlr = 0.1  #@param {type:"number"}\nloop()')
    control(cells, "auto", "lr").fill("0.3")
    stop = cell(cells, "auto").get_by_role("button", name="Stop")
    expect(stop).not_to_have_attribute("aria-disabled", "true")
    press(cells, "auto", "Stop")
    expect_state(cells, "auto", "stopped")
    write(cells, "auto", '#@title x { run: "auto" }\nlr = 0.1  #@param {type:"number"}\nprint(lr)')
    control(cells, "auto", "lr").fill("0.4")
    expect(output(cells, "auto")).to_have_text("0.4")


def test_a_live_figure_is_a_picture_with_controls_before_python_is_there(cells: Page) -> None:
    boot_delay(cells, 400)
    figure = cell(cells, "walk")
    picture = output(cells, "walk").get_by_role("img", name="A bowl: loss against step")
    expect(picture).to_be_visible()
    expect(output(cells, "walk")).to_contain_text("rate 0.1")
    expect_state(cells, "walk", "idle")
    order = figure.evaluate(
        """host => ["input", "[role=log]", ".cell-source"].map((name) =>
        host.querySelector(name).getBoundingClientRect().top)"""
    )
    assert order[0] < order[1]
    expect(figure.locator(".cell-source")).to_be_hidden()
    control(cells, "walk", "rate").focus()
    cells.keyboard.press("ArrowRight")
    expect_state(cells, "walk", "loading")
    expect(figure.get_by_role("progressbar")).to_be_visible()
    expect(picture).to_be_visible()
    expect(output(cells, "walk")).to_have_text(re.compile("0.11"))
    expect_state(cells, "walk", "done")
    press(cells, "walk", "Reset")
    expect(output(cells, "walk")).to_contain_text("rate 0.1")
    expect(value(cells, "walk", "rate")).to_have_text("0.1")
    expect_state(cells, "walk", "idle")


def test_reset_does_not_wait_for_a_live_figure_and_costs_no_variables(cells: Page) -> None:
    run(cells, "make-w")
    cell(cells, "walk").get_by_role("button", name="Show code").click()
    write(
        cells,
        "walk",
        "rate = 0.2  #@param {type:'slider', min:0.01, max:1}\nnap(2000)\nprint(rate)",
    )
    control(cells, "walk", "rate").focus()
    cells.keyboard.press("ArrowRight")
    expect_state(cells, "walk", "running")
    stop = cell(cells, "walk").get_by_role("button", name="Stop")
    expect(stop).not_to_have_attribute("aria-disabled", "true")
    reset = cell(cells, "walk").get_by_role("button", name="Reset")
    assert reset.get_attribute("aria-disabled") is None
    reset.click()
    expect(output(cells, "walk")).to_contain_text("rate 0.1")
    expect_state(cells, "walk", "idle")
    run(cells, "use-w")
    expect(output(cells, "walk")).to_contain_text("rate 0.1")
    expect_state(cells, "walk", "idle")


def test_the_code_of_a_live_figure_is_one_click_away_and_can_be_edited(cells: Page) -> None:
    cell(cells, "walk").get_by_role("button", name="Show code").click()
    expect(editor(cells, "walk")).to_be_visible()
    write(
        cells,
        "walk",
        'rate = 0.2  #@param {type:"slider", min:0.01, max:1, scale:"log"}\nprint(rate)',
    )
    expect(value(cells, "walk", "rate")).to_have_text("0.2")
    cells.keyboard.press("Control+Enter")
    expect(output(cells, "walk")).to_have_text("0.2")
    cell(cells, "walk").get_by_role("button", name="Hide code").click()
    expect(editor(cells, "walk")).to_be_hidden()


def test_a_built_picture_of_other_code_says_so(cells: Page) -> None:
    figure = cell(cells, "walk")
    remark = figure.locator(".cell-remarks")
    figure.get_by_role("button", name="Show code").click()
    write(cells, "walk", 'print("new")')
    expect(figure).to_have_attribute("data-stale", "")
    expect(remark).to_contain_text("The code has changed since.")
    expect(figure.get_by_role("button", name="Run again")).to_be_visible()
    cells.keyboard.press("ControlOrMeta+z")
    expect(figure).not_to_have_attribute("data-stale", "")
    write(cells, "walk", 'print("new")')
    expect(figure).to_have_attribute("data-stale", "")
    wait_until_kept(cells, "walk")
    cells.reload()
    expect(figure).to_have_attribute("data-stale", "")
    expect(remark).to_contain_text("The code has changed since.")
    run(cells, "walk")
    expect(figure).not_to_have_attribute("data-stale", "")
    expect(output(cells, "walk")).to_have_text("new")
    press(cells, "walk", "Reset")
    expect(figure).not_to_have_attribute("data-stale", "")


def test_a_picture_that_a_run_did_not_replace_says_so(cells: Page) -> None:
    figure = cell(cells, "walk")
    cells.route("**/boot.json", lambda route: route.abort())
    control(cells, "walk", "rate").fill("30")
    expect(output(cells, "walk")).to_contain_text("Python could not be loaded")
    expect(figure).to_have_attribute("data-stale", "")
    cells.unroute("**/boot.json")
    run(cells, "walk")
    expect(figure).not_to_have_attribute("data-stale", "")
    figure.get_by_role("button", name="Show code").click()
    write(cells, "walk", "loop()")
    run(cells, "walk", "running")
    press(cells, "walk", "Stop")
    expect_state(cells, "walk", "stopped")
    expect(figure).to_have_attribute("data-stale", "")


def test_a_failed_start_keeps_the_picture_and_the_next_move_tries_again(cells: Page) -> None:
    cells.route("**/boot.json", lambda route: route.abort())
    control(cells, "walk", "rate").fill("30")
    expect(output(cells, "walk")).to_contain_text("Python could not be loaded")
    expect(output(cells, "walk").locator("figure img")).to_be_visible()
    cells.unroute("**/boot.json")
    control(cells, "walk", "rate").fill("20")
    expect_state(cells, "walk", "done")
    expect(output(cells, "walk")).not_to_contain_text("could not be loaded")


def test_full_screen_and_escape(cells: Page) -> None:
    cell(cells, "walk").get_by_role("button", name="Full screen").click()
    leave = cell(cells, "walk").get_by_role("button", name="Leave full screen")
    expect(leave).to_be_visible()
    expect(control(cells, "walk", "rate")).to_be_visible()
    cells.keyboard.press("Escape")
    expect(
        cell(cells, "walk").get_by_role("button", name="Full screen", exact=True)
    ).to_be_visible()
    assert cells.evaluate("document.fullscreenElement") is None


def test_code_that_is_shown_on_the_full_screen_is_seen(cells: Page) -> None:
    cell(cells, "walk").get_by_role("button", name="Full screen").click()
    expect(cell(cells, "walk").get_by_role("button", name="Leave full screen")).to_be_visible()
    cell(cells, "walk").get_by_role("button", name="Show code").click()
    expect(editor(cells, "walk")).to_be_in_viewport()
    top = editor(cells, "walk").evaluate("e => e.getBoundingClientRect().top")
    assert top < cells.evaluate("innerHeight") - 60
    expect(output(cells, "walk").locator("img")).to_be_in_viewport(ratio=0.9)
    cells.keyboard.press("Escape")


def test_a_finger_moves_a_slider(page: Page, site: str) -> None:
    assert page.context.browser is not None
    context = page.context.browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    phone = context.new_page()
    phone.goto(site)
    cell(phone, "walk").scroll_into_view_if_needed()
    slider = control(phone, "walk", "rate")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    assert box["height"] >= 32
    phone.touchscreen.tap(box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2)
    expect(value(phone, "walk", "rate")).not_to_have_text("0.1")
    expect_state(phone, "walk", "done")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_axe_finds_nothing_in_a_page_with_forms(cells: Page, scheme: str) -> None:
    cells.evaluate("scheme => document.body.dataset.mdColorScheme = scheme", scheme)
    control(cells, "walk", "rate").fill("30")
    expect_state(cells, "walk", "done")
    write(cells, "form", 'lr = 2 * w  #@param {type:"slider", min:0, max:1}\n'
          'm = 1  #@param {type:"range"}\nk = 1  #@param {type:"integer", max:3}')  # fmt: skip
    control(cells, "form", "k").fill("9")
    cells.evaluate((NODE_MODULES / "axe-core" / "axe.min.js").read_text("utf-8"))
    found = cells.evaluate(
        """async () => (await axe.run({ include: ["#form", "#auto", "#walk"] })).violations.map(
        ({ id, nodes }) => [id, ...nodes.map((node) => node.html)])"""
    )
    assert found == []
