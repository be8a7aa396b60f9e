"""Curves of losses over the prediction: value, gradient, curvature."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

import numpy as np
from matplotlib.axes import Axes

from pylib._typing import FloatArray
from pylib.plots.canvas import DASHES, finish, ink, new_axes, style

__all__ = ["plot_loss"]

Curve = Literal["value", "gradient", "curvature"]


class Loss(Protocol):
    """A loss with its gradient, such as those of `pylib.losses`."""

    def __call__(self, prediction: Any, target: Any, /) -> Any:
        """The loss."""

    def gradient(self, prediction: Any, target: Any, /) -> FloatArray:
        """Its derivative by each element of the prediction."""


def plot_loss(
    losses: Loss | Sequence[Loss] | Mapping[str, Loss],
    target: float = 0.0,
    span: tuple[float, float] = (-3.0, 3.0),
    show: Curve | Sequence[Curve] = ("value", "gradient"),
    *,
    ax: Axes | None = None,
    title: str | None = None,
    xlabel: str = "prediction",
) -> Axes:
    """Draws the loss of one example over its prediction, with the gradient and the curvature.

    Args:
        losses: One loss, several, or a dict from name to loss: elementwise ones, that is all
            regression and binary losses.
        target: The true value.
        span: First and last prediction; for probabilities such as (0.01, 0.99).
        show: Any of "value", "gradient" and "curvature" (the slope of the gradient).
        ax: Where to draw; a new figure by default.
        title: In place of "Loss of one prediction, target ...".
        xlabel: Such as "probability" or "logit".

    Returns:
        The Axes, with one line for each loss and curve.

    Raises:
        ValueError: If `show` names another curve, or a loss has no term for each element.

    Examples:
        >>> from pylib.losses import HuberLoss, MSELoss
        >>> ax = plot_loss([MSELoss(), HuberLoss()], show="value")
        >>> [text.get_text() for text in ax.get_legend().get_texts()]
        ['MSELoss', 'HuberLoss']
    """
    curves = [show] if isinstance(show, str) else list(show)
    for curve in curves:
        if curve not in ("value", "gradient", "curvature"):
            raise ValueError(f"show has {curve!r}; use 'value', 'gradient' or 'curvature'")
    prediction = np.linspace(*span, 401)
    by_name = _names(losses)
    evaluated = {name: _evaluate(loss, prediction, target) for name, loss in by_name.items()}
    ax = new_axes(ax)
    drawn: dict[str, list[FloatArray]] = {curve: [] for curve in curves}
    for number, (name, (value, gradient)) in enumerate(evaluated.items()):
        everything = {"value": value, "gradient": gradient}
        everything["curvature"] = np.gradient(gradient, prediction)
        for curve in curves:
            # One loss: a style for each curve. Several: a color for each loss.
            first = curves.index(curve)
            color = style(first if len(by_name) == 1 else number)[0]
            dashes = DASHES[number if len(curves) == 1 else first]
            words = [name] if len(by_name) > 1 else []
            words += [curve] if len(curves) > 1 or not words else []
            ax.plot(
                prediction, everything[curve], color=color, ls=dashes, lw=2, label=" ".join(words)
            )
            drawn[curve].append(everything[curve])
    _limit(ax, drawn)
    ax.axhline(0, color=ink(), lw=0.8, zorder=1)
    only = next(iter(by_name)) if len(by_name) == 1 else "Loss"
    return finish(
        ax,
        title if title is not None else f"{only} of one prediction, target {target:g}",
        xlabel,
        ", ".join(curves),
    )


def _names(losses: Any) -> dict[str, Loss]:
    if isinstance(losses, Mapping):
        return dict(losses)
    several = list(losses) if isinstance(losses, Sequence) else [losses]
    kinds = [type(loss).__name__ for loss in several]
    names = {}
    for kind, loss in zip(kinds, several, strict=True):
        settings = re.sub(r",? ?reduction='\w+'", "", repr(loss))
        names[kind if kinds.count(kind) == 1 else settings] = loss
    return names


def _evaluate(loss: Any, prediction: FloatArray, target: float) -> tuple[FloatArray, FloatArray]:
    """Value and gradient of each prediction alone; losses mean over one element."""
    targets = np.full_like(prediction, target)
    if dataclasses.is_dataclass(loss) and not isinstance(loss, type):
        each: Any = dataclasses.replace(loss, reduction="none")
        value = np.asarray(each(prediction, targets))
        if value.shape != prediction.shape:
            raise ValueError(
                f"{type(loss).__name__} has no term for each element; plot_loss draws the losses "
                "of regression and of binary classification"
            )
        return value, each.gradient(prediction, targets)
    pairs = list(zip(prediction[:, None], targets[:, None], strict=True))
    value = np.array([float(loss(p, t)) for p, t in pairs])
    return value, np.array([float(loss.gradient(p, t)[0]) for p, t in pairs])


def _limit(ax: Axes, drawn: dict[str, list[FloatArray]]) -> None:
    """Keeps a gradient that is far larger than the loss from flattening the loss."""
    if "value" not in drawn or len(drawn) == 1:
        return
    top = max(float(np.max(value)) for value in drawn["value"])
    lowest = min(float(np.min(curve)) for curves in drawn.values() for curve in curves)
    highest = max(float(np.max(curve)) for curves in drawn.values() for curve in curves)
    if top > 0 and max(highest, -lowest) > 3 * top:
        ax.set_ylim(max(lowest, -1.1 * top) - 0.05 * top, 1.1 * top)
