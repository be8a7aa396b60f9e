"""What people read, comments too, names files that exist."""

import re
from pathlib import Path

import pytest

from site_hooks.pyodide import put_off

ROOMS = ("pylib", "site_hooks", "tests", "bench")
OWN = [path for room in ROOMS for path in Path(room).rglob("*") if "__pycache__" not in path.parts]
READ = [*Path().glob("*.md"), Path("mkdocs.yml"), *Path("docs").rglob("*.md"), *OWN]
TEXT = {".md", ".yml", ".py", ".ts", ".mjs", ".css", ".html", ".jinja"}

ADDRESS = re.compile(r"https?://\S+")
# From a folder of the first level on; or a script by the end of its path.
NAMES = re.compile(
    rf"\b(?:{'|'.join(ROOMS)}|docs)/[\w./-]*\w\.[a-z]+\b(?!/)|(?<![\w./-])\w[\w/-]*\.(?:py|ts|mjs)\b"
)
# Examples of pages to write, Pyodide's own files, and what a build writes.
ELSEWHERE = {
    *("docs/log-cosh.md", "docs/step-size.md", "docs/first-page.md"),
    *("pyodide.mjs", "pylab.py", "script.mjs"),
    *put_off.FILES,
}


@pytest.mark.parametrize(
    "path", [p for p in READ if p.suffix in TEXT and p.parts[0] != "tests"], ids=str
)
def test_files_that_a_text_names_are_there(path: Path) -> None:
    text = ADDRESS.sub("", path.read_text(encoding="utf-8"))
    for name in set(NAMES.findall(text)) - ELSEWHERE:
        there = Path(name).exists() or any(f"/{p.as_posix()}".endswith(f"/{name}") for p in OWN)
        assert there, f"{path} names {name}"
