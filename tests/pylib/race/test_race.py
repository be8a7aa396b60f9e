"""A race's numbers are those of `minimize` and `fit`; its limits and its tuning treat all alike."""

import json
import math
from typing import Any

import numpy as np
import pytest

from pylib import optimizers
from pylib.data import make_blobs, make_moons
from pylib.losses import BCEWithLogitsLoss
from pylib.models import MLP, LogisticRegression
from pylib.optimizers import SGD, Adam, GradientOptimizer
from pylib.race import page, tuning
from pylib.race.contenders import OPTIMIZERS, SCHEDULES, Contender, contender
from pylib.race.courses import COURSES, SURFACES, Course, course
from pylib.race.picture import plane
from pylib.race.running import By, Run, run
from pylib.race.tuning import DECADES, score, tune
from pylib.training import fit, minimize

RATES = {"LBFGS": 0.5, "Adadelta": 1.0, "SGD": 0.02, "ScheduleFreeSGD": 0.02}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_run_on_a_surface_is_minimize_s(name: str) -> None:
    lr = RATES.get(name, 0.05)
    track = course("Quadratic", {"condition": 12.0, "angle": -26.0})
    own = run(track, contender(name, lr), 40)
    kind = getattr(optimizers, name)
    trace = minimize(track.objective(), kind, track.start, 40, lr, report=None)
    assert np.array_equal(own.points, trace.path)
    assert np.array_equal(own.losses, trace.values)
    assert own.distances == pytest.approx(np.hypot(*trace.path.T))
    assert own.lrs == pytest.approx(trace.lrs)


@pytest.mark.parametrize("name", list(SURFACES))
def test_noise_and_schedules_are_minimize_s(name: str) -> None:
    track = course(name, noise=0.3, seed=4)
    for schedule, make in SCHEDULES.items():
        who = contender("Adam", 0.1, {"betas": [0.8, 0.99]}, schedule)
        trace = minimize(
            *(track.objective(), Adam, track.start, 30),
            schedule=make(0.1, 30), noise=0.3, seed=4, report=None, betas=(0.8, 0.99),
        )  # fmt: skip
        assert np.array_equal(run(track, who, 30).points, trace.path), schedule


@pytest.mark.parametrize("batch", [None, 32])
@pytest.mark.parametrize("name", ["logistic", "network"])
def test_a_run_of_a_model_is_fit_s(name: str, batch: int | None) -> None:
    model: MLP | LogisticRegression
    if name == "network":
        X, y = make_moons(n=200, noise=0.2, seed=0)
        model = MLP([2, 16, 1], activation="tanh", seed=3, task="binary")
        track = course("network", batch=batch, seed=3)
    else:
        X, y = make_blobs(n=120, centers=[[1.0], [3.0]], seed=0)
        model = LogisticRegression()
        track = course("logistic", start=[0.0, 0.0], batch=batch, seed=3)
    rows = batch or len(X)
    steps = 2 * math.ceil(len(X) / rows)
    own = run(track, contender("SGD", 0.1, {"momentum": 0.9}), steps)
    optimizer = SGD(model.params, lr=0.1, momentum=0.9)
    history = fit(model, BCEWithLogitsLoss(), optimizer, X, y, 2, batch, seed=3, report=None)
    weights = np.concatenate([param.ravel() for param in model.params])
    assert own.points[-1] == pytest.approx(weights)
    assert own.losses[-1] == pytest.approx(history.train_loss[-1])


def test_the_least_loss_of_logistic_regression_is_where_its_gradient_vanishes() -> None:
    track = course("logistic")
    assert np.abs(track.objective().gradient(track.minima[0])).max() < 1e-6


def test_every_contender_of_a_course_has_the_same_mini_batches() -> None:
    track = course("network", batch=16, seed=5)
    one, other = track.objective(), track.objective()
    for _ in range(20):
        assert np.array_equal(one.gradient(track.start), other.gradient(track.start))


