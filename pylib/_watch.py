"""Who is told how far a long `fit` or `minimize` has come: nobody, or the page that runs it."""

from collections.abc import Callable

# What is done, how many steps of it, and of how many.
Watcher = Callable[[str, int, int], object]

_watchers: list[Watcher] = []


def watch(watcher: Watcher) -> Callable[[], None]:
    """Has a function told of every step from now on; the function returned ends that.

    Examples:
        >>> seen = []
        >>> end = watch(lambda what, done, total: seen.append((what, done, total)))
        >>> tell("fit", 1, 20)
        >>> end()
        >>> tell("fit", 2, 20)
        >>> seen
        [('fit', 1, 20)]
    """
    _watchers.append(watcher)
    return lambda: _watchers.remove(watcher)


def tell(what: str, done: int, total: int) -> None:
    """Tells whoever watches that so many steps are done; the last call says that all are."""
    for watcher in _watchers:
        watcher(what, done, total)
