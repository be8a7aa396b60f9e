"""Proves exercises and guesses in CPython: what is right passes, what is wrong does not."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from pylib.kernel.checking import SOURCE
from pylib.kernel.needs import names
from site_hooks.content import quizzes
from site_hooks.content.cells import BLANK, Cell, of_exercise
from site_hooks.content.needs import needed_cells
from site_hooks.content.outputs import Event
from site_hooks.dev.mutants import Mutant, has_formula, mutants
from site_hooks.errors import BuildError
from site_hooks.paths import ROOT

SECONDS = 600

_NUMBER = re.compile(r"[-+−]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")
# The beginning of what the kernel says by itself where the check raises an error of another kind.
_NO_WORDS = ("The check stumbles", "The check looks for")
# Errors that come of a slip of the author's.
_SLIPS = ("NameError", "SyntaxError", "IndentationError")


@dataclass
class Proof:
    """What was found out about an exercise."""

    exercise: Cell
    faults: list[str] = field(default_factory=list)
    """File, line and words of all that must be mended."""
    refused: list[Mutant] = field(default_factory=list)
    equivalent: list[Mutant] = field(default_factory=list)
    survivors: list[Mutant] = field(default_factory=list)
    """Wrong solutions that the check lets pass."""
    seconds: float = 0.0


@dataclass(frozen=True)
class Trial:
    """What is tried of an exercise."""

    exercise: Cell
    answers: list[tuple[Cell, str, str]]
    """Whose fence it is, the source, and what it is called."""
    mutants: list[Mutant]
    document: dict[str, Any]
    """What `trial` reads."""
    check: Cell
    is_formula: bool
    """A function that computes is to be written."""


def trials(cells: Sequence[Cell]) -> list[Trial]:
    """What is to be tried of each exercise of a page.

    Args:
        cells: The page's cells, validated.
    """
    needs = needed_cells(cells)
    found = []
    for exercise in (cell for cell in cells if cell.is_exercise):
        answers = _answers(exercise, cells)
        parts = of_exercise(cells, exercise.id)
        (solution,), (check,) = parts["solution"], parts["check"]
        writes = bool(_to_write(exercise.source))
        computes = has_formula(solution.source, exercise.source)
        wrong = mutants(solution.source, exercise.source)
        if not (writes or computes):
            wrong = []  # a number or a setting to be chosen: others may be right too
        document = {
            "id": exercise.id,
            "page": exercise.page,
            "session": exercise.session,
            "before": _before(exercise, cells, needs),
            "check": check.source,
            "solution": solution.source,
            "answers": [source for _, source, _ in answers],
            "mutants": [mutant.source for mutant in wrong],
        }
        found.append(Trial(exercise, answers, wrong, document, check, writes and computes))
    return found


def prove(cells: Sequence[Cell]) -> list[Proof]:
    """Try, for each exercise of a page, its solution, its wrong answers, and changed solutions.

    Args:
        cells: The page's cells, validated.
    """
    tried = trials(cells)
    results = _run([trial.document for trial in tried]) if tried else []
    proofs = []
    for trial, result in zip(tried, results, strict=True):
        found = Proof(trial.exercise, judge(trial, result["answers"]), seconds=result["seconds"])
        places = {"refused": found.refused, "equivalent": found.equivalent}
        for mutant, end in zip(trial.mutants, result["mutants"], strict=True):
            places.get(end, found.survivors).append(mutant)
        proofs.append(found)
    return proofs


def judge(trial: Trial, results: Sequence[Mapping[str, Any]]) -> list[str]:
    """What must be mended: file, line and words.

    Args:
        trial: What was tried.
        results: What Check said of each answer, as `trial.tried` returns it.
    """
    document = trial.document
    made = {n for cell in document["before"] for n in names(cell["source"]).made} | {SOURCE}
    if unknown := _unknown(trial.check, made | {*names(document["solution"]).made}):
        return [
            f"{where}: the check takes “{name}”, and neither the solution nor a cell before it "
            "makes that name"
            for name, where in unknown
        ]
    # What the starter has too is what the exercise is about.
    meant = {name for name, _ in _unknown(trial.exercise, made)} - {BLANK}
    faults: list[str] = []
    seen: dict[str, Cell] = {}
    for (cell, _, what), said in zip(trial.answers, results, strict=True):
        words = said["error"] or said["message"]
        if what == "solution":
            if not said["ok"]:
                faults.append(f"{cell.where}: the solution of “{cell.id}” fails: {words}")
        elif said["ok"]:
            mend = "; let the check call check_own" if "handed on" in what else ""
            faults.append(f"{cell.where}: the {what} of “{cell.id}” passes{mend}")
        elif what != "wrong answer":
            continue
        elif not said.get("ended", True):
            faults.append(
                f"{cell.where}: this wrong answer does not end: write one that does, for the "
                "check to refuse"
            )
        elif unknown := _unknown(cell, made | meant):
            name, where = unknown[0]
            faults.append(
                f"{where}: this wrong answer takes “{name}”, which nothing makes: Python refuses "
                "it, not the check"
            )
        elif (said["error"] or "").startswith(_SLIPS) and not meant:
            faults.append(f"{cell.where}: Python refuses this wrong answer, not the check: {words}")
        elif words.startswith(_NO_WORDS):
            faults.append(f"{cell.where}: the check has no words for this answer: {words}")
        elif words in seen:
            faults.append(
                f"{cell.where}: this wrong answer gets the words of the one at "
                f"{seen[words].where}: {words}"
            )
        else:
            seen[words] = cell
    return faults


def missed_guesses(cells: Sequence[Cell], events: Mapping[str, Sequence[Event]]) -> list[str]:
    """Guesses of a number that their cells do not show; with file, line and words.

    Args:
        cells: The page's cells.
        events: What they emitted at build, by id.
    """
    missed = []
    for cell in cells:
        if cell.kind != "guess":
            continue
        (option, *_) = quizzes.parse_guess(cell.source).options
        if option.value is None or cell.id not in events:
            continue
        text = "".join(event.get("text", "") for event in events[cell.id])
        shown = [float(found.replace("−", "-")) for found in _NUMBER.findall(text)]
        if not any(abs(value - option.value) <= option.tolerance + 1e-12 for value in shown):
            missed.append(
                f"{cell.where}: the guess expects {option.words}, "
                f"and the cell “{cell.id}” prints no such number"
            )
    return missed


def _unknown(cell: Cell, known: Set[str]) -> list[tuple[str, str]]:
    """The names that a cell takes and nothing makes, each with its file and line."""
    tree = ast.parse(cell.source)
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    # One that is bound in some branch only may well be there.
    bound = {node.id for node in nodes if isinstance(node.ctx, ast.Store)}
    lines = {node.id: node.lineno for node in reversed(nodes)}
    return [
        (name, f"{cell.path}:{cell.line + lines.get(name, 0)}")
        for name in names(cell.source).taken
        if name not in known | bound
    ]


def _answers(exercise: Cell, cells: Sequence[Cell]) -> list[tuple[Cell, str, str]]:
    parts = of_exercise(cells, exercise.id)
    (solution,) = parts["solution"]
    handed_on = [
        (exercise, _handing_on(solution.source, name), f"{name}, handed on to pylib,")
        for name in _to_write(exercise.source)
        if not _uses_pylib(solution.source)
    ]
    return [
        (solution, solution.source, "solution"),
        (exercise, exercise.source, "starter"),
        (exercise, "", "empty answer"),
        *handed_on,
        *((wrong, wrong.source, "wrong answer") for wrong in parts["wrong"]),
    ]


def _before(
    exercise: Cell, cells: Sequence[Cell], needs: Mapping[str, Sequence[str]]
) -> list[dict[str, str]]:
    """The cells that the exercise needs, and those that they need, in the page's order."""
    wanted, waiting = {exercise.id}, [exercise.id]
    while waiting:
        new = set(needs[waiting.pop()]) - wanted
        wanted |= new
        waiting += new
    return [
        {"id": cell.id, "source": cell.source}
        for cell in cells
        if cell.is_learners and cell.id in wanted and cell.id != exercise.id
    ]


def _run(asked: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "site_hooks.dev.trial"],
        input=json.dumps(asked), capture_output=True, text=True, encoding="utf-8",
        env=environment, timeout=SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BuildError(f"the exercises could not be tried:\n{done.stderr}")
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return results


def _to_write(starter: str) -> list[str]:
    """The functions in which a starter leaves a blank."""
    return [
        node.name
        for node in ast.parse(starter).body
        if isinstance(node, ast.FunctionDef) and BLANK in ast.unparse(node)
    ]


def _uses_pylib(source: str) -> bool:
    return any(
        isinstance(node, ast.ImportFrom | ast.Import) and "pylib" in ast.unparse(node)
        for node in ast.walk(ast.parse(source))
    )


def _handing_on(solution: str, name: str) -> str:
    """A right answer that is not the learner's own: its function names something of pylib's."""
    return (
        f"{solution}\n\nfrom pylib import losses as _losses\n_right = {name}\n\n"
        f"def {name}(*args, **names):\n    _losses\n    return _right(*args, **names)\n"
    )
