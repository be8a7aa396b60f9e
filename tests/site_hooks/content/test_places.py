"""Messages of the builder get the line that they lack, and stay whole."""

import doctest
import logging
from pathlib import Path

import pytest

from site_hooks.content import places


def test_the_examples() -> None:
    assert doctest.testmod(places).failed == 0


@pytest.fixture
def told(tmp_path: Path) -> places.Places:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.md").write_text("# A\n\n[x](b.md)\n[y](b.md#c) [x](b.md)\n::: pylib.no\n")
    (tmp_path / "mkdocs.yml").write_text("site_name: A\nnav:\n  - a.md\n  - no.md\n")
    own = places.Places()
    own.of_site(docs.joinpath, tmp_path / "mkdocs.yml", tmp_path)
    return own


def test_each_message_about_the_same_link_has_the_next_line(told: places.Places) -> None:
    message = "Doc file 'a.md' contains a link 'b.md', but the target is not found."
    words = "contains a link 'b.md', but the target is not found."
    assert [told.placed(message) for _ in range(3)] == [
        f"docs/a.md:{line}: {words}" for line in (3, 4, 4)
    ]


@pytest.mark.parametrize(
    ("message", "placed"),
    [
        (
            "Doc file 'a.md' contains a link 'b.md#c', but no",
            "docs/a.md:4: contains a link 'b.md#c', but no",
        ),
        (
            "Doc file 'a.md' contains an absolute link '/z', it",
            "docs/a.md:1: contains an absolute link '/z', it",
        ),
        (
            'The following pages exist in the docs directory, but are not included in the "nav" '
            "configuration:\n  - c.md\n  - d.md",
            "\n".join(
                f"mkdocs.yml:2: nav has no line for docs/{name}.md; "
                "add one, or name the page below not_in_nav"
                for name in "cd"
            ),
        ),
        (
            "A reference to 'no.md' is included in the 'nav' configuration, which",
            "mkdocs.yml:4: nav names no.md, and there is no docs/no.md",
        ),
        ("Error reading page 'a.md': no 'pylib.no'", "docs/a.md:5: no 'pylib.no'"),
        (
            "mkdocs_autorefs: a.md: Could not find cross-reference target 'y'",
            "docs/a.md:4: Could not find cross-reference target 'y'",
        ),
        ("Building documentation...", "Building documentation..."),
    ],
)
def test_a_message_gets_its_place(told: places.Places, message: str, placed: str) -> None:
    assert told.placed(message) == placed


def test_what_cannot_be_read_leaves_a_message_as_it_is(tmp_path: Path) -> None:
    own = places.Places()
    own.of_site(tmp_path.joinpath, tmp_path / "mkdocs.yml", tmp_path)
    record = logging.LogRecord("a", logging.WARNING, "", 1, "Doc file '%s' is", ("a.md",), None)
    assert own.filter(record)
    assert record.getMessage() == "Doc file 'a.md' is"
