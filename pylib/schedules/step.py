"""Rates that are held, and change at given steps."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pylib.schedules.base import check_count, check_milestones, check_number, check_step

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
        check_number("base_lr", self.base_lr)
        check_number("factor", self.factor, most=1)
        check_count("total_iters", self.total_iters)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        t = check_step(step)
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
        check_number("base_lr", self.base_lr)
        check_count("step_size", self.step_size, least=1)
        check_number("gamma", self.gamma)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        return self.base_lr * self.gamma ** (check_step(step) // self.step_size)


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
    milestones: Sequence[int]
    gamma: float = 0.1

    def __post_init__(self) -> None:
        check_number("base_lr", self.base_lr)
        object.__setattr__(self, "milestones", check_milestones(self.milestones))
        check_number("gamma", self.gamma)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        return self.base_lr * self.gamma ** bisect_right(self.milestones, check_step(step))
