"""Runs twins where PyTorch is, and compares what they print with what their cells printed."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import takewhile

from site_hooks.content import twins
from site_hooks.content.cells import Cell
from site_hooks.content.outputs import Event
from site_hooks.errors import BuildError
from site_hooks.paths import ROOT

# Names another Python that has PyTorch, NumPy and matplotlib.
PYTHON = "TORCH_PYTHON"
ABSENT = (
    "PyTorch is not installed, so no twin was run: .venv/bin/pip install torch==2.13.0, "
    f"or set {PYTHON} to a Python that has it"
)
NO_FORK = "No twin was run: they run on Linux and macOS; on Windows, in WSL"
SECONDS = 600
# Besides one unit in the last place that the cell printed: of numbers printed in full.
RELATIVE = 1e-9

# PyTorch is imported once. Of each request, a page's, the twins run in the orders that they need,
# as in the files that readers download, each order in a namespace of its own; orders that begin
# alike share that beginning: a process forks where they part.
_CHILD = """
import contextlib, io, json, os, signal, sys, traceback
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
import torch

torch.set_num_threads(1)

def run(one, source, space):
    said, answer = io.StringIO(), {"error": None, "traceback": ""}
    plt.close("all")
    try:
        with contextlib.redirect_stdout(said):
            exec(compile(source, one, "exec"), space)
    except Exception as error:
        answer = {"error": type(error).__name__, "traceback": traceback.format_exc()}
    return {**answer, "text": said.getvalue(), "figures": len(plt.get_fignums())}

def follow(sources, orders, place, space):
    for one in dict.fromkeys(order[place] for order in orders if len(order) > place):
        if os.fork() == 0:
            mine = [order for order in orders if len(order) > place and order[place] == one]
            signal.alarm(SECONDS)
            answer = run(one, sources[one], space)
            signal.alarm(0)
            for order in mine:
                if len(order) == place + 1 or answer["error"]:
                    print(json.dumps({"twin": order[-1], "printed": answer}), flush=True)
            if not answer["error"]:
                follow(sources, mine, place + 1, space)
            os._exit(0)
        os.wait()

for request in sys.stdin:
    torch.manual_seed(0)
    sources, orders = json.loads(request)
    follow(sources, orders, 0, {"__name__": "__main__"})
    print("null", flush=True)
