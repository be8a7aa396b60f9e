"""Pages of the lesson that a course takes: which ones, and where they stand in its navigation."""

from collections.abc import Container, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any

from site_hooks.errors import BuildError

# What the theme refers to: how the cells work, what a learner has done, what a browser keeps; and
# where an instructor marks.
ALWAYS = ("help", "progress", "privacy", "grade")


def chosen(patterns: Sequence[str], pages: Sequence[str]) -> list[str]:
    """The pages that patterns name, in the order of the pages.

    Args:
        patterns: Such as "losses/*"; with "!" before it, a pattern takes out again. Where the first
            one takes out, all others are meant.
        pages: The files of all pages.

    Raises:
        BuildError: A pattern names no page.
    """
    names = {str(PurePosixPath(page).with_suffix("")): page for page in pages}
    taken: set[str] = set(names) if patterns and patterns[0].startswith("!") else {*ALWAYS}
    for pattern in patterns:
        plain = pattern.removeprefix("!").strip("/").removesuffix(".md").removesuffix(".ipynb")
        found = {name for name in names if fnmatchcase(name, plain)}
        if not found:
            known = ", ".join(names)
            raise BuildError(
                f'mkdocs.yml: pages: "{pattern}" names no page of the lesson; there are {known}'
            )
        taken = taken - found if pattern.startswith("!") else taken | found
    return [page for name, page in names.items() if name in taken]


def navigation(items: Any, pages: Container[str]) -> Any:
    """A navigation with those of its pages that are there, and no section that is empty.

    Examples:
        >>> navigation([{"Losses": ["losses/mse.md", "losses/huber.md"]}], {"losses/mse.md"})
        [{'Losses': ['losses/mse.md']}]
        >>> navigation([{"Start": "index.md"}, {"More": ["help.md"]}], {"index.md"})
        [{'Start': 'index.md'}]
    """
    if isinstance(items, str):
        return items if items in pages else None
    if isinstance(items, dict):
        kept = {title: found for title, one in items.items() if (found := navigation(one, pages))}
        return kept or None
    return [found for one in items if (found := navigation(one, pages))]


def in_order(items: Any) -> list[str]:
    """The pages of a navigation, in its order."""
    if isinstance(items, str):
        return [items]
    below = items.values() if isinstance(items, dict) else items
    return [page for one in below for page in in_order(one)]
