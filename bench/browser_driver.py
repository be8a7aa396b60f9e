"""Firefox and WebKit without a driver: a script in the served pages asks what to do, and does it.

The browsers run as their readers have them, with a profile of their own on disk. Clicks are the
page's own, `element.click()`; there are no keys and no pointer. The script and each order are files
of the site's own host, which a security policy of 'self' lets in: no text is run as a program. What
the policy forbids to the page, its frames and its workers is an error of the page.
"""

import json
import os
import queue
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.slow_host import Host

NAMES = ("Firefox", "WebKit")
PATIENCE = 90  # seconds
SIZE = "1280x960"
POLICY = "Content-Security-Policy"
DOCTYPE = re.compile(rb"<!doctype html>", re.IGNORECASE)
# The first folder of all paths that the driver answers.
OURS = "driver"
TAG = f'<!doctype html><script src="/{OURS}/obey.js"></script>'.encode()
SCRIPT = """(() => {
  const errors = [];
  addEventListener("securitypolicyviolation", (event) => errors.push(
    `the policy's ${event.effectiveDirective} forbids ${event.blockedURI} in ${event.sourceFile}`));
  if (window !== top) {
    addEventListener("message", async ({ data: { order: number }, source }) => {
      if (number === undefined) return;
      let told;
      try {
        const { default: order } = await import(`/OURS/${number}.js`);
        told = { value: await order() };
      } catch (error) {
        told = { error: `${error} ${error?.stack ?? ""}` };
      }
      source.postMessage({ answer: number, errors: errors.splice(0), ...told }, "*");
    });
    return;
  }
  // That a size is told a frame later comes as an error too, though nothing was thrown.
  addEventListener("error", ({ message }) => {
    if (!message.startsWith("ResizeObserver loop")) errors.push(message);
  });
  addEventListener("unhandledrejection", (event) => errors.push(String(event.reason)));
  const obey = async () => {
    const { number, goes } = await (await fetch("/OURS/order")).json();
    let body;
    try {
      const { default: order } = await import(`/OURS/${number}.js`);
      const value = await order();
      body = JSON.stringify({ value, errors: errors.splice(0) });
    } catch (error) {
      body = JSON.stringify({ error: `${error} ${error?.stack ?? ""}`, errors: errors.splice(0) });
    }
    await fetch("/OURS/answer", { method: "POST", body });
    if (goes) location.href = goes;
    else setTimeout(obey);
  };
  addEventListener("load", () => setTimeout(obey));
})();""".replace("OURS", OURS)
# Hands an order to the page's one frame, which may be of any origin.
IN_FRAME = """const { contentWindow } = document.querySelector("iframe");
const answered = new Promise((resolve) => addEventListener("message", ({ data, source }) => {
  if (source === contentWindow && data.answer === values[0]) resolve(data);
}));
contentWindow.postMessage({ order: values[0] }, "*");
return await answered;"""
# No first-run pages, no updates, no pictures of visited pages, nothing asked of Mozilla; the host
# answers for any name.
PREFERENCES = """
user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.newtabpage.activity-stream.feeds.topsites", false);
user_pref("browser.newtabpage.enabled", false);
user_pref("browser.pagethumbnails.capturing_disabled", true);
user_pref("browser.sessionstore.resume_from_crash", false);
user_pref("browser.startup.page", 0);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("datareporting.policy.firstRunURL", "");
user_pref("extensions.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.lna.blocking", false);
user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", "127.0.0.1");
user_pref("network.proxy.http_port", PORT);
user_pref("services.settings.server", "");
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
"""


class PageError(Exception):
    """What a page threw."""


@dataclass
class Page:
    """The page that a browser shows; `errors` holds what it threw that nobody caught."""

    root: str
    orders: queue.Queue[dict[str, int | str]] = field(default_factory=queue.Queue)
    answers: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)
    errors: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    def evaluate(self, body: str, *values: object) -> Any:
        """Runs the body of an async function in the page, where `values` are those given here."""
        return self._order(f"const values = {json.dumps(values)};\n{body}")

    def evaluate_in_frame(self, body: str, *values: object) -> Any:
        """The same in the one frame of the page, whatever its origin."""
        self.codes.append(f"const values = {json.dumps(values)};\n{body}")
        answer = self.evaluate(IN_FRAME, len(self.codes) - 1)
        self.errors += answer["errors"]
        if "error" in answer:
            raise PageError(answer["error"])
        return answer.get("value")

    def goto(self, address: str) -> None:
        """Opens a page, by its path or by its whole address; returns when it is loaded."""
        goes = address if address.startswith("http") else self.root + address
        self._order("", goes)
        self.evaluate("")

    def wait(self, condition: str, *values: object) -> None:
        """Waits until an expression, which may use `values`, is true."""
        self.evaluate(
            f"""const end = performance.now() + {900 * PATIENCE};
            for (;;) {{
              if (await ({condition})) return;
              if (performance.now() > end) throw new Error({json.dumps("no " + condition)});
              await new Promise((resolve) => setTimeout(resolve, 20));
            }}""",
            *values,
        )

    def _order(self, code: str, goes: str = "") -> Any:
        self.codes.append(code)
        self.orders.put({"number": len(self.codes) - 1, "goes": goes})
        try:
            answer = self.answers.get(timeout=PATIENCE)
        except queue.Empty:
            raise PageError("the page does not answer") from None
        self.errors += answer["errors"]
        if "error" in answer:
            raise PageError(answer["error"])
        return answer.get("value")


