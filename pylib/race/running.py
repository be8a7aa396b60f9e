"""One run of one contender: its points, and what each of them cost and reached."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from pylib._typing import FloatArray, IntArray
from pylib.race.contenders import Contender
from pylib.race.courses import Course
from pylib.training import Trace, minimize

__all__ = ["By", "Run", "run"]

By: TypeAlias = Literal["steps", "evaluations"]


@dataclass(frozen=True)
class Run:
    """A run of T updates.

    Attributes:
        points: Shape `(T + 1, d)`, the start first.
        losses: The loss of each, shape `(T + 1,)`.
        distances: Of each from the nearest minimum, or from the start, shape `(T + 1,)`.
        evaluations: How many gradients were computed until each, shape `(T + 1,)`.
        lrs: The rate of each update, shape `(T,)`.
        stopped: Why it ended before the others, or `None`.
    """

    points: FloatArray
    losses: FloatArray
    distances: FloatArray
    evaluations: IntArray
    lrs: FloatArray
    stopped: str | None = None


class _SpentError(FloatingPointError):
    """No gradient is left; `minimize` ends at an error of this kind, with the updates made."""


class _Counted:
    """An objective that counts its gradients, and gives no more of them than are allowed."""

    def __init__(self, objective: Any, most: int | None) -> None:
        self._objective, self._most = objective, most
        self.gradients = 0

    @property
    def is_spent(self) -> bool:
        return self.gradients == self._most

    def __call__(self, w: FloatArray) -> Any:
        return self._objective(w)

    def gradient(self, w: FloatArray) -> FloatArray:
        if self.is_spent:
            raise _SpentError
        self.gradients += 1
        gradient: FloatArray = self._objective.gradient(w)
        return gradient


def run(course: Course, contender: Contender, length: int, by: By = "steps") -> Run:
    """Let a contender run, by `minimize`.

    Args:
        course: What it runs on.
        contender: Who runs.
        length: How many updates it makes; or by evaluations, how many gradients it may compute:
            it ends at the last update for which they were enough.
        by: What is equal for all.

    Returns:
        The run.

    Examples:
        >>> from pylib.race.contenders import contender
        >>> from pylib.race.courses import course
        >>> bowl = course("Quadratic")
        >>> run(bowl, contender("SGD", 0.1), 20).evaluations[-1]
        np.int64(20)
        >>> walk = run(bowl, contender("LBFGS", 0.1), 20, "evaluations")
        >>> len(walk.points), walk.stopped
        (2, None)
    """
    counted = _Counted(course.objective(), length if by == "evaluations" else None)
    schedule = contender.rates(length)
    before: list[int] = []  # each update

    def rate(step: int) -> float:
        before.append(counted.gradients)
        return schedule(step)

    trace: Trace = minimize(
        counted,
        contender.kind,
        course.start,
        length,
        contender.lr,
        rate,
        course.noise,
        course.seed,
        report=None,
        **contender.settings,
    )
    made = len(trace.lrs)
    counts = [*before, counted.gradients][: made + 1]
    stopped = trace.stopped
    cut_short = counted.is_spent and stopped is not None and np.isnan(stopped.loss)
    return Run(
        trace.path,
        trace.values,
        course.distances(trace.path),
        np.array(counts),
        trace.lrs,
        None if stopped is None or cut_short else stopped.message,
    )
