"""Schedules: which learning rate to use at which step.

A schedule is immutable and has no memory: called with a step (an optimizer update, counted from
0), it computes that step's rate directly. `ReduceLROnPlateau` alone has a state, because it reacts
to a metric.
"""

import math
import operator
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Schedule: TypeAlias = Callable[[int], float]
"""From a step, counted from 0, to the learning rate of that step."""


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
        _check_number("base_lr", self.base_lr)
        _check_number("factor", self.factor, most=1)
        _check_count("total_iters", self.total_iters)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        t = _check_step(step)
        return self.base_lr * self.factor if t < self.total_iters else self.base_lr


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
        _check_number("base_lr", self.base_lr)
        _check_number("start_factor", self.start_factor, most=1)
        if self.start_factor == 0:
            raise ValueError("start_factor is 0; it must be above 0")
        _check_number("end_factor", self.end_factor, most=1)
        _check_count("total_iters", self.total_iters, least=1)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        share = min(_check_step(step), self.total_iters) / self.total_iters
        return self.base_lr * (self.start_factor + (self.end_factor - self.start_factor) * share)


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
        _check_number("base_lr", self.base_lr)
        _check_count("step_size", self.step_size, least=1)
        _check_number("gamma", self.gamma)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        return self.base_lr * self.gamma ** (_check_step(step) // self.step_size)


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
        _check_number("base_lr", self.base_lr)
        object.__setattr__(self, "milestones", _check_milestones(self.milestones))
        _check_number("gamma", self.gamma)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        return self.base_lr * self.gamma ** bisect_right(self.milestones, _check_step(step))


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
        _check_number("base_lr", self.base_lr)
        _check_number("gamma", self.gamma)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        return self.base_lr * self.gamma ** _check_step(step)


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
        _check_number("base_lr", self.base_lr)
        _check_count("total_iters", self.total_iters, least=1)
        _check_number("power", self.power)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        left = 1 - min(_check_step(step), self.total_iters) / self.total_iters
        return self.base_lr * math.pow(left, self.power)


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
    rise: bool = False

    def __post_init__(self) -> None:
        _check_number("base_lr", self.base_lr)
        _check_count("T_max", self.T_max, least=1)
        _check_number("eta_min", self.eta_min)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        t = _check_step(step)
        if t >= self.T_max and not self.rise:
            return self.eta_min
        return _cosine(self.base_lr, self.eta_min, t / self.T_max)


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
        _check_number("base_lr", self.base_lr)
        _check_count("T_0", self.T_0, least=1)
        _check_count("T_mult", self.T_mult, least=1)
        _check_number("eta_min", self.eta_min)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        T_cur, T_i = _check_step(step), self.T_0
        if self.T_mult == 1:
            T_cur %= T_i
        while T_cur >= T_i:
            T_cur -= T_i
            T_i *= self.T_mult
        return _cosine(self.base_lr, self.eta_min, T_cur / T_i)


@dataclass(frozen=True)
class CyclicLR:
    """A rate that goes up and down between two bounds in straight lines.

        height(t) rises from 0 to 1 in step_size_up steps, then falls in step_size_down
        lr(t) = base_lr + (max_lr − base_lr) · height(t) · scale(t)

        scale(t) = 1                  "triangular"
        scale(t) = 1 / 2^(cycle)      "triangular2", cycle = 0, 1, ...
        scale(t) = gammaᵗ             "exp_range"

    Args:
        base_lr: the lower bound, at step 0.
        max_lr: the upper bound.
        step_size_up: steps of the rise.
        step_size_down: steps of the fall; as many as of the rise if None.
        mode: `"triangular"`, `"triangular2"` or `"exp_range"`.
        gamma: factor of every step in `"exp_range"`.

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

    def __post_init__(self) -> None:
        _check_number("base_lr", self.base_lr)
        _check_number("max_lr", self.max_lr)
        _check_count("step_size_up", self.step_size_up, least=1)
        if self.step_size_down is not None:
            _check_count("step_size_down", self.step_size_down, least=1)
        _check_choice("mode", self.mode, ("triangular", "triangular2", "exp_range"))
        _check_number("gamma", self.gamma)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        up, t = self.step_size_up, _check_step(step)
        down = up if self.step_size_down is None else self.step_size_down
        cycle, within = divmod(t, up + down)
        height = within / up if within <= up else (up + down - within) / down

        if self.mode == "triangular":
            scale = 1.0
        elif self.mode == "triangular2":
            scale = 0.5**cycle
        else:
            scale = self.gamma**t
        return self.base_lr + (self.max_lr - self.base_lr) * height * scale


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
    base_momentum: float = 0.85
    max_momentum: float = 0.95
    div_factor: float = 25.0
    final_div_factor: float = 1e4
    three_phase: bool = False

    def __post_init__(self) -> None:
        _check_number("max_lr", self.max_lr)
        if self.total_steps is None:
            if self.epochs is None or self.steps_per_epoch is None:
                raise ValueError("give total_steps, or epochs and steps_per_epoch")
            _check_count("epochs", self.epochs, least=1)
            _check_count("steps_per_epoch", self.steps_per_epoch, least=1)
            object.__setattr__(self, "total_steps", self.epochs * self.steps_per_epoch)
        _check_count("total_steps", self.total_steps, least=1)
        _check_number("pct_start", self.pct_start, most=1)
        _check_choice("anneal_strategy", self.anneal_strategy, ("cos", "linear"))
        _check_number("base_momentum", self.base_momentum, most=1)
        _check_number("max_momentum", self.max_momentum, most=1)
        for name in ("div_factor", "final_div_factor"):
            _check_number(name, getattr(self, name))
            if getattr(self, name) == 0:
                raise ValueError(f"{name} is 0; it must be above 0")

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
        return self._along(step, (high, low, high, high) if self.three_phase else (high, low, high))

    def _along(self, step: int, values: Sequence[float]) -> float:
        """Return the value of a step on the way through the given values, one per phase end."""
        total_steps = self.total_steps or 0
        t = min(_check_step(step), total_steps - 1)
        rise = self.pct_start * total_steps
        ends = [rise - 1, 2 * rise - 2] if self.three_phase else [rise - 1]
        phases = zip([0.0, *ends], [*ends, total_steps - 1], values, values[1:], strict=False)
        for start, end, first, last in phases:
            if t <= end and start < end:
                share = (t - start) / (end - start)
                if self.anneal_strategy == "cos":
                    return _cosine(first, last, share)
                return first + (last - first) * share
        return values[-1]


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
        _check_count("d_model", self.d_model, least=1)
        _check_count("warmup", self.warmup, least=1)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        s = _check_step(step) + 1
        return float(self.d_model**-0.5 * min(s**-0.5, s * self.warmup**-1.5))


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
        object.__setattr__(self, "milestones", _check_milestones(self.milestones))
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
        t = _check_step(step)
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
    _check_count("warmup_steps", warmup_steps)
    _check_count("total_steps", total_steps, least=1)
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


class ReduceLROnPlateau:
    """Cut the rate when a metric has stopped improving.

    A metric improves if it is below best · (1 − threshold), or with `threshold_mode="abs"` below
    best − threshold; for `mode="max"`, above best · (1 + threshold) or best + threshold. After
    more than `patience` metrics in a row that do not:

        lr ← max(lr · factor, min_lr)                 unless that is less than eps away

    so `patience=2` cuts at the third. After a cut, `cooldown` metrics are not counted.

    Args:
        base_lr: learning rate at the start.
        mode: `"min"` for a loss, `"max"` for an accuracy.
        factor: factor of each cut, below 1.
        patience: how many metrics without improvement are endured.
        threshold: by how much a metric must improve.
        threshold_mode: `"rel"`, a share of the best, or `"abs"`.
        cooldown: metrics after a cut that are not counted.
        min_lr: the lowest rate.
        eps: the smallest cut that is made.

    Attributes:
        lr: the rate now.
        best: the best metric so far.
        num_bad_epochs: metrics in a row without improvement.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: An argument is out of its range.

    Examples:
        >>> plateau = ReduceLROnPlateau(0.1, factor=0.5, patience=1)
        >>> [plateau.step(loss) for loss in (3.0, 2.0, 2.0, 2.0, 1.0)]
        [0.1, 0.1, 0.1, 0.05, 0.05]

    Source:
        [PyTorch](https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html).
    """

    def __init__(
        self,
        base_lr: float,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
        eps: float = 1e-8,
    ) -> None:
        _check_number("base_lr", base_lr)
        _check_choice("mode", mode, ("min", "max"))
        _check_number("factor", factor)
        if factor >= 1:
            raise ValueError(f"factor is {factor}; it must be below 1, or the rate is not cut")
        _check_count("patience", patience)
        _check_number("threshold", threshold)
        _check_choice("threshold_mode", threshold_mode, ("rel", "abs"))
        _check_count("cooldown", cooldown)
        _check_number("min_lr", min_lr)
        _check_number("eps", eps)
        self.mode = mode
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.cooldown = cooldown
        self.min_lr = min_lr
        self.eps = eps
        self.lr = float(base_lr)
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = 0
        self.cooldown_left = 0

    def step(self, metric: float) -> float:
        """Take the newest metric into account, and return the rate to use from now on.

        Args:
            metric: for example the validation loss of an epoch. NaN is no improvement.

        Returns:
            The learning rate.
        """
        if self._improves(float(metric)):
            self.best = float(metric)
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1

        if self.cooldown_left > 0:
            self.cooldown_left -= 1
            self.num_bad_epochs = 0

        if self.num_bad_epochs > self.patience:
            lower = max(self.lr * self.factor, self.min_lr)
            if self.lr - lower > self.eps:
                self.lr = lower
            self.cooldown_left = self.cooldown
            self.num_bad_epochs = 0
        return self.lr

    def _improves(self, metric: float) -> bool:
        sign = -1 if self.mode == "min" else 1
        if self.threshold_mode == "rel":
            bar = self.best * (1 + sign * self.threshold)
        else:
            bar = self.best + sign * self.threshold
        return metric < bar if self.mode == "min" else metric > bar


def _cosine(first: float, last: float, share: float) -> float:
    """Return the value at a share of the way from first to last, along half a cosine."""
    return last + (first - last) * (1 + math.cos(math.pi * share)) / 2


def _check_step(step: Any) -> int:
    try:
        t = operator.index(step)
    except TypeError:
        raise TypeError(f"step is {step!r}; it must be a whole number") from None
    if t < 0:
        raise ValueError(f"step is {t}; steps count from 0")
    return t


def _check_number(name: str, value: Any, most: float = math.inf) -> None:
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise TypeError(f"{name} is {value!r}; it must be a number")
    if not (0 <= value <= most and math.isfinite(value)):
        limit = "" if most == math.inf else f" and at most {most}"
        raise ValueError(f"{name} is {value}; it must be finite, at least 0{limit}")


def _check_count(name: str, value: Any, least: int = 0) -> None:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} is {value!r}; it must be a whole number")
    if value < least:
        raise ValueError(f"{name} is {value}; it must be at least {least}")


def _check_choice(name: str, value: Any, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(map(repr, choices))}")


def _check_milestones(milestones: Any) -> tuple[int, ...]:
    if not isinstance(milestones, Sequence) or isinstance(milestones, str):
        raise TypeError(f"milestones is {milestones!r}; it must be a list of steps")
    for milestone in milestones:
        _check_count("a milestone", milestone)
    if list(milestones) != sorted(milestones):
        raise ValueError(f"milestones are {list(milestones)}; they must be in rising order")
    return tuple(milestones)
