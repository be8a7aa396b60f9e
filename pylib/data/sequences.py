"""Sequences that ask for memory: the adding problem."""

import numpy as np

from pylib._typing import FloatArray
from pylib._validate import whole

__all__ = ["make_sequences"]


def make_sequences(n: int = 500, length: int = 10, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    """The adding problem: remember two marked numbers, and give their sum at the end.

    Each step holds a number between 0 and 1 and a mark. Two steps are marked with 1, one in each
    half of the sequence, all others with 0. Always answering 1, the mean, has a mean squared error
    of 1/6; anything below shows memory.

    Args:
        n: Number of sequences N.
        length: Steps T of each.
        seed: Of numbers and marks.

    Returns:
        X of shape `(N, T, 2)`, numbers and marks, and the sums y of shape `(N,)`.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If `n` is below 1 or `length` below 2.

    Examples:
        >>> X, y = make_sequences(n=3, length=6)
        >>> X.shape, bool(np.allclose((X[:, :, 0] * X[:, :, 1]).sum(axis=1), y))
        ((3, 6, 2), True)

    Source:
        S. Hochreiter and J. Schmidhuber, Long short-term memory (1997), experiment 4,
        <https://doi.org/10.1162/neco.1997.9.8.1735>.
    """
    n = whole("n", n, 1)
    length = whole("length", length, 2)
    rng = np.random.default_rng(seed)
    numbers = rng.random((n, length))
    marks = np.zeros((n, length))
    rows = np.arange(n)
    first = rng.integers(0, length // 2, n)
    second = rng.integers(length // 2, length, n)
    marks[rows, first] = 1.0
    marks[rows, second] = 1.0
    X = np.stack([numbers, marks], axis=-1)  # (N, T, 2)
    y = numbers[rows, first] + numbers[rows, second]
    return X, y
