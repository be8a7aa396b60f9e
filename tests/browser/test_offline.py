"""The service worker, offline use, what the browser keeps: on the built site, and on tiny ones."""

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from bench.site import wait_until
from bench.start import KEPT
from site_hooks import words
from site_hooks.assets import bundle
from site_hooks.publish import finish
from tests.browser.conftest import security_headers

# Pyodide itself, and the memory that comes with the site.
LARGE = re.compile(r"assets/runtime/(pyodide|memory)\.")
START = 60_000  # milliseconds in which Python starts, or a site is saved, on a slow machine
FOLDER = "course/lesson"
WITH_SCRIPTS_OF_ITS_OWN = {".", "choosing", "grade", "labs/microscope", "progress", "race"}


class Host:
    """A file server that can be stopped, started again at its port, and given another folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        self._port = 0
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}/{FOLDER}/"

    def start(self) -> None:
        host = self

        class Handler(SimpleHTTPRequestHandler):
            def translate_path(self, path: str) -> str:
                inside = super().translate_path(path.removeprefix(f"/{FOLDER}"))
                return str(host.folder / Path(inside).relative_to(self.directory))

            def do_GET(self) -> None:
                host.asked.append(self.path.removeprefix(f"/{FOLDER}/"))
                super().do_GET()

            def end_headers(self) -> None:
                for name, value in security_headers(host.folder).items():
                    self.send_header(name, value)
                super().end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """A browser that goes away in mid-download is no error."""

        self._server = Server(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def hosted() -> Iterator[Callable[[Path], Host]]:
    """Serves a folder below a host's root."""
    hosts: list[Host] = []

    def start(folder: Path) -> Host:
        hosts.append(Host(folder))
        return hosts[-1]

    yield start
    for host in hosts:
        host.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that was never here."""
    context = browser.new_context()
    yield context
    context.close()


def run(page: Page, code: str | None = None) -> Locator:
    """Runs the first cell of the page, with other code if there is any."""
    cell = page.locator("py-cell").first
    if code is not None:
        cell.scroll_into_view_if_needed()
        cell.locator(".cm-content").click()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text(code)
    cell.get_by_role("button", name=re.compile("^Run")).click()
    expect(cell).to_have_attribute("data-state", "done", timeout=START)
    return cell


def press(page: Page, name: str) -> None:
    page.get_by_role("contentinfo").get_by_role("button", name=re.compile(name)).click()


def use_offline(page: Page) -> None:
    press(page, "Use offline")
    press(page, r"^Save \d+ (MB|KB)$")
    status = page.get_by_role("contentinfo").get_by_role("status")
    expect(status).to_contain_text("Saved: works without a network", timeout=START)


def wait_for_service_worker(page: Page) -> None:
    wait_until(page, "navigator.serviceWorker.controller")


def first_visit(host: Host, context: BrowserContext) -> Page:
    """A page whose first cell has run, which brings the service worker."""
    page = context.new_page()
    page.goto(f"{host.address}losses/mse/")
    run(page)
    wait_for_service_worker(page)
    return page


# On the built lesson

# Puts a script or a page of one's own over each that was saved: what a cell did to the site once.
POISON = """async () => {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys()) {
      const type = (await cache.match(url)).headers.get("content-type") ?? "";
      const headers = { "content-type": type };
      if (url.includes("/assets/site.")) {
        await cache.put(url, new Response('{"pages":{},"files":{}}', { headers }));
      } else if (/javascript|html/.test(type)) {
        const evil = "localStorage.setItem('evil', '1');";
        const body = type.includes("html") ? `<title>evil</title><script>${evil}</script>` : evil;
        await cache.put(url, new Response(body, { headers }));
      }
    }
  }
}"""


def test_what_is_put_into_the_caches_never_runs(
    built: Path, hosted: Callable[[Path], Host], context: BrowserContext
) -> None:
    host = hosted(built)
    page = context.new_page()
    page.goto(host.address)
    use_offline(page)
    wait_for_service_worker(page)
    for offline in (True, False):
        page.evaluate(POISON)
        if offline:
            host.stop()
        for address in ("", "losses/mse/"):
            page.goto(host.address + address)
            if not offline:
                expect(page.locator("h1")).to_be_visible()
            assert page.title() != "evil"
            assert page.evaluate("localStorage.getItem('evil')") is None
        if offline:
            host.start()
    page.goto(f"{host.address}losses/mse/")
    run(page)


def test_a_cell_cannot_put_anything_into_the_caches(
    built: Path, hosted: Callable[[Path], Host], context: BrowserContext
) -> None:
    """As it was found: code that was pasted into a cell, once the service worker is there."""
    page = first_visit(hosted(built), context)
    page.reload()
    cell = page.locator("py-cell").first
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("import js\njs.caches.keys().then(print)")
    cell.get_by_role("button", name=re.compile("^Run")).click()
    words = "Cells cannot reach the browser's storage"
    expect(cell.locator("[data-kind=error]")).to_contain_text(words, timeout=START)


def test_reading_brings_no_service_worker(
    built: Path,
    hosted: Callable[[Path], Host],
    context: BrowserContext,
    pass_a_minute: Callable[[Page], None],
) -> None:
    page = context.new_page()
    page.clock.install()
    host = hosted(built)
    page.goto(host.address)
    pass_a_minute(page)
    assert page.evaluate("async () => (await caches.keys()).length") == 0
    registrations = "async () => (await navigator.serviceWorker.getRegistrations()).length"
    assert page.evaluate(registrations) == 0
    assert not [name for name in host.asked if name.startswith(("service-worker", "assets/site."))]


def test_the_second_visit_starts_python_without_the_network(
    built: Path, hosted: Callable[[Path], Host], context: BrowserContext
) -> None:
    host = hosted(built)
    page = first_visit(host, context)
    # The cache of a browser without a disk, as this one, may be too small for the largest files.
    again = [name for name in host.asked if not LARGE.match(name)]
    twice = {name for name in again if again.count(name) > 1}
    # Lists of the build's are asked for anew, as pages are.
    assert twice <= {"losses/mse/", "practice.json"}, "what the page had loaded was fetched again"
    rarer = [name for name in host.asked if name.startswith("assets/runtime/more-")]
    assert not rarer, "the first cell waited for modules that a first plot does not need"
    page.close()
    page = context.new_page()
    host.asked.clear()
    page.goto(f"{host.address}losses/mse/")
    assert [name for name in host.asked if name.startswith("assets/")] == []
    host.stop()
    assert "with pylib" in run(page).inner_text()
    page.reload()
    run(page)
    host.start()


def test_what_the_service_worker_keeps_has_the_host_s_headers(
    built: Path, hosted: Callable[[Path], Host], context: BrowserContext
) -> None:
    """A worker without them is refused by a page that is isolated, as a page is by them."""
    host = hosted(built)
    page = first_visit(host, context)
    (worker,) = (built / "assets/client").glob("worker.*.js")
    # As it is renewed where the kept one came bad.
    renew = "path => fetch(path, { cache: 'reload' }).then((answer) => answer.text())"
    page.evaluate(renew, f"{host.address}assets/client/{worker.name}")
    for _ in range(2):
        page.reload()
        assert page.evaluate("crossOriginIsolated")
        run(page)
    host.stop()
    page.reload()
    assert page.evaluate("crossOriginIsolated")
    assert "with pylib" in run(page).inner_text()


def test_a_host_that_compresses_nothing_is_left_alone_at_the_second_visit(
    built: Path, hosted: Callable[[Path], Host], launch: Callable[[str], Browser]
) -> None:
    """Not at localhost: there Pyodide is taken as it is, and here as a pack."""
    host = hosted(built)
    address = host.address.replace("127.0.0.1", "lesson.test")
    safe = f"--unsafely-treat-insecure-origin-as-secure={address.removesuffix(f'/{FOLDER}/')}"
    page = launch(safe).new_page()
    page.goto(f"{address}losses/mse/")
    assert page.evaluate("isSecureContext")
    run(page)
    wait_for_service_worker(page)
    assert any("runtime/wasm." in name for name in host.asked)
    host.stop()
    page.reload()
    assert "with pylib" in run(page).inner_text()


def test_what_is_removed_while_it_is_being_saved_does_not_come_back(
    built: Path, hosted: Callable[[Path], Host], context: BrowserContext
) -> None:
    host = hosted(built)
    page = context.new_page()
    held: list[Route] = []
    page.clock.install()
    page.goto(host.address)
    run(page)
    holds = [True]
    # Python has these already: who asks for one now saves it.
    context.route(
        re.compile(r"/runtime/(core|data|kernel|numpy-libraries|plotting-libraries|pylib)\."),
        lambda route: held.append(route) if holds else route.continue_(),
    )
    with page.expect_request("**/runtime/core.*"):
        page.clock.run_for("01:00")
    page.evaluate("[...document.links].find((link) => link.href.endsWith('/help/')).click()")
    page.get_by_role("button", name="Stop working offline").click()
    expect(page.locator("site-storage")).to_contain_text("Removed.")
    holds.clear()
    with page.expect_console_message(lambda message: "Kept nothing" in message.text):
        for route in held:
            route.continue_()
    assert (
        page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
    )
    assert page.evaluate("async () => (await caches.keys()).length") == 0


def test_use_offline_saves_everything_and_can_be_removed(
    built: Path,
    hosted: Callable[[Path], Host],
    context: BrowserContext,
    pass_a_minute: Callable[[Page], None],
) -> None:
    host = hosted(built)
    page = context.new_page()
    page.goto(host.address)
    use_offline(page)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    assert not [name for name in host.asked if "runtime/memory." in name], "Python does without"
    host.stop()
    addresses = [path.parent.relative_to(built).as_posix() for path in built.rglob("index.html")]
    # Without the scripts that most pages share, which take the most time of their visit.
    scripts = context.new_cdp_session(page)
    for address in addresses:
        without = address not in WITH_SCRIPTS_OF_ITS_OWN
        scripts.send("Emulation.setScriptExecutionDisabled", {"value": without})
        response = page.goto(f"{host.address}{address}/".replace("/./", "/"))
        assert response is not None and response.status == 200, address
        broken = (
            "() => [...document.images].filter(i => i.src && i.complete && !i.naturalWidth).length"
        )
        assert page.evaluate(broken) == 0, address
    scripts.send("Emulation.setScriptExecutionDisabled", {"value": False})
    page.goto(f"{host.address}losses/huber/")
    run(page)
    output = run(page, "import inspect, matplotlib.animation\nprint(inspect.getdoc(len))")
    expect(output.get_by_role("log")).to_contain_text("number of items")
    assert not [url for url in asked if "runtime/memory." in url], "what is saved came at once"
    page.get_by_placeholder("Search").click()
    page.get_by_placeholder("Search").fill("Nesterov")
    expect(page.locator(".md-search-result__item").first).to_be_visible()
    page.keyboard.press("Escape")
    page.goto(f"{host.address}nowhere/")
    expect(page.locator("h1")).to_contain_text("not saved")
    host.start()
    page.goto(host.address)
    press(page, "Remove what was saved")
    expect(
        page.get_by_role("contentinfo").get_by_role("button", name="Use offline")
    ).to_be_visible()
    assert page.evaluate("async () => (await caches.keys()).length") == 0
    page.close()
    page = context.new_page()
    page.clock.install()
    page.goto(host.address)
    run(page)
    asked.clear()
    pass_a_minute(page)
    assert not [url for url in asked if "/assets/site." in url], "it does not come back by itself"
    assert page.evaluate("navigator.serviceWorker.controller") is None


def test_everything_runs_with_the_service_worker_blocked(
    built: Path, hosted: Callable[[Path], Host], browser: Browser
) -> None:
    host = hosted(built)
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{host.address}losses/mse/")
    run(page)
    press(page, "Use offline")
    press(page, "^Save")
    expect(page.get_by_role("contentinfo").get_by_role("status")).to_contain_text("blocks")
    assert not errors
    context.close()


def test_plain_http_says_why_there_is_no_offline_use(
    built: Path, hosted: Callable[[Path], Host], browser: Browser
) -> None:
    host = hosted(built)
    page = browser.new_page()
    page.goto(host.address.replace("127.0.0.1", "lesson.test"))
    press(page, "Use offline")
    expect(page.get_by_role("contentinfo").get_by_role("status")).to_contain_text("https")
    page.close()


def test_the_help_page_shows_and_removes_what_is_kept(
    built: Path, hosted: Callable[[Path], Host], context: BrowserContext
) -> None:
    host = hosted(built)
    page = context.new_page()
    page.goto(f"{host.address}losses/mse/")
    run(page, "print('mine')")
    wait_for_service_worker(page)
    wait_until(page, KEPT)
    page.goto(f"{host.address}help/")

    def row(button: str) -> Locator:
        return page.locator("site-storage > div", has=page.get_by_role("button", name=button))

    code, python, files = map(
        row, ("Remove saved code", "Remove kept Python", "Stop working offline")
    )
    expect(code).to_contain_text("1 cell.")
    expect(python).to_contain_text(re.compile(r"\d+ MB"))
    expect(files).to_contain_text(re.compile(r"\d+ MB"))
    code.get_by_role("button", name="Remove").click()
    expect(code).to_contain_text("Removed. Nothing is kept.")
    code.get_by_role("button", name="Undo").click()
    expect(code).to_contain_text("1 cell.")
    code.get_by_role("button", name="Remove").click()
    python.get_by_role("button", name="Remove").click()
    files.get_by_role("button", name="Stop").click()
    for kind in (code, python, files):
        expect(kind).to_contain_text("Removed. Nothing is kept.")
    assert page.evaluate("async () => (await caches.keys()).length") == 0
    assert not page.evaluate(KEPT)
    page.goto(f"{host.address}losses/mse/")
    expect(page.locator("py-cell").first).not_to_contain_text("mine")


def test_the_help_page_is_readable_without_script(
    built: Path, hosted: Callable[[Path], Host], browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{hosted(built).address}help/")
    expect(page.locator("site-storage")).to_contain_text("site data")
    context.close()


# On two versions of a tiny site


PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>{name}</title>
<link rel="stylesheet" href="{root}assets/look.css"></head>
<body><h1>{name} of {version}</h1>
<py-cell id="near" page="{name}"><pre><code>print(1)</code></pre></py-cell>
<footer><offline-use></offline-use></footer>
<div style="height: 3000px"></div>
<py-cell id="far" page="{name}"><pre><code>print(2)</code></pre></py-cell>
<script>
  const subscribers = [];
  window.document$ = {{ subscribe: (next) => subscribers.push(next) }};
  window.changed = () => subscribers.forEach((next) => next());
</script>
<script type="module" src="{root}assets/client/index.js"></script></body></html>"""


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of two deployments: all files differ, and the second has one page more."""
    client = words.put_all(bundle.client({"packs": {}, "key": ""}), words.ENGLISH)
    made = {}
    for version in ("first", "second"):
        folder = tmp_path_factory.mktemp(version) / "site"
        files = {
            f"assets/client/{name}": content + f"\n// {version}\n".encode()
            for name, content in client.items()
        }
        files["index.html"] = PAGE.format(name="one", version=version, root="").encode()
        files["two/index.html"] = PAGE.format(name="two", version=version, root="../").encode()
        files["assets/look.css"] = f"h1::after {{ content: ' {version}' }}".encode()
        if version == "second":
            files["three/index.html"] = PAGE.format(
                name="three", version=version, root="../"
            ).encode()
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        finish.finish(folder, lambda told: words.put(bundle.service_worker(told), words.ENGLISH))
        made[version] = folder
    # Hosts tell by the second whether a file is another one; both were made within one.
    for path in made["first"].rglob("*"):
        os.utime(path, (0, path.stat().st_mtime - 3600))
    return made


def shown(page: Page, address: str) -> tuple[str, str]:
    """The version of a page's text, and of its look."""
    page.goto(address)
    text = page.locator("h1").inner_text().split()[-1]
    look = page.evaluate("getComputedStyle(document.querySelector('h1'), '::after').content")
    return text, look.strip('" ')


