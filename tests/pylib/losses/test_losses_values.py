"""Losses one by one: values worked by hand, edges, identities, and known results by their names."""

from decimal import Decimal, localcontext
from math import exp, inf, isnan, log, log1p, pi, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pylib._numerics import log_softmax, sigmoid, softmax, times, yes_no
from pylib.gradcheck import numerical_gradient
from pylib.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    BinaryFocalLoss,
    CategoricalCrossEntropyLoss,
    CrossEntropyLoss,
    DiceLoss,
    HingeLoss,
    HuberLoss,
    IoULoss,
    KLDivLoss,
    L1Loss,
    LogCoshLoss,
    Loss,
    MSELoss,
    MultiMarginLoss,
    NLLLoss,
    PinballLoss,
    PoissonNLLLoss,
    SmoothL1Loss,
    TverskyLoss,
)

LN2 = log(2)

# loss, prediction, target, value, gradient: all worked by hand
BY_HAND: list[tuple[Loss, Any, Any, Any, Any]] = [
    (MSELoss(), [1.0, 4.0], [3.0, 3.0], (4 + 1) / 2, [-2, 1]),
    (MSELoss(reduction="sum"), [1.0, 4.0], [3.0, 3.0], 5, [-4, 2]),
    (MSELoss(reduction="none"), [1.0, 4.0], [3.0, 3.0], [4, 1], [-4, 2]),
    (MSELoss(), 2.0, 5.0, 9, -6),
    (L1Loss(), [1.0, 4.0, 3.0], [3.0, 3.0, 3.0], 1, [-1 / 3, 1 / 3, 0]),
    (HuberLoss(), [0.5, -3.0, 1.0], [0.0] * 3, (0.125 + 2.5 + 0.5) / 3, [0.5 / 3, -1 / 3, 1 / 3]),
    (HuberLoss(delta=2), [3.0, 1.0], [0.0, 0.0], (2 * (3 - 1) + 0.5) / 2, [1, 0.5]),
    (SmoothL1Loss(beta=2), [3.0, 1.0], [0.0, 0.0], (3 - 1 + 0.25) / 2, [0.5, 0.25]),
    (SmoothL1Loss(beta=0), [3.0, 0.0], [0.0, 0.0], 1.5, [0.5, 0]),
    (LogCoshLoss(), [log(2)], [0.0], log(1.25), [0.6]),
    (PinballLoss(0.9), [1.0, 5.0, 3.0], [3.0] * 3, (1.8 + 0.2) / 3, [-0.3, 0.1 / 3, 0]),
    (BCELoss(), [0.5, 0.25], [1, 0], (LN2 + log(4 / 3)) / 2, [-1, 2 / 3]),
    (BCELoss(), [0.5], [0.25], LN2, [1]),
    (BCELoss(weight=[2.0, 0.0]), [0.5, 0.9], [1, 0], LN2, [-2, 0]),
    (BCEWithLogitsLoss(), [0.0, log(3)], [1, 0], (LN2 + log(4)) / 2, [-0.25, 0.375]),
    (BCEWithLogitsLoss(pos_weight=3.0), [0.0, 0.0], [1, 0], (3 * LN2 + LN2) / 2, [-0.75, 0.25]),
    (BCEWithLogitsLoss(weight=[1.0, 2.0]), [0.0, 0.0], [1, 0], 1.5 * LN2, [-0.25, 0.5]),
    (HingeLoss(), [0.5, 2.0, 0.25], [1, 1, -1], (0.5 + 0 + 1.25) / 3, [-1 / 3, 0, 1 / 3]),
    # p_t = 1/2: alpha (1/2)^2 ln 2, and its slope alpha (1/4 * -1/2 - 2 * 1/2 * 1/4 * ln 2)
    (BinaryFocalLoss(), [0.0], [1], LN2 / 16, [-(0.125 + 0.25 * LN2) / 4]),
    (BinaryFocalLoss(), [0.0], [0], 3 * LN2 / 16, [3 * (0.125 + 0.25 * LN2) / 4]),
    (CrossEntropyLoss(), [[0.0, log(3)]], [1], log(4 / 3), [[0.25, -0.25]]),
    (CrossEntropyLoss(), [0.0, log(3)], 1, log(4 / 3), [0.25, -0.25]),
    (CrossEntropyLoss(), [[0.0, log(3)]], [[0.5, 0.5]], log(4) - log(3) / 2, [[-0.25, 0.25]]),
    (
        CrossEntropyLoss(weight=[1.0, 3.0]),
        [[0.0, 0.0], [0.0, log(3)]],
        [0, 1],
        (LN2 + 3 * log(4 / 3)) / 4,
        [[-0.125, 0.125], [3 / 16, -3 / 16]],
    ),
    (
        CrossEntropyLoss(weight=[1.0, 3.0]),  # probabilities: divided by N, not by weights
        [[0.0, 0.0]],
        [[0.0, 1.0]],
        3 * LN2,
        [[1.5, -1.5]],
    ),
    (
        CrossEntropyLoss(label_smoothing=0.2),
        [[0.0, log(3)]],
        [1],
        0.9 * log(4 / 3) + 0.1 * log(4),
        [[0.15, -0.15]],
    ),
    (
        CrossEntropyLoss(ignore_index=0),
        [[5.0, 0.0], [0.0, log(3)]],
        [0, 1],
        log(4 / 3),
        [[0, 0], [0.25, -0.25]],
    ),
    (
        CrossEntropyLoss(reduction="none"),
        [[[0.0, 0.0], [0.0, log(3)]]],  # (1, 2, 2): classes on axis 1
        [[0, 1]],
        [[LN2, log(4 / 3)]],
        [[[-0.5, 0.25], [0.5, -0.25]]],
    ),
    (NLLLoss(), [[-1.0, -2.0], [-3.0, -4.0]], [1, 0], 2.5, [[0, -0.5], [-0.5, 0]]),
    (NLLLoss([1.0, 3.0]), [[-1.0, -2.0], [-3.0, -4.0]], [1, 0], 9 / 4, [[0, -0.75], [-0.25, 0]]),
    (
        CategoricalCrossEntropyLoss(),
        [[0.5, 0.5], [0.25, 0.75]],
        [[1, 0], [0, 1]],
        (LN2 + log(4 / 3)) / 2,
        [[-1, 0], [0, -2 / 3]],
    ),
    (KLDivLoss(), [log(0.25), log(0.75)], [0.5, 0.5], (log(4 / 3) / 2) / 2, [-0.25, -0.25]),
    (
        KLDivLoss(reduction="batchmean"),
        [[log(0.25), log(0.75)], [log(0.5), log(0.5)]],
        [[0.5, 0.5], [0.5, 0.5]],
        log(4 / 3) / 4,
        [[-0.25, -0.25], [-0.25, -0.25]],
    ),
    (KLDivLoss(reduction="batchmean"), -1.0, 1.0, 1.0, -1.0),
    (KLDivLoss(log_target=True), [-1.0], [0.0], 1.0, [-1.0]),
    (MultiMarginLoss(), [[1.0, 2.0, 0.5]], [0], (2 + 0.5) / 3, [[-2 / 3, 1 / 3, 1 / 3]]),
    (MultiMarginLoss(2), [[1.0, 2.0, 0.5]], [0], (4 + 0.25) / 3, [[-5 / 3, 4 / 3, 1 / 3]]),
    (MultiMarginLoss(weight=[2.0, 1.0]), [0.0, 0.0], 0, 1.0, [-1, 1]),
    (PoissonNLLLoss(), [0.0, log(2)], [3, 1], (1 + 2 - LN2) / 2, [-1, 0.5]),
    (PoissonNLLLoss(False, eps=0.5), [0.5, 0.0], [2, 0], 0.25, [-0.5, 0.5]),
    (PoissonNLLLoss(False, eps=0), [0.0, 2.0], [0, 4], (2 - 4 * LN2) / 2, [0.5, -0.5]),
    # Stirling: y ln y - y + ln(2 pi y) / 2, only where y > 1
    (PoissonNLLLoss(full=True), [0.0], [2], 1 + 2 * LN2 - 2 + log(4 * pi) / 2, [-1]),
    (PoissonNLLLoss(full=True), [0.0, 0.0], [1, 0.5], 1, [0, 0.25]),
    (DiceLoss(smooth=1), [1.0, 0.0], [1, 0], 0, [-1 / 3, 1 / 3]),
    (DiceLoss(smooth=0, squared=True), [0.5, 0.5], [1, 0], 1 - 1 / 1.5, [-8 / 9, 4 / 9]),
    (IoULoss(smooth=1), [0.5, 0.5], [1, 0], 1 - 1.5 / 2.5, [-0.4, 0.24]),
    (TverskyLoss(0.5, 1.5, 0), [0.5, 0.5], [1, 0], 1 - 0.5 / 1.5, [-7 / 9, 1 / 9]),
]


