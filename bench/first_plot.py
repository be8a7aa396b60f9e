"""Click to first plot, and to go on after Stop: the figures of start.py beside their bars."""

from collections.abc import Mapping

from playwright.sync_api import sync_playwright

from bench.report import AtMost, Figure, TimesLess, table
from bench.start import BROTLI, GZIP, LINES, Row, after_hover, after_stop, files, measure, on

TITLE = "Click to first plot"
SOONER = {
    ("localhost", BROTLI): TimesLess(5.2),
    ("100 Mbit/s", BROTLI): TimesLess(3.4),
    ("20 Mbit/s", BROTLI): TimesLess(3),
    ("20 Mbit/s", GZIP): TimesLess(2.2),
}
SMALLER = {("20 Mbit/s", BROTLI): AtMost(8.5), ("20 Mbit/s", GZIP): AtMost(11)}
# Many hosts have both; one that has gzip alone is measured where bytes count.
HOSTS = [*((line, BROTLI) for line in LINES), ("20 Mbit/s", GZIP)]
AGAIN = TimesLess(8)


def figures(line: str, host: str, rows: Mapping[str, Row]) -> list[Figure]:
    """Seconds and megabytes of both visits over one line, ours beside stock."""
    found = []
    for visit, sooner, smaller in [
        ("first visit", SOONER.get((line, host)), SMALLER.get((line, host))),
        ("second visit", AGAIN, None),
    ]:
        ours, stock = rows[f"ours, {visit}"], rows[f"stock, {visit}"]
        name = f"{visit}, {host}"
        found += [
            Figure(name, "s", ours.seconds, stock.seconds, sooner),
            Figure(f"{name}: to the plot", "MB", ours.megabytes, stock.megabytes, smaller),
        ]
    return found


def markdown() -> str:
    """Measure, and return the tables."""
    content = {host: on(host, files()) for host in (BROTLI, GZIP)}
    parts = [
        "Chromium, a profile of its own on disk per repeat, clicked at once with no prior intent, "
        "from the click to the decoded picture; ours and stock take turns. Stock is a bare worker "
        "that loads the same wheels and draws the same plot. The host compresses what is ours and "
        "what is stock's with Brotli, or with gzip where a row says so, and counts the bytes of "
        "all bodies."
    ]
    with sync_playwright() as playwright:
        stock: list[float] = []
        for line, host in HOSTS:
            megabits, delay = LINES[line]
            rows = {row.name: row for row in measure(playwright, content[host], line)}
            name = f"{line} and {1000 * delay:.0f} ms" if megabits else line
            parts += [f"### Over {name}, {host}", table(figures(line, host, rows))]
            stock = stock or rows["stock, first visit"].seconds
        hover = after_hover(playwright, content[BROTLI])
        stop, output = after_stop(playwright, content[BROTLI])
    name = "first visit, after 3 s of hover; stock clicked at once"
    judged = [
        Figure(name, "s", hover.seconds, stock, SOONER["localhost", BROTLI]),
        Figure("Stop to the end of an endless loop", "s", stop.seconds, bar=AtMost(1)),
        Figure("after Stop: Run Code to output", "s", output.seconds, bar=AtMost(1)),
    ]
    return "\n\n".join([*parts, "### After hover and after Stop, localhost", table(judged)])


if __name__ == "__main__":
    print(markdown())
