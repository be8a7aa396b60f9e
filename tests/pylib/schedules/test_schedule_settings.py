"""Every setting of every schedule: what is taken, what is refused, and in which words."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

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
    NoamLR,
    OneCycleLR,
    PolynomialLR,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
    warmup_cosine,
)

# How each kind of setting is checked: what it takes, what it refuses, and the end of the message.
RATE = ([0, 0.5, 1e300, np.float32(0.5)], [-1e-9, math.inf, math.nan], "finite and at least 0")
SHARE = ([0, 0.5, 1], [-1e-9, 1.0001, math.nan], "at least 0 and at most 1")
BELOW_1 = ([0, 0.5, 0.9999], [-1e-9, 1, math.nan], "at least 0 and below 1")
ABOVE_0 = ([1e-9, 7], [0, -1, math.inf], "finite and above 0")
SHARE_ABOVE_0 = ([1e-9, 1], [0, 1.0001], "above 0 and at most 1")
COUNT = ([0, 1, np.int64(7)], [-1], "a whole number of at least 0")
COUNT_FROM_1 = ([1, 2, np.int64(7)], [0, -1], "a whole number of at least 1")
FLAG: tuple[list[Any], list[Any], str] = ([True, False], [], "True or False")


def words(*known: str) -> tuple[list[Any], list[Any], str]:
    return list(known), ["other", known[0].upper()], f"one of {', '.join(map(repr, known))}"


Kind = tuple[list[Any], list[Any], str]
ANNEAL = words("cos", "linear")

SETTINGS: list[tuple[Any, dict[str, Any], dict[str, Kind]]] = [
    (ConstantLR, {}, {"base_lr": RATE, "factor": SHARE, "total_iters": COUNT}),
    (
        LinearLR,
        {},
        {
            "base_lr": RATE,
            "start_factor": SHARE_ABOVE_0,
            "end_factor": SHARE,
            "total_iters": COUNT_FROM_1,
        },
    ),
    (StepLR, {"step_size": 3}, {"base_lr": RATE, "step_size": COUNT_FROM_1, "gamma": RATE}),
    (MultiStepLR, {"milestones": [2]}, {"base_lr": RATE, "gamma": RATE}),
    (ExponentialLR, {"gamma": 0.5}, {"base_lr": RATE, "gamma": RATE}),
    (PolynomialLR, {}, {"base_lr": RATE, "total_iters": COUNT_FROM_1, "power": RATE}),
    (
        CosineAnnealingLR,
        {"T_max": 5},
        {"base_lr": RATE, "T_max": COUNT_FROM_1, "eta_min": RATE, "rise": FLAG},
    ),
    (
        CosineAnnealingWarmRestarts,
        {"T_0": 5},
        {"base_lr": RATE, "T_0": COUNT_FROM_1, "T_mult": COUNT_FROM_1, "eta_min": RATE},
    ),
    (
        CyclicLR,
        {"max_lr": 1.0},
        {
            "base_lr": RATE,
            "max_lr": RATE,
            "step_size_up": COUNT_FROM_1,
            "step_size_down": COUNT_FROM_1,
            "mode": words("triangular", "triangular2", "exp_range"),
            "gamma": RATE,
            "scale_mode": words("cycle", "iterations"),
            "cycle_momentum": FLAG,
            "base_momentum": BELOW_1,
            "max_momentum": BELOW_1,
        },
    ),
    (
        OneCycleLR,
        {"max_lr": 1.0, "total_steps": 10},
        {
            "max_lr": RATE,
            "total_steps": COUNT_FROM_1,
            "pct_start": SHARE,
            "anneal_strategy": ANNEAL,
            "cycle_momentum": FLAG,
            "base_momentum": BELOW_1,
            "max_momentum": BELOW_1,
            "div_factor": ABOVE_0,
            "final_div_factor": ABOVE_0,
            "three_phase": FLAG,
        },
    ),
    (
        OneCycleLR,
        {"max_lr": 1.0, "epochs": 2, "steps_per_epoch": 3},
        {"epochs": COUNT_FROM_1, "steps_per_epoch": COUNT_FROM_1},
    ),
    (NoamLR, {"d_model": 8, "warmup": 4}, {"d_model": COUNT_FROM_1, "warmup": COUNT_FROM_1}),
    (LambdaLR, {"lr_lambda": abs}, {"base_lr": RATE}),
    (
        SWALR,
        {"swa_lr": 0.1},
        {"base_lr": RATE, "swa_lr": RATE, "anneal_epochs": COUNT, "anneal_strategy": ANNEAL},
    ),
    (
        warmup_cosine,
        {"warmup_steps": 0, "total_steps": 9},
        {"base_lr": RATE, "warmup_steps": COUNT, "total_steps": COUNT_FROM_1, "eta_min": RATE},
    ),
    (
        ReduceLROnPlateau,
        {},
        {
            "base_lr": RATE,
            "mode": words("min", "max"),
            "factor": BELOW_1,
            "patience": COUNT,
            "threshold": RATE,
            "threshold_mode": words("rel", "abs"),
            "cooldown": COUNT,
            "min_lr": RATE,
            "eps": RATE,
        },
    ),
]

PLACES = {(ReduceLROnPlateau, "base_lr"): "lr"}
"""Where a setting is kept under another name."""

CASES = [
    pytest.param(kind, {"base_lr": 0.1, **good}, name, *rule, id=f"{kind.__name__}-{name}")
    for kind, good, rules in SETTINGS
    for name, rule in rules.items()
]


def make(kind: Any, settings: dict[str, Any]) -> Any:
    if kind in (OneCycleLR, NoamLR):
        settings = {k: v for k, v in settings.items() if k != "base_lr"}
    return kind(**settings)


@pytest.mark.parametrize(("kind", "good", "name", "taken", "refused", "must"), CASES)
def test_a_setting_is_checked_by_name(
    kind: Any, good: dict[str, Any], name: str, taken: list[Any], refused: list[Any], must: str
) -> None:
    for value in taken:
        schedule = make(kind, {**good, name: value})
        rate = schedule.lr if kind is ReduceLROnPlateau else schedule(0)
        assert type(rate) is float
        assert rate >= 0
        if kind is not warmup_cosine:
            kept = getattr(schedule, PLACES.get((kind, name), name))
            assert kept == value
            assert type(kept) in (int, float, bool, str)
    for value in refused:
        shown = value if isinstance(value, int | float) else repr(value)
        with pytest.raises(ValueError) as found:
            make(kind, {**good, name: value})
        assert str(found.value) == f"{name} is {shown}; it must be {must}"
    wrong: list[Any] = [[1]] if isinstance(taken[0], str) else [[1], "1", 1j]
    if taken is not FLAG[0]:
        wrong.append(True)
    for value in wrong:
        with pytest.raises(TypeError) as error:
            make(kind, {**good, name: value})
        must_be = "a number" if must.endswith(("0", "1")) and "whole" not in must else must
        assert str(error.value) == f"{name} is {value!r}; it must be {must_be}"


MESSAGES: list[tuple[Any, Sequence[Any], type[Exception], str]] = [
    (
        OneCycleLR,
        (0.1, None, 3),
        ValueError,
        "give total_steps, or epochs and steps_per_epoch",
    ),
    (
        MultiStepLR,
        (0.1, [5, 2]),
        ValueError,
        "milestones are [5, 2]; they must be in rising order",
    ),
    (MultiStepLR, (0.1, 5), TypeError, "milestones is 5; it must be a list of steps"),
    (
        MultiStepLR,
        (0.1, [3, -1]),
        ValueError,
        "milestones[1] is -1; it must be a whole number of at least 0",
    ),
    (
        SequentialLR,
        (StepLR(0.1, 3), [2]),
        TypeError,
        "schedulers is StepLR(base_lr=0.1, step_size=3, gamma=0.1); it must be a list of schedules",
    ),
    (
        SequentialLR,
        ([StepLR(0.1, 3), ReduceLROnPlateau(0.1)], [2]),
        TypeError,
        "schedulers[1] is a ReduceLROnPlateau, which gives no rate for a step; use a schedule that "
        "can be called with one",
    ),
    (
        SequentialLR,
        ([StepLR(0.1, 3)], [2]),
        ValueError,
        "1 schedules and 1 milestones; give one milestone fewer than schedules",
    ),
    (ChainedScheduler, (3,), TypeError, "schedulers is 3; it must be a list of schedules"),
    (
        ChainedScheduler,
        ([StepLR(0.1, 3), NoamLR(8, 4)],),
        TypeError,
        "schedulers[1] is NoamLR(d_model=8, warmup=4), which is no base rate times a factor; use "
        "SequentialLR, or a function of the step that multiplies them",
    ),
    (
        ChainedScheduler,
        ([CosineAnnealingLR(0.1, 9, 0.01)],),
        ValueError,
        "schedulers[0] has eta_min 0.01; it must be 0",
    ),
    (
        ChainedScheduler,
        ([StepLR(0.2, 3), StepLR(0.1, 3)],),
        ValueError,
        "the schedules start from [0.1, 0.2]; give one or more with the same base_lr",
    ),
    (
        warmup_cosine,
        (0.1, 8, 8),
        ValueError,
        "warmup_steps is 8 and total_steps 8; total_steps includes the warm-up, so it must be the "
        "larger",
    ),
    (LambdaLR, (0.1, 2), TypeError, "lr_lambda is 2; it must be a function of the step"),
    (
        CyclicLR,
        (0.1, 1.0, 1, 1, "triangular", 1.0, 2),
        TypeError,
        "scale_fn is 2; it must be a function, or None",
    ),
]


@pytest.mark.parametrize(
    ("kind", "args", "error", "message"), MESSAGES, ids=[m[3][:40] for m in MESSAGES]
)
def test_a_message_says_what_was_given_and_what_to_do(
    kind: Any, args: Sequence[Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as found:
        kind(*args)
    assert str(found.value) == message


def test_a_state_that_does_not_fit_is_named() -> None:
    plateau = ReduceLROnPlateau(0.1)
    with pytest.raises(TypeError) as error:
        plateau.load_state_dict(3)  # type: ignore[arg-type]
    assert str(error.value) == (
        "3 is no state; give what state_dict(), np.load or json.load returned"
    )
    with pytest.raises(ValueError) as found:
        plateau.load_state_dict({"lr": 0.1, "best": 1.0, "seen": 3})
    assert str(found.value) == (
        "this is not the state of a ReduceLROnPlateau: missing ['cooldown_counter', "
        "'num_bad_epochs'], unknown ['seen']"
    )


def test_the_defaults_of_a_plateau_are_pytorchs() -> None:
    """Eleven metrics without improvement cut the rate by 0.1."""
    plateau = ReduceLROnPlateau(1.0)
    assert [plateau.step(1.0) for _ in range(13)].index(0.1) == 11
    assert plateau.patience == 10
