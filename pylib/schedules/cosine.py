"""Rates that fall along half a cosine, once or again and again."""

import math
from dataclasses import KW_ONLY, dataclass

from pylib import _validate
from pylib.schedules.base import check_counts, check_numbers, whole_step

__all__ = ["CosineAnnealingLR", "CosineAnnealingWarmRestarts", "half_cosine"]


@dataclass(frozen=True)
class CosineAnnealingLR:
    """Cosine annealing: half a cosine, from the base rate down to `eta_min`.

        lr(t) = eta_min + (base_lr − eta_min) · (1 + cos(π t / T_max)) / 2

    After `T_max` the rate stays at `eta_min`. PyTorch's rises again; so does this one with
    `rise=True`.

    Args:
        base_lr: learning rate at step 0.
        T_max: steps until `eta_min`.
        eta_min: the lowest rate.
        rise: follow the cosine up again after `T_max`.

    Raises:
        TypeError: An argument is not a number.
        ValueError: An argument is out of its range.

    Examples:
        >>> schedule = CosineAnnealingLR(1.0, T_max=4)
        >>> [round(schedule(t), 4) for t in range(6)]
        [1.0, 0.8536, 0.5, 0.1464, 0.0, 0.0]

    Source:
        Loshchilov and Hutter (2017), <https://arxiv.org/abs/1608.03983>.
    """

    base_lr: float
    T_max: int
    eta_min: float = 0.0
    _: KW_ONLY
    rise: bool = False

    def __post_init__(self) -> None:
        check_numbers(self, "base_lr", "eta_min")
        check_counts(self, "T_max", low=1)
        _validate.flag("rise", self.rise)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        t = whole_step(step)
        if t >= self.T_max and not self.rise:
            return self.eta_min
        return half_cosine(self.base_lr, self.eta_min, t % (2 * self.T_max) / self.T_max)


@dataclass(frozen=True)
class CosineAnnealingWarmRestarts:
    """SGDR: cosine annealing that starts again, each time for longer.

        lr(t) = eta_min + (base_lr − eta_min) · (1 + cos(π T_cur / T_i)) / 2

    Period i lasts T_i = T_0 · T_multⁱ steps, and T_cur counts the steps within it.

    Args:
        base_lr: learning rate at every restart.
        T_0: length of the first period.
        T_mult: how many times longer each period is than the one before.
        eta_min: the lowest rate, approached at the end of a period.

    Raises:
        TypeError: An argument is not a number.
        ValueError: An argument is out of its range.

    Examples:
        >>> schedule = CosineAnnealingWarmRestarts(1.0, T_0=2, T_mult=2)
        >>> [round(schedule(t), 4) for t in range(7)]
        [1.0, 0.5, 1.0, 0.8536, 0.5, 0.1464, 1.0]

    Source:
        Loshchilov and Hutter (2017), <https://arxiv.org/abs/1608.03983>.
    """

    base_lr: float
    T_0: int
    T_mult: int = 1
    eta_min: float = 0.0

    def __post_init__(self) -> None:
        check_numbers(self, "base_lr", "eta_min")
        check_counts(self, "T_0", "T_mult", low=1)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        T_cur, T_i = whole_step(step), self.T_0
        if self.T_mult == 1:
            T_cur %= T_i
        while T_cur >= T_i:
            T_cur -= T_i
            T_i *= self.T_mult
        return half_cosine(self.base_lr, self.eta_min, T_cur / T_i)


def half_cosine(first: float, last: float, share: float) -> float:
    """Return the value at a share of the way from first to last, along half a cosine."""
    return last + (first - last) * (1 + math.cos(math.pi * share)) / 2
