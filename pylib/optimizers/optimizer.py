"""What every optimizer shares: parameter groups, checks, the learning rate, saving and loading.

The rules themselves stand in the modules beside this one, one class each.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pylib._typing import FloatArray

Group: TypeAlias = dict[str, Any]
"""A parameter group: its arrays under "params", and one entry per setting."""

State: TypeAlias = dict[str, NDArray[Any]]
"""What an optimizer remembers about one parameter: arrays under PyTorch's names."""

Params: TypeAlias = Iterable[FloatArray] | Iterable[Mapping[str, Any]]
"""A list of float arrays, or a list of groups."""


class Optimizer:
    """Holds parameters in groups with their settings and their state; subclasses hold the rule.

    Attributes:
        param_groups: one dict per group: `params`, `lr`, and the optimizer's other settings.
        params: all parameters, in the order in which `step` expects their gradients.
        state: one dict of named arrays per parameter, in the same order, with PyTorch's names.
        step_count: how many steps were taken.
    """

    def __init__(self, params: Params, **defaults: Any) -> None:
        self.param_groups = _make_groups(params, defaults)
        for group in self.param_groups:
            self._check_group(group)
        leading_lr = next((group["lr"] for group in self.param_groups if group["lr"] > 0), 0.0)
        for group in self.param_groups:
            group["lr_ratio"] = group["lr"] / leading_lr if leading_lr else 1.0
        self.params: list[FloatArray] = [w for group in self.param_groups for w in group["params"]]
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
        lr = check_setting("lr", value)
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
        step_count = check_setting("step", np.asarray(flat["step"]).tolist())
        states = [
            {name: self._load_array(f"{i}.{name}", flat, like) for name, like in state.items()}
            for i, state in enumerate(self.state)
        ]
        groups = [
            {
                name: check_setting(name, np.asarray(flat[f"group{i}.{name}"]).tolist())
                for name in group
                if name != "params"
            }
            for i, group in enumerate(self.param_groups)
        ]
        for group, settings in zip(self.param_groups, groups, strict=True):
            self._check_group({**group, **settings})
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
    """An optimizer whose step needs nothing but the gradients at the present parameters."""

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


def check_setting(name: str, value: Any) -> Any:
    """Return a setting as plain Python values, or refuse it by name.

    Args:
        name: the argument's name, which decides what is allowed.
        value: what was given for it.

    Raises:
        TypeError: The value has the wrong type.
        ValueError: The value is negative, not finite, or out of the setting's range.

    Examples:
        >>> check_setting("betas", [0.9, 0.999])
        (0.9, 0.999)
        >>> check_setting("lr", -0.1)
        Traceback (most recent call last):
        ...
        ValueError: lr is -0.1; it must be finite and at least 0
    """
    check: Callable[[str, Any], Any] = _CHECKS.get(name, _non_negative)
    return check(name, value)


def _number(name: str, value: Any) -> float:
    try:
        if isinstance(value, str | bytes | bool | np.bool_):
            raise TypeError
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} is {value!r}; it must be a number") from None


def _non_negative(name: str, value: Any) -> float:
    number = _number(name, value)
    if not 0.0 <= number < math.inf:
        raise ValueError(f"{name} is {value}; it must be finite and at least 0")
    return number


def _fraction(name: str, value: Any) -> float:
    number = _number(name, value)
    if not 0.0 <= number <= 1.0:
        raise ValueError(f"{name} is {value}; it must be between 0 and 1")
    return number


def _betas(name: str, value: Any) -> tuple[float, ...]:
    betas = _numbers(name, value, 2)
    if not all(0.0 <= beta < 1.0 for beta in betas):
        raise ValueError(f"{name} is {betas}; both must be at least 0 and less than 1")
    return betas


def _coefficients(name: str, value: Any) -> tuple[float, ...]:
    coefficients = _numbers(name, value, 3)
    if not all(math.isfinite(c) for c in coefficients):
        raise ValueError(f"{name} is {coefficients}; all must be finite")
    return coefficients


def _numbers(name: str, value: Any, count: int) -> tuple[float, ...]:
    if not isinstance(value, Sequence | np.ndarray) or isinstance(value, str):
        raise TypeError(f"{name} is {value!r}; it must be a tuple of {count} numbers")
    if len(value) != count:
        raise ValueError(f"{name} has {len(value)} numbers; it must have {count}")
    return tuple(_number(name, number) for number in value)


