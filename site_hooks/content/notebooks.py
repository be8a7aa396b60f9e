"""mkdocs-jupyter's HTML -> a page like the others: prose as it is, code cells live."""

from collections.abc import Callable, Mapping, Sequence

from bs4 import BeautifulSoup, Tag

from site_hooks.errors import BuildError
from site_hooks.words import ENGLISH, Words

_ID = "cell-id="

# Where a link of the notebook leads from its page; None where it leads nowhere any more.
Reader = Callable[[str], str | None]


def live(
    html: str,
    cells: Mapping[str, str],
    prose: Sequence[str],
    read: Reader,
    said: Words = ENGLISH,
) -> str:
    """Replace each code cell, and each Markdown cell of those given, by what it is on the page.

    Args:
        html: What mkdocs-jupyter made of the notebook. It nests two elements per code cell, so
            cells are found by id, never by position.
        cells: The HTML of each cell, by the notebook's ids; "" leaves a cell out.
        prose: The ids of all Markdown cells in their order, which the HTML does not name.
        read: Reads a link, as the author wrote it.
        said: The interface's words.

    Raises:
        BuildError: A cell of the notebook is not on the page.
    """
    soup = BeautifulSoup(html, "html.parser")
    parts: list[str] = []
    shown: set[str] = set()
    names = iter(prose)
    for node in soup.select(".jp-RenderedMarkdown, .jp-CodeCell[id]"):
        if _is_code(node):
            cell_id = str(node["id"]).removeprefix(_ID)
            shown.add(cell_id)
            parts.append(cells[cell_id])
        elif (name := next(names, "")) in cells:
            shown.add(name)
            parts.append(cells[name])
        else:
            for anchor in node.select("a.anchor-link"):
                anchor["class"] = "headerlink"
                anchor["title"] = said["built"]["permalink"]
            _link(node, read)
            parts.append(node.decode_contents())
    missing = set(cells) - shown
    if missing:
        raise BuildError(f"cells are missing from the page: {', '.join(sorted(missing))}")
    return "\n".join(parts)


def linked(html: str, read: Reader) -> str:
    """HTML with a notebook's links made those of its page."""
    soup = BeautifulSoup(html, "html.parser")
    _link(soup, read)
    return soup.decode(formatter="minimal")


def ids(html: str) -> set[str]:
    """What can be linked to in a page."""
    return {str(node["id"]) for node in BeautifulSoup(html, "html.parser").select("[id]")}


def _link(node: Tag, read: Reader) -> None:
    for link in node.select("a[href]:not(.headerlink)"):
        address = read(str(link["href"]))
        if address is None:
            link.name = "span"
            del link["href"]
        else:
            link["href"] = address
    for image in node.select("img[src]"):
        image["src"] = read(str(image["src"])) or ""


def _is_code(node: Tag) -> bool:
    return str(node.get("id", "")).startswith(_ID)
