"""What every site has, whatever its pages: made here with Node.js, or as a wheel brings it.

A wheel holds it in one folder, written by `contents` and read where the lesson is installed.
"""

import gzip
import json
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path

from site_hooks import kept, side_by_side
from site_hooks.assets import bundle, inventory, notices, npm_files, sbom, wheel
from site_hooks.paths import CLIENT, IS_INSTALLED, PREBUILT

NOTICES = "about/notices.md"
SBOM = "download/sbom.cdx.json"
# Where pylib's own wheel lies in the site.
DOWNLOADS = "download/"

FILES = "files"
ASSETS = "assets"
# Which file holds which asset; some are another one, unpacked.
LISTED = "assets.json"
SERVICE_WORKER = "service-worker.js"
# What stands in the service worker's script for what is known when the site is finished.
MARKS = {"version": "VERSION-OF-THE-SITE", "manifest": "INTEGRITY-OF-ITS-LIST"}


def files() -> dict[str, bytes | Path]:
    """Place in the site -> file, but for what cells load; the notices are a page's Markdown.

    Raises:
        BuildError: What is not there cannot be had, or is not as it should be.
    """
    if IS_INSTALLED:
        folder = PREBUILT / FILES
        return {path.relative_to(folder).as_posix(): path for path in kept.tree(folder)}
    others = inventory.sections()
    return {
        **npm_files.assets(),
        **{f"assets/client/{path.name}": path for path in CLIENT.rglob("*.css")},
        **{f"{DOWNLOADS}{name}": content for name, content in wheel.build().items()},
        SBOM: sbom.document(others),
        NOTICES: notices.page_markdown(others, SBOM).encode(),
    }


def begin_assets() -> "Future[dict[str, bytes]]":
    """Start to make what cells load: path below assets/ -> bytes. Needs what `files` fetched."""
    return side_by_side.begin(_read if IS_INSTALLED else bundle.assets)


def service_worker(manifest: Mapping[str, str]) -> bytes:
    """The service worker's script, which publish/ puts at the site's root.

    Args:
        manifest: What it is to know: its `version` and `manifest`.
    """
    script = (PREBUILT / SERVICE_WORKER).read_bytes() if IS_INSTALLED else _service_worker()
    for name, mark in MARKS.items():
        script = script.replace(mark.encode(), manifest[name].encode())
    return script


def _service_worker() -> bytes:
    return bundle.service_worker(MARKS)


def contents() -> dict[str, bytes]:
    """All of it, as files of one folder. An asset that is another one unpacked is left out."""
    held: dict[str, bytes] = {SERVICE_WORKER: _service_worker()}
    for name, file in files().items():
        held[f"{FILES}/{name}"] = file.read_bytes() if isinstance(file, Path) else file
    made = begin_assets().result()
    first: dict[bytes, str] = {}
    unpacked = {name: f"{name}.gz" for name in sorted(made) if f"{name}.gz" in made}
    listed = {
        name: first.setdefault(made[name], name) for name in sorted(made) if name not in unpacked
    }
    held |= {f"{ASSETS}/{name}": content for content, name in first.items()}
    whole = {"files": listed, "unpacked": {n: listed[packed] for n, packed in unpacked.items()}}
    held[LISTED] = json.dumps(whole, indent=1).encode()
    return held


def _read() -> dict[str, bytes]:
    listed = json.loads((PREBUILT / LISTED).read_bytes())

    def read(name: str) -> bytes:
        return (PREBUILT / ASSETS / name).read_bytes()

    found = {name: read(held) for name, held in listed["files"].items()}
    return found | {n: gzip.decompress(read(held)) for n, held in listed["unpacked"].items()}
