"""The one error that ends a build; hooks.py hands its words to the builder."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


class BuildError(Exception):
    """The site cannot be built as it is; the message says what is wrong and how to mend it."""


def check_each(items: Iterable[T], check: Callable[[T], object]) -> None:
    """Check every item, and say what is wrong with all of them together.

    Raises:
        BuildError: A line for each item whose check raised one.
    """
    faults = []
    for item in items:
        try:
            check(item)
        except BuildError as error:
            faults.append(str(error))
    if faults:
        raise BuildError("\n".join(faults))
