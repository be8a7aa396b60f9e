"""Values that read better as a table: arrays, lists of records, reports of the library.

Rows of text go to the page, which builds the table; no markup is made here, and none is taken.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

Table: TypeAlias = dict[str, Any]

MAX_ROWS = 200
MAX_COLUMNS = 30
MAX_TEXT = 80  # characters of one entry


def table(value: Any) -> Table | None:
    """A value as `Table` of protocol.ts; `None` where text says it better.

    An array has two axes, or named fields; one axis alone is read on a line. A report is an object
    of the library with a method `_table_` that gives its columns by their names.

    Examples:
        >>> table([{"lr": 0.1, "loss": 2.5}, {"lr": 0.2, "loss": 1.0}])["rows"]
        [['0.1', '2.5'], ['0.2', '1']]
        >>> table([1, 2]) is None
        True
    """
    numpy = sys.modules.get("numpy")
    if numpy is not None and type(value) is numpy.ndarray:
        return _of_array(value)
    if type(value) in (list, tuple):
        return _of_records(value)
    report = getattr(type(value), "_table_", None)
    if report is not None and type(value).__module__.startswith("pylib."):
        return _of_columns(report(value))
    return None


def _of_array(array: Any) -> Table | None:
    if array.ndim == 1 and array.dtype.names:
        return _of_columns({name: array[name] for name in array.dtype.names})
    if array.ndim != 2 or array.size < 2 or array.dtype == object:
        return None
    columns = [str(number) for number in range(array.shape[1])]
    return _made(columns, len(array), lambda row, column: array[row, int(columns[column])])


def _of_records(records: Sequence[Any]) -> Table | None:
    if not records or any(type(record) is not dict for record in records):
        return None
    columns = list(dict.fromkeys(key for record in records[:MAX_ROWS] for key in record))
    if not columns or any(type(name) is not str for name in columns):
        return None
    return _made(
        columns, len(records), lambda row, column: records[row].get(columns[column], _MISSING)
    )


def _of_columns(columns: Mapping[str, Sequence[Any]]) -> Table | None:
    names, values = list(columns), list(columns.values())
    length = max(map(len, values), default=0)
    if not length:
        return None

    def cell(row: int, column: int) -> Any:
        return values[column][row] if row < len(values[column]) else _MISSING

    return _made(names, length, cell)


def _made(columns: list[str], length: int, cell: Callable[[int, int], Any]) -> Table:
    width = min(len(columns), MAX_COLUMNS)
    rows = [[_text(cell(row, at)) for at in range(width)] for row in range(min(length, MAX_ROWS))]
    return {
        "columns": [_short(name) for name in columns[:width]],
        "rows": rows,
        "of": [length, len(columns)],
    }


_MISSING = object()


def _text(value: Any) -> str:
    if value is _MISSING:
        return ""
    if isinstance(value, float):  # NumPy's float64 is one
        return f"{float(value):.8g}"
    if type(value).__module__ == "numpy" and getattr(value, "ndim", 1) == 0:
        plain = value.item()
        return f"{plain:.8g}" if isinstance(plain, float) else _short(str(plain))
    return _short(value if type(value) is str else repr(value))


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"
