"""`fit` and `minimize` set the momentum that a schedule cycles, as PyTorch's schedulers do."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pylib._typing import FloatArray
from pylib.data import make_line
from pylib.losses import MSELoss
from pylib.models import LinearRegression
from pylib.optimizers import (
    LBFGS,
    SGD,
    Adagrad,
    Adam,
    Lion,
    RMSprop,
    ScheduleFreeAdamW,
    ScheduleFreeSGD,
)
from pylib.schedules import CyclicLR, OneCycleLR, SequentialLR, StepLR
from pylib.surfaces import Parabola
from pylib.training import fit, minimize

LINE = make_line(n=40)
STEPS = 10
ONE_CYCLE = OneCycleLR(0.1, STEPS)
CYCLE = CyclicLR(0.01, 0.1, 3, 2, "triangular2")


def spied(optimizer_class: Any, read: Callable[[dict[str, Any]], Any]) -> tuple[Any, list[Any]]:
    """An optimizer class that notes a setting of each group at each step, and the notes."""
    seen: list[Any] = []

    class Spy(optimizer_class):  # type: ignore[misc]
        def step(self, grads: list[FloatArray]) -> None:
            seen.append([read(group) for group in self.param_groups])
            super().step(grads)

    return Spy, seen


def momentum(group: dict[str, Any]) -> Any:
    return group["momentum"]


def betas(group: dict[str, Any]) -> Any:
    return group["betas"]


def train(optimizer_class: Any, schedule: Any, **settings: Any) -> Any:
    """Ten updates."""
    model = LinearRegression()
    optimizer = optimizer_class(model.params, **settings)
    history = fit(model, MSELoss(), optimizer, *LINE, 5, 20, schedule=schedule, report=None)
    assert len(history.loss) == STEPS
    return optimizer


@pytest.mark.parametrize("schedule", [ONE_CYCLE, CYCLE], ids=["one cycle", "cycle"])
def test_momentum_runs_against_the_rate(schedule: Any) -> None:
    expected = [schedule.momentum(t) for t in range(STEPS)]
    assert max(expected) - min(expected) > 0.05
    Spy, seen = spied(SGD, momentum)
    train(Spy, schedule, momentum=0.5)
    assert seen == [[m] for m in expected]
    seen.clear()
    minimize(Parabola(), Spy, [1.0], STEPS, schedule=schedule, momentum=0.5)
    assert seen == [[m] for m in expected]


def test_one_cycle_goes_from_95_to_85_and_back() -> None:
    Spy, seen = spied(SGD, momentum)
    train(Spy, ONE_CYCLE, momentum=0.5)
    assert (seen[0], seen[2], seen[-1]) == ([0.95], [0.85], [0.95])


def test_of_adam_it_is_the_first_beta() -> None:
    for optimizer_class in (Adam, Lion):
        Spy, seen = spied(optimizer_class, betas)
        train(Spy, ONE_CYCLE, betas=(0.5, 0.98))
        assert seen == [[(ONE_CYCLE.momentum(t), 0.98)] for t in range(STEPS)]


@pytest.mark.parametrize("optimizer_class", [SGD, RMSprop])
def test_momentum_is_cycled_where_there_was_none(optimizer_class: Any) -> None:
    """As in PyTorch: `momentum=0` is a momentum that a schedule may set."""
    Spy, seen = spied(optimizer_class, momentum)
    optimizer = train(Spy, ONE_CYCLE)
    assert seen == [[ONE_CYCLE.momentum(t)] for t in range(STEPS)]
    assert all((state["momentum_buffer"] != 0).any() for state in optimizer.state)


def test_every_group_is_set() -> None:
    Spy, seen = spied(SGD, momentum)
    model = LinearRegression()
    groups = [{"params": [w], "momentum": 0.1} for w in model.params]
    fit(model, MSELoss(), Spy(groups), *LINE, 1, 20, schedule=ONE_CYCLE, report=None)
    assert seen[0] == [0.95, 0.95]


def test_the_walk_is_that_of_pytorch() -> None:
    """SGD on x² / 2 from 1, rates and momenta of OneCycleLR(0.1, 10), by the rule of SGD."""
    trace = minimize(Parabola(), SGD, [1.0], STEPS, schedule=ONE_CYCLE, momentum=0.95)
    x, v, path = 1.0, 0.0, [1.0]
    for t in range(STEPS):
        v = x if t == 0 else ONE_CYCLE.momentum(t) * v + x
        x -= ONE_CYCLE(t) * v
        path.append(x)
    np.testing.assert_allclose(trace.path[:, 0], path)


@pytest.mark.parametrize(
    "schedule",
    [
        OneCycleLR(0.1, STEPS, cycle_momentum=False),
        CyclicLR(0.01, 0.1, 3, cycle_momentum=False),
        StepLR(0.1, 3),
        lambda t: 0.1,
    ],
    ids=["one cycle", "cycle", "steps", "function"],
)
def test_where_it_is_not_asked_for_momentum_stays(schedule: Any) -> None:
    assert train(SGD, schedule, momentum=0.5).param_groups[0]["momentum"] == 0.5
    assert train(Adam, schedule).param_groups[0]["betas"] == (0.9, 0.999)
    train(Adagrad, schedule)


def test_a_sequence_sets_it_in_the_part_that_cycles() -> None:
    schedule = SequentialLR([StepLR(0.1, 3), OneCycleLR(0.1, 4)], [6])
    Spy, seen = spied(SGD, momentum)
    train(Spy, schedule, momentum=0.5)
    cycled = [[OneCycleLR(0.1, 4).momentum(t)] for t in range(4)]
    assert seen == [[0.5]] * 6 + cycled


@pytest.mark.parametrize("optimizer_class", [Adagrad, LBFGS, ScheduleFreeSGD, ScheduleFreeAdamW])
@pytest.mark.parametrize("schedule", [ONE_CYCLE, CYCLE], ids=["one cycle", "cycle"])
def test_an_optimizer_whose_momentum_cannot_change_is_refused(
    optimizer_class: Any, schedule: Any
) -> None:
    name, its = optimizer_class.__name__, type(schedule).__name__
    words = f"{its} cycles the momentum, and that of {name} cannot change; .*cycle_momentum=False"
    with pytest.raises(ValueError, match=words):
        train(optimizer_class, schedule)
    with pytest.raises(ValueError, match=words):
        minimize(Parabola(), optimizer_class, [1.0], 3, schedule=schedule)


def test_an_optimizer_of_your_own_has_no_momentum_to_cycle() -> None:
    class Plain:
        def __init__(self, params: list[FloatArray]) -> None:
            self.params = params
            self.lr = 0.1

        def step(self, grads: list[FloatArray]) -> None:
            for w, g in zip(self.params, grads, strict=True):
                w -= self.lr * g

    assert train(Plain, StepLR(0.1, 5, 0.5)).lr == 0.05
    with pytest.raises(ValueError, match="that of Plain cannot change"):
        train(Plain, ONE_CYCLE)


def test_rmsprop_has_a_momentum_too() -> None:
    assert train(RMSprop, ONE_CYCLE, momentum=0.5).param_groups[0]["momentum"] == 0.95
