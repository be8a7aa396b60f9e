"""Says which numbers of a cell are no longer finite, since NumPy in the browser does not warn.

WebAssembly keeps no record of a division by zero or an overflow, so `np.log(0)` is silent there.
`execute` shows these notes after a run, in the page and at build alike.
"""

import math
import re
import sys
from collections.abc import Iterable
from types import FunctionType
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

# A cell that speaks of these means them; what is printed by help() is not its own.
_MEANT = r"\b(inf|nan|isinf|isnan|isfinite|nan_to_num|errstate|seterr|help|__doc__)\b"
_NUMBER = r"""(?<![\w.'"+-])[+-]?(?:inf|nan)(?![\w'"])"""
_WORD = r"[A-Za-z_]{2,}"


def note_on(source: str, values: Iterable[tuple[str, Any]], printed: str = "") -> str:
    """A note on the values that are nan or inf, or nothing.

    Args:
        source: The cell's source; one that speaks of inf or nan itself gets no note.
        values: Names and values: floats, arrays, and lists of floats are looked at.
        printed: Such a number in what the cell has printed.

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
    values = list(values)
    if re.search(_MEANT, source):
        return ""
    found = {name: word for name, value in values if (word := _non_finite(value))}
    several = [name for name, word in found.items() if "nan" in word] or list(found)
    if not several:
        if not printed or any(_speaks_of_it(value) for _, value in values):
            return ""
        return f"Note: {printed} was printed. {NAN if 'nan' in printed else INF}"
    word = found[several[0]]
    words = NAN if "nan" in word else INF
    names = several[0] if len(several) == 1 else ", ".join(several[:-1]) + " and " + several[-1]
    if len(several) > 1:
        word = f"hold {word.split()[-1]}"
    return f"Note: {names} {word}. {words}"


def printed_number(text: str) -> str:
    """The first nan or inf in a printed text that stands there as a number, or nothing.

    A line with more words than a report of some numbers has may be prose: it is passed over.

    Examples:
        >>> printed_number("step 3: loss nan, rate 0.1")
        'nan'
        >>> printed_number("the log of a negative number is nan here"), printed_number("info 3")
        ('', '')
    """
    if "inf" not in text and "nan" not in text:
        return ""
    for line in text.splitlines():
        found = re.search(_NUMBER, line)
        if found and len(re.findall(_WORD, re.sub(_NUMBER, "", line))) <= 4:
            return found[0]
    return ""


def _speaks_of_it(value: Any) -> bool:
    """Whether a function of the learner's speaks of inf or nan, and thus means it."""
    if not isinstance(value, FunctionType):
        return False
    code = value.__code__
    return any(re.search(_MEANT, str(part)) for part in (*code.co_names, *code.co_consts))


def _non_finite(value: Any) -> str:
    """Such as "is inf" or "holds nan"; empty where all is finite, or no number.

    The value is asked for nothing unless its type is known: that could run the learner's code.
    """
    if isinstance(value, float):
        return "" if math.isfinite(value) else f"is {float(value)}"
    if isinstance(value, list):
        numbers = [each for each in value[:MAX_SIZE] if isinstance(each, float)]
        words = {str(float(each)) for each in numbers if not math.isfinite(each)}
        return f"holds {max(words)}" if words else ""  # in the alphabet nan comes last
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(value, (numpy.ndarray, numpy.floating)):
        return ""
    if value.dtype.kind != "f" or value.size > MAX_SIZE or numpy.isfinite(value).all():
        return ""
    word = "nan" if numpy.isnan(value).any() else "inf"
    return f"holds {word}" if value.ndim else f"is {word}"
