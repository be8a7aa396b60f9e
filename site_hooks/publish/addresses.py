"""Links that name a file wherever they named a folder: most learning systems open no index.html.

Addresses of pages stand in links, in the list that the page's first script has, in the list of what
there is to do, and in the search index.
"""

import json
import posixpath
import re
from collections.abc import Container, Mapping
from urllib.parse import unquote

from site_hooks.errors import BuildError

INDEX = "index.html"
_LINK = re.compile(r'(\bhref=")([^"#?:]+)(?=["#?])')
# As theme/partials/early.html has it.
_PAGES = re.compile(r"(\bpages ?= ?)(\[[^\]]*\])")


def is_page(name: str) -> bool:
    """Whether a file of a site is one of its pages."""
    return name == INDEX or name.endswith(f"/{INDEX}")


def explicit(name: str, content: bytes, pages: Container[str]) -> bytes:
    """A file of a site whose links name files.

    Args:
        name: where it lies in the site.
        content: what it holds.
        pages: the names of all pages: "index.html", "losses/mse/index.html".

    Raises:
        BuildError: a page does not have its list of pages where it is looked for.
    """
    if name in pages:
        return _page(posixpath.dirname(name), content.decode(), pages).encode()
    if name == "practice.json":
        listed = json.loads(content)
        return _dumped([{**page, "url": _named(page["url"])} for page in listed])
    if name == "search/search_index.json":
        index = json.loads(content)
        docs = [{**one, "location": _located(one["location"])} for one in index["docs"]]
        return _dumped({**index, "docs": docs})
    return content


def _page(folder: str, html: str, pages: Container[str]) -> str:
    def link(match: re.Match[str]) -> str:
        before, address = match.groups()
        place = posixpath.normpath(posixpath.join(folder, unquote(address), INDEX))
        found = not address.startswith("/") and place in pages
        return before + (posixpath.join(address, INDEX) if found else address)

    def listed(match: re.Match[str]) -> str:
        return match[1] + json.dumps([_named(page) for page in json.loads(match[2])])

    html, lists = _PAGES.subn(listed, _LINK.sub(link, html))
    if lists != 1:
        raise BuildError(
            f"{folder or 'the first page'} has {lists} lists of pages in its first script; the "
            "theme has to write one, as in theme/partials/early.html"
        )
    return html


def _located(location: str) -> str:
    page, mark, place = location.partition("#")
    return _named(page) + mark + place


def _named(address: str) -> str:
    """MkDocs calls the first page "" or "./", others "losses/mse/"."""
    if address and not address.endswith("/"):
        return address
    return posixpath.normpath(posixpath.join(address, INDEX))


def _dumped(value: list[Mapping[str, object]] | Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
