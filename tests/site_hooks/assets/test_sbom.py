"""The list of parts for programs names what the notices page names, in CycloneDX's form."""

import json
import re
from typing import Any

import pytest
from packaging.licenses import canonicalize_license_expression

from site_hooks.assets import inventory, sbom
from site_hooks.assets.component import Component

# The required fields, the kinds and the forms are those of CycloneDX's own schema,
# bom-1.6.schema.json; the whole list has been held against that once.
KINDS = {"application", "data", "file", "framework", "library", "platform"}
URN = r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
PURL = r"pkg:(npm|pypi|github|generic)/[\w.%/-]+(@[\w.]+)?"


@pytest.fixture(scope="module")
def sections() -> dict[str, list[Component]]:
    return inventory.sections()


@pytest.fixture(scope="module")
def parts(sections: dict[str, list[Component]]) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(sbom.document(sections))
    return content


def test_its_frame_is_cyclonedx(parts: dict[str, Any]) -> None:
    assert parts["bomFormat"] == "CycloneDX"
    assert parts["specVersion"] == "1.6"
    assert parts["version"] == 1
    assert re.fullmatch(URN, parts["serialNumber"])


def test_every_part_has_what_the_form_asks_for(parts: dict[str, Any]) -> None:
    for part in [parts["metadata"]["component"], *parts["components"]]:
        assert part["type"] in KINDS
        assert part["name"]
        assert ("version" in part) != ("description" in part)
        [licence] = part["licenses"]
        expression = licence["expression"]
        assert canonicalize_license_expression(expression) == expression
        assert re.fullmatch(PURL, part.get("purl", "pkg:npm/none"))
        for each in part.get("hashes", []):
            assert each["alg"] == "SHA-256"
            assert re.fullmatch("[0-9a-f]{64}", each["content"])
        assert all(each["url"].startswith("http") for each in part.get("externalReferences", []))


def test_it_names_all_that_the_page_names(
    parts: dict[str, Any], sections: dict[str, list[Component]]
) -> None:
    named = [part["name"] for part in parts["components"]]
    assert named == [each.name for components in sections.values() for each in components]
    assert {"Pyodide", "SQLite", "numpy", "katex", "mkdocs-material", "STIX fonts"} <= set(named)


def test_references_are_unique_and_lead_somewhere(parts: dict[str, Any]) -> None:
    root = parts["metadata"]["component"]["bom-ref"]
    refs = [root, *(part["bom-ref"] for part in parts["components"])]
    assert len(refs) == len(set(refs))
    depends = {each["ref"]: each.get("dependsOn", []) for each in parts["dependencies"]}
    assert set(depends) == set(refs)
    reached = [ref for below in depends.values() for ref in below]
    assert set(reached) == set(refs) - {root}
    assert all(len(below) == len(set(below)) for below in depends.values())


def test_what_is_linked_hangs_below_what_it_is_linked_into(parts: dict[str, Any]) -> None:
    refs = {part["name"]: part["bom-ref"] for part in parts["components"]}
    depends = {each["ref"]: each.get("dependsOn", []) for each in parts["dependencies"]}
    assert refs["SQLite"] in depends[refs["Pyodide"]]
    assert refs["FreeType"] in depends[refs["matplotlib"]]
    assert refs["FreeType"] in depends[refs["Pillow"]]
    assert refs["FreeType"] not in depends[parts["metadata"]["component"]["bom-ref"]]


def test_the_same_site_has_the_same_bytes(sections: dict[str, list[Component]]) -> None:
    content = sbom.document(sections)
    assert content == sbom.document(sections)
    assert b"timestamp" not in content


def test_another_version_has_another_serial_number(
    parts: dict[str, Any], sections: dict[str, list[Component]]
) -> None:
    data = sections[inventory.DATA][0]
    changed = {**sections, inventory.DATA: [data._replace(version="1999")]}
    assert json.loads(sbom.document(changed))["serialNumber"] != parts["serialNumber"]