""".replace("SECONDS", str(SECONDS))

# What a line says the number is from.
_LIBRARY = re.compile(r"\b(?:pylib|NumPy|PyTorch)\b")
_NUMBER = re.compile(r"(?<![\w.])[-+−]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?![\w])")


@dataclass(frozen=True)
class Printed:
    """What a twin did."""

    text: str
    figures: int
    error: str | None
    traceback: str


def python() -> str | None:
    """The Python that has PyTorch; None if there is none."""
    own = sys.executable if importlib.util.find_spec("torch") else None
    return os.environ.get(PYTHON) or own


@contextmanager
def running(python: str) -> Iterator[Callable[[Sequence[Cell]], dict[str, Printed]]]:
    """What tells of each twin of a page what it prints, by its cell's id.

    Args:
        python: A Python that has PyTorch.

    Raises:
        BuildError: It could not run them, or one did not end in time.
    """
    child = subprocess.Popen(
        [python, "-c", _CHILD],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    asked, told = child.stdin, child.stdout
    assert asked is not None and told is not None

    def run(cells: Sequence[Cell]) -> dict[str, Printed]:
        own = twins.of(cells)
        orders = [[*before, one] for one, before in twins.needed(cells).items()]
        with suppress(BrokenPipeError):  # it said why
            print(json.dumps([{o: own[o].source for o in own}, orders]), file=asked, flush=True)
        answers = takewhile(bool, map(json.loads, iter(told.readline, "")))  # null comes last
        printed = {answer["twin"]: Printed(**answer["printed"]) for answer in answers}
        if lacking := own.keys() - printed:
            names = ", ".join(sorted(lacking))
            raise BuildError(f"{python} ended, or took more than {SECONDS} s, in twins of {names}")
        return printed

    try:
        yield run
    finally:
        child.kill()
        child.wait()
        asked.close()
        told.close()


def faults(
    cells: Sequence[Cell], events: Mapping[str, Sequence[Event]], printed: Mapping[str, Printed]
) -> list[str]:
    """What differs, by file and line.

    Args:
        cells: The page's cells.
        events: What the cells emitted at build, by id.
        printed: What `run` gave.
    """
    found = []
    for one, twin in twins.of(cells).items():
        why = _fault(twin, events.get(one, ()), printed[one])
        if why:
            found.append(f'{twin.where}: torch="{one}" {why}')
    return found


def _fault(twin: Cell, events: Sequence[Event], printed: Printed) -> str:
    meant = twin.settings.get("raises")
    if printed.error != meant:
        return f"raised {printed.error} where {meant} was meant\n{printed.traceback}"
    kinds = {"stdout": "", "result": "\n"}
    text = "".join(e["text"] + kinds[e["kind"]] for e in events if e["kind"] in kinds)
    if difference := differs(text, printed.text, float(twin.settings.get("within", RELATIVE))):
        return difference
    drawn = len({event["figure"] for event in events if event["kind"] == "figure"})
    if drawn != printed.figures:
        return f"drew {printed.figures} figures, its cell {drawn}"
    return ""


def differs(cell: str, twin: str, within: float = RELATIVE) -> str:
    r"""How the text of a twin differs from that of its cell; "" if it is the same.

    Words have to be equal, but that a twin says PyTorch where its cell says pylib or NumPy. A
    number may be one unit off in the last place that the cell printed, or by a share of itself.
    How much space there is does not count.

    Args:
        cell: What the cell printed.
        twin: What its twin printed.
        within: The share; where it is larger than usual, whole numbers may be off too.

    Examples:
        >>> differs("loss 0.123, step 4", "loss  0.124, step 4")
        ''
        >>> differs("loss 0.123", "loss 0.125")
        'printed 0.125 where its cell printed 0.123, in line 1: loss 0.125'
        >>> differs("a\nb 1", "a\nc 1")
        'printed “c 1” where its cell printed “b 1”, in line 2'
    """
    mine, its = _lines(cell), _lines(twin)
    for number, (line, other) in enumerate(zip(mine, its, strict=False), start=1):
        if _words(line) != _words(other):
            return f"printed “{other}” where its cell printed “{line}”, in line {number}"
        for wanted, got in zip(_NUMBER.findall(line), _NUMBER.findall(other), strict=True):
            if not _same(wanted, got, within):
                where = f"in line {number}: {other}"
                return f"printed {got} where its cell printed {wanted}, {where}"
    if len(mine) != len(its):
        return f"printed {len(its)} lines, its cell {len(mine)}"
    return ""


def _lines(text: str) -> list[str]:
    return [line for line in (line.strip() for line in text.splitlines()) if line]


def _words(line: str) -> str:
    return re.sub(r"\s+", "", _NUMBER.sub("#", _LIBRARY.sub("library", line)))


def _same(wanted: str, got: str, within: float) -> bool:
    if _is_whole(wanted) and _is_whole(got) and within == RELATIVE:
        return int(wanted.replace("−", "-")) == int(got.replace("−", "-"))
    a, b = (float(number.replace("−", "-")) for number in (wanted, got))
    return abs(a - b) <= max(1.001 * _unit(wanted), within * abs(a))


def _unit(number: str) -> float:
    """One in the last place; NumPy leaves zeros out, so that "1." says nothing of places."""
    mantissa, _, exponent = number.partition("e")
    places = len(mantissa.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - places) if places or exponent else 0.0


def _is_whole(number: str) -> bool:
    return not re.search(r"[.e]", number)
