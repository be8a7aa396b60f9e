"""Handing in: one file with what was written, from the page and from storage, by mouse and keys."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_cell import cell, wait_until_kept, write
from tests.browser.test_practice import BLOCK, RIGHT, check

STARTER = "rate = 0.1\n# d loss / d w\ngrad = ___\nprint(grad)"
NOTHING = {"base": None, "code": None, "claimed": False, "runs": 0, "first": None, "last": None}


@pytest.fixture(scope="session")
def site(fake_python: Path, serve: Callable[[Path], str]) -> str:
    return serve(fake_python)


def box(page: Page) -> Locator:
    """The folded place of "Hand in", opened."""
    found = page.locator("details.hand-in")
    if found.get_attribute("open") is None:
        found.locator("summary").click()
    return found


def hand_in(page: Page, name: str = "Ümit <b>Ö</b>") -> dict[str, Any]:
    found = box(page)
    found.get_by_label("Your name").fill(name)
    with page.expect_download() as download:
        found.get_by_role("button", name="Download the file").click()
    suggested = download.value.suggested_filename
    assert suggested.startswith("hand-in ")
    assert suggested.endswith(".json")
    assert not set(suggested) & set("<>/\\:")
    text = Path(download.value.path()).read_text("utf-8")
    file: dict[str, Any] = json.loads(text)
    rest = {key: value for key, value in file.items() if key != "checksum"}
    compact = json.dumps(rest, ensure_ascii=False, separators=(",", ":"))
    assert file["checksum"] == hashlib.sha256(compact.encode()).hexdigest()
    assert list(file)[-1] == "checksum"
    return file


def by_id(file: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in file["cells"]}


def test_a_page_is_handed_in_with_code_marks_and_a_checksum(page: Page, site: str) -> None:
    page.goto(f"{site}/hand-in.html")
    check(page, "rule", RIGHT, "pass")
    write(page, "way", "print('it rises')")
    file = hand_in(page)
    assert file["schema"] == "lesson-hand-in/1"
    assert (file["course"], file["version"]) == ("Losses & Optimizers", "0123456789ab")
    assert file["name"] == "Ümit <b>Ö</b>"
    assert [one["id"] for one in file["cells"]] == ["rule", "free", "way"]
    rule = by_id(file)["rule"]
    assert rule["code"] == RIGHT
    assert rule["base"] == hashlib.sha256(STARTER.encode()).hexdigest()[:12]
    assert (rule["page"], rule["claimed"], rule["runs"]) == ("practice", True, 1)
    assert rule["first"] == rule["last"] > 1.6e12
    free = by_id(file)["free"]
    assert (free["code"], free["claimed"], free["runs"]) == (None, False, 0)
    assert by_id(file)["way"]["code"] == "print('it rises')"
    expect(page.locator(".hand-in-said")).to_have_text(
        "Saved. The file holds 2 edited cells; 1 check passed."
    )


def test_the_course_is_handed_in_from_the_page_of_progress(page: Page, site: str) -> None:
    page.goto(f"{site}/hand-in.html")
    check(page, "rule", RIGHT, "pass")
    wait_until_kept(page, "rule")
    page.goto(f"{site}/progress.html")
    file = hand_in(page)
    assert [one["id"] for one in file["cells"]] == ["rule", "free"]
    assert (by_id(file)["rule"]["code"], by_id(file)["rule"]["claimed"]) == (RIGHT, True)
    assert by_id(file)["free"] == {"page": "practice", "id": "free", **NOTHING}


def test_where_storage_is_blocked_the_page_is_handed_in_from_memory(page: Page, site: str) -> None:
    page.add_init_script(BLOCK)
    page.goto(f"{site}/hand-in.html")
    check(page, "rule", RIGHT, "pass")
    expect(box(page)).to_contain_text("keeps no data for this site")
    rule = by_id(hand_in(page))["rule"]
    assert (rule["code"], rule["claimed"], rule["runs"]) == (RIGHT, True, 1)


def test_the_page_says_what_a_checksum_is_not(page: Page, site: str) -> None:
    page.goto(f"{site}/hand-in.html")
    cell(page, "rule").scroll_into_view_if_needed()
    words = box(page).inner_text()
    for part in ("no signature", "clock, which can be set", "time of the upload counts"):
        assert part in words


def test_without_a_name_nothing_is_saved(page: Page, site: str) -> None:
    page.goto(f"{site}/hand-in.html")
    cell(page, "rule").scroll_into_view_if_needed()
    found = box(page)
    found.get_by_role("button", name="Download the file").click()
    expect(found.get_by_role("status")).to_contain_text("Write your name first")
    expect(found.get_by_label("Your name")).to_be_focused()


def test_keys_are_enough(page: Page, site: str) -> None:
    page.goto(f"{site}/hand-in.html")
    cell(page, "rule").scroll_into_view_if_needed()
    summary = page.locator("details.hand-in summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Ada")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert json.loads(Path(download.value.path()).read_text("utf-8"))["name"] == "Ada"


@pytest.mark.parametrize("width", [360, 1280])
def test_it_fits(page: Page, site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{site}/hand-in.html")
    cell(page, "rule").scroll_into_view_if_needed()
    box(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_page_that_comes_back_has_one(page: Page, site: str) -> None:
    page.goto(f"{site}/hand-in.html")
    cell(page, "rule").scroll_into_view_if_needed()
    expect(page.locator("details.hand-in")).to_have_count(1)
    page.goto(f"{site}/progress.html")
    page.go_back()
    cell(page, "rule").scroll_into_view_if_needed()
    expect(page.locator("details.hand-in")).to_have_count(1)
