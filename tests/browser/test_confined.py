"""What code in a cell cannot reach: each way out of the worker that was closed, tried from Python.

The worker is the real one. What is tried here worked, all of it, as long as the worker kept what
browsers give to workers.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

NETWORK = "Cells cannot reach the network"
STORAGE = "Cells cannot reach the browser's storage"
SCRIPT = "JavaScript cannot be made out of text"
OTHERS = "Cells cannot start workers"


@pytest.fixture(scope="module")
def page(browser: Browser, python_site: str) -> Iterator[Page]:
    """A page in which Python is up."""
    context = browser.new_context()
    context.set_default_timeout(120_000)
    page = context.new_page()
    context.route(
        "**/worker.js",
        lambda route: route.fulfill(response=(answer := route.fetch()), body=WALK + answer.text()),
    )
    page.goto(python_site)
    page.evaluate("remember(1e6)")
    page.evaluate("start()")
    assert said(page, "1 + 1") == "2"
    yield page
    context.close()


def said(page: Page, source: str) -> str:
    """What a cell printed, gave, or failed with."""
    events: list[dict[str, Any]] = page.evaluate("source => run(source)", source)
    return "".join(event.get("text") or event.get("message") or "" for event in events)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import js\nawait js.caches.keys()", STORAGE),
        ("import js\njs.indexedDB.open('x')", STORAGE),
        ("from js import caches", STORAGE),
        ("import js\njs.fetch('/')", NETWORK),
        ("import js\njs.XMLHttpRequest.new()", NETWORK),
        ("import js\njs.WebSocket.new('wss://a.test')", NETWORK),
        ("import js\njs.EventSource.new('/')", NETWORK),
        ("import js\njs.importScripts('/x.js')", NETWORK),
        ("import js\njs.Worker.new('/x.js')", OTHERS),
        ("import js\njs.BroadcastChannel.new('x')", OTHERS),
        ("import js\njs.postMessage('x')", OTHERS),
        ("import js\njs.eval('1')", SCRIPT),
        ("import js\njs.Function.new('return 1')", SCRIPT),
        ("import js\njs.Object.constructor.new('return 1')", SCRIPT),
        ("import js\njs.setTimeout('1', 0)", SCRIPT),
        ("import js\njs.setInterval('1', 0)", SCRIPT),
        ("from pyodide.code import run_js\nrun_js('1')", SCRIPT),
        ("from pyodide.http import open_url\nopen_url('https://a.test/x')", NETWORK),
        ("from pyodide.http import pyfetch\nawait pyfetch('https://a.test/x')", NETWORK),
        ("from pyodide.http import pyxhr\npyxhr.get('https://a.test/x')", NETWORK),
        (
            "import urllib.request\nurllib.request.urlopen('http://a.test/x')",
            "Nothing can be fetched from the network",
        ),
        ("import micropip", "Nothing can be installed"),
    ],
)
def test_what_people_try_is_answered_in_words(page: Page, source: str, words: str) -> None:
    assert words in said(page, source)


@pytest.mark.parametrize(
    "path",
    [
        "navigator.storage",
        "navigator.locks",
        "navigator.serviceWorker",
        "navigator.sendBeacon",
        "navigator.permissions",
        "navigator.connection",
        "navigator.gpu",
        "URL.createObjectURL",
        "WebAssembly.compileStreaming",
        "WebAssembly.instantiateStreaming",
        "Response",
        "FileSystemDirectoryHandle",
        "StorageManager",
        "CacheStorage",
        "IDBFactory",
        "FontFace",
        "WebTransport",
        "MessageChannel",
        "MessagePort",
        "MessageEvent",
        "EventTarget",
        "addEventListener",
        "dispatchEvent",
        "onmessage",
        "close",
        "reportError",
        "ShadowRealm",
        "webkitRequestFileSystem",
    ],
)
def test_what_a_worker_has_is_gone_from_the_global_object_and_its_prototypes(
    page: Page, path: str
) -> None:
    *owners, name = path.split(".")
    source = f"""
import js
from pyodide.ffi import JsProxy
at = js.globalThis
for part in {owners}:
    at = getattr(at, part)
found = []
while isinstance(at, JsProxy):
    if js.Object.hasOwn(at, {name!r}):
        found.append(str(at))
    at = js.Reflect.getPrototypeOf(at)
