"""Python's memory, NumPy and matplotlib imported: recorded under Node.js, for fast lines."""

import hashlib
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from site_hooks import kept, node
from site_hooks.paths import user_cache
from site_hooks.pyodide import packs

RECORDER = packs.HERE / "snapshot.mjs"
PARTS = (
    *("wasm", "core", "numpy-libraries", "plotting-libraries"),
    *("python", "numpy", "plotting", "data"),
)


def memory_pack(script: bytes, made: Mapping[str, bytes], cache_dir: Path | None = None) -> bytes:
    """The pack with the memory.

    Args:
        script: client/python/record.ts, bundled.
        made: the packs that Python is started from.
        cache_dir: where packs are kept; the user's cache folder without.

    Raises:
        BuildError: one line says what to do.
    """
    cache = cache_dir or user_cache()
    inputs = [script, *(made[name] for name in PARTS)]
    inputs += [maker.read_bytes() for maker in packs.MAKERS]
    digest = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in inputs))
    file = cache / "packs" / f"memory-{digest.hexdigest()[:20]}"
    return kept.made(file, lambda: _record(script, made, cache))


def _record(script: bytes, made: Mapping[str, bytes], cache: Path) -> bytes:
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="memory.") as place:
        folder = Path(place)
        (folder / "script.mjs").write_bytes(script)
        (folder / "found").mkdir()
        parts = {name: str(folder / name) for name in PARTS}
        for name, path in parts.items():
            Path(path).write_bytes(made[name])
        job = {"script": str(folder / "script.mjs"), "parts": parts, "out": str(folder / "found")}
        node.run(RECORDER, json.dumps(job), failure="Python's memory cannot be recorded")
        job = {"what": "memory", "memory": str(folder / "found")}
        return packs.make(job, cache)["memory"]
