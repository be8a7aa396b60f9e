"""The front page's figure: four of pylib's optimizers on one loss, an SVG that follows the theme.

pylib takes the steps in a Python of its own; here they are only drawn.
"""

import importlib.metadata
import json
import math
import sys
from itertools import accumulate, combinations, pairwise, product
from typing import Any, NamedTuple

from site_hooks import kept, side_by_side
from site_hooks.errors import BuildError
from site_hooks.paths import CACHE, PYLIB, ROOT

STEPS = 22  # so few that the four are still apart
CONDITION, ANGLE = 12.0, -26.0  # of the curvatures; degrees
START = (-2.6, 2.0)
# Name, class, settings and colour.
RUNS: tuple[tuple[str, str, dict[str, float], str], ...] = (
    ("SGD", "SGD", {"lr": 0.13}, "orange"),
    ("momentum", "SGD", {"lr": 0.02, "momentum": 0.9}, "blue"),
    ("RMSprop", "RMSprop", {"lr": 0.06, "alpha": 0.9}, "green"),
    ("Adam", "Adam", {"lr": 0.2}, "purple"),
)

# The part of the plane that is drawn: x to the right, y up, one scale for both,
# so that a gradient stands at a right angle to the lines of equal loss.
LEFT, RIGHT, BOTTOM, TOP = -3.1, 2.2, -1.4, 2.3
SCALE = 640 / (RIGHT - LEFT)

# A name's letters, in the pixels of a telephone's style sheet, where they are largest.
LETTER, LINE = 18.5, 29.0
GAP = 10.0

Pixels = list[tuple[float, float]]

# The page of the race, and the file from which it has this one.
PAGE = "race.md"
FIRST = "race/first.json"

_RACE = """
import sys
from pylib.race import page
sys.stdout.write(page.race(sys.stdin.read()).text)
"""


def figure(race_page: str | None = None) -> str:
    """The figure as one line-safe block of HTML, the same for the same pylib.

    It plays by the style sheet alone: each line and its head follow one clock, step by step.

    Args:
        race_page: The address of the page of the race, which a click opens with this one.
    """
    x, y = _pixel((0.0, 0.0))
    rings = "".join(
        # The loss is level where curvature * w**2 / 2 = level along either axis of the valley.
        f'<ellipse rx="{_radius(level, 1.0)}" ry="{_radius(level, CONDITION)}"/>'
        for level in (0.03 * 2.1**power for power in range(11, -1, -1))
    )
    paths = [[_pixel((x, y)) for x, y in path] for path in walk()]
    lines = "".join(
        f'<g class="walk--{colour}" style="--pace:linear({_pace(path)})">'
        + "".join(
            f'<path pathLength="1" class="walk-{part}" d="{_path(path)}"/>'
            for part in ("way", "line", "head")
        )
        + "</g>"
        for (*_, colour), path in zip(RUNS, paths, strict=True)
    )
    labels = "".join(
        f'<text class="walk-name walk-name--{colour}" {place}>{name}</text>'
        for (name, *_, colour), place in zip(RUNS, _places(paths), strict=True)
    )
    start_x, start_y = _pixel(START)
    svg = (
        f'<svg viewBox="0 0 {_round((RIGHT - LEFT) * SCALE)} {_round((TOP - BOTTOM) * SCALE)}" '
        'role="img" aria-labelledby="hero-title" aria-describedby="hero-text">'
        '<title id="hero-title">Four optimizers on one loss</title>'
        '<desc id="hero-text">Lines of equal loss form a long, tilted valley. From one start, '
        "SGD zigzags across the valley, momentum swings past the bottom, "
        "and RMSprop and Adam go along it more directly.</desc>"
        f'<g class="rings" transform="translate({x} {y}) rotate({_round(-ANGLE)})">{rings}</g>'
        f'<g class="walks">{lines}</g>'
        f'<circle class="walk-start" cx="{start_x}" cy="{start_y}" r="6"/>'
        f'<path class="walk-minimum" d="M{x} {_round(y - 8)}v16M{_round(x - 8)} {y}h16"/>'
        f"{labels}"
        f'<text class="walk-note" x="{_round(start_x + GAP)}" '
        f'y="{_round(start_y - GAP)}">start</text>'
        "</svg>"
    )
    more = ""
    if race_page is not None:
        href = f"{race_page}#{settings()}".replace("&", "&amp;")
        svg = f'<a href="{href}">{svg}</a>'
        more = " A click opens the race."
    return (
        f'<figure class="hero__figure">{svg}'
        f"<figcaption>One loss, one start, {STEPS} steps each, at rates of their own. "
        "Every ring joins weights of equal loss; the cross is the minimum. "
        f"Computed by the lesson’s own code.{more} "
        '<label><input type="checkbox"/> Pause</label></figcaption>'
        "</figure>"
    )


def settings() -> str:
    """The race as a link has it: client/race/settings.ts reads it."""
    contenders = "".join(
        f"&c={name}," + ",".join(f"{key}:{value:g}" for key, value in own.items())
        for _, name, own, _ in RUNS
    )
    x, y = START
    return (
        f"on=Quadratic&condition={CONDITION:g}&angle={ANGLE:g}&start={x:g},{y:g}"
        f"&for={STEPS}{contenders}"
    )


