"""Curves of a training: losses and metrics, schedules, the range test, sizes of updates."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, TypeAlias

import numpy as np
from matplotlib.axes import Axes

from pylib import _validate
from pylib._typing import ArrayLike, FloatArray
from pylib.plots.canvas import finish, ink, log_axis, named, new_axes, style
from pylib.training import History, RangeTest

__all__ = ["plot_history", "plot_range_test", "plot_schedules", "plot_updates"]

Schedule: TypeAlias = Callable[[int], float]


def plot_history(
    histories: History | Sequence[History] | Mapping[str, History],
    show: Literal["loss", "batches", "metric", "lr"] = "loss",
    *,
    log: bool | None = None,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draws learning curves of one training or several.

    Args:
        histories: What `fit` returned; several, or a dict from name to history.
        show: "loss": of all training rows after each epoch, and dashed that of the validation;
            "batches": of each mini-batch; "metric": of the validation after each epoch;
            "lr": the learning rate of each update.
        log: Whether the vertical axis is logarithmic; by default where losses span a factor of 50.
        ax: Where to draw; a new figure by default.
        title: In place of "Learning curves" and the like.

    Returns:
        The Axes. Epochs count from 1, updates from 0.

    Raises:
        ValueError: If `show` is another word, or the metric is asked for without a validation.

    Examples:
        >>> import numpy as np
        >>> epochs = np.array([0.9, 0.5, 0.4])
        >>> none = np.array([])
        >>> history = History(np.ones(6), np.ones(6), epochs, epochs + 0.1, none, "loss")
        >>> [line.get_label() for line in plot_history(history).lines]
        ['training', 'validation']
    """
    kinds = {
        "loss": ("Learning curves", "epoch", "loss"),
        "batches": ("Loss of each mini-batch", "update", "loss"),
        "metric": ("Metric on the validation rows", "epoch", "metric"),
        "lr": ("Learning rate", "update", "learning rate"),
    }
    if show not in kinds:
        raise ValueError(f"show is {show!r}; use 'loss', 'batches', 'metric' or 'lr'")
    by_name = named(histories, "run")
    heading, xlabel, ylabel = kinds[show]
    if show == "metric":
        ylabel = next(iter(by_name.values())).metric
        heading = f"{ylabel[:1].upper()}{ylabel[1:]} on the validation rows"
    ax = new_axes(ax)
    seen: list[FloatArray] = []
    for number, (name, history) in enumerate(by_name.items()):
        color, dashes, marker = style(number)
        alone = len(by_name) == 1
        if show == "loss":
            epochs = np.arange(1, len(history.train_loss) + 1)
            few = marker if len(epochs) <= 40 else None
            label = "training" if alone else f"{name}, training"
            ax.plot(epochs, history.train_loss, color=color, lw=2, marker=few, ms=4, label=label)
            seen.append(history.train_loss)
            if len(history.val_loss):
                color = style(1)[0] if alone else color
                label = "validation" if alone else f"{name}, validation"
                ax.plot(
                    np.arange(1, len(history.val_loss) + 1),
                    history.val_loss,
                    color=color,
                    lw=2,
                    ls="--",
                    marker=few,
                    mfc="none",
                    ms=5,
                    label=label,
                )
                seen.append(history.val_loss)
            continue
        values = {"batches": history.loss, "metric": history.val_metric, "lr": history.lr}[show]
        if show == "metric" and not len(values):
            raise ValueError(f"{name} has no metric; give fit validation=(X_val, y_val)")
        start = 1 if show == "metric" else 0
        label = "" if alone else name
        thin = 1.0 if show == "batches" else 2.0
        steps = np.arange(start, start + len(values))
        ax.plot(steps, values, color=color, ls=dashes, lw=thin, label=label)
        seen.append(values)
    if log or (log is None and show in ("loss", "batches") and _spans(seen, 50)):
        log_axis(ax, "y")
    return finish(ax, title if title is not None else heading, xlabel, ylabel)


