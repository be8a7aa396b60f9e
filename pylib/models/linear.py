"""The models with one layer: linear, logistic and softmax regression."""

import numpy as np
from numpy.typing import DTypeLike

from pylib import _validate
from pylib._typing import ArrayLike, FloatArray
from pylib.models.base import Model, Task, as_floats

__all__ = ["LinearRegression", "LogisticRegression", "SoftmaxRegression"]


class _OneOutput(Model):
    """z = Xw + b, one number per row."""

    def __init__(self, in_features: int = 1, dtype: DTypeLike = np.float64) -> None:
        self.in_features = _validate.whole("in_features", in_features, 1)
        self.params = as_floats(dtype, np.zeros(self.in_features), np.zeros(1))
        self.w, self.b = self.params

    def forward(self, X: ArrayLike) -> FloatArray:
        """Compute Xw + b.

        Args:
            X: Inputs, shape `(N, D)`.

        Returns:
            One number per row, shape `(N,)`.

        Raises:
            ValueError: If X has another number of features.
        """
        self._X = self._checked_input(X, ("N", self.in_features))
        z = self._X @ self.w + self.b  # (N, D) @ (D,) + (1,) -> (N,)
        self._output_shape = z.shape
        return z

    def backward(self, grad_output: ArrayLike) -> list[FloatArray]:
        """Chain rule: dw = Xᵀ·grad_output, db = Σ grad_output.

        Args:
            grad_output: d loss / d output, shape `(N,)`.

        Returns:
            `[dw (D,), db (1,)]`.

        Raises:
            RuntimeError: If `forward` has not run.
            ValueError: If `grad_output` is not of the shape of the last output.
        """
        grad = self._checked_grad(grad_output)
        return [
            self._X.T @ grad,  # (D, N) @ (N,) -> (D,)
            grad.sum(keepdims=True),  # (N,) -> (1,)
        ]


class LinearRegression(_OneOutput):
    """A straight line, or a plane: one weight per feature and a bias.

        ŷ = X w + b

    Weights start at zero. Train it with `MSELoss`, `L1Loss` or `HuberLoss`.

    Args:
        in_features: Number of features D.
        dtype: Of weights and computation, `np.float64` or `np.float32`.

    Raises:
        ValueError: If `in_features` is below 1.
        TypeError: If it is not a whole number, or `dtype` is neither of the two.

    Examples:
        >>> model = LinearRegression(in_features=2)
        >>> model.w[:], model.b[:] = [1.0, 2.0], 0.5
        >>> model.forward([[3.0, 4.0]])
        array([11.5])
        >>> model.backward([1.0])
        [array([3., 4.]), array([1.])]
    """

    task: Task = "regression"


class LogisticRegression(_OneOutput):
    """Two classes: the logit is linear, the sigmoid turns it into a probability.

        z = X w + b        p(y = 1) = σ(z) = 1 / (1 + e⁻ᶻ)

    `forward` gives the logits z, so train it with `BCEWithLogitsLoss`; `predict_proba` gives p and
    `predict` the class, 1 where z > 0. Weights start at zero, where p = 0.5 and the loss is ln 2.

    Args:
        in_features: Number of features D.
        dtype: Of weights and computation, `np.float64` or `np.float32`.

    Raises:
        ValueError: If `in_features` is below 1.
        TypeError: If it is not a whole number, or `dtype` is neither of the two.

    Examples:
        >>> model = LogisticRegression(in_features=1)
        >>> model.w[:] = 2.0
        >>> model.forward([[-1.0], [0.0], [3.0]])
        array([-2.,  0.,  6.])
        >>> model.predict([[-1.0], [0.0], [3.0]])
        array([0, 0, 1])
        >>> model.predict_proba([[0.0]])
        array([0.5])

    Source:
        D. R. Cox, The regression analysis of binary sequences (1958),
        <https://doi.org/10.1111/j.2517-6161.1958.tb00292.x>.
    """

    task: Task = "binary"


class SoftmaxRegression(Model):
    """K classes: one linear logit per class, the softmax turns them into probabilities.

        Z = X W + b        p(y = k) = exp(zₖ) / Σⱼ exp(zⱼ)

    `forward` gives the logits, so train it with `CrossEntropyLoss`. Weights start at zero, where
    every class has probability 1/K and the loss is ln K.

    Args:
        in_features: Number of features D.
        classes: Number of classes K.
        dtype: Of weights and computation, `np.float64` or `np.float32`.

    Raises:
        ValueError: If one of them is below 1.
        TypeError: If one of them is not a whole number, or `dtype` is neither of the two.

    Examples:
        >>> model = SoftmaxRegression(in_features=2, classes=3)
        >>> model.W[0, 2] = 1.0
        >>> model.forward([[5.0, 1.0]])
        array([[0., 0., 5.]])
        >>> model.predict([[5.0, 1.0]])
        array([2])
    """

    task: Task = "multiclass"

    def __init__(self, in_features: int, classes: int, dtype: DTypeLike = np.float64) -> None:
        self.in_features = _validate.whole("in_features", in_features, 1)
        self.classes = _validate.whole("classes", classes, 1)
        shape = (self.in_features, self.classes)
        self.params = as_floats(dtype, np.zeros(shape), np.zeros(self.classes))
        self.W, self.b = self.params

    def forward(self, X: ArrayLike) -> FloatArray:
        """Compute the logits XW + b.

        Args:
            X: Inputs, shape `(N, D)`.

        Returns:
            Logits, shape `(N, K)`.

        Raises:
            ValueError: If X has another number of features.
        """
        self._X = self._checked_input(X, ("N", self.in_features))
        logits = self._X @ self.W + self.b  # (N, D) @ (D, K) + (K,) -> (N, K)
        self._output_shape = logits.shape
        return logits

    def backward(self, grad_output: ArrayLike) -> list[FloatArray]:
        """Chain rule: dW = Xᵀ·grad_output, db = its sum over the rows.

        Args:
            grad_output: d loss / d logits, shape `(N, K)`.

        Returns:
            `[dW (D, K), db (K,)]`.

        Raises:
            RuntimeError: If `forward` has not run.
            ValueError: If `grad_output` is not of the shape of the last output.
        """
        grad = self._checked_grad(grad_output)
        return [
            self._X.T @ grad,  # (D, N) @ (N, K) -> (D, K)
            grad.sum(axis=0),  # (N, K) -> (K,)
        ]
