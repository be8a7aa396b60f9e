"""The watch by itself; with `fit` it is tested there."""

import math
from typing import Any

import numpy as np
import pytest

from pylib.training import EarlyStopping


class TestEarlyStopping:
    """The watch by itself; with fit it is tested above."""

    def test_min_delta_and_rising_metrics(self) -> None:
        watch = EarlyStopping("val_metric", patience=2, min_delta=0.1, restore_best_weights=False)
        answers = [watch.update(v, []) for v in (0.5, 0.55, 0.65, 0.7, 0.74)]
        assert answers == [False, False, False, False, True]
        assert watch.best == 0.65

    @pytest.mark.parametrize("monitor", ["val_loss", "train_loss", "val_metric"])
    def test_a_flat_value_stops_after_its_patience(self, monitor: str) -> None:
        watch = EarlyStopping(monitor, patience=3)
        w = np.array([0.0])
        answers = []
        for epoch in range(1, 5):
            w[:] = epoch
            answers.append(watch.update(2.0, [w]))
        assert answers == [False, False, False, True]
        assert (watch.best, watch.best_epoch) == (2.0, 1)
        watch.restore([w])
        assert w.tolist() == [1.0]

    def test_a_gain_of_min_delta_is_none(self) -> None:
        watch = EarlyStopping(patience=1, min_delta=0.5)
        assert [watch.update(v, []) for v in (2.0, 1.5)] == [False, True]
        watch.reset()
        assert [watch.update(v, []) for v in (2.0, 1.25, 1.0)] == [False, False, True]

    def test_nothing_is_restored_where_that_is_not_asked(self) -> None:
        watch = EarlyStopping(patience=1, restore_best_weights=False)
        w = np.array([1.0])
        watch.update(1.0, [w])
        w[:] = 2.0
        watch.restore([w])
        assert w.tolist() == [2.0]

    def test_a_reset_forgets(self) -> None:
        watch = EarlyStopping(patience=2)
        w = np.array([1.0])
        watch.update(1.0, [w])
        watch.update(1.0, [w])
        watch.reset()
        assert (watch.best, watch.best_epoch) == (math.inf, 0)
        w[:] = 3.0
        watch.restore([w])
        assert w.tolist() == [3.0]
        assert [watch.update(v, [w]) for v in (5.0, 5.0, 5.0)] == [False, False, True]

    def test_nan_is_no_improvement(self) -> None:
        watch = EarlyStopping(patience=1)
        assert watch.update(math.nan, []) is True

    @pytest.mark.parametrize(
        "settings",
        [{"monitor": "loss"}, {"patience": 0}, {"min_delta": -1.0}, {"min_delta": math.nan}],
    )
    def test_settings_out_of_range(self, settings: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=f"{next(iter(settings))} is .*; it must be"):
            EarlyStopping(**settings)

    @pytest.mark.parametrize(
        "settings",
        [
            {"monitor": None},
            {"patience": 1.5},
            {"patience": True},
            {"min_delta": "0"},
            {"restore_best_weights": 1},
        ],
    )
    def test_settings_of_another_kind(self, settings: dict[str, Any]) -> None:
        with pytest.raises(TypeError, match=f"{next(iter(settings))} is .*; it must be"):
            EarlyStopping(**settings)

    def test_what_is_watched_is_a_number(self) -> None:
        with pytest.raises(TypeError, match="value is None; it must be a number"):
            EarlyStopping().update(None, [])  # type: ignore[arg-type]