def plot_schedules(
    schedules: Schedule | Sequence[Schedule] | Mapping[str, Schedule],
    steps: int,
    *,
    log: bool = False,
    ax: Axes | None = None,
    title: str = "Learning rate schedules",
) -> Axes:
    """Draws the learning rate of each step, for one schedule or several.

    Args:
        schedules: Of `pylib.schedules`, or any function of the step; several, or a dict.
        steps: How many steps, from 0.
        log: Whether the vertical axis is logarithmic.
        ax: Where to draw; a new figure by default.
        title: Of the plot.

    Returns:
        The Axes.

    Raises:
        TypeError: If a schedule gives no rate for a step, as a number or a plateau does not; or
            if `steps` is not a whole number.
        ValueError: If `steps` is below 1.

    Examples:
        >>> from pylib.schedules import StepLR
        >>> ax = plot_schedules({"halved every 10": StepLR(0.1, 10, 0.5)}, steps=30)
        >>> ax.lines[0].get_ydata()[[0, 10, 20]]
        array([0.1  , 0.05 , 0.025])
    """
    steps = _validate.whole("steps", steps, 1)
    if isinstance(schedules, Mapping):
        by_name = dict(schedules)
    else:
        several = schedules if isinstance(schedules, Sequence) else [schedules]
        names = [getattr(each, "__name__", type(each).__name__) for each in several]
        by_name = {
            name if names.count(name) == 1 else f"{name} {number}": each
            for number, (name, each) in enumerate(zip(names, several, strict=True), start=1)
        }
    for name, schedule in by_name.items():
        if not callable(schedule):
            raise TypeError(
                f"{name} is {schedule!r}; give a function of the step, as a schedule is"
            )
    ax = new_axes(ax)
    for number, (name, schedule) in enumerate(by_name.items()):
        color, dashes, _ = style(number)
        rates = [schedule(step) for step in range(steps)]
        # A rate that is held for some steps is drawn as a stair.
        held = sum(a == b for a, b in pairwise(rates)) > steps / 2
        drawstyle = "steps-post" if held else "default"
        ax.plot(range(steps), rates, color=color, ls=dashes, lw=2, label=name, drawstyle=drawstyle)
    if log:
        log_axis(ax, "y")
    else:
        ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]) if ax.dataLim.y0 < 0 else 0.0)
    return finish(ax, title, "step", "learning rate")


def plot_range_test(
    result: RangeTest,
    *,
    ax: Axes | None = None,
    title: str = "Learning rate range test",
) -> Axes:
    """Draws the loss while the learning rate grows, and marks the suggested rate if there is one.

    Args:
        result: What `lr_range_test` returned.
        ax: Where to draw; a new figure by default.
        title: Of the plot.

    Returns:
        The Axes, with a logarithmic horizontal axis.

    Examples:
        >>> import numpy as np
        >>> result = RangeTest(np.array([0.01, 0.1, 1.0]), np.array([2.0, 1.0, 4.0]))
        >>> plot_range_test(result).lines[1].get_label()
        'suggested: 0.01'
    """
    ax = new_axes(ax)
    color, dashes, _ = style(0)
    ax.plot(result.lrs, result.losses, color=color, ls=dashes, lw=2, label="smoothed loss")
    rate = result.suggestion
    if np.isnan(rate):
        ax.plot([], [], ls="", label="no suggestion: the loss never fell")
    else:
        ax.axvline(rate, color=ink(), ls="--", lw=1.2, label=f"suggested: {rate:.2g}")
    log_axis(ax, "x")
    return finish(ax, title, "learning rate", "loss")


def plot_updates(
    updates: ArrayLike | Mapping[str, ArrayLike],
    *,
    bins: int = 50,
    ax: Axes | None = None,
    title: str = "Sizes of the updates",
) -> Axes:
    """Draws a histogram of how far parameters move, on a logarithmic axis.

    Args:
        updates: Changes of parameters, of any shape; or a dict of them. Their signs do not count;
            zeros cannot be drawn, and the legend says how many there are.
        bins: Number of bars.
        ax: Where to draw; a new figure by default.
        title: Of the plot.

    Returns:
        The Axes.

    Raises:
        ValueError: If no update differs from zero.

    Examples:
        >>> ax = plot_updates({"Adam": [0.01, -0.01, 0.0], "SGD": [1e-4, 0.1, 0.2]})
        >>> [text.get_text() for text in ax.get_legend().get_texts()]
        ['Adam (1 zero)', 'SGD']
    """
    by_name: dict[str, Any] = dict(updates) if isinstance(updates, Mapping) else {"": updates}
    sizes = {name: np.abs(np.asarray(each, dtype=float)).ravel() for name, each in by_name.items()}
    moved = {name: size[size > 0] for name, size in sizes.items()}
    everything = np.concatenate(list(moved.values()))
    if not len(everything):
        raise ValueError("every update is zero; take a step first")
    low, high = float(everything.min()), float(everything.max())
    edges = np.geomspace(low / 1.3, high * 1.3, bins + 1).tolist()
    ax = new_axes(ax)
    for number, (name, size) in enumerate(moved.items()):
        color, dashes, _ = style(number)
        zeros = len(sizes[name]) - len(size)
        words = [name, f"({zeros} zero)"] if zeros else [name]
        label = " ".join(words).strip() or None
        ax.hist(size, edges, histtype="step", color=color, ls=dashes, lw=2, label=label)
    log_axis(ax, "x")
    return finish(ax, title, "size of the update", "number of parameters")


def _spans(curves: Sequence[FloatArray], factor: float) -> bool:
    """Whether the largest value is that many times the smallest, all being positive."""
    values = np.concatenate([np.asarray(curve, dtype=float) for curve in curves])
    values = values[np.isfinite(values)]
    return bool(len(values) and values.min() > 0 and values.max() > factor * values.min())
