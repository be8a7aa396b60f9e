"""Tumors by the measures of their cells; in the browser this module comes when it is used."""

from pathlib import Path

import numpy as np

from pylib._typing import FloatArray, IntArray

__all__ = ["load_breast_cancer"]


def load_breast_cancer() -> tuple[FloatArray, IntArray]:
    """569 tumors by 30 numbers each, measured on images of their cells; bundled with pylib.

    Ten properties of the cell nuclei (radius, texture, perimeter, area, ...): their means, their
    standard errors, and the means of the three largest. The columns have their own units, so that
    the largest number is 4254 and others are near 0.001: standardize before training.

    Returns:
        X of shape `(569, 30)`, and y of shape `(569,)`: 1 for benign, 0 for malignant, as in
        scikit-learn's function of that name.

    Examples:
        >>> X, y = load_breast_cancer()
        >>> X.shape, y.sum(), X[0, :3]
        ((569, 30), np.int64(357), array([ 17.99,  10.38, 122.8 ]))

    Source:
        W. Wolberg, O. Mangasarian, N. Street and W. Street, Breast Cancer Wisconsin (Diagnostic)
        (1995), UCI Machine Learning Repository, <https://doi.org/10.24432/C5DW2B>, licensed
        CC BY 4.0 (<https://creativecommons.org/licenses/by/4.0/>). `breast_cancer.npz` holds each
        number as three bytes and the decimals of its column.
    """
    with np.load(Path(__file__).parent / "breast_cancer.npz") as stored:
        whole_numbers = np.tensordot(256.0 ** np.arange(3), stored["bytes"], axes=1)  # (30, 569)
        X = np.ascontiguousarray(whole_numbers.T / 10.0 ** stored["decimals"])
        return X, stored["y"].astype(np.int64)
