"""Front matter: the line below a page's title, from how long it takes and what it builds on."""

import re
from collections.abc import Mapping
from typing import Any

from site_hooks import words
from site_hooks.errors import BuildError

# The keys that something reads: `add`, solutions.py, the theme, and Material's search.
KEYS = ("title", "description", "minutes", "prerequisites", "hero", "template", "author", "hide",
        "icon", "lang", "status", "search", "solutions")  # fmt: skip

_TITLE = re.compile(r"\A\s*# .+\n")


def refuse_unknown(meta: Mapping[str, Any], path: str) -> None:
    """Refuse a key of the front matter that would do nothing.

    Raises:
        BuildError: Naming the page's file, the key, and those that are known.
    """
    for key in meta:
        if key not in KEYS:
            raise BuildError(f"{path}: unknown key {key} above the page; known: {', '.join(KEYS)}")


def add(markdown: str, meta: Mapping[str, Any], said: words.Words = words.ENGLISH) -> str:
    """Write `minutes` and `prerequisites` of the front matter below the title.

    Args:
        markdown: A page's Markdown, without its front matter.
        meta: The front matter. `prerequisites` is Markdown, so its links are checked as others are.
        said: The interface's words.

    Returns:
        The Markdown with one more paragraph, of class "opening".
    """
    parts = []
    if meta.get("minutes"):
        parts.append(said["built"]["minutes"].format(n=meta["minutes"]))
    if meta.get("prerequisites"):
        parts.append(said["built"]["before"].format(pages=meta["prerequisites"]))
    if not parts:
        return markdown
    line = " · ".join(parts) + "\n{ .opening }\n"
    title = _TITLE.match(markdown)
    if title is None:
        return f"{line}\n{markdown}"
    return f"{title[0]}\n{line}{markdown[title.end() :]}"
