"""What every optimizer shares: its parameters, the learning rate, a step, saving and loading.

The rules themselves stand in the modules beside this one, one class each.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pylib._typing import FloatArray
from pylib.optimizers.param_groups import (
    Group,
    Params,
    as_groups,
    check_distinct,
    checked,
    lr_ratios,
    make_group,
)
from pylib.optimizers.settings import Check, not_negative, whole

State: TypeAlias = dict[str, NDArray[Any]]
"""What an optimizer remembers about one parameter: arrays under PyTorch's names."""


class Optimizer:
    """Holds parameters in groups with their settings and their state; subclasses hold the rule.

    Attributes:
        param_groups: one dict per group: `params`, `lr`, and the optimizer's other settings.
        params: all parameters, in the order in which `step` expects their gradients.
        state: one dict of named arrays per parameter, in the same order, with PyTorch's names.
        step_count: how many steps were taken.
    """

    checks: ClassVar[Mapping[str, Check]] = {"lr": not_negative}
    """How each setting is checked; a class adds its own to those of the class it is made from.

    A check takes a name and a value, and returns the value to keep. A setting without one is kept
    as it is.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.checks = {
            name: check
            for base in reversed(cls.__mro__)
            for name, check in vars(base).get("checks", {}).items()
        }

    def __init__(self, params: Params, lr: float, **settings: Any) -> None:
        defaults = {"lr": lr, **settings}
        self.param_groups: list[Group] = []
        self.params: list[FloatArray] = []
        for i, given in enumerate(as_groups(params)):
            group = make_group(i, given, defaults, self.checks, len(self.params))
            self._check_group(group)
            self.param_groups.append(group)
            self.params += group["params"]
        check_distinct(self.params)
        if not self.params:
            raise ValueError("no group has a parameter; pass at least one array")
        ratios = lr_ratios([group["lr"] for group in self.param_groups])
        for group, ratio in zip(self.param_groups, ratios, strict=True):
            group["lr_ratio"] = ratio
        self.state: list[State] = [
            self._new_state(w, group) for group in self.param_groups for w in group["params"]
        ]
        self.step_count = 0
        self._owners = {id(_owner(w)) for w in self.params}

    def _check_group(self, group: Group) -> None:
        """Refuse settings or parameters that do not fit this optimizer's rule."""

    def _new_state(self, w: FloatArray, group: Group) -> State:
        """Return the state of one parameter before its first step."""
        return {}

    @property
    def lr(self) -> float:
        """The learning rate: that of the first group which learns (whose rate is not 0).

        Setting it scales all groups alike, so that their ratios stay as they were given.
        """
        return next(float(g["lr"]) for g in self.param_groups if g["lr_ratio"] == 1.0)

    @lr.setter
    def lr(self, value: float) -> None:
        lr = self.checks["lr"]("lr", value)
        for group in self.param_groups:
            group["lr"] = lr * group["lr_ratio"]

    def state_dict(self) -> dict[str, Any]:
        """Return a flat copy of steps, state and settings: everything except the parameters.

        Returns:
            Keys such as `"step"`, `"0.exp_avg"` (parameter 0) and `"group0.lr"`. Save it with
            `np.savez(file, **d)`, or as JSON after `np.asarray(value).tolist()`.
        """
        flat: dict[str, Any] = {"step": self.step_count}
        for i, state in enumerate(self.state):
            flat |= {f"{i}.{name}": array.copy() for name, array in state.items()}
        for i, group in enumerate(self.param_groups):
            flat |= {f"group{i}.{name}": v for name, v in group.items() if name != "params"}
        return flat

    def load_state_dict(self, flat: Mapping[str, Any]) -> None:
        """Take back what `state_dict` gave, also after a round trip through a file.

        Args:
            flat: what `state_dict`, `np.load` or `json.load` returned. The parameters are not in
                it: restore their values yourself.

        Raises:
            TypeError: What should be numbers is something else.
            ValueError: A key is missing or unknown, an array has another shape, or a setting is
                out of range. After any error the optimizer is as it was before.
        """
        if not isinstance(flat, Mapping):
            raise TypeError(
                f"{flat!r} is no state; give what state_dict(), np.load or json.load returned"
            )
        expected, given = set(self.state_dict()), set(flat)
        if expected != given:
            raise ValueError(
                f"this is not the state of such a {type(self).__name__}: missing "
                f"{sorted(expected - given)}, unknown {sorted(given - expected)}; build the "
                "optimizer with the settings it was saved with"
            )
        step_count = whole("step", np.asarray(flat["step"]).tolist())
        states = [
            {name: self._load_array(f"{i}.{name}", flat, like) for name, like in state.items()}
            for i, state in enumerate(self.state)
        ]
        groups = []
        for i, group in enumerate(self.param_groups):
            saved = {
                name: _as_saved(flat[f"group{i}.{name}"], value)
                for name, value in group.items()
                if name != "params"
            }
            groups.append(checked(saved, self.checks))
            self._check_group({**group, **groups[-1]})
        self.step_count = step_count
        for state, loaded_state in zip(self.state, states, strict=True):
            state.update(loaded_state)
        for group, settings in zip(self.param_groups, groups, strict=True):
            group.update(settings)

    def _load_array(self, key: str, flat: Mapping[str, Any], like: NDArray[Any]) -> NDArray[Any]:
        """Return the array under `key`, in the dtype and shape of the one it replaces."""
        array = np.asarray(flat[key])
        if array.dtype.kind not in "fiub":
            raise TypeError(f"{key} has dtype {array.dtype}, and this optimizer's {like.dtype}")
        array = np.array(array, dtype=like.dtype)
        if array.size == like.size == 0:
            array = array.reshape(like.shape)
        if array.shape != like.shape:
            raise ValueError(f"{key} has shape {array.shape}, and this optimizer's {like.shape}")
        return array

    def _check_grads(self, grads: Sequence[FloatArray]) -> list[FloatArray]:
        """Return the gradients as a list if every one fits its parameter and is finite."""
        if isinstance(grads, np.ndarray | np.generic):
            raise TypeError("grads is one array; pass a list, as in step([grad])")
        if not isinstance(grads, Iterable):
            raise TypeError(
                f"grads is a {type(grads).__name__}; pass a list with one array per parameter, "
                "as in step([grad])"
            )
        grads = list(grads)
        if len(grads) != len(self.params):
            raise ValueError(
                f"{len(grads)} gradients for {len(self.params)} parameters; "
                "pass one gradient per parameter, in the order of the parameters"
            )
        for i, (g, w) in enumerate(zip(grads, self.params, strict=True)):
            if not isinstance(g, np.ndarray | np.generic):
                raise TypeError(
                    f"gradient {i} is a {type(g).__name__}; make it an array of floats: "
                    f"np.array(..., dtype={w.dtype})"
                )
            if g.shape != w.shape:
                raise ValueError(
                    f"gradient {i} has shape {g.shape} and its parameter {w.shape}; "
                    "a gradient has the shape of its parameter"
                )
            if g.dtype != w.dtype:
                raise ValueError(
                    f"gradient {i} has dtype {g.dtype} and its parameter {w.dtype}; "
                    f"convert one of them: astype({w.dtype})"
                )
            if not np.isfinite(g).all():
                raise FloatingPointError(
                    f"gradient {i} has {np.isnan(g).sum()} NaN and {np.isinf(g).sum()} inf among "
                    f"{g.size} values at step {self.step_count + 1}; parameters and state are "
                    "unchanged: lower the learning rate, clip the gradient, or check the loss"
                )
            if id(_owner(g)) in self._owners:
                # The gradient is (a view of) a parameter, which the step is about to change.
                grads[i] = g.copy()
        return grads

    def __repr__(self) -> str:
        settings = (
            f"{name}={value!r}"
            for name, value in self.param_groups[0].items()
            if name not in ("params", "lr_ratio")
        )
        return f"{type(self).__name__}({len(self.params)} parameters, {', '.join(settings)})"


