"""The first print and the first plot of the two fastest peers, beside ours in the same run."""

import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Playwright, sync_playwright

from bench.first_print import OURS
from bench.report import SkippedError, spread
from bench.slow_host import Host
from bench.start import (
    BROTLI,
    CELL,
    LINES,
    PLOT,
    REPEATS,
    Kind,
    click,
    files,
    on,
    profile,
    temporary,
    visit,
)
from pylib.kernel.depth import depth
from site_hooks.errors import BuildError
from site_hooks.paths import PYODIDE, user_cache
from site_hooks.pyodide.files import fetch, lock, wheels

TITLE = "Other systems"
# What their registries are asked for, and the SHA-256 of what comes.
PYSCRIPT = (
    "@pyscript/core@0.7.31",
    "b2ca1a0c0956aebd990a7c8524cca1eb061444a8319a7264d2f31ef30bea276a",
)
MARKDOWN_EXEC = (
    "markdown-exec==1.12.6",
    "b2dabe3c209f10f25aac2585bb8cdfcf325df691d4054f3394fba4b8c87ae4ee",
)
MEASURED_LINES = ("localhost", "20 Mbit/s")
# markdown-exec prints only; the picture is put on the page as stock would.
TAGGED = """
import base64, io
from js import document
_out = io.BytesIO()
plt.gcf().savefig(_out, format="png", dpi=200)
_image = document.createElement("img")
_image.src = "data:image/png;base64," + base64.b64encode(_out.getvalue()).decode()
document.getElementById("out").append(_image)"""


@dataclass(frozen=True)
class Way:
    """What is run, as each system writes it."""

    ours: str
    pyscript: str
    markdown_exec: str
    packages: Sequence[str] = ()


PRINT = "print(sum(range(10)))"
SHOW = "from pyscript import display\n{0}\ndisplay({1}, target='out')"
WAYS = {
    "print": Way(PRINT, SHOW.format("", "sum(range(10))"), PRINT),
    "plot": Way(PLOT, SHOW.format(PLOT, "plt"), PLOT + TAGGED, ("numpy", "matplotlib")),
}
# PyScript takes its settings once, when its module is loaded.
PYSCRIPT_PAGE = """<!doctype html><meta charset=utf-8><title>PyScript</title>
<button id=run>Run</button><div id=out></div><py-config type=json>{0}</py-config>
<script type=module src=pyscript/core.js></script><script>
document.querySelector("#run").onclick = () => {{
  const script = document.createElement("script");
  script.type = "py";
  script.textContent = {1};
  document.body.append(script);
}};
</script>"""
# Its editor and its highlighter come from a CDN; both do nothing here. What it writes while it
# starts is no print: `ran` marks the output from the run on.
MARKDOWN_EXEC_PAGE = """<!doctype html><meta charset=utf-8><title>markdown-exec</title>
<button id=run>Run</button><div><pre><code id=exec-output></code></pre></div><div id=out></div>
<button id=exec-run>Run</button><button id=exec-clear>Clear</button>
<script src=pyodide/pyodide.js></script><script>
const nothing = () => undefined;
window.ace = {{ edit: () => ({{
  getValue: () => {1}, session: {{ setMode: nothing }}, setOption: nothing, resize: nothing,
}}) }};
window.hljs = {{ highlightElement: nothing }};
document.querySelector("#run").onclick = () => {{
  const script = document.createElement("script");
  script.src = "markdown-exec/pyodide.js";
  script.onload = async () => {{
    await setupPyodide("exec-", {0});
    document.querySelector("#exec-output").classList.add("ran");
    document.querySelector("#exec-run").click();
  }};
  document.body.append(script);
}};
</script>"""
PEERS = {"pyscript": "PyScript 0.7.31", "markdown-exec": "markdown-exec 1.12.6"}
SHOWS = {
    "ours": {"print": "#print [role=log] pre", "plot": "#plot [role=log] img"},
    "pyscript": {"print": "#out div", "plot": "#out img"},
    "markdown-exec": {"print": "#exec-output.ran:not(:empty)", "plot": "#out img"},
}
WORDS = (
    "Chromium, first visits, a profile of its own on disk per repeat, by turns, from the click to "
    "the printed text or to the decoded picture. The two peers are those that were nearest to "
    "stock Pyodide in the table below. Both are the published files with their own defaults: "
    "PyScript with a script on the main thread and its `display`, markdown-exec with its page "
    "script and its `install`; micropip brings their packages. Both start Python by themselves "
    "when their script is in the page, not at a click; so that one clock does for all, a click "
    "puts that script into a page that has already loaded PyScript's `core.js` or `pyodide.js`. "
    "Nothing comes from a CDN, and a page that asks another host fails the run: one host with "
    "Brotli serves all, and the peers are pointed to the Pyodide files that ours are made of, "
    "PyScript by its setting `interpreter` (both name Pyodide 314.0.2 by default). The editor and "
    "the highlighter of markdown-exec, which would come from a CDN, are stubs."
)
EARLIER = """
| | first visit, s | × stock | second visit, s | × stock | first visit at 20 Mbit/s, s | MB, gzip |
|---|---:|---:|---:|---:|---:|---:|
| stock Pyodide, module worker | 6.5 | 1 | 5.5 | 1 | 13.1 | 19.3 |
| JupyterLite 0.8.6 | 11.5 | 1.77 | 11.3 | 2.06 | 20.8 | 24.8 |
| PyScript 0.7.31 | 7.1 | 1.08 | 5.2 | 0.96 | 14.0 | 19.6 |
| markdown-exec 1.12.6, main thread | 6.9 | 1.09 | 5.6 | 1.05 | 14.0 | 19.6 |
| marimo 0.25.2 | 11.8 | 1.81 | 10.4 | 1.92 | 21.9 | 28.5 |
| Pyodide-MkDocs-Theme 5.7.0, patched to run | 7.8 | 1.24 | 6.4 | 1.22 | 15.2 | 20.6 |
"""
EARLIER_WORDS = (
    "All six as they were on 22 November 2026, on a machine with 2 cores, Chromium 156, localhost, "
    "a fresh profile on disk per repeat, medians. Times of different days cannot be compared; "
    "compare the multiples of stock Pyodide (314.0.3), measured in the same hour."
)


