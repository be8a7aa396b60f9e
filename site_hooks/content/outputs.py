"""A cell's output at build: pylib.kernel in a subprocess, kept until the cells or pylib change."""

import base64
import hashlib
import importlib.metadata
import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageStat

from site_hooks.content.cells import Cell
from site_hooks.errors import BuildError
from site_hooks.paths import ROOT

Event = dict[str, Any]

SECONDS = 300
# A picture gets a palette where its colours are, of 255, off by less than this: on average, and at
# the worst pixel, which is one of an edge.
COLOURS = 256
MEAN_ERROR = 0.1
WORST_ERROR = 64


def run(cells: Sequence[Cell], cache: Path) -> dict[str, list[Event]]:
    """The events of each cell of one page that runs, by cell id.

    Args:
        cells: The page's cells, in order.
        cache: The folder that keeps results between builds.

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
                | ({"narrow": True} if cell.kind == "live" else {})
                for cell in runnable
            ],
        }
    )
    kept = cache / f"{hashlib.sha256((request + _versions()).encode()).hexdigest()}.json"
    answer = _still_valid(kept)
    if answer is None:
        answer = _run_in_python(request, runnable[0].path)
        for result in answer["cells"]:
            for event in result["events"]:
                if event["kind"] in ("figure", "narrow"):
                    event["png"] = _smaller(event["png"])
        answer["depends"] = {name: _digest(ROOT / name) for name in answer["modules"]}
        kept.parent.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(f".{os.getpid()}")
        partial.write_text(json.dumps(answer), encoding="utf-8")
        partial.replace(kept)
    events = {result["id"]: result["events"] for result in answer["cells"]}
    for cell in runnable:
        _refuse_surprise(cell, events[cell.id])
    return events


def _versions() -> str:
    python = ".".join(map(str, sys.version_info[:3]))
    packages = (importlib.metadata.version(name) for name in ("numpy", "matplotlib", "pillow"))
    return " ".join([python, *packages, f"{COLOURS} {MEAN_ERROR} {WORST_ERROR}"])


def _still_valid(kept: Path) -> dict[str, Any] | None:
    """The kept answer, if every module of pylib that it used is as it was."""
    try:
        answer: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        same = all(_digest(ROOT / name) == digest for name, digest in answer["depends"].items())
    except (OSError, ValueError):
        return None
    return answer if same else None


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _run_in_python(request: str, path: str) -> dict[str, Any]:
    # One thread, as in the browser: sums are then added in one order.
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pylib.kernel.execute"],
            input=request, capture_output=True, text=True, encoding="utf-8",
            env=environment, timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"{path}: its cells did not end within {SECONDS} s") from error
    if done.returncode:
        raise BuildError(f"{path}: pylib.kernel.execute failed:\n{done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _smaller(png: str) -> str:
    """The same picture in fewer bytes: in the page mpl_backend packs for speed.

    A palette takes a third of the bytes, where nobody sees that it leaves some colours out.
    """
    drawn = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    with_palette = drawn.quantize(COLOURS, dither=Image.Dither.NONE)
    error = ImageStat.Stat(ImageChops.difference(drawn, with_palette.convert("RGB")))
    alike = max(error.mean) < MEAN_ERROR and max(high for _, high in error.extrema) < WORST_ERROR
    packed = io.BytesIO()
    (with_palette if alike else drawn).save(packed, "png", optimize=True)
    return base64.b64encode(packed.getvalue()).decode()


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
