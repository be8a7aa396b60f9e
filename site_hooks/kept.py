"""What a build made, kept for the next one: files that are named by all that they are made of.

Each begins with its own digest, so that one that was cut short or changed is made anew.
"""

import contextlib
import errno
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from site_hooks.errors import BuildError

DAY = 24 * 60 * 60.0
# What no build has asked for so long is deleted.
LIFETIME = 30 * DAY

_DIGEST = hashlib.sha256().digest_size


def key(*parts: str | bytes) -> str:
    """A name that changes with any of the parts, and with where one ends and the next begins."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part.encode() if isinstance(part, str) else part).digest())
    return whole.hexdigest()[:40]


def content(file: Path) -> str:
    """A name that changes with what is in a file."""
    return key(file.read_bytes())


def digest(base: Path, files: Iterable[Path], read: Callable[[Path], str] = content) -> str:
    """Of files: their names below a folder, and what is in them, as `read` tells it."""
    named = sorted((file.relative_to(base).as_posix(), file) for file in files)
    return key(*(part for name, file in named for part in (name, read(file))))


def tree(folder: Path) -> list[Path]:
    """All files of a package of Python's or a folder of sources."""
    files = (path for path in sorted(folder.rglob("*")) if "__pycache__" not in path.parts)
    return [path for path in files if path.is_file()]


def load(file: Path) -> bytes | None:
    """What was stored as this file; None if nothing was, or not that."""
    try:
        whole = file.read_bytes()
        content = whole[_DIGEST:]
        if hashlib.sha256(content).digest() != whole[:_DIGEST]:
            return None
        if time.time() - file.stat().st_mtime > DAY:
            os.utime(file)
    except OSError:
        return None
    return content


def store(file: Path, content: bytes) -> None:
    """Keep this as a file.

    Raises:
        BuildError: There is no room, or the folder cannot be written.
    """
    write_atomic(file, hashlib.sha256(content).digest() + content)


def made(file: Path, make: Callable[[], bytes]) -> bytes:
    """What is kept as this file, made first where nothing is."""
    content = load(file)
    if content is None:
        content = make()
        store(file, content)
    return content


def made_from(
    file: Path,
    base: Path,
    make: Callable[[], tuple[dict[str, Any], Iterable[str]]],
    read: Callable[[Path], str] = content,
) -> dict[str, Any]:
    """The same for what only its making shows the sources of.

    Args:
        file: Where it is kept, as JSON.
        base: The folder that names of sources are relative to.
        make: Gives it, and the names of its sources. It is made anew when one of them changes.
        read: Tells what is in a source; who asks often for the same ones may remember it.
    """
    whole = load(file)
    if whole is not None:
        held: dict[str, Any] = json.loads(whole)
        if held["sources"] == _digests(base, held["sources"], read):
            found: dict[str, Any] = held["made"]
            return found
    found, sources = make()
    store(file, json.dumps({"made": found, "sources": _digests(base, sources, read)}).encode())
    return found


def _digests(base: Path, names: Iterable[str], read: Callable[[Path], str]) -> dict[str, str]:
    """Name -> digest of each file that is there."""
    files = {name: base / name for name in names}
    return {name: read(file) for name, file in files.items() if file.is_file()}


def prune(folder: Path) -> None:
    """Delete the files of a folder that have not been asked for in a long time."""
    latest = time.time() - LIFETIME
    for file in folder.rglob("*"):
        with contextlib.suppress(OSError):  # another build may have been quicker
            if file.is_file() and file.stat().st_mtime < latest:
                file.unlink()


def write_atomic(path: Path, content: bytes) -> None:
    """Writes a whole file or none, also when another process writes the same one.

    Raises:
        BuildError: there is no room, or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(content)
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise
    except OSError as error:
        # On Windows another process may hold the same file open; then it has just been written.
        if isinstance(error, PermissionError) and path.is_file() and path.read_bytes() == content:
            return
        raise disk_error(error, path.parent) from error


def disk_error(error: OSError, folder: Path) -> BuildError:
    """What to do about a folder that could not be written."""
    if error.errno == errno.ENOSPC:
        return BuildError(f"no space left in {folder}: free 300 MB")
    return BuildError(f"cannot write to {folder}: {error.strerror}")
