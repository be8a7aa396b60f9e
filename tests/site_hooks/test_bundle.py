"""pylib's archive and the client's bundle: what is in them, and the same bytes every time."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from site_hooks import bundle

WORKER = bundle.CLIENT / "worker.ts"


def test_pylib_archive_holds_the_sources_and_nothing_else() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.pylib_archive())) as archive:
        names = archive.namelist()
    assert "pylib/__init__.py" in names
    assert names == sorted(names)
    assert not [name for name in names if "__pycache__" in name]


def test_pylib_archive_does_not_depend_on_dates_or_order(tmp_path: Path) -> None:
    archives: list[bytes] = []
    for place, order in (("one", "ab"), ("two", "ba")):
        folder = tmp_path / place / "pylib"
        folder.mkdir(parents=True)
        for name in order:
            (folder / f"{name}.py").write_text(f"{name} = 1\n", encoding="utf-8")
            os.utime(folder / f"{name}.py", (len(archives) * 1e6, len(archives) * 1e6))
        archives.append(bundle.pylib_archive(folder))
    assert archives[0] == archives[1]


def entry(folder: Path, source: str) -> Path:
    path = folder / "index.ts"
    path.write_text(source, encoding="utf-8")
    return path


def test_client_is_the_same_every_time_and_names_no_folder_of_this_machine() -> None:
    first = bundle.client({"a": 1}, [WORKER])
    assert first == bundle.client({"a": 1}, [WORKER])
    assert set(first) == {"worker.js"}
    for content in first.values():
        assert str(bundle.ROOT).encode() not in content


def test_the_manifest_is_put_into_the_client(tmp_path: Path) -> None:
    source = "declare const RUNTIME: unknown;\nconsole.log(RUNTIME);\n"
    made = bundle.client({"wheel": "abc"}, [entry(tmp_path, source)])
    assert b'wheel:"abc"' in made["index.js"]


def test_a_source_that_does_not_compile_is_named(tmp_path: Path) -> None:
    with pytest.raises(bundle.BundleError, match=r"index\.ts:1:"):
        bundle.client({}, [entry(tmp_path, "let = ;\n")])


def test_without_node_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(bundle.BundleError, match=r"install Node\.js 20"):
        bundle.client()


def test_hashed_name_keeps_the_suffix() -> None:
    assert bundle.hashed_name("a.b.js", b"x") == "a.b.2d711642b726.js"
    assert bundle.hashed_name("a.b.js", b"y") != bundle.hashed_name("a.b.js", b"x")
