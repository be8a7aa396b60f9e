"""mkdocs-jupyter's HTML -> a page like the others: prose as it is, code cells live."""

from collections.abc import Mapping, Sequence

from bs4 import BeautifulSoup, Tag

from site_hooks.words import ENGLISH, Words

_ID = "cell-id="


def live(
    html: str,
    cells: Mapping[str, str],
    prose: Sequence[str] = (),
    said: Words = ENGLISH,
) -> str:
    """Replace each code cell, and each Markdown cell of those given, by what it is on the page.

    Args:
        html: What mkdocs-jupyter made of the notebook. It nests two elements per code cell, so
            cells are found by id, never by position.
        cells: The HTML of each cell, by the notebook's ids; "" leaves a cell out.
        prose: The ids of all Markdown cells in their order, which the HTML does not name.
        said: The interface's words.

    Raises:
        LookupError: A cell of the notebook is not on the page.
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
            _link(node)
            parts.append(node.decode_contents())
    missing = set(cells) - shown
    if missing:
        raise LookupError(f"cells are missing from the page: {', '.join(sorted(missing))}")
    return "\n".join(parts)


def in_site(link: str) -> str:
    """A notebook's link as its page needs it: to another page's folder, not to its source.

    MkDocs does this for Markdown pages only. A notebook's page lies one folder deeper than the
    notebook, which is copied beside it; links to anything but a page are left as they are.

    Examples:
        >>> in_site("../optimizers/sgd.md#the-formula")
        '../../optimizers/sgd/#the-formula'
        >>> in_site("../index.md"), in_site("lab.ipynb"), in_site("https://example.org/a.md")
        ('../../', 'lab.ipynb', 'https://example.org/a.md')
    """
    source, mark, anchor = link.partition("#")
    if "://" in source or not source.endswith(".md"):
        return link
    page = source.removesuffix(".md").removesuffix("index")
    return f"../{page.removesuffix('/')}/{mark}{anchor}"


def linked(html: str) -> str:
    """HTML with a notebook's links made those of its page."""
    soup = BeautifulSoup(html, "html.parser")
    _link(soup)
    return soup.decode(formatter="minimal")


def _link(node: Tag) -> None:
    for link in node.select("a[href]"):
        link["href"] = in_site(str(link["href"]))


def _is_code(node: Tag) -> bool:
    return str(node.get("id", "")).startswith(_ID)
