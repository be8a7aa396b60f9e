"""Click to first plot, and to go on after Stop, in Firefox and WebKit beside stock Pyodide."""

import time
from dataclasses import dataclass, field

from bench.browser_driver import NAMES, Page, Theatre, program, version
from bench.report import AtMost, Figure, SkippedError, TimesLess, table
from bench.start import CLOCK, KEPT, KINDS, REPEATS, files, temporary

TITLE = "Other browsers"
VISITS = ("first visit", "second visit")
SOONER = TimesLess(2)
CAN_KEEP = "return Boolean(navigator.storage?.getDirectory)"


@dataclass
class Times:
    """Seconds in one browser; the keys of `plot` are who and which visit."""

    keeps: bool = False
    plot: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    stop: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)


def click(page: Page, selector: str, found: str) -> float:
    """Seconds from a click until something is found."""
    script = f"{CLOCK}\nreturn await first(...values)"
    milliseconds: float = page.evaluate(script, selector, found)
    return milliseconds / 1000


def visit(page: Page, kind: str) -> float:
    """Seconds from click to plot."""
    page.wait("document.querySelector(values[0])", KINDS[kind].button)
    time.sleep(0.5)
    return click(page, KINDS[kind].button, KINDS[kind].image)


def stop_and_go_on(page: Page, times: Times) -> None:
    """Stop ends a loop; then another cell is run at once."""
    page.evaluate("document.querySelector('#loop .cell-run').click()")
    page.wait("document.querySelector('py-cell#loop[data-state=running]')")
    time.sleep(0.3)
    times.stop.append(click(page, "#loop .cell-stop", "py-cell#loop[data-state=stopped]"))
    times.again.append(click(page, "#text .cell-run", "py-cell#text[data-state=done]"))


def measure(name: str, content: dict[str, bytes]) -> Times:
    """Ours and stock take turns; each repeat has a profile of its own on disk."""
    times = Times()
    with Theatre(content).running() as theatre:
        for _ in range(min(REPEATS, 3)):
            for kind in KINDS:
                with temporary() as profile:
                    for when in VISITS:
                        with theatre.browser(name, profile, KINDS[kind].path) as page:
                            seconds = visit(page, kind)
                            times.plot.setdefault((kind, when), []).append(seconds)
                            times.keeps = page.evaluate(CAN_KEEP)
                            if kind == "ours" and times.keeps:
                                page.wait(KEPT)
                            time.sleep(1)
                            if kind == "ours" and when == "second visit":
                                stop_and_go_on(page, times)
    return times


def figures(times: Times) -> list[Figure]:
    """What was measured, beside its bars."""
    why = "WebKitGTK has no file system for pages, which Safari has: every start is a first one."
    return [
        *(
            Figure(
                f"{when}: click to first plot",
                "s",
                times.plot["ours", when],
                times.plot["stock", when],
                SOONER,
            )
            for when in VISITS
        ),
        Figure("Stop to the end of an endless loop", "s", times.stop, bar=AtMost(1)),
        Figure(
            "after Stop: Run Code to output",
            "s",
            times.again,
            bar=AtMost(1),
            why="" if times.keeps else why,
        ),
    ]


def markdown() -> str:
    """Measure, and return the tables."""
    found = [name for name in NAMES if program(name)]
    if not found:
        raise SkippedError("Firefox and WebKitGTK's MiniBrowser are not installed")
    content = files()
    parts = [
        "Files on localhost, a profile of its own on disk per repeat, clicked at once with no "
        "prior intent, from the click to the decoded picture; ours and stock take turns. The "
        "browsers run without a driver: a script in the page clicks. Before the second visit the "
        "browser was started anew."
    ]
    for name in found:
        parts += [f"### {version(name)}", table(figures(measure(name, content)))]
    return "\n\n".join(parts)


if __name__ == "__main__":
    print(markdown())
