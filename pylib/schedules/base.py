"""What schedules share: their type, the checks of their settings, and a power without overflow."""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

from pylib import _validate

Schedule: TypeAlias = Callable[[int], float]
"""From a step, counted from 0, to the learning rate of that step."""


def whole_step(step: Any) -> int:
    """Return a step as an int, if it is a whole number of at least 0."""
    return _validate.whole("step", step)


def check_numbers(
    schedule: object, *names: str, high: float = math.inf, open_low: bool = False
) -> None:
    """Keep the named settings as floats; refuse what is not a finite number from 0 to `high`."""
    for name in names:
        value = _validate.number(name, getattr(schedule, name), 0, high, open_low=open_low)
        object.__setattr__(schedule, name, value)


def check_counts(schedule: object, *names: str, low: int = 0) -> None:
    """Keep the named settings as ints; refuse what is not a whole number of at least `low`."""
    for name in names:
        object.__setattr__(schedule, name, _validate.whole(name, getattr(schedule, name), low))


def check_milestones(schedule: object) -> None:
    """Keep the milestones as a tuple of steps; refuse those that fall."""
    given = _validate.items("milestones", getattr(schedule, "milestones"), "steps")  # noqa: B009
    steps = [_validate.whole(f"milestones[{i}]", step) for i, step in enumerate(given)]
    if steps != sorted(steps):
        raise ValueError(f"milestones are {steps}; they must be in rising order")
    object.__setattr__(schedule, "milestones", tuple(steps))


def grown(start: float, factor: float, times: int) -> float:
    """Start · factor^times, also where that power is past the largest float: Python's own raises.

    Examples:
        >>> grown(1.0, 2.0, 10), grown(1.0, 2.0, 5000), grown(0.0, 2.0, 5000)
        (1024.0, inf, 0.0)
        >>> round(grown(1e-300, 10.0, 310))
        10000000000
    """
    try:
        return start * factor**times
    except OverflowError:
        if start == 0 or factor < 1:
            return 0.0
        # whatever is above 1 has passed every float long before 2⁶² times
        exponent = math.log(abs(start)) + min(times, 2**62) * math.log(factor)
        return math.copysign(math.exp(exponent) if exponent < 709 else math.inf, start)
