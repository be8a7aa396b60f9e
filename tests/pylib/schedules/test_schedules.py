"""Schedules by hand-worked values, at their edges, and what they refuse."""

import dataclasses
import json
import math
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
    Schedule,
    SequentialLR,
    StepLR,
    warmup_cosine,
)


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


@pytest.mark.parametrize(
    ("schedule", "step", "rate"),
    [
        (ExponentialLR(1.0, 2.0), 5000, math.inf),
        (ExponentialLR(1.0, 2.0), 10**400, math.inf),
        (ExponentialLR(1.0, 0.5), 10**400, 0.0),
        (ExponentialLR(0.3, 1.0), 10**400, 0.3),
        (ExponentialLR(0.0, 2.0), 5000, 0.0),
        (ExponentialLR(1e-300, 10.0), 310, 1e10),
        (StepLR(1.0, 2, 2.0), 10_000, math.inf),
        (MultiStepLR(1.0, range(3), 1e200), 5, math.inf),
        (CyclicLR(0.1, 1.0, 2, mode="exp_range", gamma=2.0), 5001, math.inf),
        (CyclicLR(0.1, 1.0, 2, mode="exp_range", gamma=2.0), 5000, 0.1),  # a valley
        (CyclicLR(0.1, 1.0, 2, mode="triangular2"), 10**400 + 1, 0.1),
        (CosineAnnealingLR(1.0, 4, rise=True), 8 * 10**400 + 4, 0.0),
        (CosineAnnealingLR(1.0, 4, rise=True), 8 * 10**20 + 3, 0.1464),
    ],
)
def test_a_rate_past_the_largest_float_is_infinite(
    schedule: Schedule, step: int, rate: float
) -> None:
    assert schedule(step) == pytest.approx(rate, rel=1e-3)


def test_numpy_scalars_and_arrays_are_settings_too() -> None:
    assert MultiStepLR(1.0, np.array([2, 5])) == MultiStepLR(1.0, [2, 5])
    assert repr(StepLR(np.float32(0.5), np.array(3))) == repr(StepLR(0.5, 3))  # type: ignore[arg-type]
    assert ExponentialLR(np.float64(1.0), np.float64(2.0))(5000) == math.inf
    assert StepLR(1.0, 3)(np.int64(3)) == 0.1  # type: ignore[arg-type]


def test_a_scale_of_your_own_takes_the_modes_place() -> None:
    asked: list[int] = []

    def scale(given: int) -> float:
        asked.append(given)
        return 1 / given if given else 0.0

    schedule = CyclicLR(0.0, 1.0, 1, mode="exp_range", gamma=9.0, scale_fn=scale)
    assert values(schedule, 6) == [0, 1, 0, 0.5, 0, pytest.approx(1 / 3)]
    assert asked == [1, 1, 2, 2, 3, 3]
    by_step = CyclicLR(0.0, 1.0, 1, scale_fn=scale, scale_mode="iterations")
    assert values(by_step, 4) == [0, 1, 0, pytest.approx(1 / 3)]
    assert asked[6:] == [0, 1, 2, 3]
    with pytest.raises(TypeError, match="value of scale_fn is None; it must be a number"):
        CyclicLR(0.0, 1.0, scale_fn=lambda t: None)(0)  # type: ignore[arg-type, return-value]


def test_a_function_of_your_own_gives_the_factor() -> None:
    assert values(LambdaLR(2.0, lambda t: t / 4), 3) == [0, 0.5, 1]
    with pytest.raises(TypeError, match="value of lr_lambda is '1'; it must be a number"):
        LambdaLR(2.0, lambda t: str(t))(1)  # type: ignore[arg-type, return-value]


def test_swa_holds_its_rate() -> None:
    """Half a cosine from 1 to 3 over two steps: 1, 2, 3, and there it stays."""
    assert values(SWALR(1.0, 3.0, 2), 4) == pytest.approx([1, 2, 3, 3])
    assert values(SWALR(1.0, 3.0, 4, "linear"), 6) == pytest.approx([1, 1.5, 2, 2.5, 3, 3])
    assert values(SWALR(1.0, 3.0, 0), 2) == [3, 3]


