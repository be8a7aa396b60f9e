"""Rates that rise and fall, and a momentum that runs counter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from pylib import _validate
from pylib.schedules.base import check_counts, check_numbers, grown, whole_step
from pylib.schedules.cosine import half_cosine

__all__ = ["CyclicLR", "OneCycleLR"]


@dataclass(frozen=True)
class CyclicLR:
    """A rate that goes up and down between two bounds in straight lines; momentum runs counter.

        height(t) rises from 0 to 1 in step_size_up steps, then falls in step_size_down
        lr(t) = base_lr + (max_lr − base_lr) · height(t) · scale(t)
        momentum(t) = max_momentum − (max_momentum − base_momentum) · height(t) · scale(t)

        scale(t) = 1                  "triangular"
        scale(t) = 1 / 2^(cycle − 1)  "triangular2", cycle = 1, 2, ...
        scale(t) = gammaᵗ             "exp_range"
        scale(t) = scale_fn(cycle)    or scale_fn(t), whatever the mode

    Args:
        base_lr: the lower bound, at step 0.
        max_lr: the upper bound.
        step_size_up: steps of the rise.
        step_size_down: steps of the fall; as many as of the rise if None.
        mode: `"triangular"`, `"triangular2"` or `"exp_range"`.
        gamma: factor of every step in `"exp_range"`.
        scale_fn: a rule of your own in place of the mode's.
        scale_mode: what `scale_fn` is given: the `"cycle"`, from 1, or the step: `"iterations"`.
        cycle_momentum: whether `fit` and `minimize` set the momentum too (betas[0] of Adam).
        base_momentum: the momentum at `max_lr`.
        max_momentum: the momentum at `base_lr`.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: An argument is out of its range, or the mode is unknown.

    Examples:
        >>> schedule = CyclicLR(0.1, 1.0, step_size_up=2, mode="triangular2")
        >>> [round(schedule(t), 4) for t in range(7)]
        [0.1, 0.55, 1.0, 0.55, 0.1, 0.325, 0.55]

    Source:
        Smith (2017), <https://arxiv.org/abs/1506.01186>.
    """

    base_lr: float
    max_lr: float
    step_size_up: int = 2000
    step_size_down: int | None = None
    mode: Literal["triangular", "triangular2", "exp_range"] = "triangular"
    gamma: float = 1.0
    scale_fn: Callable[[int], float] | None = None
    scale_mode: Literal["cycle", "iterations"] = "cycle"
    cycle_momentum: bool = True
    base_momentum: float = 0.8
    max_momentum: float = 0.9

    def __post_init__(self) -> None:
        check_numbers(self, "base_lr", "max_lr", "gamma")
        check_counts(self, "step_size_up", low=1)
        if self.step_size_down is not None:
            check_counts(self, "step_size_down", low=1)
        _validate.choice("mode", self.mode, ("triangular", "triangular2", "exp_range"))
        if self.scale_fn is not None and not callable(self.scale_fn):
            raise TypeError(f"scale_fn is {self.scale_fn!r}; it must be a function, or None")
        _validate.choice("scale_mode", self.scale_mode, ("cycle", "iterations"))
        _check_momenta(self)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        return self.base_lr + self._lifted(self.max_lr - self.base_lr, step)

    def momentum(self, step: int) -> float:
        """Return the momentum (or first beta) of a step: low where the rate is high."""
        return self.max_momentum - self._lifted(self.max_momentum - self.base_momentum, step)

    def _lifted(self, span: float, step: int) -> float:
        """Return how far above the start of its span a value is at a step."""
        up, t = self.step_size_up, whole_step(step)
        down = up if self.step_size_down is None else self.step_size_down
        cycle, within = divmod(t, up + down)
        height = within / up if within <= up else (up + down - within) / down

        if self.scale_fn is not None:
            given = cycle + 1 if self.scale_mode == "cycle" else t
            return span * height * _validate.real("the value of scale_fn", self.scale_fn(given))
        if self.mode == "triangular2":
            return grown(span * height, 0.5, cycle)
        if self.mode == "exp_range":
            return grown(span * height, self.gamma, t)
        return span * height


@dataclass(frozen=True)
class OneCycleLR:
    """One cycle: a rise to a high rate and a longer fall to almost nothing; momentum runs counter.

        initial_lr = max_lr / div_factor,   min_lr = initial_lr / final_div_factor

        lr:        initial_lr → max_lr → min_lr
        momentum:  max_momentum → base_momentum → max_momentum

    The rise ends at step pct_start · total_steps − 1, the fall at the last step. In three phases
    the fall ends at initial_lr after as many steps as the rise took, and the rest leads to
    min_lr. After the last step, total_steps − 1, the rate stays.

    Args:
        max_lr: the highest rate.
        total_steps: steps of the whole cycle; or None, and give the next two.
        epochs: number of epochs; with `steps_per_epoch` in place of `total_steps`.
        steps_per_epoch: steps of one epoch.
        pct_start: share of the steps in which the rate rises.
        anneal_strategy: `"cos"` or `"linear"`, the form of the lines.
        cycle_momentum: whether `fit` and `minimize` set the momentum too (betas[0] of Adam).
        base_momentum: the momentum at the highest rate.
        max_momentum: the momentum at both ends.
        div_factor: how many times lower than `max_lr` the rate starts.
        final_div_factor: how many times lower than at the start it ends.
        three_phase: fall as fast as the rise, then on to the lowest rate.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: An argument is out of its range, or the number of steps is not given.

    Examples:
        >>> schedule = OneCycleLR(1.0, total_steps=10)
        >>> [round(schedule(t), 4) for t in range(4)]
        [0.04, 0.52, 1.0, 0.9505]
        >>> [round(schedule.momentum(t), 4) for t in (0, 2, 9)]
        [0.95, 0.85, 0.95]

    Source:
        Smith and Topin (2018), <https://arxiv.org/abs/1708.07120>.
    """

    max_lr: float
    total_steps: int | None = None
    epochs: int | None = None
    steps_per_epoch: int | None = None
    pct_start: float = 0.3
    anneal_strategy: Literal["cos", "linear"] = "cos"
    cycle_momentum: bool = True
    base_momentum: float = 0.85
    max_momentum: float = 0.95
    div_factor: float = 25.0
    final_div_factor: float = 1e4
    three_phase: bool = False

    def __post_init__(self) -> None:
        check_numbers(self, "max_lr")
        if self.total_steps is None:
            if self.epochs is None or self.steps_per_epoch is None:
                raise ValueError("give total_steps, or epochs and steps_per_epoch")
            check_counts(self, "epochs", "steps_per_epoch", low=1)
            object.__setattr__(self, "total_steps", self.epochs * self.steps_per_epoch)
        check_counts(self, "total_steps", low=1)
        check_numbers(self, "pct_start", high=1)
        _validate.choice("anneal_strategy", self.anneal_strategy, ("cos", "linear"))
        _check_momenta(self)
        check_numbers(self, "div_factor", "final_div_factor", open_low=True)
        _validate.flag("three_phase", self.three_phase)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        initial_lr = self.max_lr / self.div_factor
        min_lr = initial_lr / self.final_div_factor
        if self.three_phase:
            return self._along(step, (initial_lr, self.max_lr, initial_lr, min_lr))
        return self._along(step, (initial_lr, self.max_lr, min_lr))

    def momentum(self, step: int) -> float:
        """Return the momentum (or first beta) of a step: low where the rate is high."""
        low, high = self.base_momentum, self.max_momentum
        return self._along(step, (high, low, high))

    def _along(self, step: int, values: Sequence[float]) -> float:
        """Return the value of a step on the way through the given values, one per phase end."""
        total_steps = self.total_steps or 0
        t = min(whole_step(step), total_steps - 1)
        rise = self.pct_start * total_steps
        ends = [rise - 1, 2 * rise - 2] if self.three_phase else [rise - 1]
        phases = zip([0.0, *ends], [*ends, total_steps - 1], values, values[1:], strict=False)
        for start, end, first, last in phases:
            if t <= end and start < end:
                share = (t - start) / (end - start)
                if self.anneal_strategy == "cos":
                    return half_cosine(first, last, share)
                return first + (last - first) * share
        return values[-1]


def _check_momenta(schedule: CyclicLR | OneCycleLR) -> None:
    _validate.flag("cycle_momentum", schedule.cycle_momentum)
    for name in ("base_momentum", "max_momentum"):
        value = _validate.number(name, getattr(schedule, name), 0, 1, open_high=True)
        object.__setattr__(schedule, name, value)
