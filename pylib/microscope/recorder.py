"""Keeps what an optimizer's rule works out: a class that steps as before, and is watched."""

import ast
from collections.abc import Mapping
from functools import wraps
from typing import Any, TypeAlias

import numpy as np

from pylib._typing import FloatArray
from pylib.microscope.rule import GRADIENT, PARAMETER, SETTING, STATE, STEP, Rule
from pylib.microscope.watch import Watch

Values: TypeAlias = dict[str, FloatArray]
"""Key -> what it is, flat: one number per weight, or one for all."""

# Arrays with more numbers than this are not shown number by number.
MOST = 16


class Recorder:
    """What each step of one walk worked out.

    Args:
        rule: The rule that is watched; names that turn out to stand for the state are added to it.

    Attributes:
        steps: For each step, key -> value at its end; of the gradient, as it was given.
        made: For each step, line -> key -> value after that line.
        ran: For each step, the lines that ran.
        before: For each step, the parameter before it.
        is_rebound: Whether a step gave the parameter's name to another array, so that nothing of
            it reached the parameter.
    """

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._first = rule.code.co_firstlineno
        # Line -> the first line of its statement, and key, name and entry of what it writes to.
        self._made_at = {
            line + self._first - 1: (first, [_place(rule, target) for target in targets])
            for line, (first, targets) in rule.made_at().items()
        }
        self._given: Values = {}
        self._lines: dict[int, Values] = {}
        self.steps: list[Values] = []
        self.made: list[dict[int, Values]] = []
        self.ran: list[list[int]] = []
        self.before: list[FloatArray] = []
        self.is_rebound = False

    def watched(self, kind: type) -> type:
        """A class like `kind` whose steps are kept here."""
        recorder = self

        class Watched(kind):  # type: ignore[misc]
            @wraps(kind.step)  # type: ignore[attr-defined]
            def step(self, *args: Any, **kwargs: Any) -> Any:
                before = self.params[0].copy()
                with recorder._watch() as watch:
                    answer = super().step(*args, **kwargs)
                recorder._keep(self, before, watch)
                return answer

        Watched.__name__ = Watched.__qualname__ = kind.__name__
        return Watched

    def _watch(self) -> Watch:
        self._given, self._lines = {}, {}
        return Watch(self._rule.code, self._look, self._made_at, self._begin)

    def _begin(self, names: Mapping[str, Any]) -> None:
        for name, key in self._rule.arguments.items():
            if key == GRADIENT and (found := numbers(names.get(name))) is not None:
                self._given[key] = found

    def _look(self, names: Mapping[str, Any], line: int) -> None:
        first, targets = self._made_at[line]
        for key, name, entry in targets:
            held = names.get(name)
            value = numbers(held.get(entry) if isinstance(held, dict) else held)
            if key is not None and value is not None:
                self._lines.setdefault(first, {})[key] = value

    def _meet(self, optimizer: Any, names: Mapping[str, Any]) -> None:
        """Learn which names stand for the parameter or an array of the state."""
        rule = self._rule
        arrays = {PARAMETER: optimizer.params[0]}
        for name, array in _state(optimizer).items():
            if isinstance(array, np.ndarray):
                arrays[f"{STATE}{name}"] = array
        for name, value in names.items():
            if name in rule.aliases or name in rule.arguments or not isinstance(value, np.ndarray):
                continue
            for key, array in arrays.items():
                if value is array or (value.size == array.size and np.shares_memory(value, array)):
                    rule.aliases[name] = key
                    break

    def _is_lost(self, names: Mapping[str, Any], w: FloatArray) -> bool:
        """Whether the name of the parameter stands for other numbers in another array."""
        name = next((n for n, key in self._rule.arguments.items() if key == PARAMETER), None)
        held = names.get(name) if name else None
        return (
            isinstance(held, np.ndarray)
            and not np.shares_memory(held, w)
            and not np.array_equal(held.ravel(), w.ravel(), equal_nan=True)
        )

    def _worked_out(self, names: Mapping[str, Any]) -> Values:
        """What the rule's own names hold at its end."""
        rule = self._rule
        found = {}
        for name, value in names.items():
            key = rule.aliases.get(name, rule.arguments.get(name, name))
            if name == "_":
                continue
            if key in (name, GRADIENT) and (number := numbers(value)) is not None:
                found[key] = number
        return found | self._given

    def _keep(self, optimizer: Any, before: FloatArray, watch: Watch) -> None:
        self._meet(optimizer, watch.names)
        values = self._worked_out(watch.names)
        self.is_rebound |= self._is_lost(watch.names, optimizer.params[0])
        values[PARAMETER] = optimizer.params[0].astype(float).ravel()
        values[STEP] = values[PARAMETER] - before.ravel()
        for name, array in _state(optimizer).items():
            if (found := numbers(array)) is not None:
                values[f"{STATE}{name}"] = found
        for name, value in _group(optimizer).items():
            parts = {f"[{i}]": v for i, v in enumerate(value)} if type(value) is tuple else {}
            for place, part in {"": value, **parts}.items():
                if not isinstance(part, bool) and (found := numbers(part)) is not None:
                    values[f"{SETTING}{name}{place}"] = found
        self.steps.append(values)
        self.made.append(self._lines)
        self.ran.append([line - self._first + 1 for line in watch.lines])
        self.before.append(before.ravel())


def _place(rule: Rule, target: Any) -> tuple[str | None, str, Any]:
    """The key of a target, and where its value is found: under a name, or there in an entry."""
    while isinstance(target, ast.Subscript) and isinstance(target.value, ast.Subscript):
        target = target.value  # state["best"][0]
    name = getattr(target, "id", None) or getattr(getattr(target, "value", None), "id", "")
    entry = getattr(getattr(target, "slice", None), "value", None)
    return rule.key(target), str(name), entry


def numbers(value: Any) -> FloatArray | None:
    """A copy of a number or a small array of numbers, flat; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.ndarray | np.number):
        return None
    array = np.asarray(value)
    if array.dtype.kind not in "fiu" or not 0 < array.size <= MOST:
        return None
    return array.astype(float).ravel()


def _state(optimizer: Any) -> Mapping[str, Any]:
    states = getattr(optimizer, "state", None)
    return states[0] if isinstance(states, list) and states else {}


def _group(optimizer: Any) -> Mapping[str, Any]:
    groups = getattr(optimizer, "param_groups", None) or [{}]
    return {name: value for name, value in groups[0].items() if name != "params"}
