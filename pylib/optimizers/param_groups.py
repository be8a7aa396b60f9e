"""Parameter groups: which arrays an optimizer changes, and with which settings."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np

from pylib._typing import FloatArray
from pylib.optimizers.settings import Check

Group: TypeAlias = dict[str, Any]
"""A parameter group: its arrays under "params", and one entry per setting."""

Params: TypeAlias = Iterable[FloatArray] | Iterable[Mapping[str, Any]]
"""A list of float arrays, or a list of groups."""

PLAIN = (np.ndarray, np.memmap)
"""The arrays whose operators are NumPy's own; `np.matrix` and masked arrays redefine them."""


def as_groups(params: Any) -> list[Any]:
    """Return either form of `params` as a list of groups, which are not checked yet."""
    if isinstance(params, np.ndarray):
        raise TypeError("params is one array; pass a list: [w]")
    if isinstance(params, Mapping):
        raise TypeError("params is one group; pass a list of groups: [group]")
    if not isinstance(params, Iterable):
        raise TypeError(f"params is a {type(params).__name__}; pass a list of arrays: [w]")
    given = list(params)
    if not given:
        raise ValueError("params is empty; pass at least one array")
    return given if isinstance(given[0], Mapping) else [{"params": given}]


def make_group(
    i: int, given: Any, defaults: Mapping[str, Any], checks: Mapping[str, Check], held: int
) -> Group:
    """Return a checked group with all settings.

    Args:
        i: the group's number, for messages.
        given: what was given for it.
        defaults: all settings, with the values of those that it does not give.
        checks: how each setting is checked; one that is not listed is kept as it is.
        held: how many parameters the groups before it have.
    """
    if not isinstance(given, Mapping) or "params" not in given:
        raise TypeError(f'group {i} is not of the form {{"params": [...], ...}}')
    unknown = sorted(set(given) - {"params", *defaults})
    if unknown:
        raise ValueError(f"group {i} has unknown settings {unknown}; known: {list(defaults)}")
    arrays = given["params"]
    if isinstance(arrays, np.ndarray):
        raise TypeError(f'the params of group {i} are one array; pass a list: "params": [w]')
    if not isinstance(arrays, Iterable):
        kind = type(arrays).__name__
        raise TypeError(f'the params of group {i} are a {kind}; pass a list: "params": [w]')
    group: Group = {"params": tuple(arrays)}
    for k, w in enumerate(group["params"], start=held):
        check_param(k, w)
    settings = {name: given.get(name, default) for name, default in defaults.items()}
    return group | checked(settings, checks)


def checked(settings: Mapping[str, Any], checks: Mapping[str, Check]) -> dict[str, Any]:
    """Return settings as their checks return them."""
    return {
        name: checks[name](name, value) if name in checks else value
        for name, value in settings.items()
    }


def check_param(i: int, w: Any) -> None:
    """Refuse what cannot be updated in place, and say how to mend it."""
    if not isinstance(w, np.ndarray):
        raise TypeError(
            f"parameter {i} is a {type(w).__name__}, which cannot change in place; "
            "make it an array: np.array(..., dtype=float)"
        )
    if type(w) not in PLAIN:
        raise TypeError(
            f"parameter {i} is a {type(w).__name__}, with which * or + may mean something else; "
            "pass a plain array, which may share its memory: np.asarray(...)"
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


def check_distinct(params: list[FloatArray]) -> None:
    """Refuse an array that is given twice: it would take two steps at once."""
    seen: set[int] = set()
    for i, w in enumerate(params):
        if id(w) in seen:
            raise ValueError(f"parameter {i} is given twice; pass each array once")
        seen.add(id(w))
