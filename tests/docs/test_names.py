"""What people read, comments too, names files that exist."""

import re
from pathlib import Path

import pytest

from site_hooks.pyodide import put_off
from tests import lesson
from tests.conftest import LESSON

ROOMS = ("pylib", "site_hooks", "tests", "bench")
OWN = [path for room in ROOMS for path in Path(room).rglob("*") if "__pycache__" not in path.parts]
LESSON_TEXTS = [path for path in LESSON if path.suffix == ".md"]
READ = [*Path().glob("*.md"), Path("mkdocs.yml"), *LESSON_TEXTS, *OWN]
TEXT = {".md", ".yml", ".py", ".ts", ".mjs", ".css", ".html", ".jinja"}

ADDRESS = re.compile(r"https?://\S+")
# From a folder of the first level on; or a script by the end of its path.
NAMES = re.compile(
    rf"\b(?:{'|'.join(ROOMS)}|docs)/[\w./-]*\w\.[a-z]+\b(?!/)|(?<![\w./-])\w[\w/-]*\.(?:py|ts|mjs)\b"
)
# Examples of files to write, Pyodide's own, what a build writes, and what a course leaves out.
ELSEWHERE = {
    *("docs/log-cosh.md", "docs/step-size.md", "docs/first-page.md", "docs/assets/course.css"),
    *("pyodide.mjs", "pylab.py", "script.mjs"),
    *put_off.FILES,
    *(f"docs/{name}" for name in lesson.GONE),
}


@pytest.mark.parametrize(
    "path", [p for p in READ if p.suffix in TEXT and p.parts[0] != "tests"], ids=str
)
def test_files_that_a_text_names_are_there(path: Path) -> None:
    text = ADDRESS.sub("", path.read_text(encoding="utf-8"))
    for name in set(NAMES.findall(text)) - ELSEWHERE:
        there = Path(name).exists() or any(f"/{p.as_posix()}".endswith(f"/{name}") for p in OWN)
        assert there, f"{path} names {name}"