def test_a_chain_multiplies_factors() -> None:
    chain = ChainedScheduler([StepLR(0.5, 2, 0.1), ConstantLR(0.5, 0.5, 1), StepLR(0.5, 3, 0.2)])
    np.testing.assert_allclose(values(chain, 4), [0.25, 0.5, 0.05, 0.01])
    assert ChainedScheduler([StepLR(0.0, 2)])(5) == 0
    with pytest.raises(TypeError, match="step is 1.5"):
        chain(1.5)  # type: ignore[arg-type]


def test_a_sequence_cycles_momentum_while_its_part_does() -> None:
    one_cycle = OneCycleLR(1.0, 10)
    plain, silent = StepLR(0.1, 3), CyclicLR(0.1, 1.0, cycle_momentum=False)
    schedule = SequentialLR([plain, one_cycle, silent], [2, 12])
    assert schedule.cycle_momentum
    assert schedule.momentum(1) is None
    assert schedule.momentum(2) == 0.95
    assert schedule.momentum(4) == one_cycle.momentum(2) == 0.85
    assert schedule.momentum(12) is None
    assert not SequentialLR([plain, silent], [2]).cycle_momentum
    nested = SequentialLR([plain, schedule], [5])
    assert nested.cycle_momentum
    assert nested.momentum(9) == 0.85
    assert nested.momentum(5) is None


def test_a_cycle_moves_momentum_against_the_rate() -> None:
    """Up in two steps and down in one; in the second cycle half as far."""
    schedule = CyclicLR(0.1, 1.0, 2, 1, "triangular2", base_momentum=0.5, max_momentum=0.9)
    momenta = values(schedule.momentum, 6)
    np.testing.assert_allclose(momenta, [0.9, 0.7, 0.5, 0.9, 0.8, 0.7])
    assert CyclicLR(0.1, 1.0).momentum(2000) == pytest.approx(0.8)
    assert OneCycleLR(1.0, 9).cycle_momentum
    assert CyclicLR(0.1, 1.0).cycle_momentum


def test_one_cycle_ends_where_its_steps_do() -> None:
    assert OneCycleLR(1.0, 10, pct_start=1.0)(50) == pytest.approx(1.0)
    assert OneCycleLR(1.0, 1, pct_start=1.0)(0) == pytest.approx(4e-6)
    assert OneCycleLR(1.0, epochs=2, steps_per_epoch=5) == OneCycleLR(1.0, 10, 2, 5)


def test_the_floor_is_kept_to_the_last_bit() -> None:
    """half_cosine would give 0.1 + (1 − 0.1) · 0, and for other numbers a bit more or less."""
    for eta_min in (0.1, 0.3, 1e-5):
        assert CosineAnnealingLR(0.7, 9, eta_min)(9) == eta_min
        assert warmup_cosine(0.7, 3, 12, eta_min)(12) == eta_min


def test_a_plateau_counts_equal_metrics_as_bad_in_both_modes() -> None:
    """The bar itself is no improvement; with a share of 0 it is the best so far."""
    for mode in ("min", "max"):
        for threshold_mode in ("rel", "abs"):
            plateau = ReduceLROnPlateau(1.0, mode, 0.5, 0, 0.0, threshold_mode)
            assert [plateau.step(metric) for metric in (2.0, 2.0, 2.0)] == [1.0, 0.5, 0.25]


def test_a_plateau_knows_shares_from_amounts() -> None:
    """From 10 to 10.5: more than 1 % of it, less than 1; falling alike."""
    for mode, metrics in (("max", (10.0, 10.5)), ("min", (10.0, 9.5))):
        for threshold_mode, threshold, rate in (
            ("rel", 0.01, 1.0),
            ("rel", 0.1, 0.5),
            ("abs", 0.4, 1.0),
            ("abs", 0.6, 0.5),
        ):
            plateau = ReduceLROnPlateau(1.0, mode, 0.5, 0, threshold, threshold_mode)  # type: ignore[arg-type]
            assert [plateau.step(metric) for metric in metrics][-1] == rate


