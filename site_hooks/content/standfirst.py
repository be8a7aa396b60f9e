"""Front matter: the line below a page's title, from how long it takes and what it builds on."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from site_hooks import words
from site_hooks.errors import BuildError

# The keys that something reads: `add`, solutions.py, glossary.py, the theme, Material's search, and
# the lesson's tests.
KEYS = ("title", "description", "minutes", "prerequisites", "hero", "template", "author", "hide",
        "icon", "lang", "status", "search", "own", "solutions", "glossary",
        "stylesheets")  # fmt: skip

_TITLE = re.compile(r"\A\s*# .+\n")


def refuse_unknown(
    meta: Mapping[str, Any], pages: Collection[str], where: Callable[[str], str]
) -> None:
    """Refuse a key of the front matter that would do nothing, and a button that leads nowhere.

    Args:
        meta: The front matter.
        pages: The files that buttons of a front page may name.
        where: The place of a word in the page's file.

    Raises:
        BuildError: Naming the place, what was got, and what is known.
    """
    hero = meta.get("hero") or {}
    named = [str(action["page"]) for action in hero.get("actions") or [] if "page" in action]
    faults = [
        *(
            f"{where(key)}: unknown key {key} above the page; known: {', '.join(KEYS)}"
            for key in meta
            if key not in KEYS
        ),
        *(
            f"{where(page)}: a button leads to {page}, and there is no such page"
            for page in named
            if page not in pages
        ),
    ]
    if faults:
        raise BuildError("\n".join(faults))


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
