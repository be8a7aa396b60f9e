"""Models: gradients against central differences, hand-worked values, shapes and refusals."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pylib._typing import FloatArray
from pylib.models import (
    MLP,
    RNN,
    LinearRegression,
    LogisticRegression,
    Model,
    SegmentationNet,
    SoftmaxRegression,
)
from pylib.models.activations import sigmoid, softmax

MODELS: dict[str, tuple[Callable[[], Model], tuple[int, ...]]] = {
    "linear": (lambda: LinearRegression(3), (5, 3)),
    "logistic": (lambda: LogisticRegression(3), (5, 3)),
    "softmax": (lambda: SoftmaxRegression(3, 4), (5, 3)),
    "mlp-relu": (lambda: MLP([3, 6, 5, 4], "relu", seed=1), (5, 3)),
    "mlp-tanh": (lambda: MLP([3, 6, 5, 4], "tanh", seed=1), (5, 3)),
    "mlp-sigmoid": (lambda: MLP([3, 6, 4], "sigmoid", seed=1), (5, 3)),
    "mlp-one-output": (lambda: MLP([3, 6, 1], "tanh", seed=1), (5, 3)),
    "mlp-no-hidden": (lambda: MLP([3, 2], seed=1), (5, 3)),
    "segmentation-probabilities": (lambda: SegmentationNet(3, 2, seed=1), (2, 7, 6)),
    "segmentation-logits": (lambda: SegmentationNet(2, 1, seed=1, output="logits"), (2, 7, 6)),
    "rnn-last": (lambda: RNN(2, 5, 3, seed=1), (4, 6, 2)),
    "rnn-last-one-output": (lambda: RNN(2, 5, seed=1), (4, 6, 2)),
    "rnn-every-step": (lambda: RNN(2, 5, 3, seed=1, every_step=True), (4, 6, 2)),
    "rnn-truncate-longer-than-sequence": (lambda: RNN(2, 5, 3, seed=1, truncate=9), (4, 6, 2)),
}


def differences(
    f: Callable[[], float], params: list[FloatArray], h: float = 1e-6
) -> list[FloatArray]:
    """(f(w + h) - f(w - h)) / 2h for each number of each array."""
    result = []
    for param in params:
        grad = np.empty_like(param)
        for index in np.ndindex(param.shape):
            kept = param[index]
            param[index] = kept + h
            above = f()
            param[index] = kept - h
            below = f()
            param[index] = kept
            grad[index] = (above - below) / (2 * h)
        result.append(grad)
    return result


@pytest.mark.parametrize("name", MODELS)
def test_backward_agrees_with_central_differences(name: str) -> None:
    build, shape = MODELS[name]
    model = build()
    rng = np.random.default_rng(0)
    for param in model.params:  # away from zero weights and from the kinks of dead ReLUs
        param += 0.3 * rng.standard_normal(param.shape)
    X = rng.standard_normal(shape)
    weights = rng.standard_normal(model.forward(X).shape)

    numeric = differences(lambda: float((model.forward(X) * weights).sum()), model.params)
    model.forward(X)
    grads = model.backward(weights)

    assert [g.shape for g in grads] == [w.shape for w in model.params]
    for grad, expected in zip(grads, numeric, strict=True):
        np.testing.assert_allclose(grad, expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", MODELS)
def test_two_of_a_seed_are_alike_and_share_nothing(name: str) -> None:
    build, shape = MODELS[name]
    one, two = build(), build()
    X = np.random.default_rng(2).standard_normal(shape)
    np.testing.assert_array_equal(one.forward(X), two.forward(X))
    for a, b in zip(one.params, two.params, strict=True):
        assert a.dtype == np.float64
        assert a.flags.writeable
        assert not np.shares_memory(a, b)


@pytest.mark.parametrize("name", MODELS)
def test_backward_leaves_the_gradient_it_was_given(name: str) -> None:
    build, shape = MODELS[name]
    model = build()
    grad = np.ones_like(model.forward(np.random.default_rng(2).standard_normal(shape)))
    model.backward(grad)
    assert (grad == 1).all()


@pytest.mark.parametrize("name", MODELS)
def test_misuse_is_named(name: str) -> None:
    build, shape = MODELS[name]
    model = build()
    with pytest.raises(RuntimeError, match="call forward"):
        model.backward(np.ones(3))
    with pytest.raises(ValueError, match=r"takes X of shape .* got \(2, 2, 2, 2\)"):
        model.forward(np.ones((2, 2, 2, 2)))
    with pytest.raises(TypeError, match="takes numbers"):
        model.forward(np.full(shape, "a"))
    model.forward(np.ones(shape))
    with pytest.raises(ValueError, match=r"grad_output has shape \(7, 7\)"):
        model.backward(np.ones((7, 7)))


def test_wrong_number_of_features_names_both() -> None:
    with pytest.raises(ValueError, match=r"X of shape \(N, 2\), and got \(4, 3\)"):
        LinearRegression(2).forward(np.ones((4, 3)))
    with pytest.raises(ValueError, match=r"write X\[:, None\]"):
        LinearRegression(1).forward(np.ones(4))


def test_integers_and_float32_are_computed_in_the_dtype_of_the_weights() -> None:
    model = LinearRegression(1)
    assert model.forward(np.array([[1], [2]])).dtype == np.float64
    assert model.forward(np.ones((2, 1), np.float32)).dtype == np.float64


FLOAT32: dict[str, tuple[Model, tuple[int, ...]]] = {
    "linear": (LinearRegression(3, dtype=np.float32), (5, 3)),
    "softmax": (SoftmaxRegression(3, 4, dtype=np.float32), (5, 3)),
    "mlp-relu": (MLP([3, 6, 4], seed=1, dtype=np.float32), (5, 3)),
    "mlp-sigmoid": (MLP([3, 6, 1], "sigmoid", seed=1, dtype=np.float32), (5, 3)),
    "segmentation": (SegmentationNet(2, 1, seed=1, dtype=np.float32), (2, 7, 6)),
    "rnn": (RNN(2, 5, seed=1, dtype=np.float32), (4, 6, 2)),
}


@pytest.mark.parametrize("name", FLOAT32)
def test_a_float32_model_stays_in_float32(name: str) -> None:
    model, shape = FLOAT32[name]
    output = model.forward(np.random.default_rng(0).standard_normal(shape))
    grads = model.backward(np.ones(output.shape))
    assert output.dtype == np.float32
    assert {array.dtype for array in [*model.params, *grads]} == {np.dtype(np.float32)}
    assert np.asarray(model.predict(np.ones(shape))).dtype in (np.float32, np.int64)


def test_other_dtypes_are_refused() -> None:
    with pytest.raises(TypeError, match="dtype is int64"):
        LinearRegression(1, dtype=int)


def test_mlp_by_hand() -> None:
    """2-2-1 with ReLU: h = max(0, (1, -2)·W1 + b1) = (0, 2.5), output 3·2.5 + 1."""
    model = MLP([2, 2, 1])
    W1, b1, W2, b2 = model.params
    W1[:], b1[:] = [[1.0, 0.5], [1.0, -1.0]], [0.0, 0.0]
    W2[:], b2[:] = [[2.0], [3.0]], [1.0]
    assert model.forward([[1.0, -2.0]]).tolist() == [8.5]
    dW1, db1, dW2, db2 = model.backward([1.0])
    assert dW1.tolist() == [[0.0, 3.0], [0.0, -6.0]]
    assert db1.tolist() == [0.0, 3.0]
    assert dW2.tolist() == [[0.0], [2.5]]
    assert db2.tolist() == [1.0]


def test_start_keeps_the_size_of_signals() -> None:
    """He before a ReLU, 1/fan_in at the output: outputs have a variance near 1."""
    X = np.random.default_rng(0).standard_normal((200, 256))
    for activation in ("relu", "tanh"):
        model = MLP([256, 256, 256, 64], activation, seed=3)
        np.testing.assert_allclose(
            model.params[0].std() ** 2 * 256, 2 if activation == "relu" else 1, rtol=0.02
        )
        np.testing.assert_allclose(model.params[4].std() ** 2 * 256, 1, rtol=0.05)
        assert 0.2 < model.forward(X).var() < 2


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: MLP([3]), r"sizes is \[3\]; it must be the widths"),
        (lambda: MLP([3, 0]), r"sizes\[1\] is 0; it must be a whole number of at least 1"),
        (lambda: MLP([3, 2], "step"), "'relu', 'sigmoid', 'tanh'"),
        (lambda: MLP([3, 2], task="binary"), "binary takes 1"),
        (lambda: MLP([3, 1], task="multiclass"), "multiclass 2 or more"),
        (lambda: MLP([3, 1], task="segmentation"), "it must be one of 'regression'"),
        (lambda: LinearRegression(0), "in_features is 0"),
        (lambda: SoftmaxRegression(2, 0), "classes is 0"),
        (lambda: SegmentationNet(channels=0), "channels is 0"),
        (lambda: SegmentationNet(output="mask"), "'probabilities', 'logits'"),  # type: ignore[arg-type]
        (lambda: RNN(2, 0), "hidden is 0"),
        (lambda: RNN(2, 4, truncate=0), "truncate is 0"),
        (lambda: RNN(2, 4, task="multiclass"), "multiclass 2 or more"),
    ],
)
def test_settings_that_do_not_fit(build: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(
    "build",
    [
        lambda: MLP(3),  # type: ignore[arg-type]
        lambda: MLP([3, 2.5]),  # type: ignore[list-item]
        lambda: MLP([3, 1], activation=None),  # type: ignore[arg-type]
        lambda: MLP([3, 1], task=True),  # type: ignore[arg-type]
        lambda: LinearRegression(True),
        lambda: SoftmaxRegression(2, "3"),  # type: ignore[arg-type]
        lambda: SegmentationNet(layers=2.0),  # type: ignore[arg-type]
        lambda: SegmentationNet(output=1),  # type: ignore[arg-type]
        lambda: RNN(2, None),  # type: ignore[arg-type]
        lambda: RNN(2, 4, every_step=1),  # type: ignore[arg-type]
    ],
)
def test_settings_of_the_wrong_kind(build: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match="it must be"):
        build()


def test_predictions_of_each_task() -> None:
    X = np.array([[2.0], [-1.0]])
    line = LinearRegression()
    line.w[:] = 3.0
    assert line.predict(X).tolist() == [6.0, -3.0]
    with pytest.raises(TypeError, match="predicts values"):
        line.predict_proba(X)
    logistic = LogisticRegression()
    logistic.w[:] = 3.0
    assert logistic.predict(X).tolist() == [1, 0]
    np.testing.assert_allclose(
        logistic.predict_proba(X), [1 / (1 + np.exp(-6)), 1 / (1 + np.exp(3))]
    )
    many = SoftmaxRegression(1, 3)
    many.W[:] = [[0.0, 1.0, -1.0]]
    assert many.predict(X).tolist() == [1, 2]
    np.testing.assert_allclose(many.predict_proba(X).sum(axis=1), 1)
    binary = MLP([1, 4, 1], task="binary")
    assert set(binary.predict(X).tolist()) <= {0, 1}
    assert binary.predict_proba(X).shape == (2,)
    assert MLP([1, 4, 1]).predict(X).shape == (2,)
    images = np.random.default_rng(0).standard_normal((2, 8, 8))
    for output in ("probabilities", "logits"):
        net = SegmentationNet(2, 1, output=output)
        mask = net.predict(images)
        assert set(np.unique(mask)) <= {0.0, 1.0}
        np.testing.assert_array_equal(mask == 1, net.predict_proba(images) > 0.5)


def test_classifiers_start_undecided() -> None:
    np.testing.assert_allclose(LogisticRegression(4).predict_proba(np.ones((1, 4))), 0.5)
    np.testing.assert_allclose(SoftmaxRegression(4, 10).predict_proba(np.ones((1, 4))), 0.1)


def test_activations_do_not_overflow() -> None:
    z = np.array([-1e4, -800.0, 0.0, 800.0, 1e4])
    assert sigmoid(z).tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]
    np.testing.assert_array_equal(softmax(np.array([[1e4, -1e4]])), [[1.0, 0.0]])


def test_convolution_agrees_with_the_sum_written_out() -> None:
    rng = np.random.default_rng(0)
    net = SegmentationNet(channels=1, layers=1, output="logits")
    W, b, last, last_b = net.params
    W[...] = rng.random(W.shape)  # positive weights and inputs: the ReLU lets all through
    last[...], last_b[...], b[...] = 1.0, 0.0, 0.5
    X = rng.random((1, 4, 5))
    padded = np.zeros((6, 7))
    padded[1:-1, 1:-1] = X[0]
    expected = [
        [0.5 + (padded[i : i + 3, j : j + 3] * W[:, :, 0, 0]).sum() for j in range(5)]
        for i in range(4)
    ]
    np.testing.assert_allclose(net.forward(X)[0], expected)


def test_truncation_forgets_what_lies_before_the_cut() -> None:
    """With the last of 6 steps asked, k = 2 must give the gradient of steps 5 and 6 alone."""
    rng = np.random.default_rng(0)
    X, grad = rng.standard_normal((4, 6, 2)), rng.standard_normal((4, 3))
    cut, full = RNN(2, 5, 3, seed=1, truncate=2), RNN(2, 5, 3, seed=1)
    np.testing.assert_array_equal(cut.forward(X), full.forward(X))
    short = cut.backward(grad)
    # dW_x by hand: dz_6 = dh_6 (1 - h_6²), dz_5 = dz_6 W_hᵀ (1 - h_5²)
    _, W_h, _, W_o, _ = full.params
    h = full._states
    dz6 = (grad @ W_o.T) * (1 - h[6] ** 2)
    dz5 = (dz6 @ W_h.T) * (1 - h[5] ** 2)
    np.testing.assert_allclose(short[0], X[:, 5].T @ dz6 + X[:, 4].T @ dz5)
    np.testing.assert_allclose(short[1], h[5].T @ dz6 + h[4].T @ dz5)
    assert not np.allclose(short[0], full.backward(grad)[0])


def test_truncation_cuts_between_chunks_at_every_step() -> None:
    """With an output at each step, chunks of 3 give the sum of two runs from a kept state."""
    rng = np.random.default_rng(0)
    X, grad = rng.standard_normal((4, 6, 2)), rng.standard_normal((4, 6))
    cut = RNN(2, 5, seed=1, truncate=3, every_step=True)
    cut.forward(X)
    grads = cut.backward(grad)
    first = RNN(2, 5, seed=1, every_step=True)
    first.forward(X[:, :3])
    early = first.backward(grad[:, :3])
    full = RNN(2, 5, seed=1, every_step=True)
    full.forward(X)
    only_late = np.where(np.arange(6) < 3, 0.0, grad)
    cut.forward(X)
    late = cut.backward(only_late)
    for whole, one, two in zip(grads, early, late, strict=True):
        np.testing.assert_allclose(whole, one + two)


def test_rnn_needs_a_step() -> None:
    with pytest.raises(ValueError, match="at least one step"):
        RNN(2, 3).forward(np.ones((4, 0, 2)))
