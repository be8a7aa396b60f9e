"""What a long visit leaves behind: a plot a second, with page changes spread over it.

It takes twelve minutes, so it runs only where it is named: `python -m bench soak`. SOAK_SECONDS
and SOAK_CHANGES set how long, and how many page changes. Measuring all other parts begins
results.md anew, so name it after that.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from playwright.sync_api import CDPSession, Locator, Page, sync_playwright

from bench import process
from bench.comparison_pages import MEMORY
from bench.report import number
from bench.site import follow, lesson_pages, site
from bench.slow_host import Host
from bench.start import profile, temporary, wait_until_kept

TITLE = "A long visit"
SECONDS = int(os.environ.get("SOAK_SECONDS", "600"))
CHANGES = int(os.environ.get("SOAK_CHANGES", "200"))
# Before the first count each page is visited, for what is kept of it for those who come back; and
# so many plots are drawn that garbage has reached its height: Python 3.14 collects figures late,
# and Chromium holds pictures that it decoded.
PAGES = 6
WARM_UP = 120
PLOT = """import matplotlib.pyplot as plt
import numpy as np
steps = np.random.default_rng().normal(size=(3, 200))
plt.plot(steps.cumsum(axis=1).T)
plt.title("soak")"""


@dataclass(frozen=True)
class Counts:
    """Of the page, after a collection of garbage; of Python, and of the process of both."""

    heap_megabytes: float
    nodes: float
    listeners: float
    python_megabytes: float = 0.0
    process_megabytes: float = 0.0


def watch(page: Page) -> CDPSession:
    """What `count` asks."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    return session


def count(session: CDPSession) -> Counts:
    """Counts what the page holds once nothing more can be collected."""
    for _ in range(3):  # an object that is collected may have held another one
        session.send("HeapProfiler.collectGarbage")
    found = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    return Counts(found["JSHeapUsedSize"] / 1e6, found["Nodes"], found["JSEventListeners"])


def run(page: Page, code: str | None = None) -> Locator:
    """Runs the first cell of the page, with other code if there is any; returns its output."""
    cell = page.locator("py-cell").first
    cell.scroll_into_view_if_needed()
    editor = cell.locator(".cm-content")
    if code is not None and editor.inner_text().split() != code.split():
        editor.click()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text(code)
    cell.evaluate(
        """cell => new Promise((done) => {
          cell.addEventListener("py-cell:done", done, { once: true });
          cell.querySelector(".cell-run").click();
        })"""
    )
    assert cell.get_attribute("data-state") == "done", cell.inner_text()
    return cell.get_by_role("log")


def count_all(page: Page, session: CDPSession, folder: Path) -> Counts:
    python = float(run(page, MEMORY).inner_text().split()[-1])
    run(page, PLOT)
    page.wait_for_timeout(3000)
    own = count(session)
    return Counts(
        own.heap_megabytes,
        own.nodes,
        own.listeners,
        python / 1e6,
        process.usage(folder).megabytes,
    )


def with_cells(page: Page) -> list[str]:
    """The addresses of the first pages that have a cell; each is opened, and its cell runs."""
    found: list[str] = []
    for address in lesson_pages(page):
        follow(page, address)
        if len(found) < PAGES and page.locator("py-cell").count():
            run(page, PLOT)
            found.append(address)
    return found


def visit(page: Page, addresses: list[str]) -> Iterator[int]:
    """A plot a second, with page changes spread over it; tells each plot that was drawn."""
    begin = time.monotonic()
    changed = 0
    around = cycle(addresses)
    for second in range(SECONDS):
        while changed < CHANGES * second / SECONDS:
            follow(page, next(around))
            changed += 1
        run(page, PLOT)
        yield second
        page.wait_for_timeout(max(0.0, 1000 * (begin + second + 1 - time.monotonic())))


def markdown() -> str:
    """Measure, and return the table."""
    content = site()
    with (
        sync_playwright() as playwright,
        Host(content, None, 0.0).running() as host,
        temporary() as folder,
        profile(playwright, folder) as context,
    ):
        page = context.new_page()
        page.goto(host.address)
        page.locator("py-cell .cell-run").first.wait_for()
        run(page, PLOT)
        wait_until_kept(page)
        session = watch(page)
        page.evaluate("window.stays = true")
        addresses = with_cells(page)
        for address in addresses:
            follow(page, address)
            for _ in range(WARM_UP // len(addresses)):
                run(page, PLOT)
        before = count_all(page, session, folder)
        begin = time.monotonic()
        plots = sum(1 for _ in visit(page, addresses))
        minutes = (time.monotonic() - begin) / 60
        if page.url.partition("#")[0] != addresses[-1]:  # both counts are of the same page
            follow(page, addresses[-1])
        after = count_all(page, session, folder)
        assert page.evaluate("window.stays"), "a page change loaded the document anew"
    names = {
        "JavaScript heap of the page, MB": "heap_megabytes",
        "nodes": "nodes",
        "listeners": "listeners",
        "Python's memory, MB": "python_megabytes",
        "process of page and worker (PSS), MB": "process_megabytes",
    }
    lines = ["|  | before | after | change |", "|---|---:|---:|---:|"]
    for name, attribute in names.items():
        first, last = getattr(before, attribute), getattr(after, attribute)
        lines.append(f"| {name} | {number(first)} | {number(last)} | {last - first:+.1f} |")
    words = (
        f"The built site, {minutes:.0f} minutes: {plots} plots, one a second at most, and "
        f"{CHANGES} page changes among {len(addresses)} pages, after {WARM_UP} plots that are not "
        "counted. Heap, nodes and listeners are counted after a collection of garbage; Python "
        "collects its own when it likes."
    )
    return "\n\n".join([words, "\n".join(lines)])


if __name__ == "__main__":
    print(markdown())
