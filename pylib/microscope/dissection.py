"""`dissect`: walk down a surface as `minimize` does, and keep what the optimizer's rule made."""

import contextlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pylib._typing import ArrayLike, FloatArray
from pylib.microscope.formula import plain, rows, symbol
from pylib.microscope.plane import plane
from pylib.microscope.recorder import Recorder
from pylib.microscope.row_matrix import for_points
from pylib.microscope.rule import GRADIENT, PARAMETER, SETTING, STATE, STEP, Rule, rule_of
from pylib.surfaces import Function
from pylib.training import Trace, minimize

__all__ = ["Dissection", "dissect"]


@dataclass(frozen=True, repr=False)
class Dissection:
    """A walk with all that its optimizer worked out; T is the number of updates made.

    In a cell of the lesson it is shown as the microscope.

    Attributes:
        optimizer: Name of the optimizer's class.
        surface: Name of the surface's class.
        trace: The walk, as `minimize` gives it.
        values: Key -> numbers after each update, shape `(T, n)`: one per weight, or one for all.
            Keys are `"w"`, `"g"` (the gradient as it was given), `"step"` (the change of w),
            `"state.exp_avg"`, `"set.lr"`, and the names that the rule gives to what it works out
            on its way, such as `"m_hat"`. NaN where a step did not come by.
        rule: The method that was watched, with its source.
    """

    optimizer: str
    surface: str
    trace: Trace
    values: dict[str, FloatArray]
    rule: Rule
    _made: dict[tuple[int, str], FloatArray] = field(default_factory=dict)
    _ran: tuple[tuple[int, ...], ...] = ()
    _before: FloatArray = field(default_factory=lambda: np.empty((0, 1)))
    _kinds: dict[str, tuple[str, int]] = field(default_factory=dict)
    _plane: dict[str, Any] | None = None
    _settings: tuple[dict[str, Any], ...] = ()
    _formulas: tuple[dict[str, Any], ...] = ()
    _on: Any = None
    _warning: str | None = None

    def __repr__(self) -> str:
        start, end = (_point(point) for point in (self.trace.path[0], self.trace.path[-1]))
        values = self.trace.values
        return (
            f"{self.optimizer} on {self.surface}: {len(self.trace.lrs)} steps from {start} to "
            f"{end}, value {values[0]:.4g} to {values[-1]:.4g}"
        )

    def formulas(self) -> list[str]:
        """The rule's formulas, as text, of all lines that ran.

        Examples:
            >>> from pylib.optimizers import Adam
            >>> from pylib.surfaces import Parabola
            >>> dissect(Parabola(), Adam, 1.0, steps=2).formulas()[0]
            'm ← β_1 m + (1 − β_1) g'
        """
        return [plain(row["tree"]) for row in self._formulas]

    def _instrument_(self) -> tuple[str, dict[str, Any]]:
        """What a page shows of it, as `MicroscopeRecord` of client/microscope/record.ts."""
        return "microscope", self._record()

    def _still_(self) -> Any:
        """Where nothing can be moved: a figure of the walk."""
        title = f"{self.optimizer} on {self.surface}"
        if self._plane is None:
            import matplotlib.pyplot as plt

            figure, axes = plt.subplots()
            axes.plot(self.trace.values)
            axes.set(title=title, xlabel="step", ylabel="value")
            return figure
        from pylib.plots import plot_path

        bounds = self._plane["bounds"]
        axes = plot_path(self._on, {self.optimizer: self.trace}, bounds=bounds, title=title)
        return axes.figure

    def _record(self) -> dict[str, Any]:
        trace = self.trace
        spans = self.rule.spans()
        seen = {key for *_, key in spans}
        keys = [key for key in self.values if key in seen or _is_shown(key)]
        ran = sorted(set(self._ran))
        return {
            "optimizer": self.optimizer,
            "surface": self.surface,
            "words": repr(self),
            "warning": self._warning,
            "path": _json(trace.path),
            "values": _json(trace.values),
            "before": _json(self._before),
            "plane": self._plane,
            "quantities": [self._quantity(key) for key in sorted(keys, key=_order)],
            "source": {
                "name": self.rule.name,
                "first": self.rule.first,
                "text": self.rule.source,
                "spans": [[*span] for span in spans if span[3] in keys],
                "made": [
                    {"line": line, "key": key, "values": _json(values)}
                    for (line, key), values in sorted(self._made.items())
                    if key in keys
                ],
                "ran": {"sets": ran, "of": [ran.index(lines) for lines in self._ran]},
            },
            "formulas": list(self._formulas),
            "settings": list(self._settings),
        }

    def _quantity(self, key: str) -> dict[str, Any]:
        rule = self.rule
        named = [n for n, other in {**rule.arguments, **rule.aliases}.items() if other == key]
        name = "" if key == PARAMETER and "w" in named else next(iter(named), "")
        if key == STEP:
            of = [{"kind": "name", "text": "Δ", "upright": True}, symbol(rule, PARAMETER, name)]
            tree = {"kind": "row", "of": of, "key": STEP}
        else:
            tree = symbol(rule, key, name)
        kind, along = self._kinds.get(key, ("number", 0))
        return {
            "key": key,
            "symbol": tree,
            "names": named or [key.rpartition(".")[2]],
            "kind": kind,
            "along": along,
            "values": _json(self.values[key]),
        }