def first() -> bytes:
    """What the page of the race shows before Python is there: this race, as JSON."""
    return json.dumps({"text": settings(), "answer": _answer()}, separators=(",", ":")).encode()


def walk() -> list[list[list[float]]]:
    """The weights after every step of every run, from the start on: pylib's own."""
    return [
        [list(point) for point in zip(run["x"], run["y"], strict=True)] for run in _answer()["runs"]
    ]


def _answer() -> Any:
    task = {
        "course": "Quadratic",
        "settings": {"condition": CONDITION, "angle": ANGLE},
        "start": START,
        "length": STEPS,
        "contenders": [
            {"optimizer": name, "lr": own.get("lr"), "settings": _but_rate(own)}
            for _, name, own, _ in RUNS
        ],
    }
    asked = json.dumps(task)
    numpy = importlib.metadata.version("numpy")
    name = kept.key(_RACE, asked, sys.version, numpy, kept.digest(ROOT, kept.tree(PYLIB)))
    return json.loads(kept.made(CACHE / "hero" / name, lambda: _taken(asked)))


def _but_rate(own: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in own.items() if name != "lr"}


def _taken(task: str) -> bytes:
    done = side_by_side.run([sys.executable, "-c", _RACE], stdin=task, cwd=ROOT)
    if done.returncode:
        raise BuildError(f"the front page's figure: {done.stderr.strip()}")
    return done.stdout.encode()


def _pace(path: Pixels) -> str:
    """How much of its length a line has after each step, as CSS has it."""
    lengths = [math.dist(*ends) for ends in pairwise(path)]
    total = sum(lengths)
    return ",".join(f"{round(part / total, 3):g}" for part in accumulate(lengths, initial=0.0))


def _radius(level: float, curvature: float) -> float:
    return _round(math.sqrt(2 * level / curvature) * SCALE)


def _path(pixels: Pixels) -> str:
    return "M" + " ".join(f"{x:g} {y:g}" for x, y in pixels)


# Right, left, above, below, then the corners.
_SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))


def _places(paths: list[Pixels]) -> list[str]:
    """Where each name stands: beside its own line's end, on the sides that cover least."""
    lines = [point for path in paths for point in _dense(path)]
    marks = [_Box(*point, GAP, GAP) for point in (_pixel((0.0, 0.0)), *(p[-1] for p in paths))]
    start = _Box(*paths[0][0], LETTER * len("start"), LINE).moved((1, -1))
    choices = []
    for (name, *_), path in zip(RUNS, paths, strict=True):
        box = _Box(*path[-1], LETTER * len(name), LINE)
        choices.append([(side, box.moved(side)) for side in _SIDES])
    covers = {box: box.covers(lines) for boxes in choices for _, box in boxes}

    def cost(names: tuple[tuple[tuple[int, int], _Box], ...]) -> int:
        own = [box for _, box in names]
        crossed = [one.meets(other) for one, other in combinations([start, *own], 2)]
        hidden = [box.meets(mark) for box in own for mark in marks]
        return sum(covers[box] for box in own) + sum(crossed + hidden) * len(lines)

    best = min(product(*choices), key=cost)
    return [
        f'x="{_round(path[-1][0] + GAP * side[0])}" y="{_round(box.y + 0.26 * LINE)}" '
        f'text-anchor="{ {-1: "end", 0: "middle", 1: "start"}[side[0]] }"'
        for (side, box), path in zip(best, paths, strict=True)
    ]


class _Box(NamedTuple):
    """The room that a name takes, by its middle."""

    x: float
    y: float
    width: float
    height: float

    def moved(self, side: tuple[int, int]) -> "_Box":
        """Beside the point that was its middle."""
        across, down = side
        return self._replace(
            x=self.x + across * (GAP + self.width / 2), y=self.y + down * (GAP + self.height / 2)
        )

    def covers(self, points: Pixels) -> int:
        """How many of the points lie in it; more than all of them, if it leaves the picture."""
        across, down = self.width / 2, self.height / 2
        width, height = (RIGHT - LEFT) * SCALE, (TOP - BOTTOM) * SCALE
        inside = across < self.x < width - across and down < self.y < height - down
        near = sum(abs(x - self.x) < across and abs(y - self.y) < down for x, y in points)
        return near + len(points) * (not inside)

    def meets(self, other: "_Box") -> bool:
        """Whether two of them overlap."""
        return (
            abs(self.x - other.x) < (self.width + other.width) / 2
            and abs(self.y - other.y) < (self.height + other.height) / 2
        )


def _dense(path: Pixels) -> Pixels:
    """Points along a line, some pixels apart."""
    return [
        (x + (to_x - x) * part / 16, y + (to_y - y) * part / 16)
        for (x, y), (to_x, to_y) in pairwise(path)
        for part in range(16)
    ]


def _pixel(point: tuple[float, float]) -> tuple[float, float]:
    return _round((point[0] - LEFT) * SCALE), _round((TOP - point[1]) * SCALE)


def _round(value: float) -> float:
    return round(value, 1)