@pytest.mark.parametrize(("loss", "prediction", "target", "value", "gradient"), BY_HAND)
def test_by_hand(loss: Loss, prediction: Any, target: Any, value: Any, gradient: Any) -> None:
    np.testing.assert_allclose(loss(prediction, target), value, rtol=1e-14, atol=1e-15)
    slopes = loss.gradient(prediction, target)
    np.testing.assert_allclose(slopes, gradient, rtol=1e-13, atol=1e-15)
    assert slopes.shape == np.shape(gradient)


# ---- edges


def test_corners_have_slope_0() -> None:
    assert L1Loss().gradient([2.0], [2.0]) == 0
    assert PinballLoss(0.9).gradient([2.0], [2.0]) == 0
    assert HingeLoss().gradient([1.0], [1]) == 0
    assert (MultiMarginLoss().gradient([[1.0, 0.0]], [0]) == 0).all()


@pytest.mark.parametrize("delta", [0.3, 1.0, 7.0])
def test_huber_joins_at_delta_in_value_and_slope(delta: float) -> None:
    loss = HuberLoss(delta=delta)
    assert loss([delta], [0.0]) == pytest.approx(delta**2 / 2, rel=1e-15)
    assert loss.gradient([delta], [0.0])[0] == loss.gradient([delta + 1], [0.0])[0] == delta


