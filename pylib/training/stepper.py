"""An optimizer in a training: which parameters it moves, and at which rate."""

import inspect
from collections.abc import Callable

from pylib._typing import FloatArray
from pylib.training import checks
from pylib.training.protocols import Optimizer, Schedule

__all__ = ["Evaluate", "Stepper"]

Evaluate = Callable[[], tuple[float, list[FloatArray]]]
"""Computes the loss and all gradients at the present parameters."""


class Stepper:
    """One optimizer with its schedule.

    Args:
        optimizer: Built on some or all of `params`.
        params: The model's parameters.
        schedule: What sets its rate; `None` leaves it as it is.

    Raises:
        TypeError: If the optimizer holds an array that is not in `params`, or if one of the two
            is something else altogether.
    """

    def __init__(
        self, optimizer: Optimizer, params: list[FloatArray], schedule: Schedule | None
    ) -> None:
        checks.made("optimizer", optimizer, ("params", "step", "lr"), "Adam(model.params)")
        checks.schedule_or_none(schedule)
        place = {id(param): i for i, param in enumerate(params)}
        if any(id(param) not in place for param in optimizer.params):
            name = type(optimizer).__name__
            raise TypeError(
                f"{name} holds arrays that are not the model's parameters, so the model would "
                f"not learn; build it as {name}(model.params, ...)"
            )
        self.optimizer = optimizer
        self.schedule = schedule
        self.part = [place[id(param)] for param in optimizer.params]
        self.takes_closure = "closure" in inspect.signature(optimizer.step).parameters

    def begin(self, update: int) -> None:
        """Set the rate of update number `update`, from 0, and turn to the training weights."""
        if callable(self.schedule):
            self.optimizer.lr = self.schedule(update)
        elif self.schedule is not None:
            self.optimizer.lr = self.schedule.lr
        self.turn("train")

    def step(self, grads: list[FloatArray], evaluate: Evaluate) -> None:
        """Make the update; L-BFGS is given the closure it asks for, all others their gradients."""

        def closure() -> tuple[float, list[FloatArray]]:
            value, fresh = evaluate()
            return value, [fresh[i] for i in self.part]

        self.optimizer.step(closure if self.takes_closure else [grads[i] for i in self.part])

    def hear(self, loss: float, metric: float | None) -> None:
        """Tell a `ReduceLROnPlateau` how the epoch went."""
        if self.schedule is not None and not callable(self.schedule):
            self.schedule.step(loss if metric is None or self.schedule.mode == "min" else metric)

    def turn(self, mode: str) -> None:
        """Turn a Schedule-Free optimizer to its `"train"` or `"eval"` weights; no other has two."""
        switch = getattr(self.optimizer, mode, None)
        if switch is not None:
            switch()
