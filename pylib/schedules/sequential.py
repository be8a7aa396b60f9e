"""Schedules made of schedules: one after another, or all at once."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from pylib import _validate
from pylib._typing import IntArray
from pylib.schedules.base import Schedule, check_milestones, whole_step
from pylib.schedules.cosine import CosineAnnealingLR
from pylib.schedules.decay import ExponentialLR, LinearLR, PolynomialLR
from pylib.schedules.step import ConstantLR, MultiStepLR, StepLR

__all__ = ["ChainedScheduler", "SequentialLR", "warmup_cosine"]

Factor: TypeAlias = (
    ConstantLR | LinearLR | StepLR | MultiStepLR | ExponentialLR | PolynomialLR | CosineAnnealingLR
)
"""A base rate times a factor of the step."""


@dataclass(frozen=True)
class SequentialLR:
    """One schedule after another, each counting its own steps from 0.

        lr(t) = schedulers[i](t − milestones[i − 1])   with i the number of milestones ≤ t

    Args:
        schedulers: the schedules, in order.
        milestones: the steps at which the second, third, ... begin, in rising order.

    Raises:
        TypeError: A schedule is not callable with a step, as ReduceLROnPlateau is not.
        ValueError: There is not one milestone fewer than schedules, or the milestones fall.

    Examples:
        >>> from pylib.schedules import ExponentialLR
        >>> warm_up = LinearLR(1.0, start_factor=0.5, total_iters=2)
        >>> schedule = SequentialLR([warm_up, ExponentialLR(1.0, gamma=0.5)], milestones=[2])
        >>> [schedule(t) for t in range(5)]
        [0.5, 0.75, 1.0, 0.5, 0.25]

    Source:
        [PyTorch](https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.SequentialLR.html).
    """

    schedulers: Sequence[Schedule]
    milestones: Sequence[int] | IntArray

    def __post_init__(self) -> None:
        schedules = _validate.items("schedulers", self.schedulers, "schedules")
        object.__setattr__(self, "schedulers", tuple(schedules))
        check_milestones(self)
        for i, schedule in enumerate(schedules):
            if isinstance(schedule, type) or not callable(schedule):
                raise TypeError(
                    f"schedulers[{i}] is a {type(schedule).__name__}, which gives no rate for a "
                    "step; use a schedule that can be called with one"
                )
        if len(self.milestones) != len(schedules) - 1:
            raise ValueError(
                f"{len(schedules)} schedules and {len(self.milestones)} milestones; "
                "give one milestone fewer than schedules"
            )

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        schedule, t = self._at(step)
        return schedule(t)

    @property
    def cycle_momentum(self) -> bool:
        """Whether one of the schedules sets the momentum too."""
        return any(getattr(each, "cycle_momentum", False) for each in self.schedulers)

    def momentum(self, step: int) -> float | None:
        """Return the momentum of a step; None where its schedule leaves it as it is."""
        schedule, t = self._at(step)
        if not getattr(schedule, "cycle_momentum", False):
            return None
        momentum: float | None = schedule.momentum(t)  # type: ignore[attr-defined]
        return momentum

    def _at(self, step: int) -> tuple[Schedule, int]:
        """Return the schedule of a step, and the step as that schedule counts it."""
        t = whole_step(step)
        i = bisect_right(self.milestones, t)
        return self.schedulers[i], t - self.milestones[i - 1] if i else t


@dataclass(frozen=True)
class ChainedScheduler:
    """Several schedules at once: their factors multiply.

        lr(t) = base_lr · Πᵢ (schedulersᵢ(t) / base_lr)

    Each must be a base rate times a factor of the step, and all must start from one base rate.
    PyTorch chains others too, where the last one wins or their parts mix; these are refused.

    Args:
        schedulers: the schedules, of `ConstantLR`, `LinearLR`, `StepLR`, `MultiStepLR`,
            `ExponentialLR`, `PolynomialLR`, and `CosineAnnealingLR` down to 0.

    Raises:
        TypeError: One of them is of another kind.
        ValueError: There is none, they start from different rates, or a cosine has an `eta_min`.

    Examples:
        >>> from pylib.schedules import ConstantLR, ExponentialLR
        >>> slow_start = ConstantLR(0.1, factor=0.1, total_iters=2)
        >>> schedule = ChainedScheduler([slow_start, ExponentialLR(0.1, gamma=0.5)])
        >>> [round(schedule(t), 6) for t in range(4)]
        [0.01, 0.005, 0.025, 0.0125]

    Source:
        [PyTorch](https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ChainedScheduler.html).
    """

    schedulers: Sequence[Factor]

    def __post_init__(self) -> None:
        schedules = _validate.items("schedulers", self.schedulers, "schedules")
        for i, schedule in enumerate(schedules):
            if not isinstance(schedule, Factor):
                raise TypeError(
                    f"schedulers[{i}] is {schedule!r}, which is no base rate times a factor; "
                    "use SequentialLR, or a function of the step that multiplies them"
                )
            if isinstance(schedule, CosineAnnealingLR) and schedule.eta_min:
                raise ValueError(f"schedulers[{i}] has eta_min {schedule.eta_min}; it must be 0")
        bases = sorted({schedule.base_lr for schedule in schedules})
        if len(bases) != 1:
            raise ValueError(
                f"the schedules start from {bases}; give one or more with the same base_lr"
            )
        object.__setattr__(self, "schedulers", tuple(schedules))

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        first, *others = self.schedulers
        return math.prod((replace(each, base_lr=1.0)(step) for each in others), start=first(step))


def warmup_cosine(
    base_lr: float, warmup_steps: int, total_steps: int, eta_min: float = 0.0
) -> Schedule:
    """Return a linear warm-up followed by cosine annealing.

        lr(t) = base_lr · (t + 1) / (warmup_steps + 1)    for t < warmup_steps
        lr(t) = eta_min + (base_lr − eta_min) · (1 + cos(π (t − warmup_steps) / T)) / 2,
                T = total_steps − warmup_steps            up to t = total_steps, then eta_min

    Args:
        base_lr: the highest rate, at step `warmup_steps`.
        warmup_steps: steps of the warm-up; 0 for none.
        total_steps: the step at which `eta_min` is reached; it includes the warm-up.
        eta_min: the lowest rate.

    Returns:
        A schedule.

    Raises:
        TypeError: An argument is not a number.
        ValueError: An argument is out of its range, or the warm-up leaves no step for the fall.

    Examples:
        >>> schedule = warmup_cosine(1.0, warmup_steps=3, total_steps=8)
        >>> [round(schedule(t), 4) for t in range(9)]
        [0.25, 0.5, 0.75, 1.0, 0.9045, 0.6545, 0.3455, 0.0955, 0.0]

    Source:
        Goyal et al. (2017), <https://arxiv.org/abs/1706.02677>; Loshchilov and Hutter (2017),
        <https://arxiv.org/abs/1608.03983>.
    """
    warmup_steps = _validate.whole("warmup_steps", warmup_steps)
    total_steps = _validate.whole("total_steps", total_steps, 1)
    if warmup_steps >= total_steps:
        raise ValueError(
            f"warmup_steps is {warmup_steps} and total_steps {total_steps}; "
            "total_steps includes the warm-up, so it must be the larger"
        )
    cosine = CosineAnnealingLR(base_lr, total_steps - warmup_steps, eta_min)
    if warmup_steps == 0:
        return cosine
    warm_up = LinearLR(base_lr, start_factor=1 / (warmup_steps + 1), total_iters=warmup_steps)
    return SequentialLR([warm_up, cosine], milestones=[warmup_steps])
