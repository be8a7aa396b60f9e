"""Style sheets lose what only people read, and no rule."""

import doctest
import subprocess
from pathlib import Path

import pytest

from site_hooks.paths import CLIENT, HOOKS, NODE_MODULES
from site_hooks.publish import stylesheets

OURS = sorted([*(HOOKS / "theme").rglob("*.css"), *CLIENT.rglob("*.css")])


def test_the_example() -> None:
    assert doctest.testmod(stylesheets).failed == 0


@pytest.mark.parametrize(
    ("css", "short"),
    [
        ("a { width: calc(1px + 2px) ; }", "a{width: calc(1px + 2px);}"),
        ("/*! by A */\na {}", "/*! by A */ a{}"),
        ("a/* b */b {}", "a b{}"),
        ("a { content: '  ;  /* ' }", "a{content: '  ;  /* '}"),
        ("a { b: url( data:x;y,/*z*/ ) }", "a{b: url( data:x;y,/*z*/ )}"),
        ("@media print {\n  a :is(b, c) > d { e: f }\n}\n", "@media print{a :is(b,c) > d{e: f}}"),
    ],
)
def test_what_means_something_stays(css: str, short: str) -> None:
    assert stylesheets.stripped(css) == short


def parsed(css: str) -> str:
    """The rules as esbuild reads them; in values of variables space is kept, but means nothing."""
    command = ["node", str(NODE_MODULES / "esbuild/bin/esbuild"), "--minify", "--loader=css"]
    done = subprocess.run(
        command, input=css, capture_output=True, text=True, encoding="utf-8", check=True
    )
    return done.stdout.replace(", ", ",")


def test_sheets_that_are_small_already_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    for name in ("a.css", "main.57a0d79d.min.css"):
        (tmp_path / "assets" / name).write_text("/* why */ a {}", "utf-8")
    stylesheets.strip(tmp_path)
    assert (tmp_path / "assets/a.css").read_text("utf-8") == "a{}"
    assert (tmp_path / "assets/main.57a0d79d.min.css").read_text("utf-8") == "/* why */ a {}"


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_our_own_say_the_same_in_fewer_bytes(path: Path) -> None:
    css = path.read_text("utf-8")
    short = stylesheets.stripped(css)
    assert parsed(short) == parsed(css)
    assert len(short) < 0.95 * len(css)
