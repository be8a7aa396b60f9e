"""Data: seeds, shapes, what each set promises, refusals."""

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pylib.data import (
    load_breast_cancer,
    load_digits,
    load_iris,
    make_blobs,
    make_line,
    make_masks,
    make_moons,
    make_sequences,
    make_spam,
    make_spirals,
    train_test_split,
)

MAKERS: dict[str, tuple[Callable[..., Any], tuple[int, ...], tuple[int, ...]]] = {
    "line": (make_line, (60, 1), (60,)),
    "spam": (make_spam, (60, 2), (60,)),
    "moons": (make_moons, (60, 2), (60,)),
    "spirals": (make_spirals, (60, 2), (60,)),
    "blobs": (make_blobs, (60, 2), (60,)),
    "masks": (make_masks, (60, 16, 16), (60, 16, 16)),
    "sequences": (make_sequences, (60, 10, 2), (60,)),
}


@pytest.mark.parametrize("name", MAKERS)
def test_shapes_and_seeds(name: str) -> None:
    make, X_shape, y_shape = MAKERS[name]
    X, y = make(n=60, seed=3)
    again, other = make(n=60, seed=3), make(n=60, seed=4)
    assert X.shape == X_shape
    assert y.shape == y_shape
    assert X.dtype == np.float64
    np.testing.assert_array_equal(X, again[0])
    np.testing.assert_array_equal(y, again[1])
    assert not (np.array_equal(X, other[0]) and np.array_equal(y, other[1]))


@pytest.mark.parametrize("name", MAKERS)
def test_a_useless_count_is_refused(name: str) -> None:
    make, *_ = MAKERS[name]
    for wrong, error in ((0, ValueError), (-3, ValueError), (2.5, TypeError), (True, TypeError)):
        with pytest.raises(error, match=f"n is {wrong}; it must be a whole number of at least"):
            make(n=wrong)


def test_line_has_its_slope_and_its_outliers() -> None:
    X, y = make_line(n=200, slope=3.0, intercept=-2.0, noise=0.1, seed=1)
    np.testing.assert_allclose(np.polyfit(X[:, 0], y, 1), [3, -2], atol=0.05)
    _, moved = make_line(n=200, slope=3.0, intercept=-2.0, noise=0.1, outliers=5, seed=1)
    far = np.flatnonzero(moved - y)
    assert len(far) == 5
    assert (X[far] > 0).all()
    np.testing.assert_allclose((moved - y)[far], 15)
    with pytest.raises(ValueError, match="from 0 to 5"):
        make_line(n=10, outliers=6)


def test_spam_overlaps_and_has_its_share() -> None:
    X, y = make_spam(n=1000, spam_share=0.1)
    assert y.sum() == 100
    assert (X > 0).all()
    assert (X[y == 1].mean(axis=0) > X[y == 0].mean(axis=0) + 0.8).all()
    assert X[y == 1].min() < X[y == 0].max()
    with pytest.raises(ValueError, match="spam_share is 1"):
        make_spam(spam_share=1)


def test_moons_are_scikit_learns() -> None:
    """make_moons(5, noise=0.1, random_state=7) of scikit-learn 1.9.1, NumPy 2.4.3."""
    X, y = make_moons(n=5, noise=0.1, seed=7)
    expected = [
        [0.9962899775049877, 0.03994628489419184],
        [0.8906558264088159, -0.5889034011939447],
        [-0.015877062183174872, 0.41862234725857117],
        [-0.9979935613018078, -0.034983013252256084],
        [1.9618912854909667, 0.5830839862516948],
    ]
    np.testing.assert_allclose(X, expected, rtol=1e-12)
    assert y.tolist() == [0, 1, 1, 0, 1]


def test_spirals_start_inside_and_keep_apart() -> None:
    X, y = make_spirals(n=300, classes=3, noise=0.0)
    radius = np.hypot(*X.T)
    np.testing.assert_allclose([radius.min(), radius.max()], [0.1, 1.0])
    assert np.bincount(y).tolist() == [100, 100, 100]
    with pytest.raises(ValueError, match="classes is 1"):
        make_spirals(classes=1)


def test_blobs_lie_around_their_centres() -> None:
    centers = [[0.0, 0.0, 5.0], [9.0, 0.0, 0.0]]
    X, y = make_blobs(n=400, spread=0.5, centers=centers)
    for k, center in enumerate(centers):
        np.testing.assert_allclose(X[y == k].mean(axis=0), center, atol=0.15)
    with pytest.raises(ValueError, match=r"centers has shape \(2,\)"):
        make_blobs(centers=[1.0, 2.0])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="spread is -1"):
        make_blobs(spread=-1)


