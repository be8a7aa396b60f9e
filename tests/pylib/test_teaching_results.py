"""The results that the lesson builds on, each computed anew with pylib.

Every test names its source and states the numbers. They were first computed with NumPy, PyTorch
2.13 and scikit-learn 1.9; seeded ones have tolerances. A walk's count is the first step whose value
is below 1e-4.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pylib._typing import FloatArray
from pylib.data import load_breast_cancer, load_digits, load_iris, make_moons
from pylib.gradcheck import numerical_gradient
from pylib.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    BinaryFocalLoss,
    CrossEntropyLoss,
    DiceLoss,
    HuberLoss,
    IoULoss,
    L1Loss,
    MSELoss,
)
from pylib.models import MLP, LinearRegression, LogisticRegression, SoftmaxRegression
from pylib.models.activations import sigmoid
from pylib.optimizers import (
    LBFGS,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    RMSprop,
    ScheduleFreeSGD,
)
from pylib.optimizers.muon import newton_schulz
from pylib.schedules import CosineAnnealingLR, LinearLR
from pylib.surfaces import Beale, DoubleWell, Function, Parabola, Quadratic, Rosenbrock, Saddle
from pylib.training import (
    Trace,
    WeightEMA,
    clip_grad_norm_,
    clip_grad_value_,
    fit,
    minimize,
)


def bowl(*curvatures: float, minimum: float = 0.0) -> Function:
    """f(w) = Σ cᵢ (wᵢ − minimum)² / 2."""
    c = np.array(curvatures)
    return Function(
        lambda w: float((c * (w - minimum) ** 2).sum() / 2), lambda w: c * (w - minimum)
    )


def slope_only(gradient: Callable[[FloatArray], FloatArray]) -> Function:
    """A function of which only the gradient matters."""
    return Function(lambda w: 0.0, gradient)


def first_below(trace: Trace, level: float = 1e-4) -> int:
    below = np.flatnonzero(trace.values < level)
    return int(below[0]) if len(below) else -1


@pytest.mark.parametrize(("lr", "end"), [(0.2, 0.060466), (0.05, 3.486784), (1.1, 61.917364)])
def test_01_gradient_descent_on_a_square(lr: float, end: float) -> None:
    """x² from 10, 10 steps (d2l.ai, gradient descent)."""
    trace = minimize(Parabola(2.0), SGD, [10.0], steps=10, lr=lr)
    np.testing.assert_allclose(trace.path[-1], end, atol=1e-6)


@pytest.mark.parametrize(
    ("lr", "momentum", "end"),
    [
        (0.4, 0.0, (-0.943467, -0.000073)),
        (0.6, 0.0, (-0.387814, -1673.365)),
        (0.6, 0.5, (0.007188, 0.002553)),
        (0.6, 0.25, (-0.126340, -0.186632)),
    ],
)
def test_02_momentum_on_an_ill_conditioned_bowl(
    lr: float, momentum: float, end: tuple[float, float]
) -> None:
    """0.1 x² + 2 y² from (-5, -2), 20 steps (d2l.ai, momentum)."""
    trace = minimize(bowl(0.2, 4.0), SGD, [-5.0, -2.0], steps=20, lr=lr, momentum=momentum)
    np.testing.assert_allclose(trace.path[-1], end, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("optimizer", "lr", "settings", "end"),
    [
        (Adagrad, 0.4, {}, (-2.382563, -0.158591)),
        (Adagrad, 2.0, {}, (-0.002295, 0.0)),
        (RMSprop, 0.4, {"alpha": 0.9}, (-0.010599, 0.0)),
    ],
)
def test_03_adaptive_rates_on_the_same_bowl(
    optimizer: Any, lr: float, settings: dict[str, Any], end: tuple[float, float]
) -> None:
    """As above (d2l.ai, adagrad and rmsprop; its eps stands inside the root: 2e-6 apart)."""
    trace = minimize(bowl(0.2, 4.0), optimizer, [-5.0, -2.0], steps=20, lr=lr, **settings)
    np.testing.assert_allclose(trace.path[-1], end, atol=2e-6)


def test_04_best_rates_with_and_without_momentum() -> None:
    """Curvatures 0.01, 0.1, 1: rates 0.980198 and 0.818182 per step (distill.pub, momentum)."""
    surface, start = bowl(0.01, 0.1, 1.0), np.ones(3)
    plain = minimize(surface, SGD, start, steps=1000, lr=2 / 1.01)
    heavy = minimize(surface, SGD, start, steps=300, lr=3.305785, momentum=0.669421)
    for trace, count in ((plain, 709), (heavy, 95)):
        norms = np.linalg.norm(trace.path, axis=1)
        assert int(np.argmax(norms < 1e-6)) == count
    norms = np.linalg.norm(plain.path, axis=1)
    np.testing.assert_allclose(norms[1:][700] / norms[:-1][700], 0.980198, atol=1e-6)
    # the double root makes the error t · ρᵗ, so the rate shows between far apart steps
    norms = np.linalg.norm(heavy.path, axis=1)
    np.testing.assert_allclose((norms[200] / norms[100] / 2) ** 0.01, 0.818182, rtol=2e-3)


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.99])
def test_05_heavy_ball_is_stable_below_its_edge(beta: float) -> None:
    """Stable for lr·λ < 2 + 2β; complex roots have modulus √β (distill.pub, corrected)."""

    def radius(rate: float) -> float:
        """The largest factor per step of (v, x), read off two steps of SGD's linear map."""
        columns = []
        for v, x in np.eye(2):
            w = np.array([x])
            optimizer = SGD([w], lr=rate, momentum=beta)
            optimizer.step([np.array([v])])  # leaves momentum_buffer = v
            w[:] = x
            optimizer.step([w.copy()])
            buffer = optimizer.state[0].get("momentum_buffer", w * 0)
            columns.append([buffer.item(), w.item()])
        return float(np.abs(np.linalg.eigvals(np.array(columns).T)).max())

    assert radius(0.99 * (2 + 2 * beta)) < 1 < radius(1.01 * (2 + 2 * beta))
    if beta:
        np.testing.assert_allclose(radius(1.0), np.sqrt(beta))


