"""Golden numbers for optimizers and schedules, made by PyTorch; writes the JSON files in golden/.

Run by hand where torch and schedulefree are installed: `python make_golden_optimizers.py`.
The tests import this file for its problems and cases, and, where torch is importable, run the
same cases live. What PyTorch lacks comes from other sources: Schedule-Free from the authors'
package, Lion from the paper's formula, and Muon (which PyTorch computes in bfloat16) from a
float64 run that applies the same polynomial to the singular values.
"""

import importlib
import inspect
import json
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
GOLDEN = Path(__file__).parents[1] / "golden"
BOUNDS = {"float64": 1e-10, "float32": 1e-5}
"""The greatest |a − b| / (1 + |b|) that is allowed between pylib and a reference."""


# --- Problems: a start, and the gradient at the present parameters ------------------------------


@dataclass(frozen=True)
class Problem:
    """Where to start, and the loss and gradients at given parameters and step, in their dtype."""

    start: list[Array]
    loss_and_grads: Callable[[list[Array], int], tuple[float, list[Array]]]


def waves(shape: tuple[int, ...], frequency: float) -> Array:
    """Return numbers between -1 and 1 without a pattern: no generator to keep stable."""
    return np.asarray(np.sin(frequency * (1.0 + np.arange(math.prod(shape))) ** 2).reshape(shape))


def quadratic(dtype: Any) -> Problem:
    """Return ½ Σ h (w − c)² over two parameters, with curvatures h from 0.1 to 10."""
    shapes = [(3,), (2, 2)]
    h = [np.geomspace(0.1, 10, math.prod(s)).reshape(s).astype(dtype) for s in shapes]
    c = [waves(s, 1.3).astype(dtype) for s in shapes]

    def loss_and_grads(params: list[Array], t: int) -> tuple[float, list[Array]]:
        grads = [hi * (w - ci) for hi, w, ci in zip(h, params, c, strict=True)]
        terms = [g * (w - ci) for g, w, ci in zip(grads, params, c, strict=True)]
        return float(0.5 * sum(float(term.sum()) for term in terms)), grads

    return Problem([(2 * waves(s, 0.7)).astype(dtype) for s in shapes], loss_and_grads)


def noisy(dtype: Any) -> Problem:
    """Return the quadratic with gradients disturbed differently at each step."""
    calm = quadratic(dtype)

    def loss_and_grads(params: list[Array], t: int) -> tuple[float, list[Array]]:
        loss, grads = calm.loss_and_grads(params, t)
        return loss, [g + (0.5 * waves(g.shape, 0.31 * t)).astype(dtype) for g in grads]

    return Problem(calm.start, loss_and_grads)


def rosenbrock(dtype: Any) -> Problem:
    """Return (1 − x)² + 100 (y − x²)² from (−1.2, 1)."""

    def loss_and_grads(params: list[Array], t: int) -> tuple[float, list[Array]]:
        x, y = params[0]
        valley = y - x * x
        grad = np.array([-400 * x * valley - 2 * (1 - x), 200 * valley], dtype)
        return float((1 - x) ** 2 + 100 * valley * valley), [grad]

    return Problem([np.array([-1.2, 1.0], dtype)], loss_and_grads)


def logistic(dtype: Any) -> Problem:
    """Return logistic regression on 12 rows of 4 features; the bias is a 0-d array."""
    X = waves((12, 4), 0.9).astype(dtype)
    y = (waves((12,), 2.1) > 0).astype(dtype)

    def loss_and_grads(params: list[Array], t: int) -> tuple[float, list[Array]]:
        w, b = params
        z = X @ w + b
        error = 1 / (1 + np.exp(-z)) - y
        grads = [X.T @ error / len(y) + 0.01 * w, np.asarray(error.mean())]
        loss = np.mean(np.logaddexp(0, z) - y * z) + 0.005 * np.sum(w * w)
        return float(loss), [g.astype(dtype) for g in grads]

    return Problem([waves((4,), 1.7).astype(dtype), np.array(0.3, dtype)], loss_and_grads)


def uneven(dtype: Any) -> Problem:
    """Return gradients that are often zero, and whose sizes span seven orders of magnitude."""
    scale = np.array([1e-5, 1e-3, 1e-1, 1.0, 1e2], dtype)

    def loss_and_grads(params: list[Array], t: int) -> tuple[float, list[Array]]:
        active = (np.arange(5) + t) % 3 != 0
        return 0.0, [(active * scale * np.tanh(params[0] - 0.2)).astype(dtype)]

    return Problem([waves((5,), 0.37).astype(dtype)], loss_and_grads)


def matrices(dtype: Any) -> Problem:
    """Return two least-squares problems for a tall and a wide matrix."""
    shapes = [(5, 3), (3, 4)]
    X = [waves((s[1], 8), 0.83).astype(dtype) for s in shapes]
    Y = [waves((s[0], 8), 1.19).astype(dtype) for s in shapes]

    def loss_and_grads(params: list[Array], t: int) -> tuple[float, list[Array]]:
        errors = [w @ x - y for w, x, y in zip(params, X, Y, strict=True)]
        loss = 0.5 * sum(float((e * e).sum()) for e in errors)
        return loss, [e @ x.T for e, x in zip(errors, X, strict=True)]

    return Problem([waves(s, 0.53).astype(dtype) for s in shapes], loss_and_grads)