def test_masks_are_small_and_bright() -> None:
    X, y = make_masks(n=100, noise=0.1)
    share = y.mean(axis=(1, 2))
    assert share.min() > 0.01
    assert share.max() < 0.15
    assert (X[y == 1].mean() - X[y == 0].mean()).round(1) == 1.0


def test_sequences_mark_two_numbers() -> None:
    X, y = make_sequences(n=300, length=9)
    assert (X[:, :4, 1].sum(axis=1) == 1).all()
    assert (X[:, 4:, 1].sum(axis=1) == 1).all()
    np.testing.assert_allclose((X[..., 0] * X[..., 1]).sum(axis=1), y)
    np.testing.assert_allclose(np.mean((y - 1) ** 2), 1 / 6, rtol=0.15)


def test_digits_are_those_of_scikit_learn() -> None:
    """load_digits() of scikit-learn 1.9.1, divided by 16: counts, sum and a hash of its bytes."""
    X, y = load_digits()
    assert np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    pixels = (X * 16).astype(np.uint8)
    assert (pixels == X * 16).all()
    assert pixels.sum() == 561718
    assert (
        hashlib.sha256(pixels.tobytes()).hexdigest()
        == "8f26b2bd9d135c256808f68f14fdabddde6d9c7f869ae419704b051f0f14b3b3"
    )


def test_tumors_are_those_of_scikit_learn() -> None:
    """load_breast_cancer() of scikit-learn 1.9.1: counts, and a hash of the bytes of its floats."""
    X, y = load_breast_cancer()
    assert np.bincount(y).tolist() == [212, 357]
    assert X.shape == (569, 30)
    assert (
        hashlib.sha256(X.tobytes()).hexdigest()
        == "6b202a2072f9a0385f405a8f8605b1b06f6f36ae6d23d9cd6cbbc0974a416bc7"
    )


def test_flowers_are_those_of_scikit_learn() -> None:
    """load_iris() of scikit-learn 1.9.1: a hash of the bytes of its floats."""
    X, y = load_iris()
    assert y.tolist() == sorted(y) == 50 * [0] + 50 * [1] + 50 * [2]
    assert (
        hashlib.sha256(X.tobytes()).hexdigest()
        == "012f498fe9c8b3b34212c3c5d98e1f03f2f79931cd49349beb1bad64dcf164a7"
    )


def test_split_is_scikit_learns() -> None:
    """train_test_split(arange(10), ..., test_size=0.25, random_state=1), scikit-learn 1.9.1."""
    X, y = np.arange(10.0)[:, None], np.arange(10)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, seed=1)
    assert y_test.tolist() == [2, 9, 6]
    assert y_train.tolist() == [4, 0, 3, 1, 7, 8, 5]
    np.testing.assert_array_equal(X_train[:, 0], y_train)
    np.testing.assert_array_equal(X_test[:, 0], y_test)


def test_a_split_takes_lists() -> None:
    X_train, X_test, y_train, y_test = train_test_split([[1.0], [2.0], [3.0]], [1, 2, 3])
    assert X_train.shape == (2, 1)
    assert X_test.tolist() == [[float(y_test[0])]]
    assert sorted([*y_train, *y_test]) == [1, 2, 3]


def test_a_split_needs_rows_on_both_sides() -> None:
    X, y = np.ones((4, 1)), np.ones(4)
    with pytest.raises(ValueError, match="leaves 4 to train and 0 to test"):
        train_test_split(X, y, test_size=0)
    with pytest.raises(ValueError, match="X has 4 rows and y has 3"):
        train_test_split(X, y[:3])


@pytest.mark.parametrize("noise", [-1.0, np.nan])
@pytest.mark.parametrize("make", [make_line, make_moons, make_spirals, make_masks])
def test_noise_is_a_size(make: Callable[..., object], noise: float) -> None:
    with pytest.raises(ValueError, match=rf"noise is {noise}; it must be finite and at least 0"):
        make(noise=noise)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (make_line, "noise"),
        (make_line, "slope"),
        (make_line, "intercept"),
        (make_line, "outlier_shift"),
        (make_spam, "spam_share"),
        (make_spirals, "turns"),
        (make_blobs, "spread"),
    ],
)
def test_a_setting_is_a_number(make: Callable[..., object], name: str) -> None:
    with pytest.raises(TypeError, match=f"{name} is '1'; it must be a number"):
        make(**{name: "1"})


def test_a_share_of_rows_is_a_number() -> None:
    with pytest.raises(TypeError, match="test_size is '0.2'; it must be a number"):
        train_test_split(np.ones((4, 1)), np.ones(4), test_size="0.2")  # type: ignore[arg-type]