def test_06_heavy_ball_can_cycle() -> None:
    """A smooth, strongly convex function with a 3-cycle (Lessard and others, 1408.3595)."""
    surface = slope_only(lambda x: np.where(x < 1, 25 * x, np.where(x < 2, x + 24, 25 * x - 24)))

    def walk(start: float, lr: float = 1 / 9, momentum: float = 4 / 9) -> FloatArray:
        return minimize(surface, SGD, [start], steps=300, lr=lr, momentum=momentum).path[:, 0]

    cycle = np.sort(np.array([792.0, -2208.0, 2592.0]) / 1225)
    np.testing.assert_allclose(np.sort(walk(3.3)[-3:]), cycle, atol=1e-6)
    np.testing.assert_allclose(cycle, np.sort([0.646531, -1.802449, 2.115918]), atol=1e-6)
    for start in (3.0, 3.6):
        np.testing.assert_allclose(walk(start)[-1], 0, atol=1e-12)
    np.testing.assert_allclose(walk(3.3, lr=2 / 26, momentum=0.0)[-1], 0, atol=1e-9)


@pytest.mark.parametrize(
    ("optimizer", "settings"), [(SGD, {}), (SGD, {"momentum": 0.9}), (Adam, {})]
)
def test_07_news_travels_one_node_per_step(optimizer: Any, settings: dict[str, Any]) -> None:
    """A path graph of 25 nodes, condition 100, from 0: 10 nonzeros after 10 steps (distill.pub)."""
    n = 25
    graph = 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
    graph[0, 0] = graph[-1, -1] = 1
    A = graph + np.linalg.eigvalsh(graph)[-1] / 99 * np.eye(n)
    np.testing.assert_allclose(np.linalg.cond(A), 100)
    surface = slope_only(lambda w: A @ w - np.eye(n)[0])
    trace = minimize(surface, optimizer, np.zeros(n), steps=10, lr=0.1, **settings)
    assert np.count_nonzero(trace.path[-1]) == 10


@pytest.mark.parametrize(
    ("lr", "momentum", "variance"), [(0.1, 0.0, 0.0526), (0.5, 0.0, 0.3333), (0.1, 0.9, 0.5135)]
)
def test_08_noise_ball(lr: float, momentum: float, variance: float) -> None:
    """Gradient x + N(0, 1): variance lr(1+β) / ((1−β)(2(1+β)−lr)) (after 1907.04164)."""
    trace = minimize(
        slope_only(np.copy), SGD, np.zeros(2000), 500, lr, noise=1.0, momentum=momentum
    )
    formula = lr * (1 + momentum) / ((1 - momentum) * (2 * (1 + momentum) - lr))
    np.testing.assert_allclose(formula, variance, atol=5e-5)
    np.testing.assert_allclose(trace.path[200:].var(), formula, rtol=0.02)


def test_09_adam_goes_to_the_wrong_end() -> None:
    """Gradients 3, −1, −1 on [−1, 1], minimum −1 (Reddi and others, 1904.09237)."""

    def walk(lr: Callable[[int], float], **settings: Any) -> FloatArray:
        x = np.array([1.0])
        optimizer = Adam([x], lr=1.0, **settings)
        path = []
        for t in range(1, 3001):
            optimizer.lr = lr(t)
            optimizer.step([np.array([3.0 if t % 3 == 1 else -1.0])])
            path.append(np.clip(x, -1, 1, out=x).item())
        return np.array(path)

    def uncorrected(t: int) -> float:
        """0.5/√t, and what takes Adam's bias correction away: 1/√(1 − b2ᵗ)."""
        return float(0.5 / np.sqrt(t) / np.sqrt(1 - 0.1**t))

    adam = walk(uncorrected, betas=(0.0, 0.1))
    np.testing.assert_allclose(adam[0], 0.473, atol=5e-4)
    assert adam[-1] == 1.0
    assert adam[2400:].min() > 0.989
    amsgrad = walk(uncorrected, betas=(0.0, 0.1), amsgrad=True)
    np.testing.assert_allclose(amsgrad[-1], -0.9936, atol=5e-5)
    assert walk(lambda t: 0.01)[-1] == -1.0  # the usual betas find it


@pytest.mark.parametrize(
    ("amsgrad", "ends"), [(False, (0.9955, 0.9547)), (True, (-0.0817, -0.8169))]
)
def test_10_adam_forgets_the_rare_large_gradient(amsgrad: bool, ends: tuple[float, float]) -> None:
    """Gradient 1010 once in 101 steps, else −10, in [−1, 1], 1e5 steps (1904.09237).

    Both rates run at once: steps at lr = 0.01 in [−1, 1] are those at 0.001 in [−0.1, 0.1].
    """
    edge = np.array([1.0, 0.1])
    x = np.zeros(2)
    optimizer = Adam([x], lr=1e-3, betas=(0.9, 0.99), amsgrad=amsgrad)
    rare, usual = [np.full(2, 1010.0)], [np.full(2, -10.0)]
    for t in range(1, 100_001):
        optimizer.step(rare if t % 101 == 1 else usual)
        np.minimum(np.maximum(x, -edge, out=x), edge, out=x)
    np.testing.assert_allclose(x / edge, ends, atol=5e-5)