def test_bce_at_0_and_1_is_clamped_as_in_pytorch() -> None:
    terms = BCELoss(reduction="none")
    assert terms([0.0, 1.0, 0.0, 1.0], [1, 0, 0, 1]).tolist() == [100, 100, 0, 0]
    # 1e-12 as a float32 is in PyTorch's denominator, so it is 1e12 to eight digits
    slopes = terms.gradient([0.0, 1.0, 0.0, 1.0], [1, 0, 0, 1])
    assert slopes == pytest.approx([-1e12, 1e12, 0, 0], rel=1e-8)


def test_bce_with_logits_is_exact_where_probabilities_round_to_0_and_1() -> None:
    terms = BCEWithLogitsLoss(reduction="none")
    assert terms([800.0, -800.0, 800.0, -800.0], [0, 1, 1, 0]).tolist() == [800, 800, 0, 0]
    assert terms.gradient([800.0, -800.0], [0, 1]).tolist() == [1, -1]
    assert terms([40.0], [1])[0] == pytest.approx(exp(-40), rel=1e-15)
    assert terms.gradient([-40.0], [0])[0] == pytest.approx(exp(-40), rel=1e-15)


def test_cross_entropy_of_a_class_masked_out_with_minus_infinity() -> None:
    loss = CrossEntropyLoss()
    assert loss([[-inf, 0.0, 0.0]], [1]) == pytest.approx(LN2)
    assert loss([[-inf, 0.0, 0.0]], [[0.0, 1.0, 0.0]]) == pytest.approx(LN2)
    assert loss.gradient([[-inf, 0.0, 0.0]], [1]).tolist() == [[0, -0.5, 0.5]]
    assert loss([[-inf, 0.0, 0.0]], [0]) == inf


@pytest.mark.parametrize(
    "loss", [CrossEntropyLoss, NLLLoss, lambda **s: CrossEntropyLoss(label_smoothing=0.1, **s)]
)
def test_all_rows_ignored(loss: Any) -> None:
    logits, target = [[-1.0, -2.0], [-3.0, -4.0]], [-100, -100]
    assert isnan(loss()(logits, target))
    assert loss(reduction="sum")(logits, target) == 0
    assert loss(reduction="none")(logits, target).tolist() == [0, 0]
    assert (loss().gradient(logits, target) == 0).all()


