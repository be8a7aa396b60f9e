"""What browser tests share: a Chromium, a page in it, and a server for a folder.

Whatever the site's security policy forbids, to any page, frame or worker of a test, fails the test.
"""

import importlib.resources
import json
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from site_hooks import words
from site_hooks.assets import bundle, names
from site_hooks.paths import CLIENT, HOOKS
from site_hooks.publish import security

HERE = Path(__file__).parent
POLICY = "Content-Security-Policy"
REPORTS = "/policy-reports"
# What is waited for comes sooner; a loaded machine is slow.
expect.set_options(timeout=20_000)
# What the policy forbade since the test began.
forbidden: list[str] = []
# The address bar's suggestions are two pages, in a process of their own for every context.
SUGGESTIONS = "WebUIOmniboxPopup,WebUIOmniboxAimPopup"
# What Playwright switches off; a second list takes the place of its own.
SWITCHED_OFF = (
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,"
    "ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,"
    "NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch"
)
FLAGS = [
    f"--disable-features={SWITCHED_OFF},{SUGGESTIONS}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP lesson.test 127.0.0.1",
    # Tabs of one context are one process: machine code that was made for the first is there.
    "--renderer-process-limit=1",
]


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the built site: site/, or the one that SITE names."""
    folder = Path(os.environ.get("SITE") or HERE.parents[1] / "site")
    assert (folder / "index.html").exists(), "build the site first: npm run build"
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks everything in this folder as a browser test.

    In CI, whose machines are now and then too busy for a browser, a test that failed is run once
    more; the failure is told all the same.
    """
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            if "CI" in os.environ:
                item.add_marker(pytest.mark.flaky(reruns=1))


class QuietHandler(SimpleHTTPRequestHandler):
    """Python's own file server, without its log, with the headers that the site asks hosts for."""

    def end_headers(self) -> None:
        """Adds the security headers."""
        for name, value in security_headers(Path(self.directory)).items():
            self.send_header(name, f"{value}; report-uri {REPORTS}" if name == POLICY else value)
        super().end_headers()

    def do_POST(self) -> None:
        """Takes the browser's reports, of workers too."""
        report = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["csp-report"]
        forbidden.append(f"{report['effective-directive']}: {report['blocked-uri']}")
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """A browser that closes a page in mid-download is no error."""
        try:
            super().copyfile(source, outputfile)
        except ConnectionError:
            self.close_connection = True


@cache
def security_headers(folder: Path) -> dict[str, str]:
    """The headers of every answer, from the file that the build writes for hosts."""
    file = folder / "_headers"
    lines = file.read_text("utf-8").partition("/assets")[0].splitlines() if file.exists() else []
    return dict(line.strip().split(": ", 1) for line in lines if ": " in line)


def secure(folder: Path, isolated: bool = True, embed: object = None) -> None:
    """Writes the headers into a folder that a build would write for its pages."""
    sources = security.policy(page.read_bytes() for page in folder.rglob("*.html"))
    wanted = security.headers(sources, isolated, embed)
    content = security.host_files(HOOKS / "hosting", wanted)["_headers"]
    (folder / "_headers").write_text(content, "utf-8")


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """Serves a folder at a free port and returns its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(folder: Path) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder)))
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def said(files: dict[str, bytes]) -> dict[str, bytes]:
    """Scripts with English words in them."""
    return words.put_all(files, words.ENGLISH)


@pytest.fixture(scope="session")
def fake_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pages of cells, styled as Material styles them, before a stand-in for Python."""
    folder = tmp_path_factory.mktemp("cells")
    styles = Path(str(importlib.resources.files("material"))) / "templates/assets/stylesheets"
    files = {
        f"assets/client/{name}": content
        for name, content in said(bundle.client(entries=[CLIENT / "index.ts"])).items()
    }
    files["assets/client/names.json"] = names.index()
    files["assets/client/worker.js"] = (HERE.parent / "client/fake_worker.js").read_bytes()
    for css in CLIENT.rglob("*.css"):
        files[f"assets/client/{css.name}"] = css.read_bytes()
    files["assets/runtime/boot.json"] = b'{"delay": 20}'
    files |= {path.name: path.read_bytes() for path in (HERE / "cells").iterdir()}
    for name in ("main", "palette"):
        (sheet,) = styles.glob(f"{name}.*.min.css")
        files[f"assets/stylesheets/{name}.css"] = sheet.read_bytes()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    secure(folder, isolated=False)
    return folder


@pytest.fixture(scope="session")
def python_site(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> str:
    """The real assets, below a folder as on a project page; returns the page's address."""
    folder = tmp_path_factory.mktemp("python")
    session = CLIENT / "session"
    scripts = (*bundle.ENTRIES, session / "download-server.ts", session / "keeping.ts")
    made = said(bundle.assets(entries=scripts))
    files = {f"assets/{name}": content for name, content in made.items()}
    (core,) = (name for name in made if re.fullmatch(r"runtime/core\..*\.wasm", name))
    page = Path(__file__).parent / "python" / "index.html"
    files["index.html"] = page.read_bytes().replace(b"CORE", core.encode())
    for name, content in files.items():
        path = folder / "lesson" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    secure(folder)
    return f"{serve(folder)}/lesson/"


def chromium_path(*first: str) -> str | None:
    """The system's Chromium, if there is one; otherwise Playwright uses its own."""
    names = (*first, "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def windowless_path() -> str | None:
    """The Chromium that has no windows, as Playwright's own: a fifth less work for the processor.

    It has no settings of people's either, such as to block storage.
    """
    return chromium_path("chromium-headless-shell")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a file: while Playwright is up, others have no event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=windowless_path(), args=FLAGS)
        watch(browser)
        yield browser
        browser.close()


@pytest.fixture
def launch(browser: Browser) -> Iterator[Callable[[str], Browser]]:
    """Starts a Chromium as people have it, with one more flag."""
    launched: list[Browser] = []

    def start(flag: str) -> Browser:
        kind = browser.browser_type
        launched.append(kind.launch(executable_path=chromium_path(), args=[*FLAGS, flag]))
        watch(launched[-1])
        return launched[-1]

    yield start
    for other in launched:
        other.close()


def watch(browser: Browser) -> None:
    """Notes what Chromium says in its console of things that the security policy forbids."""

    def note(message: ConsoleMessage) -> None:
        if "violates the following Content Security Policy" in message.text:
            forbidden.append(message.text)

    browser.on("context", lambda context: context.on("console", note))


@pytest.fixture(autouse=True)
def nothing_is_forbidden() -> Iterator[None]:
    """Fails the test that did what the policy forbids."""
    forbidden.clear()
    yield
    assert not forbidden


# Two frames: what watches the page has seen it. The rest: what fell due has reached the network.
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
ROUND_TRIP = """async () => {
  await navigator.storage.estimate();
  await caches.match("nothing");
  await fetch(location.href, { cache: "reload" });
}"""


@pytest.fixture
def pass_a_minute() -> Callable[[Page], None]:
    """Moves the clock of a page, installed before it was opened; what falls due begins."""

    def move(page: Page) -> None:
        page.evaluate(FRAMES)
        page.clock.run_for("01:00")
        page.evaluate(ROUND_TRIP)

    return move


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh profile's page, 1280 pixels wide. An exception in its scripts fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors


def finger(page: Page) -> Callable[..., None]:
    """Sends real touches: the kind of event, and the points that are touched."""
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    return send
