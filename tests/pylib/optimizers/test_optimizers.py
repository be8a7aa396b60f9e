"""Optimizers by hand-worked values, their contract (groups, errors, state), and convergence."""

import io
import json
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
import pytest
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
    GradientOptimizer,
    Lion,
    Muon,
    NAdam,
    Optimizer,
    RAdam,
    RMSprop,
    Rprop,
    ScheduleFreeAdamW,
    ScheduleFreeSGD,
)
from pylib.optimizers.gradients import all_finite
from pylib.optimizers.muon import newton_schulz
from pylib.optimizers.settings import flag
from pylib.schedules import CosineAnnealingLR

Array = NDArray[Any]
Make = Callable[[Any], Any]

ELEMENTWISE: dict[str, Make] = {
    "SGD": lambda p: SGD(p, lr=0.1),
    "SGD momentum": lambda p: SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "SGD nesterov": lambda p: SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "Adagrad": lambda p: Adagrad(p, lr=0.1, lr_decay=0.1, initial_accumulator_value=0.5),
    "Adadelta": lambda p: Adadelta(p, weight_decay=0.01),
    "RMSprop": lambda p: RMSprop(p),
    "RMSprop centered": lambda p: RMSprop(p, momentum=0.5, centered=True),
    "Adam": lambda p: Adam(p, lr=0.1, weight_decay=0.01),
    "Adam amsgrad": lambda p: Adam(p, lr=0.1, amsgrad=True),
    "AdamW": lambda p: AdamW(p, lr=0.1, weight_decay=0.1),
    "AdamW amsgrad": lambda p: AdamW(p, lr=0.1, amsgrad=True),
    "Adamax": lambda p: Adamax(p, lr=0.1),
    "NAdam": lambda p: NAdam(p, lr=0.1),
    "RAdam": lambda p: RAdam(p, lr=0.1, decoupled_weight_decay=True, weight_decay=0.1),
    "Lion": lambda p: Lion(p, lr=0.01, weight_decay=0.1),
    "Rprop": lambda p: Rprop(p, lr=0.1),
    "ScheduleFreeSGD": lambda p: ScheduleFreeSGD(p, lr=0.1, warmup_steps=3),
    "ScheduleFreeAdamW": lambda p: ScheduleFreeAdamW(p, lr=0.1, weight_decay=0.1),
}
ON_GRADIENTS: dict[str, Make] = ELEMENTWISE | {
    "Adafactor": lambda p: Adafactor(p, lr=0.1, weight_decay=0.1),
    "Muon": lambda p: Muon(p, lr=0.1),
}
EVERY: dict[str, Make] = ON_GRADIENTS | {
    "LBFGS": lambda p: LBFGS(p, lr=0.5, max_iter=2),
    "LBFGS strong_wolfe": lambda p: LBFGS(p, max_iter=2, line_search_fn="strong_wolfe"),
}

every = pytest.mark.parametrize("make", EVERY.values(), ids=EVERY)
on_gradients = pytest.mark.parametrize("make", ON_GRADIENTS.values(), ids=ON_GRADIENTS)
elementwise = pytest.mark.parametrize("make", ELEMENTWISE.values(), ids=ELEMENTWISE)


def two_params(dtype: Any = float) -> list[Array]:
    """Return a wide and a tall matrix, which every optimizer accepts."""
    return [
        np.array([[1.0, -2.0, 3.0], [0.5, 0.1, -0.7]], dtype),
        np.array([[4.0], [-0.3]], dtype),
    ]


def bowl(params: Sequence[Array]) -> list[Array]:
    """Return the gradients of a bowl with a different curvature and minimum per element."""
    return [
        (np.linspace(1, 3, w.size).reshape(w.shape) * (w - 0.25)).astype(w.dtype) for w in params
    ]


def take_step(optimizer: Optimizer, grads: Callable[[], list[Array]]) -> None:
    """Take a step with gradients, or with a closure where that is needed."""
    if isinstance(optimizer, LBFGS):
        optimizer.step(
            lambda: (sum(float((g * g).sum()) for g in grads()), [2 * g for g in grads()])
        )
    else:
        assert isinstance(optimizer, GradientOptimizer)
        optimizer.step(grads())


def frozen(optimizer: Optimizer) -> dict[str, Any]:
    """Return everything that a failed call must leave as it was."""
    params = {f"param{i}": w.copy() for i, w in enumerate(optimizer.params)}
    return params | optimizer.state_dict()


def assert_same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        np.testing.assert_array_equal(found[key], value, err_msg=key, strict=True)


def through_json(flat: dict[str, Any]) -> Any:
    return json.loads(json.dumps({key: np.asarray(v).tolist() for key, v in flat.items()}))


def through_npz(flat: dict[str, Any]) -> Any:
    file = io.BytesIO()
    np.savez(file, **flat)
    file.seek(0)
    return np.load(file)


# --- Values by hand -----------------------------------------------------------------------------


def steps(optimizer: Any, w: Array, grads: Sequence[float]) -> list[float]:
    """Return the values of a one-element parameter after each gradient."""
    path = []
    for g in grads:
        optimizer.step([np.array([g], float)])
        path.append(float(w[0]))
    return path


def test_sgd_by_hand() -> None:
    w = np.array([1.0])
    assert steps(SGD([w], lr=0.5), w, [2, 2]) == [0.0, -1.0]


def test_momentum_by_hand() -> None:
    w = np.array([0.0])  # v = 1, then 0.5 + 1, then 0.75 + 1
    assert steps(SGD([w], lr=1.0, momentum=0.5), w, [1, 1, 1]) == [-1.0, -2.5, -4.25]


def test_dampening_spares_the_first_gradient() -> None:
    w = np.array([0.0])  # v = 1, then 0.5 + 0.25
    optimizer = SGD([w], lr=1.0, momentum=0.5, dampening=0.75)
    assert steps(optimizer, w, [1, 1]) == [-1.0, -1.75]


def test_nesterov_by_hand() -> None:
    w = np.array([0.0])  # g + 0.5 v: 1.5, then 1 + 0.75
    optimizer = SGD([w], lr=1.0, momentum=0.5, nesterov=True)
    assert steps(optimizer, w, [1, 1]) == [-1.5, -3.25]


def test_adagrad_by_hand() -> None:
    w = np.array([0.0])  # s = 9, then 25
    optimizer = Adagrad([w], lr=1.0, lr_decay=1.0, eps=0.0)
    assert steps(optimizer, w, [3, 4]) == pytest.approx([-1.0, -1.4])


def test_adadelta_by_hand() -> None:
    w = np.array([0.0])  # s = 2, d = √1 / √3 · 2, u = d² / 2
    optimizer = Adadelta([w], rho=0.5, eps=1.0)
    d = 2 / np.sqrt(3)
    assert steps(optimizer, w, [2]) == pytest.approx([-d])
    assert optimizer.state[0]["acc_delta"][0] == pytest.approx(d * d / 2)


