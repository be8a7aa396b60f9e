"""The one check that all makers of data share."""

import numpy as np


def whole(name: str, value: int, low: int, high: int | None = None) -> None:
    """Refuse what is not a whole number from low to high.

    Args:
        name: Of the argument, for the message.
        value: What was given.
        low: The smallest allowed.
        high: The largest allowed; `None` for no limit.

    Raises:
        ValueError: If it is anything else.
    """
    if (
        not isinstance(value, int | np.integer)
        or value < low
        or (high is not None and value > high)
    ):
        limit = f"of at least {low}" if high is None else f"from {low} to {high}"
        raise ValueError(f"{name} is {value!r}; give a whole number {limit}")
