"""What every optimizer shares: its parameters, the learning rate, saving and loading.

The rules themselves stand in the modules beside this one, one class each.
"""

from collections.abc import Iterator, Mapping, Sequence
from operator import is_
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pylib._typing import FloatArray
from pylib._validate import whole
from pylib.optimizers.gradients import check_grads
from pylib.optimizers.param_groups import (
    Group,
    Params,
    as_groups,
    check_distinct,
    checked,
    make_group,
)
from pylib.optimizers.saving import array_from_file, from_file, to_file
from pylib.optimizers.settings import Check, not_negative

State: TypeAlias = dict[str, NDArray[Any]]
"""What an optimizer remembers about one parameter: arrays under PyTorch's names."""

Gradients: TypeAlias = Sequence[FloatArray | None]
"""One gradient per parameter; None for one that stays as it is."""


class Optimizer:
    """Holds parameters in groups with their settings and their state; subclasses hold the rule.

    Attributes:
        param_groups: one dict per group: `params`, `lr`, and the optimizer's other settings. A
            setting may be changed there; it is checked before the next step.
        params: all parameters, in the order in which `step` expects their gradients.
        state: one dict of named arrays per parameter, in the same order, with PyTorch's names.
        step_count: how many steps were taken.
        defaults: the settings of a group that does not give its own.
    """

    checks: ClassVar[Mapping[str, Check]] = {"lr": not_negative}
    """How each setting is checked; a class adds its own to those of the class it is made from.

    A check takes a name and a value, and returns the value to keep. A setting without one is kept
    as it is.
    """

    never_negative: ClassVar[tuple[str, ...]] = ()
    """The arrays of the state that are refused, when they are loaded, if they go below 0."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.checks = {
            name: check
            for base in reversed(cls.__mro__)
            for name, check in vars(base).get("checks", {}).items()
        }

    def __init__(self, params: Params, lr: float, **settings: Any) -> None:
        self.defaults: dict[str, Any] = {"lr": lr, **settings}
        self.param_groups: list[Group] = []
        self.params: list[FloatArray] = []
        self.state: list[State] = []
        self.step_count = 0
        self._skipped: list[int] = []  # for each parameter, the steps that it did not take
        self._settled: list[list[Any]] = []  # each group's values, as last checked
        self._lr_ratios: list[float] = []
        for group in as_groups(params):
            self._add_group(group, self.defaults)
        if not self.params:
            raise ValueError("no group has a parameter; pass at least one array")

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Take on more parameters, such as those of layers that are to learn from now on.

        Args:
            group: `{"params": [...], ...}`. Settings that it lacks are those of the start, except
                `lr`, which is that of now. Gradients of its parameters come last in `step`.

        Raises:
            TypeError: A parameter is not a writable float array, or `group` is no dict.
            ValueError: A setting is unknown or out of range, or a parameter is held already.
        """
        self._add_group(group, {**self.defaults, "lr": self.lr})

    def _add_group(self, given: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        """Append a group and its parameters, with their state; nothing, if it does not fit."""
        place, held = len(self.param_groups), len(self.params)
        group = make_group(place, given, defaults, self.checks, held)
        self._check_group(group)
        check_distinct([*self.params, *group["params"]])
        self.state += [self._new_state(w, group) for w in group["params"]]
        self.params += group["params"]
        self._skipped += [self.step_count] * len(group["params"])
        self._settled.append(list(group.values()))
        self.param_groups.append(group)
        self._lr_ratios.append(1.0)  # mended where it is asked for

    def _check_group(self, group: Group) -> None:
        """Refuse settings or parameters that do not fit this optimizer's rule."""

    def _new_state(self, w: FloatArray, group: Group) -> State:
        """Return the state of one parameter before its first step."""
        return {}

    def _members(self) -> Iterator[tuple[Group, range]]:
        """Yield each group with the places of its parameters among all."""
        start = 0
        for group in self.param_groups:
            end = start + len(group["params"])
            yield group, range(start, end)
            start = end

    def _settle(self) -> None:
        """Check settings that were changed by hand, and add to the state what they ask for."""
        for i, group in enumerate(self.param_groups):
            settled = self._settled[i]
            if len(group) < len(settled) or not all(map(is_, group.values(), settled)):
                self._settle_group(i, group)

    def _settle_group(self, i: int, group: Group) -> None:
        """Do so for a group of which a value was changed; the group stays as it is on an error."""
        params: tuple[FloatArray, ...]
        params, *before = self._settled[i]
        if group.get("params") is not params:
            raise ValueError(
                f"the params of group {i} were changed by hand; "
                "use add_param_group, or build a new optimizer"
            )
        given = {name: group.get(name) for name in self.defaults}
        settings = checked(given, self.checks)
        self._check_group({**group, **settings})
        group.update(settings)
        self._settled[i] = [params, *settings.values()]
        if all(map(is_, list(given.values())[1:], before[1:])):
            return  # lr alone was changed, which asks for no state
        start = sum(len(earlier["params"]) for earlier in self.param_groups[:i])
        for k in range(start, start + len(params)):
            state = self.state[k]
            more = self._new_state(self.params[k], group)
            if more and not state:  # its memory begins here, so that its next step is a first
                self._skipped[k] = self.step_count
            self.state[k] = {**more, **state}

    @property
    def lr(self) -> float:
        """The learning rate: that of the first group which learns (whose rate is not 0).

        Setting it scales all groups alike, so that their ratios stay as they are.
        """
        return float(self.param_groups[self._ratios().index(1.0)]["lr"])

    @lr.setter
    def lr(self, value: float) -> None:
        lr = self.checks["lr"]("lr", value)
        for i, ratio in enumerate(self._ratios()):
            group = self.param_groups[i]
            group["lr"] = lr * ratio
            self._settled[i][1] = group["lr"]

    def _ratios(self) -> list[float]:
        """Return each group's rate as a multiple of the leading one, also when all are now 0."""
        self._settle()
        lrs = [group["lr"] for group in self.param_groups]
        leading = lrs[self._lr_ratios.index(1.0)]
        if lrs != [leading * ratio for ratio in self._lr_ratios]:  # a rate was set by hand
            leading = next(lr for lr in lrs if lr > 0)
            self._lr_ratios = [lr / leading for lr in lrs]
        return self._lr_ratios

    def state_dict(self) -> dict[str, Any]:
        """Return a flat copy of steps, state and settings: everything except the parameters.

        Returns:
            Keys such as `"step"`, `"0.exp_avg"` (parameter 0) and `"group0.lr"`; a setting that is
            None is NaN. Save it with `np.savez(file, **d)`, or as JSON after
            `np.asarray(value).tolist()`.
        """
        self._settle()
        flat: dict[str, Any] = {"step": self.step_count}
        for k, state in enumerate(self.state):
            flat |= {f"{k}.{name}": np.array(array) for name, array in state.items()}
            if self._skipped[k]:
                flat[f"{k}.skipped"] = self._skipped[k]
        for i, group in enumerate(self.param_groups):
            flat |= {
                f"group{i}.{name}": to_file(v) for name, v in group.items() if name != "params"
            }
        return flat

    def load_state_dict(self, flat: Mapping[str, Any]) -> None:
        """Take back what `state_dict` gave, also after a round trip through a file.

        Args:
            flat: what `state_dict`, `np.load` or `json.load` returned. The parameters are not in
                it: restore their values yourself.

        Raises:
            TypeError: What should be numbers is something else.
            ValueError: A key is missing or unknown, an array has another shape or impossible
                values, or a setting is out of range. After any error the optimizer is as it was.
        """
        if not isinstance(flat, Mapping):
            raise TypeError(
                f"{flat!r} is no state; give what state_dict(), np.load or json.load returned"
            )
        self._settle()
        # Files from before `maximize` lack it, and have a `lr_ratio`, which the rates tell anyway.
        places = range(len(self.param_groups))
        flat = {f"group{i}.maximize": False for i in places} | dict(flat)
        allowed = {f"group{i}.{name}" for i in places for name in ("maximize", "lr_ratio")}
        required = {"step"}
        groups, likes = [], []
        for i, (group, members) in enumerate(self._members()):
            keys = {name: f"group{i}.{name}" for name in group if name != "params"}
            given = {n: from_file(k, flat[k], group[n]) for n, k in keys.items() if k in flat}
            groups.append({**group, **checked(given, self.checks)})
            required.update(keys.values())
            for k in members:
                like = self._state_under(groups[-1], k)
                required.update(f"{k}.{name}" for name in like)
                likes.append({**self.state[k], **like})
                allowed.update(f"{k}.{name}" for name in ("skipped", *likes[-1]))
        missing, unknown = required - set(flat), set(flat) - required - allowed
        if missing or unknown:
            raise ValueError(
                f"this is not the state of such a {type(self).__name__}: missing "
                f"{sorted(missing)}, unknown {sorted(unknown)}; build the optimizer with the "
                "groups and settings it was saved with"
            )

        step_count = whole("step", from_file("step", flat["step"], 0))
        skipped = []
        for key in (f"{k}.skipped" for k in range(len(self.params))):
            skipped.append(whole(key, from_file(key, flat.get(key, 0), 0), 0, step_count))
        states = [
            {
                name: self._load_array(f"{k}.{name}", flat, array)
                for name, array in like.items()
                if f"{k}.{name}" in flat
            }
            for k, like in enumerate(likes)
        ]
        for group in groups:
            self._check_group(group)
        self.step_count, self._skipped, self.state = step_count, skipped, states
        for i, group in enumerate(groups):
            self.param_groups[i].update(group)
            self._settled[i] = [group[name] for name in ("params", *self.defaults)]

    def _state_under(self, group: Group, k: int) -> State:
        """Return what parameter k needs to remember under the settings of a group."""
        return self._new_state(self.params[k], group)

    def _load_array(self, key: str, flat: Mapping[str, Any], like: NDArray[Any]) -> Any:
        """Return the array under `key`, in the dtype and shape of the one it replaces."""
        never_negative = key.split(".", 1)[1] in self.never_negative
        if isinstance(like, int | float):  # a number that a rule of one's own keeps
            return array_from_file(key, flat[key], np.asarray(like), never_negative).item()
        return array_from_file(key, flat[key], like, never_negative)

    def _check_grads(self, grads: Gradients) -> list[FloatArray | None]:
        """Return the gradients as a list if every one fits its parameter and is finite."""
        return check_grads(grads, self.params, self.step_count + 1)

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={self.param_groups[0][name]!r}" for name in self.defaults)
        return f"{type(self).__name__}({len(self.params)} parameters, {settings})"
