"""Tables of numbers: a noisy line with outliers, spam counts, and the split into train and test."""

import numpy as np

from pylib._typing import ArrayLike, FloatArray, IntArray
from pylib._validate import number, whole

__all__ = ["make_line", "make_spam", "train_test_split"]


def make_line(
    n: int = 50,
    slope: float = 2.0,
    intercept: float = 1.0,
    noise: float = 1.0,
    outliers: int = 0,
    outlier_shift: float = 15.0,
    seed: int = 0,
) -> tuple[FloatArray, FloatArray]:
    """Points around a straight line, a few of them far off.

        y = slope · x + intercept + ε        ε ~ N(0, noise²)

    x runs evenly from −3 to 3. The outliers are picked among the right half of the points and
    moved up by `outlier_shift`, so that they turn the line of least squares.

    Args:
        n: Number of points N.
        slope: Of the true line.
        intercept: Of the true line.
        noise: Standard deviation of ε.
        outliers: How many points are moved, at most N/2.
        outlier_shift: By how much, in units of y.
        seed: Of noise and outliers.

    Returns:
        X of shape `(N, 1)` and y of shape `(N,)`.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If `n` is below 1, `outliers` below 0 or above N/2, or `noise` negative.

    Examples:
        >>> X, y = make_line(n=5, noise=0.0)
        >>> X[:, 0], y
        (array([-3. , -1.5,  0. ,  1.5,  3. ]), array([-5., -2.,  1.,  4.,  7.]))
    """
    n = whole("n", n, 1)
    slope, intercept = number("slope", slope), number("intercept", intercept)
    outliers = whole("outliers", outliers, 0, n // 2)
    outlier_shift = number("outlier_shift", outlier_shift)
    noise = number("noise", noise, 0)
    rng = np.random.default_rng(seed)
    x = np.linspace(-3.0, 3.0, n)
    y = slope * x + intercept + noise * rng.standard_normal(n)
    right_half = np.arange(n - n // 2, n)
    y[rng.choice(right_half, size=outliers, replace=False)] += outlier_shift
    return x[:, None], y


def make_spam(n: int = 400, spam_share: float = 0.4, seed: int = 0) -> tuple[FloatArray, IntArray]:
    """Mails by two numbers: exclamation marks per sentence, links per paragraph.

    Invented data. Both numbers are gamma distributed, with means 0.6 and 0.4 in good mails, 2 and
    1.6 in spam; the classes overlap, so no boundary is right for every mail.

    Args:
        n: Number of mails N.
        spam_share: Share of spam, strictly between 0 and 1; small values make a rare class.
        seed: Of the draw.

    Returns:
        X of shape `(N, 2)`, and y of shape `(N,)`: 1 for spam, 0 for a good mail, in random
        order.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If `n` is below 2, or `spam_share` not strictly between 0 and 1.

    Examples:
        >>> X, y = make_spam(n=100, spam_share=0.25)
        >>> X.shape, y.sum()
        ((100, 2), np.int64(25))
    """
    n = whole("n", n, 2)
    spam_share = number("spam_share", spam_share, 0, 1, open_low=True, open_high=True)
    rng = np.random.default_rng(seed)
    spam = min(max(round(spam_share * n), 1), n - 1)
    # A gamma distribution with shape k and scale s has mean k·s.
    good_mails = rng.gamma(shape=2.0, scale=[0.3, 0.2], size=(n - spam, 2))
    spam_mails = rng.gamma(shape=4.0, scale=[0.5, 0.4], size=(spam, 2))
    X = np.vstack([good_mails, spam_mails])
    y = np.repeat([0, 1], [n - spam, spam])
    order = rng.permutation(n)
    return X[order], y[order]


def train_test_split(
    X: ArrayLike, y: ArrayLike, test_size: float = 0.2, seed: int = 0
) -> tuple[FloatArray, FloatArray, FloatArray | IntArray, FloatArray | IntArray]:
    """Shuffle the rows and keep some for the test.

    Gives the split of scikit-learn's function of that name with `random_state=seed`.

    Args:
        X: Inputs, N rows.
        y: Targets, N rows.
        test_size: Share of the rows for the test, rounded up.
        seed: Of the shuffle.

    Returns:
        `X_train, X_test, y_train, y_test`.

    Raises:
        TypeError: If `test_size` is not a number.
        ValueError: If X and y differ in length, or one side of the split would be empty.

    Examples:
        >>> X_train, X_test, y_train, y_test = train_test_split(*make_line(n=10))
        >>> X_train.shape, y_test.shape
        ((8, 1), (2,))
    """
    inputs, targets = np.asarray(X), np.asarray(y)
    n = len(inputs)
    if n != len(targets):
        raise ValueError(f"X has {n} rows and y has {len(targets)}; give one target for each row")
    n_test = int(np.ceil(number("test_size", test_size) * n))
    if not 0 < n_test < n:
        raise ValueError(
            f"test_size {test_size!r} of {n} rows leaves {n - n_test} to train and "
            f"{n_test} to test; give a share between 0 and 1, such as 0.2"
        )
    order = np.random.RandomState(seed).permutation(n)
    test, train = order[:n_test], order[n_test:]
    return inputs[train], inputs[test], targets[train], targets[test]
