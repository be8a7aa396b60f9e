"""A finished site: its version, its manifest, the compressed copies; the same bytes every time."""

import gzip
import hashlib
import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from site_hooks.publish import finish, security

PAGE = "<html><head><title>{0}</title></head><body>{0}</body></html>"
SITE = {
    "index.html": PAGE.format("one"),
    "two/index.html": PAGE.format("two " * 1000),
    "404.html": PAGE.format("not here"),
    "search/search_index.json": "{}",
    "sitemap.xml": "<urlset/>",
    "sitemap.xml.gz": "made at some time",
    "assets/a.css": "a { color: red }\n" * 200,
    "assets/a.57a0d79d.css.map": "{}",
    "assets/runtime/core.0123456789ab.pack": "x" * 5000,
    "assets/runtime/roles.json": '{"core.0123456789ab.pack": "start"}',
    "assets/javascripts/lunr/tinyseg.js": "unused",
}


def service_worker(manifest: Mapping[str, str]) -> bytes:
    return f"worker of {manifest['version']}, {manifest['manifest']}".encode()


def finished(folder: Path, changed: dict[str, str] | None = None) -> dict[str, bytes]:
    for name, content in (SITE | (changed or {})).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    finish.finish(folder, service_worker)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def version(files: dict[str, bytes]) -> str:
    (name,) = (name for name in files if re.fullmatch(r"assets/site\.[0-9a-f]{12}\.json", name))
    return name.split(".")[1]


def test_pages_and_service_worker_carry_the_version(tmp_path: Path) -> None:
    files = finished(tmp_path)
    mark = f'<meta name="site-version" content="{version(files)}">'.encode()
    assert mark in files["index.html"]
    assert mark in files["two/index.html"]
    listed = files[f"assets/site.{version(files)}.json"]
    expected = f"worker of {version(files)}, {security.integrity(listed)}"
    assert files["service-worker.js"].decode() == expected


def test_the_manifest_lists_what_a_learner_may_need(tmp_path: Path) -> None:
    files = finished(tmp_path)
    manifest = json.loads(files[f"assets/site.{version(files)}.json"])
    pages = {name: files[f"{name}index.html"] for name in ("", "two/")}
    assert manifest["pages"] == {
        name: [len(content), security.integrity(content)] for name, content in pages.items()
    }
    (css,) = (name for name in files if re.fullmatch(r"assets/a\.[0-9a-f]{12}\.css", name))
    pack = "assets/runtime/core.0123456789ab.pack"
    assert set(manifest["files"]) == {css, pack, "search/search_index.json"}
    assert manifest["files"][pack] == [5000, security.integrity(files[pack]), "start"]
    assert manifest["files"][css] == [len(files[css]), security.integrity(files[css])]


def test_any_change_is_another_version(tmp_path: Path) -> None:
    found = {
        version(finished(tmp_path / str(number), changed))
        for number, changed in enumerate(
            ({}, {"index.html": PAGE.format("1")}, {"assets/a.css": "b"}, {"assets/new.css": ""})
        )
    }
    assert len(found) == 4


def test_text_over_a_kilobyte_is_compressed_and_packs_are_not(tmp_path: Path) -> None:
    files = finished(tmp_path)
    originals = {name.removesuffix(".gz") for name in files if name.endswith(".gz")}
    assert {name.removesuffix(".br") for name in files if name.endswith(".br")} == originals
    assert {re.sub(r"\.[0-9a-f]{12}\.", ".", name) for name in originals} == {
        "two/index.html",
        "assets/a.css",
    }
    for name in originals:
        assert gzip.decompress(files[f"{name}.gz"]) == files[name]
        assert len(files[f"{name}.br"]) < len(files[name])
        script = "process.stdout.write(zlib.brotliDecompressSync(fs.readFileSync(0)))"
        done = subprocess.run(
            ["node", "-e", script], input=files[f"{name}.br"], capture_output=True, check=True
        )
        assert done.stdout == files[name]


def test_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = finished(tmp_path / "first"), finished(tmp_path / "second")
    digests = [
        {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        for files in (first, second)
    ]
    assert digests[0] == digests[1]


def test_hosts_find_their_files_and_nothing_unused_is_left(tmp_path: Path) -> None:
    files = finished(tmp_path)
    assert {"_headers", ".htaccess", ".nojekyll"} <= set(files)
    assert not [name for name in files if "lunr" in name or "roles" in name]
    assert "sitemap.xml.gz" not in files
