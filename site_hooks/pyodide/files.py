"""The browser's Python: the pinned Pyodide files, found by a list of sources, accepted by hash.

The core comes from npm (node_modules/pyodide). NumPy's and matplotlib's wheels, and what those
need, are named with their SHA-256 in Pyodide's own lock file; where a wheel comes from does not
matter, because the hash decides. What is made of these files is left to other modules.

Run as `python -m site_hooks.pyodide.files` to fetch what is missing.
"""

import contextlib
import errno
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any, TypeAlias

from site_hooks import kept
from site_hooks.errors import BuildError
from site_hooks.paths import PYODIDE, user_cache

# The pins. Pyodide's own version stands in package.json; its lock file pins every wheel by hash.
CORE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
PACKAGES = ("numpy", "matplotlib")
# A wheel on PyPI that carries Pyodide's own wheels, unmodified: for networks that reach PyPI only.
CARRIER = ("open-webui", "0.12.4", "open_webui/frontend/pyodide/")

CDN_TIMEOUT = 5.0  # seconds
CARRIER_BYTES = 106_400_000


@dataclass(frozen=True)
class Wheel:
    """One package of Pyodide's lock file."""

    name: str
    version: str
    file: str
    sha256: str


@dataclass(frozen=True)
class StagedFile:
    """A file of the built site: its name under assets/runtime, and where its bytes are."""

    dest: str
    path: Path


Say: TypeAlias = Callable[[str], None]
# A source is given the wheels still missing and yields the bytes of those it has.
Source: TypeAlias = Callable[[Sequence[Wheel]], Iterator[tuple[Wheel, bytes]]]


class SourceError(Exception):
    """A source has not all that it was asked for; the next one is asked."""


class UnreachableError(SourceError):
    """A source does not answer at all."""


def say(line: str) -> None:
    """Progress goes to stderr: what is downloaded takes a while."""
    print(line, file=sys.stderr, flush=True)


def lock() -> dict[str, Any]:
    """Pyodide's lock file: every package's file name, hash and dependencies."""
    try:
        content: dict[str, Any] = json.loads((PYODIDE / "pyodide-lock.json").read_text("utf-8"))
    except FileNotFoundError:
        raise BuildError(f"{PYODIDE} is missing: run `npm install` first") from None
    return content


def wheels(lock_file: dict[str, Any], roots: Sequence[str] = PACKAGES) -> list[Wheel]:
    """The packages named and all that they depend on, by name."""
    packages = lock_file["packages"]
    found: dict[str, Wheel] = {}
    wanted = list(roots)
    while wanted:
        entry = packages[wanted.pop()]
        if entry["name"] not in found:
            found[entry["name"]] = Wheel(
                entry["name"], entry["version"], entry["file_name"], entry["sha256"]
            )
            wanted += entry["depends"]
    return [found[name] for name in sorted(found)]


def from_folder(folder: Path) -> Source:
    """Wheels that lie in a folder under their own names: the cache."""

    def source(missing: Sequence[Wheel]) -> Iterator[tuple[Wheel, bytes]]:
        for wheel in missing:
            with contextlib.suppress(OSError):
                yield wheel, (folder / wheel.file).read_bytes()

    return source


def cdn_url(core: Path = PYODIDE) -> str:
    """The address of Pyodide's packages, as its pyodide.mjs holds it by default."""
    version = json.loads((core / "package.json").read_text("utf-8"))["version"]
    address = re.search(
        r"`(https://[^`$]+v)\$\{\w+\}(/\w+/)`", (core / "pyodide.mjs").read_text("utf-8")
    )
    if not address:
        raise SourceError("pyodide.mjs names no package address")
    return f"{address[1]}{version}{address[2]}"


def from_url(base: str, timeout: float = CDN_TIMEOUT) -> Source:
    """Wheels fetched one by one from below an address."""

    def source(missing: Sequence[Wheel]) -> Iterator[tuple[Wheel, bytes]]:
        absent: list[str] = []
        answered = False
        for wheel in missing:
            try:
                with urllib.request.urlopen(base + wheel.file, timeout=timeout) as answer:
                    content: bytes = answer.read()
            except urllib.error.HTTPError as error:
                error.close()
                absent.append(f"{wheel.file} (HTTP {error.code})")
            except (OSError, HTTPException) as error:
                if answered:
                    raise SourceError(f"{base} has stopped to answer ({error})") from error
                raise UnreachableError(f"{base} cannot be reached ({error})") from error
            else:
                yield wheel, content
            answered = True
        if absent:
            raise SourceError(f"{base} gives no {', '.join(absent)}")

    return source


