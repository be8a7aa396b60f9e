"""Adafactor: a second moment that is kept as row and column averages."""

from typing import Any, ClassVar

import numpy as np

from pylib._typing import FloatArray
from pylib._validate import items, number
from pylib.optimizers.base import State
from pylib.optimizers.gradient_optimizer import GradientOptimizer, zeros
from pylib.optimizers.param_groups import Group, Params
from pylib.optimizers.settings import not_negative


def not_positive(name: str, value: Any) -> float:
    """Return a finite number of at most 0."""
    return number(name, value, high=0)


def least_values(name: str, value: Any) -> tuple[float | None, float]:
    """Return two numbers of at least 0, of which the first may be None."""
    first, second = items(name, value, "numbers", 2)
    return (
        None if first is None else not_negative(f"{name}[0]", first),
        not_negative(f"{name}[1]", second),
    )


def at_least_1(name: str, value: Any) -> float:
    """Return a finite number of at least 1."""
    return number(name, value, 1)


class Adafactor(GradientOptimizer):
    """Adafactor: divide by the root of a second moment of which only row and column means are kept.

    For each matrix w with gradient g, of shape (rows, cols), at step t = 1, 2, ..., with
    eps = (e1, e2) and RMS the root of the mean square:

        a = max(e2, RMS(w)) · min(lr, 1 / √t)         steps relative to the size of w
        w ← (1 − lr · weight_decay) · w               decoupled decay
        c = t^beta2_decay                             1 at first: nothing to correct
        r ← (1 − c) · r + c · (row means of g²)       shape (rows, 1)
        q ← (1 − c) · q + c · (column means of g²)    shape (1, cols)
        v = r q / mean(r)                             the second moment, of rank 1
        u = g / max(√v, e1)
        w ← w − a · u / max(1, RMS(u) / d)            no update larger than d

    Arrays of fewer dimensions keep v itself, and of those with more the last two are the matrix.
    Memory is what it saves: rows + cols numbers per matrix, where Adam keeps 2 · rows · cols.

    Args:
        params: list of float arrays, or of groups `{"params": [...], "lr": ..., ...}`.
        lr: the largest step relative to RMS(w), until 1 / √t falls below it.
        beta2_decay: how fast the memory of v grows, at most 0.
        eps: the least √v, None for the dtype's precision; and the least RMS(w) to step by.
        d: the largest RMS of an update, at least 1.
        weight_decay: share of w removed at each step, per unit of lr.
        maximize: step up, along the gradient.

    Raises:
        TypeError: A parameter is not a writable float array.
        ValueError: A setting is out of range.

    Examples:
        >>> import numpy as np
        >>> w = np.ones((2, 2))
        >>> optimizer = Adafactor([w], lr=0.1)
        >>> optimizer.step([np.array([[100.0, 1.0], [100.0, 1.0]])])
        >>> w
        array([[0.9, 0.9],
               [0.9, 0.9]])
        >>> {name: array.shape for name, array in optimizer.state[0].items()}
        {'row_var': (2, 1), 'col_var': (1, 2)}

    Source:
        Shazeer and Stern (2018), <https://arxiv.org/abs/1804.04235>.
    """

    checks: ClassVar = {
        "beta2_decay": not_positive,
        "eps": least_values,
        "d": at_least_1,
        "weight_decay": not_negative,
    }
    never_negative = ("row_var", "col_var", "variance")

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            beta2_decay=beta2_decay,
            eps=eps,
            d=d,
            weight_decay=weight_decay,
            maximize=maximize,
        )

    def _new_state(self, w: FloatArray, group: Group) -> State:
        if w.ndim < 2:
            return {"variance": zeros(w)}
        return {"row_var": zeros(w[..., :1]), "col_var": zeros(w[..., :1, :])}

    def _update(self, w: FloatArray, g: FloatArray, state: State, group: Group, t: int) -> None:
        lr, d, (e1, e2) = group["lr"], group["d"], group["eps"]
        if e1 is None:
            e1 = float(np.finfo(w.dtype).eps)

        a = max(e2, _rms(w)) * min(lr, 1 / t**0.5)
        w *= 1 - lr * group["weight_decay"]

        c = t ** group["beta2_decay"]
        if w.ndim < 2:
            v = state["variance"]
            v += c * (g * g - v)
        else:
            r, q = state["row_var"], state["col_var"]
            r += c * ((g * g).mean(axis=-1, keepdims=True) - r)
            q += c * ((g * g).mean(axis=-2, keepdims=True) - q)
            v = r * q / np.maximum(r.mean(axis=-2, keepdims=True), e1)

        u = g / np.sqrt(np.maximum(v, e1 * e1))
        w -= a / max(1.0, _rms(u) / d) * u


def _rms(array: FloatArray) -> float:
    """Return the root of the mean square."""
    return float(np.sqrt((array * array).mean()))
