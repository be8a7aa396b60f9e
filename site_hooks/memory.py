"""Python's memory, NumPy and matplotlib imported: recorded under Node.js, for fast lines."""

import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from site_hooks import packs, runtime

RECORDER = packs.HOOKS / "record.mjs"
PARTS = ("wasm", "core", "libraries", "first", "plotting", "data")


def memory_pack(script: bytes, made: Mapping[str, bytes], cache_dir: Path | None = None) -> bytes:
    """The pack with the memory.

    Args:
        script: client/python/record.ts, bundled.
        made: the packs that Python is started from.
        cache_dir: where packs are kept; the user's cache folder without.

    Raises:
        runtime.RuntimeFilesError: one line says what to do.
    """
    cache = cache_dir or runtime.user_cache()
    inputs = [script, RECORDER.read_bytes(), *(made[name] for name in PARTS)]
    inputs += [maker.read_bytes() for maker in packs.MAKERS]
    digest = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in inputs))
    kept = cache / "packs" / f"memory-{digest.hexdigest()[:20]}.pack"
    if not kept.is_file():
        runtime.write_atomic(kept, _record(script, made, cache))
    return kept.read_bytes()


def _record(script: bytes, made: Mapping[str, bytes], cache: Path) -> bytes:
    node = shutil.which("node")
    if node is None:
        raise runtime.RuntimeFilesError("Node.js was not found: install Node.js 20 or newer")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="memory.") as place:
        folder = Path(place)
        (folder / "record.mjs").write_bytes(script)
        (folder / "found").mkdir()
        parts = {name: str(folder / name) for name in PARTS}
        for name, path in parts.items():
            Path(path).write_bytes(made[name])
        job = {"script": str(folder / "record.mjs"), "parts": parts, "out": str(folder / "found")}
        done = subprocess.run(
            [node, str(RECORDER), json.dumps(job)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            raise runtime.RuntimeFilesError(
                f"Python's memory cannot be recorded:\n{done.stderr.strip()}"
            )
        job = {"what": "memory", "memory": str(folder / "found")}
        return packs.make(job, cache)["memory"]
