"""The checks of settings that several optimizers share.

A check takes a setting's name and what was given for it. It returns the setting as plain Python
values, or refuses it by name. An optimizer lists the checks of its own settings in `checks`.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from pylib._validate import flag, items, number, whole

__all__ = ["Check", "betas", "flag", "not_negative", "share", "whole"]

Check: TypeAlias = Callable[[str, Any], Any]


def not_negative(name: str, value: Any) -> float:
    """Return a finite number of at least 0.

    Examples:
        >>> not_negative("eps", 1e-8)
        1e-08
        >>> not_negative("lr", -0.1)
        Traceback (most recent call last):
        ...
        ValueError: lr is -0.1; it must be finite and at least 0
    """
    return number(name, value, 0)


def share(name: str, value: Any) -> float:
    """Return a number from 0 to 1.

    Examples:
        >>> share("alpha", 1.5)
        Traceback (most recent call last):
        ...
        ValueError: alpha is 1.5; it must be at least 0 and at most 1
    """
    return number(name, value, 0, 1)


def betas(name: str, value: Any) -> tuple[float, ...]:
    """Return two numbers from 0 up to 1, which itself would forget nothing.

    Examples:
        >>> betas("betas", [0.9, 0.999])
        (0.9, 0.999)
        >>> betas("betas", (0.9, 1.0))
        Traceback (most recent call last):
        ...
        ValueError: betas[1] is 1.0; it must be at least 0 and below 1
    """
    pair = enumerate(items(name, value, "numbers", 2))
    return tuple(number(f"{name}[{i}]", beta, 0, 1, open_high=True) for i, beta in pair)
