"""What a model says: decision regions, confusions, fitted lines, and pictures with captions."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgba

from pylib._typing import ArrayLike, FloatArray, IntArray
from pylib.palette import ON_PAPER
from pylib.plots.canvas import finish, named, new_axes, style

__all__ = ["plot_boundary", "plot_confusion", "plot_fit", "plot_images"]

DARK, LIGHT = "#10131a", "#ffffff"  # on top of colors that are the same on every page


def plot_boundary(
    model: Any,
    X: ArrayLike,
    y: ArrayLike,
    *,
    labels: Sequence[str] | None = None,
    ax: Axes | None = None,
    title: str = "Decision regions",
) -> Axes:
    """Draws which class a model gives to each point of the plane, and the data.

    Args:
        model: With `predict(X)`, which gives class numbers; or such a function.
        X: Points, shape `(N, 2)`.
        y: Their classes, integers from 0, shape `(N,)`.
        labels: A name for each class.
        ax: Where to draw; a new figure by default.
        title: Of the plot.

    Returns:
        The Axes.

    Raises:
        TypeError: If classes are not whole numbers.
        ValueError: If X does not have two columns, or another length than y, or a class is below 0.

    Examples:
        >>> def right_of_zero(X):
        ...     return (X[:, 0] > 0).astype(int)
        >>> ax = plot_boundary(right_of_zero, [[-1.0, 0.0], [1.0, 0.5]], [0, 1])
        >>> [text.get_text() for text in ax.get_legend().get_texts()]
        ['class 0', 'class 1']
    """
    points, classes = np.asarray(X, dtype=float), _classes("y", y)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"X has shape {points.shape}; a plane needs (N, 2)")
    if len(points) != len(classes):
        raise ValueError(f"X has {len(points)} rows and y {len(classes)}; give one class for each")
    predict = getattr(model, "predict", model)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.08 * (high - low) + 1e-9
    x0, x1 = (np.linspace(low[i] - margin[i], high[i] + margin[i], 160) for i in (0, 1))
    grid = np.stack(np.meshgrid(x0, x1), axis=-1)  # (160, 160, 2)
    regions = np.asarray(predict(grid.reshape(-1, 2))).reshape(grid.shape[:2])
    count = int(max(classes.max(), regions.max())) + 1
    ax = new_axes(ax)
    # Thin color over the paper, so that the page's own light and dark show through.
    tint = ListedColormap([to_rgba(style(k)[0], 0.22) for k in range(count)])
    # An image: of a mesh the legend would look at each cell for its best place.
    half0, half1 = ((x[1] - x[0]) / 2 for x in (x0, x1))
    ax.imshow(
        regions,
        extent=(x0[0] - half0, x0[-1] + half0, x1[0] - half1, x1[-1] + half1),
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        cmap=tint,
        vmin=-0.5,
        vmax=count - 0.5,
    )
    if count > 1:
        edges = np.arange(count - 1) + 0.5
        ax.contour(x0, x1, regions, levels=edges, colors=style(5)[0], linewidths=1.2)
    for k in range(count):
        color, _, marker = style(k)
        mine = points[classes == k]
        name = labels[k] if labels is not None else f"class {k}"
        ax.plot(
            mine[:, 0],
            mine[:, 1],
            ls="none",
            marker=marker,
            ms=5,
            mew=0.4,
            mec=LIGHT,
            color=color,
            label=name,
        )
    ax.set(xlim=(x0[0], x0[-1]), ylim=(x1[0], x1[-1]))
    return finish(ax, title, "x0", "x1", grid=False)


def plot_confusion(
    y: ArrayLike,
    y_hat: ArrayLike,
    labels: Sequence[str] | None = None,
    *,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draws how often each true class was given which class.

    Args:
        y: True classes, integers from 0, shape `(N,)`.
        y_hat: Predicted classes, shape `(N,)`.
        labels: A name for each class.
        ax: Where to draw; a new figure by default.
        title: In place of "Confusion matrix: ... % correct".

    Returns:
        The Axes: a row for each true class, a column for each predicted one.

    Raises:
        TypeError: If classes are not whole numbers.
        ValueError: If y and y_hat differ in length, or are empty, or a class is below 0.

    Examples:
        >>> ax = plot_confusion([0, 0, 1, 1], [0, 1, 1, 1])
        >>> ax.get_title(), [text.get_text() for text in ax.texts]
        ('Confusion matrix: 75.0 % correct', ['1', '1', '0', '2'])
    """
    true, given = _classes("y", y), _classes("y_hat", y_hat)
    if len(true) != len(given) or not len(true):
        raise ValueError(f"y has {len(true)} classes and y_hat {len(given)}; give one for one")
    count = max(int(max(true.max(), given.max())) + 1, len(labels or ()))
    counts = np.zeros((count, count), dtype=int)
    np.add.at(counts, (true, given), 1)
    names = list(labels) if labels is not None else [str(k) for k in range(count)]
    ax = new_axes(ax, 6.4, 5.6)
    # Shares of a row, so that a rare class shows as clearly as a frequent one.
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row in range(count):
        for column in range(count):
            color = LIGHT if shares[row, column] > 0.7 else DARK
            number = str(counts[row, column])
            ax.text(column, row, number, ha="center", va="center", color=color, fontsize=10)
    ax.set_xticks(range(count), names)
    ax.set_yticks(range(count), names)
    right = f"{100 * float(np.mean(true == given)):.1f} % correct"
    heading = title if title is not None else f"Confusion matrix: {right}"
    return finish(ax, heading, "predicted class", "true class", grid=False)


