"""What cells put out at build, page by page, kept until they or what they use of pylib change."""

import importlib.metadata
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from site_hooks import kept, side_by_side
from site_hooks.content.cells import Cell
from site_hooks.errors import BuildError
from site_hooks.paths import PYLIB, ROOT

Event = dict[str, Any]

SECONDS = 300
RUNNER = "site_hooks.content.run_cells"
# What results depend on besides the cells, versions and what cells import.
_MAKERS = [Path(__file__).with_name(name) for name in ("run_cells.py", "pictures.py")]


def run(
    cells: Sequence[Cell], cache: Path, read: Callable[[Path], str] = kept.content
) -> dict[str, list[Event]]:
    """The events of each cell of one page that runs, by cell id.

    Args:
        cells: The page's cells, in order.
        cache: The folder that keeps results between builds.
        read: Tells what is in a source; a build, whose pages share them, remembers it.

    Raises:
        BuildError: A cell failed that does not say `raises`, or did not fail although it says so.
    """
    runnable = [cell for cell in cells if cell.runs_at_build]
    if not runnable:
        return {}
    request = json.dumps(
        {
            "page": runnable[0].page,
            "cells": [
                {"id": cell.id, "source": cell.source, "session": cell.session}
                | ({"narrow": True} if cell.kind in ("live", "figure") else {})
                for cell in runnable
            ],
        }
    )

    def make() -> tuple[dict[str, Any], list[str]]:
        answer = _run_in_python(request, runnable[0].path)
        return answer, answer["modules"]

    answer = kept.made_from(cache / kept.key(request, _versions(read)), ROOT, make, read)
    events = {result["id"]: result["events"] for result in answer["cells"]}
    for cell in runnable:
        _refuse_surprise(cell, events[cell.id])
    return events


def _versions(read: Callable[[Path], str]) -> str:
    data = [file for file in kept.tree(PYLIB) if file.suffix != ".py"]
    return f"{_packages()} {kept.digest(ROOT, [*_MAKERS, *data], read)}"


@cache
def _packages() -> str:
    python = ".".join(map(str, sys.version_info[:3]))
    return " ".join([python, *map(importlib.metadata.version, ("numpy", "matplotlib", "pillow"))])


def _run_in_python(request: str, path: str) -> dict[str, Any]:
    # One thread, as in the browser: sums are then added in one order.
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
    }
    try:
        done = side_by_side.run(
            [sys.executable, "-m", RUNNER],
            stdin=request, cwd=ROOT, env=environment, timeout=SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"{path}: its cells did not end within {SECONDS} s") from error
    if done.returncode:
        raise BuildError(f"{path}: {RUNNER} failed:\n{done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _refuse_surprise(cell: Cell, events: list[Event]) -> None:
    raised = next((event for event in events if event["kind"] == "error"), None)
    meant = cell.settings.get("raises")
    if raised is None and meant:
        raise BuildError(
            f'{cell.where}: the cell "{cell.id}" says raises="{meant}" but it ended well'
        )
    if raised is not None and raised["type"] != meant:
        raise BuildError(
            f'{cell.where}: the cell "{cell.id}" fails at build:\n{raised["traceback"]}'
        )
    if cell.kind == "live" and all(event["kind"] != "figure" for event in events):
        raise BuildError(f'{cell.where}: the live figure "{cell.id}" draws no figure at build')
