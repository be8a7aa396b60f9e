"""Schedules for any setting: bounds, and each rule again as a stepper."""

import itertools
import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pylib.schedules import (
    SWALR,
    ChainedScheduler,
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    CyclicLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiStepLR,
    OneCycleLR,
    PolynomialLR,
    Schedule,
    SequentialLR,
    StepLR,
    warmup_cosine,
)


def values(schedule: Schedule, count: int) -> list[float]:
    return [schedule(step) for step in range(count)]


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
    lambda lr: SWALR(lr, lr / 7, 50),
    lambda lr: LambdaLR(lr, lambda t: 1 / (1 + t)),
    lambda lr: ChainedScheduler([ConstantLR(lr), ExponentialLR(lr, 0.99)]),
    lambda lr: CyclicLR(lr / 10, lr, 20, 7, "exp_range", 0.99),
]


@settings(deadline=None)
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


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=30)
@given(step=st.integers(0, 10**30))
def test_any_step_has_a_rate(kind: Callable[[float], Schedule], step: int) -> None:
    assert 0 <= kind(0.1)(step) <= 0.1 * (1 + 1e-12)


@settings(deadline=None)
@given(gamma=st.floats(0, 1e300), base_lr=st.floats(0, 1e300), step=st.integers(0, 10**30))
def test_any_factor_has_a_rate(gamma: float, base_lr: float, step: int) -> None:
    for schedule in (
        StepLR(base_lr, 3, gamma),
        MultiStepLR(base_lr, range(9), gamma),
        ExponentialLR(base_lr, gamma),
        CyclicLR(0.0, base_lr, 2, mode="exp_range", gamma=gamma),
    ):
        assert schedule(step) >= 0


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


@settings(deadline=None)
@given(milestone=st.integers(1, 50), step=st.integers(0, 200))
def test_a_sequence_is_its_parts(milestone: int, step: int) -> None:
    first, second = ExponentialLR(1.0, 0.9), LinearLR(0.5)
    expected = first(step) if step < milestone else second(step - milestone)
    assert SequentialLR([first, second], [milestone])(step) == expected
