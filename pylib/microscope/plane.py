"""What the page needs to draw a surface: its heights on a grid, or along a line of one weight."""

import base64
from typing import Any, TypeAlias

import numpy as np

from pylib._typing import FloatArray

Plane: TypeAlias = dict[str, Any]

COLUMNS, ROWS = 129, 97
POINTS = 241
MARGIN = 0.08


def plane(surface: Any, path: FloatArray) -> Plane | None:
    """The part of a surface worth drawing, which holds the start of a walk.

    Args:
        surface: Of one or two weights; the known `bounds` of one of `pylib.surfaces` are used.
        path: The walk, shape `(T + 1, d)`.

    Returns:
        `bounds` (one pair per weight), `columns`, `rows` (1 for one weight), `heights` row by row
        from the lowest as float32 (little endian) in base64, and known `minima`. None for more
        than two weights.
    """
    dim = path.shape[1]
    if dim > 2:
        return None
    bounds = _bounds(surface, path)
    columns, rows = (COLUMNS, ROWS) if dim == 2 else (POINTS, 1)
    x = np.linspace(*bounds[0], columns)
    y = np.linspace(*bounds[1], rows) if dim == 2 else np.zeros(1)
    points = np.stack(np.meshgrid(x, y), axis=-1)[..., :dim]  # (rows, columns, d)
    with np.errstate(all="ignore"):
        heights = _heights(surface, points)
    minima = np.asarray(getattr(surface, "minima", np.empty((0, dim))), dtype=float)
    return {
        "bounds": [[float(low), float(high)] for low, high in bounds],
        "columns": columns,
        "rows": rows,
        "heights": base64.b64encode(heights.astype("<f4").tobytes()).decode(),
        "minima": [[float(value) for value in each] for each in minima.reshape(-1, dim)],
    }


def _bounds(surface: Any, path: FloatArray) -> list[tuple[float, float]]:
    known = getattr(surface, "bounds", None)
    if known is not None and len(known) == path.shape[1]:
        return [
            (min(low, float(start)), max(high, float(start)))
            for (low, high), start in zip(known, path[0], strict=True)
        ]
    bounds = []
    for low, high in zip(path.min(axis=0), path.max(axis=0), strict=True):
        room = MARGIN * (high - low) or 1.0
        bounds.append((float(low - room), float(high + room)))
    return bounds


def _heights(surface: Any, points: FloatArray) -> FloatArray:
    try:
        heights = np.asarray(surface(points), dtype=float)
    except Exception:  # a function of one's own may take one point only
        heights = np.empty(0)
    if heights.shape == points.shape[:-1]:
        return heights
    flat = points.reshape(-1, points.shape[-1])
    each = [float(np.asarray(surface(point)).item()) for point in flat]
    return np.array(each).reshape(points.shape[:-1])
