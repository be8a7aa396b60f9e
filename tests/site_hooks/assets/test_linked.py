"""What is linked into the shipped binaries is named, in the version that they hold."""

import json
from pathlib import Path

import pytest

from site_hooks import node
from site_hooks.assets import inventory, linked
from site_hooks.assets.component import Component
from site_hooks.assets.linked import Linked
from site_hooks.errors import BuildError
from site_hooks.paths import PYODIDE, user_cache
from site_hooks.pyodide import files

# Their code says it in numbers or their sources do; the next test asks the first three.
NOT_SPELT = {"FreeType", "libwebp", "pybind11", "Agg (Anti-Grain Geometry)"}


@pytest.fixture(scope="module")
def wheels() -> list[tuple[files.Wheel, Path]]:
    wanted = files.wheels(files.lock())
    paths = files.fetch(wanted, user_cache() / "wheels")
    return [(wheel, paths[wheel.file]) for wheel in wanted]


@pytest.fixture(scope="module")
def binaries(wheels: list[tuple[files.Wheel, Path]]) -> dict[tuple[str, str], bytes]:
    return linked.binaries(wheels)


@pytest.fixture(scope="module")
def found(binaries: dict[tuple[str, str], bytes]) -> dict[str, Component]:
    return {component.name: component for component in linked.components(binaries)}


def test_the_versions_stand_in_the_files(
    found: dict[str, Component], binaries: dict[tuple[str, str], bytes]
) -> None:
    contents = {file: content for (_, file), content in binaries.items()}
    spelt = [each for each in found.values() if each.version[0].isdigit()]
    spelt = [each for each in spelt if each.name not in NOT_SPELT]
    assert len(spelt) >= 12
    for component in spelt:
        for file in component.files:
            assert component.version.encode() in contents[file], component.name


def test_the_versions_are_those_that_the_libraries_give(
    wheels: list[tuple[files.Wheel, Path]], found: dict[str, Component]
) -> None:
    script = Path(__file__).with_name("linked_versions.mjs")
    paths = [str(path) for _, path in wheels]
    said = json.loads(node.run(script, str(PYODIDE), *paths, failure="Pyodide does not start"))
    assert {"raqm", "fribidi", "harfbuzz"} <= set(said.pop("not in Pillow"))
    assert said.pop("FreeType of Pillow") == found["FreeType"].version
    stated = {name: each.version for name, each in found.items()}
    stated |= {each.name: each.version for each in inventory.sections()[inventory.PYTHON]}
    assert said == {name: stated[name] for name in said}


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("SQLite", "pyodide.asm.wasm"),
        ("musl", "pyodide.asm.wasm"),
        ("FreeType", "matplotlib/ft2font"),
        ("FreeType", "PIL/_imagingft"),
        ("Agg (Anti-Grain Geometry)", "matplotlib/backends/_backend_agg"),
        ("Qhull", "matplotlib/_qhull"),
        ("pybind11", "contourpy/_contourpy"),
        ("libwebp", "PIL/_webp"),
    ],
)
def test_each_library_is_found_in_the_files_that_hold_it(
    found: dict[str, Component], name: str, file: str
) -> None:
    assert file in found[name].files


def test_a_version_that_is_no_longer_there_ends_the_build() -> None:
    library = Linked("zlib", "1.3.1", "Zlib", "zlib", "https://zlib.net", rb"flate VERSION Copy")
    shipped = {("Pyodide", "pyodide.asm.wasm"): b" deflate 1.3.2 Copyright"}
    with pytest.raises(BuildError, match=r"zlib 1\.3\.1.*linked\.py"):
        list(linked.components(shipped, [library]))


def test_a_dot_in_a_version_is_a_dot() -> None:
    library = Linked("zlib", "1.3", "Zlib", "zlib", "https://zlib.net", rb"VERSION\0")
    with pytest.raises(BuildError, match="zlib"):
        list(linked.components({("a", "a/b"): b"123\0"}, [library]))


def test_every_licence_text_is_used() -> None:
    components = [each for below in inventory.sections().values() for each in below]
    printed = {words for component in components for words in component.texts}
    texts = {path.name: path.read_text("utf-8") for path in linked.LICENCES.iterdir()}
    assert [name for name, words in texts.items() if words not in printed] == []
