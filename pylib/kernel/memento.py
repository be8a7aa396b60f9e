"""The state of a graph of matplotlib's objects, kept so that they can be put back to it."""

from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

from matplotlib import RcParams
from matplotlib.colors import Colormap
from matplotlib.transforms import TransformNode
from numpy import ndarray

# Of a transform: who is to be told when it changes. Weak, and kept up by those who join and leave.
PARENTS = "_parents"


class Memento:
    """What objects held when it was made.

    It goes from one object to all that matplotlib made and that it holds, by attributes, lists,
    dicts and sets. What other packages made is kept as it is.

    Args:
        root: where to begin.
        known: ids of objects that are looked after elsewhere.

    Examples:
        >>> from matplotlib.figure import Figure
        >>> figure = Figure()
        >>> plain = Memento(figure)
        >>> line = figure.subplots().plot([1, 2])
        >>> plain.restore()
        >>> figure.axes
        []
    """

    def __init__(self, root: Any, known: Iterable[int] = ()) -> None:
        self.ids = set(known)
        self._attributes: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self._nodes: list[TransformNode] = []
        self._lists: list[tuple[list[Any], list[Any]]] = []
        self._dicts: list[tuple[Any, Any]] = []
        self._arrays: list[tuple[Any, Any]] = []
        self._held: list[Any] = []  # an id is an object's as long as it lives
        waiting = [root]
        while waiting:
            one = waiting.pop()
            if id(one) in self.ids or isinstance(one, (str, int, float, type(None), type)):
                continue
            self.ids.add(id(one))
            self._held.append(one)
            if isinstance(one, RcParams | Colormap):
                continue
            if isinstance(one, dict):
                self._dicts.append((one, one.copy()))
                waiting += one.values()
            elif isinstance(one, WeakKeyDictionary):
                held: Any = one
                self._dicts.append((held.data, held.data.copy()))
            elif isinstance(one, list):
                self._lists.append((one, one.copy()))
                waiting += one
            elif isinstance(one, set):
                self._dicts.append((one, one.copy()))
                waiting += one
            elif isinstance(one, tuple):
                waiting += one
            elif isinstance(one, ndarray):
                if one.flags.writeable:
                    self._arrays.append((one, one.copy()))
            elif type(one).__module__.startswith(_OURS):
                attributes = getattr(one, "__dict__", None)
                if attributes is None:
                    continue
                self._attributes.append((attributes, attributes.copy()))
                if isinstance(one, TransformNode):
                    self._nodes.append(one)
                waiting += [value for name, value in attributes.items() if name != PARENTS]

    def restore(self) -> None:
        """Puts all of it back."""
        for now, then in self._attributes:
            now.clear()
            now.update(then)
        for items, kept in self._lists:
            items[:] = kept
        for items, kept in self._dicts:
            items.clear()
            items.update(kept)
        for values, kept in self._arrays:
            values[...] = kept

    def invalidate(self) -> None:
        """Has transforms worked out anew: what they rest on may have changed since."""
        for node in self._nodes:
            node._invalid = node._INVALID_FULL  # type: ignore[attr-defined]


_OURS = ("matplotlib.", "mpl_toolkits.", "pylib.kernel.")
