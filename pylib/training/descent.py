"""`minimize`: walk down a surface with an optimizer, and keep the path."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pylib import _validate, _watch
from pylib._typing import ArrayLike, FloatArray
from pylib.training.batches import Batch
from pylib.training.divergence import Stop, bound, diverged
from pylib.training.protocols import Objective, Schedule
from pylib.training.stepper import Stepper

__all__ = ["Trace", "minimize"]


@dataclass(frozen=True)
class Trace:
    """The walk of an optimizer; T is the number of updates made.

    Attributes:
        path: The points, shape `(T + 1, d)`, the start first.
        values: The surface's value at each, shape `(T + 1,)`.
        lrs: The learning rate of each update, shape `(T,)`.
        stopped: `None`, or why the walk ended before its last step.
        state: The optimizer's state after each update where `keep_state` asked for it: for each
            name (`exp_avg`, ...) an array whose first axis has length T. What changes its size,
            such as the memory of L-BFGS, is left out.
    """

    path: FloatArray
    values: FloatArray
    lrs: FloatArray
    stopped: Stop | None = None
    state: dict[str, FloatArray] = field(default_factory=dict)

    def _table_(self) -> dict[str, ArrayLike]:
        """Its columns where a page shows it as a table."""
        names = [f"w[{number}]" for number in range(self.path.shape[1])]
        walked = dict(zip(names, self.path.T, strict=True))
        return {**walked, "value": self.values, "lr": self.lrs}


def minimize(
    surface: Objective,
    optimizer_class: Callable[..., Any],
    start: ArrayLike,
    steps: int,
    lr: float | None = None,
    schedule: Schedule | None = None,
    noise: float = 0.0,
    seed: int = 0,
    *,
    keep_state: bool = False,
    report: Callable[[str], object] | None = print,
    **settings: Any,
) -> Trace:
    """Walk down a surface: gradient, update, record, again.

    With noise, each gradient is `g = ∇f(w) + noise · N(0, I)`, as a mini-batch
    would give it. A walk that diverges (the value is not finite, or beyond 10⁹ times the first)
    stops, reports why and returns what it recorded.

    Args:
        surface: What to lower: `surface(w)` and `surface.gradient(w)`, w of shape `(d,)`.
        optimizer_class: A class of `pylib.optimizers`, such as `Adam`.
        start: The first point, shape `(d,)`; it is not changed. A number for d = 1.
        steps: Number of updates.
        lr: Learning rate; `None` takes the optimizer's default.
        schedule: step -> learning rate, from step 0; it overrides `lr`. `OneCycleLR` and
            `CyclicLR` set the momentum too, unless `cycle_momentum=False`. A
            `ReduceLROnPlateau` is told the value after each update.
        noise: Standard deviation of the noise on each coordinate of the gradient.
        seed: Of the noise.
        keep_state: Whether the trace keeps the optimizer's state after each update.
        report: Called with the message when the walk diverges; `None` for silence.
        **settings: The optimizer's other arguments, such as `momentum=0.9`.

    Returns:
        The walk, with as many updates as were made.

    Raises:
        TypeError: If `surface` has no gradient, `optimizer_class` is not a class, `schedule`
            gives no rate, or a number is something else.
        ValueError: If `steps` or `noise` is negative, `start` is not one point, or the value
            there is not one finite number.

    Examples:
        >>> from pylib.optimizers import SGD
        >>> from pylib.surfaces import Parabola
        >>> trace = minimize(Parabola(2.0), SGD, start=[10.0], steps=10, lr=0.2)
        >>> trace.path.shape, round(float(trace.path[-1, 0]), 6)
        ((11, 1), 0.060466)
        >>> trace = minimize(Parabola(2.0), SGD, start=[10.0], steps=1000, lr=1.1, report=None)
        >>> print(str(trace.stopped).split(" Try")[0])
        Stopped at step 57 of 1000: the value is 1.063e+11 at learning rate 1.1.
        >>> trace.stopped.step, trace.path.shape
        (57, (58, 1))
    """
    if isinstance(surface, type):
        name = surface.__name__
        raise TypeError(f"surface is the class {name}; make one: {name}()")
    if not hasattr(surface, "gradient"):
        raise TypeError(
            f"{surface!r} has no .gradient(w); take a surface of pylib.surfaces, "
            "or build one with Function(value, gradient)"
        )
    if not isinstance(optimizer_class, type):
        raise TypeError(
            f"optimizer_class is {optimizer_class!r}; give the class itself, as in Adam"
        )
    steps = _validate.whole("steps", steps)
    noise = _validate.number("noise", noise, 0)
    w = np.array(start, dtype=np.float64, ndmin=1)
    if w.ndim != 1:
        raise ValueError(
            f"start has shape {w.shape}; give one point of shape (d,), such as [1.0, 2.0]"
        )
    optimizer = optimizer_class([w], **({} if lr is None else {"lr": lr}), **settings)
    stepper = Stepper(optimizer, [w], schedule)
    rng = np.random.default_rng(seed)

    def noisy_gradient() -> FloatArray:
        grad = surface.gradient(w)
        return grad + noise * rng.standard_normal(w.shape) if noise else grad

    def height() -> float:
        value = np.asarray(surface(w))
        if value.size != 1:
            raise ValueError(
                f"the surface has a value of shape {value.shape} at one point; return one number, "
                "such as the sum"
            )
        return float(value.item())

    def evaluate() -> Batch:
        return Batch(height(), [noisy_gradient()], counts=True)

    first = height()
    if not math.isfinite(first):
        raise ValueError(f"the surface is {first} at the start {w.tolist()}; start elsewhere")
    limit = bound(first)
    path = np.empty((steps + 1, w.size))
    values = np.empty(steps + 1)
    lrs = np.empty(steps)
    path[0], values[0] = w, first
    states: list[dict[str, Any]] = []
    stopped = None
    done = 0

    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(steps):
            stepper.begin(step)
            lrs[step] = optimizer.lr
            try:
                stepper.step([] if stepper.takes_closure else [noisy_gradient()], evaluate)
                stepper.turn("eval")  # where Schedule-Free optimizers are judged
                value = height()
            except FloatingPointError:  # a gradient with NaN or inf, which optimizers refuse
                value = math.nan
            if math.isfinite(value) and np.isfinite(w).all():
                done = step + 1
                path[done], values[done] = w, value
                if keep_state:
                    states.append(_copy(optimizer.state[0]))
            if not abs(value) <= limit:
                stopped = diverged(
                    step + 1, steps, value, optimizer.lr, _advice(value, optimizer.lr), "value"
                )
                break
            stepper.hear(value, None)
            _watch.tell("minimize", step + 1, steps)
    _watch.tell("minimize", steps, steps)

    if stopped is not None and report is not None:
        report(stopped.message)
    return Trace(path[: done + 1], values[: done + 1], lrs[:done], stopped, _stacked(states))


def _copy(state: dict[str, Any]) -> dict[str, Any]:
    return {
        name: np.array(value)
        for name, value in state.items()
        if isinstance(value, np.ndarray | float | int)
    }


def _stacked(states: list[dict[str, Any]]) -> dict[str, FloatArray]:
    """Each array of the state, step by step; one whose size changes is left out."""
    columns = {name: [each[name] for each in states] for name in (states[0] if states else ())}
    return {
        name: np.array(column)
        for name, column in columns.items()
        if len({array.shape for array in column}) == 1
    }


def _advice(value: float, lr: float) -> str:
    if value < 0:
        return "The surface has no lower bound this way; take fewer steps."
    return f"Try a smaller rate, such as {lr / 10:.2g}."
