"""Central differences: what they find, what they forgive, and what they refuse."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pylib.gradcheck import GradientReport, check_gradient, numerical_gradient
from pylib.losses import BCELoss, CrossEntropyLoss, L1Loss, MSELoss


@settings(deadline=None)
@given(w=arrays(float, (2, 3), elements=st.floats(-10, 10)))
def test_numerical_gradient_of_a_quadratic(w: Any) -> None:
    np.testing.assert_allclose(numerical_gradient(lambda v: 3 * (v**2).sum(), w), 6 * w, atol=1e-5)


def test_numerical_gradient_leaves_w_alone_and_keeps_its_shape() -> None:
    w = np.arange(6.0).reshape(1, 2, 3)
    w.flags.writeable = False

    def spoil(v: Any) -> float:
        value = float(v.sum())
        v[:] = 0
        return value

    gradient = numerical_gradient(spoil, w)
    assert gradient.shape == (1, 2, 3)
    np.testing.assert_allclose(gradient, 1, rtol=1e-8)


def test_numerical_gradient_takes_scalars_lists_and_integers() -> None:
    assert numerical_gradient(lambda w: w**3, 2).shape == ()
    assert float(numerical_gradient(lambda w: w**3, 2)) == pytest.approx(12)
    np.testing.assert_allclose(numerical_gradient(lambda w: w**2, [1, 2]), [2, 4], rtol=1e-8)


def test_numerical_gradient_works_in_float64_whatever_comes() -> None:
    gradient = numerical_gradient(lambda w: (w**2).sum(), np.array([1.5], dtype=np.float32))
    assert gradient.dtype == np.float64
    assert gradient[0] == pytest.approx(3, rel=1e-9)


@pytest.mark.parametrize("h", [0, -1e-6, float("nan"), float("inf")])
def test_a_step_that_is_not_above_0_is_refused(h: float) -> None:
    with pytest.raises(ValueError, match=r"h is .*; it must be finite and above 0"):
        numerical_gradient(np.sum, [1.0], h)


def test_settings_of_the_check_are_numbers() -> None:
    with pytest.raises(TypeError, match="h is '1e-6'; it must be a number"):
        check_gradient(MSELoss(), [1.0], [0.0], h="1e-6")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="tolerance is nan; it must be finite and at least 0"):
        check_gradient(MSELoss(), [1.0], [0.0], tolerance=float("nan"))


class Broken(MSELoss):
    """A mean squared error whose gradient is spoiled at one place."""

    def gradient(self, prediction: Any, target: Any) -> Any:
        gradient = super().gradient(prediction, target)
        gradient[1, 0] *= 1.01
        return gradient


def test_a_wrong_gradient_is_found_and_located() -> None:
    prediction = np.array([[1.0, 2.0], [3.0, 4.0]])
    report = check_gradient(Broken(), prediction, np.zeros((2, 2)))
    assert not report.ok
    assert report.index == (1, 0)
    assert report.analytic == pytest.approx(1.515)
    assert report.numerical == pytest.approx(1.5)
    assert report.max_relative_error == pytest.approx(0.015 / 2.0, rel=1e-4)


def test_a_right_gradient_passes_and_the_report_is_plain() -> None:
    report = check_gradient(MSELoss(), 3.0, 1.0)
    assert report == GradientReport(report.max_relative_error, (), True, 4.0, report.numerical)
    assert type(report.max_relative_error) is float
    assert report.ok is True
    assert check_gradient(MSELoss(), [1.0], [1.0]).ok  # at the minimum, where both are 0


def test_integer_and_float32_predictions_are_checked_in_float64() -> None:
    assert check_gradient(MSELoss(), [1, 2], [3, 5]).ok
    assert check_gradient(CrossEntropyLoss(), np.eye(3, dtype=np.float32), [0, 1, 1]).ok


def test_tolerance_decides() -> None:
    report = check_gradient(MSELoss(), [1.0, 2.0], [0.0, 0.5], tolerance=0.0)
    assert report.ok is (report.max_relative_error == 0)
    assert check_gradient(Broken(), np.ones((2, 2)), np.zeros((2, 2)), tolerance=0.1).ok


def test_a_corner_fails_for_it_has_no_derivative() -> None:
    assert check_gradient(L1Loss(), [2.0], [2.0]).ok  # by symmetry the difference is 0 too
    assert not check_gradient(L1Loss(), [2.0 + 5e-7], [2.0]).ok


def test_the_end_of_a_range_is_the_losss_own_error() -> None:
    with pytest.raises(ValueError, match=r"outside \[0, 1\]"):
        check_gradient(BCELoss(), [0.0], [0])


def test_nan_is_not_ok() -> None:
    report = check_gradient(MSELoss(), [1.0, np.nan], [0.0, 0.0])
    assert not report.ok
    assert np.isnan(report.max_relative_error)


class Flat(MSELoss):
    """A mean squared error whose gradient has lost its shape."""

    def gradient(self, prediction: Any, target: Any) -> Any:
        return super().gradient(prediction, target).ravel()


def test_a_gradient_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"gradient has shape \(4,\) and prediction \(2, 2\)"):
        check_gradient(Flat(), np.ones((2, 2)), np.zeros((2, 2)))