def test_categorical_cross_entropy_clips_nothing() -> None:
    loss = CategoricalCrossEntropyLoss()
    assert loss([[0.0, 1.0]], [[1, 0]]) == inf
    assert loss.gradient([[0.0, 1.0]], [[1, 0]]).tolist() == [[-inf, 0]]
    assert loss([[1.0, 0.0]], [[1, 0]]) == 0
    assert loss.gradient([[1.0, 0.0]], [[1, 0]]).tolist() == [[-1, 0]]


def test_kl_counts_0_ln_0_as_0() -> None:
    assert KLDivLoss(reduction="sum")([-inf, 0.0], [0.0, 1.0]) == 0
    assert KLDivLoss(reduction="sum")([-inf, 0.0], [0.5, 0.5]) == inf
    assert KLDivLoss(reduction="sum", log_target=True)([-inf, 0.0], [-inf, 0.0]) == 0


@pytest.mark.parametrize("loss", [DiceLoss, IoULoss, TverskyLoss])
def test_empty_masks(loss: Any) -> None:
    nothing = np.zeros((2, 2))
    assert loss()(nothing, nothing) == 0
    assert np.isfinite(loss().gradient(nothing, nothing)).all()
    assert isnan(loss(smooth=0.0)(nothing, nothing))
    assert np.isnan(loss(smooth=0.0).gradient(nothing, nothing)).all()
    assert loss()(np.ones(4), np.ones(4)) == pytest.approx(0, abs=1e-15)
    assert loss(smooth=0.0)([1.0, 0.0], [0, 1]) == 1


@pytest.mark.parametrize(
    ("loss", "slope"),
    [
        (DiceLoss(smooth=0.5), 1 / 0.5),
        (DiceLoss(smooth=0.5, squared=True), 0),
        (IoULoss(smooth=0.5), 1 / 0.5),
        (TverskyLoss(alpha=0.3, smooth=0.5), 0.3 / 0.5),
    ],
    ids=repr,
)
def test_two_empty_masks_by_hand(loss: Loss, slope: float) -> None:
    # l = M / D: M = 0 and D = s at p = g = 0, and the slope there is (dM/dp) / s
    value, gradient = loss.value_and_gradient([0.0, 0.0, 0.0], [0, 0, 0])
    assert value == 0
    np.testing.assert_allclose(gradient, [slope] * 3, rtol=1e-15)


@pytest.mark.parametrize(
    ("loss", "value"),
    [
        (DiceLoss(smooth=0.5), 0.25 / 0.75),
        (DiceLoss(smooth=0.5, squared=True), 0.0625 / 0.5625),
        (IoULoss(smooth=0.5), 0.25 / 0.75),
        (TverskyLoss(alpha=0.2, smooth=0.5), 0.05 / 0.55),
    ],
    ids=repr,
)
def test_an_alarm_where_there_is_nothing_by_hand(loss: Loss, value: float) -> None:
    assert loss([0.25, 0.0], [0, 0]) == pytest.approx(value, rel=1e-15)


def test_zero_times_infinity_is_zero_and_zero_times_nan_is_nan() -> None:
    weight, x = np.array([0.0, 0.0, 0.0, 0.0, 2.0, 2.0]), [inf, -inf, np.nan, 5.0, inf, np.nan]
    np.testing.assert_array_equal(times(weight, np.array(x)), [0, 0, np.nan, 0, inf, np.nan])


def test_nan_beside_a_target_of_0_is_seen() -> None:
    assert isnan(CategoricalCrossEntropyLoss()([[np.nan, 1.0]], [[0, 1]]))
    assert np.isnan(CategoricalCrossEntropyLoss().gradient([[np.nan, 1.0]], [[0, 1]])[0, 0])
    assert isnan(KLDivLoss()([np.nan, 0.0], [0.0, 1.0]))
    assert isnan(CrossEntropyLoss()([[np.nan, 1.0]], [[0.0, 1.0]]))
    assert isnan(BCEWithLogitsLoss(weight=[0.0, 1.0])([np.nan, 1.0], [0, 1]))