def test_11_adaptive_methods_can_generalise_worse() -> None:
    """30 positive, 20 negative rows; adaptive weights are ±1/4 (Wilson and others, 1705.08292)."""
    y = np.repeat([1.0, -1.0], [30, 20])
    X = np.zeros((50, 3 + 30 + 5 * 20))
    X[:, 0], X[:, 1:3] = y, 1
    private = 3
    for row, label in enumerate(y):
        count = 1 if label > 0 else 5
        X[row, private : private + count] = 1
        private += count
    signs = np.sign(X.T @ y)
    np.testing.assert_array_equal(X @ signs, 4 * y)
    surface = slope_only(lambda w: X.T @ (X @ w - y) / 50)
    unseen = np.array([[1.0, 1, 1], [-1.0, 1, 1]])  # rows without private features known so far
    for optimizer, lr in ((Adam, 0.01), (Adagrad, 0.1), (RMSprop, 0.001)):
        w = minimize(surface, optimizer, np.zeros(133), steps=2000, lr=lr).path[-1]
        np.testing.assert_allclose(w, signs / 4, atol=1e-4)
        np.testing.assert_allclose(unseen @ w[:3], [0.75, 0.25], atol=1e-4)
    w = minimize(surface, SGD, np.zeros(133), steps=2000, lr=0.3, momentum=0.9).path[-1]
    np.testing.assert_allclose(w, np.linalg.pinv(X) @ y, atol=1e-8)
    np.testing.assert_allclose(unseen @ w[:3], [0.9840, -0.8862], atol=5e-5)


@pytest.mark.parametrize(
    ("start", "lr", "end"), [(2.0, 0.01, -1.0467), (2.0, 0.1, 0.9456), (-2.0, 0.02, 0.9456)]
)
def test_12_momentum_leaves_either_well(start: float, lr: float, end: float) -> None:
    """x⁴/4 − x²/2 + x/10: the lower well is at −1.0467, and the last walk leaves it."""
    trace = minimize(DoubleWell(), SGD, [start], steps=2000, lr=lr, momentum=0.9)
    np.testing.assert_allclose(trace.path[-1], end, atol=5e-5)


@pytest.mark.parametrize(
    ("optimizer", "settings", "steps"),
    [(SGD, {}, 931), (SGD, {"momentum": 0.9}, 185), (Adam, {}, 77)],
)
def test_13_leaving_a_saddle(optimizer: Any, settings: dict[str, Any], steps: int) -> None:
    """x² − y² from (1, 1e-8), lr 0.01: steps until |y| > 1."""
    trace = minimize(Saddle(), optimizer, [1.0, 1e-8], 1000, 0.01, report=None, **settings)
    assert int(np.argmax(np.abs(trace.path[:, 1]) > 1)) == steps


@pytest.mark.parametrize(
    ("optimizer", "lr", "settings", "steps"),
    [
        (SGD, 1e-3, {}, 9339),
        (SGD, 1e-3, {"momentum": 0.9}, 836),
        (Adam, 0.01, {}, 3518),
        (Adam, 0.05, {}, 1317),
        (Adam, 0.1, {}, 873),
    ],
)
def test_14_race_through_the_banana_valley(
    optimizer: Any, lr: float, settings: dict[str, Any], steps: int
) -> None:
    trace = minimize(Rosenbrock(), optimizer, [-1.2, 1.0], steps + 10, lr, **settings)
    assert first_below(trace) == steps


def test_14_rmsprop_at_a_constant_rate_does_not_arrive() -> None:
    """At 0.01 it hovers, and is not below 1e-4 within 20 000 steps."""
    trace = minimize(Rosenbrock(), RMSprop, [-1.2, 1.0], steps=20_000, lr=0.01)
    assert len(trace.lrs) == 20_000
    assert first_below(trace) == -1


@pytest.mark.parametrize(("tolerance", "iterations", "count"), [(1e-9, 35, 43), (1e-12, 36, 44)])
def test_14_lbfgs_needs_44_evaluations(tolerance: float, iterations: int, count: int) -> None:
    """Counts of torch.optim.LBFGS 2.13 with strong_wolfe, stopped by tolerance_change."""
    surface, w, values = Rosenbrock(), np.array([-1.2, 1.0]), []

    def closure() -> tuple[float, list[FloatArray]]:
        values.append(float(surface(w)))
        return values[-1], [surface.gradient(w)]

    optimizer = LBFGS(
        [w],
        line_search_fn="strong_wolfe",
        max_iter=100,
        max_eval=200,
        tolerance_change=tolerance,
    )
    optimizer.step(closure)
    assert surface(w) < 1e-9
    assert (int(optimizer.state[0]["n_iter"]), len(values)) == (iterations, count)


def test_14_conditioning_of_the_valley() -> None:
    curvatures = np.linalg.eigvalsh(Rosenbrock().hessian([1.0, 1.0]))
    np.testing.assert_allclose(curvatures[1] / curvatures[0], 2508, atol=0.5)
    np.testing.assert_allclose(2 / curvatures[1], 0.001997, atol=5e-7)


@pytest.mark.parametrize(
    ("optimizer", "lr", "settings", "steps"),
    [(SGD, 0.01, {}, 895), (SGD, 0.01, {"momentum": 0.9}, 103), (Adam, 0.1, {}, 138)],
)
def test_15_race_on_beale(optimizer: Any, lr: float, settings: dict[str, Any], steps: int) -> None:
    trace = minimize(Beale(), optimizer, [1.0, 1.0], steps + 10, lr, **settings)
    assert first_below(trace) == steps
    np.testing.assert_allclose(trace.path[-1], [3, 0.5], atol=0.05)