def volume(dtype: Any) -> Problem:
    """Return a stack of matrices to be made equal to another."""
    target = waves((2, 3, 4), 1.19).astype(dtype)

    def loss_and_grads(params: list[Array], t: int) -> tuple[float, list[Array]]:
        error = params[0] - target
        return float(0.5 * (error * error).sum()), [error]

    return Problem([waves((2, 3, 4), 0.53).astype(dtype)], loss_and_grads)


PROBLEMS: dict[str, Callable[[Any], Problem]] = {
    "quadratic": quadratic,
    "noisy": noisy,
    "rosenbrock": rosenbrock,
    "logistic": logistic,
    "uneven": uneven,
    "matrices": matrices,
    "volume": volume,
}


# --- Cases: optimizer x settings x problem x dtype ----------------------------------------------

GROUPS = "groups"  # the second parameter gets a group with twice the rate and a weight decay
FALLING = "falling"  # the rate falls along a cosine
LATE = "late"  # the first parameter has no gradient at times, and the second one comes later
ADAPTIVE = ("quadratic", "noisy", "rosenbrock", "logistic", "uneven")

TABLE: dict[str, list[dict[str, Any]]] = {
    "SGD": [
        {"lr": 0.05},
        {"lr": 0.05, "momentum": 0.9},
        {"lr": 0.05, "momentum": 0.9, "dampening": 0.5},
        {"lr": 0.05, "momentum": 0.9, "nesterov": True},
        {"lr": 0.05, "weight_decay": 0.1},
        {"lr": 0.05, "momentum": 0.8, "dampening": 0.8, "weight_decay": 0.05},
        {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
        {"lr": 0.05, "momentum": 0.9, FALLING: True},
        {"lr": 0.05, "momentum": 0.9, GROUPS: True},
        {"lr": 0.05, "momentum": 0.9, "dampening": 0.5, LATE: True},
        {"lr": 0.002, "maximize": True, "weight_decay": 0.1},
    ],
    "Adagrad": [
        {"lr": 0.1},
        {"lr": 0.5, "lr_decay": 0.01},
        {"lr": 0.1, "weight_decay": 0.1},
        {"lr": 0.1, "initial_accumulator_value": 0.1, "eps": 1e-3},
        {"lr": 0.1, FALLING: True, GROUPS: True},
        {"lr": 0.1, "lr_decay": 0.01, LATE: True},
        {"lr": 0.02, "maximize": True, "weight_decay": 0.1},
    ],
    "Adadelta": [
        {},
        {"lr": 0.5, "rho": 0.95},
        {"rho": 0.5, "eps": 1e-4, "weight_decay": 0.1},
        {"lr": 2.0, FALLING: True, GROUPS: True},
        {"lr": 2.0, LATE: True},
        {"lr": 0.02, "maximize": True, "weight_decay": 0.1},
    ],
    "RMSprop": [
        {"lr": 0.01},
        {"lr": 0.01, "alpha": 0.9, "eps": 1e-4},
        {"lr": 0.01, "weight_decay": 0.1},
        {"lr": 0.002, "momentum": 0.9},
        {"lr": 0.01, "centered": True, "eps": 1e-2},
        {"lr": 0.002, "alpha": 0.95, "momentum": 0.8, "centered": True, "eps": 1e-2},
        {"lr": 0.01, FALLING: True, GROUPS: True},
        {"lr": 0.01, "momentum": 0.5, LATE: True},
        {"lr": 0.02, "maximize": True, "weight_decay": 0.1},
    ],
    "Adam": [
        {"lr": 0.05},
        {"lr": 0.05, "betas": [0.8, 0.95], "eps": 1e-6},
        {"lr": 0.05, "betas": [0.0, 0.9]},
        {"lr": 0.05, "weight_decay": 0.1},
        {"lr": 0.05, "amsgrad": True},
        {"lr": 0.05, "betas": [0.9, 0.9], "amsgrad": True, "weight_decay": 0.05},
        {"lr": 0.05, FALLING: True, GROUPS: True},
        {"lr": 0.05, "amsgrad": True, LATE: True},
        {"lr": 0.02, "maximize": True, "weight_decay": 0.1},
    ],
    "AdamW": [
        {"lr": 0.05},
        {"lr": 0.05, "weight_decay": 0.5},
        {"lr": 0.05, "betas": [0.8, 0.95], "eps": 1e-6, "weight_decay": 0.1},
        {"lr": 0.05, "betas": [0.9, 0.9], "amsgrad": True},
        {"lr": 0.05, FALLING: True, GROUPS: True},
        {"lr": 0.05, LATE: True},
        {"lr": 0.02, "maximize": True},
    ],
    "Adamax": [
        {"lr": 0.05},
        {"lr": 0.05, "betas": [0.8, 0.9], "weight_decay": 0.1},
        {"lr": 0.05, "eps": 1e-3, FALLING: True, GROUPS: True},
        {"lr": 0.05, LATE: True},
        {"lr": 0.02, "maximize": True, "weight_decay": 0.1},
    ],
    "NAdam": [
        {"lr": 0.05},
        {"lr": 0.05, "betas": [0.8, 0.95], "momentum_decay": 0.1},
        {"lr": 0.05, "weight_decay": 0.1},
        {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True},
        {"lr": 0.05, FALLING: True, GROUPS: True},
        {"lr": 0.05, LATE: True},
        {"lr": 0.02, "maximize": True, "weight_decay": 0.1},
    ],
    "RAdam": [
        {"lr": 0.05},
        {"lr": 0.05, "betas": [0.8, 0.95], "weight_decay": 0.1},
        {"lr": 0.05, "betas": [0.9, 0.5]},
        {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True},
        {"lr": 0.05, FALLING: True, GROUPS: True},
        {"lr": 0.05, LATE: True},
        {"lr": 0.02, "maximize": True, "weight_decay": 0.1},
    ],
    "Lion": [
        {"lr": 0.003},
        {"lr": 0.003, "betas": [0.95, 0.98], "weight_decay": 1.0},
        {"lr": 0.003, "weight_decay": 0.3},
        {"lr": 0.003, FALLING: True, GROUPS: True},
    ],
    "Rprop": [
        {},
        {"lr": 0.1, "etas": [0.3, 1.5], "step_sizes": [1e-4, 0.5]},
        {"lr": 0.02, LATE: True},
        {"lr": 0.02, "maximize": True},
        {"lr": 0.02, FALLING: True, GROUPS: True},
    ],
    "Adafactor": [
        {},
        {"lr": 0.1, "beta2_decay": -0.5, "d": 1.5, "weight_decay": 0.1},
        {"lr": 0.05, "eps": [1e-2, 0.1]},
        {"lr": 0.05, LATE: True},
        {"lr": 0.02, "maximize": True, "weight_decay": 0.1},
        {"lr": 0.05, FALLING: True, GROUPS: True},
    ],
    "Muon": [
        {"lr": 0.02},
        {"lr": 0.02, "nesterov": False, "weight_decay": 0.0},
        {"lr": 0.02, "momentum": 0.8, "adjust_lr_fn": "match_rms_adamw"},
        {"lr": 0.02, "ns_steps": 3, "ns_coefficients": [2.0, -1.5, 0.5]},
        {"lr": 0.02, FALLING: True, GROUPS: True},
    ],
    "ScheduleFreeSGD": [
        {"lr": 0.1},
        {"lr": 0.1, "momentum": 0.5, "weight_decay": 0.1},
        {"lr": 0.1, "warmup_steps": 20, "r": 1.0, "weight_lr_power": 1.0},
        {"lr": 0.1, FALLING: True, GROUPS: True},
    ],
    "ScheduleFreeAdamW": [
        {"lr": 0.05},
        {"lr": 0.05, "betas": [0.95, 0.9], "weight_decay": 0.1},
        {"lr": 0.05, "warmup_steps": 20, "r": 1.0, "weight_lr_power": 1.0},
        {"lr": 0.05, FALLING: True, GROUPS: True},
    ],
    "LBFGS": [
        {"max_iter": 2, "lr": 0.5},
        {"max_iter": 3, "line_search_fn": "strong_wolfe"},
        {"max_iter": 3, "line_search_fn": "strong_wolfe", "history_size": 2},
        {"max_iter": 8, "max_eval": 6, "lr": 0.1, "line_search_fn": "strong_wolfe"},
        {"max_iter": 3, "line_search_fn": "strong_wolfe", LATE: True},
    ],
}

SHORTER = {"SGD": 0.02, "RAdam": 0.02, "ScheduleFreeSGD": 0.005}
"""By how much a rate is lowered where gradients are in the hundreds (rosenbrock, uneven)."""


def cases() -> list[dict[str, Any]]:
    """Return every case as it stands in the JSON file, without its results."""
    found = []
    for optimizer, rows in TABLE.items():
        problems: tuple[str, ...] = ADAPTIVE
        if optimizer == "Muon":
            problems = ("matrices",)
        if optimizer == "LBFGS":
            problems = ("quadratic", "logistic", "rosenbrock")
        if optimizer == "Adafactor":
            problems = (*ADAPTIVE, "matrices", "volume")
        for row in rows:
            for problem in problems:
                if (LATE in row or "maximize" in row) and problem not in ("quadratic", "noisy"):
                    continue  # the others have one parameter, or no end upwards
                for dtype in ("float64", "float32"):
                    if optimizer == "LBFGS" and (dtype, problem) == ("float32", "rosenbrock"):
                        continue  # its narrow valley lies below the resolution of float32
                    found.append(case(optimizer, dict(row), problem, dtype))
    return found


def case(optimizer: str, settings: dict[str, Any], problem: str, dtype: str) -> dict[str, Any]:
    """Return one case, named by what sets it apart."""
    falling, groups = settings.pop(FALLING, False), settings.pop(GROUPS, False)
    late = settings.pop(LATE, False)
    parts = [f"{k}={v}" for k, v in settings.items()]
    parts += [FALLING] * falling + [GROUPS] * groups + [LATE] * late
    if problem in ("rosenbrock", "uneven") and "lr" in settings:
        settings["lr"] *= SHORTER.get(optimizer, 1.0)
    return {
        "id": f"{optimizer}({', '.join(parts).replace(' ', '')})-{problem}-{dtype}",
        "optimizer": optimizer,
        "settings": settings,
        "falling": falling,
        "groups": groups,
        **({"late": True} if late else {}),
        "problem": problem,
        "dtype": dtype,
    }


def params_argument(case: dict[str, Any], params: list[Any]) -> list[Any]:
    """Return the parameters as a list, or as groups if the case asks for them."""
    if comes_later(case):
        return params[:1]
    if not case["groups"] or len(params) < 2:
        return params
    second = {"params": params[1:], "lr": 2 * case["settings"].get("lr", 1.0)}
    if case["optimizer"] not in ("LBFGS", "Rprop"):
        second["weight_decay"] = 0.1
    return [{"params": params[:1]}, second]


def comes_later(case: dict[str, Any]) -> bool:
    """Return whether the second parameter comes with a later group; L-BFGS takes no second one."""
    return "late" in case and case["optimizer"] != "LBFGS"


def late_group(case: dict[str, Any], params: list[Any], t: int) -> dict[str, Any] | None:
    """Return the group that comes before step t, if one does."""
    if t != 4 or not comes_later(case):
        return None
    return {"params": params[1:], "lr": 2 * case["settings"].get("lr", 1.0)}


def with_gaps(case: dict[str, Any], grads: list[Any], t: int) -> list[Any]:
    """Return the gradients of step t as the case has them: some are None, or not there yet."""
    if "late" not in case:
        return grads
    first = None if t % 3 == 0 else grads[0]
    return [first] if t < 4 and comes_later(case) else [first, *grads[1:]]


def snapshot_steps(case: dict[str, Any]) -> tuple[int, ...]:
    """Return after which steps the parameters are recorded; the last one ends the run."""
    return (1, 3, 6) if case["optimizer"] == "LBFGS" else (1, 10, 100)


def lr_factor(case: dict[str, Any], t: int) -> float:
    """Return what the rates are multiplied by at step t, counted from 1."""
    return (1 + math.cos(math.pi * (t - 1) / 100)) / 2 if case["falling"] else 1.0


Snapshots = dict[str, list[list[float]]]


def snapshot(params: list[Array]) -> list[list[float]]:
    """Return copies of the parameters as flat lists, exactly."""
    return [w.ravel().tolist() for w in params]


# --- The references -----------------------------------------------------------------------------


def run_reference(case: dict[str, Any], nudged: bool = False) -> Snapshots:
    """Run a case with PyTorch, or with the reference of what PyTorch lacks.

    Args:
        case: one of `cases()`.
        nudged: start one rounding error away.
    """
    import torch

    torch.set_default_dtype(torch.float64)  # NAdam keeps its product of momenta in this dtype
    problem = PROBLEMS[case["problem"]](np.dtype(case["dtype"]))
    if case["optimizer"] == "Muon":
        # In float64 throughout, also for float32 parameters: the iteration itself is tested.
        problem = PROBLEMS[case["problem"]](np.float64)
    params = [np.array(np.nextafter(w, 9) if nudged else w) for w in problem.start]
    tensors = [torch.from_numpy(w) for w in params]  # share their memory
    optimizer = make_reference(case, params_argument(case, tensors))
    rates = [group["lr"] for group in optimizer.param_groups]

    def closure() -> float:
        loss, grads = problem.loss_and_grads(params, t)
        for tensor, g in zip(tensors, with_gaps(case, grads, t), strict=False):
            tensor.grad = None if g is None else torch.from_numpy(np.array(g))
        return loss

    snapshots: Snapshots = {}
    schedule_free = case["optimizer"].startswith("ScheduleFree")
    if schedule_free:
        optimizer.train()
    for t in range(1, snapshot_steps(case)[-1] + 1):
        if later := late_group(case, tensors, t):
            optimizer.add_param_group(later)
            rates.append(later["lr"])
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * lr_factor(case, t)
        if case["optimizer"] == "LBFGS":
            optimizer.step(closure)
        else:
            closure()
            optimizer.step()
        if t in snapshot_steps(case):
            snapshots[str(t)] = snapshot(params)
    if schedule_free:
        optimizer.eval()
        snapshots["eval"] = snapshot(params)
    return snapshots


def relative_error(found: Snapshots, expected: Snapshots) -> float:
    """Return the greatest |a − b| / (1 + |b|) over all snapshots."""
    worst = 0.0
    for key, arrays in expected.items():
        for a, b in zip(found[key], arrays, strict=True):
            errors = np.abs(np.subtract(a, b)) / (1 + np.abs(b))
            worst = max(worst, float(errors.max()))
    return worst


def is_stable(case: dict[str, Any], snapshots: Snapshots) -> bool:
    """Return whether a rounding error at the start stays small.

    Where it grows, as where a step's sign hangs on a vanishing gradient, two correct programs
    differ too, and a comparison would test nothing.
    """
    error = relative_error(run_reference(case, nudged=True), snapshots)
    return error <= BOUNDS[case["dtype"]] / 10


def make_reference(case: dict[str, Any], params: list[Any]) -> Any:
    """Return an optimizer that works on torch tensors."""
    import torch

    name, settings = case["optimizer"], dict(case["settings"])
    if name in ("Lion", "Muon"):
        return {"Lion": ReferenceLion, "Muon": ReferenceMuon}[name](params, settings)
    if name.startswith("ScheduleFree"):
        schedulefree = importlib.import_module("schedulefree")
        kinds = {"SGD": schedulefree.SGDScheduleFree, "AdamW": schedulefree.AdamWScheduleFree}
        return kinds[name.removeprefix("ScheduleFree")](params, foreach=False, **settings)
    if name != "LBFGS":
        settings["foreach"] = False
    return getattr(torch.optim, name)(params, **settings)


class Reference:
    """Groups and gradients for references written out here."""

    defaults: ClassVar[dict[str, Any]]

    def __init__(self, params: list[Any], settings: dict[str, Any]) -> None:
        groups = params if isinstance(params[0], dict) else [{"params": params}]
        self.param_groups = [self.defaults | settings | group for group in groups]
        self.memory: dict[int, Any] = {}

    def step(self) -> None:
        for group in self.param_groups:
            for theta in group["params"]:
                m = self.memory.get(id(theta), 0 * theta)
                self.memory[id(theta)] = self.update(theta, theta.grad, m, group)

    def update(self, theta: Any, g: Any, m: Any, group: dict[str, Any]) -> Any:
        """Change theta in place and return the new memory."""
        raise NotImplementedError


class ReferenceLion(Reference):
    """Algorithm 2 of Chen et al. (2023), with the decay inside the update as printed there."""

    defaults: ClassVar = {"lr": 1e-4, "betas": (0.9, 0.99), "weight_decay": 0.0}

    def update(self, theta: Any, g: Any, m: Any, group: dict[str, Any]) -> Any:
        beta1, beta2 = group["betas"]
        c = beta1 * m + (1 - beta1) * g
        theta.sub_(group["lr"] * (c.sign() + group["weight_decay"] * theta))
        return beta2 * m + (1 - beta2) * g


class ReferenceMuon(Reference):
    """Muon through a singular value decomposition: the polynomial is applied to σ itself."""

    defaults: ClassVar = {
        "lr": 1e-3,
        "weight_decay": 0.1,
        "momentum": 0.95,
        "nesterov": True,
        "ns_coefficients": (3.4445, -4.7750, 2.0315),
        "ns_steps": 5,
        "adjust_lr_fn": "original",
    }

    def update(self, theta: Any, g: Any, m: Any, group: dict[str, Any]) -> Any:
        import torch

        mu = group["momentum"]
        m = mu * m + (1 - mu) * g
        direction = mu * m + (1 - mu) * g if group["nesterov"] else m
        left, sigma, right = torch.linalg.svd(direction, full_matrices=False)
        sigma = sigma / sigma.square().sum().sqrt().clamp(min=1e-7)
        a, b, c = group["ns_coefficients"]
        for _ in range(group["ns_steps"]):
            sigma = a * sigma + b * sigma**3 + c * sigma**5
        rows, cols = theta.shape
        scale = max(1, rows / cols) ** 0.5
        if group["adjust_lr_fn"] == "match_rms_adamw":
            scale = 0.2 * max(rows, cols) ** 0.5
        theta.mul_(1 - group["lr"] * group["weight_decay"])
        theta.sub_(group["lr"] * scale * (left * sigma) @ right)
        return m


# --- Line searches ------------------------------------------------------------------------------

Line = Callable[[float], tuple[float, float]]
"""A loss along a direction, as a function of how far one goes: its value and its slope."""


def parabola(t: float) -> tuple[float, float]:
    """Return (t − 3)²."""
    return (t - 3) ** 2, 2 * (t - 3)


def fraction(t: float) -> tuple[float, float]:
    """Return the first function of Moré and Thuente (1994), with a long flat end."""
    return -t / (t * t + 2), (t * t - 2) / (t * t + 2) ** 2


def powers(t: float) -> tuple[float, float]:
    """Return their second function, flat at the start."""
    u = t + 0.004
    return u**5 - 2 * u**4, 5 * u**4 - 8 * u**3


def ripples(t: float) -> tuple[float, float]:
    """Return their third function: a corner at 1, under many small waves."""
    beta, waves = 0.01, 39
    if t <= 1 - beta:
        value, slope = 1 - t, -1.0
    elif t >= 1 + beta:
        value, slope = t - 1, 1.0
    else:
        value, slope = (t - 1) ** 2 / (2 * beta) + beta / 2, (t - 1) / beta
    angle = waves * math.pi * t / 2
    value += 2 * (1 - beta) / (waves * math.pi) * math.sin(angle)
    return value, slope + (1 - beta) * math.cos(angle)


def corners(t: float, first: float = 0.01, second: float = 0.001) -> tuple[float, float]:
    """Return their fifth function: steep walls at both ends."""
    a, b = math.sqrt(1 + first**2) - first, math.sqrt(1 + second**2) - second
    left, right = math.sqrt((1 - t) ** 2 + second**2), math.sqrt(t * t + first**2)
    return a * left + b * right, b * t / right - a * (1 - t) / left


def valleys(t: float) -> tuple[float, float]:
    """Return many minima on the way down and up again."""
    return -math.sin(3 * t) + 0.1 * (t - 4) ** 2, -3 * math.cos(3 * t) + 0.2 * (t - 4)


def slope_down(t: float) -> tuple[float, float]:
    """Return a loss that falls for ever."""
    return -t, -1.0


LINES: dict[str, Line] = {
    line.__name__: line
    for line in (parabola, fraction, powers, ripples, corners, valleys, slope_down)
}
SEARCHES: list[dict[str, Any]] = [
    {"line": line, "t": t, "d_max": d_max, "settings": settings}
    for line in LINES
    for t in (1e-3, 0.1, 0.5, 1.0, 5.0, 10.0, 1e3)
    for d_max, settings in (
        (1.0, {}),
        (1.0, {"c1": 1e-3, "c2": 0.1}),
        (1.0, {"c1": 0.1, "c2": 0.1}),
        (1.0, {"c1": 0.3, "c2": 0.001, "max_trials": 6}),
        (1.0, {"c2": 1e-9, "max_trials": 3}),
        (1.0, {"c2": 1e-9, "max_trials": 1}),
        (1e-3, {"c2": 1e-9, "tolerance_change": 1e-4}),
        (1e3, {"c2": 1e-9, "tolerance_change": 1e-4}),
    )
]
"""A line, the first step, and how to search."""


def torch_search(line: Line, t: float, d_max: float, settings: dict[str, Any]) -> list[float]:
    """Return every step that PyTorch tries, and where it ends."""
    import torch
    from torch.optim.lbfgs import _strong_wolfe

    tried = []

    def evaluate(x: Any, t: float, d: Any) -> tuple[float, Any]:
        tried.append(float(t))
        value, slope = line(float(t))
        return value, torch.tensor([slope / d_max], dtype=torch.float64)

    settings = {"max_ls" if k == "max_trials" else k: v for k, v in settings.items()}
    d = torch.tensor([d_max], dtype=torch.float64)
    value, slope = line(0.0)
    g = torch.tensor([slope / d_max], dtype=torch.float64)
    end = _strong_wolfe(evaluate, None, t, d, value, g, g.dot(d), **settings)
    return [*tried, float(end[2])]


def run_searches() -> list[dict[str, Any]]:
    """Search along all lines; where a rounding error of the start grows, nothing is recorded."""
    found = []
    for search in SEARCHES:
        line = LINES[search["line"]]
        tried = torch_search(line, search["t"], search["d_max"], search["settings"])
        near = torch_search(line, search["t"] * (1 + 1e-15), search["d_max"], search["settings"])
        if len(near) == len(tried) and np.allclose(near, tried, rtol=1e-9, atol=1e-12):
            found.append({**search, "tried": tried[:-1], "end": tried[-1]})
    return found


# --- Schedules ----------------------------------------------------------------------------------

SCHEDULES: list[tuple[str, list[Any], dict[str, Any]]] = [
    ("ConstantLR", [1.0], {}),
    ("ConstantLR", [0.3], {"factor": 0.5, "total_iters": 7}),
    ("LinearLR", [1.0], {}),
    ("LinearLR", [0.2], {"start_factor": 1.0, "end_factor": 0.1, "total_iters": 13}),
    ("LinearLR", [0.2], {"start_factor": 0.01, "end_factor": 0.9, "total_iters": 1}),
    ("StepLR", [1.0, 3], {"gamma": 0.5}),
    ("StepLR", [0.1, 7], {}),
    ("MultiStepLR", [1.0, [2, 5]], {}),
    ("MultiStepLR", [0.4, [3, 3, 20, 21]], {"gamma": 0.5}),
    ("ExponentialLR", [1.0, 0.9], {}),
    ("PolynomialLR", [1.0], {"total_iters": 4, "power": 2.0}),
    ("PolynomialLR", [0.3], {"total_iters": 17, "power": 0.5}),
    ("CosineAnnealingLR", [1.0, 4], {"rise": True}),
    ("CosineAnnealingLR", [0.3, 11], {"eta_min": 0.01, "rise": True}),
    ("CosineAnnealingWarmRestarts", [1.0, 2], {"T_mult": 2}),
    ("CosineAnnealingWarmRestarts", [0.3, 7], {"eta_min": 0.01}),
    ("CosineAnnealingWarmRestarts", [0.3, 1], {"T_mult": 3, "eta_min": 0.01}),
    ("CyclicLR", [0.1, 1.0], {"step_size_up": 2, "mode": "triangular2"}),
    ("CyclicLR", [0.1, 0.5], {"step_size_up": 3, "step_size_down": 8}),
    ("CyclicLR", [0.1, 0.5], {"step_size_up": 4, "mode": "exp_range", "gamma": 0.95}),
    ("OneCycleLR", [1.0], {"total_steps": 10}),
    ("OneCycleLR", [0.5], {"total_steps": 40, "pct_start": 0.25, "anneal_strategy": "linear"}),
    ("OneCycleLR", [0.5], {"total_steps": 37, "three_phase": True, "div_factor": 10.0}),
    ("OneCycleLR", [0.5], {"epochs": 4, "steps_per_epoch": 9, "final_div_factor": 100.0}),
    ("OneCycleLR", [0.5], {"total_steps": 20, "base_momentum": 0.6, "max_momentum": 0.9}),
    ("OneCycleLR", [0.5], {"total_steps": 20, "cycle_momentum": False}),
    ("OneCycleLR", [0.5], {"total_steps": 24, "pct_start": 0.5, "three_phase": True}),
    ("CyclicLR", [0.1, 0.5], {"step_size_up": 4, "base_momentum": 0.5, "max_momentum": 0.99}),
    ("CyclicLR", [0.1, 0.5], {"step_size_up": 4, "scale_fn": "root"}),
    ("CyclicLR", [0.1, 0.5], {"step_size_up": 4, "scale_fn": "root", "scale_mode": "iterations"}),
    ("LambdaLR", [0.3, "root"], {}),
    ("SWALR", [0.3, 0.05], {}),
    ("SWALR", [0.3, 0.05], {"anneal_epochs": 7, "anneal_strategy": "linear"}),
    ("SWALR", [0.05, 0.3], {"anneal_epochs": 0}),
]
"""Name, arguments from `base_lr` (here `max_lr` for OneCycleLR) on, and keywords."""

FUNCTIONS: dict[str, Callable[[int], float]] = {"root": lambda t: 1 / math.sqrt(1 + t)}
"""What cases name in place of a function, which JSON cannot hold."""

STEPS = 40

CHAINS: list[list[tuple[str, list[Any], dict[str, Any]]]] = [
    [("ConstantLR", [0.5], {"factor": 0.1, "total_iters": 4}), ("ExponentialLR", [0.5, 0.9], {})],
    [
        ("LinearLR", [0.5], {"start_factor": 0.25, "end_factor": 0.8, "total_iters": 7}),
        ("StepLR", [0.5, 4], {"gamma": 0.5}),
        ("MultiStepLR", [0.5, [3, 11]], {"gamma": 0.7}),
        ("PolynomialLR", [0.5, 28, 2.0], {}),
    ],
    [("CosineAnnealingLR", [0.5, 30], {}), ("ExponentialLR", [0.5, 0.97], {})],
]
"""Schedules of one base rate that act at once."""

SEQUENCES: list[tuple[list[tuple[str, list[Any], dict[str, Any]]], list[int]]] = [
    (
        [
            ("LinearLR", [1.0], {"start_factor": 0.25, "total_iters": 3}),
            ("CosineAnnealingLR", [1.0, 5], {"rise": True}),
        ],
        [3],
    ),
    (
        [
            ("ConstantLR", [0.5], {"factor": 0.1, "total_iters": 4}),
            ("ExponentialLR", [0.5, 0.9], {}),
            ("StepLR", [0.5, 4], {"gamma": 0.5}),
        ],
        [6, 19],
    ),
]

PLATEAUS: list[tuple[dict[str, Any], list[float]]] = [
    ({"patience": 2}, [3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1]),
    ({"patience": 0, "factor": 0.5}, [5, 5, 5, 4.9999, 4, 4, 4]),
    ({"patience": 1, "mode": "max", "factor": 0.5}, [0.1, 0.2, 0.2, 0.2, 0.3, 0.1, 0.1, 0.1, 0.1]),
    ({"patience": 1, "threshold": 0.5, "threshold_mode": "abs"}, [9, 8.6, 8.4, 8, 7, 6.9, 6.8]),
    ({"patience": 0, "cooldown": 2, "factor": 0.1}, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
    ({"patience": 0, "min_lr": 0.02, "factor": 0.3}, [1, 1, 1, 1, 1, 1]),
    ({"patience": 0, "eps": 0.05, "factor": 0.5}, [1, 1, 1, 1, 1]),
    ({"patience": 1}, [1, math.nan, math.nan, math.nan, 0.5]),
    ({"patience": 1, "mode": "max", "threshold_mode": "abs"}, [1, 1, 1, 2, 2, 2]),
]
"""Keywords, and the metrics given one after another; the rate starts at 0.1."""


def torch_schedule(optimizer: Any, name: str, args: list[Any], settings: dict[str, Any]) -> Any:
    """Return PyTorch's scheduler; ours alone have `rise`."""
    import torch

    settings = {k: v for k, v in with_functions(settings).items() if k != "rise"}
    first = args if name in ("CyclicLR", "OneCycleLR") else args[1:]
    first = list(with_functions(dict(enumerate(first))).values())
    home = torch.optim.swa_utils if name == "SWALR" else torch.optim.lr_scheduler
    return getattr(home, name)(optimizer, *first, **settings)


def with_functions(given: dict[Any, Any]) -> dict[Any, Any]:
    """Return arguments with the functions that they name."""
    return {k: FUNCTIONS.get(v, v) if isinstance(v, str) else v for k, v in given.items()}


def torch_sgd(lr: float) -> Any:
    """Return an optimizer whose rate a scheduler can set."""
    import torch

    return torch.optim.SGD([torch.zeros(1)], lr=lr, momentum=0.9)


def follow(optimizer: Any, scheduler: Any, steps: int) -> dict[str, list[float]]:
    """Step a scheduler, and return the rates and momenta on the way."""
    group = optimizer.param_groups[0]
    rates, momenta = [float(group["lr"])], [float(group["momentum"])]
    for _ in range(steps - 1):
        optimizer.step()
        scheduler.step()
        rates.append(float(group["lr"]))
        momenta.append(float(group["momentum"]))
    return {"lr": rates, "momentum": momenta}


def run_schedules() -> dict[str, Any]:
    """Step every schedule of the tables above with PyTorch."""
    import warnings

    import torch

    warnings.simplefilter("ignore")  # SequentialLR warns of its own use of step(epoch)
    single = []
    for name, args, settings in SCHEDULES:
        optimizer = torch_sgd(args[0])
        scheduler = torch_schedule(optimizer, name, args, settings)
        steps = min(STEPS, getattr(scheduler, "total_steps", STEPS))
        single.append({"name": name, "args": args, "settings": settings})
        single[-1] |= follow(optimizer, scheduler, steps)
    sequences = []
    for parts, milestones in SEQUENCES:
        optimizer = torch_sgd(parts[0][1][0])
        schedulers = [torch_schedule(optimizer, *part) for part in parts]
        sequence = torch.optim.lr_scheduler.SequentialLR(optimizer, schedulers, milestones)
        sequences.append({"parts": parts, "milestones": milestones})
        sequences[-1]["lr"] = follow(optimizer, sequence, 30)["lr"]
    chains = []
    for chain in CHAINS:
        optimizer = torch_sgd(chain[0][1][0])
        schedulers = [torch_schedule(optimizer, *part) for part in chain]
        together = torch.optim.lr_scheduler.ChainedScheduler(schedulers)
        chains.append({"parts": chain, "lr": follow(optimizer, together, 30)["lr"]})
    plateaus = []
    for settings, metrics in PLATEAUS:
        optimizer = torch_sgd(0.1)
        plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **settings)
        rates = []
        for metric in metrics:
            plateau.step(metric)
            rates.append(float(optimizer.param_groups[0]["lr"]))
        plateaus.append({"settings": settings, "metrics": metrics, "lr": rates})
    return {"single": single, "sequences": sequences, "chains": chains, "plateaus": plateaus}


def schedule_signatures() -> dict[str, list[list[Any]]]:
    """Return the names and defaults that PyTorch's schedules and clipping take, in their order."""
    import torch

    names = {name for name, *_ in SCHEDULES} | {"SequentialLR", "ChainedScheduler"}
    named = {name: getattr(torch.optim.lr_scheduler, name) for name in names - {"SWALR"}}
    named["ReduceLROnPlateau"] = torch.optim.lr_scheduler.ReduceLROnPlateau
    named["SWALR"] = torch.optim.swa_utils.SWALR
    for name in ("clip_grad_norm_", "clip_grad_value_"):
        named[name] = getattr(torch.nn.utils, name)
    found = {}
    for name in sorted(named):
        parameters = inspect.signature(named[name]).parameters.values()
        found[name] = [
            [p.name] if p.default is p.empty else [p.name, p.default] for p in parameters
        ]
    return found


# --- Writing ------------------------------------------------------------------------------------


def versions() -> dict[str, str]:
    """Return what made the numbers."""
    from importlib.metadata import version

    packages = {name: version(name) for name in ("torch", "schedulefree", "numpy")}
    return {"python": sys.version.split()[0], **packages}


def write(name: str, content: dict[str, Any]) -> None:
    """Write one JSON file, a case per line."""
    lines = []
    for key, value in content.items():
        if isinstance(value, list):
            rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in value)
            lines.append(f"{json.dumps(key)}: [\n{rows}\n]")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value)}")
    (GOLDEN / name).write_text("{\n" + ",\n".join(lines) + "\n}\n")


