"""What ten plots take of memory, ours beside stock."""

from playwright.sync_api import Page, Playwright, sync_playwright

from bench import process
from bench.comparison_pages import PLOTS, pair
from bench.report import Figure, TimesLess, table
from bench.slow_host import Host
from bench.start import REPEATS, Kind, click, profile, temporary, visit, wait_until_kept

TITLE = "Memory after ten plots"
VISITS = ("first visit", "second visit")
STOCK = Kind("stock.html", "#run", "#out img:nth-child({})")
SETTLED_MS = 3000


def ours(page: Page) -> float:
    """Draws ten plots in ten cells; returns the length of Python's memory in bytes."""
    for i in range(PLOTS):
        click(page, Kind("", f"#plot{i} .cell-run", f"#plot{i} [role=log] img"))
    wait_until_kept(page)
    page.locator("#memory .cell-run").click()
    page.locator("py-cell#memory[data-state=done]").wait_for()
    return float(page.locator("#memory [role=log]").inner_text().split()[-1])


def stock(page: Page) -> float:
    for i in range(PLOTS):
        click(page, Kind(STOCK.path, STOCK.button, STOCK.image.format(i + 1)))
    return float(page.evaluate("memory"))


def measure(playwright: Playwright, content: dict[str, bytes], name: str) -> list[list[float]]:
    """At a first and at a second visit: the page's process, the most it had, Python's part; MB."""
    kind, draw = {"ours": (Kind("", "#plot0 .cell-run", ""), ours), "stock": (STOCK, stock)}[name]
    visits = []
    with Host(content, None, 0.0).running() as host, temporary() as folder:
        for _ in VISITS:
            with profile(playwright, folder) as context:
                page = visit(context, host, kind)
                python = draw(page) / 1e6
                page.wait_for_timeout(SETTLED_MS)
                used = process.usage(folder)
                visits.append([used.megabytes, used.peak_megabytes, python])
    return visits


def markdown() -> str:
    """Measure, and return the table."""
    content = pair()
    names = ["the page's process (PSS)", "the most it had (RSS)", "of it, Python's memory"]
    with sync_playwright() as playwright:
        runs = [
            [measure(playwright, content, name) for name in ("ours", "stock")]
            for _ in range(REPEATS)
        ]
    figures = [
        Figure(
            f"{when}: {name}",
            "MB",
            [own[at][i] for own, _ in runs],
            [other[at][i] for _, other in runs],
            bar=TimesLess(1) if i == 0 else None,
        )
        for at, when in enumerate(VISITS)
        for i, name in enumerate(names)
    ]
    words = (
        f"{PLOTS} line plots shown below one another; ours holds each for both themes, and has "
        "kept Python's memory in the first visit. Read from /proc for the renderer that holds page "
        f"and worker, {SETTLED_MS // 1000} s after the last plot; no garbage collection is "
        "forced. Python's memory is the length of its WebAssembly memory."
    )
    return "\n\n".join([words, table(figures)])


if __name__ == "__main__":
    print(markdown())
