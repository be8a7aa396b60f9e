"""Everything of others' that the site serves, read from the packages themselves.

The packages are the wheels, node_modules and this Python environment; what is linked into them is
left to linked.py.
"""

import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from email.parser import Parser
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from urllib.parse import quote

from site_hooks.assets import linked
from site_hooks.assets.component import Component
from site_hooks.assets.linked import text
from site_hooks.errors import BuildError
from site_hooks.paths import NODE_MODULES, PYODIDE, ROOT, user_cache
from site_hooks.pyodide import files

# Used as published: what they depend on serves their command-line tools and stays out of the site.
WHOLE = ("katex", "pyodide")
FONTS = "@fontsource"
# What Material's scripts and styles contain; it ships their code without their package files.
# Licence and text; clipboard comes with four packages in it.
IN_MATERIAL = {
    "clipboard": ("MIT", "clipboard"),
    "escape-html": ("MIT", "escape-html"),
    "focus-visible": ("W3C-20150513", "w3c-20150513"),
    "lunr": ("MIT", "lunr"),
    "material-design-color": ("MIT", "material-design-color"),
    "rxjs": ("Apache-2.0", "rxjs"),
    "tslib": ("0BSD", "tslib"),
}
IN_CLIPBOARD = {
    "delegate": ("MIT", "clipboard"),
    "good-listener": ("MIT", "clipboard"),
    "select": ("MIT", "clipboard"),
    "tiny-emitter": ("MIT", "tiny-emitter"),
}
# For packages that do not say it as an SPDX expression: what their licence files amount to.
LICENCES = {
    "contourpy": "BSD-3-Clause",
    "cycler": "BSD-3-Clause",
    "kiwisolver": "BSD-3-Clause",
    "matplotlib": "LicenseRef-matplotlib",
    "python-dateutil": "(Apache-2.0 AND BSD-3-Clause) OR BSD-3-Clause",
}
# The wheel for the browser has matplotlib's own licence alone; these are for data in its modules.
IN_MATPLOTLIB = ("matplotlib-colorbrewer", "matplotlib-solarized", "matplotlib-yorick")

_LICENCE_FILE = re.compile(r"(?:^|[/_-])(?:LICEN[CS]E|COPYING)[^/]*$", re.IGNORECASE)
_CODE = (".py", ".pyc", ".svg")
_TYPEFACES = "matplotlib/mpl-data/fonts/"

PYTHON = "Python in the browser"
LINKED = "Linked into Python and its packages"
CELLS = "The code cells"
TYPE = "Type and formulas"
THEME = "Theme and icons"
DATA = "Data"


def sections() -> dict[str, list[Component]]:
    """Heading -> what stands below it.

    Raises:
        BuildError: The wheels cannot be had, or are not what linked.py expects.
    """
    wanted = files.wheels(files.lock())
    paths = files.fetch(wanted, user_cache() / "wheels")
    wheels = [(wheel, paths[wheel.file]) for wheel in wanted]
    binaries = linked.binaries(wheels)
    return {
        PYTHON: [*_pyodide(binaries), *(_wheel(*wheel) for wheel in wheels)],
        LINKED: list(linked.components(binaries)),
        CELLS: list(_npm()),
        TYPE: [*_type(), *_matplotlib_type(wheels)],
        THEME: list(_theme()),
        DATA: list(_data()),
    }


def _pyodide(binaries: dict[tuple[str, str], bytes]) -> Iterator[Component]:
    package = _package("pyodide")
    version = package["version"]
    core = "pyodide.asm.wasm"
    python = re.search(rb"installs/python-([\d.]+)/", binaries[linked.CORE, core])
    if python is None:
        raise BuildError(f"{PYODIDE / core} does not say which CPython it is")
    number = python[1].decode()
    yield Component(
        linked.CORE,
        version,
        package["license"],
        (text("mpl-2.0"),),
        f"https://github.com/pyodide/pyodide/tree/{version}",
        purl=f"pkg:npm/pyodide@{version}",
        kind="platform",
    )
    yield Component(
        "CPython, with its standard library, in Pyodide's build",
        number,
        "PSF-2.0",
        (text("cpython"), text("cpython-incorporated")),
        f"https://docs.python.org/release/{number}/license.html",
        purl=f"pkg:github/python/cpython@v{number}",
        kind="platform",
    )


def _wheel(wheel: files.Wheel, path: Path) -> Component:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        fields = Parser().parsestr(archive.read(metadata).decode("utf-8"))
        texts = [
            archive.read(name).decode("utf-8", "replace")
            for name in names
            if _LICENCE_FILE.search(name) and not name.endswith(_CODE)
            if not name.startswith(_TYPEFACES)
        ]
    if wheel.name == "matplotlib":
        texts += [text(name) for name in IN_MATPLOTLIB]
    return Component(
        wheel.name,
        wheel.version,
        _python_licence(wheel.name, fields),
        tuple(texts),
        f"https://pypi.org/project/{wheel.name}/",
        purl=f"pkg:pypi/{wheel.name.lower()}@{wheel.version}",
        sha256=wheel.sha256,
    )