@pytest.mark.parametrize(
    ("optimizer", "lr", "straight", "turned"),
    [(SGD, 0.0198, 326, 326), (Adam, 0.01, 261, 2718), (Adagrad, 0.1, 193, 7378)],
)
def test_16_adaptive_rates_depend_on_the_axes(
    optimizer: Any, lr: float, straight: int, turned: int
) -> None:
    """(x² + 100 y²)/2 as it is and turned by 45° (after an exercise of d2l.ai, rmsprop)."""
    for angle, steps in ((0.0, straight), (45.0, turned)):
        cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        start = [cos - sin, sin + cos]  # (1, 1) in the bowl's own axes
        trace = minimize(Quadratic(100.0, angle), optimizer, start, steps + 10, lr)
        assert first_below(trace) == steps


def test_17_decay_and_penalty_end_at_different_points() -> None:
    """Minimum 10, wd 0.5: Adam + L2 at 10c/(c + 0.5), AdamW at 1/wd (Xie and Li, ICML 2024)."""
    c = np.array([100.0, 1.0, 0.01])

    def end(optimizer: Any, minimum: float) -> FloatArray:
        trace = minimize(
            bowl(*c, minimum=minimum),
            optimizer,
            np.zeros(3),
            steps=20_000,
            schedule=LinearLR(0.01, start_factor=1.0, end_factor=0.0, total_iters=20_000),
            weight_decay=0.5,
        )
        last: FloatArray = trace.path[-1]
        return last

    penalty = end(Adam, 10.0)
    np.testing.assert_allclose(penalty, [9.9502, 6.6667, 0.1961], atol=5e-5)
    np.testing.assert_allclose(penalty, 10 * c / (c + 0.5), rtol=1e-6)
    np.testing.assert_allclose(end(AdamW, 10.0), 2, atol=1e-5)
    np.testing.assert_allclose(end(AdamW, 1.0), 1, atol=1e-4)


@pytest.mark.parametrize(
    ("loss", "best"),
    [
        (BCELoss(), 0.01),
        (MSELoss(), 0.01),
        (L1Loss(), 0.0),
        (BinaryFocalLoss(alpha=None, gamma=2.0), 0.1536),
        (DiceLoss(smooth=0.0), 1.0),
        (IoULoss(smooth=0.0), 1.0),
        (DiceLoss(smooth=0.0, squared=True), 0.1),
        (BCEWithLogitsLoss(pos_weight=99.0), 0.5),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, float) else str(value),
)
def test_18_which_probability_each_loss_asks_for(loss: Any, best: float) -> None:
    """The best constant answer where 1 of 100 is positive."""
    y = np.zeros(100)
    y[0] = 1
    logits = isinstance(loss, BinaryFocalLoss | BCEWithLogitsLoss)

    def value(p: float) -> float:
        return float(loss(np.full(100, np.log(p / (1 - p)) if logits else p), y))

    around = best + np.linspace(-0.01, 0.01, 201)
    coarse = np.concatenate([np.linspace(0, 1, 101), around])
    grid = coarse[(coarse > 0) & (coarse < 1)] if logits else coarse[(coarse >= 0) & (coarse <= 1)]
    np.testing.assert_allclose(grid[np.argmin([value(p) for p in grid])], best, atol=5e-5)


def test_18_smoothed_labels() -> None:
    """Smoothing by 0.1 asks for 0.059 in place of 0.01."""
    y = np.full(100, 0.05)
    y[0] = 0.95
    grid = np.linspace(0.001, 0.999, 999)
    values = [BCELoss()(np.full(100, p), y) for p in grid]
    np.testing.assert_allclose(grid[np.argmin(values)], 0.059)


@pytest.mark.parametrize("size", [0.1, 1.0, 10.0])
def test_19_penalty_fades_under_noise_and_decay_does_not(size: float) -> None:
    """Pure noise, w = 1, lr 1e-3, wd 0.1, 1000 steps (after 1711.05101)."""
    ends = {}
    for optimizer in (Adam, AdamW):
        trace = minimize(
            slope_only(np.zeros_like),
            optimizer,
            np.ones(1000),
            steps=1000,
            lr=1e-3,
            noise=size,
            weight_decay=0.1,
        )
        ends[optimizer] = trace.path[-1].mean()
    np.testing.assert_allclose(ends[AdamW], 0.905, atol=0.004)
    expected = {0.1: 0.46, 1.0: 0.906, 10.0: 0.991}[size]
    np.testing.assert_allclose(ends[Adam], expected, atol=0.004)


@pytest.mark.parametrize(
    ("loss", "slope", "intercept"),
    [
        (MSELoss(), 4.72727, -6.27273),
        (HuberLoss(delta=1.0), 2.08333, 0.77778),
        (HuberLoss(delta=5.0), 2.41667, -0.11111),
        (HuberLoss(delta=100.0), 4.72727, -6.27273),
    ],
    ids=["mse", "huber-1", "huber-5", "huber-100"],
)
def test_20_one_outlier_turns_the_line(loss: Any, slope: float, intercept: float) -> None:
    """Y = 2x + 1 for x = 0..9, the last y raised by 50 (after Huber, 1964)."""
    X = np.arange(10.0)[:, None]
    y = 2 * X[:, 0] + 1
    y[9] += 50
    model = LinearRegression()
    optimizer = LBFGS(
        model.params, line_search_fn="strong_wolfe", tolerance_grad=1e-12, tolerance_change=1e-14
    )
    fit(model, loss, optimizer, X, y, epochs=20, batch_size=None)
    np.testing.assert_allclose([model.w[0], model.b[0]], [slope, intercept], atol=1e-5)


@pytest.mark.parametrize(
    ("loss", "best"),
    [
        (MSELoss(), 22.0),
        (L1Loss(), 3.0),
        (HuberLoss(delta=1.0), 3.0),
        (HuberLoss(delta=5.0), 3.75),
        (HuberLoss(delta=50.0), 15.0),
    ],
    ids=["mse-mean", "l1-median", "huber-1", "huber-5", "huber-50"],
)
def test_21_the_middle_of_1_2_3_4_100(loss: Any, best: float) -> None:
    """Where the slope of the loss of a constant changes its sign, by bisection."""
    y = np.array([1.0, 2, 3, 4, 100])
    low, high = 0.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        uphill = loss.gradient(np.full(5, middle), y).sum() > 0
        low, high = (low, middle) if uphill else (middle, high)
    np.testing.assert_allclose(high, best, atol=1e-9)


