"""The race page: frames a second while four contenders run, and what Python takes for a race.

A frame counts when the page has drawn all three pictures anew for another moment.
"""

from statistics import fmean

from playwright.sync_api import Page, sync_playwright

from bench.report import AtMost, Figure, table
from bench.site import site
from bench.slow_host import Host
from bench.start import REPEATS, profile, temporary

TITLE = "The race"
WATCH_MS = 3000
FAST = AtMost(1000 / 55)
FOUR = "for=400&c=SGD,lr:0.001&c=SGD,lr:0.0005,momentum:0.9&c=RMSprop,lr:0.01&c=Adam,lr:0.05"
RACES = {"Rosenbrock’s valley": f"on=Rosenbrock&{FOUR}", "the network": f"on=network&{FOUR}"}
# Milliseconds from the click until the race plays.
RUN = """() => new Promise((resolve) => {
  const button = document.querySelector(".race-player button");
  const begin = performance.now();
  new MutationObserver(() => button.textContent === "Pause" && resolve(performance.now() - begin))
    .observe(button, { childList: true, characterData: true, subtree: true });
  document.querySelector(".race-run").click();
})"""
# Milliseconds between frames in which every moving canvas was drawn anew.
FRAMES = """(milliseconds) => new Promise((resolve) => {
  const { clearRect } = CanvasRenderingContext2D.prototype;
  const drawn = new Set();
  CanvasRenderingContext2D.prototype.clearRect = function (...all) {
    drawn.add(this.canvas);
    clearRect.apply(this, all);
  };
  const begin = performance.now(), times = [];
  const look = (now) => {
    if (drawn.size === 3) times.push(now);
    drawn.clear();
    if (now - begin < milliseconds) requestAnimationFrame(look);
    else {
      CanvasRenderingContext2D.prototype.clearRect = clearRect;
      resolve(times.slice(1).map((time, at) => time - times[at]));
    }
  };
  requestAnimationFrame(look);
})"""


def one(page: Page, address: str, fragment: str) -> tuple[float, list[float]]:
    """Runs a race twice, as functions are compiled the first time; watches it play."""
    page.goto("about:blank")
    page.goto(f"{address}race/#{fragment}")
    page.locator(".race-run").wait_for()
    page.evaluate(RUN)
    page.locator(".race-player button").first.click()
    took = page.evaluate(RUN)
    return took, page.evaluate(FRAMES, WATCH_MS)


def markdown() -> str:
    """Measure, and return the table."""
    took: dict[str, list[float]] = {name: [] for name in RACES}
    between: dict[str, list[float]] = {name: [] for name in RACES}
    with sync_playwright() as playwright, Host(site(), None, 0.0).running() as host:
        for _ in range(REPEATS):
            with temporary() as folder, profile(playwright, folder) as context:
                page = context.new_page()
                for name, fragment in RACES.items():
                    milliseconds, frames = one(page, host.address, fragment)
                    took[name].append(milliseconds)
                    between[name].append(fmean(frames))
    figures = []
    for name in RACES:
        four = f"four contenders on {name}"
        mean = Figure(f"{four}, mean time between frames", "ms", between[name], (), FAST)
        figures += [mean, Figure(f"{four}, 400 steps each, click to play", "ms", took[name])]
    words = (
        "Three pictures are drawn anew for each frame: the paths over lines of equal loss, the "
        "distance and the loss. 18.2 ms are 55 frames a second, 16.7 are 60."
    )
    return "\n\n".join([words, table(figures)])


if __name__ == "__main__":
    print(markdown())
