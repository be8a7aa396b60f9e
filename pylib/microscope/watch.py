"""Watches a function while it runs: which of its lines ran, and what its names held after each."""

import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import CodeType, FrameType, TracebackType
from typing import Any, TypeAlias

Look: TypeAlias = Callable[[Mapping[str, Any], int], None]
"""Told the names that a function holds after one of its lines."""


@dataclass
class Watch:
    """A context in which each run of a function is looked at, line by line.

    Of a function that runs several times, `lines` and `names` are those of the last run.

    Attributes:
        code: What is watched.
        look: Told after each of the lines that are looked at.
        looked_at: Those lines.
        begin: Told the names that the function begins with.
        lines: The lines that ran, each once, in their order.
        names: What the function held at its end.
    """

    code: CodeType
    look: Look
    looked_at: Collection[int]
    begin: Callable[[Mapping[str, Any]], None]
    lines: list[int] = field(default_factory=list)
    names: Mapping[str, Any] = field(default_factory=dict)
    _last: int = 0
    _before: Any = None

    def __enter__(self) -> "Watch":
        self._before = sys.gettrace()
        sys.settrace(self._called)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        sys.settrace(self._before)

    def _called(self, frame: FrameType, event: str, value: Any) -> Any:
        if frame.f_code is not self.code:
            return None
        self.lines.clear()
        self._last = 0
        self.begin(frame.f_locals)
        return self._went_on

    def _went_on(self, frame: FrameType, event: str, value: Any) -> Any:
        if event in ("line", "return"):
            if self._last in self.looked_at:
                self.look(frame.f_locals, self._last)
            self._last = frame.f_lineno if event == "line" else 0
            if event == "return":
                self.names = frame.f_locals
            elif self._last not in self.lines:
                self.lines.append(self._last)
        return self._went_on
