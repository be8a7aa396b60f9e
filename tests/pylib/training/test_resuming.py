"""`fit` ended and taken up again is the training that never ended."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pylib._typing import FloatArray
from pylib.data import make_blobs
from pylib.losses import CrossEntropyLoss
from pylib.models import MLP
from pylib.optimizers import SGD, Adam, AdamW, Muon, ScheduleFreeAdamW
from pylib.schedules import OneCycleLR, ReduceLROnPlateau, warmup_cosine
from pylib.training import EarlyStopping, History, Progress, WeightEMA, WeightSWA, fit

X, Y = make_blobs(50)
BATCHES = 5  # 50 rows in mini-batches of 12: the last one is smaller
EPOCHS = 6

Build = Callable[[MLP], Any]

OPTIMIZERS: dict[str, Build] = {
    "momentum": lambda model: SGD(model.params, lr=0.1, momentum=0.9),
    "Adam": lambda model: Adam(model.params, lr=0.01),
    "Schedule-Free": lambda model: ScheduleFreeAdamW(model.params, lr=0.01),
    "two": lambda model: [Muon(model.params[0::2]), AdamW(model.params[1::2])],
}


def run(
    model: MLP, optimizer: Any, epochs: int = EPOCHS, done: int = 0, **settings: Any
) -> History:
    return fit(
        model, CrossEntropyLoss(), optimizer, X, Y, epochs, 12, initial_epoch=done, **settings
    )


def same(one: list[FloatArray], other: list[FloatArray]) -> None:
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("stop", [1, 4, EPOCHS])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_two_halves_are_the_whole(name: str, stop: int) -> None:
    schedule: Any = None
    if name != "Schedule-Free":
        schedule = warmup_cosine(0.05, 4, EPOCHS * BATCHES)
    whole, halves = MLP([2, 8, 3]), MLP([2, 8, 3])
    straight = run(whole, OPTIMIZERS[name](whole), schedule=schedule)
    optimizer = OPTIMIZERS[name](halves)
    first = run(halves, optimizer, stop, schedule=schedule)
    second = run(halves, optimizer, done=stop, schedule=schedule)
    same(whole.params, halves.params)
    for part in ("loss", "lr", "train_loss"):
        joined = np.concatenate([getattr(first, part), getattr(second, part)])
        np.testing.assert_array_equal(joined, getattr(straight, part))
    assert len(second.train_loss) == EPOCHS - stop


def test_it_counts_updates_of_several_mini_batches() -> None:
    """Three mini-batches each: 50 rows make two updates, and the schedule goes on at the fourth."""
    schedule = warmup_cosine(0.05, 4, 12)
    whole, halves = MLP([2, 8, 3]), MLP([2, 8, 3])
    run(whole, SGD(whole.params), schedule=schedule, accumulate=3)
    optimizer = SGD(halves.params)
    run(halves, optimizer, 2, schedule=schedule, accumulate=3)
    second = run(halves, optimizer, done=2, schedule=schedule, accumulate=3)
    assert second.lr.tolist() == [schedule(t) for t in range(4, 12)]
    same(whole.params, halves.params)


def test_it_goes_on_from_a_file_in_a_new_process() -> None:
    """Weights, the optimizer's state and its momentum of the moment are all that is needed."""
    schedule = OneCycleLR(0.05, EPOCHS * BATCHES)
    whole, old, new = MLP([2, 8, 3]), MLP([2, 8, 3]), MLP([2, 8, 3], seed=5)
    run(whole, Adam(whole.params), schedule=schedule)
    optimizer = Adam(old.params)
    run(old, optimizer, 2, schedule=schedule)
    for w, saved in zip(new.params, old.params, strict=True):
        w[...] = saved
    fresh = Adam(new.params)
    fresh.load_state_dict(optimizer.state_dict())
    run(new, fresh, done=2, schedule=schedule)
    same(new.params, whole.params)


def test_averages_plateaus_and_watches_go_on() -> None:
    def parts(model: MLP) -> dict[str, Any]:
        return {
            "schedule": ReduceLROnPlateau(0.3, factor=0.5, patience=0),
            "early_stopping": EarlyStopping(patience=3, min_delta=0.05, restore_best_weights=False),
            "validation": (X, Y),
            "report": None,
        }

    for kind in ("ema", "swa"):
        whole, halves = MLP([2, 8, 3]), MLP([2, 8, 3])
        one, two = parts(whole), parts(halves)
        build = WeightEMA if kind == "ema" else WeightSWA
        one[kind], two[kind] = build(whole.params), build(halves.params)
        straight = run(whole, SGD(whole.params), 12, **one)
        optimizer = SGD(halves.params)
        run(halves, optimizer, 3, **two)
        second = run(halves, optimizer, 12, 3, **two)
        same(one[kind].average, two[kind].average)
        assert one["schedule"].state_dict() == two["schedule"].state_dict()
        assert straight.stopped is not None
        assert second.stopped == straight.stopped
        same(whole.params, halves.params)


def test_epochs_and_steps_keep_their_numbers() -> None:
    seen: list[Progress] = []
    model = MLP([2, 8, 3])
    run(model, SGD(model.params), 5, 3, progress=seen.append)
    assert [(each.epoch, each.epochs) for each in seen] == [(4, 5), (5, 5)]

    class Breaks(MLP):
        calls = 0

        def backward(self, grad_output: Any) -> list[FloatArray]:
            self.calls += 1
            grads = super().backward(grad_output)
            return [g * np.nan for g in grads] if self.calls == 8 else grads

    broken = Breaks([2, 8, 3])
    stop = run(broken, SGD(broken.params), 5, 2, report=None).stopped
    assert stop is not None
    assert stop.step == 2 * BATCHES + 7
    assert "at step 17 of 25" in stop.message
    broken = Breaks([2, 8, 3])
    broken.calls = 7
    stop = run(broken, SGD(broken.params), 5, 2, report=None).stopped
    assert stop is not None
    assert stop.step == 2 * BATCHES
    assert "before the first update" in stop.message


@pytest.mark.parametrize(
    ("done", "error"), [(-1, ValueError), (EPOCHS + 1, ValueError), (1.0, TypeError)]
)
def test_the_epochs_made_are_some_of_them(done: Any, error: type[Exception]) -> None:
    model = MLP([2, 8, 3])
    with pytest.raises(error, match=f"initial_epoch is {done}; .* from 0 to 6"):
        run(model, SGD(model.params), done=done)
