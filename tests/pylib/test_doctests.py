"""Every example in a docstring of pylib runs and gives what it shows."""

import doctest
import importlib
from pathlib import Path

import pytest

import pylib

ROOT = Path(pylib.__file__).parent
MODULES = [
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted(ROOT.rglob("*.py"))
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name), verbose=False)
    assert result.failed == 0, f"{result.failed} of {result.attempted} examples; see the output"


def test_there_are_examples() -> None:
    modules = [importlib.import_module(name) for name in MODULES]
    finder = doctest.DocTestFinder(exclude_empty=True)
    with_examples = [t.name for m in modules for t in finder.find(m) if t.examples]
    assert len(with_examples) > 60
