"""The words of the interface that Material and Markdown's extensions take as settings."""

from collections.abc import Mapping, Sequence
from typing import Any

from site_hooks.words import Words

# What mkdocs_theme.yml's switch of colours offers in each place -> the words for it.
_NEXT = {
    "(prefers-color-scheme)": "toLight",
    "(prefers-color-scheme: light)": "toDark",
    "(prefers-color-scheme: dark)": "toSystem",
}


def name_switches(palette: Sequence[Mapping[str, Any]], said: Words) -> None:
    """Names the buttons of the theme's colours that have no name."""
    for scheme in palette:
        if scheme.get("media") in _NEXT and "toggle" in scheme:
            scheme["toggle"].setdefault("name", said["built"][_NEXT[scheme["media"]]])


def name_contents(settings: dict[str, dict[str, Any]], said: Words) -> None:
    """Names a page's contents and the links at its headings, where mkdocs.yml does not."""
    contents = settings.setdefault("toc", {})
    contents.setdefault("title", said["built"]["contents"])
    contents.setdefault("permalink_title", said["built"]["permalink"])


def search_languages(asked: Sequence[str], interface: str, content: str) -> list[str]:
    """Those of the search: what Material has for the interface, and the pages' own.

    Args:
        asked: What Material took for the interface.
        interface: The interface's language.
        content: That of the pages.

    Examples:
        >>> search_languages(["de"], "de", "en")
        ['de', 'en']
    """
    own = content.partition("-")[0].lower()
    return [*dict.fromkeys([*asked, own])] if content != interface else list(asked)
