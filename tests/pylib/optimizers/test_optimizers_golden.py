"""Every optimizer against golden numbers of PyTorch 2.13; live too where PyTorch is installed."""

import importlib.util
import inspect
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pylib.optimizers
from pylib.optimizers.line_search import Trial, strong_wolfe

HERE = Path(__file__).parents[1]
spec = importlib.util.spec_from_file_location(
    "golden_maker", Path(__file__).parent / "make_golden_optimizers.py"
)
assert spec is not None and spec.loader is not None
maker = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = maker
spec.loader.exec_module(maker)

GOLDEN = json.loads((HERE / "golden" / "optimizers.json").read_text())
CASES = GOLDEN["cases"]


def run_pylib(case: dict[str, Any]) -> Any:
    """Run a case with pylib, and return its snapshots."""
    problem = maker.PROBLEMS[case["problem"]](np.dtype(case["dtype"]))
    params = [w.copy() for w in problem.start]
    optimizer_class = getattr(pylib.optimizers, case["optimizer"])
    optimizer = optimizer_class(maker.params_argument(case, params), **case["settings"])
    lr = optimizer.lr
    snapshots = {}

    def closure(t: int) -> tuple[float, list[Any]]:
        loss, grads = problem.loss_and_grads(params, t)
        return loss, maker.with_gaps(case, grads, t)

    for t in range(1, maker.snapshot_steps(case)[-1] + 1):
        if later := maker.late_group(case, params, t):
            optimizer.add_param_group(later)
        optimizer.lr = lr * maker.lr_factor(case, t)
        if case["optimizer"] == "LBFGS":
            optimizer.step(lambda t=t: closure(t))
        else:
            optimizer.step(closure(t)[1])
        if t in maker.snapshot_steps(case):
            snapshots[str(t)] = maker.snapshot(params)
    if case["optimizer"].startswith("ScheduleFree"):
        optimizer.eval()
        snapshots["eval"] = maker.snapshot(params)
    assert all(w.dtype == case["dtype"] for w in params)
    return snapshots


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_equals_golden_numbers(case: dict[str, Any]) -> None:
    error = maker.relative_error(run_pylib(case), case["params"])
    assert error <= maker.BOUNDS[case["dtype"]]


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs PyTorch")
@pytest.mark.parametrize("optimizer", maker.TABLE)
def test_equals_pytorch_live(optimizer: str) -> None:
    if optimizer.startswith("ScheduleFree"):
        pytest.importorskip("schedulefree")
    for case in CASES:
        if case["optimizer"] == optimizer:
            error = maker.relative_error(run_pylib(case), maker.run_reference(case))
            assert error <= maker.BOUNDS[case["dtype"]], case["id"]


@pytest.mark.parametrize("name", GOLDEN["signatures"])
def test_arguments_have_pytorchs_names_and_order(name: str) -> None:
    theirs = GOLDEN["signatures"][name]
    ours = [*inspect.signature(getattr(pylib.optimizers, name)).parameters.values()][1:]
    by_place = [a.name for a in ours if a.kind is a.POSITIONAL_OR_KEYWORD]
    assert by_place == theirs["by_place"][: len(by_place)]
    by_name = {a.name for a in ours if a.kind is a.KEYWORD_ONLY}
    assert by_name <= {*theirs["by_place"], *theirs["by_name"]}
    # Of what a rule is made of nothing is missing: the rest says how PyTorch runs it.
    how = {"foreach", "capturable", "differentiable", "fused"}
    if name == "Adam":
        how.add("decoupled_weight_decay")  # which is AdamW
    assert {*by_place, *by_name} == {*theirs["by_place"], *theirs["by_name"]} - how
    built = getattr(pylib.optimizers, name)([np.ones((2, 2))]).defaults
    for argument in ours:
        expected = theirs["defaults"][argument.name]
        values = [argument.default]
        if argument.name != "max_eval":  # None stands for 1.25 · max_iter
            values.append(built[argument.name])
        for value in values:
            assert (list(value) if isinstance(value, tuple) else value) == expected, argument.name


@pytest.mark.parametrize(
    "search", GOLDEN["searches"], ids=lambda search: "{line}-{t}".format(**search)
)
def test_line_searches_try_what_pytorch_tries(search: dict[str, Any]) -> None:
    tried = []

    def try_at(t: float) -> Trial:
        tried.append(t)
        loss, slope = maker.LINES[search["line"]](t)
        return Trial(t, loss, np.array([slope / search["d_max"]]), slope)

    start = try_at(0.0)
    tried.clear()
    end, trials = strong_wolfe(try_at, start, search["t"], search["d_max"], **search["settings"])
    assert trials == len(tried)
    assert tried == pytest.approx(search["tried"], rel=1e-9, abs=1e-12)
    assert end.t == pytest.approx(search["end"], rel=1e-9, abs=1e-12)


def test_the_table_is_large_and_covers_every_optimizer() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES) >= 200
    assert GOLDEN["made_by"]["torch"].startswith("2.13")
    known = {case["id"] for case in maker.cases()}
    assert {case["id"] for case in CASES} <= known
    by_hand = set(pylib.optimizers.__all__) - set(GOLDEN["signatures"])
    for dtype in maker.BOUNDS:
        covered = {case["optimizer"] for case in CASES if case["dtype"] == dtype}
        assert set(GOLDEN["signatures"]) <= covered  # all that PyTorch or the papers' own code has
        assert set(pylib.optimizers.__all__) == covered | by_hand
