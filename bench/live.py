"""Slider to picture, animation, and keys while Python computes; stock draws the same pictures.

The clock runs in the page: from the input event to the frame in which the picture is on the screen.
Stock makes a new figure for each value and shows it as a PNG.
"""

import html
from collections.abc import Sequence
from statistics import quantiles

from playwright.sync_api import Page, sync_playwright

from bench.report import AtMost, Figure, table
from bench.slow_host import Host
from bench.start import CELL, REPEATS, files, profile, temporary

TITLE = "Live figures and animation"
MOVES = 40  # of a slider, in each repeat
SETTLES = 10  # of them at its beginning, which are not counted: functions are compiled
KEYS = 40
WATCH_MS = 2500

SLIDER = '#@param {type:"slider", min:0.01, max:0.1, step:0.001}'
PATH = f"""#@title A path {{ run: "auto" }}
rate = 0.02  {SLIDER}
import numpy as np
import matplotlib.pyplot as plt
x, y = np.meshgrid(np.linspace(-2, 2, 100), np.linspace(-2, 2, 100))
w, v, path = np.array([-1.5, 1.2]), np.zeros(2), []
for step in range(60):
    path.append(w.copy())
    v = 0.5 * v + np.array([1.0, 12.0]) * w
    w = w - rate * v
path = np.array(path)
fig, ax = plt.subplots()
ax.contour(x, y, x**2 + 12 * y**2, levels=12)
ax.plot(path[:, 0], path[:, 1], "o-", ms=3, label="path")
ax.set(title="A path", xlabel="w0", ylabel="w1", xlim=(-2, 2), ylim=(-2, 2))
ax.legend()"""
LOSS = f"""#@title A loss {{ run: "auto" }}
rate = 0.02  {SLIDER}
import numpy as np
import matplotlib.pyplot as plt
steps = np.arange(100)
fig, ax = plt.subplots()
ax.plot(steps, 3 * np.exp(-rate * steps) + rate, label="training")
ax.set(title="A loss", xlabel="step", ylabel="loss")
ax.legend()"""
PLOT_PATH = f"""#@title plot_path {{ run: "auto" }}
rate = 0.02  {SLIDER}
from pylib.optimizers import SGD
from pylib.plots import plot_path
from pylib.surfaces import Quadratic
from pylib.training import minimize
bowl = Quadratic(condition=20.0)
plot_path(bowl, {{"SGD": minimize(bowl, SGD, [-1.0, 1.0], steps=60, lr=rate, momentum=0.5)}})"""
RACE = """from pylib.optimizers import SGD, Adam, RMSprop
from pylib.plots import animate_path
from pylib.surfaces import Rosenbrock
from pylib.training import minimize
valley, start = Rosenbrock(), [-1.2, 1.0]
race = animate_path(valley, {
    "SGD": minimize(valley, SGD, start, steps=600, lr=0.001),
    "momentum": minimize(valley, SGD, start, steps=600, lr=0.001, momentum=0.9),
    "RMSprop": minimize(valley, RMSprop, start, steps=600, lr=0.01),
    "Adam": minimize(valley, Adam, start, steps=600, lr=0.05),
})"""
SOURCES = {
    "path": PATH,
    "loss": LOSS,
    "plot_path": PLOT_PATH,
    "race": RACE,
    "loop": "while True:\n    pass",
    "notes": "x = 1",
}
OURS = """<!doctype html><html class=js><meta charset=utf-8><title>Ours</title>
<link rel=stylesheet href=assets/client/cell.css>
<script type=module src=assets/client/index.js></script>
""" + "\n".join(CELL.format(name, html.escape(source)) for name, source in SOURCES.items())
STOCK = """<!doctype html><meta charset=utf-8><title>Stock</title><img id=out><script type=module>
const worker = new Worker("stock_worker.mjs", { type: "module" });
window.draw = (source) => new Promise((resolve) => {
  const begin = performance.now();
  worker.onmessage = async ({ data }) => {
    out.src = "data:image/png;base64," + data;
    await out.decode();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begin)));
  };
  worker.postMessage(source);
});
</script>"""
# Moves a slider to a value; until what is painted on the cell's canvas is on the screen.
MOVE = """([cell, value]) => new Promise((resolve) => {
  const slider = document.querySelector(`#${cell} input[type=range]`);
  const { putImageData } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.putImageData = function (...all) {
    CanvasRenderingContext2D.prototype.putImageData = putImageData;
    putImageData.apply(this, all);
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begin)));
  };
  const begin = performance.now();
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
})"""
LONG_TASKS = """() => {
  window.longest = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  }).observe({ type: "longtask" });
}"""
# How many other frames the player shows in a while, a second.
FRAMES = """(milliseconds) => new Promise((resolve) => {
  const range = document.querySelector("#race figure[data-kind=animation] input[type=range]");
  const begin = performance.now();
  let seen = 0, last = range.value;
  const look = (now) => {
    if (range.value !== last) seen += 1;
    last = range.value;
    if (now - begin < milliseconds) requestAnimationFrame(look);
    else resolve((1000 * seen) / (now - begin));
  };
  requestAnimationFrame(look);
})"""
# From the run's first frame to its last: how many Python draws in a second.
DRAWN = """() => new Promise((resolve) => {
  const cell = document.querySelector("#race");
  let begin = 0;
  new MutationObserver((_, watch) => {
    if (!cell.querySelector("figure[data-kind=animation]")) return;
    begin = performance.now();
    watch.disconnect();
  }).observe(cell, { childList: true, subtree: true });
  cell.addEventListener("py-cell:done", () => setTimeout(() => {
    const frames = Number(cell.querySelector("figure input[type=range]").max);
    resolve((1000 * frames) / (performance.now() - begin));
  }), { once: true });
  cell.querySelector(".cell-run").click();
})"""
KEY = """() => {
  window.keys = [];
  addEventListener("keydown", ({ timeStamp }) => {
    requestAnimationFrame(() => setTimeout(() => keys.push(performance.now() - timeStamp)));
  }, { capture: true });
}"""


