"""The runtime files: which are wanted, where they are looked for, and what is refused."""

import errno
import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from site_hooks.errors import BuildError
from site_hooks.paths import ROOT
from site_hooks.pyodide import files
from site_hooks.pyodide.files import Source, SourceError, Wheel


def wheel(name: str, content: bytes) -> Wheel:
    return Wheel(name, "1", f"{name}-1.whl", hashlib.sha256(content).hexdigest())


def having(contents: dict[str, bytes], asked: list[list[str]] | None = None) -> Source:
    def source(missing: Sequence[Wheel]) -> Iterator[tuple[Wheel, bytes]]:
        if asked is not None:
            asked.append([wheel.name for wheel in missing])
        for wheel in missing:
            if wheel.name in contents:
                yield wheel, contents[wheel.name]

    return source


def failing(error: Exception) -> Source:
    def source(missing: Sequence[Wheel]) -> Iterator[tuple[Wheel, bytes]]:
        raise error
        yield

    return source


def quiet(line: str) -> None:
    pass


def test_wheels_are_the_packages_and_all_they_need() -> None:
    found = files.wheels(files.lock())
    assert [wheel.name for wheel in found] == sorted(wheel.name for wheel in found)
    assert {"numpy", "matplotlib", "Pillow", "contourpy", "six"} <= {wheel.name for wheel in found}
    assert all(len(wheel.sha256) == 64 for wheel in found)


def test_pyodide_is_the_version_that_package_json_pins() -> None:
    pinned = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
    assert files.cdn_url().endswith(f"/v{pinned['pyodide']}/full/")


def test_sources_are_asked_in_order_for_what_is_still_missing(tmp_path: Path) -> None:
    wanted = [wheel("a", b"A"), wheel("b", b"B")]
    first: list[list[str]] = []
    second: list[list[str]] = []
    third: list[list[str]] = []
    sources = [
        ("one", having({"a": b"A"}, first)),
        ("two", having({"b": b"B"}, second)),
        ("three", having({}, third)),
    ]
    paths = files.fetch(wanted, tmp_path, sources, quiet)
    assert (first, second, third) == ([["a", "b"]], [["b"]], [])
    assert paths["b-1.whl"].read_bytes() == b"B"


def test_what_is_in_the_cache_needs_no_network(tmp_path: Path) -> None:
    (tmp_path / "a-1.whl").write_bytes(b"A")
    asked: list[list[str]] = []
    sources = [("cache", files.from_folder(tmp_path)), ("net", having({}, asked))]
    files.fetch([wheel("a", b"A")], tmp_path, sources, quiet)
    assert asked == []


def test_default_sources_begin_with_the_cache(tmp_path: Path) -> None:
    names = [name for name, _ in files.default_sources(tmp_path, quiet)]
    assert names == [f"the cache {tmp_path}", "Pyodide's CDN", "PyPI"]


def test_a_wrong_hash_is_refused_and_named_and_the_next_source_asked(tmp_path: Path) -> None:
    said: list[str] = []
    sources = [("bad", having({"a": b"evil"})), ("good", having({"a": b"A"}))]
    paths = files.fetch([wheel("a", b"A")], tmp_path, sources, said.append)
    assert paths["a-1.whl"].read_bytes() == b"A"
    assert "Refused" in said[0]
    assert "bad has another a-1.whl" in said[0]


def test_a_damaged_file_in_the_cache_is_mended(tmp_path: Path) -> None:
    (tmp_path / "a-1.whl").write_bytes(b"half")
    sources = [("cache", files.from_folder(tmp_path)), ("net", having({"a": b"A"}))]
    files.fetch([wheel("a", b"A")], tmp_path, sources, quiet)
    assert (tmp_path / "a-1.whl").read_bytes() == b"A"


def test_no_source_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    sources = [("bad", having({"a": b"evil"})), ("net", failing(SourceError("net is down")))]
    with pytest.raises(BuildError) as caught:
        files.fetch([wheel("a", b"A")], tmp_path, sources, quiet)
    message = str(caught.value)
    assert "a-1.whl" in message
    assert "net is down" in message
    assert "Connect to the internet" in message
    assert "\n" not in message
    assert not (tmp_path / "a-1.whl").exists()


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    sources = [("net", failing(OSError(errno.ENOSPC, "No space left on device")))]
    with pytest.raises(BuildError, match=r"no space left .* free 300 MB"):
        files.fetch([wheel("a", b"A")], tmp_path, sources, quiet)


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")
    sources = [("net", having({"a": b"A"}))]
    with pytest.raises(BuildError, match="cannot write the runtime files"):
        files.fetch([wheel("a", b"A")], tmp_path / "taken", sources, quiet)


def test_an_address_that_does_not_answer_is_a_source_error() -> None:
    source = files.from_url("http://127.0.0.1:9/", timeout=0.5)
    with pytest.raises(SourceError, match="cannot be reached"):
        list(source([wheel("a", b"A")]))


def test_many_writers_leave_one_whole_file(tmp_path: Path) -> None:
    content = b"x" * 200_000
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: files.write_atomic(tmp_path / "file", content), range(32)))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == content


@pytest.mark.parametrize(
    ("platform", "variable", "tail"),
    [
        ("linux", "XDG_CACHE_HOME", "base/loss-functions-and-optimizers"),
        ("win32", "LOCALAPPDATA", "base/loss-functions-and-optimizers"),
        ("darwin", None, "Library/Caches/loss-functions-and-optimizers"),
    ],
)
def test_cache_lies_where_the_platform_keeps_caches(
    platform: str, variable: str | None, tail: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    if variable:
        monkeypatch.setenv(variable, str(tmp_path / "base"))
    assert files.user_cache().as_posix().endswith(tail)


def test_staged_files_have_the_hashes_of_the_lock_file() -> None:
    staged = {file.dest: file.path for file in files.stage()}
    for found in files.wheels(files.lock()):
        content = staged[found.file].read_bytes()
        assert hashlib.sha256(content).hexdigest() == found.sha256
    assert set(files.CORE_FILES) <= set(staged)
