"""Solutions that a build leaves out are nowhere in the site; the next build may show them."""

import gzip
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Names that stand in solutions only, and survive colours, JSON and HTML as they are.
BY_SITE, BY_PAGE, BY_NOTEBOOK = "zebra_by_site", "zebra_by_page", "zebra_by_notebook"

EXERCISE = """# {title}

Halve the weight.

```python run="{id}" title="Halve it"
w = 4.0
w = ___
```

```markdown hint="{id}"
Half of it is one {title} hint.
```

```python check="{id}"
assert w == 2, "Half of 4, please."
```

```python solution="{id}"
{name} = 0.5
w = 4.0 * {name}
```

```python wrong="{id}"
w = 8.0
```
"""


def tagged(name: str, source: str, *tags: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {"tags": list(tags)},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }


NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "id": "head", "metadata": {}, "source": "# Lab\n\nHalve it."},
        tagged("halve", "w = ___"),
        tagged("halve-check", "assert w == 2, 'Half of 4.'", "check:halve"),
        tagged("halve-solution", f"{BY_NOTEBOOK} = 0.5\nw = 4 * {BY_NOTEBOOK}", "solution:halve"),
        tagged("halve-wrong", "w = 3", "wrong:halve"),
    ],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "p"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


class Course:
    """A small site with an exercise on each of three pages; one page has a setting of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        docs = folder / "docs"
        docs.mkdir()
        (docs / "index.md").write_text(
            EXERCISE.format(title="Site", id="site-one", name=BY_SITE), "utf-8"
        )
        self.own = docs / "own.md"
        (docs / "lab.ipynb").write_text(json.dumps(NOTEBOOK), "utf-8")

    def build(self, site: str, page: str = "") -> "subprocess.CompletedProcess[str]":
        """Builds it with the setting of the site, and with that of the page if it has one."""
        front = f"---\nsolutions: {page}\n---\n" if page else ""
        text = EXERCISE.format(title="Own", id="own-one", name=BY_PAGE)
        self.own.write_text(front + text, "utf-8")
        (self.folder / "mkdocs.yml").write_text(
            f"INHERIT: {ROOT / 'mkdocs.yml'}\ndocs_dir: {self.folder / 'docs'}\n"
            f"site_dir: {self.folder / 'site'}\n"
            "nav: [index.md, own.md, lab.ipynb]\nwatch: []\n"
            "edit_uri_template: https://forge.example/edit/{path}\n"
            "plugins: [material/search, mkdocs-jupyter: {include: ['*.ipynb'], ignore: ['*.md'], "
            "execute: false, include_source: true}, lesson]\n"
            f"extra: {{footer: [], solutions: {site}}}\n",
            "utf-8",
        )
        return subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", "mkdocs.yml"],
            cwd=self.folder,
            env=os.environ
            | {"PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    def files_with(self, name: str) -> set[str]:
        """The files of the built site that hold a name, packed ones unpacked."""
        site = self.folder / "site"
        return {
            path.relative_to(site).as_posix()
            for path in site.rglob("*")
            if path.is_file() and name.encode() in _content(path)
        }

    def page(self, name: str) -> str:
        return (self.folder / "site" / name / "index.html").read_text("utf-8")


def _content(path: Path) -> bytes:
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return b"".join(wheel.read(name) for name in wheel.namelist())
    return path.read_bytes()  # those ending in .br are made of the same bytes as those in .gz


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return Course(tmp_path_factory.mktemp("course"))


SHOWN = {"index.html", "notebook.json"}


def test_each_build_shows_or_leaves_out_what_its_setting_says(course: Course) -> None:
    # One after the other in one folder: what a build keeps must not bring back the last setting.
    done = course.build("shown")
    assert done.returncode == 0, done.stderr
    assert course.files_with(BY_SITE) >= SHOWN
    assert course.files_with(BY_PAGE) >= {f"own/{name}" for name in SHOWN}
    assert course.files_with(BY_NOTEBOOK) >= {f"lab/{name}" for name in (*SHOWN, "lab.ipynb")}

    done = course.build("never", page="shown")
    assert done.returncode == 0, done.stderr
    assert "solutions: 2 left out of this build, on 2 pages" in done.stderr
    assert course.files_with(BY_SITE) == set()
    assert course.files_with(BY_NOTEBOOK) == set()
    assert course.files_with(BY_PAGE) >= {f"own/{name}" for name in SHOWN}
    # What the check needs, and the hints, stay.
    assert "Half of 4, please." in course.page("")
    assert {"index.html", "notebook.json"} <= course.files_with("one Site hint")
    assert "The solution is shown" not in course.page("")
    # No link from an exercise to the file that holds its solution.
    assert "forge.example" not in course.page("")
    assert "https://forge.example/edit/own.md" in course.page("own")

    done = course.build("2999-01-31", page="never")
    assert done.returncode == 0, done.stderr
    for name in (BY_SITE, BY_PAGE, BY_NOTEBOOK):
        assert course.files_with(name) == set(), name
    assert "The solution is shown from 31 January 2999 on." in course.page("")
    assert "The solution is shown" not in course.page("own")

    done = course.build("2020-01-31T12:00+01:00")
    assert done.returncode == 0, done.stderr
    for name in (BY_SITE, BY_PAGE, BY_NOTEBOOK):
        assert course.files_with(name), name


@pytest.mark.parametrize(
    ("site", "page", "message"),
    [
        ("soon", "", 'mkdocs.yml: extra: solutions is "soon"; write shown, never, or a date such'),
        ("shown", "no", "own.md: solutions is false; write shown, never, or a date such"),
    ],
)
def test_a_setting_that_is_neither_word_nor_date_ends_the_build(
    course: Course, site: str, page: str, message: str
) -> None:
    done = course.build(site, page)
    assert done.returncode != 0
    assert message in done.stderr
    assert "Traceback" not in done.stderr
