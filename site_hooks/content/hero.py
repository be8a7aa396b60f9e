"""The front page's figure: four of pylib's optimizers on one loss, an SVG that follows the theme.

pylib takes the steps in a Python of its own; here they are only drawn.
"""

import json
import math
import subprocess
import sys

from site_hooks.errors import BuildError
from site_hooks.paths import ROOT

STEPS = 60
CONDITION, ANGLE = 12.0, -26.0  # of the curvatures; degrees
START = (-2.6, 2.0)
# Name, class, settings, colour, and where the label stands in the plane.
RUNS: tuple[tuple[str, str, dict[str, float], str, tuple[float, float]], ...] = (
    ("SGD", "SGD", {"lr": 0.13}, "orange", (-2.93, 0.78)),
    ("momentum", "SGD", {"lr": 0.02, "momentum": 0.9}, "blue", (-1.72, 0.24)),
    ("RMSprop", "RMSprop", {"lr": 0.06, "alpha": 0.9}, "green", (-1.75, 1.44)),
    ("Adam", "Adam", {"lr": 0.2}, "purple", (-0.16, -0.36)),
)

# The part of the plane that is drawn: x to the right, y up, one scale for both,
# so that a gradient stands at a right angle to the lines of equal loss.
LEFT, RIGHT, BOTTOM, TOP = -3.1, 1.7, -1.3, 2.3
SCALE = 400 / 3

_WALK = """
import json, sys
import numpy as np
from pylib import optimizers
from pylib.surfaces import Quadratic

from site_hooks.errors import BuildError
from site_hooks.paths import ROOT
from site_hooks.errors import BuildError
from site_hooks.paths import ROOT
from site_hooks.errors import BuildError

task = json.load(sys.stdin)
surface = Quadratic(condition=task["condition"], angle=task["angle"])
paths = []
for name, settings in task["runs"]:
    w = np.array(task["start"])
    optimizer = getattr(optimizers, name)([w], **settings)
    path = [w.tolist()]
    for _ in range(task["steps"]):
        optimizer.step([surface.gradient(w)])
        path.append(w.tolist())
    paths.append(path)
json.dump(paths, sys.stdout)
"""


def figure() -> str:
    """The figure as one line-safe block of HTML, the same for the same pylib."""
    x, y = _pixel((0.0, 0.0))
    rings = "".join(
        # The loss is level where curvature * w**2 / 2 = level along either axis of the valley.
        f'<ellipse rx="{_radius(level, 1.0)}" ry="{_radius(level, CONDITION)}"/>'
        for level in (0.03 * 2.1**power for power in range(11, -1, -1))
    )
    lines = "".join(
        f'<path pathLength="1" class="walk walk--{colour}" d="{_path(path)}"/>'
        for (_, _, _, colour, _), path in zip(RUNS, walk(), strict=True)
    )
    labels = "".join(
        f'<text class="walk-name walk-name--{colour}" {_at(place)}>{name}</text>'
        for name, _, _, colour, place in RUNS
    )
    start_x, start_y = _pixel(START)
    return (
        '<figure class="hero__figure">'
        f'<svg viewBox="0 0 {_round((RIGHT - LEFT) * SCALE)} {_round((TOP - BOTTOM) * SCALE)}" '
        'role="img" aria-labelledby="hero-title hero-text">'
        '<title id="hero-title">Four optimizers on one loss</title>'
        '<desc id="hero-text">Lines of equal loss form a long, tilted valley. From one start, '
        "SGD zigzags across the valley, momentum swings past the bottom and returns, "
        "and RMSprop and Adam go along it more directly.</desc>"
        f'<g class="rings" transform="translate({x} {y}) rotate({_round(-ANGLE)})">{rings}</g>'
        f'<g class="walks">{lines}</g>'
        f'<circle class="walk-start" cx="{start_x}" cy="{start_y}" r="6"/>'
        f'<path class="walk-minimum" d="M{x} {_round(y - 8)}v16M{_round(x - 8)} {y}h16"/>'
        f"{labels}"
        f'<text class="walk-note" {_at((START[0] + 0.1, START[1] + 0.06))}>start</text>'
        "</svg>"
        f"<figcaption>One loss, one start, {STEPS} steps each. "
        "Every ring joins weights of equal loss; the cross is the minimum. "
        "Computed by the lesson’s own code.</figcaption>"
        "</figure>"
    )


def walk() -> list[list[list[float]]]:
    """The weights after every step of every run, from the start on: pylib's own."""
    task = {
        "condition": CONDITION,
        "angle": ANGLE,
        "start": START,
        "steps": STEPS,
        "runs": [(name, settings) for _, name, settings, _, _ in RUNS],
    }
    done = subprocess.run(
        [sys.executable, "-c", _WALK],
        input=json.dumps(task),
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"the front page's figure: {done.stderr.strip()}")
    paths: list[list[list[float]]] = json.loads(done.stdout)
    return paths


def _radius(level: float, curvature: float) -> float:
    return _round(math.sqrt(2 * level / curvature) * SCALE)


def _path(points: list[list[float]]) -> str:
    pixels = [_pixel((x, y)) for x, y in points]
    return "M" + " ".join(f"{x:g} {y:g}" for x, y in pixels)


def _at(point: tuple[float, float]) -> str:
    x, y = _pixel(point)
    return f'x="{x:g}" y="{y:g}"'


def _pixel(point: tuple[float, float]) -> tuple[float, float]:
    return _round((point[0] - LEFT) * SCALE), _round((TOP - point[1]) * SCALE)


def _round(value: float) -> float:
    return round(value, 1)
