"""Gives the scripts and styles that a page loads their hashes, which the browser then compares."""

import os
import re
from pathlib import Path

from site_hooks.publish.security import integrity

_TAG = re.compile(r"<(?:script|link)\b[^>]*>")
_ADDRESS = re.compile(r'\b(?:src|href)="([^"#?:]+)"')


def pin(page: str, path: Path) -> str:
    """A page's HTML with `integrity` in each tag that loads a script or a style sheet.

    Args:
        page: the HTML.
        path: where it lies; addresses are relative to it.
    """

    def pinned(match: re.Match[str]) -> str:
        tag = match[0]
        address = _ADDRESS.search(tag)
        loads = tag.startswith("<script") or 'rel="stylesheet"' in tag
        if not (address and loads) or "integrity=" in tag:
            return tag
        file = Path(os.path.normpath(path.parent / address[1]))
        if not file.is_file():
            return tag
        return f'{tag[:-1].rstrip("/ ")} integrity="{integrity(file.read_bytes())}">'

    return _TAG.sub(pinned, page)
