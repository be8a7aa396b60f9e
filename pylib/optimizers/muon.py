"""Muon: momentum for matrices, made orthogonal."""

import math
from typing import Any, ClassVar

import numpy as np

from pylib._typing import FloatArray
from pylib._validate import choice, items, number
from pylib.optimizers.base import State
from pylib.optimizers.gradient_optimizer import GradientOptimizer, zeros
from pylib.optimizers.param_groups import Group, Params
from pylib.optimizers.settings import flag, not_negative, whole


def coefficients(name: str, value: Any) -> tuple[float, ...]:
    """Return three finite numbers."""
    return tuple(number(f"{name}[{i}]", c) for i, c in enumerate(items(name, value, "numbers", 3)))


def scale_name(name: str, value: Any) -> str:
    """Return the name of a scale of the step; None stands for `"original"`."""
    return choice(name, "original" if value is None else value, ("original", "match_rms_adamw"))


class Muon(GradientOptimizer):
    """Muon: replace the momentum of a weight matrix by the nearest orthogonal matrix.

    For each matrix W with gradient G, of shape (rows, cols):

        B ← momentum · B + (1 − momentum) · G
        U = momentum · B + (1 − momentum) · G         Nesterov, or U = B
        X = newton_schulz(U)                          all singular values near 1
        W ← (1 − lr · weight_decay) · W               decoupled decay
        W ← W − lr · scale · X

    The scale is √max(1, rows / cols), or with `adjust_lr_fn="match_rms_adamw"`
    0.2 · √max(rows, cols), so that lr and weight_decay tuned for AdamW can be kept. Every
    direction in the matrix gets a step of the same length. Biases, gains and embeddings
    belong to another optimizer, such as AdamW. PyTorch iterates in bfloat16; here the dtype
    of the parameters is kept.

    Args:
        params: list of 2-D float arrays, or of groups `{"params": [...], "lr": ..., ...}`.
        lr: learning rate.
        weight_decay: share of W removed at each step, per unit of lr.
        momentum: share of the average B that is kept at each step.
        nesterov: look one step ahead along B.
        ns_coefficients: the three coefficients of the Newton-Schulz polynomial.
        eps: the least norm by which U is divided.
        ns_steps: number of Newton-Schulz iterations.
        adjust_lr_fn: `"original"` or `"match_rms_adamw"`, the scale of the step; None is
            `"original"`.

    Raises:
        TypeError: A parameter is not a writable float array.
        ValueError: A parameter is not 2-D, or a setting is out of range.

    Examples:
        >>> import numpy as np
        >>> W = np.zeros((2, 2))
        >>> optimizer = Muon([W], lr=1.0, weight_decay=0.0)
        >>> optimizer.step([np.array([[3.0, 0.0], [0.0, 1.0]])])
        >>> np.linalg.svd(W, compute_uv=False).round(2)  # no longer 3 to 1
        array([1.13, 0.75])

    Source:
        Jordan et al. (2024), <https://kellerjordan.github.io/posts/muon/>; the scale for
        AdamW's settings: Liu et al. (2025), <https://arxiv.org/abs/2502.16982>.
    """

    checks: ClassVar = {
        "weight_decay": not_negative,
        "momentum": not_negative,
        "nesterov": flag,
        "ns_coefficients": coefficients,
        "eps": not_negative,
        "ns_steps": whole,
        "adjust_lr_fn": scale_name,
    }

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            weight_decay=weight_decay,
            momentum=momentum,
            nesterov=nesterov,
            ns_coefficients=ns_coefficients,
            eps=eps,
            ns_steps=ns_steps,
            adjust_lr_fn=adjust_lr_fn,
        )

    def _check_group(self, group: Group) -> None:
        for w in group["params"]:
            if w.ndim != 2:
                raise ValueError(
                    f"Muon updates matrices, and a parameter has shape {w.shape}; "
                    "give it to another optimizer, such as AdamW, and use both"
                )

    def _new_state(self, w: FloatArray, group: Group) -> State:
        return {"momentum_buffer": zeros(w)}

    def _update(self, w: FloatArray, g: FloatArray, state: State, group: Group, t: int) -> None:
        lr, momentum = group["lr"], group["momentum"]
        B = state["momentum_buffer"]
        rows, cols = w.shape

        B *= momentum
        B += (1 - momentum) * g
        U = momentum * B + (1 - momentum) * g if group["nesterov"] else B

        X = newton_schulz(U, group["ns_coefficients"], group["ns_steps"], group["eps"])

        if group["adjust_lr_fn"] == "original":
            scale = math.sqrt(max(1, rows / cols))
        else:
            scale = 0.2 * math.sqrt(max(rows, cols))
        w *= 1 - lr * group["weight_decay"]
        w -= lr * scale * X


def newton_schulz(
    U: FloatArray,
    coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315),
    steps: int = 5,
    eps: float = 1e-7,
) -> FloatArray:
    """Push all singular values of a matrix towards 1, and keep its singular vectors.

    Divided by its norm, the matrix has singular values σ in [0, 1]. Each iteration maps every σ
    by one odd polynomial, without ever computing them:

        A = X Xᵀ,    X ← a X + (b A + c A²) X        so that σ ← a σ + b σ³ + c σ⁵

    With the default coefficients five iterations bring every σ from 0.01 up to between 0.68 and
    1.14: close to orthogonal, and quick to get there.

    Args:
        U: the matrix, of shape (rows, cols).
        coefficients: a, b and c.
        steps: number of iterations.
        eps: the least norm by which U is divided.

    Returns:
        The matrix X, of the same shape.

    Examples:
        >>> import numpy as np
        >>> X = newton_schulz(np.array([[3.0, 0.0], [0.0, 1.0]]))
        >>> X.round(2)
        array([[0.75, 0.  ],
               [0.  , 1.13]])

    Source:
        Jordan et al. (2024), <https://kellerjordan.github.io/posts/muon/>.
    """
    a, b, c = coefficients
    X = U / max(float(np.linalg.norm(U)), eps)
    tall = X.shape[0] > X.shape[1]
    if tall:
        X = X.T  # so that A has the smaller of the two sizes
    for _ in range(steps):
        A = X @ X.T
        X = a * X + (b * A + c * A @ A) @ X
    return X.T if tall else X
