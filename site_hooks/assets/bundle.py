"""What the browser loads of ours, as bytes: the client bundled, and all assets together.

The same sources give the same bytes every time, on every machine.
"""

import base64
import gzip
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from site_hooks import compressed, kept, node, side_by_side, words
from site_hooks.assets import names
from site_hooks.paths import CACHE, CLIENT, NODE_MODULES, PYODIDE, ROOT
from site_hooks.pyodide import packs, snapshot

# What pages load, and what workers load: they share nothing, so that each comes in one request.
ENTRIES = (
    CLIENT / "index.ts",
    CLIENT / "python" / "worker.ts",
    CLIENT / "python" / "keeper.ts",
    # Of packages for learning systems only: publish/package.py has pages load them.
    CLIENT / "lms" / "lms-launch.ts",
    CLIENT / "lms" / "lms-page.ts",
    CLIENT / "python" / "grader.ts",
    CLIENT / "grade" / "grading.ts",
)
# What these load later, by a name that they know: it shares nothing with them either.
EDITOR = CLIENT / "cell" / "editor.ts"
EDITOR_HELP = CLIENT / "cell" / "editor-help.ts"
COMPARISON = CLIENT / "practice" / "comparison.ts"
HAND_IN = CLIENT / "practice" / "hand-in.ts"
MICROSCOPE = CLIENT / "microscope" / "microscope.ts"
STORED = CLIENT / "storage" / "stored-rows.ts"
RACE = CLIENT / "race" / "race.ts"
CHOOSE = CLIENT / "choose" / "choose.ts"
LAZY = {
    CLIENT / "index.ts": [
        EDITOR,
        EDITOR_HELP,
        COMPARISON,
        HAND_IN,
        MICROSCOPE,
        STORED,
        RACE,
        CHOOSE,
    ],
}
# The modules that such a script takes from another one, which exports what it needs of them: two
# copies of CodeMirror on a page would not know each other.
HOSTS = {
    script: dict.fromkeys((*(f"@codemirror/{name}" for name in names), *others), "./editor.js")
    for script, names, others in (
        (EDITOR_HELP, ("autocomplete", "lang-python", "language", "state", "view"), ()),
        (
            COMPARISON,
            ("language", "state", "view"),
            ("@lezer/highlight", "style-mod", "../cell/editor"),
        ),
    )
}
# What decides which modules a bundle takes, besides the sources.
SETTINGS = (ROOT / "tsconfig.json", NODE_MODULES / ".package-lock.json")
BUNDLER = Path(__file__).with_name("bundle.mjs")
SERVICE_WORKER = CLIENT / "storage" / "service-worker.ts"
RECORDER = CLIENT / "python" / "record.ts"
# What decides how Python's memory is laid out: one that was kept with another of these is no use.
STARTERS = sorted((CLIENT / "python").rglob("*.ts"))


def client(
    manifest: Mapping[str, Any] | None = None,
    entries: Sequence[Path] = ENTRIES,
) -> dict[str, bytes]:
    """Bundles the client's TypeScript with esbuild; `words.put` puts the words in.

    Args:
        manifest: what the workers are to know (`RUNTIME` in their sources).
        entries: the modules that pages load.

    Returns:
        File name -> bytes: one per entry, what it loads later, and the chunks that they share.

    Raises:
        BuildError: Node.js or esbuild is missing, or a source does not compile.
    """
    job = {
        "groups": [
            {
                "entry": Path(os.path.relpath(path, ROOT)).as_posix(),
                "host": HOSTS.get(path, {}),
            }
            for entry in entries
            for path in (entry, *LAZY.get(entry, []))
        ],
        "define": {"RUNTIME": manifest or {}, **words.defines()},
    }

    def make() -> tuple[dict[str, str], list[str]]:
        made = node.run(BUNDLER, json.dumps(job), failure="the client cannot be bundled")
        answer = json.loads(made)
        return answer["files"], answer["inputs"]

    # What a module is found by: other sources beside those that were read, and what is installed.
    places = [*kept.tree(CLIENT), BUNDLER, *filter(Path.is_file, SETTINGS)]
    name = kept.key(json.dumps(job), kept.digest(ROOT, places))
    found = kept.made_from(CACHE / "bundles" / name, ROOT, make)
    return {name: base64.b64decode(text) for name, text in found.items()}


