"""The third-party notices page: every package in the built site, its version, licence and text.

All of it is read from the packages themselves: wheels, node_modules, this Python environment.
"""

import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from email.parser import Parser
from html import escape
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, NamedTuple

from site_hooks.paths import NODE_MODULES, ROOT
from site_hooks.pyodide import files

# Used as published: what they depend on serves their command-line tools and stays out of the site.
WHOLE = ("katex", "pyodide")
FONTS = "@fontsource"
# What Material's scripts contain; it ships their code without their package files.
IN_MATERIAL = {
    "clipboard": "MIT",
    "escape-html": "MIT",
    "focus-visible": "W3C-20150513",
    "lunr": "MIT",
    "rxjs": "Apache-2.0",
    "tslib": "0BSD",
}

_LICENCE_FILE = re.compile(r"(?:^|[/_-])(?:LICEN[CS]E|COPYING)[^/]*$", re.IGNORECASE)
_CODE = (".py", ".pyc", ".svg")
HEADING = 70


class Notice(NamedTuple):
    """One package: what it is called, its licence, and the licence's text where it brings one."""

    name: str
    version: str
    licence: str
    texts: tuple[str, ...]
    source: str


def page_markdown() -> str:
    """The page as Markdown.

    Raises:
        BuildError: The wheels cannot be had.
    """
    sections = {
        "Python in the browser": [*_pyodide(), *_wheels()],
        "The code cells": list(_npm()),
        "Type and formulas": list(_type()),
        "Theme and icons": list(_theme()),
    }
    parts = [
        "---\ntitle: Third-party notices\nsearch:\n  exclude: true\n---\n",
        "# Third-party notices\n",
        "This site serves copies of the packages below: bundled, minified or compiled for the "
        "browser, and otherwise unchanged. This page is made at build from what the packages say "
        "of themselves.\n",
    ]
    for title, notices in sections.items():
        parts += [f"## {title}\n", _table(notices)]
    parts += [
        "## Data\n",
        "The digits in `pylib` are from E. Alpaydin and C. Kaynak, *Optical Recognition of "
        "Handwritten Digits*, UCI Machine Learning Repository, 1998, "
        "[doi:10.24432/C50P49](https://doi.org/10.24432/C50P49), under "
        "[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/): the test part of that set, "
        "repacked as one NumPy file.\n",
        "## Licence texts\n",
        _texts(notice for notices in sections.values() for notice in notices),
    ]
    return "\n".join(parts)


def _pyodide() -> Iterator[Notice]:
    package = _package("pyodide")
    version = package["version"]
    python = files.lock()["info"]["python"]
    yield Notice(
        "Pyodide",
        version,
        package["license"],
        (),
        f"https://github.com/pyodide/pyodide/tree/{version}",
    )
    yield Notice(
        "CPython, with its standard library, in Pyodide's build",
        python,
        "PSF-2.0",
        (),
        f"https://docs.python.org/release/{python}/license.html",
    )


def _wheels() -> Iterator[Notice]:
    wanted = files.wheels(files.lock())
    paths = files.fetch(wanted, files.user_cache() / "wheels")
    for wheel in wanted:
        with zipfile.ZipFile(paths[wheel.file]) as archive:
            names = archive.namelist()
            metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
            fields = Parser().parsestr(archive.read(metadata).decode("utf-8"))
            texts = tuple(
                archive.read(name).decode("utf-8", "replace")
                for name in names
                if _LICENCE_FILE.search(name) and not name.endswith(_CODE)
            )
        yield Notice(
            wheel.name,
            wheel.version,
            _python_licence(fields),
            texts,
            f"https://pypi.org/project/{wheel.name}/",
        )


def _npm() -> Iterator[Notice]:
    wanted = [name for name in _direct() if name not in WHOLE and not name.startswith(FONTS)]
    found: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in found:
            found.add(name)
            wanted += _package(name).get("dependencies", {})
    for name in sorted(found):
        yield _npm_notice(name)


def _type() -> Iterator[Notice]:
    yield _npm_notice("katex")
    for name in sorted(name for name in _direct() if name.startswith(FONTS)):
        yield _npm_notice(name)


def _theme() -> Iterator[Notice]:
    for name in ("mkdocs-material", "mkdocstrings-python"):
        package = distribution(name)
        texts = tuple(
            path.read_text(encoding="utf-8")
            for path in package.files or ()
            if ".dist-info/" in path.as_posix() and _LICENCE_FILE.search(path.as_posix())
        )
        fields = Parser().parsestr(str(package.read_text("METADATA")))
        yield Notice(
            name,
            package.version,
            _python_licence(fields),
            texts,
            f"https://pypi.org/project/{name}/",
        )
    material = distribution("mkdocs-material")
    version = f"as in mkdocs-material {material.version}"
    for name, licence in IN_MATERIAL.items():
        yield Notice(name, version, licence, (), f"https://www.npmjs.com/package/{name}")
    icons = Path(str(material.locate_file("material/templates/.icons/material/LICENSE")))
    yield Notice(
        "Material Design Icons (Pictogrammers)",
        version,
        "Apache-2.0",
        (icons.read_text(encoding="utf-8"),),
        "https://pictogrammers.com/library/mdi/",
    )


def _direct() -> list[str]:
    manifest = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    return sorted(manifest["dependencies"])


def _package(name: str) -> dict[str, Any]:
    content = (NODE_MODULES / name / "package.json").read_text(encoding="utf-8")
    package: dict[str, Any] = json.loads(content)
    return package


def _npm_notice(name: str) -> Notice:
    package = _package(name)
    texts = tuple(
        path.read_text(encoding="utf-8")
        for path in sorted((NODE_MODULES / name).iterdir())
        if path.is_file() and _LICENCE_FILE.search(path.name)
    )
    return Notice(
        name,
        package["version"],
        package["license"],
        texts,
        f"https://www.npmjs.com/package/{name}/v/{package['version']}",
    )


def _python_licence(fields: Any) -> str:
    """The SPDX expression, or the classifiers of older packages."""
    if expression := fields.get("License-Expression"):
        return str(expression)
    classifiers = [
        str(line).split(" :: ")[-1]
        for line in fields.get_all("Classifier", [])
        if line.startswith("License :: ")
    ]
    return " or ".join(classifiers) or str(fields["License"])


def _table(notices: Iterable[Notice]) -> str:
    rows = "".join(
        f"| [{notice.name}]({notice.source}) | {notice.version} | {notice.licence} |\n"
        for notice in notices
    )
    return f"| package | version | licence |\n| --- | --- | --- |\n{rows}"


def _texts(notices: Iterable[Notice]) -> str:
    owners: dict[str, list[str]] = {}
    for notice in notices:
        for text in notice.texts:
            names = owners.setdefault(text.strip(), [])
            if notice.name not in names:
                names.append(notice.name)
    return "\n\n".join(
        f"<details><summary>{escape(', '.join(names))}: {escape(_heading(text))}</summary>"
        f"<pre>{escape(text)}</pre></details>"
        for text, names in owners.items()
    )


def _heading(text: str) -> str:
    """A licence's first words, which tell apart the several that some packages have."""
    lines = (line.strip(" \t=-*#") for line in text.splitlines())
    line = next(filter(None, lines), "")
    return line if len(line) <= HEADING else f"{line[: HEADING - 1]}…"
