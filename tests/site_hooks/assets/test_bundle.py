"""The client's bundle and all assets: what is in them, and the same bytes every time."""

import base64
import gzip
import hashlib
import json
from pathlib import Path

import pytest

from site_hooks.assets import bundle
from site_hooks.errors import BuildError
from site_hooks.paths import CLIENT, ROOT
from site_hooks.pyodide import packs

WORKER = CLIENT / "python" / "worker.ts"


def entry(folder: Path, source: str) -> Path:
    path = folder / "index.ts"
    path.write_text(source, encoding="utf-8")
    return path


def test_client_is_the_same_every_time_and_names_no_folder_of_this_machine() -> None:
    first = bundle.client({"a": 1}, [WORKER])
    assert first == bundle.client({"a": 1}, [WORKER])
    assert set(first) == {"worker.js"}
    for content in first.values():
        assert str(ROOT).encode() not in content


def test_the_manifest_is_put_into_the_client(tmp_path: Path) -> None:
    source = "declare const RUNTIME: unknown;\nconsole.log(RUNTIME);\n"
    made = bundle.client({"wheel": "abc"}, [entry(tmp_path, source)])
    assert b'wheel:"abc"' in made["index.js"]


def test_the_service_worker_is_a_classic_script() -> None:
    assert b"import.meta" not in bundle.service_worker({"version": "1", "manifest": "2"})


def test_a_source_that_does_not_compile_is_named(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"index\.ts:1:"):
        bundle.client({}, [entry(tmp_path, "let = ;\n")])


def test_without_node_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BuildError, match=r"install Node\.js 20"):
        bundle.client({"not": "kept yet"})


def test_a_memory_is_kept_under_a_key_of_all_that_shapes_it() -> None:
    names = {path.relative_to(CLIENT / "python").as_posix() for path in bundle.STARTERS}
    assert {
        "pyodide.ts",
        "programs.ts",
        "whole.ts",
        "starters/memory.ts",
        "starters/bytecode.ts",
    } <= names


def test_assets_are_named_by_their_content_and_the_worker_knows_the_names() -> None:
    made = bundle.assets()
    worker = made["client/worker.js"]
    roles = json.loads(made.pop("runtime/roles.json"))
    files = {name for name in made if name.startswith("runtime/")}
    assert {"core", "numpy-libraries", "memory", "data", "kernel", "pylib"} <= {
        name.split("/")[1].split(".")[0] for name in files
    }
    plain = {name for name in files if name.endswith(".wasm")}
    for name in plain:
        assert gzip.decompress(made[f"{name}.gz"]) == made[name]
        assert len(made[f"{name}.br"]) < 0.9 * len(made[f"{name}.gz"])
        # CloudFront compresses nothing that is larger.
        assert len(made[name]) < 10_000_000
        files -= {f"{name}.gz", f"{name}.br"}
    assert {f"runtime/{name}" for name in roles} == files
    assert {roles[name.removeprefix("runtime/")] for name in plain} == {"wasm", "unpacked"}
    named = {name.split("/")[1].split(".")[0] for name in plain}
    assert named == {*packs.PLAIN, "pyodide"} - {"wasm"}
    rare = {"rare", "wasm", "unpacked"}
    assert {name.split(".")[0] for name in roles if roles[name] not in rare} == set(packs.ROLES)
    for name in files:
        content = made[name]
        assert hashlib.sha256(content).hexdigest()[:12] == name.split(".")[-2]
        assert name.removeprefix("runtime/").encode() in worker
        integrity = base64.b64encode(hashlib.sha256(content).digest())
        assert b"sha256-" + integrity in worker
