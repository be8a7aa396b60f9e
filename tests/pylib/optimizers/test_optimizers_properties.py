"""What must hold for optimizers whatever the numbers are: invariances and identities."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

import pylib.optimizers
from pylib.optimizers import (
    LBFGS,
    SGD,
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Lion,
    Muon,
    NAdam,
    RAdam,
    RMSprop,
    Rprop,
    ScheduleFreeAdamW,
    ScheduleFreeSGD,
)

Array = NDArray[Any]

SIZE, STEPS = 3, 8
numbers = st.floats(-10, 10).filter(lambda x: abs(x) > 1e-3)
vectors = st.lists(numbers, min_size=SIZE, max_size=SIZE).map(np.array)
gradients = st.lists(vectors, min_size=STEPS, max_size=STEPS)
rates = st.floats(1e-4, 1.0)
shares = st.floats(0.0, 0.99)
few = settings(max_examples=30, deadline=None)


def follow(
    make: Callable[[list[Array]], Any], start: Array, gradient: Callable[[int, Array], Array]
) -> Array:
    """Return the path of an optimizer, shape (STEPS, SIZE)."""
    w = start.copy()
    optimizer = make([w])
    path = np.empty((STEPS, SIZE))
    for t in range(STEPS):
        optimizer.step([gradient(t, w)])
        path[t] = w
    return path


@few
@given(start=vectors, grads=gradients, lr=rates, exponent=st.integers(-300, 300))
def test_adam_does_not_see_the_scale_of_the_loss(
    start: Array, grads: list[Array], lr: float, exponent: int
) -> None:
    scale = 2.0**exponent  # exact, so that the paths are equal to the last bit
    path = follow(lambda p: Adam(p, lr=lr, eps=0.0), start, lambda t, w: grads[t])
    scaled = follow(lambda p: Adam(p, lr=lr, eps=0.0), start, lambda t, w: scale * grads[t])
    np.testing.assert_array_equal(scaled, path)


@few
@given(start=vectors, grads=gradients, lr=rates, scale=st.floats(1e-6, 1e6))
def test_adam_with_eps_scaled_alike(
    start: Array, grads: list[Array], lr: float, scale: float
) -> None:
    path = follow(lambda p: Adam(p, lr=lr), start, lambda t, w: grads[t])
    scaled = follow(
        lambda p: Adam(p, lr=lr, eps=1e-8 * scale), start, lambda t, w: scale * grads[t]
    )
    np.testing.assert_allclose(scaled, path, rtol=1e-9, atol=1e-9)


@few
@given(start=vectors, grads=gradients, lr=rates, momentum=shares)
def test_momentum_in_the_convention_that_puts_lr_inside(
    start: Array, grads: list[Array], lr: float, momentum: float
) -> None:
    w, v = start.copy(), np.zeros(SIZE)
    path = follow(lambda p: SGD(p, lr=lr, momentum=momentum), start, lambda t, w: grads[t])
    for t in range(STEPS):
        v = momentum * v - lr * grads[t]  # v ← βv − lr g,  w ← w + v  (Keras, cs231n)
        w = w + v
        np.testing.assert_allclose(path[t], w, rtol=1e-12, atol=1e-12)


@few
@given(start=vectors, grads=gradients, lr=rates, momentum=shares)
def test_momentum_in_the_convention_of_an_average(
    start: Array, grads: list[Array], lr: float, momentum: float
) -> None:
    w, v = start.copy(), np.zeros(SIZE)
    path = follow(lambda p: SGD(p, lr=lr, momentum=momentum), start, lambda t, w: grads[t])
    for t in range(STEPS):
        v = momentum * v + (1 - momentum) * grads[t]
        w = w - lr / (1 - momentum) * v
        np.testing.assert_allclose(path[t], w, rtol=1e-10, atol=1e-10)


@few
@given(start=vectors, grads=gradients, lr=rates, momentum=st.floats(0.01, 0.99))
def test_nesterov_in_the_rewritten_form(
    start: Array, grads: list[Array], lr: float, momentum: float
) -> None:
    w, v = start.copy(), np.zeros(SIZE)
    path = follow(
        lambda p: SGD(p, lr=lr, momentum=momentum, nesterov=True), start, lambda t, w: grads[t]
    )
    for t in range(STEPS):
        v_before, v = v, momentum * v - lr * grads[t]
        w = w - momentum * v_before + (1 + momentum) * v
        np.testing.assert_allclose(path[t], w, rtol=1e-11, atol=1e-11)


@few
@given(start=vectors, grads=gradients, lr=rates, decay=st.floats(0, 1))
def test_l2_is_weight_decay_for_plain_sgd(
    start: Array, grads: list[Array], lr: float, decay: float
) -> None:
    w = start.copy()
    path = follow(lambda p: SGD(p, lr=lr, weight_decay=decay), start, lambda t, w: grads[t])
    for t in range(STEPS):
        w = (1 - lr * decay) * w - lr * grads[t]
        np.testing.assert_allclose(path[t], w, rtol=1e-12, atol=1e-12)


@few
@given(start=vectors, grads=gradients, lr=rates, decay=st.floats(0, 1))
def test_l2_in_adam_is_a_term_of_the_gradient(
    start: Array, grads: list[Array], lr: float, decay: float
) -> None:
    inside = follow(lambda p: Adam(p, lr=lr, weight_decay=decay), start, lambda t, w: grads[t])
    outside = follow(lambda p: Adam(p, lr=lr), start, lambda t, w: grads[t] + decay * w)
    np.testing.assert_array_equal(inside, outside)


@few
@given(start=vectors, grads=gradients, lr=rates)
def test_adamw_without_decay_is_adam(start: Array, grads: list[Array], lr: float) -> None:
    adamw = follow(lambda p: AdamW(p, lr=lr, weight_decay=0), start, lambda t, w: grads[t])
    np.testing.assert_array_equal(
        adamw, follow(lambda p: Adam(p, lr=lr), start, lambda t, w: grads[t])
    )


@few
@given(start=vectors, grads=gradients, lr=rates, decay=st.floats(0, 1))
def test_adamw_is_a_decay_and_then_adam(
    start: Array, grads: list[Array], lr: float, decay: float
) -> None:
    adamw = follow(lambda p: AdamW(p, lr=lr, weight_decay=decay), start, lambda t, w: grads[t])
    w = start.copy()
    adam = Adam([w], lr=lr)
    for t in range(STEPS):
        w *= 1 - lr * decay
        adam.step([grads[t]])
        np.testing.assert_allclose(adamw[t], w, rtol=1e-12, atol=1e-12)


@few
@given(start=vectors, grads=gradients, lr=rates)
def test_rmsprop_is_adam_without_momentum_and_correction(
    start: Array, grads: list[Array], lr: float
) -> None:
    path = follow(lambda p: RMSprop(p, lr=lr, alpha=0.9, eps=0), start, lambda t, w: grads[t])
    steps = np.diff(path, axis=0, prepend=start[np.newaxis])
    adam = follow(lambda p: Adam(p, lr=lr, betas=(0, 0.9), eps=0), start, lambda t, w: grads[t])
    adam_steps = np.diff(adam, axis=0, prepend=start[np.newaxis])
    correction = np.sqrt(1 - 0.9 ** np.arange(1, STEPS + 1))[:, np.newaxis]
    np.testing.assert_allclose(steps * correction, adam_steps, rtol=1e-7, atol=1e-10)


@few
@given(start=vectors, grads=gradients, lr=rates)
def test_lion_moves_every_coordinate_by_lr(start: Array, grads: list[Array], lr: float) -> None:
    path = follow(lambda p: Lion(p, lr=lr), start, lambda t, w: grads[t])
    steps = np.abs(np.diff(path, axis=0, prepend=start[np.newaxis]))
    np.testing.assert_allclose(np.where(steps == 0, lr, steps), lr, rtol=1e-9)


@few
@given(start=vectors, grads=gradients, lr=rates, where=st.integers(1, SIZE - 1))
def test_splitting_a_parameter_changes_nothing(
    start: Array, grads: list[Array], lr: float, where: int
) -> None:
    for optimizer_class in (SGD, Adam, NAdam, RMSprop):
        whole = start.copy()
        parts = np.split(start.copy(), [where])
        one, two = optimizer_class([whole], lr=lr), optimizer_class(parts, lr=lr)
        for g in grads:
            one.step([g])
            two.step(np.split(g, [where]))
        np.testing.assert_array_equal(np.concatenate(parts), whole)


Make = Callable[[list[Array]], Any]

EVERY: dict[str, Make] = {
    "SGD": lambda p: SGD(p, momentum=0.9),
    "Adagrad": Adagrad,
    "Adadelta": Adadelta,
    "RMSprop": lambda p: RMSprop(p, momentum=0.5, centered=True),
    "Adam": lambda p: Adam(p, amsgrad=True),
    "AdamW": AdamW,
    "Adamax": Adamax,
    "NAdam": NAdam,
    "RAdam": RAdam,
    "Lion": Lion,
    "Rprop": Rprop,
    "Adafactor": Adafactor,
    "Muon": Muon,
    "ScheduleFreeSGD": ScheduleFreeSGD,
    "ScheduleFreeAdamW": ScheduleFreeAdamW,
    "LBFGS": lambda p: LBFGS(p, max_iter=2, lr=0.1),
}
every = pytest.mark.parametrize("name", EVERY)

# A gradient of shape (1, SIZE) -> what is given to step in its place, the error, and its words.
FAULTS: dict[str, tuple[Callable[[Array], Any], type[Exception], str]] = {
    "NaN": (lambda g: [g * np.nan], FloatingPointError, "gradient 0 has 3 NaN and 0 inf"),
    "inf": (lambda g: [g * np.inf], FloatingPointError, "gradient 0 has 0 NaN and 3 inf"),
    "transposed": (lambda g: [g.T], ValueError, r"shape \(3, 1\) and its parameter \(1, 3\)"),
    "flat": (lambda g: [g[0]], ValueError, r"shape \(3,\) and its parameter \(1, 3\)"),
    "empty": (lambda g: [g[:, :0]], ValueError, r"shape \(1, 0\) and its parameter \(1, 3\)"),
    "narrow": (lambda g: [g.astype(np.float32)], ValueError, "float32 and its parameter float64"),
    "integers": (lambda g: [g.astype(int)], ValueError, "int64 and its parameter float64"),
    "lists": (lambda g: [g.tolist()], TypeError, "gradient 0 is a list; make it an array"),
    "none": (lambda g: [], ValueError, "0 gradients for 1 parameters"),
    "two": (lambda g: [g, g], ValueError, "2 gradients for 1 parameters"),
    "bare": (lambda g: g, TypeError, r"pass a list, as in step\(\[grad\]\)"),
    "nothing": (lambda g: None, TypeError, "grads is a NoneType; pass a list"),
}


def take(optimizer: Any, grads: Any) -> None:
    """Take a step, with a closure where that is needed."""
    optimizer.step((lambda: (1.0, grads)) if isinstance(optimizer, LBFGS) else grads)


@every
@few
@given(
    start=vectors,
    grads=gradients,
    when=st.integers(0, STEPS - 1),
    fault=st.sampled_from(sorted(FAULTS)),
)
def test_a_refused_step_leaves_no_trace(
    name: str, start: Array, grads: list[Array], when: int, fault: str
) -> None:
    spoil, error, words = FAULTS[fault]
    disturbed, calm = start[np.newaxis].copy(), start[np.newaxis].copy()
    optimizer, undisturbed = EVERY[name]([disturbed]), EVERY[name]([calm])
    for t, g in enumerate(grads):
        if t == when:
            with pytest.raises(error, match=words):
                take(optimizer, spoil(g[np.newaxis]))
        take(optimizer, [g[np.newaxis]])
        take(undisturbed, [g[np.newaxis]])
    np.testing.assert_array_equal(disturbed, calm)
    expected = undisturbed.state_dict()
    assert optimizer.state_dict().keys() == expected.keys()
    for key, value in optimizer.state_dict().items():
        np.testing.assert_array_equal(value, expected[key], err_msg=key)


@every
@few
@given(grads=st.lists(arrays(float, (1, SIZE), elements=st.floats(-1e300, 1e300)), max_size=STEPS))
def test_finite_gradients_of_any_size_are_taken(name: str, grads: list[Array]) -> None:
    w = np.ones((1, SIZE))
    optimizer = EVERY[name]([w])
    with np.errstate(all="raise"):
        for g in grads:
            take(optimizer, [g])
    assert optimizer.step_count == len(grads)


def test_every_optimizer_is_disturbed() -> None:
    assert set(EVERY) == set(pylib.optimizers.__all__) - {"Optimizer", "GradientOptimizer"}
