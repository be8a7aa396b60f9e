"""What page changes leave behind in the tab, on the built site."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bench.site import follow, lesson_pages, wait_until
from bench.soak import Counts, count, run, watch

CHANGES = 30


@pytest.fixture
def lesson(page: Page, built: Path, serve: Callable[[Path], str]) -> Page:
    """The front page of the built site."""
    page.goto(serve(built) + "/")
    page.locator("py-cell .cell-run").first.wait_for()
    return page


def tour(page: Page, addresses: list[str], changes: int) -> None:
    """Goes round the pages, and runs the first cell of every other one."""
    for change in range(changes):
        follow(page, addresses[change % len(addresses)])
        if change % 2:
            run(page)


def test_page_changes_leave_nothing_behind(lesson: Page) -> None:
    """Material's own left some 2400 nodes a page, and 4 listeners."""
    session = watch(lesson)
    found = lesson_pages(lesson)
    names = ("losses/mse/", "losses/huber/", "optimizers/adam/")
    addresses = [next(a for a in found if a.endswith(name)) for name in names]

    def settled() -> Counts:
        lesson.wait_for_timeout(1500)  # both drawings of a figure are there, and timers have ended
        return count(session)

    tour(lesson, addresses, 2 * len(addresses))
    before = settled()
    tour(lesson, addresses, CHANGES)
    after = settled()
    assert after.nodes - before.nodes < CHANGES
    assert after.listeners - before.listeners < CHANGES / 2
    assert after.heap_megabytes - before.heap_megabytes < 0.05 * CHANGES


def test_a_page_that_is_visited_again_is_whole(lesson: Page) -> None:
    """Its cell comes back with code, output and buttons, though the page around it was let go."""
    first, second = (
        a for a in lesson_pages(lesson) if a.endswith(("losses/mse/", "losses/huber/"))
    )
    follow(lesson, first)
    run(lesson, "print(6 * 7)")
    for address in (second, first, second, first):
        follow(lesson, address)
    cell = lesson.locator("py-cell").first
    cell.scroll_into_view_if_needed()
    expect(cell.get_by_role("log")).to_have_text("42")
    expect(cell.locator(".cm-content")).to_have_text("print(6 * 7)")
    run(lesson, "print(7 * 7)")
    expect(cell.get_by_role("log")).to_have_text("49")


def test_the_table_of_contents_follows_the_reader(lesson: Page) -> None:
    lesson.set_viewport_size({"width": 1400, "height": 400})
    long = next(a for a in lesson_pages(lesson) if a.endswith("reference/losses/"))
    follow(lesson, long)
    lesson.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    room = ".md-sidebar--secondary .md-sidebar__scrollwrap"
    wait_until(lesson, f"document.querySelector('{room}').scrollTop > 0")
    active = lesson.locator(f"{room} .md-nav__link--active").last
    expect(active).to_be_in_viewport()
