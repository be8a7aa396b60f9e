"""`npm run wheel`: the lesson as one wheel, with what Node.js makes of it, for courses of others.

The same sources give the same bytes. pip could build it too, but what is made first (the client,
the packs, the memory) has no place among sources; so the archive is written here.
"""

import base64
import csv
import hashlib
import io
import re
import sys
import zipfile
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from site_hooks import kept
from site_hooks.assets import bundle, prebuilt
from site_hooks.content import formulas
from site_hooks.errors import BuildError
from site_hooks.paths import HOOKS, PAGES, PREBUILT, PYLIB, ROOT, SETTINGS

METADATA = ROOT / "loss_functions_and_optimizers.dist-info"
OUT = ROOT / "dist"
# What a course needs of requirements.txt, with all that these require, at the versions there: cells
# then print what they print in the browser, and a course builds the same in a year.
WANTED = ("numpy", "matplotlib", "pillow", "contourpy", "kiwisolver", "flit-core", "mkdocs",
          "mkdocs-material", "mkdocs-jupyter", "mkdocstrings", "mkdocstrings-python",
          "ruff")  # fmt: skip
# In Node.js' place: V8, which it also runs, and Google's own Brotli. Both have wheels for Linux,
# macOS and Windows. QuickJS is smaller, but has none for Macs with an Intel processor.
IN_PLACE_OF_NODE = ("brotli==1.2.1", "mini-racer==0.14.1")
# Of site_hooks, what only a checkout can use.
LEFT_OUT = ("client/", "assets/licences/", "prebuilt/")
SOURCES = (".mjs", ".ts")
PACKED = (".pack", ".br", ".gz", ".woff2", ".whl", ".png")
# The earliest date that a zip file can hold.
DATE = (1980, 1, 1, 0, 0, 0)

_PIN = re.compile(r"([A-Za-z0-9._-]+)==([^\s;]+)(?: ; ([^\\]+?))?\s*(?:\\|$)")


def build(folder: Path = OUT) -> Path:
    """Write the wheel into a folder, and say where it is.

    Raises:
        BuildError: One line says what to do.
    """
    text = (METADATA / "METADATA").read_text("utf-8")
    version = re.findall(r"^Version: (.+)$", text, re.MULTILINE)[0]
    name = METADATA.stem
    info = f"{name}-{version}.dist-info"
    held = contents()
    text += "".join(f"Requires-Dist: {one}\n" for one in requirements())
    held[f"{info}/METADATA"] = text.encode()
    held[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: lesson_wheel\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    held[f"{info}/entry_points.txt"] = (METADATA / "entry_points.txt").read_bytes()
    for licence in ("LICENSE", "LICENSE-docs"):
        held[f"{info}/licenses/{licence}"] = (ROOT / licence).read_bytes()
    held[f"{info}/RECORD"] = _record(held, f"{info}/RECORD")
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    kept.write_atomic(wheel, _zip(held))
    return wheel


def contents() -> dict[str, bytes]:
    """Path in site-packages -> file, but for what says what the package is."""
    held = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in kept.tree(PYLIB)}
    for path in kept.tree(HOOKS):
        name = path.relative_to(HOOKS).as_posix()
        if not name.startswith(LEFT_OUT) and path.suffix not in SOURCES:
            held[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    place = PREBUILT.relative_to(ROOT).as_posix()
    held |= {f"{place}/{name}": content for name, content in prebuilt.contents().items()}
    script = formulas.BUNDLED.name
    held[f"{place}/{script}"] = bundle.client(entries=[formulas.ANSWERS])[script]
    held[f"{place}/{SETTINGS.name}"] = SETTINGS.read_bytes()
    for path in kept.tree(PAGES):
        held[f"{place}/docs/{path.relative_to(PAGES).as_posix()}"] = path.read_bytes()
    return held


def requirements() -> list[str]:
    """What the package requires, each at one version, and all that this requires in turn."""
    pins: dict[str, list[str]] = {}
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines():
        if pin := _PIN.match(line):
            name, version, where = pin.groups()
            pins.setdefault(canonicalize_name(name), []).append(
                f"{name}=={version}" + (f" ; {where}" if where else "")
            )
    found: set[tuple[str, str]] = set()  # name and extra
    waiting = [(canonicalize_name(name), "") for name in WANTED]
    while waiting:
        one = waiting.pop()
        if one not in found and one[0] in pins:
            found.add(one)
            waiting += _required_by(*one)
    names = {name for name, _ in found}
    return sorted([*(line for name in names for line in pins[name]), *IN_PLACE_OF_NODE])


def _required_by(name: str, extra: str) -> list[tuple[NormalizedName, str]]:
    """On any system: a marker is asked only for the extra that it may be about."""
    try:
        listed = [Requirement(line) for line in distribution(name).requires or ()]
    except PackageNotFoundError:  # for another system
        return []
    return [
        (canonicalize_name(one.name), wanted)
        for one in listed
        if "extra" not in str(one.marker) or (one.marker and one.marker.evaluate({"extra": extra}))
        for wanted in ("", *one.extras)
    ]


def _record(held: Mapping[str, bytes], own: str) -> bytes:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    for name in sorted(held):
        digest = base64.urlsafe_b64encode(hashlib.sha256(held[name]).digest()).rstrip(b"=")
        rows.writerow([name, f"sha256={digest.decode()}", len(held[name])])
    rows.writerow([own, "", ""])
    return out.getvalue().encode()


def _zip(held: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        # What says what it is comes last, as installers like it.
        for name in sorted(held, key=lambda name: (".dist-info/" in name, name)):
            entry = zipfile.ZipInfo(name, DATE)
            entry.external_attr = 0o100644 << 16
            how = zipfile.ZIP_STORED if name.endswith(PACKED) else zipfile.ZIP_DEFLATED
            archive.writestr(entry, held[name], how, 9)
    return out.getvalue()


def main() -> int:
    """Build it, and print where it is and how large."""
    try:
        wheel = build()
    except BuildError as error:
        print(error)
        return 1
    print(f"{wheel} ({wheel.stat().st_size / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
