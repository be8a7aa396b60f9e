"""Emits how far a long training has come, for the page's progress bar."""

import time

from pylib.kernel.iostream import Output

PATIENCE = 0.5  # seconds that a training may take without a word
INTERVAL = 0.1  # seconds from one word to the next


class Progress:
    """Watches the trainings of one run; those that are soon over are not spoken of."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._what = ""
        self._done = 0
        self._shown = False
        self._next = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        """Takes a step of `fit` or `minimize`."""
        now = time.perf_counter()
        if what != self._what or done <= self._done:  # another one begins
            self._what = what
            if not self._shown:
                self._next = now + PATIENCE
        self._done = done
        is_over = done >= total
        if now < self._next and not (is_over and self._shown):
            return
        self._next = now + INTERVAL
        if is_over and not self._shown:
            return
        self._shown = not is_over
        self._output.emit({"kind": "progress", "what": what, "done": done, "total": total})
