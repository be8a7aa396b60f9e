"""What holds for every loss: one table of instances, and the properties that all of them share."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import pylib.losses
from pylib._numerics import log_softmax
from pylib.gradcheck import check_gradient
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

Pair = tuple[Any, Any]
Sample = Callable[[np.random.Generator, int, int], Pair]

# ---- samples: a random prediction and target of shape (n, k), away from corners and edges


def real(rng: np.random.Generator, n: int, k: int) -> Pair:
    target = rng.normal(0, 3, (n, k))
    away = rng.uniform(0.01, 6, (n, k)) * rng.choice([-1, 1], (n, k))
    return target + away, target


def probability(rng: np.random.Generator, n: int, k: int) -> Pair:
    return rng.uniform(0.02, 0.98, (n, k)), rng.integers(0, 2, (n, k)).astype(float)


def logit(rng: np.random.Generator, n: int, k: int) -> Pair:
    return rng.normal(0, 3, (n, k)), rng.uniform(0, 1, (n, k)).round(rng.integers(0, 3))


def score(rng: np.random.Generator, n: int, k: int) -> Pair:
    sign = rng.choice([-1.0, 1.0], (n, k))
    away = rng.uniform(0.01, 3, (n, k)) * rng.choice([-1, 1], (n, k))
    return sign * (1 + away), sign


def indices(rng: np.random.Generator, n: int, k: int) -> Pair:
    # tenths, and a few thousandths for each class: no two scores differ by exactly the margin
    scores = rng.integers(-50, 50, (n, k)) / 10 + 0.003 * np.arange(k)
    return scores, rng.integers(0, k, n)


def counts(rng: np.random.Generator, n: int, k: int) -> Pair:
    return rng.normal(0, 2, (n, k)), rng.poisson(2.0, (n, k)).astype(float)


def rate(rng: np.random.Generator, n: int, k: int) -> Pair:
    return rng.uniform(0.1, 5, (n, k)), rng.poisson(2.0, (n, k)).astype(float)


def rows(rng: np.random.Generator, n: int, k: int) -> Any:
    shares = rng.uniform(0.05, 1, (n, k))
    return shares / shares.sum(axis=1, keepdims=True)


def soft(rng: np.random.Generator, n: int, k: int) -> Pair:
    return rng.normal(0, 3, (n, k)), rows(rng, n, k)


def shares(rng: np.random.Generator, n: int, k: int) -> Pair:
    # each below 0.99, so that one step of a difference stays a probability
    return np.minimum(rows(rng, n, k), 0.99), rows(rng, n, k)


def log_shares(rng: np.random.Generator, n: int, k: int) -> Pair:
    return np.log(rows(rng, n, k)), rows(rng, n, k)


def log_indices(rng: np.random.Generator, n: int, k: int) -> Pair:
    return np.log(rows(rng, n, k)), rng.integers(0, k, n)


W = [0.5, 2.0, 1.25]  # for three classes, or three labels

TABLE: list[tuple[Loss, Sample]] = [
    (MSELoss(), real),
    (L1Loss(), real),
    (HuberLoss(), real),
    (HuberLoss(delta=2.5), real),
    (SmoothL1Loss(), real),
    (SmoothL1Loss(beta=0.0), real),
    (SmoothL1Loss(beta=3.0), real),
    (LogCoshLoss(), real),
    (PinballLoss(), real),
    (PinballLoss(quantile=0.9), real),
    (BCELoss(), probability),
    (BCELoss(weight=W), probability),
    (BCEWithLogitsLoss(), logit),
    (BCEWithLogitsLoss(pos_weight=4.0), logit),
    (BCEWithLogitsLoss(pos_weight=W, weight=W), logit),
    (HingeLoss(), score),
    (BinaryFocalLoss(), logit),
    (BinaryFocalLoss(alpha=None, gamma=0.5), logit),
    (BinaryFocalLoss(alpha=0.9, gamma=0.0), logit),
    (CrossEntropyLoss(), indices),
    (CrossEntropyLoss(weight=W, label_smoothing=0.1), indices),
    (CrossEntropyLoss(ignore_index=1, label_smoothing=0.1), indices),
    (CrossEntropyLoss(), soft),
    (CrossEntropyLoss(weight=W, label_smoothing=0.1), soft),
    (CategoricalCrossEntropyLoss(), shares),
    (NLLLoss(), log_indices),
    (NLLLoss(weight=W, ignore_index=0), log_indices),
    (KLDivLoss(), log_shares),
    (KLDivLoss(reduction="batchmean"), log_shares),
    (KLDivLoss(log_target=True), lambda rng, n, k: (np.log(rows(rng, n, k)),) * 2),
    (MultiMarginLoss(), indices),
    (MultiMarginLoss(p=2, margin=0.5, weight=W), indices),
    (PoissonNLLLoss(), counts),
    (PoissonNLLLoss(full=True), counts),
    (PoissonNLLLoss(log_input=False, eps=0.01), rate),
    (DiceLoss(), probability),
    (DiceLoss(smooth=1.0, squared=True), probability),
    (IoULoss(), probability),
    (IoULoss(smooth=0.5), probability),
    (TverskyLoss(), probability),
    (TverskyLoss(alpha=0.2, beta=0.9, smooth=0.1), probability),
]

every_loss = pytest.mark.parametrize(
    ("loss", "sample"), TABLE, ids=[f"{loss!r}-{sample.__name__}" for loss, sample in TABLE]
)
one_of_each = pytest.mark.parametrize(
    ("loss", "sample"),
    {type(loss): (loss, sample) for loss, sample in reversed(TABLE)}.values(),
    ids=lambda value: type(value).__name__ if isinstance(value, Loss) else "",
)
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=20, deadline=None)  # for each of the table's losses
many = settings(deadline=None)


def made(sample: Sample, seed: int = 0, n: int = 4, k: int = 3) -> Pair:
    return sample(np.random.default_rng(seed), n, k)


def reduced(loss: Loss, reduction: str) -> Any:
    fields = dataclasses.fields(loss)  # type: ignore[arg-type]
    settings = {field.name: getattr(loss, field.name) for field in fields}
    return type(loss)(**{**settings, "reduction": reduction})


def test_the_table_holds_every_loss() -> None:
    of_three = {"CosineEmbeddingLoss", "GaussianNLLLoss", "TripletMarginLoss"}
    here = set(pylib.losses.__all__) - {"Loss"} - of_three
    assert {type(loss).__name__ for loss, _ in TABLE} == here


@every_loss
def test_every_loss_documents_formula_arguments_errors_example_and_source(
    loss: Loss, sample: Sample
) -> None:
    text = type(loss).__doc__ or ""
    parts = ["dℓ/d", "Args:", "reduction:", "Raises:", "Examples:", ">>>", "Source:"]
    places = [text.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


# ---- gradients


@every_loss
@few
@given(seed=seeds, n=st.integers(1, 5))
def test_gradient_agrees_with_central_differences(
    loss: Loss, sample: Sample, seed: int, n: int
) -> None:
    prediction, target = made(sample, seed, n)
    for reduction in ("sum", "none", loss.reduction):
        report = check_gradient(reduced(loss, reduction), prediction, target)
        # where every row is ignored the mean is 0/0, and its gradient 0
        assert report.ok or (np.isnan(report.numerical) and report.analytic == 0), report


@every_loss
def test_gradient_is_a_new_array_of_the_predictions_shape(loss: Loss, sample: Sample) -> None:
    prediction, target = made(sample)
    prediction.flags.writeable = target.flags.writeable = False  # inputs stay as they are
    for reduction in ("mean", "sum", "none"):
        gradient = reduced(loss, reduction).gradient(prediction, target)
        assert isinstance(gradient, np.ndarray)
        assert gradient.shape == prediction.shape
        assert gradient.flags.writeable
        assert not np.shares_memory(gradient, prediction)
        assert not np.shares_memory(gradient, target)


# ---- reductions and dtypes


@every_loss
@few
@given(seed=seeds, n=st.integers(1, 6))
def test_mean_and_sum_follow_from_none(loss: Loss, sample: Sample, seed: int, n: int) -> None:
    prediction, target = made(sample, seed, n)
    mean, total, terms = (reduced(loss, name) for name in ("mean", "sum", "none"))
    none = terms(prediction, target)
    assert isinstance(none, np.ndarray)
    assert total(prediction, target) == pytest.approx(none.sum(), rel=1e-12)
    divisor = mean.divisor(prediction, target)
    if divisor:
        assert mean(prediction, target) == pytest.approx(none.sum() / divisor, rel=1e-12)
        np.testing.assert_allclose(
            mean.gradient(prediction, target) * divisor,
            total.gradient(prediction, target),
            rtol=1e-12,
            atol=1e-15,
        )
    np.testing.assert_array_equal(
        total.gradient(prediction, target), terms.gradient(prediction, target)
    )


@every_loss
@few
@given(seed=seeds, n=st.integers(1, 6))
def test_value_and_gradient_at_once_are_the_two_apart(
    loss: Loss, sample: Sample, seed: int, n: int
) -> None:
    prediction, target = made(sample, seed, n)
    for reduction in ("mean", "sum", "none", loss.reduction):
        each = reduced(loss, reduction)
        value, gradient = each.value_and_gradient(prediction, target)
        assert type(value) is type(each(prediction, target))
        np.testing.assert_array_equal(value, each(prediction, target))
        assert gradient.dtype == prediction.dtype
        np.testing.assert_array_equal(gradient, each.gradient(prediction, target))


def test_inputs_are_prepared_once_for_value_and_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    made_of: list[tuple[int, ...]] = []

    def counted(logits: Any, axis: int) -> Any:
        made_of.append(logits.shape)
        return log_softmax(logits, axis)

    monkeypatch.setattr("pylib.losses.multiclass.log_softmax", counted)
    CrossEntropyLoss().value_and_gradient([[1.0, 2.0]], [0])
    assert made_of == [(1, 2)]


@pytest.mark.parametrize(
    ("loss", "prediction", "target", "divisor"),
    [
        (MSELoss(), np.zeros((2, 3)), np.zeros((2, 3)), 6.0),
        (BCEWithLogitsLoss(weight=[0.0, 2.0]), np.zeros((4, 2)), np.zeros((4, 2)), 8.0),
        (CrossEntropyLoss(), np.zeros((4, 3)), [0, 1, -100, 2], 3.0),
        (CrossEntropyLoss(weight=W), np.zeros((4, 3)), [0, 1, -100, 1], 4.5),
        (CrossEntropyLoss(weight=W, label_smoothing=0.5), np.zeros((1, 3)), [1], 2.0),
        (CrossEntropyLoss(weight=W), np.zeros((4, 3)), np.zeros((4, 3)), 4.0),
        (CrossEntropyLoss(), np.zeros((4, 3, 2)), np.zeros((4, 2), dtype=int), 8.0),
        (CrossEntropyLoss(), np.zeros((2, 3)), [-100, -100], 0.0),
        (NLLLoss(weight=W), np.zeros((2, 3)), [0, 2], 1.75),
        (CategoricalCrossEntropyLoss(), np.full((4, 3), 0.5), np.zeros((4, 3)), 4.0),
        (KLDivLoss(), np.zeros((4, 3)), np.zeros((4, 3)), 12.0),
        (KLDivLoss(reduction="batchmean"), np.zeros((4, 3)), np.zeros((4, 3)), 4.0),
        (MultiMarginLoss(weight=W), np.zeros((4, 3)), [0, 1, 2, 0], 4.0),
        (DiceLoss(), np.zeros((4, 3)), np.zeros((4, 3)), 1.0),
    ],
    ids=repr,
)
def test_the_divisor_is_what_the_mean_divides_by(
    loss: Loss, prediction: Any, target: Any, divisor: float
) -> None:
    assert type(loss.divisor(prediction, target)) is float
    assert loss.divisor(prediction, target) == divisor
    if "batch" not in loss.reduction:
        for reduction in ("sum", "none"):
            assert reduced(loss, reduction).divisor(prediction, target) == divisor


@pytest.mark.parametrize(
    "loss",
    [CrossEntropyLoss(weight=[1.0, 9.0]), CrossEntropyLoss(ignore_index=1), NLLLoss([1.0, 9.0])],
    ids=repr,
)
def test_mini_batches_weighed_by_the_divisor_are_the_large_batch(loss: Loss) -> None:
    z, y = np.random.default_rng(0).normal(size=(8, 2)), np.array([0, 1, 1, 1, 1, 0, 0, 0])
    parts = [slice(0, 2), slice(2, 5), slice(5, 8)]
    weights = [loss.divisor(z[rows], y[rows]) for rows in parts]
    means = [loss.value_and_gradient(z[rows], y[rows]) for rows in parts]
    value = sum(w * m for w, (m, _) in zip(weights, means, strict=True) if w) / sum(weights)
    gradient = np.concatenate([w * g for w, (_, g) in zip(weights, means, strict=True)])
    assert value == pytest.approx(loss(z, y), rel=1e-14)
    np.testing.assert_allclose(gradient / sum(weights), loss.gradient(z, y), rtol=1e-14)


@every_loss
def test_scalars_are_python_floats_and_lists_are_as_good_as_arrays(
    loss: Loss, sample: Sample
) -> None:
    prediction, target = made(sample)
    for reduction in ("mean", "sum"):
        value = reduced(loss, reduction)(prediction, target)
        assert type(value) is float
        assert value == reduced(loss, reduction)(prediction.tolist(), target.tolist())


@every_loss
def test_float32_in_gives_float32_out(loss: Loss, sample: Sample) -> None:
    prediction, target = made(sample)
    narrow = prediction.astype(np.float32)
    for given_target in (target, target.astype(np.float32) if target.dtype == float else target):
        none = reduced(loss, "none")
        assert none(narrow, given_target).dtype == np.float32
        assert loss.gradient(narrow, given_target).dtype == np.float32
        assert type(loss(narrow, given_target)) is float
    assert loss(narrow, target) == pytest.approx(loss(prediction, target), rel=1e-4)
    assert none(prediction, target).dtype == np.float64


@one_of_each
@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.uint16, bool])
def test_integers_and_booleans_count_as_float64(loss: Loss, sample: Sample, dtype: type) -> None:
    ones: Any = np.ones((2, 2), dtype=dtype)
    target = np.zeros(2, dtype=int) if made(sample)[1].ndim == 1 else ones
    assert loss.gradient(ones, target).dtype == np.float64
    assert loss(ones, target) == loss(ones.astype(float), target)


@one_of_each
def test_a_transposed_view_is_read_right(loss: Loss, sample: Sample) -> None:
    prediction, target = made(sample)
    view = np.asfortranarray(prediction)[::-1]
    assert loss(view, target[::-1]) == pytest.approx(loss(prediction, target), rel=1e-12)


# ---- immutable objects


@every_loss
def test_a_loss_is_immutable_hashable_and_equal_to_its_like(loss: Loss, sample: Sample) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        loss.reduction = "sum"
    twin = eval(repr(loss), dict(vars(pylib.losses)))
    assert twin == loss
    assert hash(twin) == hash(loss)
    assert reduced(loss, "none") != loss


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (BCELoss, "weight"),
        (BCEWithLogitsLoss, "weight"),
        (BCEWithLogitsLoss, "pos_weight"),
        (CrossEntropyLoss, "weight"),
        (NLLLoss, "weight"),
        (MultiMarginLoss, "weight"),
    ],
)
def test_a_weight_array_changed_later_does_not_change_the_loss(kind: Any, name: str) -> None:
    weight = np.array([1.0, 2.0])
    loss = kind(**{name: weight})
    weight[:] = 100.0
    assert getattr(loss, name) == (1.0, 2.0)
    assert hash(loss) == hash(kind(**{name: [1, 2]}))
    with pytest.raises(ValueError, match=f"^{name} is .*; weights are finite and at least 0$"):
        kind(**{name: [-1.0]})


# ---- what is refused


@one_of_each
@pytest.mark.parametrize("name", ["avg", "", None, 1, "batch_mean"])
def test_an_unknown_reduction_is_refused(loss: Loss, sample: Sample, name: Any) -> None:
    kind = ValueError if isinstance(name, str) else TypeError
    with pytest.raises(kind, match=r"reduction is .*; it must be one of 'mean'"):
        reduced(loss, name)


def test_batchmean_belongs_to_kldiv_only() -> None:
    with pytest.raises(ValueError, match="reduction is 'batchmean'"):
        MSELoss(reduction="batchmean")  # type: ignore[arg-type]


@one_of_each
def test_two_shapes_that_differ_are_refused_by_name(loss: Loss, sample: Sample) -> None:
    prediction, target = made(sample)
    for wrong in (target[:-1], target[..., None], target[0], np.concatenate([target, target])):
        with pytest.raises(ValueError) as caught:
            loss(prediction, wrong)
        assert str(prediction.shape) in str(caught.value)
        assert str(wrong.shape) in str(caught.value)
        assert ";" in str(caught.value)
        with pytest.raises(ValueError):
            loss.gradient(prediction, wrong)


@one_of_each
@few
@given(
    shape=array_shapes(min_dims=1, max_dims=3, max_side=3),
    other=array_shapes(min_dims=0, max_dims=3, max_side=3),
)
def test_shapes_fit_or_are_refused(
    loss: Loss, sample: Sample, shape: tuple[int, ...], other: tuple[int, ...]
) -> None:
    of_indices = made(sample)[1].ndim == 1
    target: Any = np.zeros(other, dtype=int) if of_indices else np.ones(other)
    axis = min(1, len(shape) - 1)
    fitting = [shape[:axis] + shape[axis + 1 :]] if of_indices else [shape]
    if isinstance(loss, CrossEntropyLoss):
        fitting.append(shape)  # one-hot rows
    for call in (loss, loss.gradient, loss.value_and_gradient, loss.divisor):
        if other in fitting:
            call(np.full(shape, 0.5), target)
        else:
            with pytest.raises(ValueError) as caught:
                call(np.full(shape, 0.5), target)
            assert f"{shape} and target {other}" in str(caught.value)


@every_loss
@few
@given(seed=seeds, data=st.data())
def test_any_number_gives_a_number_or_a_named_error(
    loss: Loss, sample: Sample, seed: int, data: st.DataObject
) -> None:
    prediction, target = made(sample, seed)
    spoiled = data.draw(arrays(float, prediction.shape, elements=st.floats()))
    try:
        assert type(loss(spoiled, target)) is float
        assert loss.gradient(spoiled, target).shape == prediction.shape
    except ValueError as error:
        assert re.search(r"prediction\[\d, \d\] is .*, (outside \[0, 1\]|below 0); ", str(error))


def test_a_column_beside_a_row_is_not_broadcast() -> None:
    with pytest.raises(ValueError, match=r"prediction has shape \(3,\) and target \(3, 1\); resha"):
        MSELoss()(np.zeros(3), np.zeros((3, 1)))


@one_of_each
@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 2)])
def test_empty_input_is_refused(loss: Loss, sample: Sample, shape: tuple[int, ...]) -> None:
    target = made(sample)[1]
    for call in (loss, loss.gradient):
        with pytest.raises(ValueError, match=r"prediction is empty: its shape is"):
            call(np.zeros(shape), target)
        with pytest.raises(ValueError, match="target is empty"):
            call(made(sample)[0], np.zeros(shape))
    with pytest.raises(ValueError, match=r"^prediction is empty: its shape is \(0,\); pass at lea"):
        loss([], [])
    with pytest.raises(ValueError, match="^prediction is empty"):
        loss(np.array([], dtype=object), target)
    with pytest.raises(TypeError, match="^prediction has dtype complex128, and losses take"):
        loss(np.array([], dtype=complex), target)


@one_of_each
@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "0.5",
        ["a", "b"],
        [1.0, None],
        [1j, 2.0],
        np.ones(3, dtype=np.float16),
        np.array(["2024-01-01"], dtype="datetime64[D]"),
        {"a": 1},
        len,
    ],
    ids=repr,
)
def test_what_is_not_a_real_number_is_refused(loss: Loss, sample: Sample, wrong: Any) -> None:
    prediction, target = made(sample)
    for call in (loss, loss.gradient):
        with pytest.raises(TypeError, match=r"prediction has dtype .*; convert it with"):
            call(wrong, target)
        with pytest.raises(TypeError, match=r"target has dtype .*; convert it with"):
            call(prediction, wrong)


@one_of_each
def test_rows_of_different_lengths_are_refused(loss: Loss, sample: Sample) -> None:
    with pytest.raises(ValueError, match="prediction has rows of different lengths; give them"):
        loss([[1.0], [1.0, 2.0]], made(sample)[1])


@pytest.mark.parametrize(
    ("loss", "target"),
    [
        (BCELoss(), [1.0, 0.0]),
        (CategoricalCrossEntropyLoss(), [1.0, 0.0]),
        (DiceLoss(), [1.0, 0.0]),
        (IoULoss(), [1.0, 0.0]),
        (TverskyLoss(), [1.0, 0.0]),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("wrong", [-1e-9, 1.0000001, 2.0, -np.inf, np.inf])
def test_a_prediction_that_is_no_probability_is_refused(
    loss: Loss, target: Any, wrong: float
) -> None:
    for call in (loss, loss.gradient):
        with pytest.raises(
            ValueError, match=r"prediction\[1\] is .*, outside \[0, 1\]; "
        ) as caught:
            call([0.5, wrong], target)
        assert str(wrong) in str(caught.value)


@pytest.mark.parametrize(
    "loss",
    [
        BCELoss(),
        BCEWithLogitsLoss(),
        BinaryFocalLoss(),
        CategoricalCrossEntropyLoss(),
        CrossEntropyLoss(),
        KLDivLoss(),
        DiceLoss(),
        IoULoss(),
        TverskyLoss(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_target_that_is_no_probability_is_refused(loss: Loss) -> None:
    with pytest.raises(ValueError, match=r"target\[0, 1\] is 1.5, outside \[0, 1\]; "):
        loss([[0.5, 0.5]], [[0.0, 1.5]])
    with pytest.raises(ValueError, match=r"target\[0, 0\] is -1.0, outside \[0, 1\]; "):
        loss([[0.5, 0.5]], [[-1, 1]])


NO_LABEL = "pass labels 0 and 1, or probabilities"
NO_MASK = "pass a mask of 0 and 1"


@pytest.mark.parametrize(
    ("loss", "of_prediction", "of_target"),
    [
        (BCELoss(), "apply the sigmoid first, or use BCEWithLogitsLoss", NO_LABEL),
        (BCEWithLogitsLoss(), None, NO_LABEL),
        (BinaryFocalLoss(), None, NO_LABEL),
        (
            CategoricalCrossEntropyLoss(),
            "apply softmax first, or use CrossEntropyLoss",
            "pass one-hot rows, or rows of probabilities",
        ),
        (CrossEntropyLoss(), None, "pass probabilities, or class indices as integers"),
        (KLDivLoss(), None, "pass probabilities, or log_target=True for ln q"),
        (DiceLoss(), "apply the sigmoid first", NO_MASK),
        (IoULoss(), "apply the sigmoid first", NO_MASK),
        (TverskyLoss(), "apply the sigmoid first", NO_MASK),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Loss) else "",
)
def test_a_value_that_is_no_probability_comes_with_its_mend(
    loss: Loss, of_prediction: str | None, of_target: str
) -> None:
    if of_prediction:
        with pytest.raises(ValueError) as caught:
            loss([[0.5, 1.5]], [[0.5, 0.5]])
        assert str(caught.value) == f"prediction[0, 1] is 1.5, outside [0, 1]; {of_prediction}"
    with pytest.raises(ValueError) as caught:
        loss([[0.5, 0.5]], [[0.5, 1.5]])
    assert str(caught.value) == f"target[0, 1] is 1.5, outside [0, 1]; {of_target}"


@pytest.mark.parametrize("loss", [BCELoss(), BCEWithLogitsLoss()], ids=repr)
def test_a_number_that_is_no_probability_has_no_index(loss: Loss) -> None:
    with pytest.raises(ValueError, match=r"^target is 1.5, outside"):
        loss(0.5, 1.5)


def test_poisson_refuses_counts_and_rates_below_0() -> None:
    with pytest.raises(ValueError, match=r"^target\[1\] is -1.0, below 0; pass counts$"):
        PoissonNLLLoss()([0.0, 0.0], [1, -1])
    with pytest.raises(ValueError) as caught:
        PoissonNLLLoss(log_input=False)([-2.0], [1])
    assert str(caught.value) == (
        "prediction[0] is -2.0, below 0; pass rates, or ln of them with log_input=True"
    )


def test_hinge_refuses_labels_of_0_and_1() -> None:
    with pytest.raises(ValueError, match=r"target holds 0, and HingeLoss takes -1 and \+1; turn"):
        HingeLoss()([0.3, -0.2], [1, 0])


with_classes = pytest.mark.parametrize(
    "loss",
    [CrossEntropyLoss(), NLLLoss(), MultiMarginLoss()],
    ids=lambda value: type(value).__name__,
)


@with_classes
@pytest.mark.parametrize("wrong", [3, -1, -101, 2**40])
def test_a_class_that_does_not_exist_is_refused(loss: Loss, wrong: int) -> None:
    with pytest.raises(ValueError) as caught:
        loss(np.zeros((2, 3)), [0, wrong])
    but = "" if isinstance(loss, MultiMarginLoss) else " or ignore_index = -100"
    assert str(caught.value) == (
        f"target holds class {wrong}, and prediction has 3 classes; use indices from 0 to 2{but}"
    )


def test_ignore_index_is_no_class_of_multi_margin() -> None:
    with pytest.raises(ValueError, match="target holds class -100"):
        MultiMarginLoss()(np.zeros((2, 3)), [0, -100])


@with_classes
@pytest.mark.parametrize("target", [[0.0, 1.0], [True, False]])
def test_class_indices_that_are_not_integers_are_refused(loss: Loss, target: Any) -> None:
    with pytest.raises(TypeError) as caught:
        loss(np.zeros((2, 3)), target)
    assert str(caught.value) == (
        f"target has dtype {np.asarray(target).dtype} and shape (2,); "
        "class indices are integers: convert it with target.astype(int)"
    )


@with_classes
@pytest.mark.parametrize("weight", [[1.0, 2.0], [1.0] * 4, 1.0, [[1.0, 1.0, 1.0]]])
def test_weights_that_do_not_match_the_classes_are_refused(loss: Loss, weight: Any) -> None:
    weighted = dataclasses.replace(loss, weight=weight)  # type: ignore[type-var]
    with pytest.raises(ValueError, match=r"weight has shape .* has 3 classes; pass 3 weights"):
        weighted(np.zeros((2, 3)), [0, 1])
    with pytest.raises(ValueError, match=r"weight has shape"):
        weighted.gradient(np.zeros((2, 3)), [0, 1])


@with_classes
def test_scores_without_a_class_axis_are_refused(loss: Loss) -> None:
    with pytest.raises(ValueError) as caught:
        loss(1.0, 0)
    assert str(caught.value) == (
        "prediction has shape () and needs an axis of classes; pass shape (N, K) for N rows"
    )


@pytest.mark.parametrize(
    ("loss", "name"),
    [
        (BCEWithLogitsLoss(pos_weight=[1.0, 2.0]), "pos_weight"),
        (BCEWithLogitsLoss(weight=[1.0, 2.0]), "weight"),
        (BCELoss(weight=[1.0, 2.0]), "weight"),
    ],
    ids=repr,
)
def test_weights_of_bce_must_broadcast(loss: Loss, name: str) -> None:
    for call in (loss, loss.gradient):
        with pytest.raises(ValueError) as caught:
            call(np.full((2, 3), 0.5), np.ones((2, 3)))
        assert str(caught.value) == (
            f"{name} has shape (2,) and prediction (2, 3); {name} must broadcast to the prediction"
        )
    with pytest.raises(ValueError, match=r"weight has shape \(2, 2, 3\) and prediction \(2, 3\)"):
        BCELoss(weight=np.ones((2, 2, 3)))(np.full((2, 3), 0.5), np.ones((2, 3)))


def test_ignore_index_needs_class_indices() -> None:
    with pytest.raises(ValueError) as caught:
        CrossEntropyLoss(ignore_index=0)(np.zeros((1, 2)), [[0.5, 0.5]])
    assert str(caught.value) == (
        "ignore_index is 0 and target has shape (1, 2); "
        "ignore_index needs class indices: pass integers, or leave it at -100"
    )


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: HuberLoss(delta=0), ValueError, "delta is 0; it must be finite and above 0"),
        (lambda: HuberLoss(delta=-1), ValueError, "delta is -1"),
        (lambda: HuberLoss(delta=np.nan), ValueError, "delta is nan"),
        (lambda: HuberLoss(delta=np.inf), ValueError, "delta is inf"),
        (lambda: HuberLoss(delta="sum"), TypeError, "delta is 'sum'; it must be a number"),  # type: ignore[arg-type]
        (lambda: HuberLoss(delta=True), TypeError, "delta is True"),
        (lambda: SmoothL1Loss(beta=-0.1), ValueError, "beta is -0.1"),
        (
            lambda: PinballLoss(quantile=0),
            ValueError,
            "0; it must be above 0 and below 1",
        ),
        (lambda: PinballLoss(quantile=1), ValueError, "quantile is 1"),
        (lambda: BCEWithLogitsLoss(pos_weight=-1.0), ValueError, "pos_weight is -1.0; weights"),
        (lambda: BCELoss(weight=[np.inf]), ValueError, "weights are finite and at least 0"),
        (lambda: BCELoss(weight="2"), TypeError, "weight has dtype"),
        (
            lambda: BinaryFocalLoss(alpha=1.5),
            ValueError,
            "^alpha is 1.5; it must be at least 0",
        ),
        (lambda: BinaryFocalLoss(gamma=-1), ValueError, "gamma is -1"),
        (lambda: CrossEntropyLoss(label_smoothing=1.1), ValueError, "label_smoothing is 1.1"),
        (lambda: CrossEntropyLoss(ignore_index=0.5), TypeError, "ignore_index is 0.5"),  # type: ignore[arg-type]
        (lambda: CrossEntropyLoss(weight=[-1.0, 1.0]), ValueError, "weights are finite"),
        (lambda: CrossEntropyLoss(weight=[]), ValueError, "weight is empty"),
        (lambda: NLLLoss(ignore_index=None), TypeError, "ignore_index is None"),  # type: ignore[arg-type]
        (lambda: MultiMarginLoss(p=3), ValueError, "p is 3; it must be a whole number from 1 to 2"),
        (lambda: MultiMarginLoss(p=2.0), TypeError, "p is 2.0; it must be a whole number"),  # type: ignore[arg-type]
        (lambda: MultiMarginLoss(margin=np.nan), ValueError, "margin is nan"),
        (lambda: KLDivLoss(log_target="yes"), TypeError, "log_target is 'yes'"),  # type: ignore[arg-type]
        (lambda: PoissonNLLLoss(1), TypeError, "log_input is 1; it must be True"),  # type: ignore[arg-type]
        (lambda: PoissonNLLLoss(full=0), TypeError, "full is 0; it must be True"),  # type: ignore[arg-type]
        (lambda: PoissonNLLLoss(eps=-1.0), ValueError, "eps is -1.0; it must be finite"),
        (lambda: DiceLoss(squared=2), TypeError, "squared is 2; it must be True or False"),  # type: ignore[arg-type]
        (lambda: DiceLoss(smooth=-1e-5), ValueError, "smooth is -1e-05"),
        (lambda: IoULoss(smooth=None), TypeError, "smooth is None"),  # type: ignore[arg-type]
        (lambda: TverskyLoss(alpha=-0.1), ValueError, "alpha is -0.1"),
        (lambda: IoULoss(smooth=-1.0), ValueError, "smooth is -1.0; it must be finite and at l"),
        (lambda: TverskyLoss(smooth=-1.0), ValueError, "smooth is -1.0; it must be finite and at"),
        (lambda: TverskyLoss(beta=-0.1), ValueError, "beta is -0.1; it must be finite and at l"),
        (lambda: TverskyLoss(beta=np.inf), ValueError, "beta is inf"),
    ],
)
def test_a_bad_setting_is_refused(
    make: Callable[[], Loss], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        make()


# ---- NaN, inf, huge and tiny values

EDGES = [np.inf, -np.inf, np.nan, 1e308, -1e308, 1e154, 1.0, -1.0, 5e-324, 0.0]
ZERO_WEIGHTS = [0.0, 1.0, 1.0]
AT_EDGES = [
    *TABLE,
    (BCELoss(weight=ZERO_WEIGHTS), probability),
    (BCEWithLogitsLoss(weight=ZERO_WEIGHTS), logit),
    (BCEWithLogitsLoss(pos_weight=ZERO_WEIGHTS), logit),
    (CrossEntropyLoss(weight=ZERO_WEIGHTS), indices),
    (CrossEntropyLoss(weight=ZERO_WEIGHTS), soft),
    (MultiMarginLoss(weight=ZERO_WEIGHTS), indices),
    (MultiMarginLoss(p=2, weight=ZERO_WEIGHTS), indices),
    (DiceLoss(smooth=0.0), probability),
    (TverskyLoss(alpha=0.0, smooth=0.0), probability),
]


def by_term(of_elements: Any, terms: Any) -> Any:
    """What is true of any element of a term: an element, a row of classes, or the whole."""
    if of_elements.shape == terms.shape:
        return of_elements
    return of_elements.any(axis=1 if terms.ndim else None)


@pytest.mark.parametrize(
    ("loss", "sample"), AT_EDGES, ids=[f"{loss!r}-{sample.__name__}" for loss, sample in AT_EDGES]
)
@settings(max_examples=60, deadline=None)
@given(seed=seeds, edges=arrays(float, (2, 3), elements=st.sampled_from(EDGES)))
def test_value_and_gradient_agree_on_what_is_a_number(
    loss: Loss, sample: Sample, seed: int, edges: Any
) -> None:
    if sample in (probability, shares):
        edges = np.clip(edges, 0, 1)
    if sample is rate:
        edges = np.abs(edges)
    terms, slopes = reduced(loss, "none").value_and_gradient(edges, made(sample, seed, 2)[1])
    if type(loss) not in (KLDivLoss, NLLLoss):  # their slope does not depend on the prediction
        np.testing.assert_array_equal(by_term(np.isnan(slopes), terms), np.isnan(terms))
    if type(loss) is not CategoricalCrossEntropyLoss:  # 1/p is inf where ln p is not yet
        assert not (by_term(np.isinf(slopes), terms) & np.isfinite(terms)).any()


def test_an_infinite_logit_on_the_right_side_costs_nothing() -> None:
    for loss in (BCEWithLogitsLoss(), BinaryFocalLoss(alpha=None)):
        assert loss([np.inf, -np.inf], [1, 0]) == 0
        assert loss.gradient([np.inf, -np.inf], [1, 0]).tolist() == [0, 0]
        assert loss([-np.inf], [1]) == np.inf
        assert loss.gradient([-np.inf], [1]).tolist() == [-1]


def test_an_infinite_violation_of_the_margin_pulls_the_true_class() -> None:
    slopes = MultiMarginLoss(p=2).gradient([[0.0, np.inf, -9.0]], [0])
    assert slopes.tolist() == [[-np.inf, np.inf, 0]]


@pytest.mark.parametrize("loss", [CrossEntropyLoss(), NLLLoss()], ids=repr)
def test_an_ignored_row_of_nan_has_gradient_0(loss: Loss) -> None:
    slopes = loss.gradient([[np.nan, 1.0], [0.0, -1.0]], [-100, 0])
    assert slopes[0].tolist() == [0, 0]
    assert np.isfinite(slopes).all()


def test_nll_looks_at_the_true_class_only() -> None:
    assert NLLLoss()([[-1.0, np.nan], [-3.0, np.inf]], [0, 0]) == 2  # as PyTorch
    assert NLLLoss(weight=[0.0, 1.0])([[np.nan, -1.0], [0.0, -3.0]], [0, 1]) == 3


def test_a_mean_divided_by_0_is_nan_and_so_is_its_gradient() -> None:
    loss = CrossEntropyLoss(weight=[0.0, 1.0, 1.0], label_smoothing=0.1)
    logits, target = [[1.0, 2.0, 3.0], [0.0, -1.0, 1.0], [2.0, 1.0, 0.0]], [0, 0, -100]
    value, gradient = loss.value_and_gradient(logits, target)
    assert np.isnan([value, loss(logits, target)]).all()
    assert np.isnan(gradient[:2]).all()
    assert gradient[2].tolist() == [0, 0, 0]
    # without smoothing nothing counts, as where all rows are ignored
    loss = CrossEntropyLoss(weight=[0.0, 1.0, 1.0])
    assert np.isnan(loss(logits, target))
    assert not loss.gradient(logits, target).any()
    narrow = np.array(logits, dtype=np.float32)
    assert loss.gradient(narrow, target).dtype == np.float32


@every_loss
def test_nan_in_the_prediction_gives_nan(loss: Loss, sample: Sample) -> None:
    prediction, target = made(sample)
    prediction[0] = np.nan
    target[0] = target[0] if target.dtype == float else 2  # a class that is not ignored
    assert np.isnan(loss(prediction, target))
    if type(loss) not in (KLDivLoss, NLLLoss):  # their slope does not depend on the prediction
        assert np.isnan(loss.gradient(prediction, target)[0]).any()


@every_loss
def test_nan_in_a_float_target_gives_nan(loss: Loss, sample: Sample) -> None:
    prediction, target = made(sample)
    if target.dtype == float:
        target[0, 0] = np.nan
        assert np.isnan(loss(prediction, target))
        assert np.isnan(loss.gradient(prediction, target)).any()


def test_nan_in_an_ignored_position_counts_nothing() -> None:
    scores = np.array([[np.nan, np.nan], [0.0, 0.0]])
    assert CrossEntropyLoss()(scores, [-100, 0]) == pytest.approx(np.log(2))
    assert NLLLoss()(scores - 1, [-100, 0]) == 1.0


finite = st.floats(-1e300, 1e300, allow_nan=False)


@pytest.mark.parametrize(
    "loss",
    [
        L1Loss(),
        HuberLoss(),
        SmoothL1Loss(),
        LogCoshLoss(),
        PinballLoss(),
        BCEWithLogitsLoss(),
        BCEWithLogitsLoss(pos_weight=2.0),
        HingeLoss(),
        BinaryFocalLoss(),
        BinaryFocalLoss(gamma=0.5),
    ],
    ids=repr,
)
@many
@given(z=finite, y=st.sampled_from([-1.0, 0.0, 0.5, 1.0]))
def test_values_of_any_size_stay_finite(loss: Loss, z: float, y: float) -> None:
    if isinstance(loss, HingeLoss):
        y = 1.0 if y > 0 else -1.0
    elif isinstance(loss, (BCEWithLogitsLoss, BinaryFocalLoss)):
        y = abs(y)
    assert np.isfinite(loss([z], [y]))
    assert loss([z], [y]) >= 0
    assert np.isfinite(loss.gradient([z], [y])).all()


@many
@given(z=st.lists(finite, min_size=2, max_size=6), data=st.data())
def test_logits_of_any_size_stay_finite(z: list[float], data: st.DataObject) -> None:
    y = data.draw(st.integers(0, len(z) - 1))
    for loss in (CrossEntropyLoss(), CrossEntropyLoss(label_smoothing=0.1), MultiMarginLoss()):
        assert np.isfinite(loss([z], [y]))
        assert loss([z], [y]) >= 0
        gradient = loss.gradient([z], [y])
        assert np.isfinite(gradient).all()
        assert gradient.sum() == pytest.approx(0, abs=1e-12)


@many
@given(z=st.floats(width=32, allow_nan=False, allow_infinity=False), y=st.sampled_from([0.0, 1.0]))
def test_float32_logits_of_any_size_stay_finite(z: float, y: float) -> None:
    narrow = np.array([z], dtype=np.float32)
    for loss in (BCEWithLogitsLoss(), BinaryFocalLoss()):
        assert np.isfinite(loss(narrow, [y]))
        assert np.isfinite(loss.gradient(narrow, [y])).all()


def test_overflow_gives_inf_without_a_warning() -> None:
    for call in (MSELoss(), MSELoss().gradient, MSELoss().value_and_gradient, MSELoss().divisor):
        call(np.array([1.0, -3e38], dtype=np.float32), np.array([1e300, 3e38]))
    assert MSELoss()([1e200], [0.0]) == np.inf
    assert L1Loss()([np.inf], [0.0]) == np.inf
