"""L-BFGS: Newton-like steps from the gradients of the last few iterations."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from numbers import Real
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pylib._typing import FloatArray
from pylib._validate import choice, whole
from pylib.optimizers.base import Gradients, Optimizer, State
from pylib.optimizers.gradients import check_writable
from pylib.optimizers.line_search import Trial, strong_wolfe
from pylib.optimizers.param_groups import Group, Params
from pylib.optimizers.saving import as_array
from pylib.optimizers.settings import not_negative

Memory: TypeAlias = dict[str, Any]
"""The state: arrays, and for the remembered pairs lists of arrays."""

Closure = Callable[[], tuple[float, Gradients]]
"""Computes the loss and the gradients at the present parameters."""

count = partial(whole, low=1)


def search_name(name: str, value: Any) -> str:
    """Return the name of a line search; None stands for `"none"`."""
    return choice(name, "none" if value is None else value, ("none", "strong_wolfe"))


class LBFGS(Optimizer):
    """L-BFGS: estimate the curvature from recent steps, and step as Newton would.

    With s the last steps and y the changes of the gradient they brought, one iteration is

        d = −H · g                                    by `two_loop`, H ≈ inverse Hessian
        t = lr, and at the first iteration lr · min(1, 1 / ‖g‖₁)
        t = strong_wolfe(d, t)                        if line_search_fn="strong_wolfe"
        w ← w + t d
        remember s = t d and y = g_new − g            if s·y > 1e-10

    One call of `step` makes up to `max_iter` iterations, and evaluates the loss many times, so it
    takes a closure. It suits small smooth problems with exact gradients; noisy mini-batches spoil
    the differences y. There is one parameter group.

    Args:
        params: list of float arrays, or one group `{"params": [...], ...}`.
        lr: the step along d, or, with a line search, the first step tried.
        max_iter: iterations per call of `step`.
        max_eval: evaluations of the closure per call; 1.25 · max_iter if None.
        tolerance_grad: stop once the largest |g| is at most this.
        tolerance_change: stop once the step or the fall of the loss is below this.
        history_size: how many pairs s, y are remembered.
        line_search_fn: `"strong_wolfe"`, or None for steps of lr.

    Raises:
        TypeError: A parameter is not a writable float array.
        ValueError: A setting is out of range, or there is more than one group.

    Examples:
        >>> import numpy as np
        >>> w = np.array([-1.2, 1.0])
        >>> def rosenbrock():
        ...     x, y = w
        ...     grad = np.array([-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)])
        ...     return (1 - x) ** 2 + 100 * (y - x * x) ** 2, [grad]
        >>> optimizer = LBFGS([w], line_search_fn="strong_wolfe")
        >>> for _ in range(3):
        ...     loss = optimizer.step(rosenbrock)
        >>> w.round(3)
        array([1., 1.])

    Source:
        Liu and Nocedal (1989), <https://doi.org/10.1007/BF01589116>.
    """

    checks: ClassVar = {
        "max_iter": count,
        "max_eval": count,
        "tolerance_grad": not_negative,
        "tolerance_change": not_negative,
        "history_size": count,
        "line_search_fn": search_name,
    }
    never_negative = ("n_iter", "func_evals", "t", "ro", "H_diag")

    def __init__(
        self,
        params: Params,
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            max_iter=max_iter,
            max_eval=count("max_iter", max_iter) * 5 // 4 if max_eval is None else max_eval,
            tolerance_grad=tolerance_grad,
            tolerance_change=tolerance_change,
            history_size=history_size,
            line_search_fn=line_search_fn,
        )
        n = sum(w.size for w in self.params)
        dtype = np.result_type(*self.params)
        # One state for all parameters together; PyTorch too keeps it with the first.
        memory: Memory = {
            "n_iter": np.array(0),
            "func_evals": np.array(0),
            "d": np.zeros(n, dtype),
            "t": np.array(0.0),
            "old_dirs": [],
            "old_stps": [],
            "ro": np.zeros(0),
            "H_diag": np.array(1.0),
            "prev_flat_grad": np.zeros(n, dtype),
            "prev_loss": np.array(0.0),
        }
        self.state[0] = memory

    def _add_group(self, given: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        if self.param_groups:
            raise ValueError(
                "L-BFGS takes one group, as its steps weigh all parameters together; "
                "put them into one list"
            )
        super()._add_group(given, defaults)

    def step(self, closure: Closure) -> float:
        """Make up to `max_iter` iterations, and update the parameters in place.

        Args:
            closure: takes nothing, returns the loss at the present parameters and the list of
                their gradients.

        Returns:
            The loss before the step.

        Raises:
            TypeError: `closure` is no function, or does not return a loss and a list of arrays.
            ValueError: A gradient does not fit its parameter.
            FloatingPointError: A gradient holds NaN or inf. After any error, in the closure too,
                parameters and state are exactly as they were.
        """
        if not callable(closure):
            raise TypeError("L-BFGS evaluates the loss more than once; pass a function to step()")
        self._settle()
        check_writable(self.params)
        before = [w.copy() for w in self.params]
        memory: Memory = dict(self.state[0])
        try:
            with np.errstate(all="ignore"):
                first_loss = self._iterate(closure, memory)
        except BaseException:
            self._set(before)
            raise
        self.state[0] = memory
        self.step_count += 1
        return first_loss

    def _iterate(self, closure: Closure, memory: Memory) -> float:
        """Run the iterations of one step; the entries of `memory` are replaced, not changed."""
        group = self.param_groups[0]
        max_eval, tolerance_change = group["max_eval"], group["tolerance_change"]
        searching = group["line_search_fn"] == "strong_wolfe"

        loss, g = self._evaluate(closure)
        first_loss, loss, evals = loss, _height(loss), 1
        memory["func_evals"] = memory["func_evals"] + 1
        if _largest(g) <= group["tolerance_grad"]:
            return first_loss

        for iteration in range(1, group["max_iter"] + 1):
            memory["n_iter"] = memory["n_iter"] + 1
            if memory["n_iter"] == 1:
                d = -g
                t = group["lr"] * min(1.0, 1.0 / float(np.abs(g).sum()))
            else:
                s, y = memory["t"] * memory["d"], g - memory["prev_flat_grad"]
                _remember(memory, s.astype(g.dtype), y, group["history_size"])
                d = -two_loop(g, memory["old_stps"], memory["old_dirs"])
                t = group["lr"]
            memory |= {"d": d, "t": np.array(t), "prev_flat_grad": g}
            memory["prev_loss"] = np.array(loss)

            slope = float(g @ d)
            if slope > -tolerance_change:
                break
            previous_loss = loss

            if searching:
                here = Trial(0.0, loss, g, slope)
                end, trials = self._search(closure, here, d, t, max_eval - evals)
                t, loss, g = end.t, end.loss, end.grad
                memory["t"] = np.array(t)
                self._move(t * d)
            else:
                trials = 0
                self._move(t * d)
                if iteration < group["max_iter"]:
                    loss, g = self._evaluate(closure)
                    loss, trials = _height(loss), 1
            evals += trials
            memory["func_evals"] = memory["func_evals"] + trials

            if (
                evals >= max_eval
                or _largest(g) <= group["tolerance_grad"]
                or _largest(t * d) <= tolerance_change
                or abs(loss - previous_loss) < tolerance_change
            ):
                break
        return first_loss

    def _search(
        self, closure: Closure, here: Trial, d: FloatArray, t: float, max_trials: int
    ) -> tuple[Trial, int]:
        """Return the end of a strong Wolfe search along d; the parameters stay where they are."""
        origin = [w.copy() for w in self.params]

        def try_at(t: float) -> Trial:
            self._move(t * d)
            loss, g = self._evaluate(closure, searching=True)
            self._set(origin)
            # Where the loss is not defined, the search meets a wall, whatever the gradient is.
            return Trial(t, loss, g, float(g @ d) if loss < math.inf else math.inf)

        return strong_wolfe(try_at, here, t, _largest(d), max_trials)

    def _evaluate(self, closure: Closure, searching: bool = False) -> tuple[float, FloatArray]:
        """Return the loss and all gradients in one flat array, checked.

        In a search a loss of NaN counts as infinite, and its gradient is not asked for.
        """
        returned = closure()
        if (
            not isinstance(returned, tuple | list)
            or len(returned) != 2
            or not isinstance(returned[0], Real | np.ndarray)
            or np.ndim(returned[0]) != 0
        ):
            raise TypeError(
                f"the closure returned {returned!r}, not the loss and the list of gradients; "
                "write return loss, [grad]"
            )
        loss = float(returned[0])
        if searching and _height(loss) == math.inf:
            return math.inf, np.zeros_like(self.state[0]["d"])
        grads = self._check_grads(returned[1])
        pairs = zip(grads, self.params, strict=True)
        return loss, np.concatenate(
            [np.zeros(w.size, w.dtype) if g is None else g.ravel() for g, w in pairs]
        )

    def _move(self, flat: FloatArray) -> None:
        """Add a flat array to the parameters."""
        start = 0
        for w in self.params:
            w += flat[start : start + w.size].reshape(w.shape)
            start += w.size

    def _set(self, values: list[FloatArray]) -> None:
        for w, value in zip(self.params, values, strict=True):
            w[...] = value

    def _state_under(self, group: Group, k: int) -> State:
        return self.state[k]

    def _load_array(self, key: str, flat: Mapping[str, Any], like: NDArray[Any]) -> Any:
        name = key.removeprefix("0.")
        if name not in ("old_dirs", "old_stps", "ro"):
            return super()._load_array(key, flat, like)
        pairs = as_array("0.ro", flat["0.ro"]).size  # as many as were remembered
        n = self.state[0]["d"].size
        shape = (pairs,) if name == "ro" else (pairs, n)
        dtype = self.state[0]["ro" if name == "ro" else "d"].dtype
        loaded = super()._load_array(key, flat, np.zeros(shape, dtype))
        return loaded if name == "ro" else list(loaded)


def two_loop(
    g: FloatArray, steps: Sequence[FloatArray], changes: Sequence[FloatArray]
) -> FloatArray:
    """Multiply a gradient by L-BFGS's estimate of the inverse Hessian.

    With pairs s, y from the oldest to the newest, and ρ = 1 / (y · s):

        q ← g
        a ← ρ s·q,  q ← q − a y            from the newest pair to the oldest
        r ← (s·y / y·y) q                  of the newest pair: the scale of the estimate
        r ← r + (a − ρ y·r) s              from the oldest pair to the newest

    Args:
        g: the gradient, flat, shape (n,).
        steps: the k steps s, each of shape (n,).
        changes: the k changes y of the gradient, each of shape (n,).

    Returns:
        H g, of shape (n,).

    Examples:
        >>> import numpy as np
        >>> s = np.array([[1.0, 0.0], [0.0, 1.0]])
        >>> y = np.array([[4.0, 0.0], [0.0, 2.0]])  # a Hessian of diag(4, 2)
        >>> two_loop(np.array([4.0, 2.0]), s, y)
        array([1., 1.])

    Source:
        Nocedal (1980), <https://doi.org/10.1090/S0025-5718-1980-0572855-7>.
    """
    r = g.copy()  # q of the formulas, until it is scaled
    pairs = [(s, y, s @ y) for s, y in zip(steps, changes, strict=True)]
    kept = []
    for s, y, sy in reversed(pairs):
        a = (s @ r) / sy
        r -= a * y
        kept.append(a)
    if pairs:
        _, y, sy = pairs[-1]
        r *= sy / (y @ y)
    for (s, y, sy), a in zip(pairs, reversed(kept), strict=True):
        r += (a - (y @ r) / sy) * s
    return r


def _remember(memory: Memory, s: FloatArray, y: FloatArray, history_size: int) -> None:
    """Keep the pair s, y if it shows upward curvature, and drop the oldest beyond the limit."""
    ys = float(y @ s)
    if not ys > 1e-10:  # NaN, after an overflow, is no curvature either
        return
    # New lists of the same arrays: those of before stay as they were, should the step fail.
    memory["old_stps"] = [*memory["old_stps"], s][-history_size:]
    memory["old_dirs"] = [*memory["old_dirs"], y][-history_size:]
    memory["ro"] = np.append(memory["ro"], 1 / ys)[-history_size:]
    memory["H_diag"] = np.array(ys / np.float64(y @ y))


def _height(loss: float) -> float:
    """Return a loss to compare by: NaN is as high as can be."""
    return math.inf if math.isnan(loss) else loss


def _largest(values: FloatArray) -> float:
    """Return the largest absolute value; 0 if there is none."""
    return float(np.abs(values).max(initial=0.0))
