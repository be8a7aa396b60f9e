"""A checkout changed as the guides say: it builds strictly, and the tests of its pages pass.

Pages are added, written anew and left out, and title, logo and colours changed. Most pages are left
out, so that little has to run; what is made of the others stands in the cache of this checkout.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.conftest import DOCS, PAGES
from tests.lesson import is_unchanged

pytestmark = pytest.mark.skipif(not is_unchanged(), reason="this checkout is changed itself")

ROOT = Path(__file__).parents[1]
LEFT = {
    *("index.md", "losses/mse.md", "optimizers/sgd.md", "takeaway.md", "progress.md", "help.md"),
    *("choosing.md", "instructors/authoring.md", "grade.md", "privacy.md"),
}
# These stay on the disk.
EXCLUDED = ("optimizers/adamw.md", "labs/optimizer-race.ipynb", "instructors/hosting.md")
GUIDE = (DOCS / "instructors/authoring.md").read_text("utf-8")

NOTEBOOK = {
    "cells": [
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": "# Lab\n\n[MSE](losses/mse.md)",
        },
        {
            "cell_type": "code",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": "print(1 + 1)",
        },
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 4,
}


def mkdocs_yml() -> str:
    """The lesson's settings with the guide's changes."""
    text = (ROOT / "mkdocs.yml").read_text("utf-8")
    gone = [path.relative_to(DOCS).as_posix() for path in PAGES]
    names = "|".join(re.escape(name) for name in gone if name not in LEFT)
    text = re.sub(rf"^ *- (?:.*: )?(?:{names})\n", "", text, flags=re.MULTILINE)
    text = text.replace("  - Beyond:\n", "").replace("      - Reference:\n", "")
    text = text.replace("\nnav:\n", "\nnav:\n  - log-cosh.md\n  - lab.ipynb\n")
    look = GUIDE.split("```yaml\nsite_name")[1].split("```")[0]
    for block in re.split(r"\n(?=\w)", f"site_name{look}"):
        key, new = block.partition(":")[0], f"{block.rstrip()}\n"
        text, count = re.subn(rf"(?m)^{key}:.*\n(?:[ #].*\n)*", new.replace("\\", r"\\"), text)
        assert count == 1, key
    return text + "exclude_docs: |\n" + "".join(f"  {name}\n" for name in EXCLUDED)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this checkout with the guide's changes."""
    copy = tmp_path_factory.mktemp("changed") / "lesson"
    copy.mkdir()
    # What MkDocs finds the plugin and the theme by.
    (info,) = (path.name for path in ROOT.glob("*.dist-info"))
    for name in ("docs", "pylib", "site_hooks", "tests", "bench", info):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, copy)
    for name in (".cache", "node_modules"):
        (copy / name).symlink_to(ROOT / name, target_is_directory=True)
    docs = copy / "docs"
    (docs / "assets").mkdir(exist_ok=True)
    for path in PAGES:
        name = path.relative_to(DOCS).as_posix()
        if name not in LEFT and name not in EXCLUDED:
            (docs / name).unlink()
    page = textwrap.dedent(GUIDE.split("````markdown\n")[1].split("````")[0])
    (docs / "log-cosh.md").write_text(page, "utf-8")
    (docs / "lab.ipynb").write_text(json.dumps(NOTEBOOK), "utf-8")
    anew = (
        "---\nown: true\n---\n\n# In a course's words\n\nOne [formula](losses/mse.md): $x^2$. "
        "[Race](labs/optimizer-race.ipynb)\n"
    )
    (docs / "takeaway.md").write_text(anew, "utf-8")
    privacy = docs / "privacy.md"
    own = "\n## Who is responsible\n\nA department. Logs are kept for “seven days”.\n"
    privacy.write_text(privacy.read_text("utf-8") + own, "utf-8")
    shutil.copy(ROOT / "site_hooks/theme/.icons/lesson/logo.svg", docs / "assets/logo.svg")
    (docs / "assets/course.css").write_text(GUIDE.split("```css\n")[1].split("```")[0], "utf-8")
    (copy / "mkdocs.yml").write_text(mkdocs_yml(), "utf-8")
    return copy


def run(checkout: Path, *module: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *module],
        cwd=checkout,
        env=os.environ | {"PYTHONPATH": str(checkout), "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout


def test_it_builds_strictly_and_has_the_course_s_look(checkout: Path) -> None:
    run(checkout, "mkdocs", "build", "--strict", "--quiet")
    html = (checkout / "site/log-cosh/index.html").read_text("utf-8")
    page = BeautifulSoup(html, "html.parser")
    assert "Optimization, winter term" in page.select("title")[0].text
    assert page.select(".md-header .md-logo img[src*='logo']")
    gone = "huber", "adam", "optimizer-race", "schedules", "hosting"
    for path in (checkout / "site").rglob("index.html"):
        links = BeautifulSoup(path.read_text("utf-8"), "html.parser").select("a[href]")
        found = [str(link["href"]) for link in links if not re.match(r"#|\w+:", str(link["href"]))]
        assert not [link for link in found if any(name in link for name in gone)], path


def test_the_tests_of_its_pages_pass(checkout: Path) -> None:
    # These run each cell of the lesson's own pages once more, and name no page.
    again = ("cells_again", "run_anywhere")
    others = [f"--ignore=tests/docs/test_{name}.py" for name in again]
    others += ["-k", "not test_a_twin_prints_what_its_cell_prints"]
    told = run(checkout, "pytest", "-q", *others, "tests/docs", "tests/test_lesson_pages.py")
    assert "log-cosh" in run(checkout, "pytest", "-q", "--collect-only", "tests/docs")
    assert "failed" not in told
