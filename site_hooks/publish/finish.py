"""Finishes a built site for its hosts: lasting names, hashes, headers, version, compressed copies.

What a version is: the bytes of all files together. Pages carry it in a <meta>, the service worker
in its source, and one file, assets/site.VERSION.json, lists what belongs to it.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from site_hooks import compressed
from site_hooks.paths import HOOKS
from site_hooks.publish import (
    fingerprint,
    search_languages,
    security,
    stylesheets,
    subresources,
    white_space,
)

# In the site's root; hosts that know them read them there.
HOST_FILES = ("_headers", ".htaccess", "nginx-headers.conf")
# Written by assets/bundle.py; what is in it goes into the manifest.
ROLES = "assets/runtime/roles.json"
# Read by developers and by search engines, never by a page.
NOT_LISTED = (".map", ".gz", ".br", "sitemap.xml", "objects.inv", "404.html", *HOST_FILES)


def finish(
    site: Path,
    service_worker: Callable[[Mapping[str, str]], bytes],
    isolated: bool = True,
    embed: object = None,
) -> None:
    """Works on a folder that a build has just written.

    Args:
        site: the folder.
        service_worker: makes the service worker's script, given what it is to know.
        isolated: whether hosts are told to isolate the site from other origins.
        embed: who may show the site in a frame, as `security.ancestors` takes it.

    Raises:
        BuildError: one line says what is wrong.
    """
    search_languages.keep(site)
    stylesheets.strip(site)
    (site / "sitemap.xml.gz").unlink(missing_ok=True)  # it holds the time of the build
    roles = _take_roles(site)
    fingerprint.rename(site)
    _secure(site, isolated, embed)
    # GitHub Pages leaves files out whose names begin with _ or . unless this one is there.
    (site / ".nojekyll").touch()
    files = {name: path.read_bytes() for name, path in _listed(site).items()}
    worker = service_worker({"version": "", "manifest": ""})
    version = _version({**files, "service-worker.js": worker})
    for name in files:
        if _is_page(name):
            files[name] = _marked(files[name], version)
            (site / name).write_bytes(files[name])
    listed = manifest(files, roles)
    (site / "assets" / f"site.{version}.json").write_bytes(listed)
    # It reads what was saved by these hashes: whatever a script puts into a cache, none of it runs.
    pinned = {"version": version, "manifest": security.integrity(listed)}
    (site / "service-worker.js").write_bytes(service_worker(pinned))
    compressed.beside(site)


def manifest(files: Mapping[str, bytes], roles: Mapping[str, str]) -> bytes:
    """What belongs to a version, as shared/manifest.ts describes it."""
    pages = {_address(name): _listing(files[name]) for name in files if _is_page(name)}
    others = {
        name: [*_listing(content), *([roles[name]] if name in roles else [])]
        for name, content in files.items()
        if not _is_page(name)
    }
    return json.dumps({"pages": pages, "files": others}, separators=(",", ":")).encode()


def _listing(content: bytes) -> list[int | str]:
    return [len(content), security.integrity(content)]


def _secure(site: Path, isolated: bool, embed: object) -> None:
    """Hashes for what pages load, and the security headers, for hosts and in each page.

    The pages lose white space on the way.
    """
    pages = {
        path: subresources.pin(white_space.without(path.read_text("utf-8")), path).encode()
        for path in sorted(site.rglob("*.html"))
    }
    sources = security.policy(pages.values())
    for path, page in pages.items():
        path.write_bytes(security.with_policy(page, sources))
    wanted = security.headers(sources, isolated, embed)
    for name, content in security.host_files(HOOKS / "hosting", wanted).items():
        (site / name).write_text(content, "utf-8")


def _take_roles(site: Path) -> dict[str, str]:
    """Address of a pack -> what it is for, from the list that bundle.py put beside the packs."""
    listed = site / ROLES
    if not listed.exists():
        return {}
    roles = json.loads(listed.read_bytes())
    listed.unlink()
    return {f"{listed.parent.relative_to(site).as_posix()}/{name}": roles[name] for name in roles}


def _listed(site: Path) -> dict[str, Path]:
    found = {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*"))}
    return {
        name: path
        for name, path in found.items()
        if path.is_file() and path.name != ".nojekyll" and not name.endswith(NOT_LISTED)
    }


def _version(files: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\n".encode())
    return whole.hexdigest()[:12]


def _is_page(name: str) -> bool:
    return name == "index.html" or name.endswith("/index.html")


def _address(page: str) -> str:
    return page.removesuffix("index.html")


def _marked(page: bytes, version: str) -> bytes:
    mark = f'<meta name="site-version" content="{version}">'.encode()
    return page.replace(b"</head>", mark + b"</head>", 1)
