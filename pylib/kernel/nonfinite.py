"""Says which numbers of a cell are no longer finite, since NumPy in the browser does not warn.

WebAssembly keeps no record of a division by zero or an overflow, so `np.log(0)` is silent there.
`execute` shows these notes after a run, in the page and at build alike.
"""

import re
import sys
from collections.abc import Iterable
from typing import Any

MAX_SIZE = 1_000_000

NAN = (
    "0/0, inf - inf and the log of a negative number give nan (not a number), and everything"
    " computed from it is nan too. Print the values that go in; in training, try a tenth of the"
    " learning rate."
)
INF = (
    "log(0), a division by zero and exp of more than 709 give inf, and so does a run that"
    " diverges. Keep logs above 0, as in np.log(np.maximum(p, 1e-12)), use losses that take"
    " logits, and in training try a tenth of the learning rate."
)

# A cell that speaks of these means them.
_MEANT = re.compile(r"\b(inf|nan|isinf|isnan|isfinite|nan_to_num|errstate|seterr)\b")


def note_on(source: str, values: Iterable[tuple[str, Any]]) -> str:
    """A note on the values that are nan or inf, or nothing.

    Args:
        source: The cell's source; one that speaks of inf or nan itself gets no note.
        values: Names and values: floats, arrays, and lists of floats are looked at.

    Returns:
        A sentence that names them, then what leads to it and what to try.

    Examples:
        >>> note_on("y = f(x)", [("x", 0.0), ("y", float("-inf"))])[:34]
        'Note: y is -inf. log(0), a divisio'
        >>> note_on("y = f(x)", [("x", 0.0), ("y", [1.0, float("nan")])])[:24]
        'Note: y holds nan. 0/0, '
        >>> note_on("best = float('inf')", [("best", float("inf"))])
        ''
    """
    if _MEANT.search(source):
        return ""
    found = {name: word for name, value in values if (word := _non_finite(value))}
    several = [name for name, word in found.items() if "nan" in word] or list(found)
    if not several:
        return ""
    word = found[several[0]]
    words = NAN if "nan" in word else INF
    names = several[0] if len(several) == 1 else ", ".join(several[:-1]) + " and " + several[-1]
    if len(several) > 1:
        word = f"hold {word.split()[-1]}"
    return f"Note: {names} {word}. {words}"


def _non_finite(value: Any) -> str:
    """Such as "is inf" or "holds nan"; empty where all is finite, or no number."""
    if isinstance(value, float):
        return "" if value - value == 0 else f"is {float(value)}"
    if isinstance(value, list):
        numbers = [each for each in value[:MAX_SIZE] if isinstance(each, float)]
        words = {str(float(each)) for each in numbers if each - each != 0}
        return f"holds {max(words)}" if words else ""  # in the alphabet nan comes last
    dtype = getattr(value, "dtype", None)
    if getattr(dtype, "kind", "") != "f" or value.size > MAX_SIZE or "numpy" not in sys.modules:
        return ""
    numpy = sys.modules["numpy"]
    if numpy.isfinite(value).all():
        return ""
    word = "nan" if numpy.isnan(value).any() else "inf"
    return f"holds {word}" if value.ndim else f"is {word}"
