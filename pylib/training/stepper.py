"""An optimizer in a training: which parameters it moves, and at which rate and momentum."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from pylib._typing import FloatArray
from pylib.training import checks
from pylib.training.batches import Batch
from pylib.training.protocols import Optimizer, Schedule

__all__ = ["Evaluate", "Stepper", "steppers_for"]

Evaluate = Callable[[], Batch]
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
        ValueError: If the schedule cycles a momentum that the optimizer does not have.
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
        self.momentum = _momentum_of(schedule, optimizer)

    def begin(self, update: int) -> None:
        """Set rate and momentum of update number `update`, from 0; turn to the training weights."""
        if callable(self.schedule):
            self.optimizer.lr = self.schedule(update)
        elif self.schedule is not None:
            self.optimizer.lr = self.schedule.lr
        momentum = None if self.momentum is None else self.momentum(update)
        if momentum is not None:
            for group in _groups(self.optimizer):
                if "betas" in group:
                    group["betas"] = (momentum, *group["betas"][1:])
                else:
                    group["momentum"] = momentum
        self.turn("train")

    def step(self, grads: list[FloatArray], evaluate: Evaluate) -> None:
        """Make the update; L-BFGS is given the closure it asks for, all others their gradients."""

        def closure() -> tuple[float, list[FloatArray]]:
            fresh = evaluate()
            return fresh.value, [fresh.grads[i] for i in self.part]

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


def steppers_for(
    optimizer: Optimizer | Sequence[Optimizer],
    params: list[FloatArray],
    schedule: Schedule | Sequence[Schedule] | None,
) -> list[Stepper]:
    """Each optimizer with its schedule.

    Args:
        optimizer: One, or several.
        params: The model's parameters.
        schedule: One for all of them, or one for each.

    Returns:
        A stepper for each optimizer.

    Raises:
        ValueError: If there are not as many schedules as optimizers.
    """
    optimizers = list(optimizer) if isinstance(optimizer, Sequence) else [optimizer]
    schedules = list(schedule) if isinstance(schedule, Sequence) else [schedule] * len(optimizers)
    if len(schedules) != len(optimizers) or not optimizers:
        raise ValueError(
            f"there are {len(optimizers)} optimizers and {len(schedules)} schedules; "
            "give one schedule for each optimizer, or one for all"
        )
    return [Stepper(each, params, its) for each, its in zip(optimizers, schedules, strict=True)]


def _momentum_of(
    schedule: Schedule | None, optimizer: Optimizer
) -> Callable[[int], float | None] | None:
    """The momentum that a schedule such as `OneCycleLR` sets at each update, if it does."""
    if not getattr(schedule, "cycle_momentum", False):
        return None
    # The average of Schedule-Free is found from y with the momentum that y was made with.
    free = hasattr(optimizer, "eval")
    if free or not all(group.keys() & {"betas", "momentum"} for group in _groups(optimizer)):
        name = type(optimizer).__name__
        raise ValueError(
            f"{type(schedule).__name__} cycles the momentum, and that of {name} cannot change; "
            "build the schedule with cycle_momentum=False"
        )
    momentum: Callable[[int], float | None] = schedule.momentum  # type: ignore[union-attr]
    return momentum


def _groups(optimizer: Optimizer) -> list[dict[str, Any]]:
    """The groups of settings; an optimizer of your own may have none."""
    groups: list[dict[str, Any]] = getattr(optimizer, "param_groups", [{}])
    return groups