def from_cdn(timeout: float = CDN_TIMEOUT) -> Source:
    """Pyodide's CDN, the wheels' own home."""

    def source(missing: Sequence[Wheel]) -> Iterator[tuple[Wheel, bytes]]:
        yield from from_url(cdn_url(), timeout)(missing)

    return source


def from_carrier(cache: Path, say: Say = say) -> Source:
    """The wheel on PyPI that carries Pyodide's wheels; it is deleted after reading."""

    def source(missing: Sequence[Wheel]) -> Iterator[tuple[Wheel, bytes]]:
        name, version, inside = CARRIER
        cache.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(cache).free < 2 * CARRIER_BYTES:
            raise OSError(errno.ENOSPC, "No space left on device")
        size = f"{CARRIER_BYTES / 1e6:.0f} MB, once"
        say(f"Fetching {name} {version} from PyPI: it carries the browser's NumPy ({size})")
        with tempfile.TemporaryDirectory(dir=cache, prefix="download.") as temporary:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            command += ["--only-binary=:all:", "--python-version=3.11", "--no-cache-dir"]
            command += ["--disable-pip-version-check", "--no-input", "--retries=2", "--timeout=20"]
            command += [f"--dest={temporary}", f"{name}=={version}"]
            pip = subprocess.run(command, capture_output=True, text=True, check=False)
            if pip.returncode:
                if "No space left" in pip.stderr:
                    raise OSError(errno.ENOSPC, "No space left on device")
                lines = pip.stderr.strip().splitlines() or ["pip failed"]
                raise SourceError(f"PyPI gave no {name} {version} ({lines[-1]})")
            [archive] = Path(temporary).glob("*.whl")
            with zipfile.ZipFile(archive) as files:
                held = set(files.namelist())
                for wheel in missing:
                    if inside + wheel.file in held:
                        yield wheel, files.read(inside + wheel.file)

    return source


def fetch(
    wanted: Sequence[Wheel],
    cache: Path,
    sources: Sequence[tuple[str, Source]] | None = None,
    last: tuple[str, Source] | None = None,
    say: Say = say,
) -> dict[str, Path]:
    """Brings every wheel into the cache.

    Args:
        wanted: the wheels to have.
        cache: the folder that keeps them.
        sources: name and source, in the order they are asked; without, the cache, Pyodide's CDN,
            and PyPI as the last.
        last: a large download, asked only if one of the sources cannot be reached. It is not for
            one that answers: what is wrong there should be seen.
        say: takes one line on what was refused or is being downloaded.

    Returns:
        File name -> path in the cache; every file's hash has been compared in this call.

    Raises:
        BuildError: no source has a file with the right hash, or there is no room.
    """
    if sources is None:
        sources = [(f"the cache {cache}", from_folder(cache)), ("Pyodide's CDN", from_cdn())]
        last = ("PyPI", from_carrier(cache, say))
    missing = {wheel.file: wheel for wheel in wanted}
    reasons: list[str] = []

    def ask(name: str, source: Source) -> None:
        for wheel, content in source(list(missing.values())):
            found = hashlib.sha256(content).hexdigest()
            if found != wheel.sha256:
                reasons.append(
                    f"{name} has another {wheel.file}: SHA-256 {found} where Pyodide's lock"
                    f" file says {wheel.sha256}"
                )
                say(f"Refused: {reasons[-1]}")
                continue
            if not _holds(cache / wheel.file, content):
                kept.write_atomic(cache / wheel.file, content)
            missing.pop(wheel.file, None)

    waiting = list(sources)
    while missing and waiting:
        try:
            ask(*waiting.pop(0))
        except SourceError as error:
            reasons.append(str(error))
            if isinstance(error, UnreachableError) and last:
                waiting, last = [*waiting, last], None
        except OSError as error:
            raise kept.disk_error(error, cache) from error
    if missing:
        reason = "; ".join(reasons) or "no source has them"
        raise BuildError(
            f"cannot get {', '.join(sorted(missing))}: {reason}. Connect to the internet once,"
            f" or copy these files to {cache}"
        )
    return {wheel.file: cache / wheel.file for wheel in wanted}


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def stage(cache_dir: Path | None = None) -> list[StagedFile]:
    """Every file that the browser's Python needs, by its name under assets/runtime.

    Args:
        cache_dir: where downloaded wheels are kept; the user's cache folder without.

    Raises:
        BuildError: a file cannot be had.
    """
    cache = cache_dir or user_cache()
    packages = fetch(wheels(lock()), cache / "wheels")
    core = [StagedFile(name, PYODIDE / name) for name in CORE_FILES]
    return core + [StagedFile(name, path) for name, path in sorted(packages.items())]


if __name__ == "__main__":
    try:
        stage()
    except BuildError as problem:
        sys.exit(str(problem))
