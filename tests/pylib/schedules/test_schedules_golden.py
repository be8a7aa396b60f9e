"""Schedules against PyTorch's own stepping, and against the arguments that PyTorch takes."""

import importlib.util
import inspect
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import pylib.schedules
from pylib.schedules import ChainedScheduler, ReduceLROnPlateau, Schedule, SequentialLR

HERE = Path(__file__).parents[1]
GOLDEN = json.loads((HERE / "golden" / "schedules.json").read_text())  # PyTorch 2.13


def load_maker() -> ModuleType:
    path = HERE / "optimizers" / "make_golden_optimizers.py"
    spec = importlib.util.spec_from_file_location("schedule_maker", path)
    assert spec is not None and spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = maker
    spec.loader.exec_module(maker)
    return maker


MAKER = load_maker()


def build(name: str, args: list[Any], settings: dict[str, Any]) -> Any:
    """The schedule of a golden case; a word may stand for a function."""
    functions = MAKER.with_functions
    first = functions(dict(enumerate(args))).values()
    return getattr(pylib.schedules, name)(*first, **functions(settings))


def values(schedule: Schedule, count: int) -> list[float]:
    return [schedule(step) for step in range(count)]


def name_of(case: dict[str, Any]) -> str:
    extra = [f"{k}={v}" for k, v in case["settings"].items()]
    return f"{case['name']}({', '.join([*map(str, case['args']), *extra])})"


@pytest.mark.parametrize("case", GOLDEN["single"], ids=name_of)
def test_direct_call_equals_pytorchs_stepping(case: dict[str, Any]) -> None:
    schedule = build(case["name"], case["args"], case["settings"])
    np.testing.assert_allclose(values(schedule, len(case["lr"])), case["lr"], 1e-12, 1e-14)
    if getattr(schedule, "cycle_momentum", False):
        momenta = values(schedule.momentum, len(case["lr"]))
        np.testing.assert_allclose(momenta, case["momentum"], 1e-12)


@pytest.mark.parametrize("case", GOLDEN["sequences"])
def test_sequences_equal_pytorchs(case: dict[str, Any]) -> None:
    parts = [build(*part) for part in case["parts"]]
    schedule = SequentialLR(parts, case["milestones"])
    np.testing.assert_allclose(values(schedule, len(case["lr"])), case["lr"], 1e-12, 1e-14)


@pytest.mark.parametrize("case", GOLDEN["plateaus"])
def test_plateaus_equal_pytorchs(case: dict[str, Any]) -> None:
    plateau = ReduceLROnPlateau(0.1, **case["settings"])
    rates = [plateau.step(metric) for metric in case["metrics"]]
    np.testing.assert_allclose(rates, case["lr"], 1e-14)


@pytest.mark.parametrize("case", GOLDEN["chains"])
def test_chains_equal_pytorchs(case: dict[str, Any]) -> None:
    schedule = ChainedScheduler([build(*part) for part in case["parts"]])
    np.testing.assert_allclose(values(schedule, len(case["lr"])), case["lr"], 1e-12, 1e-14)


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs PyTorch")
def test_pytorch_live_gives_the_golden_numbers() -> None:
    live = MAKER.run_schedules()
    for kind in ("single", "sequences", "chains", "plateaus"):
        for now, stored in zip(live[kind], GOLDEN[kind], strict=True):
            np.testing.assert_allclose(now["lr"], stored["lr"], 1e-12, 1e-14)
    assert json.loads(json.dumps(MAKER.schedule_signatures())) == GOLDEN["signatures"]


def by_place(signature: list[list[Any]]) -> list[list[Any]]:
    """What PyTorch takes, without its optimizer and without what stands behind all others."""
    gone = ("optimizer", "last_epoch", "foreach")
    return [parameter for parameter in signature if parameter[0] not in gone]


@pytest.mark.parametrize("name", [n for n in GOLDEN["signatures"] if "clip" not in n])
def test_arguments_stand_in_pytorchs_order(name: str) -> None:
    """`base_lr` takes the optimizer's place; what PyTorch lacks is given by name only."""
    ours = [
        [p.name] if p.default is p.empty else [p.name, p.default]
        for p in inspect.signature(getattr(pylib.schedules, name)).parameters.values()
        if p.kind is p.POSITIONAL_OR_KEYWORD
    ]
    theirs = by_place(GOLDEN["signatures"][name])
    places = name in ("CyclicLR", "OneCycleLR", "SequentialLR", "ChainedScheduler")
    assert ours == (theirs if places else [["base_lr"], *theirs])