class Measured:
    """What repeats have gathered, by name."""

    def __init__(self) -> None:
        self.ours: dict[str, list[float]] = {}
        self.stock: dict[str, list[float]] = {}

    def add(self, name: str, values: Sequence[float], *, stock: bool = False) -> None:
        (self.stock if stock else self.ours).setdefault(name, []).extend(values)


def values() -> list[float]:
    """Where a hand moves a slider: up and down, each time to another value."""
    up = [0.022 + 0.002 * step for step in range(MOVES // 2)]
    return [round(value, 3) for value in [*up, *(each + 0.001 for each in reversed(up))]]


def run(page: Page, cell: str, state: str = "done") -> None:
    page.locator(f"#{cell} .cell-run").click()
    page.locator(f"py-cell#{cell}[data-state={state}]").wait_for()


def drags(page: Page, found: Measured) -> None:
    """Each slider is moved as soon as the picture of its last value is there."""
    page.evaluate(LONG_TASKS)
    for name in ("path", "loss", "plot_path"):
        run(page, name)
        page.locator(f"#{name} input[type=range]").wait_for()
        page.evaluate("longest = 0")
        moved = [page.evaluate(MOVE, [name, str(value)]) for value in values()]
        found.add(name, moved[SETTLES:])
        page.wait_for_timeout(1500)  # the settled picture
        found.add("longest task", [page.evaluate("longest")])


def race(page: Page, found: Measured) -> None:
    """Twice: what draws is compiled the first time."""
    page.evaluate(DRAWN)
    found.add("drawn", [page.evaluate(DRAWN)])
    found.add("shown", [page.evaluate(FRAMES, WATCH_MS)])


def keys(page: Page, found: Measured) -> None:
    """One writes in a cell while another one computes."""
    run(page, "loop", "running")
    editor = page.locator("#notes .cm-content")
    editor.click()
    page.evaluate(KEY)
    for _ in range(KEYS):
        page.keyboard.press("a")
        page.wait_for_timeout(30)
    found.add("keys", page.evaluate("keys"))


def stock(page: Page, found: Measured) -> None:
    """The same two pictures for the same values."""
    for name in ("path", "loss"):
        drawn = [
            page.evaluate("draw", SOURCES[name].replace("rate = 0.02", f"rate = {value}"))
            for value in values()
        ]
        found.add(name, drawn[SETTLES:], stock=True)


def measure() -> Measured:
    found = Measured()
    content = files() | {"index.html": OURS.encode(), "stock.html": STOCK.encode()}
    with sync_playwright() as playwright, Host(content, None, 0.0).running() as host:
        for _ in range(REPEATS):
            with temporary() as folder, profile(playwright, folder) as context:
                page = context.new_page()
                page.goto(host.address)
                for part in (drags, race, keys):
                    part(page, found)
                page.close()
                page = context.new_page()
                page.goto(host.address + "stock.html")
                stock(page, found)
    return found


def figures(found: Measured) -> list[Figure]:
    """Medians, and 95th percentiles as figures of their own, beside their bars."""
    made: list[Figure] = []
    for name, words, bar in [
        ("path", "slider to picture, contour with a path", 50),
        ("loss", "slider to picture, loss curve", 35),
        ("plot_path", "slider to picture, `plot_path`", 50),
        ("keys", "key to painted frame while Python computes", 16),
    ]:
        ours, theirs = found.ours[name], found.stock.get(name, [])
        made.append(Figure(words, "ms", ours, theirs, AtMost(bar)))
        late, theirs_late = ([quantiles(all, n=20)[-1]] if all else [] for all in (ours, theirs))
        made.append(Figure(f"{words}: 95th percentile", "ms", late, theirs_late, bar=AtMost(bar)))
    longest = max(found.ours["longest task"])
    made.append(Figure("longest task of the page during drags", "ms", [longest], bar=AtMost(100)))
    for name, words in [("shown", "shown by the player"), ("drawn", "drawn by Python, two themes")]:
        between = [1000 / rate for rate in found.ours[name]]
        made.append(Figure(f"four paths on a contour, between frames {words}", "ms", between))
    made[-2] = Figure(made[-2].name, "ms", made[-2].ours, found.stock["path"], AtMost(1000 / 55))
    return made


def markdown() -> str:
    """Measure, and return the table."""
    found = measure()
    words = (
        f"Each slider is moved {MOVES} times, {MOVES - SETTLES} of them counted, as soon as the "
        "picture of the last value is there. Between frames 18.2 ms are 55 a second, 16.7 are 60. "
        "Stock beside the player: a new figure for each frame, as a PNG."
    )
    return "\n\n".join([words, table(figures(found))])


if __name__ == "__main__":
    print(markdown())
