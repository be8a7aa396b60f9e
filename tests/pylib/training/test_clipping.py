"""Both ways to clip gradients."""

import inspect
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pylib.training import clip_grad_norm_, clip_grad_value_


class TestClipping:
    """Both ways to clip."""

    def test_norm_keeps_the_direction(self) -> None:
        """torch.nn.utils.clip_grad_norm_ of (3, 4) and 12 to 1.3: norm 13, factor 1.3/(13+1e-6)."""
        grads = [np.array([3.0, 4.0]), np.array([[12.0]])]
        assert clip_grad_norm_(grads, 1.3) == 13.0
        factor = 1.3 / (13 + 1e-6)
        np.testing.assert_allclose(grads[0], [3 * factor, 4 * factor], rtol=1e-15)
        np.testing.assert_allclose(grads[1], [[12 * factor]], rtol=1e-15)

    def test_norm_leaves_short_gradients(self) -> None:
        grads = [np.array([0.3, 0.4])]
        assert clip_grad_norm_(grads, 1.0) == 0.5
        assert grads[0].tolist() == [0.3, 0.4]

    @pytest.mark.parametrize(("p", "norm"), [(1.0, 19.0), (2.0, 13.0), (math.inf, 12.0)])
    def test_other_norms(self, p: float, norm: float) -> None:
        assert clip_grad_norm_([np.array([[3.0, -4.0]]), np.array([12.0])], 99, p) == norm

    @pytest.mark.parametrize(
        ("numbers", "dtype", "norm"),
        [
            ([1e200] * 3, np.float64, 3**0.5 * 1e200),
            ([1e20] * 3, np.float32, 3**0.5 * 1e20),
            ([1e308] * 3, np.float64, 3**0.5 * 1e308),
            ([1.7e308] * 4, np.float64, math.inf),  # past the largest float, and clipped rightly
            ([3e38] * 3, np.float32, 3**0.5 * 3e38),
        ],
    )
    def test_huge_gradients_keep_their_direction(
        self, numbers: list[float], dtype: Any, norm: float
    ) -> None:
        grads = [np.array(numbers[:1], dtype), np.array([numbers[1:]], dtype)]
        assert clip_grad_norm_(grads, 1.0) == pytest.approx(norm)
        for g in grads:
            np.testing.assert_allclose(g, len(numbers) ** -0.5, rtol=1e-6)
            assert g.dtype == dtype

    @pytest.mark.parametrize(
        ("number", "p", "norm"),
        [
            (1e-200, 2.0, 2e-200),
            (1e-30, 2.0, 2e-30),
            (0.1, 400.0, 0.1 * 4 ** (1 / 400)),
            (100.0, 200.0, 100 * 4 ** (1 / 200)),
            (1e200, 0.5, 16e200),
            (5e-324, math.inf, 5e-324),
        ],
    )
    def test_no_power_is_lost(self, number: float, p: float, norm: float) -> None:
        grads = [np.full(4, number)]
        assert clip_grad_norm_(grads, math.inf, p) == pytest.approx(norm, rel=1e-12)
        assert grads[0].tolist() == [number] * 4
        if norm > 1e-100:
            clip_grad_norm_(grads, norm / 2, p)
            factor = norm / 2 / (norm + 1e-6)
            np.testing.assert_allclose(grads[0], number * factor, rtol=1e-12)

    @pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan])
    def test_what_is_not_finite_spreads_as_in_pytorch(self, bad: float) -> None:
        """torch.nn.utils.clip_grad_norm_ (2.13): NaN everywhere; of inf NaN, and 0 for the rest."""
        grads = [np.array([bad, 1.0]), np.array([2.0])]
        norm = clip_grad_norm_(grads, 1.0)
        rest = math.nan if math.isnan(bad) else 0.0
        np.testing.assert_array_equal(norm, abs(bad))
        np.testing.assert_array_equal(np.concatenate(grads), [math.nan, rest, rest])

    @pytest.mark.parametrize("bad", [math.inf, math.nan])
    @pytest.mark.parametrize("p", [1.0, 2.0, 3.0, math.inf])
    def test_what_is_not_finite_is_refused_where_asked(self, bad: float, p: float) -> None:
        grads = [np.array([1.0, 2.0]), np.array([bad])]
        with pytest.raises(FloatingPointError, match=f"the norm of the gradients is {bad}"):
            clip_grad_norm_(grads, 1.0, p, error_if_nonfinite=True)
        np.testing.assert_array_equal(np.concatenate(grads), [1.0, 2.0, bad])
        with pytest.raises(TypeError, match="error_if_nonfinite is 1"):
            clip_grad_norm_(grads, 1.0, p, 1)  # type: ignore[arg-type]

    def test_huge_and_finite_is_not_refused(self) -> None:
        grads = [np.full(3, 1e200)]
        clip_grad_norm_(grads, 1.0, error_if_nonfinite=True)
        np.testing.assert_allclose(grads[0], 3**-0.5)

    def test_nothing_has_no_length(self) -> None:
        assert clip_grad_norm_([], 1.0) == 0.0
        grads = [np.zeros((0, 3)), np.zeros(2)]
        assert clip_grad_norm_(grads, 1.0) == 0.0
        assert grads[1].tolist() == [0.0, 0.0]
        grads = [np.zeros((0, 3)), np.array([3.0, 4.0])]
        assert clip_grad_norm_(grads, 0.0) == 5.0
        assert grads[1].tolist() == [0.0, 0.0]

    def test_a_norm_of_the_bound_is_left(self) -> None:
        """The factor is 1 / (1 + 1e-6 / norm), as in PyTorch, and only below 1 it acts."""
        grads = [np.array([3.0, 4.0])]
        clip_grad_norm_(grads, 5.0)
        np.testing.assert_array_equal(grads[0], np.array([3.0, 4.0]) * (5.0 / (5.0 + 1e-6)))
        grads = [np.array([3.0, 4.0])]
        clip_grad_norm_(grads, 5.0 + 1e-6)
        assert grads[0].tolist() == [3.0, 4.0]

    @pytest.mark.parametrize("clip", [clip_grad_norm_, clip_grad_value_])
    def test_arguments_stand_in_pytorchs_order(self, clip: Callable[..., Any]) -> None:
        """torch.nn.utils 2.13; its `parameters` are our `grads`, its `foreach` is not here."""
        golden = Path(__file__).parents[1] / "golden" / "schedules.json"
        theirs = json.loads(golden.read_text())["signatures"][clip.__name__][1:]
        ours = [
            [p.name] if p.default is p.empty else [p.name, p.default]
            for p in inspect.signature(clip).parameters.values()
        ]
        assert ours == [["grads"], *(p for p in theirs if p[0] != "foreach")]

    def test_value_cuts_each_number(self) -> None:
        grads = [np.array([-3.0, 0.1]), np.array([[np.inf]])]
        clip_grad_value_(grads, 0.5)
        assert grads[0].tolist() == [-0.5, 0.1]
        assert grads[1].tolist() == [[0.5]]

    @pytest.mark.parametrize(
        "call",
        [
            lambda: clip_grad_norm_([], -1.0),
            lambda: clip_grad_norm_([], math.nan),
            lambda: clip_grad_norm_([], 1.0, norm_type=0.0),
            lambda: clip_grad_value_([], -1.0),
        ],
    )
    def test_nonsense_bounds_are_refused(self, call: Callable[[], Any]) -> None:
        with pytest.raises(ValueError, match="it must be a"):
            call()

    @pytest.mark.parametrize(
        "call",
        [
            lambda: clip_grad_norm_([], "1"),  # type: ignore[arg-type]
            lambda: clip_grad_norm_([], 1.0, True),
            lambda: clip_grad_value_([], None),  # type: ignore[arg-type]
        ],
    )
    def test_bounds_are_numbers(self, call: Callable[[], Any]) -> None:
        with pytest.raises(TypeError, match="it must be a number"):
            call()

    def test_an_infinite_bound_only_measures(self) -> None:
        grads = [np.array([3.0, 4.0])]
        assert clip_grad_norm_(grads, math.inf) == 5.0
        clip_grad_value_(grads, math.inf)
        assert grads[0].tolist() == [3.0, 4.0]

    @pytest.mark.parametrize(
        ("grads", "message"),
        [
            (np.array([3.0, 4.0]), r"grads is one array; pass a list: \[g\]"),
            ([np.array([3, 4])], r"grads\[0\] has dtype int64.*dtype=float"),
            ([np.ones(2), [3.0, 4.0]], r"grads\[1\] is a list.*dtype=float"),
            ([np.float64(3.0)], r"grads\[0\] is a float64.*dtype=float"),
        ],
    )
    def test_what_cannot_change_in_place_is_refused(self, grads: Any, message: str) -> None:
        for call in (clip_grad_norm_, clip_grad_value_):
            with pytest.raises(TypeError, match=message):
                call(grads, 1.0)
