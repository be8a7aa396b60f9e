"""What must hold for optimizers whatever the numbers are: invariances and identities."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pylib.optimizers import SGD, Adam, AdamW, Lion, NAdam, RMSprop

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


@few
@given(
    start=vectors,
    grads=gradients,
    when=st.integers(0, STEPS - 1),
    where=st.integers(0, SIZE - 1),
    bad=st.sampled_from([np.nan, np.inf, -np.inf]),
)
def test_a_refused_step_leaves_no_trace(
    start: Array, grads: list[Array], when: int, where: int, bad: float
) -> None:
    for make in (Adam, RMSprop, lambda p: SGD(p, momentum=0.9)):
        disturbed = start.copy()
        optimizer = make([disturbed])
        for t, g in enumerate(grads):
            if t == when:
                spoiled = g.copy()
                spoiled[where] = bad
                try:
                    optimizer.step([spoiled])
                except FloatingPointError as error:
                    assert f"at step {t + 1}" in str(error)
                else:
                    raise AssertionError("the step was not refused")
            optimizer.step([g])
        calm = follow(make, start, lambda t, w: grads[t])
        np.testing.assert_array_equal(disturbed, calm[-1])
