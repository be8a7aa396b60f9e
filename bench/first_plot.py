"""Click to first plot, and to go on after Stop: the figures of start.py beside their bars."""

from collections.abc import Mapping

from playwright.sync_api import sync_playwright

from bench.report import AtMost, Figure, TimesLess, table
from bench.start import LINES, Row, after_hover, after_stop, files, measure

TITLE = "Click to first plot"
SOONER = {"localhost": TimesLess(3), "20 Mbit/s": TimesLess(2.2)}
SMALLER = {"20 Mbit/s": AtMost(11)}
AGAIN = TimesLess(6)


def figures(line: str, rows: Mapping[str, Row]) -> list[Figure]:
    """Seconds and megabytes of both visits over one line, ours beside stock."""
    found = []
    for visit, sooner, smaller in [
        ("first visit", SOONER.get(line), SMALLER.get(line)),
        ("second visit", AGAIN, None),
    ]:
        ours, stock = rows[f"ours, {visit}"], rows[f"stock, {visit}"]
        found += [
            Figure(visit, "s", ours.seconds, stock.seconds, sooner),
            Figure(f"{visit}: to the plot", "MB", ours.megabytes, stock.megabytes, smaller),
        ]
    return found


def markdown() -> str:
    """Measure, and return the tables."""
    content = files()
    parts = [
        "Chromium, a profile of its own on disk per repeat, clicked at once with no prior intent, "
        "from the click to the decoded picture; ours and stock take turns. Stock is a bare worker "
        "that loads the same wheels and draws the same plot. The host compresses with gzip, and "
        "counts the bytes of all bodies."
    ]
    with sync_playwright() as playwright:
        stock: list[float] = []
        for line, (megabits, delay) in LINES.items():
            rows = {row.name: row for row in measure(playwright, content, line)}
            name = f"{line} and {1000 * delay:.0f} ms" if megabits else line
            parts += [f"### Over {name}", table(figures(line, rows))]
            stock = stock or rows["stock, first visit"].seconds
        hover = after_hover(playwright, content)
        stop, output = after_stop(playwright, content)
    name = "first visit, after 3 s of hover; stock clicked at once"
    judged = [
        Figure(name, "s", hover.seconds, stock, SOONER["localhost"]),
        Figure("Stop to the end of an endless loop", "s", stop.seconds, bar=AtMost(1)),
        Figure("after Stop: Run Code to output", "s", output.seconds, bar=AtMost(1)),
    ]
    return "\n\n".join([*parts, "### After hover and after Stop, localhost", table(judged)])


if __name__ == "__main__":
    print(markdown())
