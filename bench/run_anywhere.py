"""How soon the last cell of a fresh page has run, with all that it needs, on the built site."""

from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Page, Playwright, sync_playwright

from bench.page_change import pages
from bench.report import AtMost, Figure, table
from bench.site import site
from bench.start import REPEATS

TITLE = "The last cell of a fresh page, and what it needs"
BAR = AtMost(100)
# Clicks the last cell that needs another one; adds up what Python took for each of those that ran.
RUN = """() => new Promise((resolve) => {
  const cell = [...document.querySelectorAll("py-cell[needs]")]
    .filter((one) => one.getAttribute("needs")).at(-1);
  if (!cell) return resolve(null);
  const ran = [];
  const begin = performance.now();
  document.addEventListener("py-cell:done", function heard({ detail }) {
    ran.push(detail);
    if (detail.id !== cell.id) return;
    document.removeEventListener("py-cell:done", heard);
    requestAnimationFrame(() => setTimeout(() => resolve({
      milliseconds: performance.now() - begin,
      python: ran.reduce((sum, { ms }) => sum + ms, 0),
      cells: ran.length,
      ok: ran.every(({ ok }) => ok),
    })));
  });
  cell.querySelector(".cell-run").click();
})"""


@dataclass(frozen=True)
class Run:
    """One click: until its end is painted, what of it Python ran, and in how many cells."""

    path: str
    milliseconds: float
    python: float
    cells: int

    @property
    def around(self) -> float:
        return self.milliseconds - self.python


def run_last_cell(page: Page, root: str) -> Run | None:
    """None where no cell of the page needs another one."""
    found = page.evaluate(RUN)
    if found is None:
        return None
    path = page.url.removeprefix(root)
    assert found["ok"], f"{path}: a cell failed"
    return Run(path, found["milliseconds"], found["python"], found["cells"])


def tour(playwright: Playwright, content: dict[str, bytes]) -> list[Run]:
    """The last such cell of each page, for a reader who skips all others."""
    found = (run_last_cell(page, root) for page, root in pages(playwright, content))
    return [run for run in found if run]


def markdown() -> str:
    """Measure, and return the tables."""
    content = site()
    with sync_playwright() as playwright:
        runs = [run for _ in range(REPEATS) for run in tour(playwright, content)]
    paths = list(dict.fromkeys(run.path for run in runs))
    by_path = {path: [run for run in runs if run.path == path] for path in paths}
    slowest = max(paths, key=lambda path: median(run.around for run in by_path[path]))
    figures = [
        Figure("beyond what Python ran", "ms", [run.around for run in runs], bar=BAR),
        Figure(
            f"on the slowest page ({slowest})",
            "ms",
            [run.around for run in by_path[slowest]],
            bar=BAR,
        ),
    ]
    lines = ["| page | cells | click to done, ms | in Python, ms |", "|---|---:|---:|---:|"]
    for path, own in by_path.items():
        whole, inside = median(run.milliseconds for run in own), median(run.python for run in own)
        lines.append(f"| {path} | {own[0].cells} | {whole:.0f} | {inside:.0f} |")
    words = (
        "The built site, Python up since the front page; each page is reached by its link. Half a "
        "second later its last cell that needs others is run, by the first click on that page: to "
        "the frame that shows its end, beside what Python took for all cells that ran."
    )
    return "\n\n".join([words, table(figures), "\n".join(lines)])


if __name__ == "__main__":
    print(markdown())
