"""The Elman network: one hidden state, carried from step to step."""

import numpy as np
from numpy.typing import DTypeLike

from pylib import _validate
from pylib._typing import ArrayLike, FloatArray
from pylib.models.base import Model, Task, as_floats

__all__ = ["RNN"]


class RNN(Model):
    """Read a sequence step by step, and answer from the hidden state.

        hₜ = tanh(xₜ W_x + hₜ₋₁ W_h + b_h)        h₀ = 0        outputₜ = hₜ W_o + b_o

    The output is that of the last step, or of every step. It is not bent: values or logits.
    `W_x` and `W_o` start at normal numbers of variance 1/fan_in, `W_h` as a random orthogonal
    matrix, which neither stretches nor shrinks the state; biases at 0.

    `backward` is backpropagation through time. With `truncate=k` the time is cut in chunks of k
    steps, counted from the end, and no gradient passes from a chunk to the one before: cheaper and
    steadier, and blind to what lies further back.

    Args:
        in_features: Numbers per step D.
        hidden: Size of the state H.
        out_features: Numbers in the output K.
        seed: Of the starting weights.
        truncate: Steps k per chunk of the backward pass; `None` for all.
        every_step: Whether there is an output at each step instead of one at the end.
        task: `"regression"`, `"binary"` or `"multiclass"`: what `predict` answers. By default
            regression for one output, multi-class for more.
        dtype: Of weights and computation, `np.float64` or `np.float32`.

    Raises:
        ValueError: If a count is below 1, or the task is unknown or does not fit `out_features`.
        TypeError: If a setting is of the wrong kind, such as a count of 2.5.

    Examples:
        >>> rnn = RNN(in_features=2, hidden=16, out_features=1)
        >>> [w.shape for w in rnn.params]
        [(2, 16), (16, 16), (16,), (16, 1), (1,)]
        >>> rnn.forward(np.zeros((5, 10, 2))).shape
        (5,)

    Source:
        J. Elman, Finding structure in time (1990), <https://doi.org/10.1207/s15516709cog1402_1>;
        P. Werbos, Backpropagation through time (1990), <https://doi.org/10.1109/5.58337>.
    """

    def __init__(
        self,
        in_features: int,
        hidden: int,
        out_features: int = 1,
        seed: int = 0,
        truncate: int | None = None,
        every_step: bool = False,
        task: Task | None = None,
        dtype: DTypeLike = np.float64,
    ) -> None:
        self.in_features = _validate.whole("in_features", in_features, 1)
        self.hidden = _validate.whole("hidden", hidden, 1)
        self.out_features = _validate.whole("out_features", out_features, 1)
        self.truncate = None if truncate is None else _validate.whole("truncate", truncate, 1)
        self.every_step = _validate.flag("every_step", every_step)
        self.task = self._task_for(self.out_features, task)
        rng = np.random.default_rng(seed)
        orthogonal, _ = np.linalg.qr(rng.standard_normal((hidden, hidden)))
        self.params = as_floats(
            dtype,
            rng.normal(0.0, np.sqrt(1 / in_features), (in_features, hidden)),
            orthogonal,
            np.zeros(hidden),
            rng.normal(0.0, np.sqrt(1 / hidden), (hidden, out_features)),
            np.zeros(out_features),
        )

    def forward(self, X: ArrayLike) -> FloatArray:
        """Read the sequences from the first step to the last.

        Args:
            X: Sequences of T steps, shape `(N, T, D)`.

        Returns:
            Shape `(N, K)`, or `(N, T, K)` with `every_step`; the last axis is dropped for K = 1.

        Raises:
            ValueError: If X has another number of features or no steps.
        """
        X = self._checked_input(X, ("N", "T", self.in_features))
        if X.shape[1] == 0:
            raise ValueError(f"RNN takes sequences of at least one step, and got X {X.shape}")
        W_x, W_h, b_h, W_o, b_o = self.params
        rows, steps, _ = X.shape
        states = np.zeros((steps + 1, rows, self.hidden), dtype=X.dtype)  # h_0, h_1, ..., h_T
        for t in range(steps):
            # (N, D) @ (D, H) + (N, H) @ (H, H) + (H,) -> (N, H)
            states[t + 1] = np.tanh(X[:, t] @ W_x + states[t] @ W_h + b_h)
        self._X, self._states = X, states
        if self.every_step:
            output = states[1:].swapaxes(0, 1) @ W_o + b_o  # (N, T, H) @ (H, K) -> (N, T, K)
        else:
            output = states[-1] @ W_o + b_o  # (N, H) @ (H, K) -> (N, K)
        if self.out_features == 1:
            output = output[..., 0]
        self._output_shape = output.shape
        return output

    def backward(self, grad_output: ArrayLike) -> list[FloatArray]:
        """Send the error back, from the last step to the first, or to the cut.

        Args:
            grad_output: d loss / d output, of the shape of the last output.

        Returns:
            `[dW_x, dW_h, db_h, dW_o, db_o]`, shaped like `params`.

        Raises:
            RuntimeError: If `forward` has not run.
            ValueError: If `grad_output` is not of the shape of the last output.
        """
        grad = self._checked_grad(grad_output)
        if self.out_features == 1:
            grad = grad[..., None]
        W_x, W_h, b_h, W_o, _b_o = self.params
        X, states = self._X, self._states
        rows, steps, _ = X.shape
        d_outputs = np.zeros((steps, rows, self.out_features), dtype=grad.dtype)
        if self.every_step:
            d_outputs[:] = grad.swapaxes(0, 1)  # (N, T, K) -> (T, N, K)
        else:
            d_outputs[-1] = grad
        dW_x, dW_h, db_h = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b_h)
        dW_o, db_o = np.zeros_like(W_o), d_outputs.sum(axis=(0, 1))
        dh = np.zeros_like(states[0])  # what later steps ask of h_t
        for t in reversed(range(steps)):
            h, before = states[t + 1], states[t]
            dW_o += h.T @ d_outputs[t]  # (H, N) @ (N, K) -> (H, K)
            dh = dh + d_outputs[t] @ W_o.T  # (N, K) @ (K, H) -> (N, H)
            dz = dh * (1 - h * h)  # h = tanh(z):  dz = dh (1 − h²)
            dW_x += X[:, t].T @ dz  # (D, N) @ (N, H) -> (D, H)
            dW_h += before.T @ dz  # (H, N) @ (N, H) -> (H, H)
            db_h += dz.sum(axis=0)
            dh = dz @ W_h.T  # (N, H) @ (H, H) -> (N, H)
            if self.truncate is not None and (steps - t) % self.truncate == 0:
                dh = np.zeros_like(dh)  # the cut: nothing goes back into the chunk before
        return [dW_x, dW_h, db_h, dW_o, db_o]