def service_worker(manifest: Mapping[str, str]) -> bytes:
    """The service worker's script, which publish/ puts at the site's root."""
    return client(manifest, [SERVICE_WORKER])["service-worker.js"]


def assets(cache_dir: Path | None = None, entries: Sequence[Path] = ENTRIES) -> dict[str, bytes]:
    """Everything that cells need: the client, and the packs under names that change with them.

    Args:
        cache_dir: where downloads and packs are kept; the user's cache folder without.
        entries: the modules that pages load.

    Returns:
        Path below assets/ -> bytes.

    Raises:
        BuildError: one line says what to do.
    """
    # Side by side, what takes longest first: Brotli is most of all work.
    engine = (PYODIDE / "pyodide.asm.wasm").read_bytes()
    runtime = side_by_side.begin(lambda: packs.runtime_packs(cache_dir))
    bare = {"wasm": _with_brotli(engine, cache_dir)}
    pylib = side_by_side.begin(lambda: packs.pylib_packs(cache_dir=cache_dir))
    listed = side_by_side.begin(names.index)
    recorder = side_by_side.begin(lambda: client(entries=[RECORDER])["record.js"])
    made = runtime.result()
    memory = side_by_side.begin(lambda: snapshot.memory_pack(recorder.result(), made, cache_dir))
    for own in (made, pylib.result()):
        for name in packs.PLAIN:
            if name in own and name not in bare:
                bare[name] = _with_brotli(gzip.decompress(own[name]), cache_dir)
    made |= {"memory": memory.result()}
    shape = [made[name] for name in sorted(made)]
    shape += [path.read_bytes() for path in STARTERS]
    key = hashlib.sha256(b"".join(shape)).hexdigest()[:12]
    made |= pylib.result()
    out: dict[str, bytes] = {}
    manifest: dict[str, dict[str, Any]] = {}
    roles: dict[str, str] = {}  # publish/ takes them into the site's manifest
    for name, content in made.items():
        # Not .gz: some servers would say that it is plain data, compressed for the way.
        entry = _file(f"{name}.{{}}.pack", content)
        roles[entry["file"]] = role = packs.role(name)
        manifest[name] = entry | {"role": role}
        out[f"runtime/{entry['file']}"] = content
        if name in bare:
            unpacked, brotli = bare[name].result()
            # Hosts compress this type, where they compress any.
            plain = _file(f"{'pyodide' if name == 'wasm' else name}.{{}}.wasm", unpacked)
            roles[plain["file"]] = "wasm" if name == "wasm" else "unpacked"
            manifest[name]["plain"] = plain | {"bytes": len(brotli)}
            file = f"runtime/{plain['file']}"
            out |= {file: unpacked, f"{file}.gz": content, f"{file}.br": brotli}
    out["runtime/roles.json"] = json.dumps(roles).encode()
    out["client/names.json"] = listed.result()
    for name, content in client({"packs": manifest, "key": key}, entries).items():
        out[f"client/{name}"] = content
    return out


def _with_brotli(bare: bytes, cache_dir: Path | None) -> "Future[tuple[bytes, bytes]]":
    """A content and the same with Brotli."""

    def make() -> tuple[bytes, bytes]:
        (packed,) = compressed.compressed([(bare, "br11")], cache_dir)
        return bare, packed

    return side_by_side.begin(make)


def _file(name: str, content: bytes) -> dict[str, Any]:
    """What the browser is to know of a file, in whose name the place of the hash is open."""
    digest = hashlib.sha256(content)
    return {
        "file": name.format(digest.hexdigest()[:12]),
        "integrity": f"sha256-{base64.b64encode(digest.digest()).decode()}",
        "bytes": len(content),
    }