@pytest.mark.parametrize("name", ["SGD", "Adam", "LBFGS"])
def test_by_evaluations_nobody_computes_more_gradients_than_allowed(name: str) -> None:
    track = course("Rosenbrock")
    own = run(track, contender(name, RATES.get(name, 0.001) / 10), 60, "evaluations")
    assert own.stopped is None
    assert own.evaluations[0] == 0
    assert np.all(np.diff(own.evaluations) >= 1)
    assert own.evaluations[-1] <= 60
    assert len(own.evaluations) == len(own.points)
    full = run(track, contender(name, RATES.get(name, 0.001) / 10), 60)
    assert np.array_equal(own.points, full.points[: len(own.points)])
    if name == "LBFGS":
        assert full.evaluations[-1] > 60
        assert len(own.points) < len(full.points)
    else:
        assert own.evaluations[-1] == 60


def test_a_run_that_diverges_says_so_and_keeps_what_it_walked() -> None:
    own = run(course("Rosenbrock"), contender("SGD", 0.1), 100)
    assert own.stopped is not None and "learning rate 0.1" in own.stopped
    assert np.isfinite(own.points).all()
    assert score(own) == math.inf


def test_distances_are_from_the_nearest_minimum_or_from_the_start() -> None:
    hill = course("Himmelblau")
    assert hill.distances(np.array([[3.0, 2.0], [-2.8, 3.1]])) == pytest.approx([0, 0], abs=0.04)
    saddle = course("Saddle")
    assert saddle.distances(saddle.start[None]) == [0.0]


