"""Downloads that arrive changed, cut short or as a captive portal's page, and are kept for a year.

While the server sends them the learner reads why; once it is mended, everything works again in the
ways that learners try: Retry, a reload, a new tab.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect

from bench.site import SITE
from tests.browser.conftest import QuietHandler

START = 60_000  # milliseconds in which Python starts on a slow machine
PORTAL = b"<!doctype html><title>Welcome</title><p>Accept the terms to use this network."
YEAR = "public, max-age=31536000, immutable"

# What a learner is told of a part of Python that comes bad from the server, again and again.
CHANGED = "did not arrive as it was published"

# Of each kind of pack, one or two. Sets its bytes apart: what the file is called, the line that
# asks for it (bits per millisecond), what a cell says to need it.
FAST, SLOW = 1_000_000, 1
PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nprint('drawn')"
PACKS = {
    "start, core": (r"runtime/core\.", FAST, PLOT),
    "start, kernel": (r"runtime/kernel\.", SLOW, PLOT),
    "start, more libraries": (r"runtime/plotting-libraries\.", SLOW, PLOT),
    "code, numpy": (r"runtime/numpy\.", SLOW, PLOT),
    "wasm": (r"runtime/pyodide\.", FAST, PLOT),
    "wasm-packed": (r"runtime/wasm\.", FAST, PLOT),
    "worker": (r"client/worker\.", FAST, PLOT),
}
# Imports wait for these; what they bring comes in the cell's own output.
IMPORTED = {
    "rare": (r"runtime/more-numpy\.", "import numpy.polynomial\nprint('drawn')"),
    "later": (
        r"runtime/fonts\.",
        "import matplotlib.pyplot as plt\nplt.title('x', weight='bold')\n"
        "plt.gcf().canvas.draw()\nprint('drawn')",
    ),
}
FAULTS = ("corrupt", "cut", "portal")
WAYS = ("Retry", "reload", "new tab")


class Host:
    """A file server whose answers are kept for a year; those at `bad` addresses come spoiled."""

    def __init__(self, folder: Path) -> None:
        self.bad: re.Pattern[str] | None = None
        self.fault = ""
        host = self

        class Handler(QuietHandler):
            def do_GET(self) -> None:
                path = Path(self.translate_path(self.path))
                if not (host.bad and host.bad.search(self.path) and path.is_file()):
                    super().do_GET()
                    return
                kind, body = spoiled(host.fault, self.guess_type(path), path.read_bytes())
                self.send_response(200)
                self.send_header("Content-Type", kind)
                whole = path.stat().st_size if host.fault == "break" else len(body)
                self.send_header("Content-Length", str(whole))
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = True

            def end_headers(self) -> None:
                lasting = "/assets/" in self.path
                self.send_header("Cache-Control", YEAR if lasting else "no-cache")
                super().end_headers()

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """A browser that goes away in mid-download is no error."""

        self._server = Server(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        self.address = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def spoil(self, address: str, fault: str) -> None:
        self.bad, self.fault = re.compile(address), fault

    def mend(self) -> None:
        self.bad = None

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def spoiled(fault: str, kind: str, body: bytes) -> tuple[str, bytes]:
    """The type and the bytes that come instead; in any language they are no program."""
    half = len(body) // 2
    match fault:
        case "cut" | "break":
            return kind, body[:half]
        case "corrupt":
            return kind, body[:half] + b"\n)]}'\"`\n" + body[half + 8 :]
        case _:
            return "text/html", PORTAL


@pytest.fixture(scope="module")
def host(built: Path) -> Iterator[Host]:
    host = Host(built)
    yield host
    host.stop()


@pytest.fixture
def context(browser: Browser, host: Host) -> Iterator[BrowserContext]:
    """A browser that was never here."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context
    context.close()
    host.mend()


