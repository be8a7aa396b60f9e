"""Rates that are held, and change at given steps."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pylib._typing import IntArray
from pylib.schedules.base import (
    check_counts,
    check_milestones,
    check_numbers,
    grown,
    whole_step,
)

__all__ = ["ConstantLR", "MultiStepLR", "StepLR"]


@dataclass(frozen=True)
class ConstantLR:
    """A reduced constant rate for the first steps, then the base rate.

        lr(t) = base_lr · factor    for t < total_iters, then base_lr

    Args:
        base_lr: learning rate after the first steps.
        factor: what the rate is multiplied by at first, from 0 to 1.
        total_iters: how many steps are reduced; 0 for none.

    Raises:
        TypeError: An argument is not a number.
        ValueError: An argument is out of its range.

    Examples:
        >>> schedule = ConstantLR(0.1, factor=0.5, total_iters=2)
        >>> [schedule(t) for t in range(4)]
        [0.05, 0.05, 0.1, 0.1]

    Source:
        [PyTorch](https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ConstantLR.html).
    """

    base_lr: float
    factor: float = 1 / 3
    total_iters: int = 5

    def __post_init__(self) -> None:
        check_numbers(self, "base_lr")
        check_numbers(self, "factor", high=1)
        check_counts(self, "total_iters")

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        t = whole_step(step)
        return self.base_lr * self.factor if t < self.total_iters else self.base_lr


@dataclass(frozen=True)
class StepLR:
    """Step decay: a constant rate that is cut every `step_size` steps.

        lr(t) = base_lr · gamma^⌊t / step_size⌋

    Args:
        base_lr: learning rate at step 0.
        step_size: steps between two cuts.
        gamma: factor of each cut.

    Raises:
        TypeError: An argument is not a number.
        ValueError: An argument is out of its range.

    Examples:
        >>> schedule = StepLR(1.0, step_size=3, gamma=0.5)
        >>> [schedule(t) for t in range(7)]
        [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25]

    Source:
        [PyTorch](https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html).
    """

    base_lr: float
    step_size: int
    gamma: float = 0.1

    def __post_init__(self) -> None:
        check_numbers(self, "base_lr", "gamma")
        check_counts(self, "step_size", low=1)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        return grown(self.base_lr, self.gamma, whole_step(step) // self.step_size)


@dataclass(frozen=True)
class MultiStepLR:
    """Step decay at chosen steps.

        lr(t) = base_lr · gamma^(number of milestones ≤ t)

    Args:
        base_lr: learning rate at step 0.
        milestones: the steps at which the rate is cut, in rising order.
        gamma: factor of each cut.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: An argument is out of its range, or the milestones fall.

    Examples:
        >>> schedule = MultiStepLR(1.0, milestones=[2, 5], gamma=0.5)
        >>> [schedule(t) for t in range(6)]
        [1.0, 1.0, 0.5, 0.5, 0.5, 0.25]

    Source:
        [PyTorch](https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html).
    """

    base_lr: float
    milestones: Sequence[int] | IntArray
    gamma: float = 0.1

    def __post_init__(self) -> None:
        check_numbers(self, "base_lr", "gamma")
        check_milestones(self)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        return grown(self.base_lr, self.gamma, bisect_right(self.milestones, whole_step(step)))