class Theatre:
    """A site whose pages obey, for one browser at a time.

    Args:
        content: address -> content.
        headers: of every answer. A security policy among them also covers what the browser reports
            of workers, which no script of the page sees.
    """

    def __init__(self, content: dict[str, bytes], headers: Mapping[str, str] | None = None) -> None:
        told = {**(headers or {})}
        if POLICY in told:
            told[POLICY] += f"; report-uri /{OURS}/report"
        pages = {
            name: DOCTYPE.sub(lambda _: TAG, body, count=1) if name.endswith(".html") else body
            for name, body in content.items()
        }
        self.host = Host(pages, None, 0.0, told, {OURS: self._answer})
        self.page = Page(self.host.address)

    def _answer(self, path: str, body: bytes) -> tuple[str, bytes]:
        match path.split("/")[2]:
            case "order":
                return "application/json", json.dumps(self.page.orders.get()).encode()
            case "answer":
                self.page.answers.put(json.loads(body))
            case "report":
                told = json.loads(body)["csp-report"]
                what = told.get("effective-directive") or told["violated-directive"]
                where = told.get("source-file")
                self.page.errors.append(
                    f"the policy's {what} forbids {told['blocked-uri']} in {where}"
                )
            case "obey.js":
                return "text/javascript", SCRIPT.encode()
            case "frame.html":  # a page without a policy, which may frame the site's
                return "text/html", TAG
            case name:
                code = self.page.codes[int(name.removesuffix(".js"))]
                return "text/javascript", f"export default async () => {{{code}\n}}".encode()
        return "text/plain", b""

    @contextmanager
    def running(self) -> Iterator["Theatre"]:
        """Serves as long as the block runs."""
        with self.host.running():
            yield self

    @contextmanager
    def browser(self, name: str, profile: Path, path: str = "") -> Iterator[Page]:
        """A browser that opens with a page of the site; it keeps what it keeps in the profile."""
        self.page = Page(self.host.address)
        start = _firefox if name == "Firefox" else _webkit
        with start(profile, self.host.address + path):
            self.page.evaluate("")
            yield self.page


def program(name: str) -> str | None:
    """Where a browser is, if it is here; WebKit's also needs a screen that nobody looks at."""
    if name == "Firefox":
        # Ubuntu's, a snap, may not read a profile in a folder of ours.
        found = shutil.which("firefox-esr") or shutil.which("firefox")
        return None if Path("/snap/bin/firefox").exists() else found
    mini = next(Path("/usr").glob("lib*/*/webkit2gtk-4.1/MiniBrowser"), None)
    return str(mini) if mini and shutil.which("Xvfb") else None


def version(name: str) -> str:
    """What the browser calls itself."""
    with _screen() if name == "WebKit" else nullcontext("") as display:
        command = [program(name) or "", "--version"]
        surroundings = {**os.environ, "DISPLAY": display}
        done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=True)
    return done.stdout.strip().partition("\n")[0]


@contextmanager
def _firefox(profile: Path, address: str) -> Iterator[None]:
    port = str(urlsplit(address).port)
    (profile / "user.js").write_text(PREFERENCES.replace("PORT", port))
    command = [program("Firefox"), "--headless", "--no-remote", "--profile", profile, address]
    with _process(command, {"HOME": str(profile)}):
        yield


@contextmanager
def _webkit(profile: Path, address: str) -> Iterator[None]:
    surroundings = {
        "GDK_BACKEND": "x11",
        "HOME": str(profile),
        "XDG_DATA_HOME": str(profile / "data"),
        "XDG_CACHE_HOME": str(profile / "cache"),
        "WEBKIT_DISABLE_COMPOSITING_MODE": "1",  # there is no graphics card to compose with
    }
    command = [
        program("WebKit"),
        f"--geometry={SIZE}",
        f"--proxy=http://{urlsplit(address).netloc}",
        "--ignore-host=127.0.0.1",
        address,
    ]
    with _screen() as display, _process(command, {"DISPLAY": display, **surroundings}):
        yield


@contextmanager
def _screen() -> Iterator[str]:
    """A screen that nobody looks at; its name."""
    reads, writes = os.pipe()
    command = ["Xvfb", "-displayfd", str(writes), "-screen", "0", f"{SIZE}x24", "-nolisten", "tcp"]
    with _process(command, {}, pass_fds=[writes]):
        os.close(writes)
        with os.fdopen(reads) as named:
            yield f":{named.readline().strip()}"


@contextmanager
def _process(
    command: Sequence[str | Path | None], surroundings: dict[str, str], pass_fds: Sequence[int] = ()
) -> Iterator[None]:
    process = subprocess.Popen(
        [str(word) for word in command],
        env={**os.environ, **surroundings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=pass_fds,
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
