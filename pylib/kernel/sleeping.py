"""`time.sleep` in slices, so that a run that sleeps can be stopped and keep its variables."""

import time
from typing import Any

SLICE = 0.05  # seconds
LONGEST = 1e9  # what is longer Python itself refuses, or not
# Python in the browser looks for an interrupt at every 50th step back or call (CPython's
# Python/emscripten_signal.c, as of 3.13): a slice that is asleep takes none.
STEPS = 200

_sleep = time.sleep


def sleep(seconds: Any, /) -> None:
    """Waits for that many seconds, as `time.sleep` does.

    Examples:
        >>> begin = time.perf_counter()
        >>> sleep(0.12)
        >>> 0.12 <= time.perf_counter() - begin < 1
        True
    """
    is_number = isinstance(seconds, float) or hasattr(type(seconds), "__index__")
    if not is_number or not SLICE < seconds < LONGEST:  # its errors are time.sleep's own
        _sleep(seconds)
        return
    end = time.perf_counter() + seconds
    while (left := end - time.perf_counter()) > 0:
        _sleep(min(left, SLICE))
        for _ in range(STEPS):
            pass
