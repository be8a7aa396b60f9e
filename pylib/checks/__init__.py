"""Checks of an answer that say in words what is wrong with it.

Exercises use them; in a notebook they check one's own code against a right one.
"""

from pylib.checks.code import check_called, check_defined, check_own, run_with
from pylib.checks.failures import CheckError, KnownMistakeError, ValuesDifferError
from pylib.checks.losses import check_loss, explain_loss
from pylib.checks.optimizers import check_optimizer, explain_optimizer
from pylib.checks.values import (
    check_close,
    check_gradient,
    check_number,
    check_numbers,
    check_returned,
    check_shape,
)

__all__ = [
    "CheckError",
    "KnownMistakeError",
    "ValuesDifferError",
    "check_called",
    "check_close",
    "check_defined",
    "check_gradient",
    "check_loss",
    "check_number",
    "check_numbers",
    "check_optimizer",
    "check_own",
    "check_returned",
    "check_shape",
    "explain_loss",
    "explain_optimizer",
    "run_with",
]
