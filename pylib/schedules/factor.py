"""`LambdaLR`: a rate by a rule of your own."""

from collections.abc import Callable
from dataclasses import dataclass

from pylib import _validate
from pylib.schedules.base import check_numbers, whole_step

__all__ = ["LambdaLR"]


@dataclass(frozen=True)
class LambdaLR:
    """The base rate times a function of the step.

        lr(t) = base_lr · lr_lambda(t)

    Args:
        base_lr: what the function's values multiply.
        lr_lambda: step -> factor; it must not remember earlier calls.

    Raises:
        TypeError: `lr_lambda` is no function, or returns something other than a number.
        ValueError: `base_lr` is negative or not finite.

    Examples:
        >>> schedule = LambdaLR(0.1, lambda t: 1 / (1 + t))
        >>> [round(schedule(t), 4) for t in range(4)]
        [0.1, 0.05, 0.0333, 0.025]

    Source:
        [PyTorch](https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html).
    """

    base_lr: float
    lr_lambda: Callable[[int], float]

    def __post_init__(self) -> None:
        check_numbers(self, "base_lr")
        if isinstance(self.lr_lambda, type) or not callable(self.lr_lambda):
            raise TypeError(f"lr_lambda is {self.lr_lambda!r}; it must be a function of the step")

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        factor = self.lr_lambda(whole_step(step))
        return self.base_lr * _validate.real("the value of lr_lambda", factor)
