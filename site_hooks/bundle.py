"""What the browser loads of ours, as bytes: pylib packed, the client bundled, all assets together.

The same sources give the same bytes every time, on every machine.
"""

import base64
import hashlib
import io
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from site_hooks import runtime

ROOT = runtime.ROOT
PYLIB = ROOT / "pylib"
CLIENT = ROOT / "site_hooks" / "client"
ENTRIES = (CLIENT / "index.ts", CLIENT / "worker.ts")
# The earliest date that a zip file can hold.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)


class BundleError(Exception):
    """The client cannot be bundled; the message says why."""


def pylib_archive(folder: Path = PYLIB) -> bytes:
    """All of pylib as a zip file to be unpacked into site-packages.

    Stored, not deflated: zlib's versions differ in their bytes, and the host compresses.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
            if path.is_file() and "__pycache__" not in path.parts:
                name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
                archive.writestr(zipfile.ZipInfo(name, ZIP_DATE), path.read_bytes())
    return out.getvalue()


def client(
    manifest: Mapping[str, Any] | None = None,
    entries: Sequence[Path] = ENTRIES,
) -> dict[str, bytes]:
    """Bundles the client's TypeScript with esbuild.

    Args:
        manifest: what the worker is to know of the runtime files (`RUNTIME` in its source).
        entries: the modules that pages load.

    Returns:
        File name -> bytes: one per entry, and the chunks that they share.

    Raises:
        BundleError: Node.js or esbuild is missing, or a source does not compile.
    """
    node = shutil.which("node")
    if node is None:
        raise BundleError("Node.js was not found: install Node.js 20 or newer")
    job = {
        "entries": [Path(os.path.relpath(entry, ROOT)).as_posix() for entry in entries],
        "define": {"RUNTIME": manifest or {}},
    }
    done = subprocess.run(
        [node, "site_hooks/bundle.mjs", json.dumps(job)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise BundleError(f"the client cannot be bundled:\n{done.stderr.strip()}")
    return {name: base64.b64decode(text) for name, text in json.loads(done.stdout).items()}


def hashed_name(name: str, content: bytes) -> str:
    """The name with a hash of the content in it, so that it can be cached for ever."""
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}{dot}{suffix}"


def assets(cache_dir: Path | None = None) -> dict[str, bytes]:
    """Everything that cells need: the client, the runtime under hashed names, and pylib.

    Args:
        cache_dir: see `runtime.stage`.

    Returns:
        Path in the site -> bytes.

    Raises:
        BundleError, runtime.RuntimeFilesError: one line says what to do.
    """
    files = {staged.dest: staged.path.read_bytes() for staged in runtime.stage(cache_dir)}
    files["pylib.zip"] = pylib_archive()
    out: dict[str, bytes] = {}
    manifest: dict[str, dict[str, str | int]] = {}
    for name, content in files.items():
        hashed = hashed_name(name, content)
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        manifest[name] = {"file": hashed, "integrity": f"sha256-{digest}", "bytes": len(content)}
        out[f"assets/runtime/{hashed}"] = content
    for name, content in client(manifest).items():
        out[f"assets/client/{name}"] = content
    return out