def _count(name: str, value: Any) -> int:
    number = _number(name, value)
    if number < 0 or not number.is_integer():
        raise ValueError(f"{name} is {value}; it must be a whole number, at least 0")
    return int(number)


def _positive_count(name: str, value: Any) -> int:
    number = _count(name, value)
    if number == 0:
        raise ValueError(f"{name} is 0; it must be at least 1")
    return number


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} is {value!r}; it must be True or False")
    return bool(value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} is {value!r}; it must be a string")
    return value


_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "adjust_lr_fn": _text,
    "alpha": _fraction,
    "amsgrad": _flag,
    "betas": _betas,
    "centered": _flag,
    "decoupled_weight_decay": _flag,
    "history_size": _positive_count,
    "line_search_fn": _text,
    "max_eval": _positive_count,
    "max_iter": _positive_count,
    "nesterov": _flag,
    "ns_coefficients": _coefficients,
    "ns_steps": _count,
    "rho": _fraction,
    "step": _count,
    "train_mode": _flag,
    "warmup_steps": _count,
}
"""How a setting is checked, where it is not simply a finite number of at least 0."""


def _make_groups(params: Params, defaults: dict[str, Any]) -> list[Group]:
    """Return checked parameter groups, each with all settings, from either form of `params`."""
    if isinstance(params, np.ndarray):
        raise TypeError("params is one array; pass a list: [w]")
    if isinstance(params, dict):
        raise TypeError("params is one group; pass a list of groups: [group]")
    if not isinstance(params, Iterable):
        raise TypeError(f"params is a {type(params).__name__}; pass a list of arrays: [w]")
    given: list[Any] = list(params)
    if not given:
        raise ValueError("params is empty; pass at least one array")
    groups = given if isinstance(given[0], dict) else [{"params": given}]

    made: list[Group] = []
    count = 0
    seen: set[int] = set()
    for i, group in enumerate(groups):
        if not isinstance(group, dict) or "params" not in group:
            raise TypeError(f'group {i} is not of the form {{"params": [...], ...}}')
        unknown = sorted(set(group) - {"params", *defaults})
        if unknown:
            raise ValueError(f"group {i} has unknown settings {unknown}; known: {list(defaults)}")
        if isinstance(group["params"], np.ndarray):
            raise TypeError(f'the params of group {i} are one array; pass a list: "params": [w]')
        if not isinstance(group["params"], Iterable):
            kind = type(group["params"]).__name__
            raise TypeError(f'the params of group {i} are a {kind}; pass a list: "params": [w]')
        arrays = list(group["params"])
        for w in arrays:
            _check_param(count, w)
            if id(w) in seen:
                raise ValueError(f"parameter {count} is given twice; pass each array once")
            seen.add(id(w))
            count += 1
        settings = {name: group.get(name, default) for name, default in defaults.items()}
        checked = {name: check_setting(name, value) for name, value in settings.items()}
        made.append({"params": arrays, **checked})
    if count == 0:
        raise ValueError("no group has a parameter; pass at least one array")
    return made


def _check_param(i: int, w: Any) -> None:
    """Refuse what cannot be updated in place, and say how to mend it."""
    if not isinstance(w, np.ndarray):
        raise TypeError(
            f"parameter {i} is a {type(w).__name__}, which cannot change in place; "
            "make it an array: np.array(..., dtype=float)"
        )
    if not np.issubdtype(w.dtype, np.floating):
        raise TypeError(
            f"parameter {i} has dtype {w.dtype}, which cannot take fractional steps; "
            "make it an array of floats: np.array(..., dtype=float)"
        )
    if w.dtype not in (np.float64, np.float32):
        raise TypeError(
            f"parameter {i} has dtype {w.dtype}, and optimizers compute in float64 or float32; "
            "make it one of them: np.array(..., dtype=float)"
        )
    if not w.flags.writeable:
        raise TypeError(f"parameter {i} is read-only; pass a copy: w.copy()")


def _owner(array: Any) -> Any:
    """Return the object that owns an array's memory: the array itself, or what it is a view of."""
    return array if array.base is None else array.base
