"""The player of an animation in a real browser, before a worker that stands in for Python."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_cell import cells, expect_state, output, run, site, write

__all__ = ["cells", "site"]  # the fixtures

# How many marks the picture has, which frame it says it is, and its paper.
PICTURE = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, 40, 2);
  let marks = 0;
  while (data[4 * marks] === 100) marks += 1;
  return [marks, data[4 * 40], data[4 * 79]];
}"""
LIGHT, DARK = 250, 20


def player(page: Page) -> Locator:
    return output(page, "plot").locator("figure[data-kind=animation]")


def animate(page: Page, frames: int = 12) -> Locator:
    write(page, "plot", f"animate({frames})")
    run(page, "plot")
    expect_state(page, "plot", "done")
    return player(page)


def picture(page: Page) -> Any:
    return player(page).locator("canvas").evaluate(PICTURE)


@pytest.fixture
def still(cells: Page) -> Page:
    """A page of somebody who wants less motion."""
    cells.emulate_media(reduced_motion="reduce")
    animate(cells)
    return cells


def test_it_plays_to_its_end_and_again(cells: Page) -> None:
    shown = animate(cells)
    expect(shown.get_by_role("slider", name="Frame")).to_have_value("11")
    expect(shown.get_by_role("button", name="Play")).to_be_visible()
    assert picture(cells) == [12, 11, LIGHT]
    shown.get_by_role("button", name="Play").click()
    expect(shown.get_by_role("button", name="Pause")).to_be_visible()
    expect(shown.get_by_role("slider", name="Frame")).to_have_value("11")


def test_less_motion_starts_paused(still: Page) -> None:
    expect(player(still).get_by_role("button", name="Play")).to_be_visible()
    still.wait_for_timeout(100)
    assert picture(still) == [1, 0, LIGHT]


def test_it_is_named_and_not_read_out(still: Page) -> None:
    shown = player(still)
    expect(shown).to_have_attribute("aria-label", "Animation. A race.")
    expect(shown).to_have_attribute("aria-live", "off")
    expect(shown.get_by_role("img", name="Animation. A race.")).to_be_visible()
    frame = shown.get_by_role("slider", name="Frame")
    expect(frame).to_have_attribute("aria-valuetext", "1 of 12")


def test_each_frame_can_be_looked_at_in_any_order(still: Page) -> None:
    frame = player(still).get_by_role("slider", name="Frame")
    for number in (7, 2, 3, 11, 0, 9):
        frame.fill(str(number))
        assert picture(still) == [number + 1, number, LIGHT]


def test_its_controls_are_as_large_as_those_of_a_form(still: Page) -> None:
    shown = player(still)
    for control in (shown.get_by_role("slider", name="Frame"), shown.get_by_label("Speed")):
        box = control.bounding_box()
        assert box and box["height"] >= 32
    still.set_viewport_size({"width": 360, "height": 740})
    lines = shown.locator(".player-bar > *").evaluate_all(
        "all => all.map((one) => { const box = one.getBoundingClientRect();"
        " return Math.round(box.top + box.height / 2); })"
    )
    assert len(set(lines)) == 2  # how it plays, and where it is
    height = shown.get_by_role("slider", name="Frame").evaluate("node => node.offsetHeight")
    assert height >= 40


def test_by_keyboard(still: Page) -> None:
    shown = player(still)
    step = shown.get_by_role("button", name="Step")
    step.focus()
    still.keyboard.press("Enter")
    still.keyboard.press("ArrowRight")
    still.keyboard.press("ArrowRight")
    still.keyboard.press("ArrowLeft")
    assert picture(still) == [3, 2, LIGHT]
    still.keyboard.press("Tab")
    still.keyboard.press("Tab")
    still.keyboard.press("End")
    assert picture(still) == [12, 11, LIGHT]
    still.keyboard.press("Shift+Tab")
    still.keyboard.press("Shift+Tab")
    still.keyboard.press("Enter")
    assert picture(still) == [1, 0, LIGHT]
    still.keyboard.press("Shift+Tab")
    still.keyboard.press("Space")
    expect(shown.get_by_role("slider", name="Frame")).to_have_value("11")


def test_it_follows_the_theme(still: Page) -> None:
    player(still).get_by_role("slider", name="Frame").fill("6")
    still.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    still.wait_for_timeout(50)
    assert picture(still) == [7, 6, DARK]


def test_its_speed_can_be_set(still: Page) -> None:
    shown = player(still)
    shown.get_by_label("Speed").select_option("0.25")
    shown.get_by_role("button", name="Play").click()
    still.wait_for_timeout(200)
    assert picture(still)[1] < 6


def test_another_run_puts_its_own_in_its_place(still: Page) -> None:
    animate(still, 5)
    expect(player(still)).to_have_count(1)
    expect(player(still).get_by_role("slider")).to_have_attribute("max", "4")
    write(still, "plot", 'plot("no race")')
    run(still, "plot")
    expect(output(still, "plot").get_by_role("img", name=re.compile("no race"))).to_be_visible()
    expect(player(still)).to_have_count(0)


def test_its_script_comes_when_it_is_needed(browser: Browser, site: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site)
    page.locator("py-cell .cell-run").first.wait_for()
    assert not [url for url in asked if "player" in url]
    animate(page)
    assert [url for url in asked if "player" in url]
    page.close()
