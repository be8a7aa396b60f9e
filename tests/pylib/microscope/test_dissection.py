"""What the microscope shows: the numbers of `minimize`, and names that mean what they say."""

import ast
import inspect
import json
import sys
from collections.abc import Mapping
from types import FrameType
from typing import Any

import numpy as np
import pytest

from pylib import optimizers
from pylib.microscope import Dissection, dissect
from pylib.microscope.row_matrix import for_points
from pylib.optimizers import SGD, Adam, GradientOptimizer, Lion, RAdam
from pylib.schedules import ExponentialLR
from pylib.surfaces import Beale, DoubleWell, Function, Quadratic, Rosenbrock
from pylib.training import minimize

CLASSES = [name for name in optimizers.__all__ if name not in ("GradientOptimizer", "Optimizer")]
# What makes a rule take its other branches.
SETTINGS: list[tuple[str, dict[str, Any]]] = [
    *((name, {"max_iter": 1} if name == "LBFGS" else {}) for name in CLASSES),
    ("SGD", {"momentum": 0.9, "weight_decay": 0.1}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("RMSprop", {"momentum": 0.5, "centered": True}),
    ("Adam", {"amsgrad": True, "weight_decay": 0.1}),
    ("NAdam", {"decoupled_weight_decay": True, "weight_decay": 0.1}),
    ("ScheduleFreeSGD", {"warmup_steps": 5}),
    ("LBFGS", {"max_iter": 3, "line_search_fn": "strong_wolfe"}),
    ("Muon", {"nesterov": False, "adjust_lr_fn": "match_rms_adamw"}),
]
STARTS: dict[Any, list[float]] = {Quadratic: [-1.8, 1.2], Beale: [1.0, 1.0], DoubleWell: [1.7]}
STEPS = 25


@pytest.mark.parametrize("surface", STARTS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(("name", "settings"), SETTINGS, ids=str)
def test_every_number_is_that_of_minimize(
    name: str, settings: dict[str, Any], surface: type
) -> None:
    kind = getattr(optimizers, name)
    place, start = surface(), STARTS[surface]
    walk = dissect(place, kind, start, STEPS, lr=0.02, noise=0.1, seed=3, **settings)
    trace = minimize(
        place, for_points(kind), start, STEPS, lr=0.02, noise=0.1, seed=3,
        keep_state=True, report=None, **settings,
    )  # fmt: skip
    assert np.array_equal(walk.trace.path, trace.path)
    assert np.array_equal(walk.trace.values, trace.values)
    assert np.array_equal(walk.trace.lrs, trace.lrs)
    assert trace.state or name == "SGD"
    for entry, array in trace.state.items():
        assert np.array_equal(walk.values[f"state.{entry}"], array.reshape(len(array), -1)), entry
    assert np.array_equal(walk.values["set.lr"][:, 0], trace.lrs)
    if not name.startswith("ScheduleFree"):  # whose path is not where the gradients are
        assert np.array_equal(walk.values["w"], trace.path[1:])
        assert np.array_equal(walk.values["step"], np.diff(trace.path, axis=0))
    if name != "LBFGS":
        assert walk.values["g"].shape == (len(trace.lrs), len(start))


def test_the_gradient_is_that_of_the_surface_where_the_step_begins() -> None:
    place = Rosenbrock()
    for kind in (Adam, optimizers.ScheduleFreeAdamW):
        walk = dissect(place, kind, [-1.2, 1.0], 10, lr=0.05, weight_decay=0.1)
        record = walk._instrument_()[1]
        assert np.array_equal(walk.values["g"], place.gradient(np.array(record["before"])))


def test_a_schedule_and_a_walk_that_diverges() -> None:
    walk = dissect(Quadratic(), SGD, [1.0, 1.0], 5, schedule=ExponentialLR(0.1, 0.5))
    assert walk.values["set.lr"][:, 0].tolist() == [0.1 * 0.5**t for t in range(5)]
    walk = dissect(Quadratic(), SGD, [1.0, 1.0], 500, lr=1.0)
    assert walk.trace.stopped is not None
    assert {len(values) for values in walk.values.values()} == {len(walk.trace.lrs)}
    assert walk._instrument_()[1]["warning"].startswith("Stopped at step")


class Heavy(GradientOptimizer):
    """A rule of one's own, whose memory has a name that nobody knows."""

    def __init__(self, params: Any, lr: float = 0.05, mu: float = 0.8) -> None:
        super().__init__(params, lr=lr, mu=mu)

    def _new_state(self, w: Any, group: Any) -> dict[str, Any]:
        return {"speed": np.zeros_like(w)}

    def _update(self, w: Any, g: Any, state: Any, group: Any, t: int) -> None:
        (v,) = state.values()  # only a run tells what this is
        v *= group["mu"]
        v -= group["lr"] * g
        if t > 3:
            pull = 0.1 * v
            v += pull
        w += v


def test_a_rule_of_ones_own_is_taken_apart_in_the_same_way() -> None:
    walk = dissect(Quadratic(), Heavy, [-1.8, 1.2], 12)
    trace = minimize(Quadratic(), Heavy, [-1.8, 1.2], 12, keep_state=True)
    assert np.array_equal(walk.trace.path, trace.path)
    assert np.array_equal(walk.values["state.speed"], trace.state["speed"])
    assert np.isnan(walk.values["pull"][:3]).all()
    assert np.isfinite(walk.values["pull"][3:]).all()
    assert walk.formulas() == [
        "v ← μ v − α g",
        "pull = 0.1 v if t > 3",
        "v ← v + pull if t > 3",
        "θ ← θ + v",
    ]
    kinds = {one["key"]: (one["kind"], one["along"]) for one in record(walk)["quantities"]}
    assert kinds["state.speed"] == ("direction", -1)
    assert kinds["set.mu"] == ("number", 0)


class Own(GradientOptimizer):
    """What the rules below share."""

    def __init__(self, params: Any, lr: float = 0.05) -> None:
        super().__init__(params, lr=lr)


def test_a_state_may_be_a_number_or_a_list() -> None:
    class Counts(Own):
        def _new_state(self, w: Any, group: Any) -> dict[str, Any]:
            return {"n": 0, "best": np.array(np.inf), "seen": []}

        def _update(self, w: Any, g: Any, state: Any, group: Any, t: int) -> None:
            state["n"] += 1
            state["best"][...] = min(state["best"], np.abs(g).max())
            state["seen"].append(g.copy())
            w -= group["lr"] * g / state["n"] ** 0.5

    walk = dissect(Quadratic(), Counts, [-1.8, 1.2], 5)
    trace = minimize(Quadratic(), Counts, [-1.8, 1.2], 5)
    assert np.array_equal(walk.trace.path, trace.path)
    assert walk.values["state.n"][:, 0].tolist() == [1, 2, 3, 4, 5]
    assert walk.formulas()[-1] == "θ ← θ − (α g) / √n"
    made = {one["key"]: one["values"] for one in record(walk)["source"]["made"]}
    assert made["state.best"] == walk.values["state.best"].tolist()


def test_a_number_in_the_state_is_saved_and_loaded() -> None:
    class Counts(Own):
        def _new_state(self, w: Any, group: Any) -> dict[str, Any]:
            return {"n": 0}

        def _update(self, w: Any, g: Any, state: Any, group: Any, t: int) -> None:
            state["n"] += 1
            w -= group["lr"] * g / state["n"]

    one, other = (Counts([np.ones(2)]) for _ in range(2))
    one.step([np.ones(2)])
    other.load_state_dict(one.state_dict())
    assert other.state == [{"n": 1}]
    assert isinstance(other.state[0]["n"], int)
    with pytest.raises(ValueError, match=r"0\.n has shape \(2,\)"):
        other.load_state_dict(one.state_dict() | {"0.n": np.ones(2)})


def test_a_rule_made_from_another_says_what_it_hands_on() -> None:
    class Clipped(Adam):
        def _update(self, w: Any, g: Any, state: Any, group: Any, t: int) -> None:
            g = np.clip(g, -1, 1)
            super()._update(w, g, state, group, t)

    walk = dissect(Quadratic(), Clipped, [-1.8, 1.2], 4, lr=0.1)
    assert walk.formulas() == ["g ← clip(g, − 1, 1)", "θ ← Adam(θ, g)"]
    made = {one["key"]: one["values"] for one in record(walk)["source"]["made"]}
    assert made["w"] == walk.trace.path[1:].tolist()
    assert made["g"][0] == [-1, 1]
    assert np.array_equal(walk.values["g"][0], [-1.8, 12])  # as it was given
    assert "state.exp_avg" in walk.values


def test_python_that_rules_seldom_use() -> None:
    class Rare(Own):
        __slots__ = ("push",)

        def __init__(self, params: Any, lr: float = 0.05) -> None:
            super().__init__(params, lr)
            self.push = 2

        def _new_state(self, w: Any, group: Any) -> dict[str, Any]:
            return {"v": np.zeros_like(w)}

        def _update(self, w: Any, g: Any, state: Any, group: Any, t: int) -> None:
            if (n := np.linalg.norm(g)) > 1:
                g = g / n
            match t:
                case 1:
                    state["v"] = g
                case _:
                    state["v"] = self.push * half * g
            for _ in range(2):
                a = 2 * g; b = a + g  # fmt: skip  # noqa: E702
            w[0] -= group["lr"] * b[0]

    half = 0.5
    walk = dissect(Quadratic(), Rare, [-1.8, 1.2], 4)
    assert walk.formulas() == [
        "g ← g / n if (n = ‖g‖) > 1",
        "v ← g",
        "v ← push half g",
        "a = 2 g",
        "b = a + g",
        "θ ← θ − α b [0]",
    ]
    told = record(walk)
    assert {"a", "b", "w", "state.v", "g"} == {one["key"] for one in told["source"]["made"]}
    assert "_" not in walk.values


def test_a_rule_whose_work_is_lost_is_told_so() -> None:
    class Lost(Own):
        def _update(self, w: Any, g: Any, state: Any, group: Any, t: int) -> None:
            w = w - group["lr"] * g

    walk = dissect(Quadratic(), Lost, [-1.8, 1.2], 4)
    assert record(walk)["warning"] == (
        "_update gives the name w to a new array, and the parameter stays as it is: change it in "
        "place, as in w -= ... or w[...] = ..."
    )
    assert record(dissect(Quadratic(), Heavy, [-1.8, 1.2], 4))["warning"] is None


@pytest.mark.filterwarnings("error")
def test_numbers_that_are_none_of_a_rule_of_ones_own() -> None:
    class Breaks(Own):
        def _new_state(self, w: Any, group: Any) -> dict[str, Any]:
            return {"v": np.zeros_like(w)}

        def _update(self, w: Any, g: Any, state: Any, group: Any, t: int) -> None:
            v = state["v"]
            v[...] = np.nan if t > 2 else g
            w -= group["lr"] * g

    walk = dissect(Quadratic(), Breaks, [-1.8, 1.2], 4)
    values = next(one["values"] for one in record(walk)["quantities"] if one["key"] == "state.v")
    assert values[1][0] is not None
    assert values[2:] == [[None, None]] * 2


def test_a_walk_of_no_steps() -> None:
    walk = dissect(Quadratic(), Adam, [1.0, 1.0], 0)
    told = json.loads(json.dumps(record(walk), allow_nan=False))
    assert told["path"] == [[1.0, 1.0]]
    assert told["before"] == []
    assert [(one["key"], one["values"]) for one in told["quantities"]] == [("w", [])]


def test_every_setting_has_a_control() -> None:
    for name in CLASSES:
        kind = getattr(optimizers, name)
        walk = dissect(Quadratic(), kind, [1.0, 1.0], 1)
        names = list(inspect.signature(kind).parameters)[1:]
        assert [one["name"] for one in record(walk)["settings"]] == names
    search: dict[str, Any] = {"max_iter": 1, "max_eval": 9, "line_search_fn": "strong_wolfe"}
    walk = dissect(Quadratic(), optimizers.LBFGS, [1.0, 1.0], 1, **search)
    held = {one["name"]: one["value"] for one in record(walk)["settings"]}
    # Of what may be None, too, the field stays one for words.
    assert (held["max_iter"], held["max_eval"], held["line_search_fn"]) == (
        1,
        "9",
        "'strong_wolfe'",
    )
    walk = dissect(Quadratic(), optimizers.Adafactor, [1.0, 1.0], 1)
    held = {one["name"]: one["value"] for one in record(walk)["settings"]}
    assert held["eps"] == "(None, 0.001)"


def test_a_rule_without_a_source_still_has_its_numbers() -> None:
    held: dict[str, Any] = {"GradientOptimizer": GradientOptimizer}
    exec(
        "class Bare(GradientOptimizer):\n"
        "    def __init__(self, params, lr=0.1):\n"
        "        super().__init__(params, lr=lr)\n"
        "    def _update(self, w, g, state, group, t):\n"
        "        w -= group['lr'] * g\n",
        held,
    )
    walk = dissect(Quadratic(), held["Bare"], [1.0, 1.0], 3)
    assert walk.values["step"].shape == (3, 2)
    assert walk.formulas() == []
    assert record(walk)["source"]["text"] == ""


def test_lines_that_did_not_run_and_what_each_made() -> None:
    walk = dissect(Quadratic(), RAdam, [1.0, 1.0], 8, lr=0.1)
    source = record(walk)["source"]
    lines = source["text"].splitlines()
    ran = [source["ran"]["sets"][place] for place in source["ran"]["of"]]
    late = next(n for n, line in enumerate(lines, 1) if "lr * r * m_hat" in line)
    early = next(n for n, line in enumerate(lines, 1) if line.strip() == "w -= lr * m_hat")
    # The first five steps are not normalised.
    assert [early in one for one in ran] == [True] * 5 + [False] * 3
    assert [late in one for one in ran] == [False] * 5 + [True] * 3
    made = {(one["line"], one["key"]): one["values"] for one in source["made"]}
    assert made[early, "w"][0] == walk.trace.path[1].tolist()
    assert made[early, "w"][6] == [None, None]
    shrink = next(n for n, line in enumerate(lines, 1) if line.strip() == "m *= b1")
    assert made[shrink, "state.exp_avg"][0] == [0.0, 0.0]  # before the gradient comes in


@pytest.mark.parametrize("name", CLASSES)
def test_what_the_page_is_told_fits_together(name: str) -> None:
    settings = {"max_iter": 1} if name == "LBFGS" else {}
    walk = dissect(Quadratic(), getattr(optimizers, name), [-1.8, 1.2], 6, lr=0.1, **settings)
    told = json.loads(json.dumps(record(walk), allow_nan=False))
    keys = [one["key"] for one in told["quantities"]]
    assert len(set(keys)) == len(keys)
    lines = told["source"]["text"].splitlines()
    for line, start, end, key in told["source"]["spans"]:
        assert key in keys
        written = lines[line - 1][start:end]
        assert written == written.strip()
        names = next(one["names"] for one in told["quantities"] if one["key"] == key)
        if key != "step" and written.isidentifier():
            assert written in names, (written, key)
    assert {key for formula in told["formulas"] for key in _keys(formula["tree"])} - set(keys) <= (
        _unknown(told)
    )
    for one in told["quantities"]:
        assert len(one["values"]) == len(told["path"]) - 1
    settled = {one["name"]: one["value"] for one in told["settings"]}
    assert settled["lr"] == 0.1


def _keys(tree: Mapping[str, Any]) -> set[str]:
    own = {tree["key"]} if tree.get("key") else set()
    return own.union(*(_keys(part) for part in tree.get("of", [])))


def _unknown(told: Mapping[str, Any]) -> set[str]:
    """What stands in a formula and is no number, or too many: modules, lists, truth values."""
    names = {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(ast.parse(told["source"]["text"]))
        if isinstance(node, ast.Name | ast.Attribute)
    }
    flags = {"nesterov", "ns_coefficients", "old_dirs", "old_stps", "line_search_fn"}
    return (
        names | {f"{kind}.{flag}" for kind in ("set", "state") for flag in flags} | {"set.eps[0]"}
    )


def test_formulas_are_the_rules_that_the_lesson_teaches() -> None:
    place = Quadratic()
    assert dissect(place, Adam, [1.0, 1.0], 2).formulas() == [
        "m ← β_1 m + (1 − β_1) g",
        "v ← β_2 v + (1 − β_2) g^2",
        "m̂ = m / (1 − β_1^t)",
        "v̂ = v / (1 − β_2^t)",
        "θ ← θ − (α m̂) / (√v̂ + ε)",
    ]
    assert dissect(place, Lion, [1.0, 1.0], 2).formulas() == [
        "θ ← (1 − α λ) θ − α sign(β_1 m + (1 − β_1) g)",
        "m ← β_2 m + (1 − β_2) g",
    ]
    assert dissect(place, SGD, [1.0, 1.0], 2, momentum=0.9).formulas() == [
        "v ← g if t = 1",
        "v ← β v + g if t ≠ 1",
        "θ ← θ − α v",
    ]
    assert dissect(place, SGD, [1.0, 1.0], 2).formulas() == ["θ ← θ − α g"]


def test_a_name_that_is_bound_again_is_no_setting() -> None:
    """L-BFGS begins with t = lr, and searches for another one."""
    walk = dissect(
        Beale(), optimizers.LBFGS, [1.0, 1.0], 3, max_iter=1, line_search_fn="strong_wolfe"
    )
    assert "t" not in walk.rule.aliases
    assert np.array_equal(walk.values["t"], walk.values["state.t"])
    assert not np.array_equal(walk.values["t"], walk.values["set.lr"])


def test_more_weights_than_can_be_drawn() -> None:
    lean = Function(lambda w: float(w @ w), lambda w: 2 * w)
    walk = dissect(lean, Adam, [1.0, 2.0, 3.0], 4, lr=0.1)
    assert record(walk)["plane"] is None
    assert walk.values["g"].shape == (4, 3)


def test_who_watched_before_watches_again() -> None:
    def mine(frame: FrameType, event: str, value: Any) -> Any:
        return None

    before = sys.gettrace()
    sys.settrace(mine)
    try:
        dissect(Quadratic(), Adam, [1.0, 1.0], 2)
        assert sys.gettrace() is mine

        class Fails(Heavy):
            def _update(self, w: Any, g: Any, state: Any, group: Any, t: int) -> None:
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            dissect(Quadratic(), Fails, [1.0, 1.0], 2)
        assert sys.gettrace() is mine
    finally:
        sys.settrace(before)


def test_what_is_no_optimizers_class_is_refused() -> None:
    with pytest.raises(TypeError, match="give the class itself, as in Adam"):
        dissect(Quadratic(), Adam([np.ones(2)]), [1.0, 1.0])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="has none of the methods _update, _iterate, step"):
        dissect(Quadratic(), dict, [1.0, 1.0])


def record(walk: Dissection) -> dict[str, Any]:
    name, told = walk._instrument_()
    assert name == "microscope"
    return told
