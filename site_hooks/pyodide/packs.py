"""Packs for the browser: made by Pyodide under Node.js, and kept by what they are made of."""

import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from site_hooks import kept, node
from site_hooks.paths import CLIENT, PYLIB, PYODIDE, user_cache
from site_hooks.pyodide import files

HERE = Path(__file__).parent
IMPORTER = CLIENT / "python" / "importer.py"
# What packs are made by: they are made anew when one of these changes.
MAKERS = (*sorted(HERE.glob("*.mjs")), *sorted(HERE.glob("*.py")), IMPORTER)

# What each pack is for, as shared/manifest.ts explains it; one that is not named is rare.
ROLES = {
    "wasm": "wasm-packed",
    "core": "start",
    "kernel": "start",
    "python": "code",
    "numpy-libraries": "start",
    "plotting-libraries": "start",
    "pylib": "start",
    "data": "start",
    "numpy": "code",
    "plotting": "code",
    "memory": "memory",
    "extras": "later",
    "fonts": "later",
    "sources": "later",
}
# Packs that come before anyone has seen a plot: also without gzip, for hosts that compress. Not the
# memory: some hosts compress no file of more than 10 MB.
PLAIN = [name for name, role in ROLES.items() if role in ("wasm-packed", "start", "code")]


def role(name: str) -> str:
    """What a pack is for."""
    return ROLES.get(name, "rare")


def runtime_packs(cache_dir: Path | None = None) -> dict[str, bytes]:
    """Python, NumPy and matplotlib: what a first plot needs first, and all the rest.

    Args:
        cache_dir: where downloads and packs are kept; the user's cache folder without.

    Returns:
        Name of the pack -> bytes. "wasm" is Pyodide itself.

    Raises:
        BuildError: one line says what to do.
    """
    cache = cache_dir or user_cache()
    staged = {file.dest: file.path for file in files.stage(cache_dir)}
    job = {
        "what": "runtime",
        "wheels": [str(path) for name, path in staged.items() if is_wheel(name)],
    }
    return _made(job, [*staged.values()], cache)


def pylib_packs(folder: Path = PYLIB, cache_dir: Path | None = None) -> dict[str, bytes]:
    """The sources of pylib and their bytecode: "kernel" runs cells, "pylib" is the rest."""
    job = {"what": "pylib", "pylib": str(folder)}
    cache = cache_dir or user_cache()
    return _made(job, [PYODIDE / "package.json", *kept.tree(folder)], cache, folder)


def is_wheel(name: str) -> bool:
    """Whether the staged file is a package."""
    return name.endswith(".whl")


def _made(
    job: Mapping[str, object], inputs: Iterable[Path], cache: Path, base: Path | None = None
) -> dict[str, bytes]:
    """The packs of a job, from the cache where the same inputs were met before."""
    digest = hashlib.sha256()
    for path in (*inputs, *MAKERS):
        name = (
            path.relative_to(base).as_posix() if base and path.is_relative_to(base) else path.name
        )
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())

    def made() -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, content in make(job, cache).items():
                archive.writestr(name, content)
        return out.getvalue()

    file = cache / "packs" / f"{job['what']}-{digest.hexdigest()[:20]}"
    with zipfile.ZipFile(io.BytesIO(kept.made(file, made))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def make(job: Mapping[str, object], cache: Path) -> dict[str, bytes]:
    """What packs.mjs makes, afresh.

    Raises:
        BuildError: one line says what to do.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="packs.") as out:
        places = {"core": str(PYODIDE), "here": str(HERE), "importer": str(IMPORTER), "out": out}
        failure = "the browser's Python cannot be packed"
        node.run(HERE / "packs.mjs", json.dumps({**job, **places}), failure=failure)
        return {path.name: path.read_bytes() for path in sorted(Path(out).iterdir())}