def test_rmsprop_by_hand() -> None:
    w = np.array([0.0])  # s = 0.75 · 4 = 3, then 0.25 · 3 + 3
    optimizer = RMSprop([w], lr=1.0, alpha=0.25, eps=0.0)
    expected = -2 / np.sqrt(3)
    assert steps(optimizer, w, [2, 2]) == pytest.approx([expected, expected - 2 / np.sqrt(3.75)])


def test_first_step_of_rmsprop_is_ten_times_lr() -> None:
    w = np.array([0.0])
    assert steps(RMSprop([w], lr=0.01, eps=0.0), w, [7]) == pytest.approx([-0.1])


def test_centered_rmsprop_by_hand() -> None:
    w = np.array([0.0])  # s = 2, m = 1, √(2 − 1) + 1
    optimizer = RMSprop([w], lr=1.0, alpha=0.5, eps=1.0, centered=True)
    assert steps(optimizer, w, [2]) == [-1.0]
    assert optimizer.state[0]["grad_avg"][0] == 1.0


def test_centered_rmsprop_survives_rounding_below_zero() -> None:
    w = np.array([0.0])
    optimizer = RMSprop([w], lr=0.01, alpha=0.0, centered=True, eps=1.0)
    assert np.isfinite(steps(optimizer, w, [0.1, 0.3, 0.7])).all()


def test_adam_by_hand() -> None:
    w = np.array([0.0])
    # m̂ = 4, v̂ = 16; then m = 2.5, m̂ = 2.5 / 0.75, v = 0.25 · 12 + 0.75 · 9, v̂ = v / 0.9375
    optimizer = Adam([w], lr=1.0, betas=(0.5, 0.25), eps=0.0)
    m_hat, v_hat = (0.5 * 2 + 0.5 * 3) / 0.75, (0.25 * 12 + 0.75 * 9) / 0.9375
    assert steps(optimizer, w, [4, 3]) == pytest.approx([-1.0, -1.0 - m_hat / np.sqrt(v_hat)])


def test_first_step_of_adam_is_lr_times_sign() -> None:
    w = np.zeros(4)
    Adam([w], lr=0.1).step([np.array([1e3, -1e-3, 5.0, 0.0])])
    np.testing.assert_allclose(w, [-0.1, 0.1, -0.1, 0.0], rtol=1e-4)


def test_amsgrad_keeps_the_largest_second_moment() -> None:
    w = np.array([0.0])
    optimizer = Adam([w], betas=(0.0, 0.5), amsgrad=True)
    steps(optimizer, w, [4, 0, 0])
    assert optimizer.state[0]["exp_avg_sq"][0] == 2.0
    assert optimizer.state[0]["max_exp_avg_sq"][0] == 8.0


def test_adamw_decays_before_the_step_and_apart_from_it() -> None:
    w = np.array([2.0])  # 2 · (1 − 0.5 · 0.5) = 1.5, and a step of 0.5
    assert steps(AdamW([w], lr=0.5, weight_decay=0.5, eps=0.0), w, [9]) == pytest.approx([1.0])


def test_adamax_by_hand() -> None:
    w = np.array([0.0])  # u = 4, then max(0.5 · 4, 1) = 2
    optimizer = Adamax([w], lr=1.0, betas=(0.5, 0.5), eps=0.0)
    assert steps(optimizer, w, [4, 1]) == pytest.approx([-1.0, -1.0 - 1.5 / 0.75 / 2])


def test_radam_takes_five_plain_steps() -> None:
    w = np.array([0.0])
    path = steps(RAdam([w], lr=1.0), w, [10.0] * 6)
    np.testing.assert_allclose(np.diff([0.0, *path])[:5], -10.0)
    assert abs(path[5] - path[4]) < 0.1


def test_lion_steps_are_lr_long() -> None:
    w = np.array([0.0])  # c = 0.1 · 5; then m = 0.05, c = 0.9 · 0.05 − 0.1
    assert steps(Lion([w], lr=0.5), w, [5, -1]) == [-0.5, 0.0]


def test_rprop_by_hand() -> None:
    # Steps 1, 2 (same sign), 1 and a wait (another sign), 1 (after the wait), 2.
    w = np.array([0.0])
    optimizer = Rprop([w], lr=1.0, etas=(0.5, 2.0))
    assert steps(optimizer, w, [3, 0.1, -7, -7, -7]) == [-1.0, -3.0, -3.0, -2.0, 0.0]
    assert optimizer.state[0]["prev"][0] == -7.0


def test_rprop_keeps_its_steps_between_the_least_and_the_largest() -> None:
    w = np.array([0.0])
    optimizer = Rprop([w], lr=1.0, step_sizes=(0.6, 1.1))
    assert steps(optimizer, w, [1, 1, -1, -1]) == pytest.approx([-1.0, -2.1, -2.1, -1.5])


def test_rprop_sees_the_sign_of_gradients_whose_product_is_too_small() -> None:
    w = np.array([0.0])
    assert steps(Rprop([w], lr=1.0), w, [1e-200, 1e-200]) == [-1.0, -2.2]


def test_rprop_takes_the_rate_of_its_first_step() -> None:
    w = np.array([0.0])
    optimizer = Rprop([w], lr=1.0)
    optimizer.lr = 0.5  # as a schedule does before the first step
    assert steps(optimizer, w, [1]) == [-0.5]
    optimizer.lr = 3.0
    assert steps(optimizer, w, [1]) == [-1.1]


def test_adafactor_by_hand() -> None:
    # Row means of g² 1 and 16, column means 8.5: v = g². The update is the sign, of RMS 1,
    # and a = max(0.001, 2) · min(0.1, 1).
    w = np.full((2, 2), 2.0)
    Adafactor([w], lr=0.1).step([np.array([[1.0, -1.0], [4.0, 4.0]])])
    np.testing.assert_allclose(w, [[1.8, 2.2], [1.8, 1.8]])


def test_adafactor_of_a_vector_by_hand() -> None:
    # v = 4, then 4 + (16 − 4) / 2 = 10 with c = 2⁻¹; u = 4 / √10 > 1 is cut to 1, and
    # a = 0.5 · 0.25, the least RMS by the rate.
    w = np.array([0.0])
    optimizer = Adafactor([w], lr=0.25, beta2_decay=-1.0, eps=(None, 0.5))
    assert steps(optimizer, w, [2, 4]) == pytest.approx([-0.125, -0.25])
    w = np.array([0.0])
    optimizer = Adafactor([w], lr=0.25, beta2_decay=-1.0, eps=(None, 0.5), d=2.0)
    assert steps(optimizer, w, [2, 4]) == pytest.approx([-0.125, -0.125 - 0.125 * 4 / np.sqrt(10)])