@pytest.mark.parametrize(
    ("delta", "efficiency"), [(1.345, 0.9500), (1.35, 0.9505), (1.0, 0.9031), (2.0, 0.9897)]
)
def test_22_what_huber_costs_on_clean_data(delta: float, efficiency: float) -> None:
    """(E ψ')² / E ψ² under a normal density, with E ψ' = E rψ (Stein's identity)."""
    r = np.linspace(-10, 10, 20_001)
    density = np.exp(-(r**2) / 2) / np.sqrt(2 * np.pi) * (r[1] - r[0])
    psi = HuberLoss(delta=delta, reduction="sum").gradient(r, np.zeros_like(r))
    computed = (psi * r * density).sum() ** 2 / (psi**2 * density).sum()
    np.testing.assert_allclose(computed, efficiency, atol=5e-5)


def test_23_cross_entropy_unlearns_a_confident_mistake_sooner() -> None:
    """One neuron, w = b = 2, x = 1, y = 0, lr 0.15 (Nielsen, chapter 3; his MSE has a half)."""

    def outputs(loss_is_mse: bool) -> list[float]:
        model = LogisticRegression(1)
        model.w[:], model.b[:] = 2.0, 2.0
        optimizer = SGD(model.params, lr=0.15)
        result = []
        for _ in range(301):
            z = model.forward([[1.0]])
            p = sigmoid(z)
            result.append(float(p[0]))
            through_sigmoid = MSELoss().gradient(p, [0.0]) / 2 * p * (1 - p)  # dp/dz = p (1 − p)
            from_logits = BCEWithLogitsLoss().gradient(z, [0.0])
            optimizer.step(model.backward(through_sigmoid if loss_is_mse else from_logits))
        return result

    mse, bce = outputs(True), outputs(False)
    np.testing.assert_allclose([mse[0], mse[150], mse[300]], [0.982, 0.933, 0.203], atol=5e-4)
    np.testing.assert_allclose(bce[300], 0.0120, atol=5e-5)


def newton_like(model: Any, loss: Any, X: FloatArray, y: Any, penalised: FloatArray) -> float:
    """Minimize the mean loss + ½|penalised|² / N to the end; the sum N times that."""

    def closure() -> tuple[float, list[FloatArray]]:
        prediction = model.forward(X)
        first, *others = model.backward(loss.gradient(prediction, y))
        penalty = 0.5 * float((penalised**2).sum()) / len(X)
        return loss(prediction, y) + penalty, [first + penalised / len(X), *others]

    LBFGS(
        model.params,
        line_search_fn="strong_wolfe",
        max_iter=1000,
        tolerance_grad=1e-12,
        tolerance_change=0.0,
    ).step(closure)
    return len(X) * closure()[0]


def test_24_iris() -> None:
    """Softmax regression with ½|W|² on the summed loss: scikit-learn's C = 1."""
    X, y = load_iris()
    model = SoftmaxRegression(4, 3)
    objective = newton_like(model, CrossEntropyLoss(), X, y, model.W)
    np.testing.assert_allclose(objective, 28.886317, atol=1e-6)
    np.testing.assert_allclose(CrossEntropyLoss()(model.forward(X), y), 0.119637, atol=1e-6)
    assert round(np.mean(model.predict(X) == y), 4) == 0.9733
    np.testing.assert_allclose(model.W[:, 0], [-0.42351, 0.96735, -2.51715, -1.07933], atol=1e-5)


def test_25_breast_cancer() -> None:
    """Logistic regression with ½|w|² on the summed loss, standardised; data of scikit-learn."""
    raw, y = load_breast_cancer()
    X = (raw - raw.mean(axis=0)) / raw.std(axis=0)
    model = LogisticRegression(30)
    newton_like(model, BCEWithLogitsLoss(), X, y, model.w)
    assert np.sum(model.predict(X) == y) == 562
    np.testing.assert_allclose(BCEWithLogitsLoss()(model.forward(X), y), 0.053392, atol=1e-6)
    np.testing.assert_allclose(model.b[0], 0.2145, atol=5e-5)
    np.testing.assert_allclose(np.linalg.norm(model.w), 3.84161, atol=1e-5)
    conditions = [np.linalg.cond(table.T @ table) for table in (X, raw)]
    np.testing.assert_allclose(conditions, [9.98e4, 2.2e12], rtol=0.01)


def test_25_newton_needs_eight_steps_where_descent_needs_twenty_thousand() -> None:
    """The same loss: Newton from 0, and descent on its mean at 1/L = 0.301."""
    raw, y = load_breast_cancer()
    X = np.column_stack([(raw - raw.mean(axis=0)) / raw.std(axis=0), np.ones(len(raw))])
    penalty = np.append(np.ones(30), 0.0)

    def slopes(w: FloatArray) -> tuple[FloatArray, FloatArray]:
        p = sigmoid(X @ w)
        return p, X.T @ (p - y) + penalty * w

    newton, sizes = np.zeros(31), []
    for _ in range(9):
        p, g = slopes(newton)
        sizes.append(np.abs(g).max())
        newton = newton - np.linalg.solve((X.T * (p * (1 - p))) @ X + np.diag(penalty), g)
    assert int(np.argmax(np.array(sizes) < 1e-4)) == 8
    lr = len(X) / np.linalg.eigvalsh(X.T @ X / 4 + np.diag(penalty))[-1]
    np.testing.assert_allclose(lr, 0.301, atol=5e-4)
    w = np.zeros(31)
    for _ in range(20_000):
        w = w - lr / len(X) * slopes(w)[1]
    np.testing.assert_allclose(
        np.linalg.norm(w - newton) / np.linalg.norm(newton), 1.6e-6, rtol=0.1
    )