@pytest.mark.parametrize("loss", [DiceLoss, IoULoss, TverskyLoss])
def test_reductions_of_a_single_term_agree(loss: Any) -> None:
    p, g = [0.2, 0.9], [0, 1]
    none = loss(reduction="none")(p, g)
    assert isinstance(none, np.ndarray)
    assert none.shape == ()
    assert float(none) == loss()(p, g) == loss(reduction="sum")(p, g)


def test_both_sides_of_a_logit_are_exact_where_the_other_rounds() -> None:
    z = np.array([-800.0, -40.0, 0.0, 40.0, 800.0])
    at = yes_no(z)
    np.testing.assert_array_equal(at.p, sigmoid(z))
    np.testing.assert_array_equal(at.q, sigmoid(-z))
    np.testing.assert_allclose(at.yes, [800, 40, LN2, exp(-40), 0], rtol=1e-15)
    np.testing.assert_allclose(at.no, [0, exp(-40), LN2, 40, 800], rtol=1e-15)


# ---- small losses: nothing cancels


@pytest.mark.parametrize("r", [1e-150, 1e-8, 1e-4, 0.3, 0.999, 1.0, 1.001, 5.0, 30.0, 700.0, 1e4])
def test_log_cosh_is_exact_for_any_residual(r: float) -> None:
    with localcontext(prec=400):
        exact = ((Decimal(r).exp() + (-Decimal(r)).exp()) / 2).ln()
    assert LogCoshLoss()([r], [0.0]) == pytest.approx(float(exact), rel=4e-16, abs=0)
    assert LogCoshLoss()([-r], [0.0]) == LogCoshLoss()([r], [0.0])


@pytest.mark.parametrize("margin", [5.0, 20.0, 40.0, 700.0])
def test_cross_entropy_is_exact_where_the_model_is_sure(margin: float) -> None:
    z, rest = [[margin, 0.0, -1.0]], exp(-margin) * (1 + exp(-1))
    for loss, target in ((CrossEntropyLoss(), [0]), (CrossEntropyLoss(), [[1.0, 0.0, 0.0]])):
        value, gradient = loss.value_and_gradient(z, target)
        assert value == pytest.approx(log1p(rest), rel=1e-14, abs=0)
        assert gradient[0, 0] == pytest.approx(-rest / (1 + rest), rel=1e-13, abs=0)
    pair, difference = [[margin, 0.0]], [margin]
    value, gradient = CrossEntropyLoss().value_and_gradient(pair, [0])
    assert value == pytest.approx(BCEWithLogitsLoss()(difference, [1]), rel=1e-14, abs=0)
    slope = BCEWithLogitsLoss().gradient(difference, [1])[0]
    assert gradient[0].tolist() == pytest.approx([slope, -slope], rel=1e-13, abs=0)


def test_softmax_is_one_of_each_row() -> None:
    z = np.array([[[0.0, 40.0], [1000.0, 1000.0 + log(3)]], [[-1000.0, -1000.0], [5.0, 5.0]]])
    p = [[[exp(-40), 1], [0.25, 0.75]], [[0.5, 0.5], [0.5, 0.5]]]
    np.testing.assert_allclose(softmax(z), p, rtol=1e-12)
    np.testing.assert_allclose(np.exp(log_softmax(z, axis=2)), p, rtol=1e-12)


def test_one_class_alone_is_certain() -> None:
    for target in ([0, 0], [[1.0], [1.0]]):
        value, gradient = CrossEntropyLoss().value_and_gradient([[3.0], [-800.0]], target)
        assert value == 0
        assert gradient.tolist() == [[0], [0]]


def test_equal_largest_logits_share_the_probability() -> None:
    assert CrossEntropyLoss()([[5.0, 5.0, 5.0, -inf]], [1]) == pytest.approx(log(3), rel=1e-15)