def cases(names: list[str], ways: tuple[str, ...] = WAYS) -> list[tuple[str, str, str]]:
    """Each name once, and each fault: names, faults and ways take turns.

    One module checks all downloads, and its own tests know all faults; each case here starts
    Python twice.
    """
    turns = range(max(len(names), len(FAULTS)))
    return [(names[n % len(names)], FAULTS[n % 3], ways[(n + n // 3) % len(ways)]) for n in turns]


def open_page(context: BrowserContext, address: str, rate: int = FAST) -> Page:
    """A page with cells, on a line of that rate."""
    page = context.new_page()
    form = "pack" if "lesson.test" in address else "wasm"
    (core,) = (SITE / "assets/runtime").glob(f"core.*.{form}")
    line = {"file": f"{address}assets/runtime/{core.name}", "rate": rate}
    page.add_init_script(f"localStorage.setItem('lesson:/:line', '{json.dumps(line)}')")
    page.goto(f"{address}losses/mse/")
    return page


def start(page: Page, code: str) -> Locator:
    """Runs other code in the page's first cell; returns the cell when it has ended."""
    cell = page.locator("py-cell").first
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)
    return press(cell, "Run")


def press(cell: Locator, name: str) -> Locator:
    cell.get_by_role("button", name=re.compile(f"^{name}")).click()
    ended = re.compile("done|error")
    expect(cell).to_have_attribute("data-state", ended, timeout=START)
    return cell


def go_on(page: Page, way: str, code: str, again: Callable[[], Page]) -> Locator:
    """What a learner tries next."""
    if way == "Retry":
        return press(page.locator("py-cell").first, "Retry")
    if way == "Run":
        return press(page.locator("py-cell").first, "Run")
    if way == "reload":
        page.reload()
    return start(page if way == "reload" else again(), code)


@pytest.mark.parametrize(("name", "fault", "way"), cases(list(PACKS)))
def test_a_part_of_python_that_comes_bad_is_told_and_heals(
    host: Host, context: BrowserContext, name: str, fault: str, way: str
) -> None:
    file, rate, code = PACKS[name]
    # At this machine's own name Pyodide is taken as it is; here nothing compresses it.
    address = host.address.replace(
        "127.0.0.1", "lesson.test" if name == "wasm-packed" else "127.0.0.1"
    )
    host.spoil(file, fault)
    page = open_page(context, address, rate)
    cell = start(page, code)
    expect(cell).to_have_attribute("data-state", "error")
    expect(cell.get_by_role("log")).to_contain_text(CHANGED)
    host.mend()
    cell = go_on(page, way, code, lambda: open_page(context, address, rate))
    expect(cell.get_by_role("log")).to_contain_text("drawn")


def test_a_line_that_breaks_is_told_and_heals(host: Host, context: BrowserContext) -> None:
    host.spoil(r"runtime/(core|pyodide)\.", "break")
    page = open_page(context, host.address)
    cell = start(page, PLOT)
    expect(cell.get_by_role("log")).to_contain_text(CHANGED)
    host.mend()
    expect(press(cell, "Retry").get_by_role("log")).to_contain_text("drawn")


@pytest.mark.parametrize(
    ("file", "fault"),
    [(r"runtime/core\.", "corrupt"), (r"runtime/pyodide\.", "cut"), (r"client/worker\.", "portal")],
)
def test_a_bad_part_that_the_browser_has_kept_costs_nobody_a_word(
    host: Host, context: BrowserContext, file: str, fault: str
) -> None:
    host.spoil(file, fault)
    start(open_page(context, host.address), PLOT)
    host.mend()
    cell = start(open_page(context, host.address), PLOT)
    expect(cell.get_by_role("log")).to_contain_text("drawn")


def test_without_its_memory_python_starts_and_the_next_visit_has_it(
    host: Host, context: BrowserContext
) -> None:
    host.spoil(r"runtime/memory\.", "cut")
    page = open_page(context, host.address)
    expect(start(page, PLOT).get_by_role("log")).to_contain_text("drawn")
    page.close()
    host.mend()
    page = open_page(context, host.address)
    warned: list[str] = []
    page.on("console", lambda message: warned.append(message.text))
    start(page, PLOT)
    assert not [text for text in warned if "the site's memory could not be used" in text]


@pytest.mark.parametrize(
    ("name", "fault", "way"), cases(list(IMPORTED), ("Run", "reload", "new tab"))
)
def test_a_module_that_comes_bad_is_told_and_heals(
    host: Host, context: BrowserContext, name: str, fault: str, way: str
) -> None:
    file, code = IMPORTED[name]
    host.spoil(file, fault)
    page = open_page(context, host.address)
    cell = start(page, code)
    expect(cell.get_by_role("log")).to_contain_text("something on the way changed or cut it")
    host.mend()
    cell = go_on(page, way, code, lambda: open_page(context, host.address))
    expect(cell.get_by_role("log")).to_contain_text("drawn")


PARTS = {
    "script": r"client/index\.",
    "theme's script": r"javascripts/bundle\.",
    "style": r"stylesheets/main\.",
    "cells' style": r"client/cell\.",
}


def wait_until_whole(page: Page) -> None:
    """Until scripts and styles are all at work: the page loads itself again before."""
    whole = """() => window.document$ && document.querySelector("py-cell .cell-run")
      && [...document.querySelectorAll("link[rel=stylesheet]")].every((link) => link.sheet)"""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with suppress(Error):  # the page was just left
            if page.evaluate(whole):
                return
        time.sleep(0.1)
    raise AssertionError("the page does not heal")


@pytest.mark.parametrize(("name", "fault", "way"), cases(list(PARTS), ("reload", "new tab")))
def test_a_page_whose_script_or_style_comes_bad_says_so_and_heals(
    host: Host, context: BrowserContext, name: str, fault: str, way: str
) -> None:
    host.spoil(PARTS[name], fault)
    page = context.new_page()
    page.goto(f"{host.address}losses/mse/")
    expect(page.get_by_role("alert")).to_contain_text(CHANGED)
    host.mend()
    if way == "reload":
        page.reload()
    else:
        page = context.new_page()
        page.goto(f"{host.address}losses/mse/")
    wait_until_whole(page)
    expect(page.get_by_role("alert")).to_have_count(0)
    cell = start(page, PLOT)
    expect(cell.get_by_role("log")).to_contain_text("drawn")


@pytest.mark.parametrize(("name", "fault", "way"), cases(["editor"], ("look", "reload", "new tab")))
def test_without_its_editor_a_cell_runs_and_the_next_look_has_it(
    host: Host, context: BrowserContext, name: str, fault: str, way: str
) -> None:
    host.spoil(r"client/editor\.", fault)
    page = context.new_page()
    page.goto(f"{host.address}losses/mse/")
    cell = page.locator("py-cell").first
    with page.expect_response(lambda answer: f"client/{name}." in answer.url):
        cell.scroll_into_view_if_needed()
    expect(press(cell, "Run")).to_have_attribute("data-state", "done")
    host.mend()
    if way == "look":
        page.mouse.wheel(0, 4000)
        page.mouse.wheel(0, -4000)
        cell.locator("pre").first.click()
    elif way == "reload":
        page.reload()
    else:
        page = context.new_page()
        page.goto(f"{host.address}losses/mse/")
    cell = start(page, PLOT)
    expect(cell.get_by_role("log")).to_contain_text("drawn")
