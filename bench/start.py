"""Click to first plot, in Chromium, beside stock Pyodide in the same run.

Every repeat has a profile of its own on disk. The clock runs in the page, from the click to the
picture decoded; bytes are counted by the server. Repeats of ours and of stock alternate.
"""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright

from bench.slow_host import Host, with_brotli
from site_hooks import words
from site_hooks.assets import bundle
from site_hooks.paths import CLIENT, PYODIDE
from site_hooks.pyodide.files import stage

HERE = Path(__file__).parent
PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.title('first')"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LINES = {"localhost": (None, 0.0), "100 Mbit/s": (100.0, 0.02), "20 Mbit/s": (20.0, 0.04)}
# Between two visits the learner reads; browsers write down machine code meanwhile, stock's too.
READS_MS = 6000
REPEATS = int(os.environ.get("REPEATS", "5"))

# Whether Python's memory was written to its end: the page gets the seal then.
KEPT = """Object.entries(localStorage).some(
  ([key, text]) => key.endsWith(":seal") && text.includes("secret")
)"""

CELL = """<div class=cell><py-cell id={0} page=bench session=main title={0} timeout=30>
<pre><code>{1}
</code></pre></py-cell></div>"""
SOURCES = {"plot": PLOT, "loop": "while True:\n    pass", "text": "print('there')"}
OURS = """<!doctype html><meta charset=utf-8><title>Ours</title>
<link rel=stylesheet href=assets/client/cell.css>
<script type=module src=assets/client/index.js></script>
""" + "\n".join(CELL.format(name, source) for name, source in SOURCES.items())
STOCK = f"""<!doctype html><meta charset=utf-8><title>Stock</title>
<button id=run>Run</button><p id=out></p><script type=module>
let worker;
run.onclick = () => {{
  worker ??= new Worker("stock_worker.mjs", {{type: "module"}});
  worker.onmessage = ({{data}}) => {{
    const image = new Image();
    image.src = "data:image/png;base64," + data;
    out.append(image);
  }};
  worker.postMessage({json.dumps(PLOT)});
}};
</script>"""
CLOCK = """
window.first = (selector, found) => new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error(`no ${found} within 100 s`)), 100_000);
  const look = async () => {
    const element = document.querySelector(found);
    if (!element) return requestAnimationFrame(look);
    if (element.decode) await element.decode();
    resolve(performance.now() - begin);
  };
  const begin = performance.now();
  document.querySelector(selector).click();
  look();
});
"""


@dataclass
class Row:
    """One line of the table."""

    name: str
    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    def add(self, milliseconds: float, sent: int) -> None:
        self.seconds.append(milliseconds / 1000)
        self.megabytes.append(sent / 1e6)


@dataclass(frozen=True)
class Kind:
    """A page that draws a plot."""

    path: str
    button: str
    image: str


KINDS = {
    "ours": Kind("", "#plot .cell-run", "#plot [role=log] img"),
    "stock": Kind("stock.html", "#run", "#out img"),
}


# The hosts, by what they compress with.
BROTLI, GZIP = "Brotli", "gzip"


def on(host: str, content: dict[str, bytes]) -> dict[str, bytes]:
    """Files as a host has them; ours and stock's are compressed alike."""
    return with_brotli(content) if host == BROTLI else content


def files() -> dict[str, bytes]:
    """Both pages and all they load."""
    made = words.put_all(bundle.assets(), words.ENGLISH)
    names = [name for name in made if not name.endswith((".gz", ".br"))]
    found = {f"assets/{name}": made[name] for name in names}
    found["assets/client/cell.css"] = (CLIENT / "cell" / "cell.css").read_bytes()
    found["index.html"] = OURS.encode()
    found["stock.html"] = STOCK.encode()
    found["stock_worker.mjs"] = (HERE / "stock_worker.mjs").read_bytes()
    return found | stock_files()


def stock_files() -> dict[str, bytes]:
    """Pyodide and its packages as they are published."""
    found = {f"pyodide/{file.dest}": file.path.read_bytes() for file in stage()}
    found["pyodide/pyodide-lock.json"] = (PYODIDE / "pyodide-lock.json").read_bytes()
    return found


@contextmanager
def profile(playwright: Playwright, folder: Path) -> Iterator[BrowserContext]:
    """A Chromium with its profile in a folder."""
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium", args=FLAGS
    )
    context.set_default_timeout(180_000)
    context.add_init_script(CLOCK)
    try:
        yield context
    finally:
        context.close()


def visit(context: BrowserContext, host: Host, kind: Kind, *, hover: float = 0.0) -> Page:
    page = context.new_page()
    page.goto(host.address + kind.path)
    page.locator(kind.button).first.wait_for()
    page.wait_for_timeout(500)
    if hover:
        page.locator(kind.button).first.hover()
        page.wait_for_timeout(hover * 1000)
    return page


def click(page: Page, kind: Kind) -> float:
    milliseconds: float = page.evaluate("([a, b]) => first(a, b)", [kind.button, kind.image])
    return milliseconds


def wait_until_kept(page: Page) -> None:
    """The memory is written once the learner reads."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if page.evaluate(KEPT):
            return
        page.wait_for_timeout(250)
    raise RuntimeError("Python's memory was not kept")


def measure(playwright: Playwright, content: dict[str, bytes], line: str) -> list[Row]:
    """First and second visits over one line."""
    rows = {
        (kind, when): Row(f"{kind}, {when}")
        for when in ("first visit", "second visit")
        for kind in KINDS
    }
    megabits, delay = LINES[line]
    for _ in range(REPEATS):
        for name, kind in KINDS.items():
            with Host(content, megabits, delay).running() as host, temporary() as folder:
                for when in ("first visit", "second visit"):
                    host.sent = 0
                    with profile(playwright, folder) as context:
                        page = visit(context, host, kind)
                        rows[name, when].add(click(page, kind), host.sent)
                        if name == "ours" and when == "first visit":
                            wait_until_kept(page)
                        page.wait_for_timeout(READS_MS)
    return list(rows.values())


@contextmanager
def temporary() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def after_hover(playwright: Playwright, content: dict[str, bytes]) -> Row:
    """First visit, after the pointer rested on the cell for 3 s."""
    row = Row("ours, first visit, after 3 s of hover")
    for _ in range(REPEATS):
        with (
            Host(content, None, 0.0).running() as host,
            temporary() as folder,
            profile(playwright, folder) as context,
        ):
            page = visit(context, host, KINDS["ours"], hover=3.0)
            row.add(click(page, KINDS["ours"]), host.sent)
    return row


def after_stop(playwright: Playwright, content: dict[str, bytes]) -> list[Row]:
    """Stop ends a loop; then another cell is run at once."""
    stop, text = Row("ours, Stop to its end"), Row("ours, after Stop: Run to output")
    with (
        Host(content, None, 0.0).running() as host,
        temporary() as folder,
        profile(playwright, folder) as context,
    ):
        page = visit(context, host, KINDS["ours"])
        click(page, KINDS["ours"])
        wait_until_kept(page)
        for _ in range(REPEATS):
            page.locator("#loop .cell-run").click()
            page.locator("py-cell#loop[data-state=running]").wait_for()
            page.wait_for_timeout(300)
            ended = "py-cell#loop[data-state=stopped]"
            stop.add(page.evaluate("([a, b]) => first(a, b)", ["#loop .cell-stop", ended]), 0)
            before = host.sent
            page.locator("#text .cell-reset").click()
            line = ["#text .cell-run", "py-cell#text[data-state=done]"]
            text.add(page.evaluate("([a, b]) => first(a, b)", line), host.sent - before)
    return [stop, text]