def test_adafactor_steps_by_one_over_the_root_of_t_at_most() -> None:
    w = np.array([0.0])
    path = steps(Adafactor([w], lr=9.0, eps=(None, 1.0)), w, [1, 1])
    assert path[0] == -1.0
    assert path[1] - path[0] == pytest.approx(-1 / np.sqrt(2))


def test_muon_of_a_rank_one_gradient() -> None:
    W = np.zeros((2, 3))
    optimizer = Muon([W], lr=1.0, weight_decay=0.0)
    optimizer.step([np.outer([3.0, 4.0], [1.0, 0.0, 0.0])])
    sigma = 1.0
    for _ in range(5):
        sigma = 3.4445 * sigma - 4.7750 * sigma**3 + 2.0315 * sigma**5
    np.testing.assert_allclose(W, -sigma * np.outer([0.6, 0.8], [1, 0, 0]), atol=1e-14)


def test_newton_schulz_brings_singular_values_near_one() -> None:
    sigma = np.geomspace(0.01, 1, 60)
    sigma /= np.linalg.norm(sigma)
    sigma = sigma[sigma >= 0.01]
    out = np.diag(newton_schulz(np.diag(sigma) / np.linalg.norm(sigma)))
    assert 0.68 <= out.min() <= out.max() <= 1.14


def test_muon_divides_by_eps_at_least() -> None:
    G = np.array([[3.0, 0.0], [0.0, 4.0]])
    W = np.zeros((2, 2))
    settings: dict[str, Any] = {"ns_coefficients": (1, 0, 0), "weight_decay": 0}
    Muon([W], lr=1.0, eps=10.0, nesterov=False, momentum=0, **settings).step([G])
    np.testing.assert_allclose(W, -G / 10)
    Muon([W], lr=1.0, eps=1.0, nesterov=False, momentum=0, **settings).step([G])
    np.testing.assert_allclose(W, -G / 10 - G / 5)
    np.testing.assert_allclose(newton_schulz(1e-9 * G, (1, 0, 0)), 1e-2 * G)


def test_newton_schulz_does_not_mind_transposing() -> None:
    U = np.sin(np.arange(12.0)).reshape(4, 3)
    np.testing.assert_allclose(newton_schulz(U), newton_schulz(U.T).T, rtol=1e-12)


def test_schedule_free_average_is_the_mean_of_z() -> None:
    w = np.array([4.0])
    optimizer = ScheduleFreeSGD([w], lr=0.5, momentum=0.9)
    zs = []
    for _ in range(10):
        optimizer.step([w])
        zs.append(float(optimizer.state[0]["z"][0]))
    y = w.copy()
    optimizer.eval()
    assert w[0] == pytest.approx(np.mean(zs))
    assert y[0] == pytest.approx(0.1 * zs[-1] + 0.9 * np.mean(zs))
    optimizer.eval()  # a second time changes nothing
    assert w[0] == pytest.approx(np.mean(zs))
    optimizer.train()
    np.testing.assert_allclose(w, y)


def test_schedule_free_weighs_iterates_by_their_rate() -> None:
    w = np.array([0.0])  # z = -0.5 at the rate of 0.5, then -1.5 at 1: weights 0.25 and 1
    optimizer = ScheduleFreeSGD([w], lr=1.0, warmup_steps=2)
    for _ in range(2):
        optimizer.step([np.array([1.0])])
    optimizer.eval()
    assert w[0] == pytest.approx((0.25 * -0.5 + 1 * -1.5) / 1.25)
    assert optimizer.state_dict()["group0.train_mode"] is False


@pytest.mark.parametrize("optimizer_class", [ScheduleFreeSGD, ScheduleFreeAdamW])
def test_schedule_free_may_begin_at_a_rate_of_0(optimizer_class: Any) -> None:
    w = np.array([4.0])
    optimizer = optimizer_class([w], lr=0.0)
    optimizer.step([w])
    assert w[0] == 4.0
    optimizer.lr = 0.5
    optimizer.step([w])
    optimizer.eval()
    assert w[0] == optimizer.state[0]["z"][0] < 4.0  # the first iterate that counts


def test_schedule_free_refuses_a_step_in_eval_mode() -> None:
    w = np.array([4.0])
    optimizer = ScheduleFreeAdamW([w])
    optimizer.eval()
    with pytest.raises(RuntimeError, match=r"call train\(\) before step\(\)"):
        optimizer.step([w])


def test_lbfgs_solves_a_quadratic_in_few_evaluations() -> None:
    w = np.array([5.0, -3.0, 2.0])
    h = np.array([1.0, 10.0, 100.0])
    optimizer = LBFGS([w], line_search_fn="strong_wolfe")
    first = optimizer.step(lambda: (0.5 * float(h @ (w * w)), [h * w]))
    assert first == 0.5 * (25 + 90 + 400)
    assert np.abs(w).max() < 1e-5
    assert int(optimizer.state[0]["func_evals"]) < 25


def test_lbfgs_names_the_mistake_of_passing_gradients() -> None:
    with pytest.raises(TypeError, match="pass a function"):
        LBFGS([np.ones(2)]).step([np.ones(2)])  # type: ignore[arg-type]


# --- Convergence: a table against a property ----------------------------------------------------


def valley(w: Array) -> tuple[float, Array]:
    """Return a quadratic with condition number 25, and its gradient."""
    h = np.array([1.0, 25.0])
    return 0.5 * float(h @ np.square(w - 1)), h * (w - 1)


def rosenbrock(w: Array) -> tuple[float, Array]:
    """Return Rosenbrock's curved valley, and its gradient."""
    x, y = w
    grad = np.array([-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)])
    return float((1 - x) ** 2 + 100 * (y - x * x) ** 2), grad


