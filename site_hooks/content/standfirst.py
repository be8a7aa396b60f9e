"""The line below a page's title: how long it takes to read, and what it builds on."""

import re
from collections.abc import Mapping
from typing import Any

_TITLE = re.compile(r"\A\s*# .+\n")


def add(markdown: str, meta: Mapping[str, Any]) -> str:
    """Write `minutes` and `prerequisites` of the front matter below the title.

    Args:
        markdown: A page's Markdown, without its front matter.
        meta: The front matter. `prerequisites` is Markdown, so its links are checked as others are.

    Returns:
        The Markdown with one more paragraph, of class "opening".
    """
    parts = []
    if meta.get("minutes"):
        parts.append(f"**Reading time** {meta['minutes']} minutes")
    if meta.get("prerequisites"):
        parts.append(f"**Before this page** {meta['prerequisites']}")
    if not parts:
        return markdown
    line = " · ".join(parts) + "\n{ .opening }\n"
    title = _TITLE.match(markdown)
    if title is None:
        return f"{line}\n{markdown}"
    return f"{title[0]}\n{line}{markdown[title.end() :]}"
