"""The notices page names everything that the site serves copies of."""

import json
import re
from importlib.metadata import distribution
from pathlib import Path

import pytest

from site_hooks.assets import notices
from site_hooks.paths import ROOT
from site_hooks.pyodide import files


@pytest.fixture(scope="module")
def page() -> str:
    return notices.page_markdown()


def row(page: str, name: str) -> list[str]:
    match = re.search(
        rf"^\| \[{re.escape(name)}\]\([^)]+\) \| (.+) \| (.+) \|$", page, re.MULTILINE
    )
    assert match, f"no row for {name}"
    return list(match.groups())


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


def test_what_material_contains_is_what_its_source_maps_say() -> None:
    theme = Path(str(distribution("mkdocs-material").locate_file("material/templates/assets")))
    maps = theme.glob("javascripts/**/*.js.map")
    sources = [source for path in maps for source in json.loads(path.read_bytes())["sources"]]
    packages = {
        match[1] for source in sources if (match := re.search(r"node_modules/([^/]+)", source))
    }
    assert packages == set(notices.IN_MATERIAL)


def test_licence_texts_are_printed_once_and_cannot_become_markup(page: str) -> None:
    assert page.count("Copyright © 1997-2011 by Secret Labs AB") == 1
    texts = page[page.index("## Licence texts") :]
    assert page.count("<details>") == page.count("</details>")
    assert not re.search(r"<(?!/?(?:details|summary|pre)>)", texts)


@pytest.mark.parametrize("name", ["numpy", "matplotlib", "katex", "@fontsource/source-serif-4"])
def test_the_licences_that_ask_for_it_are_printed(page: str, name: str) -> None:
    summaries = re.findall(r"<summary>(.*?)</summary>", page)
    assert any(name in summary.partition(": ")[0].split(", ") for summary in summaries)


def test_the_licences_of_one_package_are_told_apart_by_their_first_lines(page: str) -> None:
    summaries = re.findall(r"<summary>(.*?)</summary>", page)
    assert len(summaries) == len(set(summaries))
    assert all(summary.partition(": ")[2] for summary in summaries)


def test_the_data_are_credited(page: str) -> None:
    assert "10.24432/C50P49" in page
    assert "CC BY 4.0" in page
