"""Who races: an optimizer with its settings, and a schedule for its rate."""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pylib import _validate, optimizers
from pylib.schedules import (
    ConstantLR,
    CosineAnnealingLR,
    ExponentialLR,
    LinearLR,
    OneCycleLR,
    Schedule,
    StepLR,
    warmup_cosine,
)

__all__ = ["OPTIMIZERS", "SCHEDULES", "Contender", "contender"]

# All but Muon, which takes matrices: here the weights stand in one array.
OPTIMIZERS = tuple(
    name for name in optimizers.__all__ if name not in ("GradientOptimizer", "Muon", "Optimizer")
)
FIRST_RATE = 0.01  # of a class that has none
# From the peak rate and the number of updates to the rate of each.
SCHEDULES: dict[str, Callable[[float, int], Schedule]] = {
    "constant": lambda lr, steps: ConstantLR(lr, factor=1.0),
    "cosine": lambda lr, steps: CosineAnnealingLR(lr, T_max=steps),
    "warmup": lambda lr, steps: warmup_cosine(lr, min(max(steps // 10, 1), steps - 1), steps),
    "linear": lambda lr, steps: LinearLR(lr, 1.0, 0.0, total_iters=steps),
    "step": lambda lr, steps: StepLR(lr, step_size=max(steps // 3, 1)),
    "exponential": lambda lr, steps: ExponentialLR(lr, gamma=0.01 ** (1 / steps)),
    "onecycle": lambda lr, steps: OneCycleLR(lr, total_steps=steps, cycle_momentum=False),
}


@dataclass(frozen=True)
class Contender:
    """An optimizer of a race.

    Attributes:
        kind: Its class.
        lr: Its rate, or the peak of its schedule.
        settings: The other arguments of the class.
        schedule: One of `SCHEDULES`.
    """

    kind: type
    lr: float
    settings: Mapping[str, Any] = field(default_factory=dict)
    schedule: str = "constant"

    def at(self, lr: float) -> "Contender":
        """The same one at another rate."""
        return replace(self, lr=lr)

    def rates(self, steps: int) -> Schedule:
        """Its schedule for a race of so many updates."""
        return SCHEDULES[self.schedule](self.lr, steps)


def contender(
    optimizer: str,
    lr: float | None = None,
    settings: Mapping[str, Any] | None = None,
    schedule: str = "constant",
    own: Mapping[str, Any] | None = None,
) -> Contender:
    """Make a contender.

    Args:
        optimizer: One of `OPTIMIZERS`, or `"own:"` and the name of a class in `own`.
        lr: Its rate; the default of its class if there is none.
        settings: The other arguments of the class.
        schedule: One of `SCHEDULES`.
        own: Names and values among which a class of the learner's is looked up.

    Returns:
        The contender.

    Raises:
        TypeError: A setting is of the wrong kind.
        ValueError: There is no such optimizer, setting or schedule, or one is out of its range.

    Examples:
        >>> contender("SGD", 0.1, {"momentum": 0.9}).settings
        {'momentum': 0.9}
        >>> contender("Muon")
        Traceback (most recent call last):
        ...
        ValueError: Muon takes matrices, and in a race all weights stand in one array
    """
    kind = _class(optimizer, own or {})
    parameters = inspect.signature(kind).parameters
    if lr is None:
        lr = _usual(parameters)
    if unknown := set(settings or {}) - set(parameters):
        raise ValueError(f"{kind.__name__} has no setting {', '.join(sorted(unknown))}")
    given = {
        name: tuple(value) if isinstance(value, list) else value  # JSON has no tuples
        for name, value in (settings or {}).items()
    }
    schedule = _validate.choice("schedule", schedule, tuple(SCHEDULES))
    return Contender(kind, _validate.number("lr", lr, 0), given, schedule)


def _usual(parameters: Mapping[str, inspect.Parameter]) -> float:
    """The rate that a class has by itself, if it has one that can be run with."""
    usual = parameters["lr"].default if "lr" in parameters else None
    if isinstance(usual, int | float) and 0 <= usual < math.inf:
        return float(usual)
    return FIRST_RATE


def _class(name: str, own: Mapping[str, Any]) -> type:
    if name == "Muon":
        raise ValueError("Muon takes matrices, and in a race all weights stand in one array")
    if name.startswith("own:"):
        found = own.get(name[4:])
        if not isinstance(found, type):
            raise ValueError(f"there is no class {name[4:]} yet; run the cell that makes it")
        return found
    kind: type = getattr(optimizers, _validate.choice("optimizer", name, OPTIMIZERS))
    return kind
