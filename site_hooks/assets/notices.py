"""The third-party notices page: all that others made in the site, its version, licence and text."""

from collections.abc import Iterable, Mapping
from html import escape

from site_hooks.assets import inventory
from site_hooks.assets.component import Component

HEADING = 70
INTRODUCTION = (
    "This site serves copies of what is named below: bundled, minified or compiled for the "
    "browser, and otherwise unchanged. This page is made at build from what the packages say "
    'of themselves; so is <a href="../../{parts}">the same list for programs</a>, in '
    "CycloneDX's form. Licences are given by their SPDX identifiers.\n"
)
LINKED = (
    "These libraries are part of at least the files named in the last column; where a version is "
    "given, it has been found in the file. What NumPy contains of others’ code is named in its own "
    "licence texts. Pillow’s wheel is built without Raqm, FriBiDi and HarfBuzz.\n\n"
    "Portions of this software are copyright © 2024 The FreeType Project "
    "([www.freetype.org](https://freetype.org)). All rights reserved. This software is based in "
    "part on the work of the Independent JPEG Group. Qhull’s source is at "
    "[www.qhull.org](http://www.qhull.org).\n"
)
DATA = (
    "The digits in `pylib` are from E. Alpaydin and C. Kaynak, *Optical Recognition of "
    "Handwritten Digits*, UCI Machine Learning Repository, 1998, "
    "[doi:10.24432/C50P49](https://doi.org/10.24432/C50P49), under "
    "[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/): the test part of that set, "
    "repacked as one NumPy file. The tumors are from W. Wolberg, O. Mangasarian, N. Street and "
    "W. Street, *Breast Cancer Wisconsin (Diagnostic)*, UCI Machine Learning Repository, 1995, "
    "[doi:10.24432/C5DW2B](https://doi.org/10.24432/C5DW2B), under the same licence, repacked in "
    "the same way. The flowers are R. A. Fisher’s *Iris* (1936), UCI Machine Learning Repository, "
    "[doi:10.24432/C56C76](https://doi.org/10.24432/C56C76), under the same licence, with two rows "
    "mended after Fisher’s article, repacked in the same way.\n"
)


def page_markdown(sections: Mapping[str, Iterable[Component]], parts: str) -> str:
    """The page as Markdown.

    Args:
        sections: heading -> what stands below it.
        parts: where the site has the same list for programs.
    """
    page = [
        "---\ntitle: Third-party notices\nsearch:\n  exclude: true\n---\n",
        "# Third-party notices\n",
        INTRODUCTION.format(parts=parts),
    ]
    for title, components in sections.items():
        page.append(f"## {title}\n")
        if title == inventory.DATA:
            page.append(DATA)
        elif title == inventory.LINKED:
            page += [LINKED, _linked(components)]
        else:
            page.append(_table(components))
    everything = [component for components in sections.values() for component in components]
    page += ["## Licence texts\n", _texts(everything)]
    return "\n".join(page)


def _table(components: Iterable[Component]) -> str:
    rows = "".join(f"{_row(component)}\n" for component in components)
    return f"| package | version | licence |\n| --- | --- | --- |\n{rows}"


def _linked(components: Iterable[Component]) -> str:
    rows = "".join(
        f"{_row(component)} {', '.join(f'`{file}`' for file in component.files)} |\n"
        for component in components
    )
    return f"| library | version | licence | linked into |\n| --- | --- | --- | --- |\n{rows}"


def _row(component: Component) -> str:
    name = component.name.replace("*", r"\*")
    return f"| [{name}]({component.source}) | {component.version} | {component.licence} |"


def _texts(components: Iterable[Component]) -> str:
    owners: dict[str, list[str]] = {}
    for component in components:
        for text in component.texts:
            names = owners.setdefault(text.strip(), [])
            if component.name not in names:
                names.append(component.name)
    return "\n\n".join(
        f"<details><summary>{escape(', '.join(names))}: {escape(_heading(text))}</summary>"
        f"<pre>{_inert(text)}</pre></details>"
        for text, names in owners.items()
    )


def _inert(text: str) -> str:
    """A text that neither HTML nor Markdown's fences, which are read first, take for their own."""
    return escape(text).replace("`", "&#96;").replace("~", "&#126;")


def _heading(text: str) -> str:
    """A licence's first words, which tell apart the several that some packages have."""
    lines = (line.strip(" \t=-*#") for line in text.splitlines())
    line = next(filter(None, lines), "")
    return line if len(line) <= HEADING else f"{line[: HEADING - 1]}…"
