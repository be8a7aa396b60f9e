"""Bytes and requests per learner: first and later visits, a new deployment, a class on one line."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from bench.site import site, wait_until
from bench.slow_host import Host
from bench.start import profile, temporary, wait_until_kept
from site_hooks.publish.security import integrity
from site_hooks.pyodide import packs

TITLE = "Bytes and requests per learner"
LEARNERS = 30
MEGABITS = 100.0
# The rate of one learner when a class shares the line, or of a slow line.
SLOW = (20.0, 0.04)
PAGES = ("", "losses/mse/", "optimizers/adam/")
# Without these no cell runs, where Python starts from bytecode.
PYTHON = ["pyodide", *(name for name in packs.PLAIN if name != "wasm")]
QUIET_S = 3.0
FIRST = "first visit: three pages, a cell run on each"
SAVED = "document.querySelector('offline-use [role=status]').textContent.startsWith('Saved: works')"

Row = tuple[str, int, int]


@contextmanager
def counted(rows: list[Row], name: str, host: Host) -> Iterator[None]:
    """Adds a row for what the host sends during the block, and until it is quiet."""
    sent, requests = host.sent, host.requests
    yield
    while True:
        before = host.sent, host.requests
        time.sleep(QUIET_S)
        if (host.sent, host.requests) == before:
            break
    rows.append((name, host.sent - sent, host.requests - requests))


def read(context: BrowserContext, host: Host, *, runs: bool) -> Page:
    """Visits three pages; on each a learner may run the first cell."""
    page = context.new_page()
    for address in PAGES:
        page.goto(host.address + address)
        if runs:
            page.locator("py-cell").first.get_by_role("button", name="Run").first.click()
            page.locator("py-cell[data-state=done]").first.wait_for()
    return page


def visits(playwright: Playwright, content: dict[str, bytes]) -> tuple[list[Row], list[str]]:
    """The rows, and the names that a first visit on a slow line asked for, in order."""
    rows: list[Row] = []
    with temporary() as folder, Host(content, None, 0.0).running() as host:
        with profile(playwright, folder / "reader") as context:
            with counted(rows, "reads three pages, runs nothing", host):
                read(context, host, runs=False)
            with counted(rows, "reads them again, another day", host):
                read(context, host, runs=False)
        first_visit(playwright, folder / "learner", rows, FIRST, host)
        with (
            profile(playwright, folder / "learner") as context,
            counted(rows, "second visit: the same again", host),
        ):
            read(context, host, runs=True)
        host.change(corrected(content))
        with (
            profile(playwright, folder / "learner") as context,
            counted(rows, "third visit, one sentence of the site corrected", host),
        ):
            read(context, host, runs=True)
        with (
            profile(playwright, folder / "offline") as context,
            counted(rows, "first visit, and “Use offline”", host),
        ):
            page = read(context, host, runs=False)
            for name in ("Use offline", "Save"):
                page.locator("footer offline-use").get_by_role("button", name=name).click()
            wait_until(page, SAVED)
    with temporary() as folder, Host(content, *SLOW).running() as host:
        first_visit(playwright, folder, rows, f"the same over {SLOW[0]:.0f} Mbit/s", host)
        return rows, list(host.asked)


def first_visit(
    playwright: Playwright, folder: Path, rows: list[Row], name: str, host: Host
) -> None:
    """Adds the row of a learner who comes for the first time."""
    with profile(playwright, folder) as context, counted(rows, name, host):
        page = read(context, host, runs=True)
        wait_until_kept(page)
        wait_until(page, "navigator.serviceWorker.controller")


def corrected(content: dict[str, bytes]) -> dict[str, bytes]:
    """The site after a sentence of its front page was changed: another version."""
    (name,) = (name for name in content if name.startswith("assets/site."))
    old = name.split(".")[1]
    new = old[::-1]
    files = {
        name: text.replace(old.encode(), new.encode()) if name.endswith(".html") else text
        for name, text in content.items()
    }
    files["index.html"] += b"<!-- A sentence. -->"
    listed = json.loads(files.pop(name))
    for page in listed["pages"]:
        text = files[f"{page}index.html"]
        listed["pages"][page] = [len(text), integrity(text)]
    files[name.replace(old, new)] = manifest = json.dumps(listed).encode()
    worker = files["service-worker.js"].replace(old.encode(), new.encode())
    before, after = integrity(content[name]), integrity(manifest)
    files["service-worker.js"] = worker.replace(before.encode(), after.encode())
    return files


def a_class(content: dict[str, bytes], first: list[str]) -> tuple[list[float], int]:
    """What each learner of a class waits for what the first run needs; the bytes of all.

    Each asks for what the browser asked for in its first visit, in that order, one at a time.
    """
    names = list(dict.fromkeys(first))
    needed = tuple(f"assets/runtime/{pack}." for pack in PYTHON)
    last = max(index for index, name in enumerate(names) if name.startswith(needed))
    seconds: list[float] = []

    def learner(host: Host) -> None:
        begin = time.monotonic()
        connection = HTTPConnection(host.address.removeprefix("http://").rstrip("/"), timeout=600)
        for index, name in enumerate(names):
            connection.request("GET", f"/{name.removesuffix('index.html')}")
            connection.getresponse().read()
            if index == last:
                seconds.append(time.monotonic() - begin)
        connection.close()

    with Host(content, MEGABITS, 0.02).running() as host:
        threads = [threading.Thread(target=learner, args=(host,)) for _ in range(LEARNERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return seconds, host.sent


def markdown() -> str:
    """Measure, and return the table."""
    content = site()
    with sync_playwright() as playwright:
        rows, first = visits(playwright, content)
    seconds, sent = a_class(content, first)
    lines = ["| | MB | requests |", "|---|---:|---:|"]
    lines += [f"| {name} | {size / 1e6:.2f} | {requests} |" for name, size, requests in rows]
    each = sent / LEARNERS / 1e6
    text = (
        "The built site in Chromium, one profile on disk per learner. The host counts the bytes of "
        "all bodies, compressed with gzip where that is usual, and all requests, those of service "
        "workers and those answered with 304 too, until nothing was asked for "
        f"{QUIET_S:.0f} s. The three pages are the front page, mean squared error and Adam."
    )
    together = (
        f"A class of {LEARNERS} behind one line of {MEGABITS:.0f} Mbit/s, all clicking at once on "
        f"their first visit: {sent / 1e6:.0f} MB for the class, {each:.1f} MB each. What the "
        f"first run needs had arrived after {median(seconds):.0f} s for the learner in the middle "
        f"and {max(seconds):.0f} s for the last. A cache in the school, which the headers allow, "
        f"fetches the {each:.1f} MB once."
    )
    return "\n\n".join([text, "\n".join(lines), together])


if __name__ == "__main__":
    print(markdown())