def test_26_a_line_and_a_network_on_two_moons() -> None:
    """400 training moons of noise 0.2, seed 0; 2000 test moons, seed 1."""
    X, y = make_moons(400, noise=0.2, seed=0)
    X_test, y_test = make_moons(2000, noise=0.2, seed=1)
    line = LogisticRegression(2)
    optimizer = LBFGS(line.params, line_search_fn="strong_wolfe")
    fit(line, BCEWithLogitsLoss(), optimizer, X, y, epochs=10, batch_size=None)
    np.testing.assert_allclose(np.mean(line.predict(X) == y), 0.8775, atol=0.003)
    np.testing.assert_allclose(np.mean(line.predict(X_test) == y_test), 0.867, atol=0.003)
    for seed in range(5):
        network = MLP([2, 16, 2], seed=seed)
        adam = Adam(network.params, lr=0.01)
        fit(network, CrossEntropyLoss(), adam, X, y, epochs=100, seed=seed)
        assert 0.955 < np.mean(network.predict(X_test) == y_test) < 0.975


def digits() -> tuple[FloatArray, Any, FloatArray, Any]:
    """1437 rows to train, 360 to test."""
    X, y = load_digits()
    order = np.random.RandomState(0).permutation(len(X))
    train, test = order[:1437], order[1437:]
    return X[train], y[train], X[test], y[test]


def digits_accuracy(optimizer_class: Any, lr: float, epochs: int, **settings: Any) -> float:
    X, y, X_test, y_test = digits()
    model = MLP([64, 32, 10])
    optimizer = optimizer_class(model.params, lr=lr, **settings)
    fit(model, CrossEntropyLoss(), optimizer, X, y, epochs, batch_size=32, report=None)
    return float(np.mean(model.predict(X_test) == y_test))


def test_27_softmax_regression_on_digits() -> None:
    """With an L2 penalty ½|W|² on the summed loss, as scikit-learn's C = 1: 0.9806."""
    X, y, X_test, y_test = digits()
    model = SoftmaxRegression(64, 10)
    newton_like(model, CrossEntropyLoss(), X, y, model.W)
    np.testing.assert_allclose(np.mean(model.predict(X_test) == y_test), 0.9806, atol=0.003)


@pytest.mark.parametrize(
    ("optimizer", "lr", "settings"),
    [(SGD, 0.5, {}), (SGD, 0.1, {"momentum": 0.9}), (Adam, 0.003, {})],
)
def test_27_a_network_on_digits(optimizer: Any, lr: float, settings: dict[str, Any]) -> None:
    """64-32-10, batches of 32, 30 epochs: 0.97 to 0.99."""
    assert 0.965 <= digits_accuracy(optimizer, lr, 30, **settings) <= 0.995


@pytest.mark.parametrize(
    ("optimizer", "lr", "low", "high"),
    [
        (SGD, 1e-4, 0.05, 0.25),  # 0.122
        (SGD, 0.01, 0.62, 0.80),  # 0.714
        (SGD, 0.1, 0.94, 0.99),  # 0.967
        (SGD, 1.0, 0.93, 0.99),  # 0.958
        (SGD, 2.0, 0.0, 0.25),  # chance
        (SGD, 4.0, 0.0, 0.25),  # chance
        (Adam, 1e-5, 0.05, 0.25),  # 0.144
        (Adam, 1e-3, 0.92, 0.97),  # 0.944
        (Adam, 0.01, 0.96, 0.99),  # 0.983
        (Adam, 1.0, 0.0, 0.25),  # chance
    ],
)
def test_28_every_optimizer_has_its_rates(
    optimizer: Any, lr: float, low: float, high: float
) -> None:
    """The same network, 10 epochs; the sweep's numbers stand beside the bounds."""
    assert low <= digits_accuracy(optimizer, lr, 10) <= high


def test_29_squared_error_of_the_gradient_falls_as_one_over_the_batch() -> None:
    """Error times batch size is one number for all batch sizes, by draws with replacement."""
    X, y = load_digits()
    model, loss = SoftmaxRegression(64, 10), CrossEntropyLoss()
    rng = np.random.default_rng(0)

    def gradient(rows: Any) -> FloatArray:
        grads = model.backward(loss.gradient(model.forward(X[rows]), y[rows]))
        return np.concatenate([g.ravel() for g in grads])

    full = gradient(np.arange(len(X)))
    products = []
    for batch in (1, 4, 16, 64, 256):
        errors = [
            ((gradient(rng.integers(0, len(X), batch)) - full) ** 2).sum() for _ in range(200)
        ]
        products.append(batch * np.mean(errors))
    np.testing.assert_allclose(products, np.mean(products), rtol=0.08)


def test_29_on_digits_that_were_seen_twice() -> None:
    """Error times batch size is between 8.6 and 9.0 from 1 row to 256, a thousand draws of each."""
    X, y = (each[:400] for each in load_digits())
    model, loss = SoftmaxRegression(64, 10), CrossEntropyLoss()
    fit(model, loss, SGD(model.params, lr=0.25), X, y, epochs=2)
    rows = []
    for i in range(400):
        grads = model.backward(loss.gradient(model.forward(X[[i]]), y[[i]]))
        rows.append(np.concatenate([g.ravel() for g in grads]))
    each, rng = np.array(rows), np.random.default_rng(2)
    for batch in (1, 4, 16, 64, 256):
        drawn = rng.multinomial(batch, np.full(400, 1 / 400), size=1000)
        errors = ((drawn @ each / batch - each.mean(axis=0)) ** 2).sum(axis=1)
        assert 8.6 < batch * errors.mean() < 9.0