@pytest.mark.parametrize(
    ("loss", "exact"),
    [
        (DiceLoss(smooth=0.0), lambda d: d / (4 - d)),
        (DiceLoss(smooth=0.0, squared=True), lambda d: d * d / (2 + (1 - d) ** 2 + 1)),
        (IoULoss(smooth=0.0), lambda d: d / 2),
        (TverskyLoss(0.3, 0.7, 0.0), lambda d: 0.7 * d / (2 - 0.3 * d)),
    ],
    ids=lambda value: repr(value) if isinstance(value, Loss) else "",
)
def test_the_loss_of_an_almost_perfect_mask(loss: Loss, exact: Any) -> None:
    d = 2.0**-40
    assert loss([1.0, 1 - d, 0.0], [1, 1, 0]) == pytest.approx(exact(d), rel=1e-12, abs=0)


def test_the_margin_is_not_lost_beside_large_scores() -> None:
    assert MultiMarginLoss()([[1e17, 1e17]], [0]) == 0.5


def test_smooth_l1_squares_no_number_too_large() -> None:
    assert SmoothL1Loss(beta=1e300)([1e200], [0.0]) == pytest.approx(5e99)
    assert SmoothL1Loss(beta=1e-170)([1e-171], [0.0]) == pytest.approx(5e-173, abs=0)


# ---- identities

many = settings(deadline=None)
residuals = arrays(float, 5, elements=st.floats(-50, 50))
logits = arrays(float, (3, 4), elements=st.floats(-30, 30))
labels = arrays(np.int64, 3, elements=st.integers(0, 3))
shares = arrays(float, 6, elements=st.floats(0, 1))
masks = arrays(float, 6, elements=st.sampled_from([0.0, 1.0]))


def same(a: Loss, b: Loss, prediction: Any, target: Any, factor: float = 1.0) -> None:
    """Assert that a = factor * b, in value and in gradient."""
    assert a(prediction, target) == pytest.approx(
        factor * b(prediction, target), rel=1e-10, abs=1e-12
    )
    np.testing.assert_allclose(
        a.gradient(prediction, target),
        factor * b.gradient(prediction, target),
        rtol=1e-10,
        atol=1e-12,
    )


@many
@given(r=residuals, scale=st.floats(0.1, 10))
def test_huber_family(r: Any, scale: float) -> None:
    zero = np.zeros(5)
    same(HuberLoss(delta=1e3), MSELoss(), r, zero, 0.5)
    same(SmoothL1Loss(beta=scale), HuberLoss(delta=scale), r, zero, 1 / scale)
    same(SmoothL1Loss(beta=0.0), L1Loss(), r, zero)
    same(PinballLoss(0.5), L1Loss(), r, zero, 0.5)
    # Huber is homogeneous in residual and delta together: rescale delta with the targets
    big, small = HuberLoss(delta=scale), HuberLoss()
    assert big(scale * r, zero) == pytest.approx(scale**2 * small(r, zero), rel=1e-10, abs=1e-300)


@many
@given(r=residuals)
def test_log_cosh_lies_below_l1_and_huber(r: Any) -> None:
    zero = np.zeros(5)
    assert LogCoshLoss()(r, zero) <= min(L1Loss()(r, zero), HuberLoss()(r, zero)) + 1e-12
    assert LogCoshLoss()(r, zero) >= L1Loss()(r, zero) - LN2 - 1e-12


@many
@given(
    z=arrays(float, 5, elements=st.floats(-15, 15)), y=arrays(float, 5, elements=st.floats(0, 1))
)
def test_bce_from_probabilities_and_from_logits_agree(z: Any, y: Any) -> None:
    assert BCELoss()(sigmoid(z), y) == pytest.approx(BCEWithLogitsLoss()(z, y), abs=1e-8)


@many
@given(z=arrays(float, 5, elements=st.floats(-30, 30)), y=masks.map(lambda m: m[:5]))
def test_focal_without_focus_is_bce(z: Any, y: Any) -> None:
    same(BinaryFocalLoss(alpha=None, gamma=0.0), BCEWithLogitsLoss(), z, y)
    same(BinaryFocalLoss(alpha=0.5, gamma=0.0), BCEWithLogitsLoss(), z, y, 0.5)


