"""Time and memory for marking a class of 120 on the built site."""

import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, sync_playwright

from bench import process
from bench.hand_ins import exercises, identity, of_class
from bench.report import AtMost, Figure, table
from bench.site import site
from bench.slow_host import Host
from bench.start import profile, temporary

TITLE = "Marking 120 hand-ins"
# How large a part of the answers has a text that no other file has: what many hand in is run once.
OWN = (0.0, 0.3)
MINUTES = AtMost(10)
PATIENCE_MS = 40 * 60_000
DONE = "120 files are done."


@dataclass(frozen=True)
class Marked:
    """From the drop to the last file."""

    minutes: float
    megabytes: float
    peak_megabytes: float


def mark(context: BrowserContext, address: str, files: dict[str, bytes], folder: Path) -> Marked:
    page = context.new_page()
    page.goto(f"{address}grade/")
    payload = [
        {"name": name, "mimeType": "application/json", "buffer": content}
        for name, content in files.items()
    ]
    begin = time.perf_counter()
    page.set_input_files("lesson-grading input[type=file]", payload)  # type: ignore[arg-type]
    said = page.locator("lesson-grading [role=status]").get_by_text(DONE)
    said.wait_for(timeout=PATIENCE_MS)
    minutes = (time.perf_counter() - begin) / 60
    used = process.usage(folder)
    page.close()
    return Marked(minutes, used.megabytes, used.peak_megabytes)


def markdown() -> str:
    """Measure, and return the table."""
    content = site()
    named = identity(content["grade/index.html"].decode())
    figures = []
    with sync_playwright() as playwright:
        for own in OWN:
            files = of_class(named, own).files
            with (
                Host(content, None, 0.0).running() as host,
                temporary() as folder,
                profile(playwright, folder) as context,
            ):
                marked = mark(context, host.address, files, folder)
            which = f"{own:.0%} of the answers in words of their own" if own else "answers repeat"
            figures += [
                Figure(f"{which}: time", "min", [marked.minutes], bar=MINUTES),
                Figure(f"{which}: memory at the end (PSS)", "MB", [marked.megabytes]),
                Figure(f"{which}: the most it had (RSS)", "MB", [marked.peak_megabytes]),
            ]
    words = (
        f"The marking page of the built site, with {len(exercises())} exercises, in a browser that "
        "was never here; from the drop to the last row, the start of Python included. 30 files are "
        "right, 60 partly, 20 empty, 5 copied, 5 hostile, of which one makes two cells wait for "
        "their time limit of ten seconds. Measured once. The process is the one that holds the "
        "page and its workers."
    )
    return "\n\n".join([words, table(figures)])


if __name__ == "__main__":
    print(markdown())
