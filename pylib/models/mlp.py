"""The multilayer perceptron: dense layers with a bend between them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from pylib import _validate
from pylib._typing import ArrayLike, FloatArray
from pylib.models.activations import ACTIVATIONS
from pylib.models.base import Model, Task, as_floats

__all__ = ["MLP"]


class MLP(Model):
    """A stack of dense layers; every layer but the last is bent by the activation.

        a₀ = X        zₗ = aₗ₋₁ Wₗ + bₗ        aₗ = φ(zₗ)        output = z of the last layer

    The output is not bent: it holds values or logits. With one output unit its shape is `(N,)`,
    like the targets. Biases start at 0, weights at normal numbers of variance 2/fan_in before a
    ReLU (He) and 1/fan_in elsewhere (LeCun), which keeps signals of one size through the layers.

    Args:
        sizes: Widths from input to output, such as `[64, 32, 10]`.
        activation: `"relu"`, `"tanh"` or `"sigmoid"`.
        seed: Of the starting weights.
        task: `"regression"`, `"binary"` or `"multiclass"`: what `predict` answers. By default
            regression for one output unit, multi-class for more.
        dtype: Of weights and computation, `np.float64` or `np.float32`.

    Raises:
        ValueError: If there are fewer than two sizes or one is below 1, or if the activation or
            the task is unknown or does not fit the output size.
        TypeError: If a setting is of the wrong kind, such as a size of 2.5.

    Examples:
        >>> model = MLP([2, 16, 3], activation="tanh", seed=1)
        >>> [w.shape for w in model.params]
        [(2, 16), (16,), (16, 3), (3,)]
        >>> model.forward([[0.5, -1.0]]).shape
        (1, 3)

    Source:
        He, Zhang, Ren and Sun, Delving deep into rectifiers (2015),
        <https://arxiv.org/abs/1502.01852>; LeCun, Bottou, Orr and Müller, Efficient BackProp
        (1998), <https://doi.org/10.1007/3-540-49430-8_2>.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str = "relu",
        seed: int = 0,
        task: Task | None = None,
        dtype: DTypeLike = np.float64,
    ) -> None:
        widths = enumerate(_validate.items("sizes", sizes, "widths"))
        self.sizes = [_validate.whole(f"sizes[{layer}]", width, 1) for layer, width in widths]
        if len(self.sizes) < 2:
            raise ValueError(
                f"sizes is {self.sizes}; "
                "it must be the widths from input to output, such as [64, 32, 10]"
            )
        self.activation = _validate.choice("activation", activation, ACTIVATIONS)
        self.task = self._task_for(self.sizes[-1], task)
        self._bend, self._slope = ACTIVATIONS[self.activation]
        self.params = as_floats(dtype, *self._start(np.random.default_rng(seed)))

    def _start(self, rng: np.random.Generator) -> list[FloatArray]:
        """The starting weights: W_1, b_1, W_2, b_2, ..."""
        params: list[FloatArray] = []
        last = len(self.sizes) - 2
        for layer, (fan_in, fan_out) in enumerate(
            zip(self.sizes[:-1], self.sizes[1:], strict=True)
        ):
            gain = 2.0 if self.activation == "relu" and layer < last else 1.0
            params.append(rng.normal(0.0, np.sqrt(gain / fan_in), (fan_in, fan_out)))
            params.append(np.zeros(fan_out))
        return params

    def forward(self, X: ArrayLike) -> FloatArray:
        """Run the layers one after the other.

        Args:
            X: Inputs, shape `(N, D)` with D = `sizes[0]`.

        Returns:
            Values or logits, shape `(N, K)` with K = `sizes[-1]`, or `(N,)` for K = 1.

        Raises:
            ValueError: If X has another number of features.
        """
        a = self._checked_input(X, ("N", self.sizes[0]))
        self._kept = [a]  # a_0, ..., a_(L-1): what each layer was given
        weights, biases = self.params[0::2], self.params[1::2]
        for W, b in zip(weights[:-1], biases[:-1], strict=True):
            a = self._bend(a @ W + b)  # (N, D_in) @ (D_in, D_out) + (D_out,) -> (N, D_out)
            self._kept.append(a)
        output = a @ weights[-1] + biases[-1]  # (N, H) @ (H, K) + (K,) -> (N, K)
        if self.sizes[-1] == 1:
            output = output[:, 0]  # (N, 1) -> (N,)
        self._output_shape = output.shape
        return output

    def backward(self, grad_output: ArrayLike) -> list[FloatArray]:
        """Send the error back, layer by layer.

        Args:
            grad_output: d loss / d output, of the shape of the last output.

        Returns:
            `[dW_1, db_1, dW_2, db_2, ...]`, shaped like `params`.

        Raises:
            RuntimeError: If `forward` has not run.
            ValueError: If `grad_output` is not of the shape of the last output.
        """
        dz = self._checked_grad(grad_output)
        if self.sizes[-1] == 1:
            dz = dz[:, None]  # (N,) -> (N, 1)
        grads: list[FloatArray] = []
        for layer in reversed(range(len(self._kept))):
            a = self._kept[layer]  # (N, D_in)
            # z = a W + b:  dW = aᵀ dz, db = Σ dz, da = dz Wᵀ
            grads[:0] = [a.T @ dz, dz.sum(axis=0)]
            if layer > 0:
                da = dz @ self.params[2 * layer].T  # (N, D_out) @ (D_out, D_in) -> (N, D_in)
                dz = da * self._slope(a)  # a = φ(z):  dz = da · φ'(z)
        return grads