def test_30_edge_of_stability() -> None:
    """A 1-20-1 tanh network on sin 3x, full-batch: sharpness nears 2/lr (2103.00065).

    After 6000 steps it has climbed to 20 at a rate of 0.1, and hovers about 10 at 0.2.
    """
    X = np.linspace(-1, 1, 20)[:, None]
    y, loss = np.sin(3 * X[:, 0]), MSELoss()

    def start() -> MLP:
        model, rng = MLP([1, 20, 1], "tanh"), np.random.default_rng(0)
        for w in model.params:
            w[...] = 0.5 * rng.standard_normal(w.size).reshape(w.shape)
        return model

    def sharpness(model: MLP, h: float = 1e-5) -> float:
        """The largest eigenvalue of the Hessian, by central differences of the gradient."""

        def gradient() -> FloatArray:
            grads = model.backward(loss.gradient(model.forward(X), y))
            return np.concatenate([g.ravel() for g in grads])

        rows = []
        for w in model.params:
            for index in np.ndindex(w.shape):
                kept = w[index]
                w[index] = kept + h
                above = gradient()
                w[index] = kept - h
                rows.append((above - gradient()) / (2 * h))
                w[index] = kept
        hessian = np.array(rows)
        return float(np.linalg.eigvalsh((hessian + hessian.T) / 2)[-1])

    for lr, low, high in ((0.1, 17.5, 20.5), (0.2, 8.5, 11.5)):
        model = start()
        history = fit(model, loss, SGD(model.params, lr=lr), X, y, epochs=6000, batch_size=None)
        assert low < sharpness(model) < high
        rises = np.mean(np.diff(history.loss) > 0)
        if lr == 0.2:
            assert 0.01 < rises < 0.12  # not monotone, and yet it converges
            after_the_climb = np.mean(np.diff(history.loss[1000:]) > 0)
            np.testing.assert_allclose(after_the_climb, 0.07, atol=0.01)
        assert history.train_loss[-1] < 0.01


def test_31_newton_schulz_brings_singular_values_near_one() -> None:
    """Five rounds of Muon's polynomial send [0.01, 1] into [0.682, 1.134]."""
    rng = np.random.default_rng(0)
    for _ in range(5):
        left, right = (np.linalg.qr(rng.standard_normal((40, 40)))[0] for _ in range(2))
        # newton_schulz divides by the norm; the smallest of these stay above 0.01 of it
        matrix = left * rng.uniform(0.1, 1.0, 40) @ right
        values = np.linalg.svd(newton_schulz(matrix), compute_uv=False)
        assert 0.68 < values.min() <= values.max() < 1.135
    s = np.geomspace(0.01, 1, 2001)
    one_by_one = np.array([newton_schulz(np.diag([x, np.sqrt(1 - x * x)]))[0, 0] for x in s[::20]])
    np.testing.assert_allclose([one_by_one.min(), one_by_one.max()], [0.682, 1.134], atol=0.02)


@pytest.mark.parametrize(("h", "error"), [(0.01, 1.5e-6), (1e-5, 8.7e-13), (1e-8, 2.2e-9)])
def test_32_the_step_of_a_difference_can_be_too_small(h: float, error: float) -> None:
    """softplus(−z) at z = 1 (cs231n, gradient checks)."""
    loss = BCEWithLogitsLoss(reduction="sum")
    exact = loss.gradient([1.0], [1.0])
    found = numerical_gradient(lambda z: loss(z, [1.0]), [1.0], h)
    # below h = 1e-3 the error is rounding, which another libm may move a little
    np.testing.assert_allclose(np.abs(found - exact), error, rtol=0.02 if h > 1e-3 else 9)


@pytest.mark.parametrize(("p", "ratio"), [(0.9, 100.0), (0.968, 977.0)])
def test_33_focal_loss_makes_easy_rows_small(p: float, ratio: float) -> None:
    """γ = 2: (1 − p)^-2 (Lin and others, 1708.02002)."""
    z = [np.log(p / (1 - p))]
    quotient = BCEWithLogitsLoss()(z, [1]) / BinaryFocalLoss(alpha=None, gamma=2.0)(z, [1])
    np.testing.assert_allclose(quotient, ratio, rtol=1e-3)


def test_34_schedules_and_averages_against_noise() -> None:
    """Curvatures 1 and 0.1, from 5, lr 0.5, noise 1, 1000 steps (after 2405.15682).

    Published are the means of 2000 walks: .308, .018, .021, .026, .006. The exact ones, from one
    walk without noise and the squares of what a single kick of 1 leaves: .2949, .0174, .0207,
    .0259, .0058.
    """
    walks = 2000
    curvature = np.tile([1.0, 0.1], walks)
    surface, start = slope_only(lambda w: curvature * w), np.full(2 * walks, 5.0)

    def height(w: FloatArray) -> float:
        return float((curvature * w * w).sum() / 2 / walks)

    def expected(rate: Callable[[int], float], mix: float, mean: bool) -> float:
        L, z = np.array([[1.0], [0.1]]), np.zeros((2, 1001))
        z[:, -1] = 5
        x = z
        for step in range(1000):
            kick = np.arange(1001) == step
            z = z - rate(step) * (L * ((1 - mix) * z + mix * x) + kick)
            x = x + (z - x) / (step + 1)
        return float((L * (x if mean else z) ** 2).sum() / 2)

    def flat(step: int) -> float:
        return 0.5

    def walk(optimizer: Any, schedule: Any = None) -> FloatArray:
        return minimize(surface, optimizer, start, 1000, 0.5, schedule, noise=1.0).path

    cosine, linear = CosineAnnealingLR(0.5, T_max=1000), LinearLR(0.5, 1.0, 0.0, 1000)
    constant = walk(SGD)
    ends = [constant[-1], walk(SGD, cosine)[-1], walk(SGD, linear)[-1]]
    ends += [walk(ScheduleFreeSGD)[-1], constant.mean(axis=0)]
    exact = [expected(rate, 0.0, False) for rate in (flat, cosine, linear)]
    exact += [expected(flat, 0.9, True), expected(flat, 0.0, True)]
    np.testing.assert_allclose(exact, [0.2949, 0.0174, 0.0207, 0.0259, 0.0058], atol=5e-5)
    heights = [height(w) for w in ends]
    np.testing.assert_allclose(heights, [0.308, 0.018, 0.021, 0.026, 0.006], atol=5e-4)
    np.testing.assert_allclose(heights, exact, rtol=0.06)