def update(page: Page) -> str | None:
    """Asks for a new service worker; returns the state it ends in."""
    state: str | None = page.evaluate(
        """async () => {
          const registration = await navigator.serviceWorker.getRegistration();
          await registration.update().catch(() => undefined);
          const worker = registration.installing ?? registration.waiting;
          if (worker?.state === "installing") {
            await new Promise((resolve) => (worker.onstatechange = resolve));
          }
          return worker?.state;
        }"""
    )
    return state


def test_a_new_deployment_replaces_the_old_one_whole(
    versions: dict[str, Path], hosted: Callable[[Path], Host], context: BrowserContext
) -> None:
    host = hosted(versions["first"])
    page = context.new_page()
    assert shown(page, host.address) == ("first", "first")
    use_offline(page)
    host.folder = versions["second"]
    assert shown(page, f"{host.address}two/") == ("second", "second"), "a correction shows at once"
    assert update(page) == "installed"
    aside = beside(context, host)
    host.stop()
    for address in ("", "two/"):  # the old version, whole, as long as a page of it is open
        assert shown(page, host.address + address) == ("first", "first")
    page.close()
    wait_for_takeover(aside, host.address)
    page = context.new_page()
    for address in ("", "two/", "three/"):
        assert shown(page, host.address + address) == ("second", "second")
    assert len(page.evaluate("caches.keys()")) == 1
    host.start()


