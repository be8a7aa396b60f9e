"""Makes golden/losses.json: values and gradients of every loss, by PyTorch and its autograd.

Beside them stand the signatures of PyTorch's classes: names, order and defaults.

Run it in an environment with torch and numpy: `python tests/pylib/losses/make_golden_losses.py`.
Where PyTorch has no such loss, the formula of the library named beside it is written in torch
operations here, and autograd gives the gradient.
"""

import inspect
import json
import math
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

Case = dict[str, Any]
GOLDEN = Path(__file__).parents[1] / "golden" / "losses.json"
INF, NAN = math.inf, math.nan


# ---- the reference: PyTorch's module, or a formula that gives the terms to reduce


def log_cosh(x: Any, y: Any) -> Any:
    """Keras, LogCosh: r + softplus(-2r) - ln 2, with |r| for r."""
    size = (x - y).abs()
    return size + torch.log1p(torch.exp(-2 * size)) - math.log(2)


def pinball(x: Any, y: Any, quantile: float = 0.5) -> Any:
    """scikit-learn, mean_pinball_loss: diff = y - x, alpha diff or -(1 - alpha) diff."""
    diff = y - x
    return torch.where(diff >= 0, quantile * diff, -(1 - quantile) * diff)


def hinge(x: Any, y: Any) -> Any:
    """scikit-learn, hinge_loss: 1 - y x clipped at 0; relu has slope 0 at the corner."""
    return torch.relu(1 - y * x)


def focal(x: Any, y: Any, alpha: float | None = 0.25, gamma: float = 2.0) -> Any:
    """torchvision, sigmoid_focal_loss; alpha None leaves the factor out."""
    p = torch.sigmoid(x)
    ce = nn.functional.binary_cross_entropy_with_logits(x, y, reduction="none")
    p_t = p * y + (1 - p) * (1 - y)
    factor = 1.0 if alpha is None else alpha * y + (1 - alpha) * (1 - y)
    return factor * ce * (1 - p_t) ** gamma


def categorical(x: Any, y: Any) -> Any:
    """The textbook formula, -sum y ln p over the class axis, with 0 ln 0 = 0."""
    p = torch.where(y == 0, torch.ones_like(x), x)
    return -(y * torch.log(p)).sum(dim=min(1, x.ndim - 1))


def dice(x: Any, y: Any, smooth: float = 1e-5, squared: bool = False) -> Any:
    """MONAI, DiceLoss(batch=True, squared_pred=squared, smooth_nr=smooth_dr=smooth)."""
    intersection = (x * y).sum()
    sizes = (x**2).sum() + (y**2).sum() if squared else x.sum() + y.sum()
    return 1 - (2 * intersection + smooth) / (sizes + smooth)


def iou(x: Any, y: Any, smooth: float = 1e-5) -> Any:
    """One minus soft intersection over union, by the definition of the Jaccard index."""
    intersection = (x * y).sum()
    return 1 - (intersection + smooth) / (x.sum() + y.sum() - intersection + smooth)


def tversky(x: Any, y: Any, alpha: float = 0.5, beta: float = 0.5, smooth: float = 1e-5) -> Any:
    """MONAI, TverskyLoss(batch=True): tp, fp, fn from sums over all elements."""
    tp, fp, fn = (x * y).sum(), (x * (1 - y)).sum(), ((1 - x) * y).sum()
    return 1 - (tp + smooth) / (tp + alpha * fp + beta * fn + smooth)


FORMULAS: dict[str, Callable[..., Any]] = {
    "LogCoshLoss": log_cosh,
    "PinballLoss": pinball,
    "HingeLoss": hinge,
    "BinaryFocalLoss": focal,
    "CategoricalCrossEntropyLoss": categorical,
    "DiceLoss": dice,
    "IoULoss": iou,
    "TverskyLoss": tversky,
}


