"""A package that imports its names when they are asked for is to its users what it was."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from site_hooks.paths import PYLIB
from site_hooks.pyodide.lazy_names import lazy

PACKAGES = sorted(
    path.parent.name for path in PYLIB.glob("*/__init__.py") if path.parent.name != "kernel"
)


def made(source: str, name: str, folder: Path) -> ModuleType:
    module = ModuleType(name)
    module.__path__ = [str(folder)]
    sys.modules[name] = module
    exec(compile(lazy(source.encode(), name), f"<{name}>", "exec"), module.__dict__)
    return module


@pytest.fixture
def toys(tmp_path: Path) -> Iterator[ModuleType]:
    (tmp_path / "one.py").write_text("class A: pass\nclass B: pass\n")
    (tmp_path / "two.py").write_text("class C: pass\n")
    imports = "from toys.one import A, B\nfrom toys.two import C"
    source = f'"""Toys."""\n{imports}\n__all__ = ["A", "B", "C"]\n'
    yield made(source, "toys", tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "toys"]:
        del sys.modules[name]


def test_a_name_brings_its_module_and_no_other(toys: ModuleType) -> None:
    assert "toys.one" not in sys.modules
    exec("from toys import B\nassert B.__name__ == 'B'", {})
    assert "toys.one" in sys.modules
    assert "toys.two" not in sys.modules


def test_the_package_shows_all_that_it_has(toys: ModuleType) -> None:
    assert {"A", "B", "C", "one", "two", "__all__"} <= set(dir(toys))
    assert not [name for name in dir(toys) if name == "_PLACES"]
    assert toys.__doc__ == "Toys."
    names: dict[str, object] = {}
    exec("from toys import *", names)
    assert {"A", "B", "C"} <= set(names)
    assert toys.two is sys.modules["toys.two"]
    assert toys.A is toys.one.A is vars(toys)["A"]


def test_a_name_that_is_not_there_is_said_as_ever(toys: ModuleType) -> None:
    with pytest.raises(ImportError, match="cannot import name 'D' from 'toys'"):
        exec("from toys import D", {})
    with pytest.raises(AttributeError, match="module 'toys' has no attribute 'D'"):
        _ = toys.D
    assert not hasattr(toys, "D")


def test_other_code_stays() -> None:
    tree = lazy(b"import math\nx = math.pi\n", "toys")
    names: dict[str, object] = {}
    exec(compile(tree, "", "exec"), names)
    assert "__getattr__" not in names


def test_a_name_that_is_a_module_too_is_refused() -> None:
    with pytest.raises(ValueError, match="toys has names that are modules of it too: one"):
        lazy(b"from toys.one import one\n", "toys")


@pytest.mark.parametrize("package", PACKAGES)
def test_pylib_is_the_same(package: str) -> None:
    name = f"pylib.{package}"
    eager = importlib.import_module(name)
    source = (PYLIB / package / "__init__.py").read_bytes()
    late = ModuleType(name)
    exec(compile(lazy(source, name), "", "exec"), late.__dict__)
    assert late.__all__ == eager.__all__
    assert all(getattr(late, one) is getattr(eager, one) for one in eager.__all__)
    assert set(eager.__all__) <= set(dir(late))