def dissect(
    surface: Any,
    optimizer_class: Callable[..., Any],
    start: ArrayLike,
    steps: int = 60,
    lr: float | None = None,
    schedule: Any = None,
    noise: float = 0.0,
    seed: int = 0,
    **settings: Any,
) -> Dissection:
    """Take an optimizer apart: walk as `minimize` does, and keep every number on the way.

    The optimizer's own rule runs, watched line by line. Muon, which updates matrices, is given
    the point as a matrix of one row.

    Args:
        surface: What to lower: `surface(w)` and `surface.gradient(w)`, w of shape `(d,)`.
        optimizer_class: A class of `pylib.optimizers`, or your own, made from
            `GradientOptimizer`.
        start: The first point, shape `(d,)`; a number for d = 1.
        steps: Number of updates.
        lr: Learning rate; `None` takes the optimizer's default.
        schedule: step -> learning rate; it overrides `lr`.
        noise: Standard deviation of the noise on each coordinate of the gradient.
        seed: Of the noise.
        **settings: The optimizer's other arguments, such as `momentum=0.9`.

    Returns:
        The walk, and the numbers of each step.

    Raises:
        TypeError: `optimizer_class` is no optimizer's class, or as `minimize` says.
        ValueError: As `minimize` says.

    Examples:
        >>> from pylib.optimizers import Adam
        >>> from pylib.surfaces import Quadratic
        >>> walk = dissect(Quadratic(10), Adam, [1.0, 1.0], steps=3, lr=0.1)
        >>> walk.values["state.exp_avg"][0]  # a tenth of the gradient (1, 10)
        array([0.1, 1. ])
        >>> walk.values["m_hat"][0]
        array([ 1., 10.])
    """
    if not isinstance(optimizer_class, type):
        raise TypeError(
            f"optimizer_class is {optimizer_class!r}; give the class itself, as in Adam"
        )
    rule = rule_of(optimizer_class)
    kind = for_points(optimizer_class)
    given = {"schedule": schedule, "noise": noise, "seed": seed, **settings}
    dim = np.size(start)
    kinds = _kinds(kind, rule, dim, lr, given)  # finds more of the rule's names, too
    recorder = Recorder(rule)
    trace = minimize(surface, recorder.watched(kind), start, steps, lr, report=None, **given)
    done = len(trace.lrs)
    values = {
        key: _column([each.get(key) for each in recorder.steps[:done]])
        for key in dict.fromkeys(key for each in recorder.steps[:done] for key in each)
    }
    if not done:
        values = {PARAMETER: np.empty((0, dim))}
    places = {(line, key) for made in recorder.made[:done] for line in made for key in made[line]}
    made = {
        (line, key): _column([each.get(line, {}).get(key) for each in recorder.made[:done]])
        for line, key in places
    }
    ran = tuple(tuple(sorted(set(lines))) for lines in recorder.ran[:done])
    own = _arguments(optimizer_class, {**settings, **({} if lr is None else {"lr": lr})})
    written = rows(rule, {line for lines in ran for line in lines}, own)
    return Dissection(
        optimizer=optimizer_class.__name__,
        surface=type(surface).__name__ if not isinstance(surface, Function) else "your function",
        trace=trace,
        values=values,
        rule=rule,
        _made=made,
        _ran=ran,
        _before=np.array(recorder.before[:done]).reshape(done, dim),
        _kinds=kinds,
        _plane=plane(surface, trace.path),
        _settings=tuple(_controls(optimizer_class, own)),
        _formulas=tuple(row for row in written if row["key"] in values),
        _on=surface,
        _warning=_warning(rule, trace, recorder.is_rebound),
    )


# --- What the numbers are ---


