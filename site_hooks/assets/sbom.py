"""The same list for programs: a software bill of materials, CycloneDX 1.6 as JSON.

Written here and not by a library: it is one list, and cyclonedx-python-lib would bring six packages
to write it. It holds no time, so that the same site has the same bytes.
"""

import json
import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from site_hooks.assets.component import Component
from site_hooks.paths import ROOT

LICENCE = "MIT AND CC-BY-4.0"


def document(sections: Mapping[str, Iterable[Component]]) -> bytes:
    """The bill of materials of the site that serves these components."""
    components = [component for below in sections.values() for component in below]
    site = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    root = f"pkg:generic/{site['name']}@{site['version']}"
    holders: dict[str, list[str]] = {root: []}
    for component in components:
        holders.setdefault(_ref(component), [])
    by_name = {component.name: _ref(component) for component in components}
    for component in components:
        for holder in component.within:
            holders[by_name[holder]].append(_ref(component))
        if not component.within:
            holders[root].append(_ref(component))
    content: dict[str, Any] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": site["name"],
                "version": site["version"],
                "licenses": [{"expression": LICENCE}],
                "purl": root,
            }
        },
        "components": [_entry(component) for component in components],
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(parts)} if parts else {"ref": ref}
            for ref, parts in holders.items()
        ],
    }
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(content, sort_keys=True))
    content["serialNumber"] = serial.urn
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def _entry(component: Component) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "type": component.kind,
        "bom-ref": _ref(component),
        "name": component.name,
    }
    if re.match(r"\d", component.version):
        entry["version"] = component.version
    else:
        entry["description"] = f"version: {component.version}"
    if component.sha256:
        entry["hashes"] = [{"alg": "SHA-256", "content": component.sha256}]
    entry["licenses"] = [{"expression": component.licence}]
    if component.purl:
        entry["purl"] = component.purl
    entry["externalReferences"] = [{"type": "website", "url": component.source}]
    if component.files:
        entry["properties"] = [{"name": "linked into", "value": file} for file in component.files]
    return entry


def _ref(component: Component) -> str:
    """A name for the component in this file: no two have the same."""
    return component.purl or re.sub(r"[^a-z0-9.]+", "-", component.name.lower()).strip("-")
