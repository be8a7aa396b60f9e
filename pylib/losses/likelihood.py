"""Losses from a distribution of the target: Poisson for counts, normal with a predicted variance.

Each is the negative logarithm of a likelihood (NLL), as squared error is for a fixed variance.
"""

# NumPy types the arithmetic of float32 or float64 arrays as Any.
# mypy: disable-error-code="no-any-return"

from dataclasses import KW_ONLY, dataclass
from math import log, pi
from typing import NamedTuple

import numpy as np

from pylib import _validate
from pylib._numerics import times
from pylib._typing import ArrayLike, FloatArray
from pylib.losses import checks
from pylib.losses.base import Loss, LossOfThree, Reduction


@dataclass(frozen=True)
class PoissonNLLLoss(Loss):
    """Poisson negative log-likelihood: for counts, such as visitors in an hour.

        λ = eˣ                     (log_input=False: λ = x)
        ℓ = λ − y ln λ             dℓ/dx = λ − y
        ℓ = x − y ln(x + eps)      dℓ/dx = 1 − y / (x + eps)     (log_input=False)

    λ is the expected count, x the prediction. From ln λ any x is a valid one. The term ln y! of
    the target alone is left out; `full` adds Stirling's form of it where y > 1,
    y ln y − y + ½ ln(2πy), which changes the value and not the gradient.

    Prediction and target (counts) have one shape, whichever; the mean is over all elements.

    Args:
        log_input: The prediction is ln λ, not λ.
        full: Add Stirling's term.
        eps: Keeps ln λ finite at λ = 0; used with log_input=False only.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: A target below 0, or a prediction below 0 with log_input=False; shapes that
            differ, no elements, or a bad setting.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = PoissonNLLLoss()
        >>> loss([0.0, 0.0], [1, 3])  # e^0 - y * 0
        1.0
        >>> loss.gradient([0.0, 0.0], [1, 3])  # (1 - y) / 2
        array([ 0., -1.])

    Source:
        J. A. Nelder and R. W. M. Wedderburn, [Generalized linear
        models](https://doi.org/10.2307/2344614) (1972);
        [torch.nn.PoissonNLLLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.PoissonNLLLoss.html).
    """

    log_input: bool = True
    full: bool = False
    _: KW_ONLY
    eps: float = 1e-8
    reduction: Reduction = "mean"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(
            log_input=_validate.flag("log_input", self.log_input),
            full=_validate.flag("full", self.full),
            eps=_validate.number("eps", self.eps, 0),
        )

    def _prepare(self, prediction: ArrayLike, target: ArrayLike) -> tuple[FloatArray, FloatArray]:
        x, y = checks.pair(prediction, target)
        checks.not_negative("target", y, "pass counts")
        if not self.log_input:
            checks.not_negative("prediction", x, "pass rates, or ln of them with log_input=True")
        return x, y

    def _terms(self, x: FloatArray, y: FloatArray) -> FloatArray:
        # ℓ = λ − y ln λ; an infinite λ outgrows its logarithm
        rate, log_rate = (np.exp(x), x) if self.log_input else (x, np.log(x + self.eps))
        terms = np.where(np.isinf(rate), rate, rate - times(y, log_rate))
        if not self.full:
            return terms
        stirling = y * np.log(y) - y + 0.5 * np.log(2 * pi * y)
        return terms + np.where(y > 1, stirling, 0)

    def _slopes(self, x: FloatArray, y: FloatArray) -> FloatArray:
        # dℓ/dx = λ − y, or 1 − y / (x + eps)
        return np.exp(x) - y if self.log_input else 1 - times(y, 1 / (x + self.eps))


class _Normal(NamedTuple):
    r: FloatArray  # prediction − target
    v: FloatArray  # the variance, of as many axes as r, each as long or 1
    shape: tuple[int, ...]  # of the variance as given


@dataclass(frozen=True)
class GaussianNLLLoss(LossOfThree):
    """Gaussian negative log-likelihood: squared error for a model that says how sure it is.

        r = prediction − target,   v = max(var, eps)
        ℓ = ½ (ln v + r² / v)      dℓ/dr = r / v      dℓ/dvar = ½ (1 − r² / v) / v

    Where the variance is large an error costs little, but the variance itself costs ½ ln v; the
    best one is v = r². Below eps the derivative by var is that at eps, so that a model can leave.

    Call `loss(prediction, target, var)`; the gradient is a tuple of two, by prediction and by var.
    Prediction and target have one shape, whichever. The variance has the same, or one number for
    each row: without the last axis, or with one axis of length 1; or it is one number. The mean is
    over all elements.

    Args:
        full: Add ½ ln 2π, which changes the value and not the gradient.
        eps: The smallest variance that counts.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: A variance below 0, shapes that do not fit, no elements, or a bad setting.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = GaussianNLLLoss()
        >>> loss([1.0, 3.0], [0.0, 0.0], [1.0, 1.0])  # (1 / 2 + 9 / 2) / 2
        2.5
        >>> by_prediction, by_var = loss.gradient([1.0, 3.0], [0.0, 0.0], [1.0, 9.0])
        >>> by_prediction.round(4), by_var
        (array([0.5   , 0.1667]), array([0., 0.]))

    Source:
        D. A. Nix and A. S. Weigend, [Estimating the mean and variance of the target probability
        distribution](https://doi.org/10.1109/ICNN.1994.374138) (1994);
        [torch.nn.GaussianNLLLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.GaussianNLLLoss.html).
    """

    _: KW_ONLY
    full: bool = False
    eps: float = 1e-6
    reduction: Reduction = "mean"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(full=_validate.flag("full", self.full), eps=_validate.number("eps", self.eps, 0))

    def _prepare(self, prediction: ArrayLike, target: ArrayLike, var: ArrayLike, /) -> _Normal:
        x, y = checks.pair(prediction, target)
        given = checks.floats("var", var).astype(x.dtype, copy=False)
        checks.not_negative("var", given, "pass variances, such as exp of a model's output")
        v = np.maximum(given, x.dtype.type(self.eps)).reshape(_over(x.shape, given.shape))
        return _Normal(x - y, v, given.shape)

    def _terms(self, at: _Normal) -> FloatArray:
        # ℓ = ½ (ln v + r² / v)
        terms = 0.5 * (np.log(at.v) + at.r * (at.r / at.v))
        return terms + 0.5 * log(2 * pi) if self.full else terms

    def _slopes(self, at: _Normal) -> tuple[FloatArray, ...]:
        # dℓ/dr = r / v,   dℓ/dvar = ½ (1 − r² / v) / v, summed where one variance serves several
        by_var = 0.5 * (1 - at.r * (at.r / at.v)) / at.v
        shared = tuple(axis for axis, size in enumerate(at.v.shape) if size != by_var.shape[axis])
        return at.r / at.v, np.asarray(by_var.sum(axis=shared)).reshape(at.shape)


def _over(shape: tuple[int, ...], given: tuple[int, ...]) -> tuple[int, ...]:
    """The shape in which variances of shape `given` stand beside predictions."""
    if given == ():
        return (1,) * len(shape)
    if given == shape[:-1]:
        return (*given, 1)
    differ = [n for n, size in zip(given, shape, strict=False) if n != size]
    if len(given) != len(shape) or differ not in ([], [1]):
        raise ValueError(
            f"prediction has shape {shape} and var {given}; pass var of the same shape, "
            f"of shape {shape[:-1]} for one variance a row, or one number"
        )
    return given
