"""What all models share: checked shapes, and the prediction that a task asks for."""

from abc import ABC, abstractmethod
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike

from pylib import _validate
from pylib._typing import ArrayLike, FloatArray
from pylib.models.activations import sigmoid, softmax

__all__ = ["Model", "Task", "as_floats"]

Task = Literal["regression", "binary", "multiclass", "segmentation"]
"""What a model's output means: values, one logit, K logits, or one number per pixel."""


def as_floats(dtype: DTypeLike, *params: FloatArray) -> list[FloatArray]:
    """The starting weights in the dtype asked for.

    Args:
        dtype: `np.float64` or `np.float32`.
        *params: Arrays of float64.

    Returns:
        The arrays, converted where needed.

    Raises:
        TypeError: If `dtype` is another.
    """
    if np.dtype(dtype) not in (np.float64, np.float32):
        raise TypeError(f"dtype is {np.dtype(dtype)}; give np.float64 or np.float32")
    return [param.astype(dtype, copy=False) for param in params]


class Model(ABC):
    """A function of X with weights, and its gradient.

    It computes in the dtype of its weights, and converts what it is given.

    Attributes:
        params: The weights: float arrays, which optimizers change in place.
        task: What the output means: `"regression"` (values), `"binary"` (one logit),
            `"multiclass"` (K logits) or `"segmentation"` (one probability or logit per pixel).
    """

    params: list[FloatArray]
    task: Task
    _output_shape: tuple[int, ...] | None = None

    @abstractmethod
    def forward(self, X: ArrayLike) -> FloatArray:
        """Compute the output and keep what `backward` needs."""

    @abstractmethod
    def backward(self, grad_output: ArrayLike) -> list[FloatArray]:
        """Turn d loss / d output of the last `forward` into d loss / d params, in their order."""

    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """The output as probabilities.

        Args:
            X: Inputs, as `forward` takes them.

        Returns:
            Of a binary model the probability of class 1, `(N,)`; of a multi-class model `(N, K)`.

        Raises:
            TypeError: If the model's task is regression.
        """
        if self.task == "regression":
            raise TypeError(
                f"{type(self).__name__} predicts values, not classes; use predict(X), "
                "or build the model with a classification task"
            )
        logits = self.forward(X)
        return softmax(logits) if self.task == "multiclass" else sigmoid(logits)

    def predict(self, X: ArrayLike) -> Any:
        """The answer for each input.

        Args:
            X: Inputs, as `forward` takes them.

        Returns:
            Values for a regression; class numbers (integers) for a classification: 1 where the
            logit is above 0, or the position of the largest of the K logits; for a segmentation
            a mask of zeros and ones.
        """
        output = self.forward(X)
        if self.task == "regression":
            return output
        if self.task == "multiclass":
            return output.argmax(axis=-1)
        return (output > 0).astype(np.int64)

    @staticmethod
    def _task_for(outputs: int, task: Task | None) -> Task:
        """The task, checked; by default regression for one output, multi-class for more."""
        if task is None:
            return "regression" if outputs == 1 else "multiclass"
        _validate.choice("task", task, ("regression", "binary", "multiclass"))
        if task != "regression" and (task == "binary") != (outputs == 1):
            raise ValueError(
                f"task {task!r} does not fit {outputs} outputs; "
                "binary takes 1, multiclass 2 or more"
            )
        return task

    def _checked_input(self, X: ArrayLike, shape: tuple[int | str, ...]) -> FloatArray:
        """X in the dtype of the weights, if its shape fits; a name in `shape` fits any length."""
        array = np.asarray(X)
        name = type(self).__name__
        wanted = "(" + ", ".join(str(length) for length in shape) + ("," * (len(shape) == 1)) + ")"
        if array.dtype.kind not in "fiub":
            raise TypeError(f"{name} takes numbers, and got X of dtype {array.dtype}")
        if array.ndim != len(shape) or any(
            isinstance(length, int) and length != got
            for length, got in zip(shape, array.shape, strict=True)
        ):
            mend = ""
            if array.ndim == 1 and len(shape) == 2:
                mend = "; write X[:, None] for one feature, X[None, :] for one row"
            raise ValueError(f"{name} takes X of shape {wanted}, and got {array.shape}{mend}")
        return array.astype(self.params[0].dtype, copy=False)

    def _checked_grad(self, grad_output: ArrayLike) -> FloatArray:
        """grad_output, if forward has run and gave an output of that shape."""
        if self._output_shape is None:
            raise RuntimeError("backward needs what forward keeps; call forward(X) first")
        grad = np.asarray(grad_output, dtype=self.params[0].dtype)
        if grad.shape != self._output_shape:
            raise ValueError(
                f"grad_output has shape {grad.shape}, and the last output {self._output_shape}; "
                "give loss.gradient(prediction, target) of that same prediction"
            )
        return grad
