"""The strong Wolfe line search: how far to go along a direction."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from pylib._typing import FloatArray


@dataclass(frozen=True)
class Trial:
    """A point tried along the search direction d.

    Attributes:
        t: how far along d it lies.
        loss: the loss there; infinite where it is not defined.
        grad: the gradient there, all parameters in one flat array.
        slope: the derivative of the loss by t: grad · d.
    """

    t: float
    loss: float
    grad: FloatArray
    slope: float


def strong_wolfe(
    try_at: Callable[[float], Trial],
    start: Trial,
    t: float,
    d_max: float,
    max_trials: int = 25,
    c1: float = 1e-4,
    c2: float = 0.9,
    tolerance_change: float = 1e-9,
) -> tuple[Trial, int]:
    """Find a step that lowers the loss enough and leaves little slope.

    With φ(t) the loss at w + t d, a step t is accepted if

        φ(t) ≤ φ(0) + c1 · t · φ′(0)          the loss falls enough (Armijo)
        |φ′(t)| ≤ c2 · |φ′(0)|                the slope has flattened enough (curvature)

    First t grows until [previous t, t] must hold such a step; then the bracket is narrowed by
    the minimum of the cubic through its ends.

    Args:
        try_at: computes the trial at a given t.
        start: the trial at t = 0, with a negative slope.
        t: the first step to try.
        d_max: the largest |d|, by which the bracket's width is judged.
        max_trials: trials after the first.
        c1: share of the slope that the loss must follow.
        c2: share of the slope that may remain.
        tolerance_change: the least width of a bracket.

    Returns:
        The accepted trial, or the best one found, and how many trials were made.

    Examples:
        >>> import numpy as np
        >>> def parabola(t):  # (t − 3)² along d = 1
        ...     return Trial(t, (t - 3) ** 2, np.array([2 * (t - 3)]), 2 * (t - 3))
        >>> best, trials = strong_wolfe(parabola, parabola(0.0), t=0.1, d_max=1.0)
        >>> best.t, trials
        (1.0, 2)

    Source:
        Nocedal and Wright (2006), *Numerical Optimization*, algorithms 3.5 and 3.6,
        <https://doi.org/10.1007/978-0-387-40065-5>; the safeguards are those of Schmidt's
        minFunc, <https://www.cs.ubc.ca/~schmidtm/Software/minFunc.html>.
    """

    def falls_enough(trial: Trial) -> bool:
        return trial.loss <= start.loss + c1 * trial.t * start.slope

    def flat_enough(trial: Trial) -> bool:
        return abs(trial.slope) <= -c2 * start.slope

    previous, trial = start, try_at(t)
    trials, rounds = 1, 0
    while rounds < max_trials:
        if not falls_enough(trial) or (rounds > 1 and trial.loss >= previous.loss):
            break
        if flat_enough(trial):
            return trial, trials
        if trial.slope >= 0:
            break
        farther = (trial.t + 0.01 * (trial.t - previous.t), 10 * trial.t)
        previous, trial = trial, try_at(cubic_minimum(previous, trial, farther))
        trials, rounds = trials + 1, rounds + 1
    if rounds == max_trials:
        previous = start

    bracket = [previous, trial]
    low, high = _lower_first(bracket)
    stalled = False
    while rounds < max_trials:
        left, right = sorted((bracket[0].t, bracket[1].t))
        if (right - left) * d_max < tolerance_change:
            break

        t = cubic_minimum(bracket[0], bracket[1], (left, right))
        margin = 0.1 * (right - left)
        near_an_end = min(right - t, t - left) < margin
        if near_an_end and (stalled or t >= right or t <= left):
            t = right - margin if right - t < t - left else left + margin
            stalled = False
        else:
            stalled = near_an_end

        trial = try_at(t)
        trials, rounds = trials + 1, rounds + 1
        if not falls_enough(trial) or trial.loss >= bracket[low].loss:
            bracket[high] = trial
            low, high = _lower_first(bracket)
        elif flat_enough(trial):
            return trial, trials
        else:
            if trial.slope * (bracket[high].t - bracket[low].t) >= 0:
                bracket[high] = bracket[low]
            bracket[low] = trial
    return bracket[low], trials


def _lower_first(bracket: list[Trial]) -> tuple[int, int]:
    return (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)


def cubic_minimum(a: Trial, b: Trial, bounds: tuple[float, float]) -> float:
    """Return where the cubic through two trials, with their slopes, has its minimum.

        d1 = a.slope + b.slope − 3 (a.loss − b.loss) / (a.t − b.t)
        d2 = √(d1² − a.slope · b.slope)
        t  = b.t − (b.t − a.t) (b.slope + d2 − d1) / (b.slope − a.slope + 2 d2)

    Args:
        a: one trial.
        b: the other.
        bounds: the least and the greatest t to return.

    Returns:
        The minimum, moved into the bounds; their middle where the cubic has none, and on a
        straight line the bound to which it falls.

    Examples:
        >>> import numpy as np
        >>> left = Trial(0.0, 4.0, np.zeros(1), -4.0)  # (t − 2)² at 0
        >>> right = Trial(3.0, 1.0, np.zeros(1), 2.0)  # and at 3
        >>> cubic_minimum(left, right, (0.0, 3.0))
        2.0

    Source:
        Nocedal and Wright (2006), *Numerical Optimization*, equation 3.59,
        <https://doi.org/10.1007/978-0-387-40065-5>.
    """
    if a.t > b.t:
        a, b = b, a
    lowest, highest = bounds
    middle = (lowest + highest) / 2
    if a.t == b.t or not math.isfinite(a.loss - b.loss):
        return middle
    d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t)
    d2_squared = d1 * d1 - a.slope * b.slope
    if not d2_squared >= 0:
        return middle
    d2 = math.sqrt(d2_squared)
    rise, divisor = b.slope + d2 - d1, b.slope - a.slope + 2 * d2
    if divisor == 0:  # a straight line, which is followed as far as it falls
        return middle if rise == 0 else highest if rise < 0 else lowest
    t = b.t - (b.t - a.t) * rise / divisor
    return min(max(t, lowest), highest)