def reference(case: Case) -> tuple[Any, Any]:
    """Compute a case's value and gradient with torch, as nested lists of Python floats."""
    dtype = getattr(torch, case["dtype"])
    settings = dict(case["settings"])
    reduction = settings.pop("reduction", "mean")
    x = torch.tensor(case["prediction"], dtype=dtype, requires_grad=True)
    y = torch.tensor(case["target"], dtype=torch.long if case["indices"] else dtype)
    for name in ("weight", "pos_weight"):
        if settings.get(name) is not None:
            settings[name] = torch.tensor(settings[name], dtype=dtype)
    if case["loss"] in FORMULAS:
        value = FORMULAS[case["loss"]](x, y, **settings)
        value = {"mean": value.mean, "sum": value.sum, "none": value.clone}[reduction]()
    else:
        value = getattr(nn, case["loss"])(**settings, reduction=reduction)(x, y)
    value.sum().backward()
    return value.tolist(), x.grad.tolist()


def reference_of_three(case: Case) -> tuple[Any, list[Any]]:
    """The same for a loss of three inputs: a gradient for each input that is differentiated."""
    dtype = getattr(torch, case["dtype"])
    inputs = [torch.tensor(values, dtype=dtype) for values in case["inputs"]]
    learned = [inputs[place].requires_grad_() for place in LEARNED[case["loss"]]]
    value = getattr(nn, case["loss"])(**case["settings"])(*inputs)
    value.sum().backward()
    return value.tolist(), [x.grad.tolist() for x in learned]


# The inputs of a loss of three that a gradient is taken by.
LEARNED = {"TripletMarginLoss": (0, 1, 2), "GaussianNLLLoss": (0, 2), "CosineEmbeddingLoss": (0, 1)}

# ---- the table: loss x settings x shape x dtype x edge values


def numbers(rng: np.random.Generator, shape: tuple[int, ...], scale: float = 2.0) -> Any:
    return np.round(rng.normal(0, scale, shape), 3).tolist()


