"""Links of a page that was taken out of the lesson: those to pages left behind become text."""

import posixpath
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup
from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

# What the extension calls its processor, which stands before MkDocs' own: that one warns.
NAME = "absent_pages"
PRIORITY = 1
PAGES = (".md", ".ipynb")


class AbsentPages(Extension):  # type: ignore[misc]  # Markdown has no types
    """Turns links into text in the page that `begin` names; in others it changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.begin("")

    def begin(self, page: str, has: Callable[[str], bool] | None = None) -> None:
        """Prepare for a page.

        Args:
            page: The page's file, such as "losses/mse.md".
            has: Whether the site has a file of this name; None for a page whose links all stay.
        """
        self._folder, self._has = posixpath.dirname(page), has

    def extendMarkdown(self, md: Markdown) -> None:
        """Add the processor."""
        md.treeprocessors.register(_Processor(self.is_absent), NAME, PRIORITY)

    def is_absent(self, link: str | None) -> bool:
        """Whether a link leads to a page that the site has not."""
        if self._has is None or not link:
            return False
        scheme, host, path, _, _ = urlsplit(link)
        if scheme or host or not path.endswith(PAGES):
            return False
        return not self._has(posixpath.normpath(posixpath.join(self._folder, unquote(path))))

    def unlinked(self, html: str) -> str:
        """The same for HTML of the page, as a notebook's prose is converted to."""
        if self._has is None:
            return html
        soup = BeautifulSoup(html, "html.parser")
        for link in soup.select("a[href]"):
            if self.is_absent(str(link["href"])):
                link.unwrap()
        return soup.decode(formatter="minimal")


class _Processor(Treeprocessor):  # type: ignore[misc]
    def __init__(self, is_absent: Callable[[str | None], bool]) -> None:
        super().__init__()
        self._is_absent = is_absent

    def run(self, root: Any) -> None:
        for element in root.iter("a"):
            if self._is_absent(element.get("href")):
                element.tag = "span"
                element.attrib.clear()
