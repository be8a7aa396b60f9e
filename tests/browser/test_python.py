"""Python in a real browser: first and later starts, what can be imported, what may go wrong."""

import gzip
import json
import marshal
import pkgutil
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

import pylib
from bench.site import wait_until
from site_hooks.paths import PYODIDE
from site_hooks.publish import security
from site_hooks.pyodide import packs
from site_hooks.pyodide.files import stage

PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.title('first')"
WAKING = "Waking Python up"
# What a start brings from the host: with a memory beside it, and without one.
LIBRARIES = {"numpy-libraries", "plotting-libraries"}
BYTECODE = {"pyodide", "core", "python", "kernel", "numpy", "pylib", "plotting", "data", *LIBRARIES}
TIMEOUT_MS = 120_000


@pytest.fixture(scope="module")
def site(python_site: str) -> str:
    """The page's address."""
    return python_site


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that was never here."""
    context = browser.new_context()
    context.set_default_timeout(TIMEOUT_MS)
    yield context
    context.close()


@pytest.fixture(scope="module")
def visited(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """A browser that was here once, and kept Python's memory."""
    context = browser.new_context()
    context.set_default_timeout(TIMEOUT_MS)
    page = visit(context, site)
    run(page, "1")
    wait_until_kept(page)
    page.close()
    yield context
    context.close()


def visit(context: BrowserContext, site: str) -> Page:
    """A visit over a fast line."""
    page = context.new_page()
    page.goto(site)
    page.evaluate("remember(1e6)")
    page.evaluate("start()")
    return page


def visit_slowly(context: BrowserContext, site: str) -> Page:
    """A visit over a line of 20 Mbit/s."""
    page = context.new_page()
    page.goto(site)
    line = {"offline": False, "latency": 40, "downloadThroughput": 20e6 / 8, "uploadThroughput": -1}
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)
    page.evaluate("start()")
    return page


