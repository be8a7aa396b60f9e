"""Schedules by hand-worked values, against PyTorch's stepping, and at their edges."""

import dataclasses
import importlib.util
import itertools
import json
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pylib.schedules
from pylib.schedules import (
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    CyclicLR,
    ExponentialLR,
    LinearLR,
    MultiStepLR,
    NoamLR,
    OneCycleLR,
    PolynomialLR,
    ReduceLROnPlateau,
    Schedule,
    SequentialLR,
    StepLR,
    warmup_cosine,
)

HERE = Path(__file__).parents[1]
GOLDEN = json.loads((HERE / "golden" / "schedules.json").read_text())  # PyTorch 2.13


def values(schedule: Schedule, count: int) -> list[float]:
    return [schedule(step) for step in range(count)]


BY_HAND: dict[str, tuple[Schedule, list[float]]] = {
    "step": (StepLR(1.0, 3, 0.5), [1, 1, 1, 0.5, 0.5, 0.5, 0.25]),
    "multi-step": (MultiStepLR(1.0, [2, 5], 0.1), [1, 1, 0.1, 0.1, 0.1, 0.01]),
    "exponential": (ExponentialLR(1.0, 0.5), [1, 0.5, 0.25, 0.125]),
    "cosine": (CosineAnnealingLR(1.0, 4), [1, 0.8536, 0.5, 0.1464, 0, 0, 0]),
    "rising cosine": (
        CosineAnnealingLR(1.0, 4, rise=True),
        [1, 0.8536, 0.5, 0.1464, 0, 0.1464, 0.5, 0.8536, 1, 0.8536],
    ),
    "restarts": (
        CosineAnnealingWarmRestarts(1.0, 2, 2),
        [1, 0.5, 1, 0.8536, 0.5, 0.1464, 1, 0.9619],
    ),
    "linear": (LinearLR(1.0), [1 / 3, 7 / 15, 9 / 15, 11 / 15, 13 / 15, 1, 1]),
    "constant": (ConstantLR(1.0), [1 / 3] * 5 + [1, 1]),
    "polynomial": (PolynomialLR(1.0, 4, 2), [1, 0.5625, 0.25, 0.0625, 0, 0]),
    "cyclic": (
        CyclicLR(0.1, 1.0, 2, mode="triangular2"),
        [0.1, 0.55, 1, 0.55, 0.1, 0.325, 0.55],
    ),
    "one cycle": (OneCycleLR(1.0, 10), [0.04, 0.52, 1, 0.9505]),
    "warm-up and cosine": (
        warmup_cosine(1.0, 3, 8),
        [0.25, 0.5, 0.75, 1, 0.9045, 0.6545, 0.3455, 0.0955, 0, 0],
    ),
    "warm-up by parts": (
        SequentialLR([LinearLR(1.0, 0.25, 1.0, 3), CosineAnnealingLR(1.0, 5)], [3]),
        [0.25, 0.5, 0.75, 1, 0.9045, 0.6545, 0.3455, 0.0955, 0],
    ),
    "no warm-up": (warmup_cosine(1.0, 0, 2), [1, 0.5, 0]),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_values_by_hand(name: str) -> None:
    schedule, expected = BY_HAND[name]
    assert values(schedule, len(expected)) == pytest.approx(expected, abs=5e-5)


def test_restarts_fall_at_2_6_and_14() -> None:
    schedule = CosineAnnealingWarmRestarts(1.0, 2, 2)
    assert [step for step in range(30) if schedule(step) == 1.0] == [0, 2, 6, 14]


def test_restarts_far_away_are_computed_directly() -> None:
    schedule = CosineAnnealingWarmRestarts(1.0, 1, 2)
    assert schedule(2**60 - 1) == 1.0
    assert CosineAnnealingWarmRestarts(1.0, 7)(7 * 10**15 + 3) == CosineAnnealingLR(1.0, 7)(3)


def test_one_cycle_ends_low_and_its_momentum_runs_counter() -> None:
    schedule = OneCycleLR(1.0, 10)
    assert schedule(9) == pytest.approx(4e-6)
    assert schedule(50) == schedule(9)
    momentum = values(schedule.momentum, 10)
    assert (momentum[0], min(momentum), momentum[9]) == pytest.approx((0.95, 0.85, 0.95))
    assert momentum.index(min(momentum)) == values(schedule, 10).index(1.0) == 2


def test_one_cycle_at_the_ends_of_pct_start() -> None:
    assert values(OneCycleLR(1.0, 10, pct_start=0.1), 2) == pytest.approx([1.0, 0.9698], abs=1e-4)
    assert OneCycleLR(1.0, 10, pct_start=1.0)(9) == pytest.approx(1.0)
    assert all(0 <= lr <= 1 for lr in values(OneCycleLR(1.0, 10, pct_start=0.0), 10))
    assert OneCycleLR(1.0, 1)(0) > 0


def test_noam_peaks_where_the_warm_up_ends() -> None:
    schedule = NoamLR(512, 4000)
    assert schedule(3999) == pytest.approx(6.988e-4, rel=1e-4)
    assert schedule(3999) == max(schedule(step) for step in range(0, 20_000, 1))
    assert schedule(0) == pytest.approx(512**-0.5 * 4000**-1.5)


def test_plateau_cuts_after_patience_plus_one_bad_epochs() -> None:
    plateau = ReduceLROnPlateau(1.0, patience=10)
    rates = [plateau.step(loss) for loss in [1.0] * 12]
    assert rates == [1.0] * 11 + [0.1]
    assert plateau.lr == 0.1


# --- Against PyTorch's own stepping -------------------------------------------------------------


def name_of(case: dict[str, Any]) -> str:
    extra = [f"{k}={v}" for k, v in case["settings"].items()]
    return f"{case['name']}({', '.join([*map(str, case['args']), *extra])})"


@pytest.mark.parametrize("case", GOLDEN["single"], ids=name_of)
def test_direct_call_equals_pytorchs_stepping(case: dict[str, Any]) -> None:
    schedule = getattr(pylib.schedules, case["name"])(*case["args"], **case["settings"])
    np.testing.assert_allclose(values(schedule, len(case["lr"])), case["lr"], 1e-12, 1e-14)
    if case["name"] == "OneCycleLR":
        momenta = values(schedule.momentum, len(case["lr"]))
        np.testing.assert_allclose(momenta, case["momentum"], 1e-12)


@pytest.mark.parametrize("case", GOLDEN["sequences"])
def test_sequences_equal_pytorchs(case: dict[str, Any]) -> None:
    parts = [getattr(pylib.schedules, name)(*args, **kw) for name, args, kw in case["parts"]]
    schedule = SequentialLR(parts, case["milestones"])
    np.testing.assert_allclose(values(schedule, len(case["lr"])), case["lr"], 1e-12, 1e-14)


@pytest.mark.parametrize("case", GOLDEN["plateaus"])
def test_plateaus_equal_pytorchs(case: dict[str, Any]) -> None:
    plateau = ReduceLROnPlateau(0.1, **case["settings"])
    rates = [plateau.step(metric) for metric in case["metrics"]]
    np.testing.assert_allclose(rates, case["lr"], 1e-14)


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs PyTorch")
def test_pytorch_live_gives_the_golden_numbers() -> None:
    path = HERE / "optimizers" / "make_golden_optimizers.py"
    spec = importlib.util.spec_from_file_location("schedule_maker", path)
    assert spec is not None and spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = maker
    spec.loader.exec_module(maker)
    live = maker.run_schedules()
    for kind in ("single", "sequences", "plateaus"):
        for now, stored in zip(live[kind], GOLDEN[kind], strict=True):
            np.testing.assert_allclose(now["lr"], stored["lr"], 1e-12, 1e-14)


# --- Properties ---------------------------------------------------------------------------------

KINDS: list[Callable[[float], Schedule]] = [
    ConstantLR,
    LinearLR,
    lambda lr: StepLR(lr, 30),
    lambda lr: MultiStepLR(lr, [10, 50]),
    lambda lr: ExponentialLR(lr, 0.99),
    lambda lr: PolynomialLR(lr, 80),
    lambda lr: CosineAnnealingLR(lr, 70),
    lambda lr: CosineAnnealingLR(lr, 70, rise=True),
    lambda lr: CosineAnnealingWarmRestarts(lr, 10, 2),
    lambda lr: CyclicLR(lr / 10, lr, 20, 7),
    lambda lr: OneCycleLR(lr, 100),
    lambda lr: OneCycleLR(lr, 100, three_phase=True),
    lambda lr: warmup_cosine(lr, 10, 90),
]


@given(
    kind=st.sampled_from(KINDS),
    base_lr=st.floats(0, 100, allow_subnormal=False),
    step=st.integers(0, 10**6),
)
def test_rates_stay_between_0_and_the_highest(
    kind: Callable[[float], Schedule], base_lr: float, step: int
) -> None:
    schedule = kind(base_lr)
    assert 0 <= schedule(step) <= base_lr * (1 + 1e-12)
    assert schedule(step) == schedule(np.int64(step))  # type: ignore[arg-type]


# Each rule again as a stepper, which knows the last rate and the number of steps but no formula for
# a rate far away: the chainable form of PyTorch's schedulers, and counters for the others.


def step_by_step(lr: float, change: Callable[[float, int], float]) -> Iterator[float]:
    """Yield the first rate, then each as `change(lr, t)` makes it from the one before."""
    for t in itertools.count(1):
        yield lr
        lr = change(lr, t)


def cosine_change(base: float, low: float, T: int) -> Callable[[float, int], float]:
    def change(lr: float, t: int) -> float:
        if (t - 1 - T) % (2 * T) == 0:
            return lr + (base - low) * (1 - math.cos(math.pi / T)) / 2
        ratio = (1 + math.cos(math.pi * t / T)) / (1 + math.cos(math.pi * (t - 1) / T))
        return ratio * (lr - low) + low

    return change


def restarting(base: float, low: float, T: int, mult: int) -> Iterator[float]:
    while True:
        yield from itertools.islice(step_by_step(base, cosine_change(base, low, T)), T)
        T *= mult


def cycling(low: float, high: float, up: int, down: int, gamma: float | None) -> Iterator[float]:
    height, shrink = 0.0, 1.0
    while True:
        for step in [1 / up] * up + [-1 / down] * down:
            yield low + (high - low) * height * shrink
            height += step
            shrink *= 1.0 if gamma is None else gamma
        shrink *= 0.5 if gamma is None else 1.0


def warming(base: float, warm: int, total: int) -> Iterator[float]:
    for k in range(warm):
        yield (k + 1) * (base / (warm + 1))
    left = total - warm
    yield from itertools.islice(step_by_step(base, cosine_change(base, 0.0, left)), left + 1)
    yield from itertools.repeat(0.0)


STEPPED = [
    "constant",
    "linear",
    "step",
    "multi-step",
    "exponential",
    "polynomial",
    "rising cosine",
    "restarts",
    "triangular2",
    "exp_range",
    "warm-up and cosine",
]


@st.composite
def schedule_and_stepper(draw: st.DrawFn, kind: str) -> tuple[Schedule, Iterator[float]]:
    """Draw a schedule of a kind with any settings, and the stepper of the same rule."""
    base, low = draw(st.floats(0.01, 10)), draw(st.floats(0, 0.01))
    gamma, power = draw(st.floats(0.1, 1)), draw(st.floats(0.1, 4))
    n, m = draw(st.integers(2, 30)), draw(st.integers(1, 30))
    start, end = draw(st.floats(0.05, 1)), draw(st.floats(0.05, 1))
    marks = sorted(draw(st.lists(st.integers(1, 50), max_size=4)))
    mult = draw(st.integers(1, 3))

    def linear(lr: float, t: int) -> float:
        if t > n:
            return lr
        return lr * (1 + (end - start) / (n * start + (t - 1) * (end - start)))

    def polynomial(lr: float, t: int) -> float:
        return 0.0 if t >= n else lr * ((1 - t / n) / (1 - (t - 1) / n)) ** power

    pairs: dict[str, tuple[Schedule, Iterator[float]]] = {
        "constant": (
            ConstantLR(base, start, n),
            step_by_step(base * start, lambda lr, t: lr / start if t == n else lr),
        ),
        "linear": (LinearLR(base, start, end, n), step_by_step(base * start, linear)),
        "step": (
            StepLR(base, n, gamma),
            step_by_step(base, lambda lr, t: lr if t % n else lr * gamma),
        ),
        "multi-step": (
            MultiStepLR(base, marks, gamma),
            step_by_step(base, lambda lr, t: lr * gamma ** marks.count(t)),
        ),
        "exponential": (ExponentialLR(base, gamma), step_by_step(base, lambda lr, t: lr * gamma)),
        "polynomial": (PolynomialLR(base, n, power), step_by_step(base, polynomial)),
        "rising cosine": (
            CosineAnnealingLR(base, n, low, rise=True),
            step_by_step(base, cosine_change(base, low, n)),
        ),
        "restarts": (
            CosineAnnealingWarmRestarts(base, n, mult, low),
            restarting(base, low, n, mult),
        ),
        "triangular2": (CyclicLR(low, base, n, m, "triangular2"), cycling(low, base, n, m, None)),
        "exp_range": (
            CyclicLR(low, base, n, m, "exp_range", gamma),
            cycling(low, base, n, m, gamma),
        ),
        "warm-up and cosine": (warmup_cosine(base, m, m + n), warming(base, m, m + n)),
    }
    return pairs[kind]


@pytest.mark.parametrize("kind", STEPPED)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_a_direct_call_equals_stepping(kind: str, data: st.DataObject) -> None:
    schedule, stepper = data.draw(schedule_and_stepper(kind))
    stepped = list(itertools.islice(stepper, 70))
    np.testing.assert_allclose(values(schedule, 70), stepped, rtol=1e-9, atol=1e-9)


@given(milestone=st.integers(1, 50), step=st.integers(0, 200))
def test_a_sequence_is_its_parts(milestone: int, step: int) -> None:
    first, second = ExponentialLR(1.0, 0.9), LinearLR(0.5)
    expected = first(step) if step < milestone else second(step - milestone)
    assert SequentialLR([first, second], [milestone])(step) == expected


# --- Settings and errors ------------------------------------------------------------------------


def test_a_schedule_is_immutable_and_comparable() -> None:
    schedule = StepLR(0.1, 3)
    with pytest.raises(dataclasses.FrozenInstanceError):
        schedule.base_lr = 1.0  # type: ignore[misc]
    assert schedule == StepLR(0.1, 3)
    assert repr(schedule) == "StepLR(base_lr=0.1, step_size=3, gamma=0.1)"
    milestones = [2, 5]
    kept = MultiStepLR(1.0, milestones)
    milestones.append(6)
    assert kept.milestones == (2, 5)


@pytest.mark.parametrize("schedule", [StepLR(0.1, 3), warmup_cosine(0.1, 2, 9), NoamLR(8, 4)])
def test_steps_must_be_whole_and_not_negative(schedule: Schedule) -> None:
    with pytest.raises(ValueError, match="step is -1; steps count from 0"):
        schedule(-1)
    with pytest.raises(TypeError, match=r"step is 1.5; it must be a whole number"):
        schedule(1.5)  # type: ignore[arg-type]


class Never:
    """Something that is not a schedule."""


@pytest.mark.parametrize(
    ("kind", "args", "keywords", "error", "words"),
    [
        (StepLR, (-0.1, 3), {}, ValueError, "base_lr is -0.1"),
        (StepLR, (math.nan, 3), {}, ValueError, "base_lr is nan"),
        (StepLR, ("0.1", 3), {}, TypeError, "base_lr is '0.1'"),
        (StepLR, (True, 3), {}, TypeError, "base_lr is True"),
        (StepLR, (0.1, 0), {}, ValueError, "step_size is 0; it must be at least 1"),
        (StepLR, (0.1, 2.5), {}, TypeError, "step_size is 2.5"),
        (StepLR, (0.1, 3), {"gamma": math.inf}, ValueError, "gamma is inf"),
        (MultiStepLR, (0.1, [5, 2]), {}, ValueError, "rising order"),
        (MultiStepLR, (0.1, 5), {}, TypeError, "list of steps"),
        (MultiStepLR, (0.1, [-1]), {}, ValueError, "milestone is -1"),
        (ExponentialLR, (0.1, -1.0), {}, ValueError, "gamma"),
        (ConstantLR, (0.1,), {"factor": 1.5}, ValueError, "at most 1"),
        (LinearLR, (0.1,), {"start_factor": 0.0}, ValueError, "above 0"),
        (LinearLR, (0.1,), {"end_factor": 2.0}, ValueError, "end_factor"),
        (LinearLR, (0.1,), {"total_iters": 0}, ValueError, "total_iters"),
        (PolynomialLR, (0.1,), {"power": -1.0}, ValueError, "power"),
        (CosineAnnealingLR, (0.1, 0), {}, ValueError, "T_max"),
        (CosineAnnealingLR, (0.1, 5), {"eta_min": -1e-3}, ValueError, "eta_min"),
        (CosineAnnealingWarmRestarts, (0.1, 0), {}, ValueError, "T_0"),
        (CosineAnnealingWarmRestarts, (0.1, 2, 0), {}, ValueError, "T_mult"),
        (CyclicLR, (0.1, 1.0), {"mode": "square"}, ValueError, "mode is 'square'.*triangular2"),
        (CyclicLR, (0.1, 1.0), {"step_size_down": 0}, ValueError, "step_size_down"),
        (OneCycleLR, (0.1,), {}, ValueError, "total_steps, or epochs and steps_per_epoch"),
        (OneCycleLR, (0.1, 10), {"pct_start": 1.5}, ValueError, "pct_start"),
        (OneCycleLR, (0.1, 10), {"div_factor": 0.0}, ValueError, "div_factor is 0"),
        (OneCycleLR, (0.1, 10), {"anneal_strategy": "up"}, ValueError, "'cos', 'linear'"),
        (NoamLR, (0, 4), {}, ValueError, "d_model"),
        (SequentialLR, ([StepLR(0.1, 3)], [2]), {}, ValueError, "one milestone fewer"),
        (SequentialLR, ([Never(), Never()], [2]), {}, TypeError, "schedule 0 is a Never"),
        (SequentialLR, ([ReduceLROnPlateau(0.1)], []), {}, TypeError, "ReduceLROnPlateau"),
        (warmup_cosine, (0.1, 8, 8), {}, ValueError, "includes the warm-up"),
        (warmup_cosine, (0.1, -1, 8), {}, ValueError, "warmup_steps"),
        (ReduceLROnPlateau, (0.1,), {"factor": 1.0}, ValueError, "factor is 1.0"),
        (ReduceLROnPlateau, (0.1,), {"mode": "least"}, ValueError, "'min', 'max'"),
        (ReduceLROnPlateau, (0.1,), {"patience": -1}, ValueError, "patience"),
        (ReduceLROnPlateau, (0.1,), {"threshold_mode": "x"}, ValueError, "threshold_mode"),
    ],
)
def test_settings_that_do_not_fit(
    kind: Any, args: Sequence[Any], keywords: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        kind(*args, **keywords)
