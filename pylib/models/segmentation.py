"""A small convolutional network that says for every pixel whether it belongs to the object."""

import itertools
from typing import Literal

import numpy as np
from numpy.typing import DTypeLike

from pylib import _validate
from pylib._typing import ArrayLike, FloatArray
from pylib.models.activations import sigmoid
from pylib.models.base import Model, Task, as_floats

__all__ = ["SegmentationNet", "convolve", "convolve_backward"]


def convolve(X: FloatArray, W: FloatArray, b: FloatArray) -> FloatArray:
    """Slide K kernels over images; the result has the size of the image.

        z[n, i, j, k] = b[k] + Σ W[u, v, c, k] · X[n, i + u − r, j + v − r, c],   r = (side − 1) / 2

    Outside the image x is 0. Like all deep-learning libraries this does not flip the kernel.

    Args:
        X: Images with C channels, shape `(N, H, W, C)`.
        W: Kernels, shape `(side, side, C, K)` with an odd side.
        b: One bias per kernel, shape `(K,)`.

    Returns:
        Shape `(N, H, W, K)`.

    Examples:
        >>> image = np.zeros((1, 3, 3, 1))
        >>> image[0, 1, 1, 0] = 1.0
        >>> right = np.zeros((3, 3, 1, 1))
        >>> right[1, 0] = 1.0
        >>> convolve(image, right, np.zeros(1))[0, :, :, 0]
        array([[0., 0., 0.],
               [0., 0., 1.],
               [0., 0., 0.]])
    """
    side = len(W)
    height, width = X.shape[1:3]
    padded = _pad(X, side // 2)
    z = np.zeros((*X.shape[:3], W.shape[3]), dtype=X.dtype) + b
    for u in range(side):
        for v in range(side):
            # the image moved by (u, v): (N, H, W, C) @ (C, K) -> (N, H, W, K)
            z += padded[:, u : u + height, v : v + width] @ W[u, v]
    return z


def convolve_backward(
    X: FloatArray, W: FloatArray, dz: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Send d loss / d z of `convolve` back to its three inputs.

    Args:
        X: What `convolve` was given, shape `(N, H, W, C)`.
        W: Its kernels, shape `(side, side, C, K)`.
        dz: d loss / d z, shape `(N, H, W, K)`.

    Returns:
        `dX`, `dW` and `db`, each of the shape of its array.
    """
    side, reach = len(W), len(W) // 2
    height, width = X.shape[1:3]
    padded = _pad(X, reach)
    d_padded = np.zeros_like(padded)
    dW = np.empty_like(W)
    for u in range(side):
        for v in range(side):
            window = np.s_[:, u : u + height, v : v + width]
            # sums over images and pixels: (N, H, W, C) x (N, H, W, K) -> (C, K)
            dW[u, v] = np.tensordot(padded[window], dz, axes=([0, 1, 2], [0, 1, 2]))
            d_padded[window] += dz @ W[u, v].T  # (N, H, W, K) @ (K, C) -> (N, H, W, C)
    dX = d_padded[:, reach : reach + height, reach : reach + width]
    return dX, dW, dz.sum(axis=(0, 1, 2))


def _pad(X: FloatArray, reach: int) -> FloatArray:
    return np.pad(X, ((0, 0), (reach, reach), (reach, reach), (0, 0)))


class SegmentationNet(Model):
    """Convolutions of 3 × 3 with ReLUs, then one number per pixel.

        a₀ = X        aₗ = max(0, Wₗ ∗ aₗ₋₁ + bₗ)        z = W ∗ a_last + b        p = σ(z)

    The last convolution is 1 × 1. Each hidden layer lets a pixel see one pixel further, so with 3
    it decides by 7 × 7 of them. `forward` gives probabilities, as `DiceLoss`, `IoULoss`,
    `TverskyLoss` and `BCELoss` take them, or logits for `BCEWithLogitsLoss`. Kernels start at
    normal numbers of variance 2/fan_in (He), the last ones of 1/fan_in; biases at 0.

    Args:
        channels: Kernels in each hidden layer.
        layers: Number of hidden layers.
        seed: Of the starting weights.
        output: `"probabilities"` or `"logits"`: what `forward` gives.
        dtype: Of weights and computation, `np.float64` or `np.float32`.

    Raises:
        ValueError: If a count is below 1 or `output` is unknown.
        TypeError: If a setting is of the wrong kind, such as a count of 2.5.

    Examples:
        >>> net = SegmentationNet(channels=4, layers=2)
        >>> [w.shape for w in net.params]
        [(3, 3, 1, 4), (4,), (3, 3, 4, 4), (4,), (1, 1, 4, 1), (1,)]
        >>> net.forward(np.zeros((5, 16, 16))).shape
        (5, 16, 16)

    Source:
        Long, Shelhamer and Darrell, Fully convolutional networks for semantic segmentation (2014),
        <https://arxiv.org/abs/1411.4038>.
    """

    task: Task = "segmentation"

    def __init__(
        self,
        channels: int = 8,
        layers: int = 3,
        seed: int = 0,
        output: Literal["probabilities", "logits"] = "probabilities",
        dtype: DTypeLike = np.float64,
    ) -> None:
        channels = _validate.whole("channels", channels, 1)
        layers = _validate.whole("layers", layers, 1)
        self.output = _validate.choice("output", output, ("probabilities", "logits"))
        rng = np.random.default_rng(seed)
        params: list[FloatArray] = []
        widths = [1] + [channels] * layers
        for before, after in itertools.pairwise(widths):
            std = np.sqrt(2 / (9 * before))
            params += [rng.normal(0.0, std, (3, 3, before, after)), np.zeros(after)]
        std = np.sqrt(1 / channels)
        params += [rng.normal(0.0, std, (1, 1, channels, 1)), np.zeros(1)]
        self.params = as_floats(dtype, *params)

    def forward(self, X: ArrayLike) -> FloatArray:
        """Run the convolutions.

        Args:
            X: Gray images, shape `(N, H, W)`.

        Returns:
            One probability or logit per pixel, shape `(N, H, W)`.

        Raises:
            ValueError: If X has another number of axes.
        """
        a = self._checked_input(X, ("N", "H", "W"))[..., None]  # (N, H, W) -> (N, H, W, 1)
        self._kept = [a]
        kernels, biases = self.params[0::2], self.params[1::2]
        for W, b in zip(kernels[:-1], biases[:-1], strict=True):
            a = np.maximum(convolve(a, W, b), 0)  # (N, H, W, C)
            self._kept.append(a)
        z = convolve(a, kernels[-1], biases[-1])[..., 0]  # (N, H, W, 1) -> (N, H, W)
        self._p = sigmoid(z) if self.output == "probabilities" else z
        self._output_shape = z.shape
        return self._p

    def backward(self, grad_output: ArrayLike) -> list[FloatArray]:
        """Send the error back through the convolutions.

        Args:
            grad_output: d loss / d output, shape `(N, H, W)`.

        Returns:
            `[dW_1, db_1, ..., dW, db]`, shaped like `params`.

        Raises:
            RuntimeError: If `forward` has not run.
            ValueError: If `grad_output` is not of the shape of the last output.
        """
        dz = self._checked_grad(grad_output)
        if self.output == "probabilities":
            dz = dz * self._p * (1 - self._p)  # p = σ(z):  dz = dp · p (1 − p)
        dz = dz[..., None]  # (N, H, W) -> (N, H, W, 1)
        grads: list[FloatArray] = []
        for layer in reversed(range(len(self._kept))):
            a = self._kept[layer]
            da, dW, db = convolve_backward(a, self.params[2 * layer], dz)
            grads[:0] = [dW, db]
            dz = da * (a > 0)  # a = max(0, z):  dz = da where a > 0
        return grads

    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """The probability of foreground for each pixel.

        Args:
            X: Gray images, shape `(N, H, W)`.

        Returns:
            Probabilities, shape `(N, H, W)`.
        """
        output = self.forward(X)
        return output if self.output == "probabilities" else sigmoid(output)

    def predict(self, X: ArrayLike) -> FloatArray:
        """The mask of pixels whose probability is above one half.

        Args:
            X: Gray images, shape `(N, H, W)`.

        Returns:
            Zeros and ones as floats, like the masks of `make_masks`, shape `(N, H, W)`.
        """
        edge = 0.5 if self.output == "probabilities" else 0.0
        output = self.forward(X)
        return (output > edge).astype(output.dtype)