class TestPlateauState:
    """What ReduceLROnPlateau saves, and takes back."""

    METRICS = (3.0, 2.0, 2.5, 2.5, 2.5, 2.5, 1.0, 1.0, 1.0, 1.0)

    def plateau(self) -> ReduceLROnPlateau:
        return ReduceLROnPlateau(0.1, factor=0.5, patience=1, cooldown=2)

    @pytest.mark.parametrize("done", range(len(METRICS)))
    def test_a_loaded_plateau_goes_on_as_the_saved_one(self, done: int) -> None:
        straight, first, second = self.plateau(), self.plateau(), self.plateau()
        rates = [straight.step(metric) for metric in self.METRICS]
        for metric in self.METRICS[:done]:
            first.step(metric)
        second.load_state_dict(json.loads(json.dumps(first.state_dict())))
        assert second.state_dict() == first.state_dict()
        assert [second.step(metric) for metric in self.METRICS[done:]] == rates[done:]

    def test_it_names_what_changes(self) -> None:
        plateau = self.plateau()
        assert plateau.state_dict() == {
            "lr": 0.1,
            "best": math.inf,
            "num_bad_epochs": 0,
            "cooldown_counter": 0,
        }
        saved = plateau.state_dict()
        plateau.step(1.0)
        assert saved["best"] == math.inf  # a copy

    def test_it_takes_arrays_of_shape_0_as_np_load_gives_them(self) -> None:
        plateau = self.plateau()
        plateau.load_state_dict({k: np.asarray(v) for k, v in plateau.state_dict().items()})
        assert [type(v) for v in plateau.state_dict().values()] == [float, float, int, int]

    @pytest.mark.parametrize(
        ("change", "error", "words"),
        [
            ({"lr": -1.0}, ValueError, "lr is -1"),
            ({"lr": math.nan}, ValueError, "lr is nan"),
            ({"best": "2"}, TypeError, "best is '2'"),
            ({"num_bad_epochs": 1.5}, TypeError, "num_bad_epochs is 1.5"),
            ({"cooldown_counter": -1}, ValueError, "cooldown_counter is -1"),
            ({"bset": 1.0}, ValueError, r"missing \[\], unknown \['bset'\]"),
        ],
    )
    def test_what_is_no_such_state_is_refused(
        self, change: dict[str, Any], error: type[Exception], words: str
    ) -> None:
        plateau = self.plateau()
        before = plateau.state_dict()
        with pytest.raises(error, match=words):
            plateau.load_state_dict({**before, "lr": 0.7, **change})
        assert plateau.state_dict() == before
        with pytest.raises(ValueError, match=r"missing \['best'"):
            plateau.load_state_dict({"lr": 0.7})
        with pytest.raises(TypeError, match="is no state; give what state_dict"):
            plateau.load_state_dict([0.7])  # type: ignore[arg-type]

    @pytest.mark.parametrize("metric", [None, "0.5", True, np.ones(2)])
    def test_a_metric_is_a_number(self, metric: Any) -> None:
        plateau = self.plateau()
        before = plateau.state_dict()
        with pytest.raises(TypeError, match="metric is .*; it must be a number"):
            plateau.step(metric)
        assert plateau.state_dict() == before


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
    parts = [StepLR(0.1, 3), StepLR(0.1, 5)]
    for made in (SequentialLR(parts, [4]), ChainedScheduler(parts)):
        parts.append(StepLR(0.1, 7))
        assert made.schedulers == (StepLR(0.1, 3), StepLR(0.1, 5))
        parts.pop()


@pytest.mark.parametrize("schedule", [StepLR(0.1, 3), warmup_cosine(0.1, 2, 9), NoamLR(8, 4)])
def test_steps_must_be_whole_and_not_negative(schedule: Schedule) -> None:
    with pytest.raises(ValueError, match="step is -1; it must be a whole number of at least 0"):
        schedule(-1)
    with pytest.raises(TypeError, match=r"step is 1.5; it must be a whole number"):
        schedule(1.5)  # type: ignore[arg-type]