def run(page: Page, source: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = page.evaluate("source => run(source)", source)
    return events


def result(page: Page, source: str) -> str:
    """The text that the cell printed or returned; a failing cell fails the test."""
    events = run(page, source)
    assert events[-1] == {**events[-1], "kind": "done", "ok": True}, events
    return "".join(event.get("text", "") for event in events)


def steps(page: Page) -> list[str]:
    said = page.evaluate("said")
    return list(dict.fromkeys(item["step"] for item in said if item["type"] == "loading"))


def wakes(page: Page) -> bool:
    """Starts Python anew; whether it woke from a memory that was kept."""
    page.evaluate("start()")
    assert result(page, "1 + 1") == "2"
    return WAKING in steps(page)


def parts(asked: list[str]) -> set[str]:
    """What was asked of the host: Pyodide and packs."""
    return {url.split("/")[-1].split(".")[0] for url in asked if url.endswith((".pack", ".wasm"))}


def assert_progress_only_grows(page: Page) -> None:
    fractions = [item["fraction"] for item in page.evaluate("said") if item["type"] == "loading"]
    assert fractions == sorted(fractions)


def not_imported(page: Page) -> list[str]:
    """The modules of pylib, but for those of its own use, that are not imported in Python."""
    names = [module.name for module in pkgutil.iter_modules(pylib.__path__)]
    lesson = [f"pylib.{name}" for name in names if not name.startswith("_")]
    return result(page, f"import sys\nprint(*sorted(set({lesson}) - set(sys.modules)))").split()


def wait_until_fetched(page: Page) -> None:
    """Until the last has come of what Python fetches when nothing is asked of it.

    What it keeps it has written before. To ask it whether it has ended would put it off.
    """
    fetched = "performance.getEntriesByType('resource').map(({ name }) => name.split('/').at(-1))"
    wait_until(page, f"{fetched}.some((name) => name.startsWith('fonts.'))")


# What a check, a gradient's test or an instrument needs comes when it is asked for.
LATE = ["pylib.checks", "pylib.gradcheck", "pylib.microscope", "pylib.race"]


def wait_until_imported(page: Page) -> None:
    """Until the imports are done that come after that."""
    wait_until_fetched(page)
    deadline = time.monotonic() + 60
    while (missing := not_imported(page)) != LATE:
        assert time.monotonic() < deadline, f"not imported: {missing}"


def wait_until_kept(page: Page) -> None:
    """Until the file is whole, and what makes it believed is remembered."""
    wait_until(page, "whole()")
    wait_until(page, "'secret' in JSON.parse(localStorage['lesson:/lesson/:seal'])")


def test_first_start_draws_a_plot_and_asks_no_other_host(
    context: BrowserContext, site: str
) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = visit(context, site)
    events = run(page, PLOT)
    assert [event["kind"] for event in events] == ["figure", "done"]
    assert [event.get("png") for event in events] == ["PNG", None]
    assert WAKING not in steps(page)
    assert_progress_only_grows(page)
    assert {urlsplit(url).netloc for url in asked if url.startswith("http")} == {
        urlsplit(site).netloc
    }
    assert parts(asked) == {"pyodide", "core", *LIBRARIES, "memory", "data", "kernel", "pylib"}


def test_on_a_slow_line_python_starts_from_bytecode_and_keeps_its_own_memory(
    context: BrowserContext, site: str
) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = visit_slowly(context, site)
    assert [event["kind"] for event in run(page, PLOT)] == ["figure", "done"]
    assert {"Getting NumPy", "Getting matplotlib"} <= {*steps(page)}
    amounts = [item["amount"] for item in page.evaluate("said") if "amount" in item]
    assert [amount["bytes"] for amount in amounts] == sorted(amount["bytes"] for amount in amounts)
    wanted = [amount["of"] // 1_000_000 for amount in amounts]
    assert wanted == sorted(wanted)
    assert wanted[0] == 4
    assert 7 <= wanted[-1] <= 9  # the last part may come after the figure
    assert any(0 < amount.get("seconds", 0) < 30 for amount in amounts)
    brought = parts(asked)
    assert brought >= BYTECODE
    assert not {name for name in brought if name.startswith(("more-", "extras", "wasm", "memory"))}
    wait_until_kept(page)
    page.evaluate("start()")
    assert result(page, "import numpy as np\nint(np.arange(4).sum())") == "6"
    assert WAKING in steps(page)
    assert "memory" not in parts(asked)


def test_a_cell_runs_as_soon_as_what_it_imports_is_here(context: BrowserContext, site: str) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(site)
    # What is not asked for does not come to who saves data.
    page.evaluate("start(true)")

    def text(source: str, depth: str) -> str:
        events = page.evaluate("([source, depth]) => run(source, { depth })", [source, depth])
        assert events[-1] == {**events[-1], "kind": "done", "ok": True}, events
        return "".join(event.get("text", "") for event in events)

    assert text("kept = 2\nprint(1 + 1)", "python") == "2\n"
    first = {"pyodide", "core", "python", "kernel"}
    assert parts(asked) == first
    assert text("import difflib, random\ndifflib.get_close_matches('ab', ['abc'])", "python") == (
        "['abc']"
    )
    assert parts(asked) == first
    source = "import numpy as np\nfrom pylib.losses import MSELoss\n"
    assert text(f"{source}MSELoss()(np.ones(2), np.zeros(2)) + kept", "numpy") == "3.0"
    assert parts(asked) == {*first, "numpy-libraries", "numpy", "pylib"}
    drawn = page.evaluate("source => run(source, { depth: 'all' })", PLOT)
    assert [event["kind"] for event in drawn] == ["figure", "done"]
    assert parts(asked) == BYTECODE


HIDDEN = {
    "numpy": "import importlib\nnp = importlib.import_module('numpy')\nint(np.arange(4).sum())",
    "pylib": "m = __import__('pylib.losses', fromlist=['x'])\nm.MSELoss.__name__ and 6",
    "matplotlib": "plt = __import__('matplotlib.pyplot').pyplot\nlen(plt.plot([1, 2])) + 5",
}


@pytest.mark.parametrize("source", HIDDEN.values(), ids=HIDDEN)
def test_an_import_that_nobody_foresaw_waits_for_what_it_needs(
    context: BrowserContext, site: str, source: str
) -> None:
    page = context.new_page()
    page.goto(site)
    page.evaluate("start(true)")
    events = page.evaluate("source => run(source, { depth: 'python' })", source)
    assert events[-1]["ok"], events
    assert next(event for event in events if event["kind"] == "result")["text"] == "6"
    # What has come so is not in the way of what comes for the next cell.
    drawn = page.evaluate("source => run(source, { depth: 'all' })", PLOT)
    assert [event["kind"] for event in drawn] == ["figure", "done"]


def test_a_slow_line_is_not_taken_for_fast_when_the_browser_has_the_first_pack(
    context: BrowserContext, site: str
) -> None:
    page = visit_slowly(context, site)
    run(page, "1")
    wait_until_kept(page)
    page.evaluate("forget()")
    page.close()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = visit_slowly(context, site)
    assert result(page, "1 + 1") == "2"
    assert "Getting NumPy" in steps(page)
    assert "memory" not in parts(asked)


@pytest.mark.parametrize(
    ("rate", "first", "has_memory"),
    [
        (50_000, "python", False),
        (50_000, "numpy", True),
        (30_000, "numpy", False),
        (30_000, "all", True),
        (100_000, "python", True),
    ],
)
def test_the_line_and_the_first_cell_decide_how_python_starts(
    context: BrowserContext, site: str, rate: int, first: str, has_memory: bool
) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(site)
    page.evaluate(f"remember({rate})")
    page.evaluate("first => start(false, first)", first)
    assert result(page, "1 + 1") == "2"
    assert ("memory" in parts(asked)) is has_memory


def test_while_the_learner_reads_python_imports_what_the_next_cells_may(
    context: BrowserContext, site: str
) -> None:
    page = visit(context, site)
    assert "pylib.optimizers" in not_imported(page)
    wait_until_imported(page)


NOTHING_KEPT = {
    "a phone": "Object.defineProperty(navigator, 'userAgent', { value: 'X (Android 16)' });",
    "little memory": "Object.defineProperty(navigator, 'deviceMemory', { value: 2 });",
    "a full disk": "navigator.storage.estimate = async () => ({ quota: 9e8, usage: 8e8 });",
}


@pytest.mark.parametrize("script", NOTHING_KEPT.values(), ids=NOTHING_KEPT)
def test_where_there_is_little_room_no_memory_is_kept(
    context: BrowserContext, site: str, script: str
) -> None:
    prefix_worker(context, script)
    page = visit(context, site)
    run(page, "1")
    wait_until_imported(page)
    assert page.evaluate("kept()") == {}


# What the worker puts off for a second or more is due at once, and the page is told when it was.
AT_ONCE = """{
  const { setTimeout: delay, postMessage: tell } = globalThis;
  self.setTimeout = (work, ms = 0) =>
    ms < 1000 ? delay(work, ms) : delay(() => { work(); tell({ type: "due" }); });
}
"""


def test_who_saves_data_gets_what_the_cells_need_and_nothing_more(
    context: BrowserContext, site: str
) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    prefix_worker(context, AT_ONCE)
    page = context.new_page()
    page.goto(site)
    page.evaluate("remember(1e6)")
    page.evaluate("start(true)")
    assert [event["kind"] for event in run(page, PLOT)] == ["figure", "done"]
    wait_until(page, "said.some(({ type }) => type === 'due')")
    assert result(page, "1 + 1") == "2"
    page.evaluate("fetch(location.href).then((answer) => answer.text())")
    assert parts(asked) == BYTECODE
    assert page.evaluate("kept()") == {}


def test_when_the_memory_cannot_be_written_the_rest_still_comes(
    context: BrowserContext, site: str
) -> None:
    full = "() => Promise.reject(new Error('full'))"
    script = f"FileSystemFileHandle.prototype.createSyncAccessHandle = {full};"
    prefix_worker(context, script, "keeper")
    page = visit(context, site)
    run(page, "1")
    wait_until_imported(page)


def test_a_memory_that_was_not_written_to_its_end_is_written_anew(
    context: BrowserContext, site: str
) -> None:
    page = visit(context, site)
    run(page, "1")
    wait_until_kept(page)
    (name,) = page.evaluate("kept()")
    page.evaluate("worker.terminate()")
    page.evaluate("name => cut(name)", name)
    assert not wakes(page)
    wait_until_kept(page)
    assert wakes(page)


def test_where_pyodide_cannot_be_set_up_the_learner_is_told(
    context: BrowserContext, site: str
) -> None:
    fails = "Promise.reject(new RangeError('out of memory'))"
    prefix_worker(
        context,
        "const plain = WebAssembly.instantiate; WebAssembly.instantiate = (made, given) => "
        f"given?.wasi_snapshot_preview1 ? {fails} : plain(made, given);",
    )
    page = visit(context, site)
    (event,) = run(page, "1")
    assert event["failure"]["kind"] == "unsupported"
    assert "out of memory" in event["failure"]["message"]


def test_where_the_sites_memory_does_not_fit_python_starts_from_bytecode(
    context: BrowserContext, site: str
) -> None:
    # As in an engine that lays out memory in another way, its sum comes out otherwise.
    for worker in ("worker", "keeper"):  # the file's name has such a sum as well
        script = "{ const { imul } = Math; Math.imul = (a, b) => imul(a, b) + 1; }"
        prefix_worker(context, script, worker)
    page = visit(context, site)
    assert [event["kind"] for event in run(page, PLOT)] == ["figure", "done"]
    assert "Getting matplotlib" in steps(page)
    wait_until_kept(page)
    assert wakes(page)


def test_where_the_sites_memory_is_missing_python_starts_from_bytecode(
    context: BrowserContext, site: str
) -> None:
    context.route("**/memory.*.pack", lambda route: route.fulfill(status=404, body="gone"))
    page = visit(context, site)
    assert result(page, "1 + 1") == "2"
    assert "Getting NumPy" in steps(page)


def test_the_sites_memory_is_this_pythons(visited: BrowserContext, site: str) -> None:
    """What was recorded under Node.js is at home in the browser: its files, functions, settings."""
    page = visit(visited, site)
    source = """
import gc, os, sys
import numpy as np, matplotlib.pyplot as plt
print(sys.version_info[:2], os.getcwd(), os.environ["LANG"], gc.isenabled(), plt.get_fignums())
print(np.linalg.solve(np.eye(2), [1.0, 2.0]), np.random.default_rng(0).integers(10, size=3))
try:
    np.ones(2) + np.ones(3)
except ValueError as error:
    print(error)
"""
    assert result(page, source).splitlines() == [
        "(3, 14) /home/pyodide en_US.UTF-8 True []",
        "[1. 2.] [8 6 5]",
        "operands could not be broadcast together with shapes (2,) (3,) ",
    ]
    page.close()


def test_second_start_uses_the_kept_memory_and_downloads_only_pylib(
    visited: BrowserContext, site: str
) -> None:
    asked: list[str] = []
    visited.on("request", lambda request: asked.append(request.url))
    page = visit(visited, site)
    events = run(page, PLOT)
    assert [event["kind"] for event in events] == ["figure", "done"]
    assert WAKING in steps(page)
    packs = [url.split("/")[-1].split(".")[0] for url in asked if url.endswith((".pack", ".wasm"))]
    assert [name for name in packs if name != "pyodide"] == ["kernel", "pylib"]
    assert result(page, "import numpy as np\nfloat(np.linalg.norm([3.0, 4.0]))") == "5.0"
    page.close()


def test_randomness_and_clock_are_new_after_every_wake(visited: BrowserContext, site: str) -> None:
    source = (
        "import random, time, numpy as np\n"
        "print(random.random(), np.random.rand(), np.random.default_rng().random())\n"
        "print(time.time())"
    )
    drawn = []
    for _ in range(2):
        page = visit(visited, site)
        numbers, clock = result(page, source).splitlines()
        assert WAKING in steps(page)
        assert abs(float(clock) - time.time()) < 10
        drawn.append(numbers.split())
        page.close()
    assert all(one != other for one, other in zip(*drawn, strict=True))


@pytest.mark.parametrize("at", [100_000, 30_000_000])
def test_a_memory_that_was_changed_is_thrown_away_and_not_kept_again(
    context: BrowserContext, site: str, at: int
) -> None:
    """In one of the packs that are kept beside it, or in the memory itself."""
    page = visit(context, site)
    run(page, "1")
    wait_until_kept(page)
    (name,) = page.evaluate("kept()")
    page.reload()
    page.evaluate("([name, at]) => spoil(name, at)", [name, at])
    assert wakes(page)
    assert "Starting Python" in steps(page)  # so it started afresh
    wait_until_fetched(page)
    assert name not in page.evaluate("kept()")
    assert not wakes(page)


def test_two_crashes_while_waking_are_remembered(context: BrowserContext, site: str) -> None:
    page = visit(context, site)
    run(page, "1")
    wait_until_kept(page)
    (name,) = page.evaluate("kept()")
    marks = [f"{name}.mark1", f"{name}.mark2"]
    page.evaluate("name => spoil(name, 0)", marks[0])
    assert wakes(page), "a page that is closed in mid-wake looks like a crash"
    assert list(page.evaluate("kept()")) == [name]
    for mark in marks:
        page.evaluate("name => spoil(name, 0)", mark)
    assert not wakes(page)
    assert sorted(page.evaluate("kept()")) == marks


def test_two_tabs_wake_from_one_memory(visited: BrowserContext, site: str) -> None:
    pages = [visit(visited, site) for _ in range(2)]
    for page in pages:
        page.evaluate("void run('1')")
    for page in pages:
        assert result(page, "1 + 1") == "2"
        assert WAKING in steps(page)
        page.close()


def test_after_a_stop_python_wakes_from_the_kept_memory(visited: BrowserContext, site: str) -> None:
    page = visit(visited, site)
    run(page, "x = 1")
    page.evaluate("void run('while True: pass')")
    page.evaluate("start()")
    assert result(page, "'x' in globals()") == "False"
    assert WAKING in steps(page)
    page.close()


def prefix_worker(context: BrowserContext, script: str, worker: str = "worker") -> None:
    """Runs a line in a worker before its own."""

    def answer(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=script + response.text())

    context.route(f"**/{worker}.js", answer)


def test_where_storage_is_refused_python_starts_afresh(context: BrowserContext, site: str) -> None:
    refuse = "navigator.storage.getDirectory = () => Promise.reject(new Error('refused'));"
    prefix_worker(context, refuse)
    page = visit(context, site)
    assert result(page, "1 + 1") == "2"
    wait_until_fetched(page)
    assert page.evaluate("kept()") == {}
    assert result(page, "1 + 1") == "2"


def test_pillow_runs_when_a_picture_is_shown_read_or_saved(
    visited: BrowserContext, site: str
) -> None:
    page = visit(visited, site)
    assert run(page, PLOT)[-1]["ok"]
    assert result(page, "import sys\n'PIL.ExifTags' in sys.modules") == "False"
    source = """
import numpy as np, PIL.Image, importlib
plt.imshow(np.eye(3))
plt.savefig("eye.png")
plt.close()
with PIL.Image.open("eye.png") as picture:
    print(picture.size, plt.imread("eye.png").shape)
print(plt.get_cmap("viridis")._repr_png_()[1:4], importlib.reload(PIL.Image).__name__)
"""
    assert result(page, source) == "(640, 480) (480, 640, 4)\nb'PNG' PIL.Image\n"
    page.close()


def test_a_browser_that_has_storage_by_halves_keeps_nothing(
    context: BrowserContext, site: str
) -> None:
    prefix_worker(context, "delete FileSystemFileHandle.prototype.createSyncAccessHandle;")
    page = visit(context, site)
    assert result(page, "1 + 1") == "2"
    wait_until_fetched(page)
    assert page.evaluate("kept()") == {}


HOLDER = """onmessage = async ({ data }) => {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle("python %2Flesson%2F");
  self.file = await (await folder.getFileHandle(data)).createSyncAccessHandle();
  postMessage("");
};"""


def test_a_memory_that_another_tab_holds_is_left_alone(context: BrowserContext, site: str) -> None:
    page = visit(context, site)
    run(page, "1")
    wait_until_kept(page)
    (name,) = page.evaluate("kept()")
    page.evaluate("worker.terminate()")
    # The policy lets a worker come from the site's own files only.
    context.route(
        "**/holder.js",
        lambda route: route.fulfill(
            headers={**security.ISOLATION, "content-type": "text/javascript"}, body=HOLDER
        ),
    )
    hold = """name => new Promise((done, failed) => {
      window.holder = new Worker("holder.js");
      window.holder.onmessage = done;
      window.holder.onerror = failed;
      window.holder.postMessage(name);
    }).then(() => undefined)"""
    page.evaluate(hold, name)
    assert not wakes(page)
    page.evaluate("holder.terminate()")
    assert wakes(page)
    assert list(page.evaluate("kept()")) == [name]


def test_the_bundled_digits_need_no_rarer_module(visited: BrowserContext, site: str) -> None:
    asked: list[str] = []
    visited.on("request", lambda request: asked.append(request.url))
    page = visit(visited, site)
    assert result(page, "from pylib.data import load_digits\nlen(load_digits()[1])") == "1797"
    assert not [url for url in asked if "/more-" in url]
    page.close()


def test_a_table_that_few_pages_use_comes_when_it_is_used(
    visited: BrowserContext, site: str
) -> None:
    asked: list[str] = []
    visited.on("request", lambda request: asked.append(request.url))
    page = visit(visited, site)
    assert result(page, "from pylib.data import make_line\nlen(make_line()[1])") == "50"
    assert "tables" not in parts(asked)
    used = "from pylib.data import load_breast_cancer\nlen(load_breast_cancer()[1])"
    assert [result(page, used) for _ in range(2)] == ["569", "569"]
    assert "tables" in parts(asked)
    assert result(page, "from pylib.data import load_iris\nlen(load_iris()[1])") == "150"
    page.close()


def test_plain_http_at_a_name_that_is_not_localhost(context: BrowserContext, site: str) -> None:
    asked: list[tuple[str, str]] = []
    context.on("request", lambda request: asked.append((request.method, request.url)))
    page = visit(context, site.replace("127.0.0.1", "lesson.test"))
    assert page.evaluate("isSecureContext") is False
    assert [event["kind"] for event in run(page, PLOT)] == ["figure", "done"]
    wasm = [
        (method, url.rpartition(".")[2])
        for method, url in asked
        if re.search(r"/(pyodide|wasm)\.\w+\.", url)
    ]
    # This server does not compress it, so it comes as a pack.
    assert wasm == [("HEAD", "wasm"), ("GET", "pack")]


def test_from_a_server_that_compresses_it_pyodide_comes_as_it_is(
    context: BrowserContext, site: str
) -> None:
    asked: list[tuple[str, str]] = []

    def answer(route: Route) -> None:
        asked.append((route.request.method, route.request.url.rpartition(".")[2]))
        if route.request.method == "HEAD":
            route.fulfill(headers={"content-encoding": "gzip"})
        else:
            route.continue_()

    context.route(re.compile(r"(pyodide|wasm)\.[0-9a-f]+\."), answer)
    page = visit(context, site.replace("127.0.0.1", "lesson.test"))
    assert result(page, "1 + 1") == "2"
    assert asked == [("HEAD", "wasm"), ("GET", "wasm")]


def test_pyodide_that_was_changed_on_the_way_is_refused(context: BrowserContext, site: str) -> None:
    context.route("**/pyodide.*.wasm", lambda route: route.fulfill(body=b"\0asm changed"))
    (failed,) = run(visit(context, site), "1")
    assert failed["failure"]["kind"] == "changed"


# Neither the kernel nor Python itself sees these coming: the browser's stack or memory ends first.
BREAKDOWNS = {
    "an attribute that asks for itself": (
        "recursion",
        "class D:\n    def __getattr__(self, n): return self.values[n]\nD().x",
    ),
    "a nested list, written out": (
        "recursion",
        "deep = []\nfor _ in range(100_000): deep = [deep]\nprint(repr(deep))",
    ),
    "a partial that calls itself": (
        "recursion",
        "import functools\ncall = functools.partial(lambda: call())\ncall()",
    ),
    "memory that is not there": ("memory", "import ctypes\nctypes.string_at(0xfffffff0, 100)"),
}


@pytest.mark.parametrize(("kind", "source"), BREAKDOWNS.values(), ids=BREAKDOWNS)
def test_a_breakdown_of_python_is_told_at_once(
    visited: BrowserContext, site: str, kind: str, source: str
) -> None:
    page = visit(visited, site)
    event = run(page, source)[-1]
    assert (event["kind"], event["breakdown"]["kind"]) == ("broke", kind)
    page.close()


def test_a_formula_brings_its_grammar_and_a_plain_plot_does_without(
    visited: BrowserContext, site: str
) -> None:
    page = visit(visited, site)
    run(page, PLOT)
    assert result(page, "import sys\n'pyparsing' in sys.modules") == "False"
    formula = "plt.title(r'$\\alpha_i^{2.5}$')\nplt.plot([1])\nplt.xlabel('x', font='serif:bold')"
    assert [event["kind"] for event in run(page, formula)] == ["figure", "done"]
    assert result(page, "'pyparsing' in sys.modules") == "True"
    assert result(page, "plt.plot([1])[0].set(lw=3, color='red')\nplt.close()") == ""
    (error, _) = run(page, "plt.title('$x^$')\nplt.plot([1])\nplt.savefig('x.png')")
    assert error["type"] == "ValueError"
    page.close()


def test_a_rarer_module_is_fetched_when_it_is_imported(visited: BrowserContext, site: str) -> None:
    page = visit(visited, site)
    assert result(page, "import csv, statistics\nstatistics.mean([1, 3])") == "2"
    assert result(page, "import numpy as np\nnp.fft.fft([1, 0]).real.tolist()") == "[1.0, 1.0]"
    assert (
        result(page, "import sqlite3, http.client, json.tool\nprint(json.tool.__name__)")
        == "json.tool\n"
    )
    missing = run(page, "import numpy.no_such_thing")
    assert missing[0]["type"] == "ModuleNotFoundError"
    page.close()


ASYNCIO = """
import asyncio
assert asyncio.streams.StreamReader is asyncio.StreamReader and "Queue" in dir(asyncio)
missing = [name for name in asyncio.__all__ if not hasattr(asyncio, name)]
async def late(value):
    await asyncio.sleep(0.01)
    return value
async def main():
    queue = asyncio.Queue()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        tasks = [group.create_task(late(value)) for value in (1, 2)]
        await queue.put(3)
    last = asyncio.ensure_future(late(4))
    done, _ = await asyncio.wait([last], return_when=asyncio.FIRST_COMPLETED)
    return [*(task.result() for task in tasks), await queue.get(), done.pop().result()]
found = await main() + [await asyncio.wait_for(late(5), 1)]
try:
    await asyncio.wait_for(late(6), 0)
except TimeoutError:
    found.append(missing)
"""


def test_asyncio_is_whole_though_its_sockets_come_when_asked_for(
    visited: BrowserContext, context: BrowserContext, site: str
) -> None:
    for start in (visit, visit_slowly):
        page = start(visited if start is visit else context, site)
        assert result(page, f"{ASYNCIO}\nprint(found)") == "[1, 2, 3, 4, 5, []]\n"
        assert (
            result(page, "import shutil, tempfile, zipfile, logging, subprocess, socket\n1") == "1"
        )
        page.close()


def test_python_starts_with_no_more_modules_than_its_first_pack_has(
    context: BrowserContext, site: str
) -> None:
    page = context.new_page()
    page.goto(site)
    page.evaluate("start(true)")
    late = {"socket", "subprocess", "shutil", "zipfile", "logging", "locale"}
    source = f"import sys\nsorted({late} & {{*sys.modules}})"
    events = page.evaluate("source => run(source, { depth: 'python' })", source)
    assert [event.get("text") for event in events] == ["[]", None]


def test_sources_and_documentation_are_there(visited: BrowserContext, site: str) -> None:
    page = visit(visited, site)
    source = result(page, "import inspect, numpy as np\nprint(inspect.getsource(np.mean))")
    assert "def mean(" in source
    source = result(page, "from pylib.kernel import execute\nprint(inspect.getsource(execute.run))")
    assert "def run(" in source
    assert "arithmetic mean" in result(page, "print(np.mean.__doc__)")
    assert "arithmetic mean" in result(page, "help(np.mean)")
    (error, _) = run(page, "np.stack([np.zeros(2), np.zeros(3)])")
    assert "raise ValueError('all input arrays must have the same shape')" in error["traceback"]
    mathtext = "import matplotlib.pyplot as plt\nplt.title(r'$\\alpha_i$ and $x^2$')\nplt.plot([1])"
    assert [event["kind"] for event in run(page, mathtext)][-1] == "done"
    page.close()


def test_a_pack_that_was_changed_on_the_way_is_refused_and_a_new_worker_tries_again(
    context: BrowserContext, site: str
) -> None:
    spoiled: list[str] = []

    def spoil(route: Route) -> None:
        response = route.fetch()
        spoiled.append(route.request.url)
        route.fulfill(response=response, body=response.body()[:-9] + b"ABCDEFGHI")

    context.route("**/numpy-libraries.*.wasm", spoil)
    page = visit(context, site)
    (failed,) = run(page, "1")
    assert failed["failure"]["kind"] == "changed"
    assert "did not arrive as it was published" in failed["failure"]["message"]
    context.unroute("**/numpy-libraries.*.wasm")
    page.evaluate("start()")
    assert result(page, "1 + 1") == "2"


FAILURES: dict[str, Callable[[Route], None]] = {
    "offline": lambda route: route.abort(),
    "gone": lambda route: route.fulfill(status=404, body="gone"),
    "server": lambda route: route.fulfill(status=503, body="busy"),
}


@pytest.mark.parametrize("kind", FAILURES)
def test_why_a_download_failed(context: BrowserContext, site: str, kind: str) -> None:
    context.route("**/core.*.wasm", FAILURES[kind])
    (failed,) = run(visit(context, site), "1")
    assert failed["failure"]["kind"] == kind
    assert "core" in failed["failure"]["message"]


def test_a_rarer_module_that_was_changed_on_the_way_is_not_imported(
    context: BrowserContext, site: str
) -> None:
    def spoil(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.body()[:-9] + b"ABCDEFGHI")

    context.route("**/more-numpy.*.pack*", spoil)
    page = visit(context, site)
    (error, _) = run(page, "import numpy.polynomial")
    assert error["type"] == "ImportError"
    assert "changed or cut it" in error["detail"]


@pytest.mark.parametrize(
    ("kind", "advice"),
    [("offline", "check the connection"), ("gone", "reload the page"), ("server", "503")],
)
def test_why_a_rarer_module_did_not_come(
    visited: BrowserContext, site: str, kind: str, advice: str
) -> None:
    page = visit(visited, site)
    page.route("**/more-numpy.*.pack*", FAILURES[kind])
    (error, _) = run(page, "import numpy.polynomial")
    assert advice in error["detail"]
    page.unroute("**/more-numpy.*.pack*")
    assert result(page, "import numpy.polynomial as p\np.__name__") == "'numpy.polynomial'"
    page.close()


# Modules that do something when they are imported: open a browser, run as a program, crash stock.
NOT_TRIED = re.compile(
    r"(^|\.)(antigravity|this|__main__|idlelib|turtledemo|tests?|_imagingtk|_tkagg)(\.|$)"
)
PROGRAM = """
import contextlib, importlib, io, json, warnings
failed = {{}}
warnings.simplefilter("ignore")
for name in {names!r}:
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            importlib.import_module(name)
    except BaseException as error:
        failed[name] = type(error).__name__
{show}(json.dumps(failed))
"""


def test_every_module_that_stock_pyodide_imports_can_be_imported(
    context: BrowserContext, site: str
) -> None:
    body = gzip.decompress(packs.runtime_packs()["python"])
    table = json.loads(body[4 : 4 + int.from_bytes(body[:4], "little")])
    assert table[0][0] == "/lib/index.marshal"
    at = 4 + int.from_bytes(body[:4], "little")
    index = marshal.loads(body[at : at + table[0][1]])
    names = [name for name, *_ in index["code"]]
    for pack in ("more-python", "more-numpy", "more-matplotlib", "more-PIL"):
        names += index["modules"][pack]
    names = sorted(name for name in names if not NOT_TRIED.search(name) and "-" not in name)
    assert len(names) > 800
    wheels = [str(file.path) for file in stage() if packs.is_wheel(file.dest)]
    program = PROGRAM.format(names=names, show="")
    job = {"core": str(PYODIDE), "wheels": wheels, "program": program}
    stock = subprocess.run(
        ["node", str(Path(__file__).parent / "python" / "stock_imports.mjs")],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=True,
    )
    page = visit(context, site)
    ours = result(page, PROGRAM.format(names=names, show="print"))
    assert json.loads(ours) == json.loads(stock.stdout)


@pytest.mark.parametrize(
    "source",
    [
        "import time\ntime.sleep(60)",
        "from time import sleep\nsleep(60)",
        "import asyncio\nawait asyncio.sleep(60)",
    ],
    ids=["time", "name", "asyncio"],
)
def test_a_sleep_can_be_stopped_and_keeps_the_variables(
    visited: BrowserContext, site: str, source: str
) -> None:
    page = visit(visited, site)
    assert page.evaluate("crossOriginIsolated")
    run(page, "kept = 3")
    events, seconds = page.evaluate(
        """async (source) => {
        const ended = run(source);
        await new Promise((resolve) => setTimeout(resolve, 700));
        Atomics.store(interrupt, 0, 2);
        const begin = performance.now();
        return [await ended, (performance.now() - begin) / 1000];
        }""",
        source,
    )
    assert [event["type"] for event in events if event["kind"] == "error"] == ["KeyboardInterrupt"]
    assert seconds < 1  # or the page would take Python for deaf
    assert run(page, "print(kept)")[0]["text"] == "3\n"
