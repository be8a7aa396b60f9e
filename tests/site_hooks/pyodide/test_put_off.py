"""Imports that wait for the function that needs them: nothing is lost, and what changed is said."""

import ast
import io
import marshal
import zipfile
from typing import Any

import pytest

from site_hooks.pyodide import packs, put_off
from tests.site_hooks.pyodide.test_packs import unpack

FILE = "pyodide/common.py"  # puts off pathlib and shutil
SOURCE = """
from __future__ import annotations
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
    assert made.startswith("from __future__ import annotations\nimport os\n\ndef kind")
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


def test_what_is_put_off_is_not_in_the_first_pack_and_not_lost() -> None:
    made = packs.runtime_packs()
    with zipfile.ZipFile(io.BytesIO(unpack(made["core"])["boot.zip"])) as boot:
        first = {name.removesuffix(".pyc").removesuffix("/__init__") for name in boot.namelist()}
    assert {"importer", "asyncio", "asyncio/tasks", "pyodide/webloop", "inspect"} <= first
    modules = {
        module.replace(".", "/") for held in put_off.IN_FUNCTIONS.values() for module in held
    }
    late = modules | {f"asyncio/{name}" for name in put_off.ASYNCIO}
    assert not first & late
    index = marshal.loads(unpack(made["python"])["/lib/index.marshal"])
    later = {name for name, *_ in index["code"]} | {*index["modules"]["more-python"]}
    assert {name.replace("/", ".") for name in late} <= later
