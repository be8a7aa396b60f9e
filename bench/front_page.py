"""What the front page costs before any run: bytes, requests, paint, blocking, layout shift."""

from collections import defaultdict
from dataclasses import dataclass

from playwright.sync_api import Playwright, sync_playwright

from bench.report import AtMost, Figure, table
from bench.site import site
from bench.slow_host import Host
from bench.start import LINES, REPEATS, profile, temporary

TITLE = "The front page before any run"
SETTLED_MS = 5000
# Blocking time is what tasks take beyond 50 ms, from the first paint with content on.
OBSERVE = """
window.seen = { "paint": [], "longtask": [], "layout-shift": [] };
for (const type of Object.keys(seen))
  new PerformanceObserver(list => seen[type].push(...list.getEntries()))
    .observe({ type, buffered: true });
"""
READ = """() => {
  const paint = seen.paint.find(({ name }) => name === "first-contentful-paint").startTime;
  const tasks = seen.longtask.filter(({ startTime }) => startTime >= paint);
  const shifts = seen["layout-shift"].filter(({ hadRecentInput }) => !hadRecentInput);
  const total = (values) => values.reduce((sum, value) => sum + value, 0);
  return {
    paint,
    blocking: total(tasks.map(({ duration }) => Math.max(0, duration - 50))),
    shift: total(shifts.map(({ value }) => value)),
    resources: performance.getEntriesByType("resource").map(one => [one.name, one.encodedBodySize]),
  };
}"""


@dataclass(frozen=True)
class View:
    """A screen, how much slower its processor is made, and the line."""

    name: str
    width: int
    height: int
    slowdown: int
    line: str


VIEWS = [
    View("1280 px, localhost", 1280, 800, 1, "localhost"),
    View("1280 px, 20 Mbit/s", 1280, 800, 1, "20 Mbit/s"),
    View("360 px, processor slowed 4 times, 20 Mbit/s", 360, 740, 4, "20 Mbit/s"),
]


@dataclass(frozen=True)
class Load:
    """One load of the front page in a fresh profile."""

    kilobytes: float
    requests: int
    paint: float
    blocking: float
    shift: float
    by_kind: dict[str, float]


def load(playwright: Playwright, content: dict[str, bytes], view: View) -> Load:
    with (
        Host(content, *LINES[view.line]).running() as host,
        temporary() as folder,
        profile(playwright, folder) as context,
    ):
        context.add_init_script(OBSERVE)
        page = context.new_page()
        page.set_viewport_size({"width": view.width, "height": view.height})
        context.new_cdp_session(page).send(
            "Emulation.setCPUThrottlingRate", {"rate": view.slowdown}
        )
        page.goto(host.address)
        page.wait_for_timeout(SETTLED_MS)
        seen = page.evaluate(READ)
        kinds: dict[str, float] = defaultdict(float)
        for address, size in seen["resources"]:
            kinds[address.partition("?")[0].rpartition(".")[2]] += size / 1e3
        assert "pack" not in kinds, "Python was downloaded without a sign of intent"
        return Load(
            kilobytes=host.sent / 1e3,
            requests=host.requests,
            paint=seen["paint"],
            blocking=seen["blocking"],
            shift=seen["shift"],
            by_kind=kinds,
        )


def figures(loads: list[Load]) -> list[Figure]:
    return [
        Figure("transferred, gzip", "KB", [one.kilobytes for one in loads], bar=AtMost(300)),
        Figure("requests", "", [one.requests for one in loads]),
        Figure("first contentful paint", "ms", [one.paint for one in loads]),
        Figure("total blocking time", "ms", [one.blocking for one in loads]),
        Figure("cumulative layout shift", "", [one.shift for one in loads]),
    ]


def markdown() -> str:
    """Measure, and return the tables."""
    content = site()
    parts = [
        "The built site's front page in a fresh profile, with nothing touched, until "
        f"{SETTLED_MS // 1000} s after it was loaded. The host counts the bytes of all bodies, "
        "compressed with gzip where that is usual, and all requests, those of service workers too. "
        "Blocking time is what tasks take beyond 50 ms each, after the first paint with content; "
        "layout shift is the sum of all shifts."
    ]
    with sync_playwright() as playwright:
        for view in VIEWS:
            loads = [load(playwright, content, view) for _ in range(REPEATS)]
            kinds = loads[-1].by_kind.items()
            by_kind = ", ".join(f"{kind} {size:.0f}" for kind, size in sorted(kinds) if size >= 0.5)
            parts += [
                f"### {view.name}",
                table(figures(loads)),
                f"KB by kind, without the page itself: {by_kind}.",
            ]
    return "\n\n".join(parts)


if __name__ == "__main__":
    print(markdown())