@pytest.mark.parametrize("trials", [6, 9, 14])
def test_every_contender_gets_the_same_number_of_trials(
    trials: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[float] = []

    def noted(track: Course, who: Contender, length: int, by: By) -> Run:
        made.append(who.lr)
        return run(track, who, length, by)

    monkeypatch.setattr(tuning, "run", noted)
    for who in ("SGD", "Adam", "LBFGS"):
        made.clear()
        found = tune(course("Beale"), contender(who), 40, "evaluations", trials)
        assert len(made) == len(set(made)) == len(found) == trials
        assert [trial.lr for trial in found] == made
        assert made[: len(DECADES)] == [10.0**power for power in DECADES]


def test_tuning_finds_about_the_best_rate_of_a_bowl() -> None:
    """Gradient descent on curvatures 1 and κ is fastest at 2 / (1 + κ)."""
    track = course("Quadratic", {"condition": 10.0}, start=[1.0, 1.0])
    found = tune(track, contender("SGD"), 60, trials=24)
    best = min(found, key=lambda trial: trial.score)
    assert best.lr == pytest.approx(2 / 11, rel=0.03)
    assert best.score == score(run(track, contender("SGD", best.lr), 60))


@pytest.mark.parametrize("name", COURSES)
def test_a_plane_holds_the_start_and_the_minima_of_its_course(name: str) -> None:
    track = course(name)
    runs = [run(track, contender(who, 0.01), 30) for who in ("SGD", "Adam")]
    seen = plane(track, runs, 9)
    (left, right), (bottom, top) = seen.bounds
    for x, y in seen.places(np.concatenate([track.start[None], track.minima])):
        assert left < x < right and bottom < y < top
    assert seen.axes @ seen.axes.T == pytest.approx(np.eye(2), abs=1e-9)
    corner = seen.origin + np.array([left, bottom]) @ seen.axes
    assert seen.heights[0, 0] == pytest.approx(float(track.objective()(corner)))
    assert np.all(np.diff(seen.levels) > 0)
    assert 0.5 < seen.share <= 1


@pytest.mark.parametrize("name", SURFACES)
def test_a_start_at_the_edge_of_a_plane_does_not_move_the_edge(name: str) -> None:
    """Otherwise the plane would grow as long as an arrow key is held."""

    def bounds(start: list[float]) -> tuple[tuple[float, float], tuple[float, float]]:
        track = course(name, start=start)
        return plane(track, [run(track, contender("Adam", 0.01), 3)], 5).bounds

    usual = bounds([0.1, 0.1])
    for start in (usual[0][0], usual[1][0]), (usual[0][1], usual[1][1]):
        assert bounds(list(start)) == usual
    assert bounds([usual[0][0] - 1, 0.1])[0][0] < usual[0][0] - 1


def test_a_run_that_diverges_does_not_turn_the_plane() -> None:
    track = course("network")
    steady, wild = run(track, contender("Adam", 0.05), 60), run(track, contender("SGD", 1e12), 60)
    assert wild.stopped is not None
    alone, both = plane(track, [steady], 5), plane(track, [steady, wild], 5)
    assert np.array_equal(alone.axes, both.axes)
    assert alone.bounds == both.bounds
    assert plane(track, [wild], 5).heights.shape == (5, 5)


class Tiny(GradientOptimizer):
    """As a learner writes one."""

    def __init__(self, params: Any, lr: float = 0.1) -> None:
        super().__init__(params, lr=lr)

    def _update(self, w: Any, g: Any, state: Any, group: Any, t: int) -> None:
        w -= group["lr"] * g


def asked(*contenders: dict[str, Any], **more: Any) -> str:
    return json.dumps({"course": "Quadratic", "length": 20, "contenders": contenders, **more})


def test_a_run_that_ends_above_its_start_does_not_stretch_the_plane() -> None:
    """Of a bounded gradient, a rate of 1000 gives a loss of hundreds and no error."""
    track = course("network")
    steady, wild = run(track, contender("Adam", 0.05), 40), run(track, contender("SGD", 1e3), 40)
    assert wild.stopped is None and wild.losses[-1] > wild.losses[0]
    alone, both = plane(track, [steady], 5), plane(track, [wild, steady], 5)
    assert np.array_equal(alone.axes, both.axes)
    assert alone.bounds == both.bounds


def test_weights_whose_squares_are_no_numbers_have_a_place_and_a_distance() -> None:
    class Leap(Tiny):
        def _update(self, w: Any, g: Any, state: Any, group: Any, t: int) -> None:
            w[...] = 1e200

    who: list[dict[str, Any]] = [{"optimizer": "own:Leap"}, {"optimizer": "SGD", "lr": 0.1}]
    for entries in (who, who[:1]):
        wanted = asked(*entries, course="network", length=3)
        runs = json.loads(page.race(wanted, {"Leap": Leap}).text)["runs"]
        assert runs[0]["distance"][1] == pytest.approx(1e200 * math.sqrt(65))


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_race_of_one_step_has_every_schedule(schedule: str) -> None:
    entry = {"optimizer": "Adam", "lr": 0.1, "schedule": schedule}
    for name in COURSES:
        (only,) = json.loads(page.race(asked(entry, course=name, length=1)).text)["runs"]
        assert len(only["loss"]) == 2


def test_one_that_cannot_be_made_is_named() -> None:
    entries = {"optimizer": "SGD"}, {"optimizer": "Adam", "settings": {"betas": [0.9, 2.0]}}
    with pytest.raises(ValueError, match=r"^Adam: betas\[1\] is 2.0; it must be"):
        page.race(asked(*entries))
    with pytest.raises(ValueError, match=r"^Adam: betas\[1\] is 2.0; it must be"):
        page.trials(json.dumps({**json.loads(asked()), "contender": entries[1], "trials": 8}))


@pytest.mark.parametrize("usual", [math.nan, -1.0, "fast", None, math.inf])
def test_a_class_of_the_learner_s_joins_whatever_rate_it_has(usual: Any) -> None:
    def init(self: Any, params: Any, lr: Any = usual) -> None: ...

    kind = type("Odd", (), {"__init__": init, "step": len, "__module__": "__main__"})
    no_method = type("Idle", (), {"step": 3, "__module__": "__main__"})
    assert page.own({"Idle": no_method, "Odd": kind}).text == '[["Odd",0.01]]'


def test_an_optimizer_of_one_s_own_joins() -> None:
    entries = {"optimizer": "own:Tiny", "lr": 0.05}, {"optimizer": "SGD", "lr": 0.05}
    mine, theirs = json.loads(page.race(asked(*entries), {"Tiny": Tiny}).text)["runs"]
    assert mine["x"] == theirs["x"]
    assert page.own({"Tiny": type("Tiny", (Tiny,), {"__module__": "__main__"}), "np": np}).text == (
        '[["Tiny",0.1]]'
    )


def test_an_own_optimizer_that_fails_leaves_the_race_to_the_others() -> None:
    for line, words in (
        ("w -= grad", "NameError: name 'grad' is not defined"),
        ("raise SystemExit(3)", "SystemExit: 3"),
    ):
        source = (
            f"class Bad(Tiny):\n    def _update(self, w, g, state, group, t):\n        {line}\n"
        )
        namespace: dict[str, Any] = {"Tiny": Tiny}
        exec(compile(source, "<cell your-optimizer>", "exec"), namespace)
        request = asked({"optimizer": "own:Bad"}, {"optimizer": "SGD"})
        runs = json.loads(page.race(request, namespace).text)["runs"]
        assert runs[0] == {"error": f"line 3: {words}"}
        assert len(runs[1]["x"]) == 21
        tried = json.dumps(
            {**json.loads(request), "contender": {"optimizer": "own:Bad"}, "trials": 8}
        )
        assert json.loads(page.trials(tried, namespace).text) == runs[0]

    gone = json.loads(page.race(asked({"optimizer": "own:Gone"}), namespace).text)
    assert gone["runs"][0]["error"] == "there is no class Gone yet; run the cell that makes it"
    assert gone["plane"] is None


def test_a_class_that_is_nearly_an_optimizer_is_told_what_it_lacks() -> None:
    near = type("Near", (), {"__init__": lambda self, params, lr: None, "step": len})
    (only,) = json.loads(page.race(asked({"optimizer": "own:Near"}), {"Near": near}).text)["runs"]
    lacks = "optimizer is a Near without params and lr; give one such as Adam(model.params)"
    assert only == {"error": lacks}


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (asked(), "there are 0 contenders"),
        (asked(*[{"optimizer": "SGD"}] * 7), "there are 7 contenders"),
        (asked({"optimizer": "__import__"}), "optimizer is '__import__'"),
        (asked({"optimizer": "SGD", "settings": {"speed": 1}}), "SGD has no setting speed"),
        (asked({"optimizer": "SGD", "settings": {"momentum": -1}}), "momentum is -1"),
        (asked({"optimizer": "SGD", "schedule": "x"}), "schedule is 'x'"),
        (asked({"optimizer": "SGD"}, course="Function"), "course is 'Function'"),
        (asked({"optimizer": "SGD"}, settings={"depth": 2}), "Quadratic has no setting depth"),
        (asked({"optimizer": "SGD"}, length=10**9), "length is"),
        (asked({"optimizer": "SGD"}, by="luck"), "by is 'luck'"),
    ],
)
def test_a_race_that_cannot_be_run_is_refused_by_name(request_: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        page.race(request_)


def test_the_page_is_answered_in_json_without_infinities() -> None:
    request = asked({"optimizer": "SGD", "lr": 5.0}, {"optimizer": "Adam", "lr": 0.1}, length=500)
    answer = json.loads(page.race(request).text, parse_constant=pytest.fail)
    assert answer["runs"][0]["score"] is None and answer["runs"][0]["stopped"]
    tuned = {**json.loads(request), "contender": {"optimizer": "SGD"}, "trials": 6}
    found = json.loads(page.trials(json.dumps(tuned)).text, parse_constant=pytest.fail)
    assert found["trials"][-1][1] is None
    assert found["best"] == 0.1
