"""The averages of weights."""

import math
from typing import Any

import numpy as np
import pytest

from pylib.training import WeightEMA, WeightSWA


class TestWeightEMA:
    """The average of weights."""

    def test_what_cannot_change_in_place_is_refused(self) -> None:
        with pytest.raises(TypeError, match=r"params is one array; pass a list: \[w\]"):
            WeightEMA(np.ones(2))  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=r"params\[0\] has dtype int64.*dtype=float"):
            WeightEMA([np.array([1, 2])])

    def test_is_the_formula(self) -> None:
        """The first update copies; then 0.9 · average + 0.1 · weight."""
        w = np.array([0.0])
        ema = WeightEMA([w], decay=0.9)
        averages = []
        for value in (1.0, 2.0, 3.0):
            w[:] = value
            ema.update()
            averages.append(ema.average[0].item())
        np.testing.assert_allclose(averages, [1, 1.1, 1.29])

    def test_applied_puts_the_weights_back_after_an_error(self) -> None:
        w = np.array([1.0])
        ema = WeightEMA([w])
        ema.update()
        w[:] = 5.0
        with pytest.raises(KeyError), ema.applied():
            assert w.tolist() == [1.0]
            raise KeyError
        assert w.tolist() == [5.0]

    @pytest.mark.parametrize("decay", [-0.1, 1.0, math.nan])
    def test_decay_out_of_range(self, decay: float) -> None:
        with pytest.raises(ValueError, match="decay is"):
            WeightEMA([np.ones(1)], decay=decay)

    def test_decay_is_a_number(self) -> None:
        with pytest.raises(TypeError, match="decay is '0.9'; it must be a number"):
            WeightEMA([np.ones(1)], decay="0.9")  # type: ignore[arg-type]


class TestWeightSWA:
    """The plain mean."""

    def test_is_the_mean_of_what_comes_after_the_start(self) -> None:
        w, b = np.zeros((2, 2)), np.zeros(1)
        swa = WeightSWA([w, b], start=2)
        values = (100.0, 50.0, 1.0, 2.0, 6.0)
        updates = []
        for value in values:
            w[:] = value
            b[:] = -value
            swa.update()
            updates.append(swa.updates)
        assert updates == [0, 0, 1, 2, 3]
        np.testing.assert_allclose(swa.average[0], np.full((2, 2), 3.0))
        np.testing.assert_allclose(swa.average[1], [-3.0])
        with swa.applied():
            np.testing.assert_allclose(w, 3.0)
        assert (w == 6.0).all()

    def test_it_starts_at_once_by_default(self) -> None:
        w = np.array([4.0])
        swa = WeightSWA([w])
        assert swa.average[0].tolist() == [4.0]
        w[:] = 8.0
        swa.update()
        assert swa.average[0].tolist() == [8.0]

    def test_the_first_is_a_copy_to_the_last_bit(self) -> None:
        """0.1 + (0.7 - 0.1) is not 0.7 in floats; and what was NaN before is forgotten."""
        for build in (WeightSWA, WeightEMA):
            for start in (0.1, math.nan):
                w = np.array([start])
                average = build([w])
                w[:] = 0.7
                average.update()
                assert average.average[0].tolist() == [0.7]

    def test_float32_stays(self) -> None:
        w = np.ones(2, np.float32)
        swa = WeightSWA([w])
        swa.update()
        swa.update()
        assert swa.average[0].dtype == np.float32

    @pytest.mark.parametrize(("start", "error"), [(-1, ValueError), (1.5, TypeError)])
    def test_a_start_that_is_no_count(self, start: Any, error: type[Exception]) -> None:
        with pytest.raises(error, match=f"start is {start}; it must be a whole number"):
            WeightSWA([np.ones(1)], start)

    def test_what_cannot_change_in_place_is_refused(self) -> None:
        with pytest.raises(TypeError, match=r"params is one array; pass a list: \[w\]"):
            WeightSWA(np.ones(2))  # type: ignore[arg-type]