def plot_fit(
    X: ArrayLike,
    y: ArrayLike,
    models: Any,
    *,
    ax: Axes | None = None,
    title: str = "Data and fit",
) -> Axes:
    """Draws points of one feature and the curve of each model through them.

    Args:
        X: The feature, shape `(N,)` or `(N, 1)`.
        y: The targets, shape `(N,)`.
        models: A model with `predict(X)`, or a function of X `(M, 1)`; or a dict of them.
        ax: Where to draw; a new figure by default.
        title: Of the plot.

    Returns:
        The Axes.

    Raises:
        ValueError: If X holds more than one feature.

    Examples:
        >>> ax = plot_fit([0.0, 1.0, 2.0], [1.0, 3.0, 5.0], {"2x + 1": lambda X: 2 * X[:, 0] + 1})
        >>> [line.get_label() for line in ax.lines]
        ['data', '2x + 1']
    """
    x, targets = np.asarray(X, dtype=float), np.asarray(y, dtype=float).ravel()
    if x.size != targets.size:
        raise ValueError(f"X has shape {x.shape} for {targets.size} targets; give one feature")
    x = x.ravel()
    ax = new_axes(ax)
    ax.plot(x, targets, ls="none", marker="o", ms=5, color=style(5)[0], label="data")
    margin = 0.05 * (float(np.ptp(x)) or 1.0)
    line = np.linspace(x.min() - margin, x.max() + margin, 200)
    for number, (name, model) in enumerate(named(models, "model").items()):
        predict = getattr(model, "predict", model)
        color, dashes, _ = style(number)
        y_hat = np.asarray(predict(line[:, None])).ravel()
        ax.plot(line, y_hat, color=color, ls=dashes, lw=2, label=name)
    return finish(ax, title, "x", "y")


def plot_images(
    images: ArrayLike,
    captions: Sequence[object] | None = None,
    *,
    columns: int = 8,
    ax: Axes | None = None,
    title: str = "Images",
) -> Axes:
    """Draws gray pictures side by side, each with a caption below it.

    Args:
        images: Shape `(N, H, W)`, or `(N, H * H)` for square ones; each is drawn from its own
            lowest value (white) to its highest (black).
        captions: What to write below each; a list or a dict is written out as text.
        columns: Pictures in a row.
        ax: Where to draw; a new figure by default.
        title: Of the plot.

    Returns:
        The Axes.

    Raises:
        ValueError: If the images have another shape, or captions another number.

    Examples:
        >>> import numpy as np
        >>> ax = plot_images(np.eye(4)[None], ["diagonal"])
        >>> ax.texts[0].get_text()
        'diagonal'
    """
    pictures = np.asarray(images, dtype=float)
    if pictures.ndim == 2 and (side := round(pictures.shape[1] ** 0.5)) ** 2 == pictures.shape[1]:
        pictures = pictures.reshape(-1, side, side)
    if pictures.ndim != 3 or not len(pictures):
        raise ValueError(f"images have shape {np.shape(images)}; give (N, H, W)")
    if captions is not None and len(captions) != len(pictures):
        raise ValueError(f"there are {len(pictures)} images and {len(captions)} captions")
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    height, width = pictures.shape[1:]
    gap = max(1, width // 8)
    below = gap + (-(-height // 4) if captions is not None else 0)
    sheet: FloatArray = np.full((rows * (height + below), columns * (width + gap)), np.nan)
    size = columns * (width + gap) / (rows * (height + below))
    ax = new_axes(ax, 6.4, min(6.4 * 0.8 / size + 0.8, 12))
    for number, picture in enumerate(pictures):
        top, left = number // columns * (height + below), number % columns * (width + gap)
        spread = np.ptp(picture) or 1.0
        sheet[top : top + height, left : left + width] = (picture - picture.min()) / spread
        if captions is not None:
            middle = left + (width - 1) / 2
            ax.annotate(
                str(captions[number]),
                (middle, top + height),
                ha="center",
                va="top",
                fontsize=9,
                annotation_clip=False,
                gid=ON_PAPER,
            )
    ax.imshow(sheet, cmap="gray_r", vmin=0, vmax=1)
    ax.set_axis_off()
    return finish(ax, title, "", "", legend=False, grid=False)


def _classes(name: str, given: ArrayLike) -> IntArray:
    """Class numbers, flat: 0.0 and 1.0 too, but no probabilities, and no labels of -1."""
    classes = np.asarray(given).ravel()
    if classes.dtype.kind not in "biuf" or not np.array_equal(classes, np.floor(classes)):
        raise TypeError(
            f"{name} has dtype {classes.dtype} and is not made of whole numbers; "
            "give classes 0, 1, 2, ..., such as model.predict(X)"
        )
    if (classes < 0).any():
        raise ValueError(f"{name} has class {classes.min():g}; classes count from 0")
    return classes.astype(int)
