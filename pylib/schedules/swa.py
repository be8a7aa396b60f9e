"""`SWALR`: the rate at which weights are averaged."""

from dataclasses import dataclass
from typing import Literal

from pylib import _validate
from pylib.schedules.base import check_counts, check_numbers, whole_step
from pylib.schedules.cosine import half_cosine

__all__ = ["SWALR"]


@dataclass(frozen=True)
class SWALR:
    """From one rate to another, which is then held while weights are averaged.

        share(t) = min(t, anneal_epochs) / anneal_epochs
        α(t) = (1 − cos(π share(t))) / 2     "cos",   or share(t)     "linear"
        lr(t) = (1 − α(t)) · base_lr + α(t) · swa_lr

    Put it behind the schedule of the usual training with `SequentialLR`, where the averaging of
    `WeightSWA` begins.

    Args:
        base_lr: learning rate at step 0.
        swa_lr: the rate from step `anneal_epochs` on.
        anneal_epochs: steps from the one to the other; 0 for none. PyTorch's name, for it is
            stepped once per epoch there.
        anneal_strategy: `"cos"` or `"linear"`, the form of the way.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: An argument is out of its range.

    Examples:
        >>> schedule = SWALR(0.1, swa_lr=0.02, anneal_epochs=4)
        >>> [round(schedule(t), 4) for t in range(6)]
        [0.1, 0.0883, 0.06, 0.0317, 0.02, 0.02]

    Source:
        Izmailov et al. (2018), <https://arxiv.org/abs/1803.05407>.
    """

    base_lr: float
    swa_lr: float
    anneal_epochs: int = 10
    anneal_strategy: Literal["cos", "linear"] = "cos"

    def __post_init__(self) -> None:
        check_numbers(self, "base_lr", "swa_lr")
        check_counts(self, "anneal_epochs")
        _validate.choice("anneal_strategy", self.anneal_strategy, ("cos", "linear"))

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        t = whole_step(step)
        if t >= self.anneal_epochs:
            return self.swa_lr
        share = t / self.anneal_epochs
        if self.anneal_strategy == "cos":
            return half_cosine(self.base_lr, self.swa_lr, share)
        return self.base_lr + (self.swa_lr - self.base_lr) * share