def shares(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return np.round(rng.uniform(0.02, 0.98, shape), 3).tolist()


def counts(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return rng.poisson(2.0, shape).astype(float).tolist()


def bits(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return rng.integers(0, 2, shape).astype(float).tolist()


def signs(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return (2.0 * rng.integers(0, 2, shape) - 1).tolist()


def rows(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Rows of probabilities over axis 1 (0 for a single row)."""
    scores = rng.uniform(0.1, 1.0, shape)
    return (scores / scores.sum(axis=min(1, len(shape) - 1), keepdims=True)).round(6).tolist()


def log_rows(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return np.log(np.asarray(rows(rng, shape))).round(6).tolist()


def hot_rows(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    axis = min(1, len(shape) - 1)
    classes = rng.integers(0, shape[axis], shape[:axis] + shape[axis + 1 :])
    return np.moveaxis(np.eye(shape[axis])[classes], -1, axis).tolist()


def classes(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    axis = min(1, len(shape) - 1)
    return rng.integers(0, shape[axis], shape[:axis] + shape[axis + 1 :]).tolist()


Maker = Callable[[np.random.Generator, tuple[int, ...]], Any]
ANY_SHAPES = [(6,), (), (1,), (3, 4), (2, 3, 2)]
CLASS_SHAPES = [(4, 3), (3,), (1, 5), (5, 2), (2, 3, 2), (2, 4, 2, 2)]

REGRESSION_EDGES = [
    ([0.0, 1.5, -1.5], [0.0, 1.5, -1.5]),
    ([1.0, -1.0, 2.0, -2.0, 0.5, -0.5], [0.0] * 6),
    ([1e-30, -1e-30, 1e-10], [0.0] * 3),
    ([1e15, -1e15, 3e4], [1.0, 2.0, 3.0]),
    ([INF, -INF, 1.0], [0.0, 0.0, -INF]),
]
# At NaN, PyTorch's sign(r) is 0 and pylib's is NaN: only losses without a corner get NaN here.
SMOOTH_EDGES = [*REGRESSION_EDGES, ([NAN, 1.0], [0.0, NAN])]
# At r = 0 the formula's slope is -q, and pylib's is 0.
PINBALL_EDGES = REGRESSION_EDGES[1:]
BCE_EDGES = [
    ([0.0, 0.0, 1.0, 1.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0, 0.5, 0.5]),
    ([1e-12, 1e-20, 1e-30, 1 - 2.0**-20], [1.0, 1.0, 0.0, 0.0]),
    ([0.5, 0.25], [0.5, 0.25]),
]
LOGIT_EDGES = [
    ([0.0, 0.0, 40.0, -40.0, 40.0, -40.0], [0.0, 1.0, 0.0, 0.0, 1.0, 1.0]),
    ([800.0, -800.0, 800.0, -800.0], [0.0, 1.0, 1.0, 0.0]),
    ([1e30, -1e30, 1e30, -1e30], [0.0, 1.0, 1.0, 0.0]),
    ([1e-30, -1e-30, 5.0], [0.25, 0.75, 0.5]),
    ([NAN, 1.0], [1.0, NAN]),
]
HINGE_EDGES = [
    ([1.0, -1.0, 0.0, 1.0], [1.0, -1.0, 1.0, -1.0]),
    ([1e30, -1e30, 1e-30], [1.0, 1.0, -1.0]),
]
MASK_EDGES = [
    ([0.0] * 4, [0.0] * 4),
    ([1.0] * 4, [1.0] * 4),
    ([0.0, 0.0, 1.0, 1.0], [1.0, 1.0, 0.0, 0.0]),
    ([1.0, 0.0, 0.5], [0.0] * 3),
    ([0.3, NAN], [1.0, 0.0]),
]
CE_EDGES = [
    ([[1000.0, 0.0, -1000.0], [0.0, 1000.0, 5.0]], [1, 1]),
    ([[1e30, -1e30, 0.0], [-1e30, 1e30, 1e30]], [0, 2]),
    ([[0.0, 0.0, 0.0], [-5.0, -5.0, -5.0]], [0, 2]),
    ([[-INF, 1.0, 2.0], [3.0, 1.0, 0.0]], [1, 0]),
    ([[1.0, 2.0, 0.5], [3.0, 1.0, 0.0]], [-100, -100]),
    ([[1.0, 2.0, 0.5], [3.0, 1.0, 0.0], [0.5, 0.5, 1.0]], [-100, 2, -100]),
    ([[NAN, 1.0, 2.0], [3.0, 1.0, 0.0]], [0, 1]),
]
CE_SOFT_EDGES = [
    ([[1000.0, 0.0, -1000.0]], [[0.2, 0.3, 0.5]]),
    ([[1.0, 2.0, 3.0], [0.0, 0.0, 1.0]], [[0.5, 0.5, 0.5], [0.0, 0.0, 0.0]]),
]
NLL_EDGES = [
    ([[0.0, -INF], [-0.5, -0.9]], [0, 1]),
    ([[-1000.0, 0.0], [-0.5, -0.9]], [0, 1]),
    ([[-0.5, -0.9], [-0.1, -2.3]], [-100, -100]),
    ([[-0.5, -0.9], [-0.1, -2.3]], [-100, 1]),
]
CATEGORICAL_EDGES = [
    ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
    ([[0.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]]),
    ([[1e-30, 1.0, 0.0]], [[0.5, 0.5, 0.0]]),
]
KL_EDGES = [
    ([-0.5, -1.5, -0.1], [0.0, 1.0, 0.0]),
    ([-1000.0, 0.0, -1e-30], [0.5, 1.0, 1e-30]),
]
POISSON_EDGES = [
    ([0.0, 1.0, -1.0, 0.5], [0.0, 1.0, 2.0, 1.5]),
    ([-800.0, 700.0, -1e-30], [0.0, 3.0, 100.0]),
    ([NAN, 1.0], [1.0, 2.0]),
]
RATE_EDGES = [([0.0, 0.0, 1e-30, 5.0], [0.0, 3.0, 1.0, 5.0]), ([NAN, 1e15], [1.0, 2.0])]
MARGIN_EDGES = [
    ([[0.0, 0.0, 0.0], [1.0, 0.0, -1.0]], [1, 0]),
    ([[1e15, 0.0, -1e15], [3.0, 3.0, 3.0]], [2, 1]),
]

W3 = [0.5, 2.0, 1.25]

# loss, settings, maker of predictions, maker of targets, shapes, edges
TABLE: list[tuple[str, list[Case], Maker, Maker, list[tuple[int, ...]], list[tuple[Any, Any]]]] = [
    ("MSELoss", [{}], numbers, numbers, ANY_SHAPES, SMOOTH_EDGES),
    ("L1Loss", [{}], numbers, numbers, ANY_SHAPES, REGRESSION_EDGES),
    (
        "HuberLoss",
        [{}, {"delta": 0.5}, {"delta": 2.0}],
        numbers,
        numbers,
        ANY_SHAPES,
        SMOOTH_EDGES,
    ),
    (
        "SmoothL1Loss",
        [{}, {"beta": 0.5}, {"beta": 2.0}, {"beta": 0.0}],
        numbers,
        numbers,
        ANY_SHAPES,
        REGRESSION_EDGES,
    ),
    ("LogCoshLoss", [{}], numbers, numbers, ANY_SHAPES, SMOOTH_EDGES),
    (
        "PinballLoss",
        [{}, {"quantile": 0.9}, {"quantile": 0.05}],
        numbers,
        numbers,
        ANY_SHAPES,
        PINBALL_EDGES,
    ),
    ("BCELoss", [{}], shares, shares, ANY_SHAPES, BCE_EDGES),
    ("BCELoss", [{"weight": W3}], shares, bits, [(3,), (2, 3)], []),
    ("BCEWithLogitsLoss", [{}, {"pos_weight": 3.0}], numbers, shares, ANY_SHAPES, LOGIT_EDGES),
    (
        "BCEWithLogitsLoss",
        [{"pos_weight": W3}, {"weight": W3}, {"pos_weight": W3, "weight": [[2.0], [0.0]]}],
        numbers,
        bits,
        [(2, 3)],
        [],
    ),
    ("HingeLoss", [{}], numbers, signs, ANY_SHAPES, HINGE_EDGES),
    (
        "BinaryFocalLoss",
        [{}, {"alpha": None}, {"alpha": 0.75, "gamma": 1.0}, {"alpha": 0.5, "gamma": 3.5}],
        numbers,
        bits,
        ANY_SHAPES,
        LOGIT_EDGES[:3],
    ),
    ("BinaryFocalLoss", [{"gamma": 2.0}, {"gamma": 1.0}], numbers, shares, [(6,)], []),
    ("BinaryFocalLoss", [{"alpha": None, "gamma": 0.0}], numbers, bits, [(6,)], []),
    ("CrossEntropyLoss", [{}], numbers, classes, CLASS_SHAPES, CE_EDGES),
    (
        "CrossEntropyLoss",
        [{"label_smoothing": 0.1}, {"label_smoothing": 1.0}],
        numbers,
        classes,
        CLASS_SHAPES,
        CE_EDGES[:3] + CE_EDGES[4:],
    ),
    (
        "CrossEntropyLoss",
        [{"weight": W3}, {"weight": W3, "label_smoothing": 0.2}],
        numbers,
        classes,
        [(4, 3), (2, 3, 2), (3,)],
        CE_EDGES[:3] + CE_EDGES[4:],
    ),
    (
        "CrossEntropyLoss",
        [{"ignore_index": 1}, {"ignore_index": 0, "weight": W3, "label_smoothing": 0.1}],
        numbers,
        classes,
        [(6, 3), (3, 3, 2)],
        [],
    ),
    (
        "CrossEntropyLoss",
        [{}, {"label_smoothing": 0.1}],
        numbers,
        rows,
        CLASS_SHAPES,
        CE_SOFT_EDGES,
    ),
    (
        "CrossEntropyLoss",
        [{"weight": W3}, {"weight": W3, "label_smoothing": 0.2}],
        numbers,
        rows,
        [(4, 3), (2, 3, 2), (3,)],
        CE_SOFT_EDGES,
    ),
    ("NLLLoss", [{}], log_rows, classes, CLASS_SHAPES, NLL_EDGES),
    (
        "NLLLoss",
        [{"weight": W3}, {"ignore_index": 1}, {"ignore_index": 0, "weight": W3}],
        log_rows,
        classes,
        [(6, 3), (3, 3, 2)],
        [],
    ),
    ("CategoricalCrossEntropyLoss", [{}], rows, hot_rows, CLASS_SHAPES, CATEGORICAL_EDGES),
    ("CategoricalCrossEntropyLoss", [{}], rows, rows, [(4, 3), (2, 3, 2)], []),
    ("KLDivLoss", [{}], log_rows, rows, CLASS_SHAPES, KL_EDGES),
    ("KLDivLoss", [{"log_target": True}], log_rows, log_rows, CLASS_SHAPES, []),
    (
        "KLDivLoss",
        [{"reduction": "batchmean"}],
        log_rows,
        rows,
        [(4, 3), (5,), (2, 3, 2)],
        KL_EDGES,
    ),
    (
        "KLDivLoss",
        [{"reduction": "batchmean", "log_target": True}],
        log_rows,
        log_rows,
        [(4, 3), (5,), (2, 3, 2)],
        [],
    ),
    (
        "MultiMarginLoss",
        [{}, {"p": 2}, {"margin": 0.5}],
        numbers,
        classes,
        [(4, 3), (3,), (1, 5), (5, 2)],
        MARGIN_EDGES,
    ),
    (
        "MultiMarginLoss",
        [{"weight": W3}, {"p": 2, "margin": 2.0, "weight": W3}],
        numbers,
        classes,
        [(4, 3), (3,)],
        [],
    ),
    (
        "DiceLoss",
        [{}, {"smooth": 1.0}, {"smooth": 0.0}, {"squared": True}, {"squared": True, "smooth": 0.0}],
        shares,
        bits,
        ANY_SHAPES,
        MASK_EDGES,
    ),
    ("IoULoss", [{}, {"smooth": 1.0}, {"smooth": 0.0}], shares, bits, ANY_SHAPES, MASK_EDGES),
    (
        "TverskyLoss",
        [{}, {"alpha": 0.3, "beta": 0.7}, {"alpha": 1.0, "beta": 1.0, "smooth": 0.0}],
        shares,
        bits,
        ANY_SHAPES,
        MASK_EDGES,
    ),
    ("PoissonNLLLoss", [{}, {"full": True}], numbers, counts, ANY_SHAPES, POISSON_EDGES),
    (
        "PoissonNLLLoss",
        [{"log_input": False}, {"log_input": False, "full": True, "eps": 0.5}],
        shares,
        counts,
        ANY_SHAPES,
        RATE_EDGES,
    ),
]


# loss, settings, makers of the three inputs, shapes of the three, edges
OF_THREE: list[tuple[str, list[Case], list[Maker], list[Any], list[Any]]] = [
    (
        "TripletMarginLoss",
        [{}, {"swap": True}, {"p": 1.0}, {"p": 3.0, "margin": 0.5, "eps": 0.01}],
        [numbers] * 3,
        [[(4, 3)] * 3, [(3,)] * 3, [(5, 1)] * 3, [(2, 3, 2)] * 3],
        [
            # anchor and positive are one: with swap both distances are equal
            # no NaN: where a difference is NaN, PyTorch's sign is 0
            [[[1.0, 2.0], [0.0, 0.0]], [[1.0, 2.0], [0.0, 0.0]], [[0.5, 2.0], [9.0, 0.0]]],
            [[[64.0, 2.0], [0.25, 0.0]], [[1.0, 2.0], [0.0, 1.0]], [[0.5, 2.0], [64.0, 0.5]]],
        ],
    ),
    (
        "GaussianNLLLoss",
        [{}, {"full": True, "eps": 0.3}],
        [numbers, numbers, shares],
        [
            [(4, 3)] * 3,
            [(4, 3), (4, 3), (4,)],
            [(4, 3), (4, 3), (4, 1)],
            [(2, 3, 2), (2, 3, 2), (2, 1, 2)],
            [(5,), (5,), ()],
            [(6,)] * 3,
            [(), (), ()],
        ],
        [
            [[1.0, 0.0, 1e-30], [0.0, 0.0, 0.0], [0.0, 0.0, 1e-9]],
            [[1e15, NAN, 1.0], [0.0, 0.0, 0.0], [1e15, 1.0, NAN]],
        ],
    ),
    (
        "CosineEmbeddingLoss",
        [{}, {"margin": 0.4}, {"margin": -0.5}],
        [numbers, numbers, signs],
        [[(6, 3), (6, 3), (6,)], [(3,), (3,), ()], [(4, 1), (4, 1), (4,)]],
        [
            # orthogonal, at the corner of margin 0; no length; short; the same; opposite
            [
                [[1.0, 0.0], [0.0, 0.0], [1e-6, 0.0], [3.0, 4.0], [1.0, 2.0]],
                [[0.0, 2.0], [0.0, 0.0], [1e-6, 1e-6], [3.0, 4.0], [-2.0, -4.0]],
                sign,
            ]
            for sign in ([1.0] * 5, [-1.0] * 5)
        ],
    ),
]


def table_of_three() -> Iterator[Case]:
    """List the cases of losses of three inputs, reductions as in `table`."""
    rng = np.random.default_rng(20240917)
    for loss, settings_list, makers, shapes, edges in OF_THREE:
        for settings in settings_list:
            for place, inputs in enumerate(
                [[make(rng, s) for make, s in zip(makers, of, strict=True)] for of in shapes]
                + edges
            ):
                reductions = ("mean", "sum", "none") if place == 0 else ("none",)
                for reduction, dtype in product(reductions, ("float64", "float32")):
                    yield {
                        "loss": loss,
                        "settings": {**settings, "reduction": reduction},
                        "dtype": dtype,
                        "inputs": inputs,
                    }


def table() -> Iterator[Case]:
    """List all cases: every reduction on the first shape and on the edges, "mean" on the rest."""
    rng = np.random.default_rng(20240917)
    for loss, settings_list, make_prediction, make_target, shapes, edges in TABLE:
        for settings in settings_list:
            inputs = [(make_prediction(rng, shape), make_target(rng, shape)) for shape in shapes]
            first = inputs[0]
            for prediction, target in inputs + edges:
                reductions: tuple[str, ...] = ("mean",)
                if "reduction" in settings:
                    reductions = (settings["reduction"],)
                elif prediction is first[0]:
                    reductions = ("mean", "sum", "none")
                elif (prediction, target) in edges:
                    reductions = ("mean", "none")
                for reduction, dtype in product(reductions, ("float64", "float32")):
                    yield {
                        "loss": loss,
                        "settings": {**settings, "reduction": reduction},
                        "dtype": dtype,
                        "indices": make_target is classes,
                        "prediction": prediction,
                        "target": target,
                    }


def signatures() -> dict[str, list[list[Any]]]:
    """Name, kind ("positional" or "keyword") and default of each argument of PyTorch's classes."""
    return {
        name: [
            [p.name, "keyword" if p.kind is p.KEYWORD_ONLY else "positional", p.default]
            for p in inspect.signature(getattr(nn, name)).parameters.values()
        ]
        for name in dict.fromkeys([row[0] for row in TABLE] + [row[0] for row in OF_THREE])
        if hasattr(nn, name)
    }


def main() -> None:
    cases = []
    for case in table():
        value, gradient = reference(case)
        cases.append({**case, "value": value, "gradient": gradient})
    of_three = []
    for case in table_of_three():
        value, gradients = reference_of_three(case)
        of_three.append({**case, "value": value, "gradient": gradients})
    versions = {"torch": torch.__version__, "numpy": np.__version__}
    lines, more = (",\n".join(json.dumps(case) for case in some) for some in (cases, of_three))
    head = f'"versions": {json.dumps(versions)}, "signatures": {json.dumps(signatures())}'
    GOLDEN.write_text(f'{{{head}, "cases": [\n{lines}\n], "of_three": [\n{more}\n]}}\n')
    print(f"{len(cases) + len(of_three)} cases -> {GOLDEN}")


if __name__ == "__main__":
    main()