print(found)
"""
    assert said(page, source) == "[]\n"


# Walks over all that can be reached from what code in cells holds: properties, prototypes, values
# of getters, entries. Natives are known by their names; the walk itself uses what it took before.
WALK = """
{
const {
  Function: { prototype: { toString } }, Reflect, Set, Map, ArrayBuffer, RegExp, Object, String,
} = globalThis;
const { apply, ownKeys, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
const post = globalThis.postMessage.bind(globalThis);
globalThis.addEventListener("message", ({ data }) => {
  if (data.type === "walk") post({ type: "walked", found: walk(data.names) });
});
function walk(names) {
  const seen = new Set();
  const found = [];
  const waiting = [[globalThis, "js"]];
  const bad = new RegExp(`^function (${names})\\\\(\\\\) \\\\{\\\\s*\\\\[native code\\\\]`);
  while (waiting.length) {
    const [at, path] = waiting.pop();
    if (at !== Object(at) || seen.has(at)) continue;
    if (ArrayBuffer.isView(at) || at instanceof ArrayBuffer) continue;
    // Python's own objects are made anew each time that they are looked at.
    let ofPython = false;
    try { ofPython = typeof at.toJs === "function" && typeof at.destroy === "function"; } catch {}
    if (ofPython || path.length > 400) continue;
    seen.add(at);
    if (typeof at === "function") {
      let text = "";
      try { text = apply(toString, at, []); } catch {}
      if (bad.test(text)) found.push(path + ": " + text);
    }
    let keys = [];
    try { keys = ownKeys(at); } catch {}
    for (const key of keys) {
      const next = path + "." + String(key);
      let described;
      try { described = getOwnPropertyDescriptor(at, key); } catch {}
      if (!described) continue;
      if ("value" in described) waiting.push([described.value, next]);
      else {
        waiting.push([described.get, next + "(get)"], [described.set, next + "(set)"]);
        try { waiting.push([at[key], next]); } catch {}
      }
    }
    try { waiting.push([getPrototypeOf(at), path + ".__proto__"]); } catch {}
    try {
      for (const [key, value] of at instanceof Map || at instanceof Set ? at.entries() : []) {
        waiting.push([key, path + "<key>"], [value, path + "<value>"]);
      }
    } catch {}
  }
  return [seen.size, found];
}
}
"""
WAYS_OUT = (
    "fetch|XMLHttpRequest|WebSocket|WebSocketStream|EventSource|WebTransport|Worker|SharedWorker|"
    "BroadcastChannel|importScripts|eval|Function|AsyncFunction|GeneratorFunction|"
    "AsyncGeneratorFunction|createObjectURL|FontFace|CacheStorage|IDBFactory|StorageManager|"
    "getDirectory|LockManager|Request|Response|compileStreaming|instantiateStreaming|sendBeacon|"
    "FileReaderSync|DedicatedWorkerGlobalScope|WorkerGlobalScope|MessageEvent|"
    "addEventListener|dispatchEvent|reportError"
)


def walk(page: Page, names: str) -> tuple[int, list[str]]:
    """How many objects code in cells can reach, and the paths to natives of these names."""
    seen, found = page.evaluate(
        """names => new Promise((resolve, reject) => {
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.addEventListener("message", ({ data }) => {
            if (data.type === "walked") resolve(data.found);
          });
          worker.postMessage({ type: "walk", names });
        })""",
        names,
    )
    return seen, found


def test_no_way_out_can_be_reached_by_walking(page: Page) -> None:
    """From the global object, Pyodide's own objects, and what this project hands to Python."""
    source = """
import sys, js, pyodide_js
js.Object.assign(js.globalThis, js.Object.fromEntries([["leak", pyodide_js]]))
js.leaked = sys.meta_path[0].download.__closure__[0].cell_contents
"""
    assert said(page, source) == ""
    seen, found = walk(page, WAYS_OUT)
    assert seen > 2000
    assert found == []
    # The walk itself is not blind.
    assert len(walk(page, "setPrototypeOf|getRandomValues")[1]) > 1


def test_what_is_on_object_s_prototype_is_no_address(page: Page) -> None:
    """The one request that is left takes no address from code in a cell."""
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    source = """
import sys, js
evil = [["url", "/evil"], ["file", "/evil"], ["integrity", ""]]
js.Object.prototype.evil = js.Object.fromEntries(evil)
js.URL.prototype.toString = lambda *_: "/evil"
download = sys.meta_path[0].download
for name in ("evil", "__proto__", "constructor", "../index.html", "https://a.test/"):
    try:
        download(name, False)
    except Exception as error:
        print("built without" in str(error))
del js.Object.prototype.evil
"""
    assert said(page, source) == "True\n" * 5
    assert asked == []


FORGERY = """import sys
frame = sys._getframe()
while "post" not in frame.f_locals:
    frame = frame.f_back
frame.f_locals["post"]('{"kind": "nonsense"}')
frame.f_locals["post"]('{"kind": "done", "ok": true, "ms": 1}')
while True:
    pass
"""


def test_a_cell_that_only_says_it_is_done_costs_no_other(
    browser: Browser, built: Path, serve: Callable[[Path], str]
) -> None:
    """It ends its own run; the next cell gets a new Python, and does not wait."""
    page = browser.new_page()
    page.goto(f"{serve(built)}/losses/mse/")
    first, second = (page.locator("py-cell").nth(at) for at in (0, 1))
    for cell, code in ((first, FORGERY), (second, "print('alive')")):
        cell.scroll_into_view_if_needed()
        cell.locator(".cm-content").click()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text(code)
        cell.get_by_role("button", name=re.compile("^Run")).click()
        expect(cell).to_have_attribute("data-state", "done", timeout=60_000)
    expect(second.get_by_role("log")).to_contain_text("alive")
    page.close()