def beside(context: BrowserContext, host: Host) -> Page:
    """A page of the same origin, outside the site: it can look at the service worker."""
    page = context.new_page()
    page.goto(host.address.removesuffix(f"{FOLDER}/") + "nowhere")
    return page


def wait_for_takeover(aside: Page, address: str) -> None:
    """The new worker takes over a moment after the last page of the old one is closed."""
    registration = f"navigator.serviceWorker.getRegistration('{address}')"
    activated = "({ waiting, active }) => !waiting && active.state === 'activated'"
    wait_until(aside, f"{registration}.then({activated})")


def test_a_deployment_that_is_not_whole_replaces_nothing(
    versions: dict[str, Path],
    hosted: Callable[[Path], Host],
    context: BrowserContext,
    tmp_path: Path,
) -> None:
    host = hosted(versions["first"])
    page = context.new_page()
    page.goto(host.address)
    use_offline(page)
    broken = tmp_path / "broken"
    shutil.copytree(versions["second"], broken)
    (broken / "three" / "index.html").unlink()
    host.folder = broken
    assert update(page) == "redundant"
    page.close()
    page = context.new_page()
    host.stop()
    for address in ("", "two/"):
        assert shown(page, host.address + address) == ("first", "first")
    host.start()
    host.folder = versions["second"]
    assert update(page) == "installed"
    aside = beside(context, host)
    host.stop()
    page.close()
    wait_for_takeover(aside, host.address)
    page = context.new_page()
    assert shown(page, f"{host.address}three/") == ("second", "second")
    host.start()


