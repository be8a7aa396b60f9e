"""MkDocs itself refuses a page that learners could not use, and names the file and the line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOOD = '# Page\n\n```python run="one"\nprint(1)\n```\n'


def build(tmp_path: Path, page: str) -> "subprocess.CompletedProcess[str]":
    """Builds a site of one page with the lesson's own settings."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.md").write_text(page, encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(
        f"INHERIT: {ROOT / 'mkdocs.yml'}\ndocs_dir: {docs}\nsite_dir: {tmp_path / 'site'}\n"
        f"hooks: [{ROOT / 'site_hooks/hooks.py'}]\nnav: [index.md]\n"
        f"theme: {{custom_dir: {ROOT / 'site_hooks/theme'}}}\nwatch: []\nplugins: [search]\n"
    )
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(tmp_path / "mkdocs.yml")],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("# Page\n\n```python run=one\nprint(1)\n```\n", "index.md:3: this fence is not read"),
        (GOOD + GOOD[8:], 'index.md:6: the id "one" is already taken at'),
        ('# Page\n\n```python solution="two"\n1\n```\n', 'index.md:3: solution="two" belongs to'),
        ('# Page\n\n```python run="one"\n1 / 0\n```\n', 'index.md:3: the cell "one" fails'),
    ],
)
def test_the_build_fails_and_names_file_and_line(tmp_path: Path, page: str, message: str) -> None:
    done = build(tmp_path, page)
    assert done.returncode != 0
    assert message in done.stderr
