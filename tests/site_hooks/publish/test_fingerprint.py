"""Names with a hash: who gets one, what refers to whom, and that a change travels up."""

import re
from pathlib import Path

import pytest

from site_hooks.errors import BuildError
from site_hooks.publish import fingerprint

SITE = {
    "index.html": '<link href="assets/a.css"><img src="assets/0123456789abcdef.png">',
    "deep/er/index.html": '<script src="../../assets/js/index.js"></script><a href="../../x/">',
    "assets/a.css": "a{src:url(fonts/f.woff2)} b{src:url('fonts/f.woff2#frag')} c{src:url(data:x)}",
    "assets/fonts/f.woff2": "font",
    "assets/js/index.js": 'import("./part-ABCD1234.js");new URL("worker.js",import.meta);"n.js"',
    "assets/js/part-ABCD1234.js": "part",
    "assets/js/worker.js": "worker",
    "assets/main.57a0d79d.min.css": "hashed before",
    "assets/0123456789abcdef.png": "hashed before",
}


def site(folder: Path, changed: dict[str, str] | None = None) -> dict[str, str]:
    """Writes the site, renames its assets; returns its files."""
    for name, content in (SITE | (changed or {})).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    fingerprint.rename(folder)
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def named(files: dict[str, str], start: str) -> str:
    (found,) = (name for name in files if re.match(start + r"\.[0-9a-f]{12}\.", name))
    return found


def test_references_follow_the_names(tmp_path: Path) -> None:
    files = site(tmp_path)
    font = named(files, "assets/fonts/f")
    assert files[named(files, "assets/a")].count(font.removeprefix("assets/")) == 2
    index = files[named(files, "assets/js/index")]
    part, worker = named(files, "assets/js/part"), named(files, "assets/js/worker")
    assert f'"./{part.removeprefix("assets/js/")}"' in index
    assert f'"{worker.removeprefix("assets/js/")}"' in index
    assert '"n.js"' in index
    assert f'href="{named(files, "assets/a")}"' in files["index.html"]
    assert f'src="../../{named(files, "assets/js/index")}"' in files["deep/er/index.html"]


def test_what_has_a_hash_keeps_its_name(tmp_path: Path) -> None:
    files = site(tmp_path)
    assert {"assets/main.57a0d79d.min.css", "assets/0123456789abcdef.png"} <= set(files)
    assert len(files) == len(SITE)


def test_a_change_renames_the_file_and_all_that_name_it_and_no_other(tmp_path: Path) -> None:
    before = site(tmp_path / "before")
    after = site(tmp_path / "after", {"assets/js/worker.js": "another worker"})
    gone = {name.split(".")[0] for name in set(before) - set(after)}
    assert gone == {"assets/js/worker", "assets/js/index"}


def test_a_circle_is_refused(tmp_path: Path) -> None:
    circle = {"assets/js/worker.js": 'import "./index.js"'}
    with pytest.raises(BuildError, match=r"(index|worker)\.js"):
        site(tmp_path, circle)