def test_a_changed_file_is_not_saved(
    versions: dict[str, Path],
    hosted: Callable[[Path], Host],
    context: BrowserContext,
    tmp_path: Path,
) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(versions["first"], changed)
    (look,) = changed.glob("assets/look.*.css")
    look.write_text("h1 { color: red }")
    page = context.new_page()
    page.goto(hosted(changed).address)
    press(page, "Use offline")
    press(page, "^Save")
    status = page.get_by_role("contentinfo").get_by_role("status")
    expect(status).to_contain_text("try again", timeout=START)


def test_a_page_put_in_by_material_from_a_new_deployment_is_loaded_whole(
    versions: dict[str, Path], hosted: Callable[[Path], Host], context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(hosted(versions["first"]).address)
    wait_until(page, "customElements.get('offline-use')")
    page.evaluate("() => { window.same = true; changed() }")
    assert page.evaluate("window.same") is True
    mark = "document.querySelector('meta[name=site-version]')"
    with page.expect_navigation():
        page.evaluate(f"() => {{ {mark}.content = 'another'; changed() }}")
    assert page.evaluate("window.same") is None


UPDATED = "The lesson was updated since this page was opened."


def edit(page: Page, cell: Locator, code: str) -> None:
    cell.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)


def test_a_page_from_before_an_update_says_so_and_keeps_the_edits(
    versions: dict[str, Path], hosted: Callable[[Path], Host], context: BrowserContext
) -> None:
    host = hosted(versions["first"])
    page = context.new_page()
    page.goto(host.address)
    cell = page.locator("py-cell#near")
    cell.locator(".cm-content").wait_for()
    host.folder = versions["second"]
    edit(page, cell, "print('mine')")  # Python starts at this sign of intent
    cell.get_by_role("button", name="Run Code").click()
    expect(cell).to_have_attribute("data-state", "error")
    expect(cell.get_by_role("log")).to_contain_text(
        f"{UPDATED} Reload the page. Your code is kept."
    )
    with page.expect_navigation():
        cell.get_by_role("button", name="Reload the page").click()
    expect(page.locator("h1")).to_have_text("one of second")
    expect(cell.locator(".cm-content")).to_have_text("print('mine')")


