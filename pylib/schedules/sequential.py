"""Schedules made of schedules."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pylib.schedules.base import Schedule, check_count, check_milestones, check_step
from pylib.schedules.cosine import CosineAnnealingLR
from pylib.schedules.decay import LinearLR

__all__ = ["SequentialLR", "warmup_cosine"]


@dataclass(frozen=True)
class SequentialLR:
    """One schedule after another, each counting its own steps from 0.

        lr(t) = schedules[i](t − milestones[i − 1])   with i the number of milestones ≤ t

    Args:
        schedules: the schedules, in order.
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

    schedules: Sequence[Schedule]
    milestones: Sequence[int]

    def __post_init__(self) -> None:
        object.__setattr__(self, "schedules", tuple(self.schedules))
        object.__setattr__(self, "milestones", check_milestones(self.milestones))
        for i, schedule in enumerate(self.schedules):
            if not callable(schedule):
                raise TypeError(
                    f"schedule {i} is a {type(schedule).__name__}, which gives no rate for a "
                    "step; use a schedule that can be called with one"
                )
        if len(self.milestones) != len(self.schedules) - 1:
            raise ValueError(
                f"{len(self.schedules)} schedules and {len(self.milestones)} milestones; "
                "give one milestone fewer than schedules"
            )

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        t = check_step(step)
        i = bisect_right(self.milestones, t)
        return self.schedules[i](t - self.milestones[i - 1] if i else t)


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
    check_count("warmup_steps", warmup_steps)
    check_count("total_steps", total_steps, least=1)
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
