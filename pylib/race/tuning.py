"""The search for a contender's rate: every contender gets the same number of trials."""

import math
from typing import NamedTuple

from pylib import _validate
from pylib.race.contenders import Contender
from pylib.race.courses import Course
from pylib.race.running import By, Run, run

__all__ = ["DECADES", "Trial", "score", "tune"]

# Each search begins with these powers of 10.
DECADES = (-4, -3, -2, -1, 0, 1)


class Trial(NamedTuple):
    """A rate, and the score of the run with it: lower is better."""

    lr: float
    score: float


def score(run: Run) -> float:
    """The worst loss of a run's last fifth: it has to arrive, and to stay.

    Args:
        run: The run.

    Returns:
        That loss; infinity if the run diverged.
    """
    if run.stopped is not None:
        return math.inf
    return float(run.losses[-max(len(run.losses) // 5, 1) :].max())


def tune(
    course: Course, contender: Contender, length: int, by: By = "steps", trials: int = 12
) -> list[Trial]:
    """Try rates: six powers of 10 first, then halfway to the best one's neighbors, ever nearer.

    Args:
        course: What it runs on.
        contender: Who runs; its other settings stay.
        length: Of each run, as `run` takes it.
        by: What `length` counts.
        trials: How many runs there are.

    Returns:
        The trials, in their order.

    Raises:
        ValueError: If there are fewer than six trials.

    Examples:
        >>> from pylib.race.contenders import contender
        >>> from pylib.race.courses import course
        >>> found = tune(course("Quadratic"), contender("SGD"), 50)
        >>> len(found), round(min(found, key=lambda trial: trial.score).lr, 3)
        (12, 0.178)
    """
    trials = _validate.whole("trials", trials, len(DECADES))
    tried: dict[float, float] = {}  # by the power of 10

    def attempt(power: float) -> None:
        tried[power] = score(run(course, contender.at(10.0**power), length, by))

    for power in DECADES:
        attempt(power)
    gap = 0.5
    while len(tried) < trials:
        best = min(tried, key=lambda power: tried[power])
        near = [power for power in (best + gap, best - gap) if power not in tried]
        if near:
            attempt(near[0])
        else:
            gap /= 2
    return [Trial(10.0**power, reached) for power, reached in tried.items()]
