"""A notebook's page: its prose with links that work in the site, and its cells by any ids."""

import doctest
import json

import pytest

from site_hooks.content import notebook_file, notebooks
from site_hooks.errors import BuildError


def test_the_examples_of_ids() -> None:
    assert doctest.testmod(notebook_file).failed == 0


def read(link: str) -> str | None:
    return None if "gone" in link else link.upper()


def test_links_and_images_are_read_and_a_link_to_nowhere_is_words() -> None:
    prose = (
        '<div class="jp-RenderedMarkdown"><h2>A<a class="anchor-link" href="#a">¶</a></h2>'
        '<a href="b.md">b</a> <a href="gone.md">words</a> <img src="p.png"></div>'
    )
    html = notebooks.live(prose, {}, [], read)
    assert 'href="#a"' in html
    assert 'href="B.MD"' in html
    assert "<span>words</span>" in html
    assert 'src="P.PNG"' in html
    assert notebooks.linked('<p><a href="b.md#x">a &lt; b</a></p>', read) == (
        '<p><a href="B.MD#X">a &lt; b</a></p>'
    )


def test_a_markdown_cell_is_replaced_by_its_place_among_them() -> None:
    prose = "".join(f'<div class="jp-RenderedMarkdown"><p>{n}</p></div>' for n in range(3))
    html = notebooks.live(prose, {"b": "<b>quiz</b>"}, ["a", "b", "c"], read)
    assert html == "<p>0</p>\n<b>quiz</b>\n<p>2</p>"
    with pytest.raises(BuildError, match="missing from the page: d"):
        notebooks.live(prose, {"d": "x"}, ["a", "b", "c"], read)


def test_cells_without_ids_or_with_the_same_get_one() -> None:
    named: list[dict[str, object]] = [
        {"id": "one"}, {"id": "one"}, {}, {"id": "cell-3"}, {"id": "a b"},
        {"metadata": {"id": "X_1"}},
    ]  # fmt: skip
    cells = [{"cell_type": "code", "source": "1", **own} for own in named]
    text = json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 4})
    parts = notebook_file.read(text, "a.ipynb")
    assert [part.id for part in parts] == [
        "one", "cell-2", "cell-3-again", "cell-3", "cell-5", "cell-6",
    ]  # fmt: skip
    assert parts[5].given == "X_1"
    whole = notebook_file.with_ids(text, "a.ipynb")
    assert whole is not None
    assert [cell["id"] for cell in json.loads(whole)["cells"]] == [part.id for part in parts]
    assert notebook_file.with_ids(whole, "a.ipynb") is None