class GradientOptimizer(Optimizer):
    """An optimizer whose step needs nothing but the gradients at the present parameters.

    An optimizer of one's own is a class with three methods: `__init__` passes the settings on,
    `_new_state` returns what is remembered about a parameter, and `_update` changes a parameter
    and its state in place. Groups, errors, saving and loading are there already. `checks` says how
    settings are checked: each check takes a name and a value, and returns the value to keep.

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

    block_bytes: ClassVar[int | None] = 64 * 1024
    """Size of the pieces in which large arrays are updated; None if elements depend on each other.

    A piece with its state and the temporaries of a rule stays in the processor's cache, and none
    is so large that malloc would map fresh memory for it at every step.
    """

    def step(self, grads: Sequence[FloatArray]) -> None:
        """Update every parameter in place.

        Args:
            grads: one array per parameter, of its shape and dtype, in the order of the parameters.

        Raises:
            TypeError: `grads` is a bare array, or one of the gradients is not an array.
            ValueError: The number of gradients, a shape or a dtype does not fit.
            FloatingPointError: A gradient holds NaN or inf. After any of these errors parameters
                and state are exactly as they were.
        """
        grads = self._check_grads(grads)
        self.step_count += 1
        i = 0
        # As in PyTorch, a value that grows past the largest float becomes inf without a warning.
        with np.errstate(all="ignore"):
            for group in self.param_groups:
                params = group["params"]
                self._begin(group, self.state[i : i + len(params)])
                for w in params:
                    for block in self._blocks(w, grads[i], self.state[i]):
                        self._update(*block, group, self.step_count)
                    i += 1

    def _begin(self, group: Group, states: list[State]) -> None:
        """Prepare a step: what a group or a whole parameter shares, computed once."""

    def _update(self, w: FloatArray, g: FloatArray, state: State, group: Group, t: int) -> None:
        """Change one parameter `w` and its state in place; `t` counts steps from 1."""
        raise NotImplementedError

    def _blocks(
        self, w: FloatArray, g: FloatArray, state: State
    ) -> Iterator[tuple[FloatArray, FloatArray, State]]:
        """Yield the arrays whole, or, if they are large, cut in blocks that fit in the cache."""
        contiguous = w.flags.c_contiguous and g.flags.c_contiguous
        if self.block_bytes is None or w.nbytes <= self.block_bytes or not contiguous:
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


def _as_saved(value: Any, like: Any) -> Any:
    """Return a setting as it was before a file turned it into an array, or a tuple into a list."""
    plain = np.asarray(value).tolist()
    return tuple(plain) if isinstance(like, tuple) else plain


def _owner(array: Any) -> Any:
    """Return the object that owns an array's memory: the array itself, or what it is a view of."""
    return array if array.base is None else array.base
