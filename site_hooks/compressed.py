"""Files with gzip and Brotli, as hosts send them. Node.js brings both; what it made is kept.

Where the lesson is installed from its wheel, Python does the same with the package `brotli`.
"""

import gzip
import json
import tempfile
import zlib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from site_hooks import kept, node
from site_hooks.paths import IS_INSTALLED, user_cache

Form: TypeAlias = Literal["gz", "br9", "br11"]

SCRIPT = Path(__file__).with_name("compress.mjs")
# Files of a site that compress well, if they are not small.
COMPRESSIBLE = {".css", ".html", ".ipynb", ".js", ".json", ".svg", ".wasm", ".xml"}
LEAST_BYTES = 1024


def beside(site: Path) -> None:
    """Writes NAME.gz and NAME.br beside every file of a folder that has none and gets smaller.

    Raises:
        BuildError: Node.js is missing.
    """
    found = {
        path: path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.suffix in COMPRESSIBLE and path.is_file() and not Path(f"{path}.br").exists()
    }
    wanted: dict[Path, tuple[bytes, Form]] = {}
    for path, content in found.items():
        if len(content) >= LEAST_BYTES:
            # Pages change with every build; what lies in assets/ is fetched more often and is
            # worth the time.
            is_asset = path.relative_to(site).parts[0] == "assets"
            wanted[Path(f"{path}.gz")] = content, "gz"
            wanted[Path(f"{path}.br")] = content, "br11" if is_asset else "br9"
    for path, packed in zip(wanted, compressed(wanted.values()), strict=True):
        path.write_bytes(packed)


def compressed(wanted: Iterable[tuple[bytes, Form]], cache_dir: Path | None = None) -> list[bytes]:
    """Contents in a form each.

    Args:
        wanted: the contents and their forms.
        cache_dir: where they are kept; the user's cache folder without.

    Raises:
        BuildError: Node.js is missing.
    """
    folder = (cache_dir or user_cache()) / "compressed"
    jobs = [(folder / kept.key(content, form, _maker()), content, form) for content, form in wanted]
    found = {file: kept.load(file) for file, _, _ in jobs}
    new = {file: (content, form) for file, content, form in jobs if found[file] is None}
    for file, packed in zip(new, _made([*new.values()]), strict=True):
        kept.store(file, packed)
        found[file] = packed
    return [found[file] or b"" for file, _, _ in jobs]


def _made(wanted: Sequence[tuple[bytes, Form]]) -> list[bytes]:
    if not wanted:
        return []
    if IS_INSTALLED:
        return [_in_python(content, form) for content, form in wanted]
    with tempfile.TemporaryDirectory() as place:
        jobs = []
        for number, (content, form) in enumerate(wanted):
            source, packed = Path(place, f"{number}"), Path(place, f"{number}.{form}")
            source.write_bytes(content)
            jobs.append({"from": str(source), "to": str(packed), "form": form})
        node.run(SCRIPT, stdin=json.dumps(jobs), failure="the site cannot be compressed")
        return [Path(job["to"]).read_bytes() for job in jobs]


def _in_python(content: bytes, form: Form) -> bytes:
    import brotli  # no checkout has it

    if form != "gz":
        packed: bytes = brotli.compress(content, quality=int(form[2:]))
        return packed
    zipped = bytearray(gzip.compress(content, 9, mtime=0))
    zipped[9] = 255  # the operating system: unknown
    return bytes(zipped)


@cache
def _maker() -> str:
    """What compresses: the libraries' versions, and how they are told to."""
    if IS_INSTALLED:
        import brotli

        return kept.key(zlib.ZLIB_RUNTIME_VERSION, brotli.__version__)
    versions = node.run(SCRIPT, "versions", failure="the site cannot be compressed")
    return kept.key(versions, SCRIPT.read_bytes())