ROUTES: dict[str, tuple[Make, Make]] = {
    "SGD": (lambda p: SGD(p, lr=0.05), lambda p: SGD(p, lr=1e-3, momentum=0.95)),
    "Adagrad": (lambda p: Adagrad(p, lr=1.0), lambda p: Adagrad(p, lr=0.5)),
    "Adadelta": (lambda p: Adadelta(p, lr=5.0), lambda p: Adadelta(p, lr=5.0)),
    "RMSprop": (lambda p: RMSprop(p, lr=0.02), lambda p: RMSprop(p, lr=0.01)),
    "Adam": (lambda p: Adam(p, lr=0.05), lambda p: Adam(p, lr=0.05)),
    "AdamW": (
        lambda p: AdamW(p, lr=0.05, weight_decay=1e-4),
        lambda p: AdamW(p, lr=0.05, weight_decay=0),
    ),
    "Adamax": (lambda p: Adamax(p, lr=0.05), lambda p: Adamax(p, lr=0.1)),
    "NAdam": (lambda p: NAdam(p, lr=0.05), lambda p: NAdam(p, lr=0.05)),
    "RAdam": (lambda p: RAdam(p, lr=0.05), lambda p: RAdam(p, lr=0.003, betas=(0.9, 0.99))),
    "Lion": (lambda p: Lion(p, lr=0.01), lambda p: Lion(p, lr=0.01)),
    "Rprop": (Rprop, lambda p: Rprop(p, lr=0.001)),
    "Adafactor": (lambda p: Adafactor(p, lr=0.05), lambda p: Adafactor(p, lr=0.05)),
    "Muon": (lambda p: Muon(p, lr=0.02, weight_decay=0), lambda p: Muon(p, lr=0.02)),
    "ScheduleFreeSGD": (
        lambda p: ScheduleFreeSGD(p, lr=0.3),
        lambda p: ScheduleFreeSGD(p, lr=5e-3, momentum=0.98),
    ),
    "ScheduleFreeAdamW": (
        lambda p: ScheduleFreeAdamW(p, lr=0.1),
        lambda p: ScheduleFreeAdamW(p, lr=0.1, betas=(0.98, 0.999)),
    ),
    "LBFGS": (
        lambda p: LBFGS(p, lr=0.5, max_iter=1),
        lambda p: LBFGS(p, line_search_fn="strong_wolfe"),
    ),
}


@pytest.mark.parametrize("name", ROUTES)
@pytest.mark.parametrize("surface", [valley, rosenbrock])
def test_converges(name: str, surface: Callable[[Array], tuple[float, Array]]) -> None:
    w = np.array([[-1.2, 1.0]])  # 2-D, so that Muon takes it
    optimizer = ROUTES[name][surface is rosenbrock]([w])
    keeps_its_rate = name.startswith("ScheduleFree") or name == "LBFGS"
    schedule = CosineAnnealingLR(optimizer.lr, T_max=6000, eta_min=optimizer.lr / 1000)
    start_loss = surface(w[0])[0]
    for step in range(6000):
        if not keeps_its_rate:
            optimizer.lr = schedule(step)
        loss, grad = surface(w[0])
        if name == "LBFGS":
            optimizer.step(lambda: (surface(w[0])[0], [surface(w[0])[1][np.newaxis]]))
        else:
            optimizer.step([grad[np.newaxis]])
        if loss < 1e-9:
            break
    if name.startswith("ScheduleFree"):
        optimizer.eval()
    assert surface(w[0])[0] < 1e-3 * start_loss


# --- Groups and the learning rate ---------------------------------------------------------------


def test_groups_have_their_own_settings() -> None:
    a, b = np.array([1.0]), np.array([1.0])
    groups: list[dict[str, Any]] = [
        {"params": [a]},
        {"params": [b], "lr": 0.5, "weight_decay": 1.0},
    ]
    SGD(groups, lr=0.1).step([np.array([1.0]), np.array([1.0])])
    assert (a[0], b[0]) == (0.9, 0.0)


def test_setting_lr_scales_all_groups_alike() -> None:
    groups: list[dict[str, Any]] = [{"params": [np.ones(1)]}, {"params": [np.ones(1)], "lr": 0.01}]
    optimizer = Adam(groups, lr=0.1)
    assert optimizer.lr == 0.1
    optimizer.lr = 0.0  # a schedule may end at 0 and start again
    assert [group["lr"] for group in optimizer.param_groups] == [0.0, 0.0]
    optimizer.lr = 0.5
    assert [group["lr"] for group in optimizer.param_groups] == pytest.approx([0.5, 0.05])


def test_a_frozen_group_stays_frozen() -> None:
    groups: list[dict[str, Any]] = [{"params": [np.ones(1)], "lr": 0}, {"params": [np.ones(1)]}]
    optimizer = SGD(groups, lr=0.1)
    assert optimizer.lr == 0.1
    optimizer.lr = 1.0
    assert [group["lr"] for group in optimizer.param_groups] == [0.0, 1.0]


def test_lr_is_a_python_float_and_keeps_float32() -> None:
    w = np.ones(3, np.float32)
    optimizer = Adam([w], lr=np.float64(0.1))
    optimizer.lr = np.float64(0.2)
    optimizer.step([w.copy()])
    assert type(optimizer.lr) is float
    assert w.dtype == optimizer.state[0]["exp_avg"].dtype == np.float32


@pytest.mark.parametrize("lr", [-1.0, np.nan, np.inf])
def test_setting_a_bad_lr_changes_nothing(lr: float) -> None:
    optimizer = SGD([np.ones(1)], lr=0.1)
    with pytest.raises(ValueError, match="lr is"):
        optimizer.lr = lr
    assert optimizer.lr == 0.1


def test_the_defaults_of_lion_are_those_of_its_paper() -> None:
    assert Lion([np.ones(1)]).defaults == {"lr": 1e-4, "betas": (0.9, 0.99), "weight_decay": 0.0}


def test_repr_shows_the_settings() -> None:
    assert repr(Lion([np.ones(1)])) == (
        "Lion(1 parameters, lr=0.0001, betas=(0.9, 0.99), weight_decay=0.0)"
    )


# --- Arrays of every kind -----------------------------------------------------------------------


@every
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_keeps_dtype_of_params_and_state(make: Make, dtype: Any) -> None:
    params = two_params(dtype)
    optimizer = make(params)
    for _ in range(3):
        take_step(optimizer, lambda: bowl(params))
    assert all(w.dtype == dtype for w in params)
    arrays = [np.asarray(a) for state in optimizer.state for a in state.values() if np.ndim(a) > 1]
    assert all(a.dtype == dtype for a in arrays)


