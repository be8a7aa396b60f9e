"""`lr_range_test`: raise the learning rate batch by batch, and watch where the loss turns up."""

import math
from functools import partial
from typing import NamedTuple

import numpy as np

from pylib import _validate
from pylib._typing import ArrayLike, FloatArray
from pylib.training import checks
from pylib.training.batches import batch_gradient
from pylib.training.protocols import Loss, Model, Optimizer
from pylib.training.stepper import Stepper

__all__ = ["RangeTest", "lr_range_test"]


class RangeTest(NamedTuple):
    """The result of a range test: rates and losses, each of shape `(S,)`.

    Attributes:
        lrs: The learning rates tried, growing by one factor; a batch in which nothing counts has
            none.
        losses: The smoothed mini-batch loss at each.
    """

    lrs: FloatArray
    losses: FloatArray

    def _table_(self) -> dict[str, FloatArray]:
        """Its columns where a page shows it as a table."""
        return {"lr": self.lrs, "loss": self.losses}

    @property
    def suggestion(self) -> float:
        """A tenth of the rate with the lowest loss; NaN if the loss never fell: start lower."""
        lowest = int(np.argmin(self.losses))
        return float(self.lrs[lowest]) / 10 if lowest > 0 else math.nan


def lr_range_test(
    model: Model,
    loss: Loss,
    optimizer: Optimizer,
    X: ArrayLike,
    y: ArrayLike,
    start: float = 1e-5,
    end: float = 10.0,
    steps: int = 100,
    batch_size: int = 32,
    seed: int = 0,
) -> RangeTest:
    """Train for a few updates while the rate grows from tiny to too large.

        lrₜ = start · (end / start)^(t / (steps − 1))        t = 0, 1, ..., steps − 1

    It ends early when the loss passes four times its lowest value. Afterwards weights and
    optimizer are as they were before. The losses are smoothed by an average with decay 0.9 and
    bias correction.

    Args:
        model: Of `pylib.models`.
        loss: With reduction `"mean"` or `"sum"`.
        optimizer: Built on `model.params`, or some of them.
        X: Inputs, N rows.
        y: Targets, N rows.
        start: The first rate.
        end: The last rate.
        steps: Number of updates.
        batch_size: Rows per mini-batch; the rows are shuffled anew when they are used up.
        seed: Of the order of the rows.

    Returns:
        Rates and smoothed losses, `(lrs, losses)`, which also has a `suggestion`.

    Raises:
        TypeError: If the optimizer holds arrays that are not the model's parameters, or a number
            is something else.
        ValueError: Unless 0 < start < end and `steps` is at least 2; if X and y differ in length
            or are empty, if `batch_size` is below 1, if the loss has another reduction, is not
            finite at the start, or ignores every row.

    Examples:
        >>> from pylib.data import make_line
        >>> from pylib.losses import MSELoss
        >>> from pylib.models import LinearRegression
        >>> from pylib.optimizers import SGD
        >>> model = LinearRegression()
        >>> found = lr_range_test(model, MSELoss(), SGD(model.params, lr=1.0), *make_line())
        >>> 0.001 < found.suggestion < 0.1, model.w
        (True, array([0.]))

    Source:
        L. Smith, Cyclical learning rates for training neural networks (2015),
        <https://arxiv.org/abs/1506.01186>.
    """
    start = _validate.number("start", start, 0, open_low=True)
    end = _validate.number("end", end, start, open_low=True)
    steps = _validate.whole("steps", steps, 2)
    batch_size = _validate.whole("batch_size", batch_size, 1)
    inputs, targets = np.asarray(X), np.asarray(y)
    checks.rows(inputs, targets)
    checks.trainable(model, loss)
    stepper = Stepper(optimizer, model.params, None)
    weights = [param.copy() for param in model.params]
    memory = optimizer.state_dict()
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(inputs))
    lrs = np.geomspace(start, end, steps)
    tried: list[float] = []
    losses: list[float] = []
    average = 0.0
    try:
        stepper.turn("train")
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for lr in lrs:
                if len(rows) < min(batch_size, len(inputs)):
                    rows = rng.permutation(len(inputs))
                batch, rows = rows[:batch_size], rows[batch_size:]
                evaluate = partial(batch_gradient, model, loss, inputs, targets, batch, batch_size)
                value, grads, countable = evaluate()
                if not countable:
                    continue
                average = 0.9 * average + 0.1 * value
                smooth = average / (1 - 0.9 ** (len(losses) + 1))
                if not losses and not math.isfinite(smooth):
                    raise ValueError(
                        f"the loss is {value:.4g} before the first update; "
                        "look for NaN or huge numbers in X, y and the weights"
                    )
                if not math.isfinite(smooth) or smooth > 4 * min(losses, default=math.inf):
                    break
                tried.append(float(lr))
                losses.append(smooth)
                optimizer.lr = float(lr)
                try:
                    stepper.step(grads, evaluate)
                except FloatingPointError:
                    break
    finally:
        for param, kept in zip(model.params, weights, strict=True):
            param[...] = kept
        optimizer.load_state_dict(memory)
    if not losses:
        raise ValueError(
            "nothing counts in any batch, as the loss ignores every row; look at y and at the "
            "settings of the loss"
        )
    return RangeTest(np.array(tried), np.array(losses))
