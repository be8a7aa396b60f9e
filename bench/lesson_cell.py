"""What the first run of a lesson's own cell takes beyond its second, by visit."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup
from playwright.sync_api import Page, Playwright, sync_playwright

from bench.first_print import pylib_archive
from bench.report import AtMost, Figure, table
from bench.site import SITE, site
from bench.slow_host import Host
from bench.start import (
    HERE,
    READS_MS,
    REPEATS,
    profile,
    stock_files,
    temporary,
    wait_until_kept,
)

TITLE = "First run of a lesson's cell"
BAR = AtMost(0.4)
TOUR = "reference/"
VISITS = ("first visit", "second visit")
RUNS = 3
STOCK = """<!doctype html><meta charset=utf-8><title>Stock</title><p id=out></p><script type=module>
const worker = new Worker("stock_cell_worker.mjs", { type: "module" });
window.ask = (cell) => new Promise((resolve) => {
  worker.onmessage = ({ data }) => {
    const image = new Image();
    image.src = "data:image/png;base64," + data.png;
    out.replaceChildren(image);
    resolve(data.milliseconds);
  };
  worker.postMessage(cell);
});
</script>"""
# From the moment when Python begins to run the cell, to its end.
RUN = """id => new Promise((resolve, reject) => {
  const cell = document.getElementById(id);
  let begin;
  cell.addEventListener("py-cell:start", () => { begin = performance.now(); }, { once: true });
  cell.addEventListener("py-cell:done", ({ detail }) => {
    if (detail.ok) resolve(performance.now() - begin);
    else reject(new Error(`${id} failed`));
  }, { once: true });
  cell.querySelector(".cell-run").click();
})"""


@dataclass(frozen=True)
class Cell:
    """A cell that draws: its page, its code, and the code of the cells that it needs."""

    path: str
    name: str
    source: str
    before: str


@dataclass(frozen=True)
class Run:
    """Seconds that a first run took longer than the quickest after it, and those of that."""

    beyond: float
    later: float


def run(milliseconds: list[float]) -> Run:
    first, *later = (one / 1000 for one in milliseconds)
    return Run(first - min(later), min(later))


def first_to_draw(file: Path) -> Cell | None:
    """The first cell of a built page that draws and is to succeed."""
    page = BeautifulSoup(file.read_text("utf-8"), "html.parser")
    cells = page.select("py-cell[id]")
    code = {str(one["id"]): pre.get_text() for one in cells for pre in one.select("pre")[:1]}
    for picture in page.select("div.cell figure img"):
        cell = picture.find_parent("div", class_="cell")
        one = cell and cell.select_one("py-cell:not([raises], [live], [exercise])")
        if one:
            before = [code[needed] for needed in str(one["needs"]).split()]
            path = "" if file.parent == SITE else f"{file.parent.relative_to(SITE).as_posix()}/"
            return Cell(path, str(one["id"]), code[str(one["id"])], "\n".join(before))
    return None


def ours(page: Page, host: Host, cell: Cell) -> Run:
    page.goto(host.address + cell.path)
    page.locator(f"py-cell#{cell.name} .cell-run").wait_for()
    page.wait_for_timeout(500)
    found = run([after_a_look(page, cell) for _ in range(RUNS)])
    wait_until_kept(page)
    return found


def after_a_look(page: Page, cell: Cell) -> float:
    milliseconds: float = page.evaluate(RUN, cell.name)
    page.wait_for_timeout(1000)
    return milliseconds


def stock(page: Page, host: Host, cell: Cell) -> Run:
    page.goto(f"{host.address}stock.html")
    asked = [{"before": cell.before, "source": cell.source}, *[{"source": cell.source}] * 2]
    return run([page.evaluate("cell => ask(cell)", one) for one in asked])


def visits(
    playwright: Playwright,
    content: dict[str, bytes],
    cell: Cell,
    measure: Callable[[Page, Host, Cell], Run],
) -> dict[str, Run]:
    """A first and a second visit, of a profile of their own."""
    runs = {}
    with Host(content, None, 0.0).running() as host, temporary() as folder:
        for when in VISITS:
            with profile(playwright, folder) as context:
                page = context.new_page()
                runs[when] = measure(page, host, cell)
                page.wait_for_timeout(READS_MS)
    return runs


def markdown() -> str:
    """Measure, and return the table."""
    content = site() | stock_files()
    content["stock.html"] = STOCK.encode()
    content["pylib.zip"] = pylib_archive()
    content["stock_cell_worker.mjs"] = (HERE / "stock_cell_worker.mjs").read_bytes()
    found = [first_to_draw(file) for file in sorted(SITE.rglob("index.html"))]
    cells = {cell.path: cell for cell in found if cell}
    with sync_playwright() as playwright:
        seen = {path: visits(playwright, content, one, ours) for path, one in cells.items()}
        slowest = max(seen, key=lambda path: seen[path][VISITS[0]].beyond)
        figures = []
        for path in dict.fromkeys([TOUR, slowest]):
            turns = [
                [visits(playwright, content, cells[path], side) for side in (ours, stock)]
                for _ in range(REPEATS)
            ]
            name = cells[path].name + ("" if path == TOUR else " (the slowest)")
            for when in VISITS:
                own, other = ([turn[side][when] for turn in turns] for side in (0, 1))
                said = f"{name}, {when}"
                figures += [
                    Figure(
                        f"{said}: first run beyond the second",
                        "s",
                        [one.beyond for one in own],
                        [one.beyond for one in other],
                        BAR,
                    ),
                    Figure(
                        f"{said}: the second run",
                        "s",
                        [one.later for one in own],
                        [one.later for one in other],
                    ),
                ]
    lines = ["| page | cell | first visit, s | second visit, s |", "|---|---|---:|---:|"]
    for path, runs in seen.items():
        columns = " | ".join(f"{runs[when].beyond:.2f}" for when in VISITS)
        lines.append(f"| {path or '(front page)'} | {cells[path].name} | {columns} |")
    words = (
        "The built site on localhost, the first cell of each page that draws: from the moment when "
        "Python begins to run it to its end, less the quickest of the next two runs. Each visit in "
        "a Chromium of its own, clicked at once. Stock runs the same code, and has all packages "
        "loaded by then; its first run is told from inside its worker. The table below shows one "
        "run of each page."
    )
    return "\n\n".join([words, table(figures), "\n".join(lines)])


if __name__ == "__main__":
    print(markdown())