@elementwise
@pytest.mark.parametrize("size", [7, 8, 9, 16, 19])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_blocks_give_the_same_numbers_as_whole_arrays(
    make: Make, size: int, dtype: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, cut = ([np.linspace(-2, 2, size, dtype=dtype)] for _ in range(2))
    states = []
    for params, elements in ((whole, 100), (cut, 8)):
        optimizer = make(params)
        monkeypatch.setattr(type(optimizer), "block_bytes", elements * params[0].itemsize)
        for _ in range(5):
            optimizer.step(bowl(params))
        states.append(frozen(optimizer))
    assert_same(*states)


@on_gradients
def test_blocks_are_for_rules_that_are_elementwise(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    optimizer = make([np.ones((5, 4))])
    rule, seen = optimizer._update, []

    def update(w: Array, *rest: Any) -> None:
        seen.append(w.size)
        rule(w, *rest)

    monkeypatch.setattr(type(optimizer), "block_bytes", 64)
    monkeypatch.setattr(optimizer, "_update", update)
    optimizer.step([np.ones((5, 4))])
    assert seen == ([8, 8, 4] if make in ELEMENTWISE.values() else [20])


@elementwise
@pytest.mark.parametrize("laid_out", [np.asfortranarray, np.ascontiguousarray])
def test_arrays_that_are_not_contiguous(
    make: Make, laid_out: Callable[[Array], Array], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = two_params()[0]
    strided = np.zeros((3, 4))[:, ::2].T
    strided[...] = plain
    for w in (plain, strided):
        optimizer = make([w])
        monkeypatch.setattr(type(optimizer), "block_bytes", 32)
        for _ in range(5):
            optimizer.step([laid_out(bowl([w])[0])])
    np.testing.assert_array_equal(strided, plain)


@elementwise
def test_zero_dimensional_and_empty_params(make: Make) -> None:
    scalar, empty, vector = np.array(1.5), np.zeros((0, 2)), np.array([1.5])
    both, alone = make([scalar, empty]), make([vector])
    for _ in range(3):
        both.step([2 * scalar, empty.copy()])  # 2 * scalar is a NumPy scalar, not an array
        alone.step([2 * vector])
    assert scalar == vector[0]


@on_gradients
def test_a_gradient_that_is_the_parameter_itself(make: Make) -> None:
    # The gradients of a · b are [b, a].
    copied, shared = two_params()[:1] * 2, two_params()[:1] * 2
    copied = [w.copy() for w in copied]
    shared = [w.copy() for w in shared]
    first, second = make(copied), make(shared)
    for _ in range(3):
        first.step([copied[1].copy(), copied[0].copy()])
        second.step([shared[1], shared[0][:]])
    for a, b in zip(copied, shared, strict=True):
        np.testing.assert_array_equal(a, b)


@every
@pytest.mark.parametrize("size", [1e-300, 1e-30, 1e30, 1e200])
def test_tiny_and_huge_gradients_raise_nothing(make: Make, size: float) -> None:
    params = two_params()
    optimizer = make(params)
    with np.errstate(all="raise"):  # a step that stopped half-way would spoil the state
        take_step(optimizer, lambda: [np.full(w.shape, size) for w in params])


# --- Errors -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "mend"),
    [
        (np.ones(2), r"\[w\]"),
        (3.0, r"params is a float; pass a list of arrays: \[w\]"),
        ({"params": [np.ones(2)]}, r"\[group\]"),
        ([np.array([1, 2])], "dtype=float"),
        ([np.array([True])], "dtype=float"),
        ([np.ones(2, complex)], "dtype=float"),
        ([np.ones(2, np.float16)], "has dtype float16, and.*float64 or float32.*dtype=float"),
        ([np.ones(2, np.longdouble)], "dtype=float"),
        ([3.0], "dtype=float"),
        ([np.float64(3.0)], "dtype=float"),
        ([[1.0, 2.0]], "dtype=float"),
        ([np.broadcast_to(1.0, 3)], r"copy\(\)"),
        ([{"params": np.ones(2)}], r'"params": \[w\]'),
        ([{"params": None}], r'of group 0 are a NoneType; pass a list: "params": \[w\]'),
        ([{"lr": 0.1}], "params"),
        ([{"params": [np.ones(2)]}, np.ones(2)], "group 1"),
    ],
)
def test_params_that_cannot_be_updated(params: Any, mend: str) -> None:
    with pytest.raises(TypeError, match=mend):
        SGD(params)


def test_params_given_twice_unknown_settings_and_none() -> None:
    w = np.ones(2)
    with pytest.raises(ValueError, match="given twice"):
        SGD([w, w])
    with pytest.raises(ValueError, match=r"unknown settings \['learning_rate'\]"):
        SGD([{"params": [w], "learning_rate": 0.1}])
    with pytest.raises(ValueError, match="empty"):
        SGD([])
    with pytest.raises(ValueError, match="no group has a parameter"):
        SGD([{"params": []}])


NUMBERS: dict[Any, list[str]] = {
    SGD: ["lr", "momentum", "dampening", "weight_decay"],
    Adagrad: ["lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps"],
    Adadelta: ["lr", "rho", "eps", "weight_decay"],
    RMSprop: ["lr", "alpha", "eps", "weight_decay", "momentum"],
    Adam: ["lr", "eps", "weight_decay"],
    AdamW: ["lr", "eps", "weight_decay"],
    Adamax: ["lr", "eps", "weight_decay"],
    NAdam: ["lr", "eps", "weight_decay", "momentum_decay"],
    RAdam: ["lr", "eps", "weight_decay"],
    Lion: ["lr", "weight_decay"],
    Rprop: ["lr"],
    Adafactor: ["lr", "d", "weight_decay"],
    Muon: ["lr", "weight_decay", "momentum", "eps"],
    ScheduleFreeSGD: ["lr", "momentum", "weight_decay", "r", "weight_lr_power"],
    ScheduleFreeAdamW: ["lr", "eps", "weight_decay", "r", "weight_lr_power"],
    LBFGS: ["lr", "tolerance_grad", "tolerance_change"],
}
# The settings that are whole numbers, and the least that each may be.
COUNTS: list[tuple[Any, str, int]] = [
    (Muon, "ns_steps", 0),
    (ScheduleFreeSGD, "warmup_steps", 0),
    (ScheduleFreeAdamW, "warmup_steps", 0),
    (LBFGS, "max_iter", 1),
    (LBFGS, "max_eval", 1),
    (LBFGS, "history_size", 1),
]


@pytest.mark.parametrize("value", [-0.1, np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("optimizer_class", NUMBERS, ids=lambda c: c.__name__)
def test_negative_and_non_finite_settings(optimizer_class: Any, value: float) -> None:
    for name in NUMBERS[optimizer_class]:
        with pytest.raises(ValueError, match=name):
            optimizer_class([np.ones((2, 2))], **{name: value})
        with pytest.raises(ValueError, match=name):
            optimizer_class([{"params": [np.ones((2, 2))], name: value}])


@pytest.mark.parametrize(("optimizer_class", "name", "least"), COUNTS)
def test_settings_that_are_counts(optimizer_class: Any, name: str, least: int) -> None:
    must = f"must be a whole number of at least {least}"
    optimizer_class([np.ones((2, 2))], **{name: least})
    with pytest.raises(ValueError, match=f"{name} is {least - 1}; it {must}"):
        optimizer_class([np.ones((2, 2))], **{name: least - 1})
    for value in (2.5, np.nan, "many", True):
        with pytest.raises(TypeError, match=f"{name} is {value!r}; it {must}"):
            optimizer_class([{"params": [np.ones((2, 2))], name: value}])


@pytest.mark.parametrize("betas", [(1.0, 0.9), (0.9, 1.0), (-0.1, 0.9), (np.nan, 0.9), (0.9,)])
def test_betas_out_of_range(betas: Any) -> None:
    for optimizer_class in (Adam, AdamW, Adamax, NAdam, RAdam, Lion, ScheduleFreeAdamW):
        with pytest.raises(ValueError, match="betas"):
            optimizer_class([np.ones(2)], betas=betas)


def wrong(optimizer_class: Any, **settings: Any) -> Make:
    """Return a maker whose settings no type checker would accept."""
    return lambda p: optimizer_class(p, **settings)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (wrong(Adam, betas=0.9), TypeError, "betas is 0.9; it must be a list of 2 numbers"),
        (wrong(Adam, lr="fast"), TypeError, "lr is 'fast'"),
        (wrong(Adam, lr=True), TypeError, "lr is True"),
        (wrong(Adam, amsgrad=1), TypeError, "amsgrad is 1; it must be True or False"),
        (lambda p: SGD(p, nesterov=True), ValueError, "momentum above 0"),
        (lambda p: RMSprop(p, alpha=1.5), ValueError, "alpha is 1.5"),
        (lambda p: Rprop(p, etas=(0.0, 1.2)), ValueError, r"etas\[0\] is 0.0; it must be above 0"),
        (lambda p: Rprop(p, etas=(1.0, 1.2)), ValueError, r"etas\[0\] is 1.0;.*below 1"),
        (lambda p: Rprop(p, etas=(0.5, 1.0)), ValueError, r"etas\[1\] is 1.0;.*above 1"),
        (lambda p: Rprop(p, step_sizes=(-1, 1)), ValueError, r"step_sizes\[0\] is -1"),
        (lambda p: Rprop(p, step_sizes=(2, 1)), ValueError, r"step_sizes\[1\] is 1;.*at least 2"),
        (wrong(Rprop, etas=(0.5,)), ValueError, "etas has 1 numbers; it must be a list of 2 n"),
        (wrong(Rprop, step_sizes=1), TypeError, "step_sizes is 1; it must be a list of 2 numbers"),
        (wrong(Adafactor, eps=1e-3), TypeError, "eps is 0.001; it must be a list of 2 numbers"),
        (wrong(Muon, ns_coefficients=(1, 2)), ValueError, "ns_coefficients has 2 .* of 3 numbers"),
        (wrong(Muon, adjust_lr_fn=1), TypeError, "adjust_lr_fn is 1; it must be one of 'original'"),
        (lambda p: Adafactor(p, beta2_decay=0.1), ValueError, "beta2_decay is 0.1;.*at most 0"),
        (lambda p: Adafactor(p, d=0.5), ValueError, "d is 0.5; it must be finite and at least 1"),
        (lambda p: Adafactor(p, eps=(-1, 1)), ValueError, r"eps\[0\] is -1"),
        (wrong(Adafactor, eps=(None, None)), TypeError, r"eps\[1\] is None; it must be a number"),
        (lambda p: Muon(p, adjust_lr_fn="big"), ValueError, "'original', 'match_rms_adamw'"),
        (lambda p: Muon(p, ns_coefficients=(1, 2, np.inf)), ValueError, "ns_coefficients"),
        (lambda p: Muon([np.ones(3)]), ValueError, r"shape \(3,\).*AdamW"),
        (lambda p: ScheduleFreeSGD(p, momentum=0.0), ValueError, "above 0"),
        (lambda p: ScheduleFreeAdamW(p, betas=(0.0, 0.9)), ValueError, "above 0"),
        (lambda p: LBFGS(p, line_search_fn="armijo"), ValueError, "'none', 'strong_wolfe'"),
        (wrong(LBFGS, line_search_fn=1), TypeError, "line_search_fn is 1"),
        (lambda p: LBFGS([{"params": p}, {"params": [np.ones(1)]}]), ValueError, "takes one"),
    ],
)
def test_settings_that_do_not_fit(make: Make, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        make([np.ones((2, 2))])


def with_second(value: Any) -> Callable[[list[Array]], Any]:
    """Return gradients of which the second is spoiled."""
    return lambda grads: [grads[0], value(grads[1])]


BAD_GRADS: dict[str, tuple[Callable[[list[Array]], Any], type[Exception], str]] = {
    "NaN": (
        with_second(lambda g: np.where(g > 0, np.nan, g)),
        FloatingPointError,
        "gradient 1 has [12] NaN and 0 inf among 2 values at step 4; parameters and state are "
        "unchanged: lower the learning rate, clip the gradient, or check the loss$",
    ),
    "inf": (
        with_second(lambda g: np.where(g > 0, -np.inf, g)),
        FloatingPointError,
        "gradient 1 has 0 NaN and [12] inf among 2 values at step 4",
    ),
    "shape": (
        with_second(lambda g: g.T),
        ValueError,
        r"gradient 1 has shape \(1, 2\) and its parameter \(2, 1\); a gradient has the shape of",
    ),
    "float32": (
        with_second(lambda g: g.astype(np.float32)),
        ValueError,
        "gradient 1 has dtype float32 and its parameter float64",
    ),
    "integers": (with_second(lambda g: g.astype(int)), ValueError, "gradient 1 has dtype int64"),
    "list": (with_second(lambda g: g.tolist()), TypeError, "gradient 1 is a list"),
    "number": (with_second(lambda g: 3.0), TypeError, "gradient 1 is a float"),
    "too few": (
        lambda grads: grads[:1],
        ValueError,
        "1 gradients for 2 parameters; pass one gradient per parameter, .* or None for one",
    ),
    "array": (lambda grads: grads[0], TypeError, r"step\(\[grad\]\)"),
    "function": (
        lambda grads: len,
        TypeError,
        r"grads is a builtin_f.*; pass a list.*\(\[grad\]\)",
    ),
    "nothing": (lambda grads: None, TypeError, r"grads is a NoneType; pass a list"),
}


@every
@pytest.mark.parametrize("bad", BAD_GRADS)
def test_bad_gradients_leave_everything_untouched(make: Make, bad: str) -> None:
    spoil, error, words = BAD_GRADS[bad]
    params = two_params()
    optimizer = make(params)
    for _ in range(3):
        take_step(optimizer, lambda: bowl(params))
    before = frozen(optimizer)
    with pytest.raises(error, match=words):
        if isinstance(optimizer, LBFGS):
            optimizer.step(lambda: (1.0, spoil(bowl(params))))
        else:
            optimizer.step(spoil(bowl(params)))
    assert_same(frozen(optimizer), before)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", [1, 8, 20_001])
def test_what_is_finite(size: int, dtype: Any) -> None:
    largest = np.finfo(dtype).max
    for value in (0, 1, -largest, largest):  # the square of the largest is infinite
        g = np.full(size, value, dtype)
        assert all_finite(g)
        for bad in (np.nan, np.inf, -np.inf):
            for i in (0, size // 2, size - 1):
                spoiled = g.copy()
                spoiled[i] = bad
                assert not all_finite(spoiled)
                assert not all_finite(np.stack([g, spoiled]).T)


def test_what_is_finite_among_arrays_of_every_kind() -> None:
    finite = [np.zeros((0, 2)), np.array(1.0), np.float64(1), np.ones((3, 4))[::-1, ::2]]
    assert all(map(all_finite, [*finite, np.asfortranarray(np.ones((3, 4)))]))
    assert not any(map(all_finite, [np.array(np.nan), np.float32(np.inf)]))


def test_huge_gradients_are_taken_and_tell_what_is_not_finite() -> None:
    w = np.ones(3)
    SGD([w], lr=1e-200).step([np.array([1e200, -1e300, 2e200])])
    np.testing.assert_allclose(w, [0, 1e100, -1])
    with pytest.raises(FloatingPointError, match="gradient 0 has 1 NaN and 1 inf among 3 values"):
        SGD([w]).step([np.array([1e200, np.nan, -np.inf])])


def test_a_large_bad_gradient_leaves_large_parameters_untouched() -> None:
    params = [np.ones(50_000), np.ones(50_000)]
    optimizer = Adam(params)
    optimizer.step([np.ones(50_000), np.ones(50_000)])
    before = frozen(optimizer)
    bad = np.ones(50_000)
    bad[-1] = np.nan
    for grads in ([np.ones(50_000), bad], [bad, np.ones(50_000)]):
        with pytest.raises(FloatingPointError, match="1 NaN and 0 inf among 50000 values at step"):
            optimizer.step(grads)
        assert_same(frozen(optimizer), before)


@pytest.mark.parametrize("returned", [1.0, None, np.ones(2), (1.0,), [1.0, [np.ones(2)], 3]])
def test_lbfgs_says_what_a_closure_returns(returned: Any) -> None:
    optimizer = LBFGS([np.ones(2)])
    before = frozen(optimizer)
    with pytest.raises(TypeError, match=r"the closure returned .*; write return loss, \[grad\]"):
        optimizer.step(lambda: returned)
    assert_same(frozen(optimizer), before)


def test_lbfgs_restores_the_parameters_when_a_later_evaluation_fails() -> None:
    for line_search_fn in (None, "strong_wolfe"):
        w = np.array([3.0, 4.0])
        optimizer = LBFGS([w], line_search_fn=line_search_fn)
        calls: list[int] = []

        def closure(w: Array = w, calls: list[int] = calls) -> tuple[float, list[Array]]:
            calls.append(1)
            grad = w * [1, 10]
            return 0.5 * float(w @ grad), [grad * (np.nan if len(calls) == 3 else 1)]

        before = frozen(optimizer)
        with pytest.raises(FloatingPointError, match="gradient 0 has 2 NaN"):
            optimizer.step(closure)
        assert_same(frozen(optimizer), before)
        assert len(calls) == 3


# --- An optimizer of one's own ------------------------------------------------------------------


class SignSGD(GradientOptimizer):
    """Steps of one length, against the sign of the gradient or of its average."""

    checks: ClassVar = {"averaged": flag}

    def __init__(self, params: Any, lr: float = 0.1, averaged: bool = False, **more: Any) -> None:
        super().__init__(params, lr=lr, averaged=averaged, **more)

    def _new_state(self, w: Array, group: Any) -> dict[str, Array]:
        return {"average": np.zeros_like(w)} if group["averaged"] else {}

    def _update(self, w: Array, g: Array, state: Any, group: Any, t: int) -> None:
        if group["averaged"]:
            state["average"] += 0.5 * (g - state["average"])
            g = state["average"]
        w -= group["lr"] * np.sign(g)


class Named(SignSGD):
    """The same with settings that have no check of their own."""

    def __init__(self, params: Any, form: str = "plain", range: Any = (0, 1)) -> None:
        super().__init__(params, form=form, range=range)


def test_an_optimizer_of_ones_own_takes_steps() -> None:
    w = np.array([0.0])  # averages 2, 0, -1
    assert steps(SignSGD([w], averaged=True), w, [4, -2, -2]) == pytest.approx([-0.1, -0.1, 0.0])
    w = np.array([0.0])
    assert steps(SignSGD([w]), w, [4, -2, -2]) == pytest.approx([-0.1, 0.0, 0.1])


@pytest.mark.parametrize("base", [GradientOptimizer, SGD])
def test_a_rule_of_ones_own_sees_whole_arrays_unless_it_asks_for_blocks(base: Any) -> None:
    class Normalised(base):  # type: ignore[misc]
        """Steps of one length: its elements depend on each other."""

        def _update(self, w: Array, g: Array, state: Any, group: Any, t: int) -> None:
            w -= g / np.linalg.norm(g)

    class Blockwise(Normalised):
        elementwise = True

    w = np.zeros(200_000)
    Normalised([w], lr=1.0).step([np.ones_like(w)])
    assert np.linalg.norm(w) == pytest.approx(1)
    Blockwise([w], lr=1.0).step([np.ones_like(w)])
    assert np.linalg.norm(w) > 1.5


@pytest.mark.parametrize("through", [dict, through_json, through_npz])
def test_an_optimizer_of_ones_own_is_saved_and_loaded(through: Callable[[Any], Any]) -> None:
    group = {"params": [np.array([0.0])], "averaged": True}
    optimizer = SignSGD([group, {"params": [np.array([1.0])]}])
    optimizer.step([np.array([4.0]), np.array([4.0])])
    fresh = SignSGD([group, {"params": [np.array([1.0])]}], lr=0.5)
    fresh.load_state_dict(through(optimizer.state_dict()))
    assert_same(fresh.state_dict(), optimizer.state_dict())
    assert fresh.param_groups[0]["averaged"] is True
    assert fresh.param_groups[1]["averaged"] is False


@pytest.mark.parametrize("through", [dict, through_json, through_npz])
def test_settings_without_a_check_are_kept_as_they_are(through: Callable[[Any], Any]) -> None:
    for of in (tuple, list):
        optimizer, fresh = Named([np.ones(1)], "other", of([0, 2])), Named([np.ones(1)], range=of())
        fresh.load_state_dict(through(optimizer.state_dict()))
        assert fresh.param_groups[0]["form"] == "other"
        assert fresh.param_groups[0]["range"] == of([0, 2])


def test_an_optimizer_of_ones_own_checks_its_settings_and_those_it_inherits() -> None:
    with pytest.raises(TypeError, match="averaged is 1; it must be True or False"):
        SignSGD([{"params": [np.ones(1)], "averaged": 1}])
    with pytest.raises(ValueError, match="lr is -1"):
        SignSGD([np.ones(1)], lr=-1)

    class Weak(Adam):
        """Adam with a setting more."""

        checks: ClassVar = {"weak": flag}

    assert (
        set(Weak.checks)
        == {*Adam.checks, "weak"}
        == {"lr", "maximize", "weak"}
        | {
            "betas",
            "eps",
            "weight_decay",
            "amsgrad",
        }
    )
    assert "weak" not in Adam.checks


# --- Saving and loading -------------------------------------------------------------------------


@every
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("through", [dict, through_json, through_npz])
@pytest.mark.parametrize("steps_before", [0, 4])
def test_a_loaded_optimizer_continues_identically(
    make: Make, dtype: Any, through: Callable[[Any], Any], steps_before: int
) -> None:
    params = two_params(dtype)
    optimizer = make(params)
    for _ in range(steps_before):
        optimizer.lr *= 0.9
        take_step(optimizer, lambda: bowl(params))

    resumed_params = [w.copy() for w in params]
    resumed = make(resumed_params)
    resumed.load_state_dict(through(optimizer.state_dict()))
    assert_same(frozen(resumed), frozen(optimizer))
    for _ in range(4):
        take_step(optimizer, lambda: bowl(params))
        take_step(resumed, lambda: bowl(resumed_params))
    assert_same(frozen(resumed), frozen(optimizer))


def test_state_has_pytorchs_names() -> None:
    w = np.ones((2, 2))
    names = {
        SGD: {"momentum_buffer"},
        Adagrad: {"sum"},
        Adadelta: {"square_avg", "acc_delta"},
        RMSprop: {"square_avg", "momentum_buffer", "grad_avg"},
        Adam: {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"},
        AdamW: {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"},
        Adamax: {"exp_avg", "exp_inf"},
        NAdam: {"exp_avg", "exp_avg_sq", "mu_product"},
        RAdam: {"exp_avg", "exp_avg_sq"},
        Lion: {"exp_avg"},
        Rprop: {"prev", "step_size"},
        Adafactor: {"row_var", "col_var"},
        Muon: {"momentum_buffer"},
        ScheduleFreeSGD: {"z"},
        ScheduleFreeAdamW: {"z", "exp_avg_sq"},
    }
    switches: dict[Any, dict[str, Any]] = {
        SGD: {"momentum": 0.9},
        RMSprop: {"momentum": 0.9, "centered": True},
        Adam: {"amsgrad": True},
        AdamW: {"amsgrad": True},
    }
    for optimizer_class, expected in names.items():
        optimizer = optimizer_class([w], **switches.get(optimizer_class, {}))
        assert set(optimizer.state[0]) == expected


def test_state_dict_is_flat_and_a_copy() -> None:
    w = np.ones(2)
    optimizer = Adam([w], lr=0.1)
    optimizer.step([w])
    flat = optimizer.state_dict()
    assert flat["step"] == 1
    assert flat["group0.lr"] == 0.1
    flat["0.exp_avg"][:] = 7
    assert optimizer.state[0]["exp_avg"][0] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"0.exp_avg": np.ones(3)}, r"0.exp_avg has shape \(3,\)"),
        ({"0.max_exp_avg_sq": np.ones(2)}, "unknown"),
        ({"group0.lr": -1.0}, "lr is -1.0"),
        ({"group0.betas": [0.9, 1.5]}, "betas"),
        ({"step": -3}, "step is -3; it must be a whole number"),
    ],
)
def test_loading_what_does_not_fit_changes_nothing(change: dict[str, Any], words: str) -> None:
    w = np.ones(2)
    optimizer = Adam([w], lr=0.1)
    optimizer.step([w])
    before = frozen(optimizer)
    with pytest.raises(ValueError, match=words):
        optimizer.load_state_dict(optimizer.state_dict() | {"step": 9} | change)
    assert_same(frozen(optimizer), before)
    flat = optimizer.state_dict()
    del flat["0.exp_avg_sq"]
    with pytest.raises(ValueError, match=r"missing \['0.exp_avg_sq'\]"):
        optimizer.load_state_dict(flat)


def test_loading_a_step_that_is_no_count() -> None:
    optimizer = Adam([np.ones(2)])
    with pytest.raises(TypeError, match="step is 2.5; it must be a whole number"):
        optimizer.load_state_dict(optimizer.state_dict() | {"step": 2.5})


@pytest.mark.parametrize("flat", [None, ["0.exp_avg"], "state.npz"], ids=repr)
def test_loading_what_is_no_dict(flat: Any) -> None:
    with pytest.raises(TypeError, match=r"is no state; give what state_dict\(\), np.load or json"):
        Adam([np.ones(2)]).load_state_dict(flat)


@pytest.mark.parametrize("value", ["abc", None, [1j, 2.0]], ids=repr)
def test_loading_what_is_no_array_of_numbers(value: Any) -> None:
    optimizer = Adam([np.ones(2)])
    before = frozen(optimizer)
    with pytest.raises(TypeError, match=r"0\.exp_avg has dtype .*, and this optimizer's float64"):
        optimizer.load_state_dict(optimizer.state_dict() | {"0.exp_avg": value})
    assert_same(frozen(optimizer), before)


@pytest.mark.parametrize(
    ("make", "change", "words"),
    [
        (lambda p: Muon(p), {"adjust_lr_fn": "big"}, "'original', 'match_rms_adamw'"),
        (lambda p: LBFGS(p), {"line_search_fn": "armijo"}, "'none', 'strong_wolfe'"),
        (lambda p: ScheduleFreeAdamW(p), {"betas": (0.0, 0.9)}, "above 0"),
        (lambda p: SGD(p, momentum=0.9), {"nesterov": True, "dampening": 0.5}, "dampening=0"),
    ],
)
def test_loaded_settings_are_checked_together(
    make: Make, change: dict[str, Any], words: str
) -> None:
    optimizer = make([np.ones((2, 2))])
    before = frozen(optimizer)
    changed = {f"group0.{name}": value for name, value in change.items()}
    with pytest.raises(ValueError, match=words):
        optimizer.load_state_dict(optimizer.state_dict() | changed)
    assert_same(frozen(optimizer), before)


# --- Documentation ------------------------------------------------------------------------------


def test_every_optimizer_is_documented_in_one_order() -> None:
    for name in set(pylib.optimizers.__all__) - {"Optimizer", "GradientOptimizer"}:
        text = getattr(pylib.optimizers, name).__doc__
        parts = ["    Args:\n", "    Raises:\n", "    Examples:\n", "    Source:\n"]
        places = [text.index(part) for part in parts]
        assert places == sorted(places)
        assert "<https://" in text[places[-1] :]