def test_an_editor_that_is_gone_with_an_update_says_so(
    versions: dict[str, Path], hosted: Callable[[Path], Host], context: BrowserContext
) -> None:
    host = hosted(versions["first"])
    context.route("**/editor*.js", lambda route: route.abort(), times=1)  # the first cell's
    page = context.new_page()
    page.goto(host.address)
    host.folder = versions["second"]
    cell = page.locator("py-cell#far")
    cell.scroll_into_view_if_needed()
    expect(cell).to_contain_text(f"{UPDATED} Reload the page to edit this code.")
    expect(cell.locator("pre")).to_have_text("print(2)")
    with page.expect_navigation():
        cell.get_by_role("button", name="Reload the page").click()
    expect(page.locator("h1")).to_have_text("one of second")


def test_without_a_network_a_page_does_not_speak_of_updates(
    versions: dict[str, Path], hosted: Callable[[Path], Host], context: BrowserContext
) -> None:
    host = hosted(versions["first"])
    page = context.new_page()
    page.goto(host.address)
    cell = page.locator("py-cell#near")
    cell.locator(".cm-content").wait_for()
    host.stop()
    cell.get_by_role("button", name="Run Code").click()
    expect(cell.get_by_role("log")).to_contain_text("Check the connection")
    expect(cell.get_by_role("button", name="Reload the page")).to_have_count(0)
    host.start()


def test_a_broken_server_and_a_silent_one_are_bridged(
    versions: dict[str, Path], hosted: Callable[[Path], Host], context: BrowserContext
) -> None:
    host = hosted(versions["first"])
    page = context.new_page()
    page.goto(host.address)
    use_offline(page)
    context.route("**/two/", lambda route: route.fulfill(status=503, body="busy"))
    assert shown(page, f"{host.address}two/") == ("first", "first")
