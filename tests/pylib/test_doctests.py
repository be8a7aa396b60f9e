"""Every example in a docstring of pylib runs and gives what it shows."""

import doctest
import importlib
import pkgutil

import pytest

import pylib

MODULES = [
    "pylib",
    *(found.name for found in pkgutil.walk_packages(pylib.__path__, prefix="pylib.")),
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
