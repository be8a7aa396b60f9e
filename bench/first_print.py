"""Click to first print, for cells that need Python alone, or NumPy and pylib; first visits."""

import html
import io
import json
import zipfile
from dataclasses import dataclass

from playwright.sync_api import sync_playwright

from bench.report import Figure, TimesLess, table
from bench.slow_host import Host
from bench.start import (
    BROTLI,
    CELL,
    HERE,
    LINES,
    REPEATS,
    Kind,
    Row,
    click,
    files,
    on,
    profile,
    temporary,
    visit,
)
from pylib.kernel.depth import depth
from site_hooks.paths import PYLIB

TITLE = "Click to first print"
THIN = {"5 Mbit/s": (5.0, 0.06)}


@dataclass(frozen=True)
class Print:
    """A cell that prints, and what stock loads for it."""

    words: str
    source: str
    packages: tuple[str, ...] = ()
    archive: str = ""


PRINTS = {
    "plain": Print("a print without imports", "print(sum(range(10)))"),
    "numpy": Print(
        "a print with NumPy and pylib.losses",
        "import numpy as np\nfrom pylib.losses import MSELoss\n"
        "print(MSELoss()(np.ones(3), np.zeros(3)))",
        ("numpy",),
        "pylib.zip",
    ),
}
BARS = {
    ("plain", "localhost"): TimesLess(2),
    ("plain", "20 Mbit/s"): TimesLess(2.2),
    ("plain", "5 Mbit/s"): TimesLess(1.8),
    ("numpy", "20 Mbit/s"): TimesLess(2.2),
}
OURS = """<!doctype html><meta charset=utf-8><title>Ours</title>
<link rel=stylesheet href=assets/client/cell.css>
<script type=module src=assets/client/index.js></script>
"""
STOCK = """<!doctype html><meta charset=utf-8><title>Stock</title>
<button id={0}>Run</button><p id=out></p><script type=module>
document.querySelector("button").onclick = () => {{
  const worker = new Worker("stock_print_worker.mjs", {{type: "module"}});
  worker.onmessage = ({{data}}) => {{
    out.append(document.createElement("b"));
    out.firstChild.textContent = data;
  }};
  worker.postMessage({1});
}};
</script>"""


def pages() -> dict[str, bytes]:
    """Both pages of each print, and all they load."""
    found = files()
    found["stock_print_worker.mjs"] = (HERE / "stock_print_worker.mjs").read_bytes()
    found["pylib.zip"] = pylib_archive()
    for name, one in PRINTS.items():
        cell = CELL.format(name, html.escape(one.source))
        own = f'needs="" defines="" depth={depth(one.source)} timeout=30'
        found[f"{name}.html"] = (OURS + cell.replace("timeout=30", own)).encode()
        asked = {"source": one.source, "packages": one.packages, "archive": one.archive}
        found[f"stock-{name}.html"] = STOCK.format(name, json.dumps(asked)).encode()
    return found


def pylib_archive() -> bytes:
    """The lesson's library as a stock page would unpack it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(PYLIB.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, f"pylib/{path.relative_to(PYLIB).as_posix()}")
    return packed.getvalue()


def measure() -> dict[tuple[str, str], tuple[Row, Row]]:
    """Ours and stock by turns, by print and line."""
    content = on(BROTLI, pages())
    rows = {}
    with sync_playwright() as playwright:
        for line, (megabits, delay) in (LINES | THIN).items():
            for name in PRINTS:
                kinds = {
                    "ours": Kind(f"{name}.html", f"#{name} .cell-run", f"#{name} [role=log] pre"),
                    "stock": Kind(f"stock-{name}.html", f"#{name}", "#out b"),
                }
                found = {kind: Row(kind) for kind in kinds}
                for _ in range(REPEATS):
                    for who, kind in kinds.items():
                        with (
                            Host(content, megabits, delay).running() as host,
                            temporary() as folder,
                            profile(playwright, folder) as context,
                        ):
                            page = visit(context, host, kind)
                            host.sent = 0
                            found[who].add(click(page, kind), host.sent)
                rows[name, line] = found["ours"], found["stock"]
    return rows


def markdown() -> str:
    """Measure, and return the table."""
    figures = []
    for (name, line), (ours, stock) in measure().items():
        words = f"{PRINTS[name].words}, {line}"
        bar = BARS.get((name, line))
        figures.append(Figure(words, "s", ours.seconds, stock.seconds, bar))
        figures.append(Figure(f"{words}: until then", "MB", ours.megabytes, stock.megabytes))
    words = (
        "Chromium, a profile of its own on disk per repeat, clicked at once, from the click to the "
        "printed text. Ours and stock take turns. Stock is a bare worker that loads just what the "
        "cell imports. The host compresses both with Brotli. The megabytes are those of all bodies "
        "that it had sent by then."
    )
    return f"{words}\n\n{table(figures)}"


if __name__ == "__main__":
    print(markdown())