def _column(found: list[FloatArray | None]) -> FloatArray:
    """One row per step, as wide as the widest; NaN where there is none."""
    width = max((len(each) for each in found if each is not None), default=1)
    column = np.full((len(found), width), np.nan)
    for row, each in zip(column, found, strict=True):
        if each is not None:
            row[: len(each)] = each
    return column


def _warning(rule: Rule, trace: Trace, is_rebound: bool) -> str | None:
    """What went wrong with a walk, in words."""
    if is_rebound:
        w = next(name for name, key in rule.arguments.items() if key == PARAMETER)
        return (
            f"{rule.name} gives the name {w} to a new array, and the parameter stays as it is: "
            f"change it in place, as in {w} -= ... or {w}[...] = ..."
        )
    return None if trace.stopped is None else str(trace.stopped)


def _kinds(
    kind: type, rule: Rule, dim: int, lr: float | None, given: Mapping[str, Any]
) -> dict[str, tuple[str, int]]:
    """What each quantity is on the plane, by what a first step does to it.

    A direction turns round when the gradient does; a place goes along when the start does; all
    else is a number. The sign says whether a direction points along the gradient, or against it.
    """
    slope = np.linspace(1.0, 2.0, dim)

    def first(start: float, slope: FloatArray) -> dict[str, FloatArray]:
        recorder = Recorder(rule)
        plain_given = {**given, "noise": 0.0}
        lean = Function(lambda w: 0.0, lambda w: slope.copy())
        watched = recorder.watched(kind)
        minimize(lean, watched, np.full(dim, start), 1, lr, report=None, **plain_given)
        return recorder.steps[0]

    kinds: dict[str, tuple[str, int]] = {}
    # A rule of one's own may not be asked for this.
    with contextlib.suppress(Exception), np.errstate(all="ignore"):
        up, down, moved = first(0.0, slope), first(0.0, -slope), first(1.0, slope)
        for key, value in up.items():
            if len(value) != dim or (dim == 1 and key.startswith(SETTING)):
                continue
            other, elsewhere = down.get(key), moved.get(key)
            if other is None or elsewhere is None:
                continue
            if np.all(np.abs(elsewhere - value - 1) < 0.5):
                kinds[key] = "place", 0
            elif np.any(value) and np.allclose(value, -other):
                kinds[key] = "direction", 1 if value @ slope > 0 else -1
    return {**kinds, PARAMETER: ("place", 0), GRADIENT: ("direction", 1), STEP: ("direction", -1)}


def _arguments(kind: type, given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of an optimizer: those given, and the defaults of all others."""
    found = {}
    for name, parameter in list(inspect.signature(kind).parameters.items())[1:]:
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            default = None if parameter.default is parameter.empty else parameter.default
            found[name] = given.get(name, default)
    return found


def _controls(kind: type, now: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The settings that a page can have controls for.

    Truth values, numbers and tuples of numbers come as they are; what is or may be a word or None
    comes as Python writes it.
    """
    controls = []
    for name, value in now.items():
        default = inspect.signature(kind).parameters[name].default
        held: Any = list(value) if isinstance(value, tuple) else value
        if not _is_numeric(value) or (
            default is not inspect.Parameter.empty and not _is_numeric(default)
        ):
            if not all(
                part is None or isinstance(part, int | float | str) for part in _parts(value)
            ):
                continue
            held = repr(value)
        controls.append({"name": name, "value": held, "whole": type(value) is int})
    return controls


def _parts(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _is_numeric(value: Any) -> bool:
    return all(isinstance(part, int | float) and np.isfinite(part) for part in _parts(value))


# --- For the page ---


def _json(values: FloatArray) -> list[Any]:
    """Lists of numbers; None for those that JSON cannot say."""
    if np.isfinite(values).all():
        whole: list[Any] = values.tolist()
        return whole
    if values.ndim > 1:
        return [_json(row) for row in values]
    return [float(value) if np.isfinite(value) else None for value in values]


def _is_shown(key: str) -> bool:
    return key in (PARAMETER, GRADIENT, STEP) or key.startswith(STATE)


def _order(key: str) -> tuple[int, str]:
    first = (PARAMETER, GRADIENT)
    if key in first:
        return first.index(key), ""
    if key.startswith(STATE):
        return 2, ""
    if key == STEP:
        return 3, ""
    return (5 if key.startswith(SETTING) else 4), ""


def _point(point: FloatArray) -> str:
    return "(" + ", ".join(f"{value:.4g}" for value in point) + ")"