@many
@given(z=logits, y=labels, shift=st.floats(-1000, 1000))
def test_softmax_is_blind_to_a_shift(z: Any, y: Any, shift: float) -> None:
    for loss in (CrossEntropyLoss(), CrossEntropyLoss(label_smoothing=0.3)):
        assert loss(z + shift, y) == pytest.approx(loss(z, y), rel=1e-9, abs=1e-9)
        moved, gradient = loss.gradient(z + shift, y), loss.gradient(z, y)
        np.testing.assert_allclose(moved, gradient, atol=1e-10)
        np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=1e-14)


@many
@given(z=logits, y=labels, weight=arrays(float, 4, elements=st.floats(0.1, 5)))
def test_cross_entropy_by_its_other_names(z: Any, y: Any, weight: Any) -> None:
    log_p, hot = log_softmax(z, axis=1), np.eye(4)[y]
    value = CrossEntropyLoss()(z, y)
    assert CrossEntropyLoss()(z, hot) == pytest.approx(value, rel=1e-12)
    assert NLLLoss()(log_p, y) == pytest.approx(value, rel=1e-12)
    assert KLDivLoss(reduction="batchmean")(log_p, hot) == pytest.approx(value, rel=1e-12)
    assert CategoricalCrossEntropyLoss()(np.exp(log_p), hot) == pytest.approx(value, rel=1e-9)
    weighted = CrossEntropyLoss(weight=weight)(z, y)
    assert NLLLoss(weight=weight)(log_p, y) == pytest.approx(weighted, rel=1e-12)
    # chain rule: through softmax, -y/p becomes p - y
    np.testing.assert_allclose(
        CrossEntropyLoss().gradient(z, y), (np.exp(log_p) - hot) / 3, atol=1e-12
    )


@many
@given(z=logits, y=labels, epsilon=st.floats(0, 1))
def test_smoothing_mixes_the_target_with_the_uniform_one(z: Any, y: Any, epsilon: float) -> None:
    mixed = (1 - epsilon) * np.eye(4)[y] + epsilon / 4
    smoothed = CrossEntropyLoss(label_smoothing=epsilon)
    assert smoothed(z, y) == pytest.approx(CrossEntropyLoss()(z, mixed), rel=1e-12)
    assert smoothed(z, np.eye(4)[y]) == pytest.approx(smoothed(z, y), rel=1e-12)


@many
@given(z=arrays(float, (5, 2), elements=st.floats(-30, 30)))
def test_two_class_softmax_is_the_sigmoid_of_the_difference(z: Any) -> None:
    y = np.array([0, 1, 1, 0, 1])
    binary = BCEWithLogitsLoss()
    difference = z[:, 1] - z[:, 0]
    assert CrossEntropyLoss()(z, y) == pytest.approx(binary(difference, y), rel=1e-12)
    np.testing.assert_allclose(
        CrossEntropyLoss().gradient(z, y)[:, 1], binary.gradient(difference, y), atol=1e-14
    )


@many
@given(z=logits, y=labels)
def test_trailing_axes_are_more_rows(z: Any, y: Any) -> None:
    for loss in (CrossEntropyLoss(), MultiMarginLoss()):
        wide = loss(z.T[None], y[None])  # (1, 4, 3): three positions
        assert wide == pytest.approx(loss(z, y), rel=1e-12)
        np.testing.assert_allclose(
            loss.gradient(z.T[None], y[None])[0].T, loss.gradient(z, y), atol=1e-15
        )


@many
@given(p=shares, g=masks)
def test_dice_iou_and_tversky_are_one_family(p: Any, g: Any) -> None:
    if p.sum() + g.sum() > 1e-6:
        J = 1 - IoULoss(smooth=0.0)(p, g)
        assert 1 - DiceLoss(smooth=0.0)(p, g) == pytest.approx(2 * J / (1 + J), abs=1e-12)
        assert DiceLoss(smooth=0.0)(p, g) <= IoULoss(smooth=0.0)(p, g) + 1e-12
    for s in (1e-5, 1.0):
        same(TverskyLoss(0.5, 0.5, s / 2), DiceLoss(s), p, g)
        same(TverskyLoss(1.0, 1.0, s), IoULoss(s), p, g)
        assert 0 <= DiceLoss(s)(p, g) <= 1


@many
@given(p=masks, g=masks)
def test_squares_change_nothing_for_hard_masks(p: Any, g: Any) -> None:
    assert DiceLoss(squared=True)(p, g) == DiceLoss()(p, g)


