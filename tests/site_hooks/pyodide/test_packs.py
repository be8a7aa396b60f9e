"""The packs: what is in them, that nothing is lost, and that two builds give the same bytes."""

import ast
import gzip
import importlib.util
import json
import marshal
import os
import shutil
from pathlib import Path

import pytest

from site_hooks import compressed
from site_hooks.assets import bundle
from site_hooks.client.python import importer
from site_hooks.errors import BuildError
from site_hooks.paths import PYLIB, user_cache
from site_hooks.pyodide import bytecode, needed, packs, snapshot

MEGABYTE = 1_000_000


def unpack(pack: bytes) -> dict[str, bytes]:
    body = gzip.decompress(pack)
    at = 4 + int.from_bytes(body[:4], "little")
    files = {}
    for path, size in json.loads(body[4:at]):
        files[path] = body[at : at + size]
        at += size
    assert at == len(body)
    return files


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return packs.runtime_packs()


def test_a_pack_gives_back_its_files_and_holds_no_date() -> None:
    files = {"/b": b"two", "/a": b"", "c": bytes(1000)}
    assert unpack(bytecode.pack(files)) == files
    assert bytecode.pack(files) == bytecode.pack(files)
    assert bytecode.pack(files)[4:8] == bytes(4)


def test_two_builds_of_the_runtime_give_the_same_bytes(
    made: dict[str, bytes], tmp_path: Path
) -> None:
    downloads = shutil.ignore_patterns("packs*", "compressed", "memory*")
    shutil.copytree(user_cache(), tmp_path, ignore=downloads, dirs_exist_ok=True)
    again = packs.runtime_packs(tmp_path)
    assert {name for name in made if made[name] != again.get(name)} == set()


def test_two_recordings_of_pythons_memory_give_the_same_bytes(
    made: dict[str, bytes], tmp_path: Path
) -> None:
    script = bundle.client(entries=[bundle.RECORDER])["record.js"]
    one, other = (snapshot.memory_pack(script, made, tmp_path / name) for name in ("one", "other"))
    assert one == other
    assert len(one) < 8 * MEGABYTE


def test_a_recording_that_fails_says_why(made: dict[str, bytes], tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="cannot be recorded:\n(.|\n)*no such part"):
        snapshot.memory_pack(b"throw new Error('no such part')", made, tmp_path)


def test_a_first_print_and_a_first_plot_need_few_megabytes(made: dict[str, bytes]) -> None:
    assert sum(len(made[name]) for name in ("wasm", "core", "python")) < 4.7 * MEGABYTE
    numpy = ("numpy-libraries", "numpy")
    plotting = ("plotting-libraries", "plotting", "data")
    first = ("wasm", "core", "python", *numpy, *plotting)
    assert sum(len(made[name]) for name in first) < 9.5 * MEGABYTE
    bare = [gzip.decompress(made[name]) for name in first]
    brotli = compressed.compressed([(content, "br11") for content in bare])
    assert sum(map(len, brotli)) < 7 * MEGABYTE


def test_every_file_of_stock_python_is_in_one_pack(made: dict[str, bytes]) -> None:
    held = [
        path
        for name, pack in made.items()
        if name != "wasm"
        for path, body in unpack(pack).items()
        if body
    ]
    read_at_import = {path for path in held if held.count(path) > 1}
    assert read_at_import == {path for path in unpack(made["plotting"]) if ".code" not in path}
    assert read_at_import < set(unpack(made["data"]))
    sources = {path for path in held if path.endswith(".py")}
    for path in ("json/tool.py", "asyncio/base_events.py", "sqlite3/__init__.py", "http/server.py"):
        assert f"{needed.STDLIB}/{path}" in sources
    for path in ("numpy/fft/_pocketfft.py", "matplotlib/backends/backend_svg.py", "pylab.py"):
        assert f"{needed.SITE}/{path}" in sources
    assert f"{bytecode.MPL_DATA}/fonts/ttf/cmr10.ttf" in held


def test_the_importer_knows_a_pack_for_every_module(made: dict[str, bytes]) -> None:
    index = marshal.loads(unpack(made["python"])["/lib/index.marshal"])
    without = {"wasm", "core", "python", "numpy", "plotting", "extras", "data", "sources"}
    assert set(index["modules"]) == set(made) - {*without, *bytecode.LIBRARIES.values()}
    assert "numpy.fft" in index["modules"]["more-numpy"]
    assert {"json.tool", "ssl"} <= {*index["modules"]["more-python"]}
    assert index["patterns"]["sans:italic"] == {"family": ["sans"], "slant": ["italic"]}
    packs = {name: pack for name, pack, *_ in index["code"]}
    assert packs["difflib"] == "python"
    assert packs["numpy"] == packs["numpy.random"] == "numpy"
    assert packs["matplotlib.pyplot"] == packs["contourpy"] == "plotting"
    assert packs["numpy._core._multiarray_umath"] == "numpy-libraries"
    assert packs["pyparsing"] == packs["PIL.Image"] == packs["PIL._imaging"] == "extras"
    assert packs["PIL"] == packs["matplotlib._mathtext"] == "plotting"
    assert packs["matplotlib.ft2font"] == "plotting-libraries"


