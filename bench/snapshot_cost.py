"""What it costs to keep Python's memory for the next visit, against the same start without it.

Without: the worker is told that the browser has no room left, so it keeps nothing.
"""

from collections import defaultdict
from statistics import median

from playwright.sync_api import Page, Playwright, sync_playwright

from bench import process
from bench.comparison_pages import pair
from bench.report import number, spread
from bench.slow_host import Host
from bench.start import REPEATS, Kind, click, profile, temporary, visit, wait_until_kept

TITLE = "What keeping Python's memory costs"
PLOT = Kind("", "#plot0 .cell-run", "#plot0 [role=log] img")
WORKER = "assets/client/worker.js"
NO_ROOM = b"navigator.storage.estimate = async () => ({ quota: 0, usage: 0 });\n"
# The worker begins to keep when nothing was asked of it for 1.5 s.
QUIET_MS = 1600
BUSY_MS = 4000
KEY_MS = 50
# One small cell after the other: from each click to the frame that shows its end.
CELLS = """(duration) => new Promise(async (resolve) => {
  const cell = document.querySelector("#tiny");
  const waits = [];
  for (const end = performance.now() + duration; performance.now() < end; ) {
    const begin = performance.now();
    const done = new Promise(done => cell.addEventListener("py-cell:done", done, { once: true }));
    cell.querySelector(".cell-run").click();
    await done;
    await new Promise(painted => requestAnimationFrame(() => setTimeout(painted)));
    waits.push(performance.now() - begin);
  }
  resolve(waits);
})"""
# From the key to the end of the frame that shows it; a message comes after the frame is made.
TYPED = """() => {
  window.typed = [];
  addEventListener("keydown", ({ timeStamp }) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => typed.push(performance.now() - timeStamp);
    port2.postMessage(null);
  }), true);
}"""


Costs = dict[str, list[float]]
MEANWHILE = {"cells": "a small cell run meanwhile", "keys": "a key typed meanwhile"}


def run_cells(page: Page) -> list[float]:
    waits: list[float] = page.evaluate(CELLS, BUSY_MS)
    return waits


def type_text(page: Page) -> list[float]:
    page.evaluate(TYPED)
    for _ in range(BUSY_MS // KEY_MS):
        page.keyboard.press("x")
        page.wait_for_timeout(KEY_MS)
    waits: list[float] = page.evaluate("typed")
    return waits


def measure(playwright: Playwright, content: dict[str, bytes], kept: bool) -> Costs:
    """Three first visits: one looked on at, one with cells run meanwhile, one with typing."""
    costs: Costs = {}
    for what in ("nothing", *MEANWHILE):
        with (
            Host(content, None, 0.0).running() as host,
            temporary() as folder,
            profile(playwright, folder) as context,
        ):
            page = visit(context, host, PLOT)
            to_plot = click(page, PLOT) / 1000
            page.locator("#tiny").scroll_into_view_if_needed()
            page.locator("#tiny .cm-content").click()
            before = process.usage(folder)
            page.locator("py-cell#plot0[data-state=done]").wait_for()
            page.wait_for_timeout(QUIET_MS)
            if what == "nothing":
                page.wait_for_timeout(BUSY_MS)
                after = process.usage(folder)
                costs["click to first plot, s"] = [to_plot]
                costs["processor until then, s"] = [before.processor_seconds]
                costs["processor after it, s"] = [
                    after.processor_seconds - before.processor_seconds
                ]
                costs["highest memory of the page's process, MB"] = [after.peak_megabytes]
                costs["memory of the page's process afterwards, MB"] = [after.megabytes]
            else:
                waits = run_cells(page) if what == "cells" else type_text(page)
                name = MEANWHILE[what]
                costs[f"{name}, ms"] = waits
                costs[f"{name}, the slowest, ms"] = [max(waits)]
            if kept:
                wait_until_kept(page)
    return costs


def markdown() -> str:
    """Measure, and return the table."""
    content = pair()
    contents = {True: content, False: content | {WORKER: NO_ROOM + content[WORKER]}}
    found: dict[bool, Costs] = {True: defaultdict(list), False: defaultdict(list)}
    with sync_playwright() as playwright:
        for _ in range(REPEATS):
            for kept, files in contents.items():
                for name, values in measure(playwright, files, kept).items():
                    found[kept][name] += values
    lines = ["| | kept | not kept | difference |", "|---|---:|---:|---:|"]
    for name, values in found[True].items():
        others = found[False][name]
        extra = number(median(values) - median(others))
        lines.append(f"| {name} | {spread(values, '')} | {spread(others, '')} | {extra} |")
    words = (
        "First visits on localhost, from a fresh profile, each with Python's memory kept and "
        "again with the worker told that there is no room for it. Keeping begins when nothing was "
        "asked of Python for 1.5 s; after it, figures that nobody sees are drawn, so that the "
        "browser keeps their machine code as well. What goes on meanwhile is measured for "
        f"{BUSY_MS // 1000} s from then: one small cell after the other (click to painted end), "
        f"or a key every {KEY_MS} ms (keydown to painted frame). Processor seconds are those of "
        "all of the browser's processes; memory is the renderer's that holds page and worker: RSS "
        "at its highest, PSS afterwards."
    )
    return "\n\n".join([words, "\n".join(lines)])


if __name__ == "__main__":
    print(markdown())
