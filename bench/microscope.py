"""The microscope: frames a second as it plays, and from a move of its start to the new walk.

The clock runs in the page. A frame counts when the point has moved on; a move of the start has
come when the walk that Python has worked out anew is on the screen.
"""

from statistics import fmean

from playwright.sync_api import Page, sync_playwright

from bench.report import AtMost, Figure, table
from bench.site import site
from bench.slow_host import Host
from bench.start import REPEATS, profile, temporary

TITLE = "The microscope"
WATCH_MS = 3000
MOVES = 30
SETTLES = 10  # of them at the beginning, which are not counted: functions are compiled
FAST = AtMost(1000 / 55)
# Milliseconds between frames in which the point was drawn at another place.
FRAMES = """(milliseconds) => new Promise((resolve) => {
  const figure = document.querySelector("#microscope figure.scope");
  const here = figure.querySelector(".scope-here");
  const times = [];
  let last = "";
  figure.querySelector(".scope-play").click();
  const begin = performance.now();
  const look = (now) => {
    const place = `${here.getAttribute("cx")} ${here.getAttribute("cy")}`;
    if (place !== last) times.push(now);
    last = place;
    if (now - begin < milliseconds) requestAnimationFrame(look);
    else {
      figure.querySelector(".scope-play").click();
      resolve(times.slice(1).map((time, at) => time - times[at]));
    }
  };
  requestAnimationFrame(look);
})"""
# Milliseconds between frames while it plays, whatever is drawn.
PLAYED = FRAMES.replace("if (place !== last) times", "times")
# A pointer holds the start and moves it, as soon as the walk of the last place is there.
MOVED = """(moves) => new Promise((resolve) => {
  const grip = document.querySelector("#microscope .scope-start");
  const walk = document.querySelector("#microscope .scope-to-come");
  const { left, top, width, height } = grip.getBoundingClientRect();
  const event = (kind, at) => new PointerEvent(kind, {
    clientX: left + width / 2 + 2 * at, clientY: top + height / 2 + at, pointerId: 7,
    pointerType: "mouse", bubbles: true, cancelable: true, isPrimary: true,
  });
  grip.dispatchEvent(event("pointerdown", 0));
  const took = [];
  const move = (at) => {
    const before = walk.getAttribute("points");
    const begin = performance.now();
    const look = () => {
      if (walk.getAttribute("points") === before) return requestAnimationFrame(look);
      setTimeout(() => {
        took.push(performance.now() - begin);
        if (at < moves) return move(at + 1);
        dispatchEvent(event("pointerup", at));
        resolve(took);
      });
    };
    dispatchEvent(event("pointermove", at));
    requestAnimationFrame(look);
  };
  move(1);
})"""


def one(page: Page, address: str) -> tuple[list[float], list[float], list[float]]:
    """Moves the start of Adam's walk in Rosenbrock's valley; plays 200 steps, slowly and fast."""
    page.goto(f"{address}labs/microscope/")
    lab = page.locator("#microscope")
    lab.locator(".scope-count").wait_for()
    lab.get_by_label("surface", exact=True).select_option("Rosenbrock")
    page.locator("py-cell#microscope[data-state=done]").wait_for()
    lab.locator(".scope-path").scroll_into_view_if_needed()
    moved = page.evaluate(MOVED, MOVES)
    lab.get_by_label("steps", exact=True).fill("200")
    lab.get_by_text("of 200", exact=False).wait_for()
    page.locator("py-cell#microscope[data-state=done]").wait_for()
    lab.locator(".scope-speed").select_option("0.25")
    page.evaluate(FRAMES, WATCH_MS)
    gliding = page.evaluate(FRAMES, WATCH_MS)
    lab.locator(".scope-speed").select_option("4")
    played = page.evaluate(PLAYED, WATCH_MS)
    return gliding, played, moved[SETTLES:]


def markdown() -> str:
    """Measure, and return the table."""
    gliding, played, moved = [], [], []
    with sync_playwright() as playwright, Host(site(), None, 0.0).running() as host:
        for _ in range(REPEATS):
            with temporary() as folder, profile(playwright, folder) as context:
                slow, fast, moves = one(context.new_page(), host.address)
                gliding.append(fmean(slow))
                played.append(fmean(fast))
                moved += moves
    words = (
        "Adam on Rosenbrock’s valley: 200 steps are played; the start is moved with 60. 18.2 ms "
        "are 55 frames a second, 16.7 are 60. At four times the speed all four views show 32 steps "
        "a second."
    )
    figures = [
        Figure("the point glides, mean time between frames", "ms", gliding, (), FAST),
        Figure("all views at four times the speed, between frames", "ms", played, (), FAST),
        Figure("from a move of the start to the new walk", "ms", moved),
    ]
    return "\n\n".join([words, table(figures)])


if __name__ == "__main__":
    print(markdown())
