"""Why a run ended before its last step: the record, and the bound beyond which it diverges."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Stop", "bound", "diverged"]


@dataclass(frozen=True)
class Stop:
    """A run that ended early; as a string it is its message.

    Attributes:
        reason: `"diverged"` or `"early"` (an `EarlyStopping` ended it).
        step: Number of the last update, from 1; 0 if there was none.
        loss: The loss there; for an early stop the best value of what was watched.
        lr: The learning rate of that update; NaN if there was none.
        message: All of that in words, with what to try.
    """

    reason: Literal["diverged", "early"]
    step: int
    loss: float
    lr: float
    message: str

    def __str__(self) -> str:
        return self.message


def bound(first: float) -> float:
    """A run diverges when |loss| passes this: 10⁹ times its first value, or 10⁹ if that is below 1.

    Args:
        first: The loss before the first update.

    Returns:
        The bound, positive.

    Examples:
        >>> bound(0.5), bound(20.0)
        (1000000000.0, 20000000000.0)
    """
    return 1e9 * max(1.0, abs(first))


def diverged(
    step: int, steps: int, loss: float, lr: float, advice: str, what: str = "loss"
) -> Stop:
    """The record of a run that diverges.

    Args:
        step: Number of the update, from 1.
        steps: Updates that were planned.
        loss: The loss after it.
        lr: The learning rate of it.
        advice: What to try, a sentence.
        what: The name of what was lowered.

    Returns:
        The record with its message.

    Examples:
        >>> print(diverged(7, 100, float("inf"), 2.0, "Try a smaller rate."))
        Stopped at step 7 of 100: the loss is inf at learning rate 2. Try a smaller rate.
    """
    message = (
        f"Stopped at step {step} of {steps}: the {what} is {loss:.4g} at learning rate {lr:.4g}."
    )
    return Stop("diverged", step, loss, lr, f"{message} {advice}")
