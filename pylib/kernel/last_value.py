"""Shows the value of a cell's last expression, as a notebook does."""

import sys
from collections.abc import Sequence
from typing import Any

from pylib.kernel.display import Figures
from pylib.kernel.iostream import Event, Output
from pylib.kernel.tables import table

MAX_RESULT = 100_000

# Lists in lists beyond this many levels are not written out: repr() calls itself for each level,
# and in the browser Python ends where its stack does.
MAX_DEPTH = 200
MAX_WIDTH = 1000  # boxes of one level that are looked into


def show_value(value: Any, output: Output, shown: Figures) -> None:
    """Emits a value: figures are drawn, matplotlib's other objects not shown.

    An object of the library with a method `_answer_` answers a question of the page's own script.

    Raises:
        RecursionError: lists are nested too deep.
    """
    if _is_artist(value):
        if hasattr(value, "savefig"):
            shown.show([value])
        return
    answer = getattr(type(value), "_answer_", None)
    if answer is not None and type(value).__module__.startswith("pylib."):
        output.emit({"kind": "answer", "text": answer(value)})
        return
    if any(_is_artist(part) for part in _first_parts(value)):
        return
    if instrument := _instrument(value):
        shown.show_instrument(value, *instrument)
        return
    if _is_deep(value):
        raise RecursionError("maximum recursion depth exceeded while getting the repr of an object")
    text = repr(value)
    if len(text) > MAX_RESULT:
        text = f"{text[:MAX_RESULT]}… ({len(text)} characters in all)"
    event: Event = {"kind": "result", "text": text}
    if rows := table(value):
        event["table"] = rows
    output.emit(event)


def _instrument(value: Any) -> tuple[str, Any] | None:
    """The name of what the page shows a value with, and what it needs for it.

    Such a value is of the library's, with a method `_instrument_` that gives both, and a method
    `_still_` that draws a figure for readers who can move nothing.
    """
    made = getattr(type(value), "_instrument_", None)
    is_ours = type(value).__module__.startswith("pylib.")
    return made(value) if made is not None and is_ours else None


def _first_parts(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return list(value.values())[:100]
    if isinstance(value, (list, tuple)):
        return value[:100]
    numpy = sys.modules.get("numpy")
    if numpy and isinstance(value, numpy.ndarray) and value.dtype == object:
        return value.flat[:100]  # type: ignore[no-any-return]  # such as a grid of axes
    return []


def _is_artist(value: Any) -> bool:
    for _ in range(3):  # boxplot and hist nest their artists
        if not isinstance(value, (list, tuple)) or not value:
            break
        value = value[-1]
    # By its type alone: to ask the value for an attribute may run the learner's code.
    modules = [str(kind.__module__).partition(".")[0] for kind in type(value).__mro__]
    return "matplotlib" in modules or "mpl_toolkits" in modules


def _is_deep(value: Any) -> bool:
    seen: set[int] = set()  # a list may hold itself
    level = [value] if isinstance(value, _BOXES) else []
    for _ in range(MAX_DEPTH):
        boxes: dict[int, Any] = {}
        for box in level:
            parts = [*box, *box.values()] if isinstance(box, dict) else box
            boxes.update((id(part), part) for part in parts if isinstance(part, _BOXES))
        level = [part for key, part in boxes.items() if key not in seen][:MAX_WIDTH]
        if not level:
            return False
        seen.update(map(id, level))
    return True


_BOXES = (list, tuple, dict, set, frozenset)