# ---- the constant that minimises a loss


def best(loss: Loss, target: Any, candidates: Any) -> float:
    values = [loss(np.full(len(target), c), target) for c in candidates]
    return float(candidates[int(np.argmin(values))])


def test_best_constant_of_1_2_3_4_100() -> None:
    target, grid = [1.0, 2.0, 3.0, 4.0, 100.0], np.linspace(0, 40, 4001)
    assert best(MSELoss(), target, grid) == pytest.approx(22)
    assert best(L1Loss(), target, grid) == pytest.approx(3)
    assert best(HuberLoss(delta=1), target, grid) == pytest.approx(3)
    assert best(HuberLoss(delta=5), target, grid) == pytest.approx(3.75)
    assert best(HuberLoss(delta=50), target, grid) == pytest.approx(15)
    assert best(PinballLoss(0.7), target, grid) == pytest.approx(4)


# ---- known results, by their names (reference numbers computed apart from pylib)


def test_first_cross_entropy_of_ten_classes_is_ln_10() -> None:
    logits, target = np.zeros((8, 10)), np.arange(8)
    assert CrossEntropyLoss()(logits, target) == pytest.approx(2.302585, abs=1e-6)
    assert 10 * MultiMarginLoss()(logits, target) == pytest.approx(9)  # CS231n sums over classes


def test_label_smoothing_floor_of_ten_classes_is_0_5003() -> None:
    q = np.full(10, 0.01)
    q[0] += 0.9
    loss = CrossEntropyLoss(label_smoothing=0.1)
    assert loss([np.log(q)], [0]) == pytest.approx(0.5003, abs=5e-5)
    np.testing.assert_allclose(loss.gradient([np.log(q)], [0]), 0, atol=1e-15)


def test_keras_clip_caps_binary_cross_entropy_at_16_118() -> None:
    clipped = np.clip(0.0, 1e-7, 1 - 1e-7)
    assert BCELoss()([clipped], [1]) == pytest.approx(16.118, abs=5e-4)
    assert BCELoss()([0.0], [1]) == 100  # PyTorch
    assert BCEWithLogitsLoss()([-200.0], [1]) == 200  # exact


def test_central_difference_of_softplus_has_a_best_step() -> None:
    z = [1.0]
    loss = BCEWithLogitsLoss()
    exact = loss.gradient(z, [1])[0]
    error = {
        h: abs(numerical_gradient(lambda w: loss(w, [1]), z, h)[0] - exact)
        for h in (1e-2, 1e-5, 1e-8)
    }
    assert error[1e-2] == pytest.approx(1.5e-6, rel=0.05)
    # below 1e-5 rounding rules: 8.7e-13 and 2.2e-9, which depend on the machine's exp
    assert error[1e-5] < 1e-11
    assert 1e-11 < error[1e-8] < 1e-7


@pytest.mark.parametrize(("p_t", "times"), [(0.9, 100), (0.968, 977)])
def test_focal_loss_shrinks_easy_examples(p_t: float, times: float) -> None:
    z = [log(p_t / (1 - p_t))]
    ratio = BCEWithLogitsLoss()(z, [1]) / BinaryFocalLoss(alpha=None, gamma=2)(z, [1])
    assert ratio == pytest.approx(times, rel=1e-3)


@pytest.mark.parametrize(
    ("k", "efficiency"), [(1.345, 0.9500), (1.35, 0.9505), (1, 0.9031), (2, 0.9897)]
)
def test_huber_efficiency_at_the_normal_distribution(k: float, efficiency: float) -> None:
    # (E psi')^2 / E psi^2 for psi = dl/dr, by the trapezoid rule
    x = np.linspace(-12, 12, 240001)
    density = np.exp(-(x**2) / 2) / sqrt(2 * pi)
    psi = HuberLoss(delta=k, reduction="sum").gradient(x, np.zeros_like(x))
    step = x[1] - x[0]
    slope = (density * (np.abs(x) < k)).sum() * step
    variance = (density * psi**2).sum() * step
    assert slope**2 / variance == pytest.approx(efficiency, abs=1.1e-4)
