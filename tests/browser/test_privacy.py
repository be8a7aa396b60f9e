"""A visit leaves nothing in the browser that the privacy page does not list."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, expect

from tests.docs.test_privacy import listed

START = 60_000
KEPT = """async () => {
  const found = [];
  for (const key of Object.keys(localStorage)) found.push([key, "local storage"]);
  for (const key of Object.keys(sessionStorage)) found.push([key, "storage of the tab"]);
  for (const name of await caches.keys()) found.push([name, "cache storage"]);
  for await (const name of (await navigator.storage.getDirectory()).keys())
    found.push([name, "the private file system"]);
  for (const { name } of await indexedDB.databases()) found.push([name, "a database"]);
  if (document.cookie) found.push([document.cookie, "cookies"]);
  return found;
}"""


def test_a_visit_leaves_nothing_that_the_privacy_page_does_not_list(
    page: Page, built: Path, serve: Callable[[Path], str]
) -> None:
    page.goto(f"{serve(built)}/losses/mse/")
    cell = page.locator("py-cell").first
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").press_sequentially("1 + 1\n")
    cell.get_by_role("button", name=re.compile("^Run")).click()
    expect(cell).to_have_attribute("data-state", re.compile("done|error"), timeout=START)
    quiz = page.locator("lesson-quiz").first
    quiz.scroll_into_view_if_needed()
    quiz.locator("input").first.check()
    quiz.get_by_role("button", name="Answer").click()
    page.get_by_title("Use the light scheme").click()
    kept = {(name, place) for name, place in page.evaluate(KEPT)}
    known = [
        (name.replace("PATH", "/"), place)
        for name, place in {
            *listed(),
            *((name.replace("PATH", quote("/", safe="")), place) for name, place in listed()),
        }
    ]
    unknown = {
        (name, place)
        for name, place in kept
        if not any(name.startswith(own) and place == where for own, where in known)
    }
    assert not unknown
    assert {place for _, place in kept} >= {"local storage", "storage of the tab"}
    assert any(name.startswith("py-cell:/:") for name, _ in kept)
    assert any(":progress:" in name for name, _ in kept)
    assert any(name.endswith(".__palette") for name, _ in kept)
