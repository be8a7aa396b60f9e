"""`npm run check-cells -- PAGE ...`: proves the cells, exercises and quizzes of pages."""

import os
import sys
from collections import Counter
from pathlib import Path

from site_hooks.content import outputs
from site_hooks.content import twins as in_pytorch
from site_hooks.content.cells import Cell
from site_hooks.dev import proof, twins
from site_hooks.errors import BuildError
from site_hooks.hooks import page_reader
from site_hooks.paths import CACHE, IS_INSTALLED

COMMAND = "python -m site_hooks check-cells" if IS_INSTALLED else "npm run check-cells --"
USE = f"usage: {COMMAND} docs/losses/mse.md ..."


def main(pages: list[str]) -> int:
    """Print what is wrong on each page, by file and line, and the mutants that survive.

    Returns:
        The exit status: 1 if anything must be mended.
    """
    if not pages:
        print(USE)
        return 2
    read = page_reader()
    faults = 0
    for page in pages:
        if not Path(page).is_file():
            print(f"{page} is no file; {USE}")
            return 2
        try:
            faults += _check(page, read(Path(page)))
        except BuildError as error:
            print(error)
            faults += 1
    return 1 if faults else 0


def _check(page: str, cells: list[Cell]) -> int:
    counts = Counter("exercise" if cell.is_exercise else cell.kind for cell in cells)
    print(f"{page}: " + ", ".join(f"{counts[kind]} {kind}" for kind in sorted(counts)))
    events = outputs.run(cells, CACHE / "outputs")
    faults = proof.missed_guesses(cells, events)
    for found in proof.prove(cells):
        faults += found.faults
        changed = f"{len(found.refused)} changed solutions refused"
        if found.equivalent:
            changed += f", {len(found.equivalent)} equal to it"
        where = f"{found.exercise.where}: {found.exercise.id}"
        print(f"  {where}: {changed} ({found.seconds:.1f} s)")
        for mutant in found.survivors:
            print(f"    passes too: {mutant.what} (line {mutant.line} of the solution)")
    if in_pytorch.of(cells):
        python = twins.python()
        if python is None:
            print(f"  {twins.ABSENT}")
        elif not hasattr(os, "fork"):
            print(f"  {twins.NO_FORK}")
        else:
            with twins.running(python) as run:
                faults += twins.faults(cells, events, run(cells))
    for fault in faults:
        print(fault)
    return len(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
