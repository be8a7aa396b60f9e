"""The lesson's wheel: what it says of itself, what it requires, and the same bytes each time."""

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import Distribution, entry_points
from pathlib import Path

import pytest

from site_hooks.dev import lesson_wheel
from site_hooks.paths import PAGES, ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lesson_wheel.build(tmp_path_factory.mktemp("wheel"))


def test_it_has_the_version_of_the_project() -> None:
    (version,) = re.findall(
        r"^Version: (.+)$", (lesson_wheel.METADATA / "METADATA").read_text("utf-8"), re.MULTILINE
    )
    assert version == json.loads((ROOT / "package.json").read_text("utf-8"))["version"]
    assert (
        version == tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    )


def test_a_checkout_has_the_same_entry_points_without_being_installed() -> None:
    (plugin,) = entry_points(group="mkdocs.plugins", name="lesson")
    (theme,) = entry_points(group="mkdocs.themes", name="lesson")
    assert plugin.load().__name__ == "LessonPlugin"
    assert Path(theme.load().__file__).with_name("mkdocs_theme.yml").is_file()


def test_it_requires_each_package_at_one_version_and_no_tool_of_the_tests() -> None:
    required = lesson_wheel.requirements()
    names = {re.split("[= ]", one)[0] for one in required}
    assert all("==" in one for one in required)
    assert {"numpy", "mkdocs", "jinja2", "pygments", "brotli", "mini-racer"} <= names
    assert {"colorama", "tinycss2"} <= names  # for Windows; by way of an extra
    assert not names & {"pytest", "playwright", "mypy", "hypothesis", "pytest-xdist"}
    pinned = (ROOT / "requirements.txt").read_text("utf-8")
    for one in required:
        if one not in lesson_wheel.IN_PLACE_OF_NODE:
            assert one in pinned


def test_it_holds_what_node_would_make_and_nothing_that_needs_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        assert archive.testzip() is None
    ready = "site_hooks/prebuilt/"
    pages = {f"{ready}docs/{path.relative_to(PAGES).as_posix()}" for path in PAGES.rglob("*.md")}
    assert pages <= names
    assert {
        f"{ready}{name}"
        for name in ("service-worker.js", "katex-answers.js", "mkdocs.yml", "assets.json")
    } <= names
    assert {"pylib/losses/base.py", "site_hooks/theme/mkdocs_theme.yml"} <= names
    assert {"site_hooks/hosting/.htaccess", "site_hooks/dev/course/.gitignore"} <= names
    assert not [name for name in names if name.endswith((".ts", ".mjs", ".pyc"))]
    assert not [name for name in names if name.startswith("tests/")]
    assert wheel.stat().st_size < 45e6


def test_every_file_is_listed_with_its_hash(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    (info,) = tmp_path.glob("*.dist-info")
    package = Distribution.at(info)
    held = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert {path.as_posix() for path in package.files or ()} == held
    assert package.version in wheel.name


def test_it_is_the_same_in_another_process(wheel: Path, tmp_path: Path) -> None:
    code = "import sys; from site_hooks.dev import lesson_wheel as w; w.build(w.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=True)
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()
