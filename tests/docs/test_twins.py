"""Twins: every cell of a lesson has one, and where PyTorch is it prints what its cell prints."""

import ast
import importlib
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from site_hooks.content import outputs
from site_hooks.content import twins as in_pytorch
from site_hooks.content.cells import Cell
from site_hooks.dev import twins
from tests.conftest import LESSON, PAGES, Collect

CACHE = Path(".cache/outputs")
VERSION = "2.13."
# They are about pylib itself, or have no lesson's cell.
OTHERS = {"reference", "instructors", "grade.md", "help.md", "privacy.md", "progress.md"}
# Their cells feed pylib's own instruments, which PyTorch has not.
INSTRUMENTS = {Path("docs/labs/microscope.md"), Path("docs/race.md")}
TAUGHT = [path for path in LESSON if path.parts[1] not in OTHERS and path not in INSTRUMENTS]


@pytest.mark.parametrize("path", TAUGHT, ids=str)
def test_a_lesson_s_cell_that_uses_pylib_has_a_twin(own: list[Cell]) -> None:
    lacking = [f"{cell.where}: {cell.id}" for cell in in_pytorch.lacking(own)]
    assert not lacking, 'write ```python torch="id" below each: ' + ", ".join(lacking)


# Data, and the weights that a training starts with: without them no number would be the same.
BORROWED = {"pylib.data", "pylib.models"}


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_twin_takes_from_pylib_data_and_starting_weights_alone(own: list[Cell]) -> None:
    for twin in in_pytorch.of(own).values():
        for node in ast.walk(ast.parse(twin.source)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pylib"):
                assert node.module in BORROWED, f"{twin.where}: imports {node.module}"
            if isinstance(node, ast.Import):
                assert not any(a.name.startswith("pylib") for a in node.names), twin.where


@pytest.fixture(scope="session")
def python() -> str:
    """The Python that runs twins; without one a test is skipped, but not in CI."""
    found = twins.python()
    if found is None:
        (pytest.fail if "CI" in os.environ else pytest.skip)(twins.ABSENT)
    asked = [found, "-c", "import torch; print(torch.__version__)"]
    version = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    if not version.startswith(VERSION):
        pytest.skip(f"the twins are proven with PyTorch {VERSION}x; this is {version}")
    return found


Run = Callable[[Sequence[Cell]], dict[str, twins.Printed]]


@pytest.fixture(scope="session")
def run(python: str) -> Iterator[Run]:
    """Runs twins of page after page."""
    with twins.running(python) as run:
        yield run


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_twin_prints_what_its_cell_prints(own: list[Cell], run: Run) -> None:
    faults = twins.faults(own, outputs.run(own, CACHE), run(own))
    assert not faults, "\n".join(faults)


def test_the_example_of_the_authoring_guide_prints_the_same(collect: Collect, run: Run) -> None:
    guide = Path("docs/instructors/authoring.md").read_text("utf-8")
    section = guide.partition("\n## Beside a cell: PyTorch\n")[2]
    example = section.partition("````markdown\n")[2].partition("\n````")[0]
    own = collect(example, "losses/mse", "authoring.md")
    assert [cell.kind for cell in own] == ["run", "torch"]
    assert not twins.faults(own, outputs.run(own, CACHE), run(own))


PAGE = Path("docs/pytorch.md")
MODULES = ("losses", "optimizers", "schedules", "models", "training")


def counterparts() -> dict[str, str]:
    """The table of the page: a name of pylib, and what its row says of PyTorch."""
    row = re.compile(
        r"^\| \[(\w+)\]\(reference/(\w+)\.md#pylib\.\2\.\1\) \| (.+) \|$", re.MULTILINE
    )
    return {f"{module}.{name}": said for name, module, said in row.findall(PAGE.read_text("utf-8"))}


def test_the_table_has_every_public_name() -> None:
    public = {
        f"{short}.{name}"
        for short in MODULES
        for name in importlib.import_module(f"pylib.{short}").__all__
    }
    public |= {f"gradcheck.{n}" for n in ("check_gradient", "numerical_gradient", "GradientReport")}
    assert set(counterparts()) == public


ASK = """
import functools, importlib, json, sys, torch
def there(name):
    root, *parts = name.split(".")
    try:
        functools.reduce(getattr, parts, importlib.import_module(root))
    except AttributeError:
        return False
    return True
print(json.dumps([name for name in json.load(sys.stdin) if not there(name)]))
"""


def test_pytorch_has_what_the_table_names(python: str) -> None:
    named = [n for said in counterparts().values() for n in re.findall(r"`(torch\.[\w.]+)", said)]
    assert len(named) > 40
    done = subprocess.run(
        [python, "-c", ASK], input=json.dumps(named), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []
