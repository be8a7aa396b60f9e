"""All formulas on one sheet of paper, and on a narrow screen. It needs a built site."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def sheet(page: Page, serve: Callable[[Path], str], built: Path) -> Page:
    page.goto(f"{serve(built)}/formulas/")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_one_sheet_of_a4_in_three_columns(sheet: Page, scheme: str) -> None:
    sheet.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    pdf = sheet.pdf(format="Letter", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    (box,) = {*re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)}
    assert [round(float(side)) for side in box] == [595, 842]
    sheet.set_viewport_size({"width": 733, "height": 1062})  # A4 without its margins
    sheet.emulate_media(media="print")
    columns = "node => new Set([...node.querySelectorAll('li')].map(li => li.offsetLeft)).size"
    assert sheet.locator(".sheet").evaluate(columns) == 3
    wide = "node => [...node.querySelectorAll('li')].filter(li => li.scrollWidth > li.clientWidth)"
    assert sheet.locator(".sheet").evaluate(wide) == []


GAPS = """sheet => [...sheet.querySelectorAll('li')].flatMap(li => {
  const fractions = [...li.querySelectorAll('.katex-base:has(.mfrac)')];
  const boxes = fractions.map(base => base.getBoundingClientRect());
  return boxes.slice(1).map((box, at) => box.top - boxes[at].bottom).filter(gap => gap > -12);
})"""


def test_fractions_below_each_other_do_not_touch(sheet: Page) -> None:
    sheet.set_viewport_size({"width": 733, "height": 1062})
    sheet.emulate_media(media="print")
    gaps = sheet.locator(".sheet").evaluate(GAPS)
    assert len(gaps) > 5
    assert min(gaps) > 2


def test_on_a_narrow_screen_nothing_stands_out(sheet: Page) -> None:
    sheet.set_viewport_size({"width": 360, "height": 740})
    expect(sheet.get_by_role("heading", name="Schedules")).to_be_attached()
    assert sheet.evaluate("document.documentElement.scrollWidth") == 360
