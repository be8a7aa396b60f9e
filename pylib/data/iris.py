"""Iris flowers by the size of their leaves; in the browser this module comes when it is used."""

from pathlib import Path

import numpy as np

from pylib._typing import FloatArray, IntArray

__all__ = ["load_iris"]


def load_iris() -> tuple[FloatArray, IntArray]:
    """150 iris flowers by four lengths in centimeters; bundled with pylib.

    The columns are the length and the width of a sepal, then those of a petal. Fifty flowers of
    each species, in this order: setosa, versicolor, virginica.

    Returns:
        X of shape `(150, 4)`, and y of shape `(150,)`: 0, 1 or 2, as in scikit-learn's function of
        that name.

    Examples:
        >>> X, y = load_iris()
        >>> X.shape, y[[0, 50, 100]], X[0]
        ((150, 4), array([0, 1, 2]), array([5.1, 3.5, 1.4, 0.2]))

    Source:
        R. A. Fisher, Iris (1936), UCI Machine Learning Repository,
        <https://doi.org/10.24432/C56C76>, licensed CC BY 4.0
        (<https://creativecommons.org/licenses/by/4.0/>), with the two rows that scikit-learn mends
        after Fisher's article. `iris.npz` holds tenths of a centimeter as 8-bit numbers.
    """
    with np.load(Path(__file__).parent / "iris.npz") as stored:
        return stored["tenths"] / 10.0, np.repeat([0, 1, 2], 50)
