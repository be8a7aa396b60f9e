"""Muon on points: a point with d weights is a matrix of one row."""

from pylib._typing import FloatArray
from pylib.optimizers import Muon
from pylib.optimizers.base import State
from pylib.optimizers.param_groups import Group


def for_points(kind: type) -> type:
    """A class that steps over points of shape `(d,)`: the same, but for Muon.

    Args:
        kind: An optimizer's class.

    Examples:
        >>> from pylib.optimizers import Adam
        >>> for_points(Adam) is Adam, for_points(Muon).__name__
        (True, 'Muon')
    """
    if not issubclass(kind, Muon):
        return kind

    class OneRow(kind):  # type: ignore[misc]
        def _check_group(self, group: Group) -> None:
            """Any shape will do."""

        def _update(self, w: FloatArray, g: FloatArray, state: State, group: Group, t: int) -> None:
            rows = {name: array.reshape(1, -1) for name, array in state.items()}
            super()._update(w.reshape(1, -1), g.reshape(1, -1), rows, group, t)

    OneRow.__name__ = OneRow.__qualname__ = kind.__name__
    return OneRow
