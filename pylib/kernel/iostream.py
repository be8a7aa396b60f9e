"""What a cell prints, gathered and emitted soon; deciding what runs is left to `execute`."""

import io
import re
import time
from collections.abc import Callable
from typing import Any, TypeAlias

from pylib.kernel.nonfinite import printed_number

Event: TypeAlias = dict[str, Any]

MAX_OUTPUT = 20_000_000  # characters of one run; the page shows far fewer

# A terminal's commands for colours and the cursor (ECMA-48, CSI): the page shows text only.
_COMMAND = r"\x1b\[[0-?]*[ -/]*[@-~]"
_BEGUN = r"\x1b(?:\[[0-?]{0,40}[ -/]{0,4})?$"


class Output:
    """Gathers text and emits it soon: each line at once, a flood about 20 times a second."""

    INTERVAL = 0.05  # seconds between the events of a flood
    BURST = 200  # events before text counts as a flood
    CHUNK = 8_000

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit
        self._emitting = False
        self.failure: Exception | None = None
        self.printed_number = ""  # the first nan or inf in it
        self.logged: set[str] = set()  # messages that are said once in a run
        self._kind = "stdout"
        self._pieces: list[str] = []
        self._begun = {"stdout": "", "stderr": ""}  # a command whose end is not written yet
        self._size = 0
        self._since = 0.0  # when the first of the pieces was written
        self._total = 0
        self._next = 0.0  # when the next event is due; each adds an interval

    def write(self, kind: str, text: str, flush: bool = False) -> None:
        """Takes printed text; emits it at a line's end, or sooner where asked."""
        if self._emitting:  # an emit that prints must not call itself
            return
        if kind != self._kind:
            self.flush()
            self._kind = kind
        now = time.perf_counter()
        if not self._pieces:
            self._since = now
        self._pieces.append(text)
        self._size += len(text)
        if self._size > self.CHUNK or (
            now > self._next and (flush or "\n" in text or now - self._since > self.INTERVAL)
        ):
            self.flush()
            self._next = max(self._next, now - self.BURST * self.INTERVAL) + self.INTERVAL
            if self._total > MAX_OUTPUT:
                megabytes = MAX_OUTPUT // 1_000_000
                raise RuntimeError(
                    f"The cell has written more than {megabytes} MB and was ended."
                    " Print less: every hundredth step, or a mean."
                )

    def flush(self) -> None:
        """Emits the gathered text."""
        text = self._plain("".join(self._pieces))
        self._pieces.clear()
        self._size = 0
        if text and self._total <= MAX_OUTPUT:
            self._total += len(text)
            if self._kind == "stdout" and not self.printed_number:
                self.printed_number = printed_number(text)
            self.emit({"kind": self._kind, "text": text})

    def _plain(self, text: str) -> str:
        """The text without commands to a terminal; one that is cut off waits for its end."""
        text = self._begun[self._kind] + text
        if "\x1b" not in text:
            return text
        text = re.sub(_COMMAND, "", text)
        begun = re.search(_BEGUN, text)
        self._begun[self._kind] = begun[0] if begun else ""
        return text[: begun.start()] if begun else text

    def emit(self, event: Event) -> None:
        """Emits one event; after a failure, none."""
        if self.failure is not None:
            return
        self._emitting = True
        try:
            self._emit(event)
        except Exception as error:
            self.failure = error
            raise
        finally:
            self._emitting = False


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of whichever run goes on, also for a logger made earlier."""

    encoding = "utf-8"

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self.output: Output | None = None

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str, /) -> int:
        """Hands text to the run; outside of one it is dropped."""
        if not isinstance(text, str):
            raise TypeError(f"write() takes text, not {type(text).__name__}")
        if self.output is not None:
            self.output.write(self._kind, text)
        return len(text)

    def flush(self) -> None:
        """Asks for what is gathered to be emitted."""
        if self.output is not None:
            self.output.write(self._kind, "", flush=True)


STDOUT, STDERR = Stream("stdout"), Stream("stderr")
