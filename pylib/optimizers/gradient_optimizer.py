"""A step from gradients: what all optimizers share but L-BFGS, which asks for more."""

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from pylib._typing import FloatArray
from pylib.optimizers.base import Gradients, Optimizer, State
from pylib.optimizers.gradients import owner
from pylib.optimizers.param_groups import Group
from pylib.optimizers.settings import flag

# The C library takes fresh memory from the system for a large array, and each page of it costs a
# fault. Once it has freed one of this size, it keeps smaller ones, such as a block's temporaries.
np.empty(4 * 1024 * 1024, np.uint8)


class GradientOptimizer(Optimizer):
    """An optimizer whose step needs nothing but the gradients at the present parameters.

    An optimizer of one's own is a class with three methods: `__init__` passes the settings on,
    `_new_state` returns what is remembered about a parameter, and `_update` changes a parameter
    and its state in place. Groups, errors, saving and loading are there already. `checks` says how
    settings are checked: each check takes a name and a value, and returns the value to keep.
    One that is called `maximize` turns the gradients round, so that the steps lead up.
    `elementwise = True` makes steps over large arrays faster, for a rule of that kind.

    Examples:
        >>> from pylib.optimizers.settings import flag
        >>> class SignSGD(GradientOptimizer):
        ...     checks = {"averaged": flag}
        ...
        ...     def __init__(self, params, lr=0.1, averaged=False):
        ...         super().__init__(params, lr=lr, averaged=averaged)
        ...
        ...     def _new_state(self, w, group):
        ...         return {"average": np.zeros_like(w)} if group["averaged"] else {}
        ...
        ...     def _update(self, w, g, state, group, t):
        ...         if group["averaged"]:
        ...             state["average"] += 0.5 * (g - state["average"])
        ...             g = state["average"]
        ...         w -= group["lr"] * np.sign(g)
        >>> w = np.array([1.0, 1.0])
        >>> optimizer = SignSGD([w], averaged=True)
        >>> optimizer.step([np.array([3.0, -0.2])])
        >>> w
        array([0.9, 1.1])
        >>> optimizer.state_dict()["group0.averaged"]
        True
    """

    checks: ClassVar = {"maximize": flag}

    elementwise: ClassVar[bool] = False
    """Whether `_update` treats each element by itself, so that large arrays may come in blocks.

    It holds for the rule beside which it stands: a subclass with an `_update` of its own says it
    anew.
    """

    block_bytes: ClassVar[int] = 256 * 1024
    """Size of such a block: its state and a rule's temporaries stay in the processor's cache."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "_update" in vars(cls):
            cls.elementwise = vars(cls).get("elementwise", False)

    def step(self, grads: Gradients) -> None:
        """Update every parameter in place.

        Args:
            grads: one array per parameter, of its shape and dtype, in the order of the parameters;
                None leaves a parameter and its state as they are.

        Raises:
            TypeError: `grads` is a bare array, one of the gradients is not an array, or a
                parameter was made read-only.
            ValueError: The number of gradients, a shape or a dtype does not fit, or a setting was
                changed to one that is out of range.
            FloatingPointError: A gradient holds NaN or inf. After any of these errors parameters
                and state are exactly as they were.
        """
        self._settle()
        taken = self._apart(self._check_grads(grads))
        self.step_count += 1
        # As in PyTorch, a value that grows past the largest float becomes inf without a warning.
        with np.errstate(all="ignore"):
            for group, members in self._members():
                ascent = group.get("maximize", False)
                moving = [k for k in members if taken[k] is not None]
                if moving:
                    self._begin(group, moving)
                for k in moving:
                    blocks = self._blocks(self.params[k], taken[k], self.state[k])
                    for w, g, state in blocks:
                        self._update(w, -g if ascent else g, state, group, self._t(k))

    def _apart(self, grads: list[Any]) -> list[Any]:
        """Count the gradients that are None as steps skipped; copy those that are to change.

        That is one which is (a view of) a parameter, or of an array of the state.
        """
        changing = {id(w if w.base is None else owner(w)) for w in self.params}
        for state in self.state:
            for a in state.values():
                if isinstance(a, np.ndarray):  # a rule of one's own may keep a number or a list
                    changing.add(id(a if a.base is None else owner(a)))
        for k, g in enumerate(grads):
            if g is None:
                self._skipped[k] += 1
            elif id(g if g.base is None else owner(g)) in changing:
                grads[k] = g.copy()
        return grads

    def _t(self, k: int) -> int:
        """Return which step of parameter k this is, counted from 1."""
        return self.step_count - self._skipped[k]

    def _begin(self, group: Group, moving: list[int]) -> None:
        """Prepare a step: what a group or a whole parameter shares, computed once.

        Given are the places of the parameters that move.
        """

    def _update(self, w: FloatArray, g: FloatArray, state: State, group: Group, t: int) -> None:
        """Change one parameter `w` and its state in place; `t` counts steps from 1."""
        raise NotImplementedError

    def _blocks(
        self, w: FloatArray, g: FloatArray, state: State
    ) -> Iterator[tuple[FloatArray, FloatArray, State]]:
        """Yield the arrays whole, or, if they are large, cut in blocks that fit in the cache."""
        if not w.size:
            return
        if (
            not self.elementwise
            or w.nbytes <= self.block_bytes
            or not (w.flags.c_contiguous and g.flags.c_contiguous)
        ):
            yield w, g, state
            return
        size = self.block_bytes // w.itemsize
        flat_w, flat_g = w.reshape(-1), g.reshape(-1)
        flat_state = {name: a.reshape(-1) if a.ndim else a for name, a in state.items()}
        for start in range(0, w.size, size):
            cut = slice(start, start + size)
            cut_state = {name: a[cut] if a.ndim else a for name, a in flat_state.items()}
            yield flat_w[cut], flat_g[cut], cut_state


def zeros(w: FloatArray) -> FloatArray:
    """Return zeros of a parameter's shape and dtype, laid out row by row."""
    return np.zeros(w.shape, w.dtype)
