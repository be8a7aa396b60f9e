"""Judges what a learner wrote by an exercise's check, in words that the page shows beside it."""

import builtins
import io
import linecache
import re
import tokenize
import warnings
from contextlib import redirect_stderr, redirect_stdout
from types import ModuleType, TracebackType
from typing import Any

from pylib.kernel.bindings import KEY
from pylib.kernel.iostream import Event

BLANK = "___"
SOURCE = "__source__"  # where a check finds the learner's code as text


def verdict(words: str = "", line: int | None = None, *, ran: bool = True) -> Event:
    """`CheckEvent` of protocol.ts: passed if there is nothing to say."""
    return {"kind": "check", "ok": not words, "message": words, "line": line, "ran": ran}


def first_blank(source: str) -> int | None:
    r"""The line of the first blank that is left, 1-based; not one in a comment or a string.

    Examples:
        >>> first_blank("# fill ___ in\ngrad = ___ * x")
        2
        >>> first_blank("grad = 2 * x") is None
        True
    """
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.NAME and token.string == BLANK:
                return token.start[0]
    except (tokenize.TokenError, SyntaxError):  # the run says what is wrong with it
        pass
    return None


def blank_verdict(line: int) -> Event:
    """What is said of a blank before anything runs."""
    words = f"Line {line} still has a blank {BLANK}. Put your own code in its place."
    return verdict(words, line, ran=False)


def anew(module: ModuleType, cell: str) -> ModuleType:
    """A namespace as if the cell had never run: with what other cells made, without its own names.

    Args:
        module: The session so far.
        cell: The id of the cell that is checked.
    """
    bound = module.__dict__.get(KEY, {})
    own = {name for name, (by, *_) in bound.items() if by == cell}
    fresh = ModuleType(module.__name__)
    fresh.__dict__.update((name, v) for name, v in module.__dict__.items() if name not in own)
    fresh.__dict__[KEY] = {name: by for name, by in bound.items() if name not in own}
    return fresh


def judge(check: str, source: str, cell: str, namespace: dict[str, Any]) -> Event:
    """Runs a check where the learner's code has run, and says what it says.

    The check gets a copy of the names: what it binds does not stay. What it prints or warns of is
    dropped.

    Args:
        check: Python source. What it raises is the feedback.
        source: The learner's code.
        cell: The cell's id: tracebacks call its source `<cell ID>`.
        namespace: Where the learner's names live.

    Raises:
        KeyboardInterrupt: The learner stopped it.
    """
    filename = f"<check {cell}>"
    lines = [line + "\n" for line in check.split("\n")]
    linecache.cache[filename] = (len(check), None, lines, filename)
    names = {**namespace, SOURCE: source, "__builtins__": builtins}
    dropped = io.StringIO()
    try:
        with redirect_stdout(dropped), redirect_stderr(dropped), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(check, filename, "exec", dont_inherit=True), names)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return words_on(error, cell, names)
    return verdict()


def words_on(error: BaseException, cell: str, names: dict[str, Any]) -> Event:
    """What is said of an exception that left a check."""
    from pylib.kernel.error_help import explain

    file, line, text = _innermost(error.__traceback__, cell)
    try:
        detail = str(error)
        help_ = explain(error, [name for name in names if name != SOURCE], cell)
    except Exception:  # a __str__ of the learner's own may fail
        detail = help_ = type(error).__name__
    if file == f"<cell {cell}>":
        return verdict(f"Called by the check, your code stops in line {line}: {help_}", line)
    if isinstance(error, AssertionError):
        return verdict(detail or f"This does not hold yet: {re.sub(r'^assert +', '', text)}")
    if type(error) is NameError and error.name and error.name not in names:
        return verdict(
            f"The check looks for {error.name}, and your code gives it no value. "
            "Keep the names of the first code; Reset shows it again."
        )
    return verdict(f"The check stumbles over your answer ({type(error).__name__}): {help_}")


def _innermost(trace: TracebackType | None, cell: str) -> tuple[str, int, str]:
    """File, line and text of the last frame that is the learner's or the check's."""
    found = ("", 0, "")
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name in (f"<cell {cell}>", f"<check {cell}>"):
            found = name, trace.tb_lineno, linecache.getline(name, trace.tb_lineno).strip()
        trace = trace.tb_next
    return found
