"""Rates that move a little at every step, along a line, a power or a root."""

import math
from dataclasses import dataclass

from pylib.schedules.base import check_counts, check_numbers, grown, whole_step

__all__ = ["ExponentialLR", "LinearLR", "NoamLR", "PolynomialLR"]


@dataclass(frozen=True)
class LinearLR:
    """A straight line from one rate to another: a warm-up, or a decay.

        share(t) = min(t, total_iters) / total_iters
        lr(t) = base_lr · (start_factor + (end_factor − start_factor) · share(t))

    Args:
        base_lr: learning rate that both factors multiply.
        start_factor: factor at step 0, above 0 and at most 1.
        end_factor: factor from step `total_iters` on, from 0 to 1.
        total_iters: steps from the one to the other.

    Raises:
        TypeError: An argument is not a number.
        ValueError: An argument is out of its range.

    Examples:
        >>> warm_up = LinearLR(0.1, start_factor=0.25, total_iters=3)
        >>> [round(warm_up(t), 4) for t in range(5)]
        [0.025, 0.05, 0.075, 0.1, 0.1]

    Source:
        Goyal et al. (2017), section 2.2, for warm-up, <https://arxiv.org/abs/1706.02677>.
    """

    base_lr: float
    start_factor: float = 1 / 3
    end_factor: float = 1.0
    total_iters: int = 5

    def __post_init__(self) -> None:
        check_numbers(self, "base_lr")
        check_numbers(self, "start_factor", high=1, open_low=True)
        check_numbers(self, "end_factor", high=1)
        check_counts(self, "total_iters", low=1)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        share = min(whole_step(step), self.total_iters) / self.total_iters
        return self.base_lr * (self.start_factor + (self.end_factor - self.start_factor) * share)


@dataclass(frozen=True)
class ExponentialLR:
    """Exponential decay: the same share is lost at every step.

        lr(t) = base_lr · gammaᵗ

    Args:
        base_lr: learning rate at step 0.
        gamma: factor of every step; 0.1^(1/n) divides the rate by ten in n steps.

    Raises:
        TypeError: An argument is not a number.
        ValueError: An argument is negative or not finite.

    Examples:
        >>> schedule = ExponentialLR(1.0, gamma=0.5)
        >>> [schedule(t) for t in range(4)]
        [1.0, 0.5, 0.25, 0.125]

    Source:
        [PyTorch](https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html).
    """

    base_lr: float
    gamma: float

    def __post_init__(self) -> None:
        check_numbers(self, "base_lr", "gamma")

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        return grown(self.base_lr, self.gamma, whole_step(step))


@dataclass(frozen=True)
class PolynomialLR:
    """Polynomial decay to zero; with power 1 a straight line.

        lr(t) = base_lr · (1 − min(t, total_iters) / total_iters)^power

    Args:
        base_lr: learning rate at step 0.
        total_iters: steps until the rate is 0.
        power: shape of the fall; above 1 it is steep first.

    Raises:
        TypeError: An argument is not a number.
        ValueError: An argument is out of its range.

    Examples:
        >>> schedule = PolynomialLR(1.0, total_iters=4, power=2)
        >>> [schedule(t) for t in range(6)]
        [1.0, 0.5625, 0.25, 0.0625, 0.0, 0.0]

    Source:
        [PyTorch](https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.PolynomialLR.html).
    """

    base_lr: float
    total_iters: int = 5
    power: float = 1.0

    def __post_init__(self) -> None:
        check_numbers(self, "base_lr", "power")
        check_counts(self, "total_iters", low=1)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        left = 1 - min(whole_step(step), self.total_iters) / self.total_iters
        return self.base_lr * math.pow(left, self.power)


@dataclass(frozen=True)
class NoamLR:
    """The transformer's schedule: a linear warm-up, then a fall with the root of the step.

        s = t + 1
        lr(t) = d_model^−½ · min(s^−½, s · warmup^−3⁄2)

    The highest rate is (d_model · warmup)^−½, at step warmup − 1.

    Args:
        d_model: width of the model.
        warmup: steps of the warm-up.

    Raises:
        TypeError: An argument is not a number.
        ValueError: An argument is below 1.

    Examples:
        >>> schedule = NoamLR(d_model=512, warmup=4000)
        >>> round(schedule(3999), 7)
        0.0006988

    Source:
        Vaswani et al. (2017), section 5.3, <https://arxiv.org/abs/1706.03762>.
    """

    d_model: int
    warmup: int

    def __post_init__(self) -> None:
        check_counts(self, "d_model", "warmup", low=1)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        s = whole_step(step) + 1
        return float(self.d_model**-0.5 * min(s**-0.5, s * self.warmup**-1.5))
