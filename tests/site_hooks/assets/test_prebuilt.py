"""What a wheel brings is what a checkout makes: the same files, less those that repeat another."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from site_hooks.assets import bundle, prebuilt

FOUND = {"version": "0123456789ab", "manifest": "sha256-a+/b="}


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a wheel would bring."""
    folder = tmp_path_factory.mktemp("prebuilt")
    for name, content in prebuilt.contents().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


@pytest.fixture
def install(brought: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From then on the module behaves as if it came with a wheel, and there is no Node.js."""

    def do() -> None:
        monkeypatch.setattr(prebuilt, "IS_INSTALLED", True)
        monkeypatch.setattr(prebuilt, "PREBUILT", brought)
        monkeypatch.setenv("PATH", "")

    return do


def bare(files: Mapping[str, bytes | Path]) -> dict[str, bytes]:
    return {name: f.read_bytes() if isinstance(f, Path) else f for name, f in files.items()}


def test_the_service_worker_is_told_of_the_site_after_it_was_bundled(
    install: Callable[[], None],
) -> None:
    told = prebuilt.service_worker(FOUND)
    for name, mark in prebuilt.MARKS.items():
        assert told.count(FOUND[name].encode()) == 1
        assert mark.encode() not in told
    install()
    assert prebuilt.service_worker(FOUND) == told


def test_files_and_assets_are_those_of_a_checkout(install: Callable[[], None]) -> None:
    files, assets = bare(prebuilt.files()), bundle.assets()
    install()
    assert bare(prebuilt.files()) == files
    assert prebuilt.begin_assets().result() == assets


def test_no_asset_lies_there_twice(brought: Path) -> None:
    held = [path.read_bytes() for path in (brought / "assets").rglob("*") if path.is_file()]
    assert len(held) == len(set(held))
    assert sum(map(len, held)) < 0.6 * sum(map(len, bundle.assets().values()))
