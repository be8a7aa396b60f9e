"""Images: real handwritten digits, and discs in noise with their masks."""

from pathlib import Path

import numpy as np

from pylib._typing import FloatArray, IntArray
from pylib._validate import number, whole

__all__ = ["load_digits", "make_masks"]


def load_digits() -> tuple[FloatArray, IntArray]:
    """1797 handwritten digits of 8 × 8 pixels, bundled with pylib.

    Brightness is a multiple of 1/16 from 0 to 1: scikit-learn's `load_digits` divided by 16.

    Returns:
        X of shape `(1797, 64)`, the pixels row by row, and the digits y of shape `(1797,)`,
        integers from 0 to 9.

    Examples:
        >>> X, y = load_digits()
        >>> X.shape, X.max(), y[:5]
        ((1797, 64), np.float64(1.0), array([0, 1, 2, 3, 4]))

    Source:
        E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits (1998), UCI Machine
        Learning Repository, <https://doi.org/10.24432/C50P49>, licensed CC BY 4.0
        (<https://creativecommons.org/licenses/by/4.0/>). This is the test part of that set, the
        1797 images that scikit-learn ships too, stored as 8-bit numbers in `digits.npz`.
    """
    with np.load(Path(__file__).parent / "digits.npz") as stored:
        return stored["X"] / 16.0, stored["y"].astype(np.int64)


def make_masks(
    n: int = 64, size: int = 16, noise: float = 0.3, seed: int = 0
) -> tuple[FloatArray, FloatArray]:
    """Gray images with one bright disc each, and the mask that tells its pixels.

    A disc has a radius between 1/10 and 1/5 of the side, so a few percent of the pixels are
    foreground, as in many medical images. Brightness is 1 in the disc and 0 outside, plus noise.

    Args:
        n: Number of images N.
        size: Side S of the images in pixels.
        noise: Standard deviation of the normal noise on each pixel.
        seed: Of places, radii and noise.

    Returns:
        X of shape `(N, S, S)` and the masks y of the same shape, 1.0 in the disc, 0.0 outside.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If `n` is below 1, `size` below 8, or `noise` negative.

    Examples:
        >>> X, y = make_masks(n=2)
        >>> X.shape, y.shape, np.unique(y)
        ((2, 16, 16), (2, 16, 16), array([0., 1.]))
    """
    n = whole("n", n, 1)
    size = whole("size", size, 8)
    noise = number("noise", noise, 0)
    rng = np.random.default_rng(seed)
    radius = rng.uniform(size / 10, size / 5, (n, 1, 1))
    row, column = rng.uniform(radius, size - 1 - radius, (2, n, 1, 1))
    grid = np.arange(size)
    distance = np.hypot(grid[:, None] - row, grid[None, :] - column)  # (N, S, S)
    y = (distance <= radius).astype(np.float64)
    X = y + noise * rng.standard_normal(y.shape)
    return X, y