def optimizer_signatures() -> dict[str, Any]:
    """Return the arguments after `params` of every optimizer: those by place, and the others."""
    import torch

    schedulefree = importlib.import_module("schedulefree")
    others = {
        "ScheduleFreeSGD": schedulefree.SGDScheduleFree,
        "ScheduleFreeAdamW": schedulefree.AdamWScheduleFree,
    }
    found = {}
    for name in TABLE:
        reference = others.get(name) or getattr(torch.optim, name, None)
        if reference is not None:
            arguments = [*inspect.signature(reference).parameters.values()][1:]
            found[name] = {
                "by_place": [a.name for a in arguments if a.kind is a.POSITIONAL_OR_KEYWORD],
                "by_name": [a.name for a in arguments if a.kind is a.KEYWORD_ONLY],
                "defaults": {a.name: a.default for a in arguments},
            }
    return found


if __name__ == "__main__":
    made_by = {"made_by": versions()}
    write("schedules.json", made_by | run_schedules() | {"signatures": schedule_signatures()})
    results = [one | {"params": run_reference(one)} for one in cases()]
    stable = [one for one in results if is_stable(one, one["params"])]
    write(
        "optimizers.json",
        made_by
        | {"signatures": optimizer_signatures(), "searches": run_searches(), "cases": stable},
    )
    print(f"{len(stable)} optimizer cases; left out, because rounding errors grow in them:")
    print(*(one["id"] for one in results if one not in stable), sep="\n")
