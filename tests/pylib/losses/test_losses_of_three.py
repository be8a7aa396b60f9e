"""Losses of three inputs: one table of instances, values by hand, gradients, edges, refusals."""

import dataclasses
from collections.abc import Callable
from math import inf, log, pi, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pylib.losses
from pylib.gradcheck import numerical_gradient
from pylib.losses import CosineEmbeddingLoss, GaussianNLLLoss, TripletMarginLoss
from pylib.losses.base import LossOfThree

Sample = Callable[[np.random.Generator, int, int], list[Any]]


def triplet(rng: np.random.Generator, n: int, k: int) -> list[Any]:
    return [rng.normal(0, 2, (n, k)) for _ in range(3)]


def spread(rng: np.random.Generator, n: int, k: int) -> list[Any]:
    return [rng.normal(0, 2, (n, k)), rng.normal(0, 2, (n, k)), rng.uniform(0.2, 4, (n, k))]


def spread_of_rows(rng: np.random.Generator, n: int, k: int) -> list[Any]:
    return [*spread(rng, n, k)[:2], rng.uniform(0.2, 4, n)]


def spread_of_columns(rng: np.random.Generator, n: int, k: int) -> list[Any]:
    return [*spread(rng, n, k)[:2], rng.uniform(0.2, 4, (1, k))]


def spread_of_all(rng: np.random.Generator, n: int, k: int) -> list[Any]:
    return [*spread(rng, n, k)[:2], np.array(rng.uniform(0.2, 4))]


def pairs(rng: np.random.Generator, n: int, k: int) -> list[Any]:
    return [*triplet(rng, n, k)[:2], rng.choice([-1.0, 1.0], n)]


# loss, sample, the places of the inputs that a gradient is taken by
TABLE: list[tuple[LossOfThree, Sample, tuple[int, ...]]] = [
    (TripletMarginLoss(), triplet, (0, 1, 2)),
    (TripletMarginLoss(margin=5.0, swap=True), triplet, (0, 1, 2)),
    (TripletMarginLoss(p=1.0, eps=0.0), triplet, (0, 1, 2)),
    (TripletMarginLoss(margin=0.5, p=3.5, swap=True), triplet, (0, 1, 2)),
    (GaussianNLLLoss(), spread, (0, 2)),
    (GaussianNLLLoss(full=True, eps=0.1), spread, (0, 2)),
    (GaussianNLLLoss(), spread_of_rows, (0, 2)),
    (GaussianNLLLoss(), spread_of_columns, (0, 2)),
    (GaussianNLLLoss(), spread_of_all, (0, 2)),
    (CosineEmbeddingLoss(), pairs, (0, 1)),
    (CosineEmbeddingLoss(margin=0.3), pairs, (0, 1)),
]

every_loss = pytest.mark.parametrize(
    ("loss", "sample", "learned"),
    TABLE,
    ids=[f"{loss!r}-{make.__name__}" for loss, make, _ in TABLE],
)
seeds = st.integers(0, 2**32 - 1)


def made(sample: Sample, seed: int = 0, n: int = 4, k: int = 3) -> list[Any]:
    return sample(np.random.default_rng(seed), n, k)


def reduced(loss: LossOfThree, reduction: str) -> Any:
    return dataclasses.replace(loss, reduction=reduction)  # type: ignore[type-var]


