"""Says of widgets that the page shows a still of them."""

import sys
from collections.abc import Iterable
from typing import Any

WORDS = {
    "matplotlib.widgets": (
        "Note: {0} does not answer here: the page shows a picture of a widget. Change the value in"
        " the code and run the cell again."
    ),
}


def note_on_still(values: Iterable[tuple[str, Any]]) -> str:
    """A note on the first value that would move in a window, or nothing.

    Args:
        values: Names and values that a cell has made.

    Examples:
        >>> note_on_still([("x", 3)])
        ''
    """
    if WORDS.keys().isdisjoint(sys.modules):
        return ""
    for name, value in values:
        for kind in type(value).__mro__:
            if words := WORDS.get(str(kind.__module__)):
                return words.format(name)
    return ""