def test_a_grammar_moves_into_the_function_that_needs_it() -> None:
    source = """
import math
from pyparsing import Regex, one_of
ParserElement.enable_packrat()
class Parser:
    number = staticmethod(pyparsing_common.number)
    def other(self): ...
    def __init__(self):
        self.grammar = Regex("x")
"""
    tree = ast.parse(source)
    bytecode.import_late(tree, "Parser.__init__")
    assert ast.unparse(tree).split("\n") == [
        "import math",
        "",
        "class Parser:",
        "",
        "    def other(self):",
        "        ...",
        "",
        "    def __init__(self):",
        "        global Regex, one_of",
        "        from pyparsing import Regex, one_of",
        "        ParserElement.enable_packrat()",
        "        Parser.number = staticmethod(pyparsing_common.number)",
        "        self.grammar = Regex('x')",
    ]
    compile(tree, "mathtext", "exec")
    for text, function in (("x = 1\ndef f(): ...", "f"), (source, "Parser.nowhere")):
        with pytest.raises(LookupError, match="late"):
            bytecode.import_late(ast.parse(text), function)


def test_pylibs_bytecode_lies_where_python_looks_for_it(tmp_path: Path) -> None:
    folder = tmp_path / "pylib"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "__pycache__" / "old.pyc").write_bytes(b"old")
    (folder / "one.py").write_text('"""One."""\n', encoding="utf-8")
    (folder / "digits.npz").write_bytes(b"data")
    for name in ("kernel/run.py", "data/breast_cancer.py", "race/tuning.py"):
        (folder / name).parent.mkdir()
        (folder / name).write_text("", encoding="utf-8")
    (folder / "data" / "breast_cancer.npz").write_bytes(b"data")
    found = {name: list(unpack(pack)) for name, pack in bytecode.pylib_packs(folder).items()}
    place = f"{needed.SITE}/pylib"
    names = ("one", "kernel/run", "data/breast_cancer", "race/tuning")
    one, run, late, race = (f"{place}/{name}.py" for name in names)
    assert found == {
        "kernel": [run, importlib.util.cache_from_source(run)],
        "pylib": [f"{place}/digits.npz", one, importlib.util.cache_from_source(one)],
        "tables": [f"{late[:-3]}.npz", late, importlib.util.cache_from_source(late)],
        "instruments": [race, importlib.util.cache_from_source(race)],
    }


def test_what_the_importer_fetches_late_is_where_it_looks() -> None:
    made = {name: unpack(pack) for name, pack in bytecode.pylib_packs(PYLIB).items()}
    late = {path: pack for pack in bytecode.LATE for path in made[pack] if path.endswith(".py")}
    found: dict[str, str] = {}
    for module, pack in importer.LATE.items():
        place = f"{needed.SITE}/{module.replace('.', '/')}"
        found |= {path: pack for path in late if path.startswith((f"{place}.py", f"{place}/"))}
    assert found == late


def test_docstrings_are_left_out_but_lines_and_assertions_stay() -> None:
    source = (
        b'"""Doc."""\ndef f():\n    """Doc."""\n    assert False, "no"\nclass C:\n    """Doc."""\n'
    )
    names: dict[str, object] = {}
    exec(bytecode.compiled(source, "m.py", docstrings=False), names)
    function = names["f"]
    assert callable(function)
    assert function.__doc__ is None
    assert names["C"].__doc__ is None
    with pytest.raises(AssertionError) as caught:
        function()
    assert caught.traceback[-1].lineno + 1 == 4
    exec(bytecode.compiled(source, "m.py", docstrings=True), names)
    assert names["f"].__doc__ == "Doc."


def test_packs_are_made_once_and_again_when_an_input_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []

    def make(job: dict[str, object], cache: Path) -> dict[str, bytes]:
        made.append(job)
        return {"pylib": str(len(made)).encode()}

    monkeypatch.setattr(packs, "make", make)
    folder = tmp_path / "pylib"
    folder.mkdir()
    (folder / "a.py").write_text("a = 1\n", encoding="utf-8")
    first = packs.pylib_packs(folder, tmp_path)
    os.utime(folder / "a.py", (0, 0))
    assert packs.pylib_packs(folder, tmp_path) == first
    (folder / "a.py").write_text("a = 2\n", encoding="utf-8")
    assert packs.pylib_packs(folder, tmp_path) != first
    assert len(made) == 2


def test_a_failing_build_says_what_python_said(tmp_path: Path) -> None:
    (tmp_path / "pylib").mkdir()
    (tmp_path / "pylib" / "bad.py").write_text("def = 1\n", encoding="utf-8")
    with pytest.raises(BuildError, match="SyntaxError"):
        packs.pylib_packs(tmp_path / "pylib", tmp_path)


def test_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "pylib"
    shutil.copytree(PYLIB, folder)
    first = packs.pylib_packs(folder, tmp_path / "one")
    assert packs.pylib_packs(folder, tmp_path / "two") == first