def test_an_average_of_the_weights_shrinks_the_noise_ball() -> None:
    """At a rate of 0.1 and a decay of 0.99, from .0542 to .0047.

    Exact: α/(2 − α) and, with a = 1 − α, that times (1 − β)/(1 + β) · (1 + aβ)/(1 − aβ).
    """
    for seed, tolerance in ((66, 0.002), (0, 0.08)):
        rng, w = np.random.default_rng(seed), np.full(2000, 5.0)
        optimizer, ema = SGD([w], lr=0.1), WeightEMA([w], decay=0.99)
        for _ in range(1000):
            optimizer.step([w + rng.normal(size=2000)])
            ema.update()
        spread = w.var(), ema.average[0].var()
        want = (0.0542, 0.0047) if seed == 66 else (0.1 / 1.9, 0.1 / 1.9 / 11.47)
        np.testing.assert_allclose(spread, want, rtol=max(tolerance, 5e-5 / want[1]))


@pytest.mark.parametrize(("batch_size", "accumulate"), [(8, 4), (16, 2), (32, 1)])
def test_accumulation_equals_a_large_batch(batch_size: int, accumulate: int) -> None:
    X, y = (each[:400] for each in load_digits())
    model, loss = SoftmaxRegression(64, 10), CrossEntropyLoss()
    fit(
        model,
        loss,
        SGD(model.params, lr=0.25),
        X,
        y,
        epochs=3,
        batch_size=batch_size,
        accumulate=accumulate,
    )
    np.testing.assert_allclose(loss(model.forward(X), y), 0.984070, atol=5e-7)


def test_clipping_by_norm_keeps_the_direction_and_by_value_does_not() -> None:
    """(30, 1), with 1 allowed."""
    by_norm, by_value = np.array([30.0, 1.0]), np.array([30.0, 1.0])
    clip_grad_norm_([by_norm], max_norm=1.0)
    clip_grad_value_([by_value], clip_value=1.0)
    np.testing.assert_allclose(by_norm, np.array([30.0, 1.0]) / 901**0.5, rtol=1e-6)
    np.testing.assert_array_equal(by_value, [1.0, 1.0])


def test_a_scale_of_1024_keeps_2e_8_in_float16() -> None:
    assert np.float16(2e-8) == 0
    np.testing.assert_allclose(np.float32(np.float16(2e-8 * 1024)) / 1024, 2e-8, rtol=2e-3)


def test_35_separable_classes_have_no_last_weight() -> None:
    """Four points, rate 0.5: the norm grows with the logarithm of the steps (1710.10345).

    In the long run by ln 10 / margin with each tenfold, 1.24 here; the margin is 1.854. The points
    are the page's, chosen so that the norms are those of the list.
    """
    X = np.array([[-0.3, 2.8], [2.3, 0.4], [-1.5, -1.7], [-2.6, -0.6]])
    y = np.array([1, 1, 0, 0])
    model, loss = LogisticRegression(2), BCEWithLogitsLoss()
    optimizer = SGD([model.w], lr=0.5)
    norms = []
    for step in range(1, 10_001):
        dw, _ = model.backward(loss.gradient(model.forward(X), y))
        optimizer.step([dw])
        if step in (100, 1000, 10_000):
            norms.append(np.linalg.norm(model.w))
    np.testing.assert_allclose(norms, [2.64, 3.81, 4.99], atol=0.005)
    w, signed = model.w.copy(), X * (2 * y - 1)[:, None]
    for _ in range(90_000):  # the same rule without pylib, which would take ten times as long
        w += 0.5 / 4 * (1 / (1 + np.exp(signed @ w))) @ signed
    np.testing.assert_allclose(np.linalg.norm(w), 6.20, atol=0.005)
    assert ((X @ model.w > 0) == y).all()


@pytest.mark.parametrize(
    ("lr", "decay", "norm"), [(0.1, 0.001, 2.659), (0.1, 0.004, 1.880), (0.4, 0.001, 3.761)]
)
@pytest.mark.parametrize("start", [1.0, 4.0])
def test_decay_behind_a_normalisation_balances(
    lr: float, decay: float, norm: float, start: float
) -> None:
    """A loss that is an angle, gradient 1/|w|: |w|⁴ = lr / 2wd (after 1706.05350, 2006.08419)."""
    surface = slope_only(lambda w: np.array([-w[1], w[0]]) / (w @ w))
    steps = int(3 / (lr * decay))
    trace = minimize(surface, SGD, [start, 0.0], steps, lr, weight_decay=decay)
    np.testing.assert_allclose(np.linalg.norm(trace.path[-1]), norm, atol=5e-4)
    np.testing.assert_allclose((lr / (2 * decay)) ** 0.25, norm, atol=5e-4)
    before, after = trace.path[-2:]
    turn = np.arccos(before @ after / np.linalg.norm(before) / np.linalg.norm(after))
    np.testing.assert_allclose(turn, np.sqrt(2 * lr * decay), rtol=0.01)