@every_loss
def test_every_loss_documents_formula_arguments_errors_example_and_source(
    loss: LossOfThree, sample: Sample, learned: Any
) -> None:
    text = type(loss).__doc__ or ""
    parts = ["dℓ/d", "Call `loss(", "Args:", "reduction:", "Raises:", "Examples:", "Source:"]
    places = [text.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


@every_loss
@settings(max_examples=20, deadline=None)
@given(seed=seeds, n=st.integers(2, 5))
def test_gradients_agree_with_central_differences(
    loss: LossOfThree, sample: Sample, learned: tuple[int, ...], seed: int, n: int
) -> None:
    inputs = made(sample, seed, n)
    for reduction in ("mean", "sum", "none"):
        each = reduced(loss, reduction)
        gradients = each.gradient(*inputs)
        assert len(gradients) == len(learned)
        for place, gradient in zip(learned, gradients, strict=True):

            def value(x: Any, place: int = place, each: Any = each) -> Any:
                return each(*(x if i == place else given for i, given in enumerate(inputs)))

            assert gradient.shape == inputs[place].shape
            numerical = numerical_gradient(value, inputs[place])
            np.testing.assert_allclose(gradient, numerical, rtol=1e-5, atol=1e-6)


@every_loss
def test_value_gradient_and_divisor_fit_together(
    loss: LossOfThree, sample: Sample, learned: Any
) -> None:
    inputs = made(sample)
    mean, total, terms = (reduced(loss, name) for name in ("mean", "sum", "none"))
    none = terms(*inputs)
    assert isinstance(none, np.ndarray)
    divisor = loss.divisor(*inputs)
    assert type(divisor) is float
    assert divisor == none.size
    assert total(*inputs) == pytest.approx(none.sum(), rel=1e-12)
    assert mean(*inputs) == pytest.approx(none.sum() / divisor, rel=1e-12)
    for each in (mean, total, terms):
        value, gradients = each.value_and_gradient(*inputs)
        np.testing.assert_array_equal(value, each(*inputs))
        assert type(value) is (np.ndarray if each is terms else float)
        for one, other in zip(gradients, each.gradient(*inputs), strict=True):
            np.testing.assert_array_equal(one, other)
    for by_mean, by_sum in zip(mean.gradient(*inputs), total.gradient(*inputs), strict=True):
        np.testing.assert_allclose(by_mean * divisor, by_sum, rtol=1e-12)


@every_loss
def test_dtypes_lists_and_inputs_that_stay_as_they_are(
    loss: LossOfThree, sample: Sample, learned: Any
) -> None:
    inputs = made(sample)
    for x in inputs:
        x.flags.writeable = False
    value, gradients = loss.value_and_gradient(*inputs)
    assert all(g.dtype == np.float64 and g.flags.writeable for g in gradients)
    assert value == loss(*(x.tolist() for x in inputs))
    narrow = reduced(loss, "none")
    terms, gradients = narrow.value_and_gradient(inputs[0].astype(np.float32), *inputs[1:])
    assert terms.dtype == np.float32
    assert all(g.dtype == np.float32 for g in gradients)
    np.testing.assert_allclose(terms, narrow(*inputs), rtol=1e-4, atol=1e-5)


@every_loss
def test_nan_in_gives_nan_out(loss: LossOfThree, sample: Sample, learned: Any) -> None:
    for place in range(3):
        inputs = made(sample)
        inputs[place] = np.full_like(inputs[place], np.nan)
        value, gradients = loss.value_and_gradient(*inputs)
        assert np.isnan(value)
        assert all(np.isnan(g).any() for g in gradients)


@every_loss
def test_a_loss_is_immutable_and_equal_to_its_like(
    loss: LossOfThree, sample: Sample, learned: Any
) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        loss.reduction = "sum"
    assert eval(repr(loss), dict(vars(pylib.losses))) == loss
    with pytest.raises(ValueError, match="reduction is 'avg'; it must be one of 'mean'"):
        reduced(loss, "avg")


# ---- by hand


def test_triplet_by_hand() -> None:
    a, p, n = [0.0, 0.0], [3.0, 4.0], [0.0, 6.0]  # distances 5, 6 and sqrt(13)
    plain = TripletMarginLoss(margin=3.0, eps=0.0)
    assert plain(a, p, n) == 2
    by_a, by_p, by_n = plain.gradient(a, p, n)
    np.testing.assert_allclose(by_a, [-0.6, 0.2], rtol=1e-15)
    np.testing.assert_allclose(by_p, [0.6, 0.8], rtol=1e-15)
    np.testing.assert_allclose(by_n, [0.0, -1.0], atol=1e-15)
    swapped = dataclasses.replace(plain, swap=True)
    assert swapped(a, p, n) == pytest.approx(3 + 5 - sqrt(13), rel=1e-15)
    by_a, by_p, by_n = swapped.gradient(a, p, n)
    np.testing.assert_allclose(by_a, [-0.6, -0.8], rtol=1e-15)
    np.testing.assert_allclose(by_n, np.array([3.0, -2.0]) / sqrt(13), rtol=1e-15)
    np.testing.assert_allclose(by_a + by_p + by_n, 0, atol=1e-15)  # a shift of all costs nothing
    assert TripletMarginLoss(margin=1.0, p=1.0, eps=0.0)(a, p, n) == 1 + 7 - 6
    far = TripletMarginLoss(margin=0.5, eps=0.0)
    assert far(a, p, n) == 0
    assert not np.any(far.gradient(a, p, n))


def test_triplet_shifts_each_difference_by_eps() -> None:
    loss = TripletMarginLoss(margin=9.0, eps=0.5, p=1.0)
    assert loss([[0.0, 0.0]], [[0.0, 0.0]], [[2.0, 2.0]]) == 9 + 2 * 0.5 - 2 * 1.5


def test_equal_distances_share_the_slope_of_the_swap() -> None:
    # anchor and positive are one point: the negative is as far from both
    slopes = TripletMarginLoss(margin=9.0, eps=0.0, swap=True).gradient([0.0], [0.0], [2.0])
    assert [slope.tolist() for slope in slopes] == [[0.5], [0.5], [-1.0]]


def test_distances_of_any_size_do_not_overflow() -> None:
    for p in (1.0, 2.0, 50.0):
        loss = TripletMarginLoss(p=p, eps=0.0)
        value, slopes = loss.value_and_gradient([[1e200, 0.0]], [[0.0, 0.0]], [[1e-200, 1e-200]])
        assert value == pytest.approx(1.0)
        assert np.isfinite(slopes).all()
        value, slopes = loss.value_and_gradient([[0.0]], [[1e-200]], [[0.0]])
        assert value == 1
        assert [slope.tolist() for slope in slopes] == [[[-1.0]], [[1.0]], [[0.0]]]
        rows = dataclasses.replace(loss, reduction="none")
        terms = rows([[1e200], [0.5]], [[0.0], [0.0]], [[1e200], [0.25]])
        np.testing.assert_allclose(terms, [1e200, 1.25])


def test_gaussian_by_hand() -> None:
    loss = GaussianNLLLoss(reduction="none")
    np.testing.assert_allclose(loss([1.0, 3.0], [0.0, 0.0], [1.0, 9.0]), [0.5, (log(9) + 1) / 2])
    full = GaussianNLLLoss(full=True)
    assert full([0.0], [0.0], [1.0]) == pytest.approx(log(2 * pi) / 2, rel=1e-15)
    by_x, by_var = loss.gradient([2.0, 3.0], [0.0, 0.0], [1.0, 9.0])
    np.testing.assert_allclose(by_x, [2, 1 / 3])
    np.testing.assert_allclose(by_var, [(1 - 4) / 2, 0], atol=1e-16)
    # below eps the variance is eps, and the slope is that at eps
    by_x, by_var = GaussianNLLLoss(eps=0.5).gradient([1.0], [0.0], [0.1])
    assert by_x.tolist() == [2]
    assert by_var.tolist() == [0.5 * (1 - 1 / 0.5) / 0.5]
    assert loss([1e200], [0.0], [1e300])[0] == pytest.approx(0.5 * (log(1e300) + 1e100))


def test_one_variance_for_several_elements_gathers_their_slopes() -> None:
    x, y = np.array([[1.0, 2.0], [0.0, 3.0]]), np.zeros((2, 2))
    total = GaussianNLLLoss(reduction="sum")
    each = 0.5 * (1 - x * x)
    for var, gathered in (
        (np.ones((2, 2)), each),
        (np.ones(2), each.sum(axis=1)),
        (np.ones((2, 1)), each.sum(axis=1, keepdims=True)),
        (np.ones((1, 2)), each.sum(axis=0, keepdims=True)),
        (np.ones(()), each.sum()),
    ):
        np.testing.assert_array_equal(total.gradient(x, y, var)[1], gathered)
        assert total(x, y, var) == (x * x).sum() / 2
    assert total.gradient(2.0, 0.0, 1.0)[1].tolist() == -1.5


def test_cosine_by_hand() -> None:
    loss = CosineEmbeddingLoss(reduction="none")
    x1, x2 = np.array([[1.0, 0.0]] * 2), np.array([[3.0, 4.0]] * 2)
    np.testing.assert_allclose(loss(x1, x2, [1, -1]), [0.4, 0.6], rtol=1e-11)
    by_x1, by_x2 = loss.gradient(x1, x2, [1, -1])
    np.testing.assert_allclose(by_x1, [[0, -0.8], [0, 0.8]], atol=1e-11)
    np.testing.assert_allclose(by_x2, [[-0.128, 0.096], [0.128, -0.096]], rtol=1e-11)
    assert CosineEmbeddingLoss(margin=0.5)(x1, x2, [-1, -1]) == pytest.approx(0.1, rel=1e-11)
    near = CosineEmbeddingLoss(margin=0.7)
    assert near(x1, x2, [-1, -1]) == 0
    assert not np.any(near.gradient(x1, x2, [-1, -1]))
    assert loss([0.0, 0.0], [1.0, 2.0], 1) == 1
    assert np.isfinite(loss.gradient([0.0, 0.0], [1.0, 2.0], 1)).all()
    assert loss([[1e150, 1e150]], [[1e150, 1e150]], [1])[0] == pytest.approx(0, abs=1e-15)


# ---- what is refused


def test_shapes_that_do_not_fit_are_named() -> None:
    a, b = np.zeros((4, 3)), np.zeros((4, 2))
    with pytest.raises(ValueError, match=r"anchor has shape \(4, 3\) and negative \(4, 2\); resha"):
        TripletMarginLoss()(a, a, b)
    with pytest.raises(ValueError, match=r"anchor has shape \(4, 3\) and positive \(4, 2\); resha"):
        TripletMarginLoss().gradient(a, b, a)
    with pytest.raises(ValueError, match=r"anchor has shape \(\) and needs an axis of features"):
        TripletMarginLoss()(1.0, 1.0, 1.0)
    with pytest.raises(ValueError, match=r"x1 has shape \(4, 3\) and x2 \(4, 2\); reshape"):
        CosineEmbeddingLoss()(a, b, np.ones(4))
    with pytest.raises(ValueError, match=r"x1 has shape \(4, 3\) and target \(3,\); target needs"):
        CosineEmbeddingLoss()(a, a, np.ones(3))
    with pytest.raises(ValueError, match=r"prediction has shape \(4, 3\) and target \(4, 2\); re"):
        GaussianNLLLoss()(a, b, a)
    for shape in ((4, 2), (3,), (1, 1), (1, 3, 1), (4, 3, 1)):
        with pytest.raises(
            ValueError, match=r"prediction has shape \(4, 3\) and var \(.*; pass var"
        ):
            GaussianNLLLoss()(a, a, np.ones(shape))


def test_the_shape_that_is_asked_for_is_said() -> None:
    x = np.zeros((4, 3, 2))
    with pytest.raises(ValueError) as caught:
        CosineEmbeddingLoss()(x, x, np.ones(4))
    assert str(caught.value) == (
        "x1 has shape (4, 3, 2) and target (4,); target needs shape (4, 3), one label for each pair"
    )
    with pytest.raises(ValueError) as caught:
        GaussianNLLLoss()(x, x, np.ones(4))
    assert str(caught.value) == (
        "prediction has shape (4, 3, 2) and var (4,); pass var of the same shape, "
        "of shape (4, 3) for one variance a row, or one number"
    )
    with pytest.raises(ValueError) as caught:
        TripletMarginLoss()(1.0, 1.0, 1.0)
    assert str(caught.value) == (
        "anchor has shape () and needs an axis of features; pass shape (N, D) for N rows"
    )


@pytest.mark.parametrize(
    ("loss", "names"),
    [
        (TripletMarginLoss(), ("anchor", "positive", "negative")),
        (GaussianNLLLoss(), ("prediction", "target", "var")),
        (CosineEmbeddingLoss(), ("x1", "x2", "target")),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, LossOfThree) else "",
)
def test_what_is_not_numbers_is_refused_by_its_name(
    loss: LossOfThree, names: tuple[str, ...]
) -> None:
    for place, name in enumerate(names):
        inputs: list[Any] = [[[1.0]], [[1.0]], [1.0]]
        inputs[place] = [["a"]]
        for call in (loss, loss.gradient, loss.value_and_gradient, loss.divisor):
            with pytest.raises(TypeError, match=f"^{name} has dtype"):
                call(*inputs)


def test_overflow_and_0_over_0_show_in_the_result_and_not_in_warnings() -> None:
    loss = GaussianNLLLoss(eps=0.0)
    for call in (loss, loss.gradient, loss.value_and_gradient, loss.divisor):
        call([0.0, 1e300], [0.0, -1e300], [0.0, 1e-300])


def test_values_out_of_range_are_named() -> None:
    with pytest.raises(ValueError) as caught:
        GaussianNLLLoss()([0.0, 0.0], [0.0, 0.0], [1.0, -1.0])
    assert str(caught.value) == (
        "var[1] is -1.0, below 0; pass variances, such as exp of a model's output"
    )
    with pytest.raises(ValueError, match=r"target holds 0, and CosineEmbeddingLoss takes -1 and"):
        CosineEmbeddingLoss()([[1.0]], [[1.0]], [0])
    with pytest.raises(ValueError, match="negative is empty"):
        TripletMarginLoss()([[1.0]], [[1.0]], np.zeros((0, 1)))
    with pytest.raises(TypeError, match="positive has dtype"):
        TripletMarginLoss()([[1.0]], [["a"]], [[1.0]])


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: TripletMarginLoss(margin=0.0), ValueError, "margin is 0.0; .* above 0"),
        (lambda: TripletMarginLoss(p=0.5), ValueError, "p is 0.5; .* at least 1"),
        (lambda: TripletMarginLoss(p=inf), ValueError, "p is inf"),
        (lambda: TripletMarginLoss(eps=-1e-6), ValueError, "eps is -1e-06"),
        (lambda: TripletMarginLoss(swap=1), TypeError, "swap is 1; it must be True or"),  # type: ignore[arg-type]
        (lambda: GaussianNLLLoss(eps=-1.0), ValueError, "eps is -1.0; .* at least 0"),
        (lambda: GaussianNLLLoss(full="no"), TypeError, "full is 'no'"),  # type: ignore[arg-type]
        (lambda: CosineEmbeddingLoss(margin=1.5), ValueError, "margin is 1.5; .* at most 1"),
        (lambda: CosineEmbeddingLoss(margin=-1.5), ValueError, "margin is -1.5; .* at least -1"),
    ],
)
def test_a_bad_setting_is_refused(
    make: Callable[[], Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        make()
