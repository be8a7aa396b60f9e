"""Imports that wait for the function that needs them: nothing is lost, and what changed is said."""

import ast
import io
import zipfile
from typing import Any

import pytest

from site_hooks.paths import PYODIDE
from site_hooks.pyodide import bytecode, put_off

FILE = "pyodide/common.py"  # puts off pathlib and shutil
SOURCE = """
import os
import shutil
from pathlib import Path, PurePath

def kind(path: Path) -> str:
    "What it is."
    return "folder" if Path(path).is_dir() else "file"

class Copy:
    def make(self, shutil):
        return shutil
    def again(self):
        def inside():
            return shutil.copy, PurePath
        return inside()

def name():
    Path = os.getcwd()
    return Path
"""


def put(source: str, file: str = FILE) -> str:
    tree = ast.parse(source)
    put_off.put_off(tree, file)
    return ast.unparse(tree)


def test_an_import_moves_into_the_functions_that_use_it_and_no_other() -> None:
    made = put(SOURCE)
    both = "from pathlib import Path, PurePath"
    assert made.count(both) == 2
    assert made.count("import shutil") == 1
    assert made.startswith("import os\n\ndef kind")
    namespace: dict[str, Any] = {}
    exec(made, namespace)
    assert namespace["kind"].__doc__ == "What it is."
    assert not {"shutil", "Path"} & namespace.keys()
    kind, copy = namespace["kind"], namespace["Copy"]()
    assert kind("/") == "folder"
    assert copy.make(3) == 3
    assert copy.again()[0].__name__ == "copy"
    assert isinstance(namespace["name"](), str)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import shutil\n", "does not import pathlib"),
        (f"{SOURCE}HERE = Path()\n", "needs Path when it is imported"),
        (f"{SOURCE}def f(path=Path()): ...\n", "needs Path"),
        (f"{SOURCE}@shutil.which\ndef f(): ...\n", "needs shutil"),
        (f"{SOURCE}class Own(Path): ...\n", "needs Path"),
    ],
)
def test_what_cannot_be_put_off_is_said(source: str, message: str) -> None:
    with pytest.raises(LookupError, match=message):
        put(source)


def test_what_is_replaced_has_to_be_there() -> None:
    with pytest.raises(LookupError, match=r"asyncio/futures\.py does not say 'logging\.DEBUG - 1'"):
        put_off.instead(b"import logging\n", "asyncio/futures.py")
    with pytest.raises(LookupError, match="asyncio does not import streams any more"):
        put_off.late_asyncio(ast.parse("from .events import *"), {"streams": []}, [])


def test_the_start_is_stock_pyodides_but_for_the_files_that_are_named() -> None:
    made = bytecode.start(PYODIDE)
    with (
        zipfile.ZipFile(PYODIDE / bytecode.STOCK) as stock,
        zipfile.ZipFile(io.BytesIO(made)) as lean,
    ):
        names = stock.namelist()
        assert lean.namelist() == names
        changed = {name for name in names if stock.read(name) != lean.read(name)}
    assert changed == set(put_off.FILES)
