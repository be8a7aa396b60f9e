"""How soon the first cell of a page has run, after a page change on the built site."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Page, Playwright, sync_playwright

from bench.report import AtMost, Figure, table
from bench.site import follow, lesson_pages, site
from bench.slow_host import Host
from bench.start import REPEATS, profile, temporary, wait_until_kept

TITLE = "First cell after a page change"
BAR = AtMost(150)
DRAWN = AtMost(335)
# How long a learner needs to get from the link to the button, at the least.
PAUSE_MS = 500
RUN = """() => new Promise(resolve => {
  const cell = document.querySelector("py-cell");
  const begin = performance.now();
  const painted = ({ detail }) => resolve({
    milliseconds: performance.now() - begin,
    python: detail.ms,
    draws: cell.querySelector("[role=log] img") !== null,
    ok: detail.ok,
  });
  const done = event => requestAnimationFrame(() => setTimeout(painted, 0, event));
  cell.addEventListener("py-cell:done", done, { once: true });
  cell.querySelector(".cell-run").click();
})"""


@dataclass(frozen=True)
class Run:
    """One click on Run Code: until its end is painted, and what of it Python ran."""

    path: str
    milliseconds: float
    python: float
    draws: bool

    @property
    def around(self) -> float:
        return self.milliseconds - self.python


def run_first_cell(page: Page, root: str) -> Run:
    found = page.evaluate(RUN)
    path = page.url.removeprefix(root) or "(front page)"
    assert found["ok"], f"{path}: its first cell failed"
    return Run(path, found["milliseconds"], found["python"], found["draws"])


def pages(playwright: Playwright, content: dict[str, bytes]) -> Iterator[tuple[Page, str]]:
    """From page to page with cells, as a reader of the whole lesson; and the site's address.

    Python was started on the front page, which is left out.
    """
    with (
        Host(content, None, 0.0).running() as host,
        temporary() as folder,
        profile(playwright, folder) as context,
    ):
        page = context.new_page()
        page.goto(host.address)
        page.locator("py-cell .cell-run").first.wait_for()
        run_first_cell(page, host.address)
        wait_until_kept(page)
        page.wait_for_timeout(3000)
        page.evaluate("window.stays = true")
        for address in lesson_pages(page):
            follow(page, address)
            page.wait_for_timeout(PAUSE_MS)
            if page.url != host.address and page.locator("py-cell").count():
                yield page, host.address
        assert page.evaluate("window.stays"), "a page change loaded the document anew"


def tour(playwright: Playwright, content: dict[str, bytes]) -> list[Run]:
    """The first cell of each page."""
    return [run_first_cell(page, root) for page, root in pages(playwright, content)]


def markdown() -> str:
    """Measure, and return the tables."""
    content = site()
    with sync_playwright() as playwright:
        runs = [run for _ in range(REPEATS) for run in tour(playwright, content)]
    small = [run for run in runs if not run.draws]
    paths = list(dict.fromkeys(run.path for run in runs))
    by_path = {path: [run for run in runs if run.path == path] for path in paths}
    slowest = max((median(r.milliseconds for r in by_path[p]), p) for p in {r.path for r in small})
    figures = [
        Figure("cells that print", "ms", [r.milliseconds for r in small], bar=BAR),
        Figure(
            f"the slowest of them ({slowest[1]})",
            "ms",
            [r.milliseconds for r in by_path[slowest[1]]],
            bar=BAR,
        ),
        Figure("cells that draw", "ms", [r.milliseconds for r in runs if r.draws], bar=DRAWN),
        Figure("all cells, without what Python runs", "ms", [r.around for r in runs], bar=BAR),
    ]
    lines = ["| page | click to done, ms | of it in Python, ms | draws |", "|---|---:|---:|---|"]
    for path, own in by_path.items():
        whole, inside = median(r.milliseconds for r in own), median(r.python for r in own)
        draws = "a figure" if own[0].draws else ""
        lines.append(f"| {path} | {whole:.0f} | {inside:.0f} | {draws} |")
    words = (
        "The built site, Python up since the front page. Each page is reached by its link; half a "
        "second later its first cell is run, from the click to the frame that shows its end. It is "
        "the first time that this page's names are imported from pylib."
    )
    return "\n\n".join([words, table(figures), "\n".join(lines)])


if __name__ == "__main__":
    print(markdown())
