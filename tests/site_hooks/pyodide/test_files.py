"""The runtime files: which are wanted, where they are looked for, and what is refused."""

import contextlib
import errno
import hashlib
import json
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from site_hooks.errors import BuildError
from site_hooks.paths import ROOT, user_cache
from site_hooks.pyodide import files
from site_hooks.pyodide.files import Source, SourceError, UnreachableError, Wheel


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
    paths = files.fetch(wanted, tmp_path, sources, say=quiet)
    assert (first, second, third) == ([["a", "b"]], [["b"]], [])
    assert paths["b-1.whl"].read_bytes() == b"B"


def test_what_is_in_the_cache_needs_no_network(tmp_path: Path) -> None:
    (tmp_path / "a-1.whl").write_bytes(b"A")
    asked: list[list[str]] = []
    sources = [("cache", files.from_folder(tmp_path)), ("net", having({}, asked))]
    files.fetch([wheel("a", b"A")], tmp_path, sources, say=quiet)
    assert asked == []


@pytest.mark.parametrize(
    ("cdn", "asks"),
    [
        (having({"a": b"A", "b": b"B"}), False),
        (having({"a": b"A"}), False),
        (having({"a": b"A", "b": b"evil"}), False),
        (failing(SourceError("it has no b-1.whl (HTTP 404)")), False),
        (failing(UnreachableError("it cannot be reached")), True),
    ],
    ids=["has all", "has one", "has another", "says no", "does not answer"],
)
def test_the_large_download_is_only_for_a_cdn_that_does_not_answer(
    cdn: Source, asks: bool, tmp_path: Path
) -> None:
    asked: list[list[str]] = []
    last = ("PyPI", having({"a": b"A", "b": b"B"}, asked))
    wanted = [wheel("a", b"A"), wheel("b", b"B")]
    with contextlib.suppress(BuildError):
        files.fetch(wanted, tmp_path, [("the CDN", cdn)], last, quiet)
    assert asked == ([["a", "b"]] if asks else [])


def test_without_sources_the_cache_the_cdn_and_pypi_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a-1.whl").write_bytes(b"A")
    monkeypatch.setattr(files, "from_cdn", lambda: failing(UnreachableError("no line")))
    monkeypatch.setattr(files, "from_carrier", lambda cache, say: having({"b": b"B"}))
    paths = files.fetch([wheel("a", b"A"), wheel("b", b"B")], tmp_path, say=quiet)
    assert paths["b-1.whl"].read_bytes() == b"B"


@pytest.fixture
def address() -> Iterator[str]:
    """A server that has a-1.whl, breaks off before or in the next two, and has no more."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/a-1.whl":
                self.send_response(200)
                self.send_header("Content-Length", "1")
                self.end_headers()
                self.wfile.write(b"A")
            elif self.path == "/c-1.whl":
                self.send_response(200)
                self.send_header("Content-Length", "9")
                self.end_headers()
            elif self.path != "/b-1.whl":
                self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("da", r"gives no d-1.whl \(HTTP 404\)"),
        ("ab", "has stopped to answer"),
        ("ac", "has stopped to answer"),
    ],
)
def test_an_address_that_answers_is_reached(address: str, names: str, message: str) -> None:
    found = []
    with pytest.raises(SourceError, match=message) as caught:
        for got, content in files.from_url(address)([wheel(name, b"A") for name in names]):
            found.append((got.name, content))
    assert not isinstance(caught.value, UnreachableError)
    assert found == [("a", b"A")]


def test_a_wrong_hash_is_refused_and_named_and_the_next_source_asked(tmp_path: Path) -> None:
    said: list[str] = []
    sources = [("bad", having({"a": b"evil"})), ("good", having({"a": b"A"}))]
    paths = files.fetch([wheel("a", b"A")], tmp_path, sources, say=said.append)
    assert paths["a-1.whl"].read_bytes() == b"A"
    assert "Refused" in said[0]
    assert "bad has another a-1.whl" in said[0]


def test_a_damaged_file_in_the_cache_is_mended(tmp_path: Path) -> None:
    (tmp_path / "a-1.whl").write_bytes(b"half")
    sources = [("cache", files.from_folder(tmp_path)), ("net", having({"a": b"A"}))]
    files.fetch([wheel("a", b"A")], tmp_path, sources, say=quiet)
    assert (tmp_path / "a-1.whl").read_bytes() == b"A"


def test_no_source_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    sources = [("bad", having({"a": b"evil"})), ("net", failing(SourceError("net is down")))]
    with pytest.raises(BuildError) as caught:
        files.fetch([wheel("a", b"A")], tmp_path, sources, say=quiet)
    message = str(caught.value)
    assert "a-1.whl" in message
    assert "net is down" in message
    assert "Connect to the internet" in message
    assert "\n" not in message
    assert not (tmp_path / "a-1.whl").exists()


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    sources = [("net", failing(OSError(errno.ENOSPC, "No space left on device")))]
    with pytest.raises(BuildError, match=r"no space left .* free 300 MB"):
        files.fetch([wheel("a", b"A")], tmp_path, sources, say=quiet)


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")
    sources = [("net", having({"a": b"A"}))]
    with pytest.raises(BuildError, match="cannot write to"):
        files.fetch([wheel("a", b"A")], tmp_path / "taken", sources, say=quiet)


def test_an_address_that_does_not_answer_is_unreachable() -> None:
    source = files.from_url("http://127.0.0.1:9/", timeout=0.5)
    with pytest.raises(UnreachableError, match="cannot be reached"):
        list(source([wheel("a", b"A")]))


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
    assert user_cache().as_posix().endswith(tail)


def test_staged_files_have_the_hashes_of_the_lock_file() -> None:
    staged = {file.dest: file.path for file in files.stage()}
    for found in files.wheels(files.lock()):
        content = staged[found.file].read_bytes()
        assert hashlib.sha256(content).hexdigest() == found.sha256
    assert set(files.CORE_FILES) <= set(staged)
