"""A notebook's page: its prose with links that work in the site."""

import doctest
import re
from pathlib import Path

import pytest

from site_hooks.content import notebooks

DOCS = Path("docs")
LINK = re.compile(r"\]\(([^)#]+\.md)(?:#([^)]+))?\)")


def test_the_examples_of_links() -> None:
    assert doctest.testmod(notebooks).failed == 0


def test_links_lead_to_folders_and_downloads_stay() -> None:
    prose = (
        '<div class="jp-RenderedMarkdown"><a href="../takeaway.md">on</a>'
        '<a href="race.ipynb" download="">download</a></div>'
    )
    html = notebooks.live(prose, {})
    assert 'href="../../takeaway/"' in html
    assert 'href="race.ipynb"' in html


@pytest.mark.parametrize("path", sorted(DOCS.rglob("*.ipynb")), ids=str)
def test_notebooks_link_to_pages_and_headings_that_exist(path: Path) -> None:
    links = LINK.findall(path.read_text(encoding="utf-8"))
    assert links
    for page, anchor in links:
        text = (path.parent / page).read_text(encoding="utf-8")
        headings = {
            re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")
            for heading in re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
        }
        assert not anchor or anchor in headings, f"{path}: {page}#{anchor}"


def test_a_markdown_cell_is_replaced_by_its_place_among_them() -> None:
    prose = "".join(f'<div class="jp-RenderedMarkdown"><p>{n}</p></div>' for n in range(3))
    html = notebooks.live(prose, {"b": "<b>quiz</b>"}, ["a", "b", "c"])
    assert html == "<p>0</p>\n<b>quiz</b>\n<p>2</p>"
    with pytest.raises(LookupError, match="missing from the page: d"):
        notebooks.live(prose, {"d": "x"}, ["a", "b", "c"])


def test_links_in_prose_lead_to_pages() -> None:
    assert notebooks.linked('<p><a href="../losses/mse.md#x">a &lt; b</a></p>') == (
        '<p><a href="../../losses/mse/#x">a &lt; b</a></p>'
    )
