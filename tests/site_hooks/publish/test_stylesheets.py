"""What is taken out of a style sheet, and what has to stay."""

from pathlib import Path

import pytest

from site_hooks.publish import stylesheets


@pytest.mark.parametrize(
    ("css", "wanted"),
    [
        ("/* why */\na {\n  color: red; /* and\n why */\n}\n", "a {\ncolor: red; \n}\n"),
        ('a::after { content: "/* words */  x"; }', 'a::after { content: "/* words */  x"; }'),
        ("a { background: url('x/*.png') } b {} /* c */", "a { background: url('x/*.png') } b {} "),
        ("/*! A licence. */\na {}\n", "/*! A licence. */\na {}\n"),
    ],
)
def test_comments_go_and_rules_stay(css: str, wanted: str) -> None:
    assert stylesheets.stripped(css) == wanted


def test_sheets_that_are_small_already_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    for name in ("a.css", "main.57a0d79d.min.css"):
        (tmp_path / "assets" / name).write_text("/* why */ a {}", "utf-8")
    stylesheets.strip(tmp_path)
    assert (tmp_path / "assets/a.css").read_text("utf-8") == "a {}"
    assert (tmp_path / "assets/main.57a0d79d.min.css").read_text("utf-8") == "/* why */ a {}"