def _npm() -> Iterator[Component]:
    wanted = [name for name in _direct() if name not in WHOLE and not name.startswith(FONTS)]
    found: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in found:
            found.add(name)
            wanted += _package(name).get("dependencies", {})
    for name in sorted(found):
        yield _npm_component(name)


def _type() -> Iterator[Component]:
    yield _npm_component("katex")
    for name in sorted(name for name in _direct() if name.startswith(FONTS)):
        yield _npm_component(name)


def _matplotlib_type(wheels: Sequence[tuple[files.Wheel, Path]]) -> Iterator[Component]:
    """What plots are set in."""
    [(wheel, path)] = [each for each in wheels if each[0].name == "matplotlib"]
    with zipfile.ZipFile(path) as archive:
        dejavu, stix, metrics = (
            archive.read(_TYPEFACES + name).decode("utf-8")
            for name in ("ttf/LICENSE_DEJAVU", "ttf/LICENSE_STIX", "pdfcorefonts/readme.txt")
        )
    version = f"as in matplotlib {wheel.version}"
    for name, licence, words, source in (
        ("DejaVu fonts", "Bitstream-Vera", dejavu, "https://dejavu-fonts.github.io"),
        ("STIX fonts", "OFL-1.1", stix, "https://www.stixfonts.org"),
        (
            "BaKoMa Computer Modern fonts",
            "LicenseRef-BaKoMa",
            text("matplotlib-bakoma"),
            "https://ctan.org/pkg/bakoma-fonts",
        ),
        (
            "Adobe's font metrics",
            "APAFML",
            metrics,
            "https://github.com/adobe-type-tools/font-tech-notes",
        ),
    ):
        yield Component(name, version, licence, (words,), source, kind="file")


def _theme() -> Iterator[Component]:
    for name in ("mkdocs-material", "mkdocstrings-python"):
        package = distribution(name)
        texts = tuple(
            path.read_text(encoding="utf-8")
            for path in package.files or ()
            if ".dist-info/" in path.as_posix() and _LICENCE_FILE.search(path.as_posix())
        )
        fields = Parser().parsestr(str(package.read_text("METADATA")))
        yield Component(
            name,
            package.version,
            _python_licence(name, fields),
            texts,
            f"https://pypi.org/project/{name}/",
            purl=f"pkg:pypi/{name}@{package.version}",
        )
    material = distribution("mkdocs-material")
    version = f"as in mkdocs-material {material.version}"
    for name, (licence, words) in sorted({**IN_MATERIAL, **IN_CLIPBOARD}.items()):
        yield Component(
            name,
            version,
            licence,
            (text(words),),
            f"https://www.npmjs.com/package/{name}",
            purl=f"pkg:npm/{name}",
        )
    icons = Path(str(material.locate_file("material/templates/.icons/material/LICENSE")))
    yield Component(
        "Material Design Icons (Pictogrammers)",
        version,
        "Apache-2.0",
        (icons.read_text(encoding="utf-8"),),
        "https://pictogrammers.com/library/mdi/",
    )


def _data() -> Iterator[Component]:
    for name, year, doi in (
        ("Optical Recognition of Handwritten Digits", "1998", "10.24432/C50P49"),
        ("Breast Cancer Wisconsin (Diagnostic)", "1995", "10.24432/C5DW2B"),
        ("Iris", "1936", "10.24432/C56C76"),
    ):
        yield Component(name, year, "CC-BY-4.0", (), f"https://doi.org/{doi}", kind="data")


def _direct() -> list[str]:
    manifest = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    return sorted(manifest["dependencies"])


def _package(name: str) -> dict[str, Any]:
    content = (NODE_MODULES / name / "package.json").read_text(encoding="utf-8")
    package: dict[str, Any] = json.loads(content)
    return package


def _npm_component(name: str) -> Component:
    package = _package(name)
    texts = tuple(
        path.read_text(encoding="utf-8")
        for path in sorted((NODE_MODULES / name).iterdir())
        if path.is_file() and _LICENCE_FILE.search(path.name)
    )
    version = package["version"]
    return Component(
        name,
        version,
        package["license"],
        texts,
        f"https://www.npmjs.com/package/{name}/v/{version}",
        purl=f"pkg:npm/{quote(name)}@{version}",
    )


def _python_licence(name: str, fields: Any) -> str:
    """The SPDX expression; older packages have it in the field of its forerunner."""
    return str(LICENCES.get(name) or fields.get("License-Expression") or fields["License"])
