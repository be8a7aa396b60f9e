"""What schedules share: their type, and the checks of their settings."""

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

Schedule: TypeAlias = Callable[[int], float]
"""From a step, counted from 0, to the learning rate of that step."""


def check_step(step: Any) -> int:
    """Return a step as an int."""
    try:
        t = operator.index(step)
    except TypeError:
        raise TypeError(f"step is {step!r}; it must be a whole number") from None
    if t < 0:
        raise ValueError(f"step is {t}; steps count from 0")
    return t


def check_number(name: str, value: Any, most: float = math.inf) -> None:
    """Refuse what is not a finite number from 0 on."""
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise TypeError(f"{name} is {value!r}; it must be a number")
    if not (0 <= value <= most and math.isfinite(value)):
        limit = "" if most == math.inf else f" and at most {most}"
        raise ValueError(f"{name} is {value}; it must be finite, at least 0{limit}")


def check_count(name: str, value: Any, least: int = 0) -> None:
    """Refuse what is not a whole number."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} is {value!r}; it must be a whole number")
    if value < least:
        raise ValueError(f"{name} is {value}; it must be at least {least}")


def check_choice(name: str, value: Any, choices: tuple[str, ...]) -> None:
    """Refuse another word."""
    if value not in choices:
        raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(map(repr, choices))}")


def check_milestones(milestones: Any) -> tuple[int, ...]:
    """Return steps in rising order."""
    if not isinstance(milestones, Sequence) or isinstance(milestones, str):
        raise TypeError(f"milestones is {milestones!r}; it must be a list of steps")
    for milestone in milestones:
        check_count("a milestone", milestone)
    if list(milestones) != sorted(milestones):
        raise ValueError(f"milestones are {list(milestones)}; they must be in rising order")
    return tuple(milestones)
