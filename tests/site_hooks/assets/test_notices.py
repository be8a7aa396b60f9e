"""The notices page names everything that the site serves copies of."""

import json
import re
from importlib.metadata import distribution
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from markdown import markdown
from packaging.licenses import canonicalize_license_expression

from site_hooks.assets import inventory, notices
from site_hooks.assets.component import Component
from site_hooks.paths import PYLIB, ROOT
from site_hooks.pyodide import files

# What has to be named because it is part of files that the site ships, and what it is called.
LINKED = {
    "FreeType": "FreeType",
    "Qhull": "Qhull",
    "Agg": "Agg (Anti-Grain Geometry)",
    "Emscripten": "Emscripten",
    "musl": "musl",
    "SQLite": "SQLite",
    "libffi": "libffi",
    "bzip2": "bzip2",
    "xz": "XZ Utils (liblzma)",
    "mpdecimal": "mpdecimal",
    "expat": "Expat",
    "zlib": "zlib",
    "HACL*": "HACL*",
    "pybind11": "pybind11",
    "libjpeg": "libjpeg (Independent JPEG Group)",
    "libtiff": "LibTIFF",
    "libwebp": "libwebp",
}


@pytest.fixture(scope="module")
def sections() -> dict[str, list[Component]]:
    return inventory.sections()


@pytest.fixture(scope="module")
def page(sections: dict[str, list[Component]]) -> str:
    return notices.page_markdown(sections, "download/parts.json")


def row(page: str, name: str) -> list[str]:
    name = re.escape(name.replace("*", r"\*"))
    match = re.search(rf"^\| \[{name}\]\([^)]+\) \| (.+?) \| (.+?) \|", page, re.MULTILINE)
    assert match, f"no row for {name}"
    return list(match.groups())


def owners(page: str) -> set[str]:
    """The names that licence texts are printed under."""
    summaries = re.findall(r"<summary>(.*?)</summary>", page)
    return {name for summary in summaries for name in summary.partition(": ")[0].split(", ")}


def test_every_wheel_of_the_runtime_is_named(page: str) -> None:
    for wheel in files.wheels(files.lock()):
        version, licence = row(page, wheel.name)
        assert version == wheel.version
        assert licence != "None"


def test_every_package_that_the_site_takes_from_npm_is_named(page: str) -> None:
    manifest = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    for name, version in manifest["dependencies"].items():
        assert row(page, "Pyodide" if name == "pyodide" else name)[0] == version


def test_packages_that_come_with_others_are_named_too(page: str) -> None:
    assert row(page, "@lezer/common")[1] == "MIT"
    assert row(page, "style-mod")[1] == "MIT"


def test_what_only_command_line_tools_need_is_not(page: str) -> None:
    assert "[commander]" not in page
    assert "[ws]" not in page


@pytest.mark.parametrize("name", LINKED.values(), ids=LINKED)
def test_what_is_linked_into_the_binaries_is_named_and_its_licence_printed(
    page: str, name: str
) -> None:
    version, licence = row(page, name)
    assert version
    assert canonicalize_license_expression(licence) == licence
    assert name in owners(page)


def test_the_page_says_that_pillow_has_no_raqm(page: str) -> None:
    assert "without Raqm" in page
    assert "| [Raqm" not in page


def test_the_credits_that_freetype_and_libjpeg_ask_for_are_given(page: str) -> None:
    assert "Portions of this software are copyright © 2024 The FreeType Project" in page
    assert "based in part on the work of the Independent JPEG Group" in page


def test_the_source_of_all_data_that_pylib_brings_is_named(
    sections: dict[str, list[Component]], page: str
) -> None:
    named = {each.source for each in sections[inventory.DATA]}
    modules = [path.read_text("utf-8") for path in (PYLIB / "data").glob("*.py")]
    for table in (PYLIB / "data").glob("*.npz"):
        (module,) = (text for text in modules if f'"{table.name}"' in text)
        (doi,) = set(re.findall(r"https://doi\.org/10\.24432/\w+", module))
        assert doi in named, table
        assert doi in page, table


def test_everything_but_the_data_has_its_licence_printed(
    sections: dict[str, list[Component]],
) -> None:
    bare = {each.name for below in sections.values() for each in below if not each.texts}
    assert bare == {each.name for each in sections[inventory.DATA]}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Pyodide", "Mozilla Public License, version 2.0"),
        (
            "CPython, with its standard library, in Pyodide&#x27;s build",
            "A. HISTORY OF THE SOFTWARE",
        ),
    ],
)
def test_the_runtime_s_own_licences_are_printed(page: str, name: str, words: str) -> None:
    assert f"<summary>{name}: {words}</summary>" in page


def test_licences_are_given_as_spdx(sections: dict[str, list[Component]]) -> None:
    for component in (each for below in sections.values() for each in below):
        spdx = canonicalize_license_expression(component.licence)
        assert spdx == component.licence, component.name


def test_the_page_leads_to_the_list_for_programs(page: str) -> None:
    assert '<a href="../../download/parts.json">' in page


def test_what_material_contains_is_what_its_source_maps_say() -> None:
    theme = Path(str(distribution("mkdocs-material").locate_file("material/templates/assets")))
    maps = theme.glob("**/*.map")
    sources = [source for path in maps for source in json.loads(path.read_bytes())["sources"]]
    packages = {
        match[1] for source in sources if (match := re.search(r"node_modules/([^/]+)", source))
    }
    assert packages == set(inventory.IN_MATERIAL)


def test_licence_texts_are_printed_once_and_cannot_become_markup(page: str) -> None:
    assert page.count("Copyright © 1997-2011 by Secret Labs AB") == 1
    texts = page[page.index("## Licence texts") :]
    assert page.count("<details>") == page.count("</details>")
    assert not re.search(r"<(?!/?(?:details|summary|pre)>)", texts)


def test_markdown_leaves_licence_texts_as_they_are(
    page: str, sections: dict[str, list[Component]]
) -> None:
    extensions = ["tables", "md_in_html", "pymdownx.details", "pymdownx.superfences"]
    html = markdown(page.partition("---\n\n")[2], extensions=extensions)
    printed = {block.get_text() for block in BeautifulSoup(html, "html.parser").select("pre")}
    texts = {words.strip() for below in sections.values() for each in below for words in each.texts}
    assert any("```" in words for words in texts)
    assert {words.replace("\t", "    ") for words in printed} == {
        words.replace("\t", "    ") for words in texts
    }


@pytest.mark.parametrize("name", ["numpy", "matplotlib", "katex", "@fontsource/source-serif-4"])
def test_the_licences_that_ask_for_it_are_printed(page: str, name: str) -> None:
    assert name in owners(page)


def test_the_licences_of_one_package_are_told_apart_by_their_first_lines(page: str) -> None:
    summaries = re.findall(r"<summary>(.*?)</summary>", page)
    assert len(summaries) == len(set(summaries))
    assert all(summary.partition(": ")[2] for summary in summaries)


def test_the_data_are_credited(page: str) -> None:
    assert "10.24432/C50P49" in page
    assert "CC BY 4.0" in page