def pages() -> dict[str, bytes]:
    """A page per system and way, and all they load."""
    found = files() | published()
    for name, way in WAYS.items():
        own = f'needs="" defines="" depth={depth(way.ours)} timeout=30'
        cell = CELL.format(name, way.ours).replace("timeout=30", own)
        packages = {"packages": way.packages} if way.packages else {}
        config = json.dumps({"interpreter": "./pyodide/pyodide.mjs"} | packages)
        made = {
            "ours": OURS + cell,
            "pyscript": PYSCRIPT_PAGE.format(config, json.dumps(way.pyscript)),
            "markdown-exec": MARKDOWN_EXEC_PAGE.format(
                json.dumps(way.packages), json.dumps(way.markdown_exec)
            ),
        }
        found |= {f"{system}-{name}.html": page.encode() for system, page in made.items()}
    return found


def published() -> dict[str, bytes]:
    """What the two systems' pages load besides Pyodide's core, NumPy and matplotlib.

    Raises:
        SkippedError: a registry cannot be reached, or has something else.
    """
    found = {"pyodide/pyodide.js": (PYODIDE / "pyodide.js").read_bytes()}
    try:
        installers = fetch(wheels(lock(), ["micropip"]), user_cache() / "wheels")
    except BuildError as error:
        raise SkippedError(str(error)) from error
    found |= {f"pyodide/{name}": path.read_bytes() for name, path in installers.items()}
    packed = downloaded(["npm", "pack", PYSCRIPT[0]], "*.tgz", PYSCRIPT[1])
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            content = archive.extractfile(member)
            folder, _, name = member.name.partition("/dist/")
            if content and folder == "package" and name and not name.endswith(".map"):
                found[f"pyscript/{name}"] = content.read()
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    wheel = downloaded([*pip, MARKDOWN_EXEC[0]], "*.whl", MARKDOWN_EXEC[1])
    with zipfile.ZipFile(io.BytesIO(wheel)) as files_in_wheel:
        script = files_in_wheel.read("markdown_exec/assets/pyodide.js")
    return found | {"markdown-exec/pyodide.js": script}


def downloaded(command: Sequence[str], pattern: str, digest: str) -> bytes:
    """The one file that a command downloads into its folder.

    Raises:
        SkippedError: it downloads none, or another one.
    """
    with temporary() as folder:
        if program := shutil.which(command[0]):
            subprocess.run([program, *command[1:]], cwd=folder, capture_output=True, check=False)
        found = list(folder.glob(pattern))
        if len(found) != 1:
            raise SkippedError(f"{command[-1]} cannot be downloaded")
        content = found[0].read_bytes()
    if (came := hashlib.sha256(content).hexdigest()) != digest:
        raise SkippedError(f"{command[-1]} has SHA-256 {came}, not the pinned {digest}")
    return content


def measure(content: dict[str, bytes], line: str, way: str) -> dict[str, list[float]]:
    """Seconds from the click, by system, by turns."""
    seconds: dict[str, list[float]] = {system: [] for system in SHOWS}
    with sync_playwright() as playwright:
        for _ in range(REPEATS):
            for system, found in seconds.items():
                found.append(one(playwright, Host(content, *LINES[line]), system, way))
    return seconds


def one(playwright: Playwright, host: Host, system: str, way: str) -> float:
    """Seconds of one first visit.

    Raises:
        RuntimeError: the page asked another host.
    """
    button = f"#{way} .cell-run" if system == "ours" else "#run"
    kind = Kind(f"{system}-{way}.html", button, SHOWS[system][way])
    asked: list[str] = []
    with host.running(), temporary() as folder, profile(playwright, folder) as context:
        context.on("request", lambda request: asked.append(request.url))
        seconds = click(visit(context, host, kind), kind) / 1000
    away = [url for url in asked if not url.startswith((host.address, "data:", "blob:"))]
    if away:
        raise RuntimeError(f"{kind.path} asked another host: {', '.join(away)}")
    return seconds


def row(name: str, seconds: dict[str, list[float]]) -> str:
    """A line of the table: medians with ranges, and the peers' as multiples of ours."""
    ours = seconds["ours"]
    cells = [name, spread(ours, "s")]
    for peer in PEERS:
        cells += [spread(seconds[peer], "s"), f"{median(seconds[peer]) / median(ours):.2f}"]
    return f"| {' | '.join(cells)} |"


def markdown() -> str:
    """Measure, and return the tables."""
    content = on(BROTLI, pages())
    rows = [
        row(f"a first {way}, {line}", measure(content, line, way))
        for line in MEASURED_LINES
        for way in WAYS
    ]
    names = ["", "ours", *(cell for name in PEERS.values() for cell in (name, "÷ ours"))]
    head = f"| {' | '.join(names)} |\n| --- |{' ---: |' * (len(names) - 1)}"
    table = "\n".join([head, *rows])
    return f"{WORDS}\n\n{table}\n\n### Measured earlier\n\n{EARLIER_WORDS}\n{EARLIER}"


if __name__ == "__main__":
    print(markdown())
