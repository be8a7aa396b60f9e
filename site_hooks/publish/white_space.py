"""Takes out of a page the white space that no browser shows: templates leave much of it."""

import re

# Kept as it is: what shows or runs its white space, and tags, whose attributes may hold code.
_PAGE = re.compile(
    r"""(<(pre|script|style|textarea)\b.*?</\2>|<!--.*?-->|<(?:[^<>"']|"[^"]*"|'[^']*')*>)"""
    r"|\s*\n\s*",
    re.DOTALL | re.IGNORECASE,
)


def without(page: str) -> str:
    """A page's HTML with one line's end for each run of white space that has any."""
    return _PAGE.sub(lambda match: match[1] or "\n", page)
