"""Prose in fences -> HTML, by the page's own extensions but for those that number a whole page."""

from collections.abc import Callable, Sequence
from typing import Any

from markdown import Markdown

from site_hooks.content import left_out

# They number what a page has: headings, notes.
_OF_PAGES = {"toc", "footnotes"}
# What reads links, and its place: MkDocs 1.6 calls its own processor, which makes links between
# sources links between pages, "relpath".
_LINKS = {left_out.NAME: left_out.PRIORITY, "relpath": 0}


class Prose:
    """Converts pieces of Markdown that stand in a page's fences."""

    def __init__(
        self,
        extensions: Sequence[Any],
        settings: dict[str, Any],
        watch: Callable[[Markdown], None],
    ) -> None:
        """Take the page's extensions; they are used when the first piece is converted.

        Args:
            extensions: The builder's; objects that plugins added are for whole pages.
            settings: The extensions' settings.
            watch: Is handed the converter once it is there.
        """
        self._extensions = [e for e in extensions if isinstance(e, str) and e not in _OF_PAGES]
        self._settings = settings
        self._watch = watch
        self._converter: Markdown | None = None

    def owns(self, converter: Markdown) -> bool:
        """Whether it is this one's converter."""
        return converter is self._converter

    def convert(self, text: str, page: Markdown | None) -> str:
        """The HTML of a piece of Markdown.

        Args:
            text: The piece.
            page: What converts the page, whose links are read alike; None for a notebook's.
        """
        if self._converter is None:
            self._converter = Markdown(
                extensions=self._extensions, extension_configs=self._settings
            )
            self._watch(self._converter)
        processors = self._converter.treeprocessors
        for name, place in _LINKS.items():
            if name in processors:
                processors.deregister(name)
            if page is not None and name in page.treeprocessors:
                processors.register(page.treeprocessors[name], name, place)
        return str(self._converter.reset().convert(text))
