"""The numbers of docs/reference/differences.md: each is computed here, by pylib or by the formula.

`FORMULAS` holds, for each row of the page's tables, the numbers of its three columns: pylib's (and
PyTorch's), Keras's and optax's. Theirs come from formulas written out here, and are compared with
golden/differences.json, which Keras and optax themselves made (make_golden_differences.py).
"""

import contextlib
import inspect
import io
import json
import math
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pylib.optimizers
from pylib.losses import (
    BCELoss,
    BinaryFocalLoss,
    CategoricalCrossEntropyLoss,
    CrossEntropyLoss,
    DiceLoss,
    HingeLoss,
    HuberLoss,
    KLDivLoss,
    MSELoss,
    MultiMarginLoss,
    SmoothL1Loss,
    TverskyLoss,
)
from pylib.optimizers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Lion,
    Muon,
    NAdam,
    RAdam,
    RMSprop,
)
from pylib.optimizers.muon import newton_schulz
from pylib.schedules import (
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    MultiStepLR,
    OneCycleLR,
    PolynomialLR,
    ReduceLROnPlateau,
    warmup_cosine,
)
from pylib.training import clip_grad_norm_
from tests import lesson

pytestmark = pytest.mark.skipif(
    "reference/differences.md" in lesson.GONE, reason="the page is not in this course"
)
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "differences.md"
GOLDEN = json.loads((Path(__file__).parent / "golden" / "differences.json").read_text("utf-8"))
Numbers = list[float]
Row = tuple[Numbers, Numbers, Numbers]


def losses() -> dict[str, Row]:
    """The rows about losses."""
    clip = 1e-7

    def clipped(p: float) -> float:
        return -math.log(min(max(p, clip), 1 - clip))

    def overlap(top: float, bottom: float) -> float:
        return 1 - top / bottom

    r = 3.0
    log_p, q = np.log([[0.9, 0.1]]), np.array([[0.5, 0.5]])
    kl = float((q * (np.log(q) - log_p)).sum())
    margins = [max(0.0, 1 - 1 + s) for s in (0.5, 0.2)]
    weighted = [1 * -math.log(0.8), 3 * -math.log(0.5)]
    logits = np.log([[0.8, 0.2], [0.5, 0.5]])
    hit_and_alarm = np.array([1.0, 1.0]), np.array([1.0, 0.0])
    focal = 0.5**2 * math.log(2)
    return {
        "Default reduction, squared errors 1 and 3": (
            [MSELoss()(np.sqrt([1.0, 3.0]), [0, 0])],
            [(1 + 3) / 2],
            [1.0, 3.0],
        ),
        "Squared error at r = 3": ([MSELoss()([r], [0])], [r**2], [r**2, r**2 / 2]),
        "Huber at r = 3, delta 2": (
            [HuberLoss(delta=2.0)([r], [0]), SmoothL1Loss(beta=2.0)([r], [0])],
            [2 * (r - 2 / 2)],
            [2 * (r - 2 / 2)],
        ),
        "BCE at p = 0, y = 1": ([BCELoss()([0.0], [1])], [clipped(0)], []),
        "its gradient there": ([float(BCELoss().gradient([0.0], [1])[0])], [0.0], []),
        "Cross-entropy of p = (.2, .2, .4), third class true": (
            [CategoricalCrossEntropyLoss()([[0.2, 0.2, 0.4]], [[0, 0, 1]])],
            [-math.log(0.4 / (0.2 + 0.2 + 0.4))],
            [],
        ),
        "Cross-entropy at p = 0 for the true class": (
            [CategoricalCrossEntropyLoss()([[1.0, 0.0]], [[0, 1]])],
            [clipped(0)],
            [],
        ),
        "Class weights 1 and 3, p of the true class .8 and .5": (
            [CrossEntropyLoss(weight=[1.0, 3.0])(logits, [0, 1])],
            [sum(weighted) / 2],
            weighted,
        ),
        "Focal loss at z = 0, y = 1": ([BinaryFocalLoss()([0.0], [1])], [focal], [focal]),
        "Hinge at s = 0.5, label 0": ([], [1 - -1 * 0.5], [1 - 0 * 0.5]),
        "Multi-class hinge, s = (1, .5, .2), first true": (
            [MultiMarginLoss()([[1.0, 0.5, 0.2]], [0])],
            [max(margins)],
            [max(margins)],
        ),
        "KL divergence of q = (.5, .5) and p = (.9, .1)": (
            [KLDivLoss()(log_p, q), KLDivLoss(reduction="batchmean")(log_p, q)],
            [kl],
            [kl],
        ),
        "Dice, both masks empty": (
            [DiceLoss()([0.0, 0.0], [0, 0])],
            [overlap(0, 0 + 1e-7)],
            [overlap(0 + 1, 0 + 1)],
        ),
        "Dice, one pixel each and no overlap": (
            [DiceLoss()([1.0, 0.0], [0, 1])],
            [overlap(0, 2 + 1e-7)],
            [overlap(2 * 0 + 2, 2 + 2)],
        ),
        "Tversky, α = .8, β = .2, a hit and a false alarm": (
            [TverskyLoss(alpha=0.8, beta=0.2)(*hit_and_alarm)],
            [overlap(1, 1 + 0.2 * 1 + 1e-7)],
            [overlap(1 + 1, 1 + 0.8 * 1 + 1)],
        ),
    }


def moves(optimizer: type, grads: Iterable[float], rates: Iterable[float], **settings: Any) -> Any:
    """Where one weight stands after each step, from 0."""
    w = np.zeros(1)
    made = optimizer([w], **settings)
    path = []
    for g, lr in zip(grads, rates, strict=True):
        made.lr = lr
        made.step([np.array([float(g)])])
        path.append(float(w[0]))
    return path


def fall(optimizer: type, lr: float, g: float, steps: int = 1, **settings: Any) -> float:
    """How far one weight falls in the last of some steps with one gradient."""
    path = [0.0, *moves(optimizer, [g] * steps, [lr] * steps, **settings)]
    return float(path[-2] - path[-1])


def optimizers() -> dict[str, Row]:
    """The rows about optimizers."""

    def keras_momentum() -> float:
        x, v = 5.0, 0.0
        for lr in [0.1] * 10 + [0.01] * 10:
            v = 0.9 * v - lr * x
            x += v
        return x

    def momentum() -> float:
        x = np.array([5.0])
        sgd = SGD([x], lr=0.1, momentum=0.9)
        for lr in [0.1] * 10 + [0.01] * 10:
            sgd.lr = lr
            sgd.step([x.copy()])
        return float(x[0])

    def decay(optimizer: type, lr: float, steps: int, **settings: Any) -> float:
        w = np.ones(1)
        made = optimizer([w], lr=lr, **settings)
        for _ in range(steps):
            made.step([np.zeros(1)])
        return float(w[0])

    def rms_with_momentum() -> float:
        s = b = 0.0
        for lr in (0.1, 0.01):
            s = 0.9 * s + 0.1
            b = 0.9 * b + lr / math.sqrt(s + 1e-7)
        return b

    def nadam(mu: Callable[[int], float]) -> float:
        return (1 - mu(1)) / (1 - mu(1)) + mu(2) * 0.1 / (1 - mu(1) * mu(2))

    def radam() -> float:
        R, t, g = 2 / (1 - 0.999) - 1, 6, 1e-7
        rho = R - 2 * t * 0.999**t / (1 - 0.999**t)
        r = math.sqrt((rho - 4) * (rho - 2) * R / ((R - 4) * (R - 2) * rho))
        return r * g / (g + 1e-8)

    # amsgrad, gradients 1 and 0.1: the average m and both forms of the largest v at step 2
    m = (0.9 * 0.1 * 1 + 0.1 * 0.1) / (1 - 0.9**2)
    v1, v2 = 0.001, 0.999 * 0.001 + 0.001 * 0.01
    v_hats = v1 / (1 - 0.999), v2 / (1 - 0.999**2)
    G = np.random.default_rng(0).standard_normal((64, 16))
    W = np.zeros((64, 16))
    Muon([W], lr=1.0, weight_decay=0.0).step([G])
    orthogonal = newton_schulz(G, (3.4445, -4.7750, 2.0315), 5, 1e-7)
    grads = [np.array([30.0, 40.0])]
    clip_grad_norm_(grads, 1.0)
    with_momentum = moves(RMSprop, [1, 1], [0.1, 0.01], lr=0.1, alpha=0.9, eps=1e-7, momentum=0.9)
    ams = moves(Adam, [1, 0.1], [1, 1], amsgrad=True)
    return {
        "Momentum 0.9 on x²/2 from 5, rate 0.1 for 10 steps, 0.01 for 10": (
            [momentum()],
            [keras_momentum()],
            [momentum()],
        ),
        "Adagrad, first step, g = 0.01, rate 1": (
            [fall(Adagrad, 1.0, 0.01)],
            [0.01 / math.sqrt(0.1 + 0.01**2 + 1e-7)],
            [0.01 / math.sqrt(0.1 + 0.01**2 + 1e-7)],
        ),
        "Adadelta, first step, g = 1, defaults": (
            [fall(Adadelta, 1.0, 1.0)],
            [0.001 * math.sqrt(1e-7) / math.sqrt(0.05 + 1e-7)],
            [math.sqrt(1e-6) / math.sqrt(0.1 + 1e-6)],
        ),
        "RMSprop, first step, g = 1e-6, rate 0.01, decay .9, eps 1e-8": (
            [fall(RMSprop, 0.01, 1e-6, alpha=0.9)],
            [0.01 * 1e-6 / math.sqrt(0.1 * 1e-12 + 1e-8)],
            [0.01 * 1e-6 / math.sqrt(0.1 * 1e-12 + 1e-8)],
        ),
        "RMSprop with momentum .9, g = 1, second step, rate 0.1 then 0.01": (
            [with_momentum[0] - with_momentum[1]],
            [rms_with_momentum()],
            [rms_with_momentum()],
        ),
        "Adam, first step, g = 1e-7, rate 1, eps 1e-7": (
            [fall(Adam, 1.0, 1e-7, eps=1e-7)],
            [math.sqrt(0.001) / 0.1 * (0.1 * 1e-7) / (math.sqrt(0.001) * 1e-7 + 1e-7)],
            [1e-7 / (1e-7 + 1e-7)],
        ),
        "Adam with amsgrad, second step, g = 1 then 0.1, rate 1": (
            [ams[0] - ams[1]],
            [m / math.sqrt(max(v1, v2) / (1 - 0.999**2))],
            [m / math.sqrt(max(v_hats))],
        ),
        "Adam(weight_decay=0.01), w = 1, g = 0, rate 0.001, one step": (
            [decay(Adam, 0.001, 1, weight_decay=0.01)],
            [1 - 0.001 * 0.01],
            [],
        ),
        "AdamW, w = 1, g = 0, rate 0.001, default decay, 1000 steps": (
            [decay(AdamW, 0.001, 1000)],
            [(1 - 0.001 * 0.004) ** 1000],
            [(1 - 0.001 * 1e-4) ** 1000],
        ),
        "Adamax, second step, g = 1e-8 then 0, rate 1, betas (.9, .5), eps 1e-8": (
            [-float(np.diff(moves(Adamax, [1e-8, 0], [1, 1], betas=(0.9, 0.5), eps=1e-8))[0])],
            [0.9 * 0.1 * 1e-8 / (1 - 0.9**2) / (0.5 * 1e-8 + 1e-8)],
            [0.9 * 0.1 * 1e-8 / (1 - 0.9**2) / (0.5 * (1e-8 + 1e-8))],
        ),
        "NAdam, first step, g = 1, rate 1": (
            [fall(NAdam, 1.0, 1.0)],
            [nadam(lambda t: 0.9 * (1 - 0.5 * 0.96**t))],
            [0.9 * 0.1 / (1 - 0.9**2) + 0.1 * 1 / (1 - 0.9)],
        ),
        "RAdam, sixth step, g = 1e-7 always, rate 1, eps 1e-8": (
            [fall(RAdam, 1.0, 1e-7, steps=6)],
            [],
            [radam()],
        ),
        "Lion, w = 1, g = 0, rate 0.1, default decay, 100 steps": (
            [decay(Lion, 0.1, 100)],
            [1.0],
            [(1 - 0.1 * 1e-3) ** 100],
        ),
        "Muon, a 64 × 16 matrix: factor on the orthogonal step": (
            [-float(np.sum(W * orthogonal) / np.sum(orthogonal**2))],
            [0.2 * math.sqrt(max(64, 16))],
            [math.sqrt(max(1, 16 / 64))],
        ),
        "Gradient (30, 40) clipped to norm 1": ([float(np.hypot(*grads[0]))], [1.0], [1.0]),
    }


def schedules() -> dict[str, Row]:
    """The rows about schedules."""

    def cosine(share: float) -> float:
        return (1 + math.cos(math.pi * min(share, 1))) / 2

    def cut_at(patience: int) -> float:
        plateau = ReduceLROnPlateau(1.0, patience=patience)
        return next(float(n) for n in range(1, 100) if plateau.step(5.0) < 1)

    def waits_for(bad: int, counts: Callable[[float, float], bool], metrics: Numbers) -> float:
        """The rate after metrics, where `bad` of them in a row that do not count cut it."""
        best, waited, rate = math.inf, 0, 1.0
        for metric in metrics:
            if counts(metric, best):
                best, waited = metric, 0
            else:
                waited += 1
            if waited >= bad:
                rate, waited = rate * 0.1, 0
        return rate

    slow = [1000.0, 999.98, 999.96, 999.94]
    plateau = ReduceLROnPlateau(1.0, patience=2)
    climb = [0, 1 / 3, 2 / 3]
    one_cycle = OneCycleLR(1.0, total_steps=10)
    return {
        "Cosine over 4 steps, rate of step 6": (
            [CosineAnnealingLR(1.0, 4)(6), CosineAnnealingLR(1.0, 4, rise=True)(6)],
            [cosine(6 / 4)],
            [cosine(6 / 4)],
        ),
        "Cosine from 0.1, floor 0.01, last rate": (
            [CosineAnnealingLR(0.1, 4, eta_min=0.01)(4)],
            [0.1 * 0.01],
            [0.1 * 0.01],
        ),
        "Exponential, factor 0.5 (per 2 steps), rate of step 1": (
            [ExponentialLR(1.0, 0.5)(1)],
            [0.5 ** (1 / 2)],
            [0.5 ** (1 / 2)],
        ),
        "Cut by 0.1 at step 2, rate of step 2": ([MultiStepLR(1.0, [2])(2)], [1.0], [0.1]),
        "Polynomial over 4 steps from 1, rate of step 4": (
            [PolynomialLR(1.0, 4)(4)],
            [(1 - 1e-4) * (1 - 4 / 4) + 1e-4],
            [],
        ),
        "Warm-up 3, cosine, total 8: rates of the steps 0 to 4": (
            [warmup_cosine(1.0, 3, 8)(t) for t in range(5)],
            [*climb, cosine(0), cosine(1 / 8)],
            [*climb, cosine(0), cosine(1 / 5)],
        ),
        "Restarts with a first cycle of 2, rate of step 4": (
            [CosineAnnealingWarmRestarts(1.0, 2)(4)],
            [cosine(2 / 4)],
            [],
        ),
        "One cycle of 10 steps, rates of the steps 9 and 10": (
            [one_cycle(9)],
            [],
            [1 / 25e4 + (1 - 1 / 25e4) * cosine((9 - 3) / 7), 1 / 25e4],
        ),
        "One cycle of 10 steps, momentum of the steps 0, 2 and 9": (
            [one_cycle.momentum(t) for t in (0, 2, 9)],
            [],
            [],
        ),
        "Plateau, patience 2, no improvement: the cut comes with metric": (
            [cut_at(2)],
            [1.0 + 2],
            [1.0 + 2],
        ),
        "Plateau, patience 2, metrics 1000, 999.98, 999.96, 999.94: rate": (
            [[plateau.step(metric) for metric in slow][-1]],
            [waits_for(2, lambda new, best: new < best - 1e-4, slow)],
            [waits_for(2, lambda new, best: new < best * (1 - 1e-4), slow)],
        ),
    }


FORMULAS = {**losses(), **optimizers(), **schedules()}


def cells(line: str) -> list[str]:
    """The cells of a row of a Markdown table."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows() -> dict[str, list[str]]:
    """First cell -> the others, for each row of the page's tables that has a number in bold."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    parts = [cells(line) for line in lines if line.startswith("| ") and "**" in line]
    return {first: rest for first, *rest in parts}


def agrees(text: str, number: float) -> bool:
    """Whether a number as printed is that number, rounded to the digits that are printed."""
    text = text.replace("−", "-").replace("∞", "inf")
    if not math.isfinite(number):
        return float(text) == number
    shown = Decimal(text)
    return abs(Decimal(number) - shown) <= Decimal(1).scaleb(int(shown.as_tuple().exponent)) / 2


def test_the_page_has_the_rows_that_are_computed() -> None:
    assert set(rows()) == set(FORMULAS)


@pytest.mark.parametrize("row", FORMULAS, ids=str)
def test_the_page_shows_what_the_formulas_give(row: str) -> None:
    for column, cell, numbers in zip(
        ("pylib", "Keras", "optax"), rows()[row], FORMULAS[row], strict=True
    ):
        printed = re.findall(r"\*\*(.+?)\*\*", cell)
        assert len(printed) == len(numbers), (column, printed, numbers)
        for text, number in zip(printed, numbers, strict=True):
            assert agrees(text, number), (column, text, number)


def test_the_cells_print_numbers_of_the_tables() -> None:
    source = re.findall(r"^```python run=.*?\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec("\n".join(source), {})
    for line in (
        "outside 0.03065   inside 0.0001",
        "PyTorch -1.7918  Keras -1.4619",
        "PyTorch 0.500   Keras 0.031",
        "PyTorch 100.000 gradient -1e+12",
        "Keras    16.118 gradient 0e+00",
        "0.905  0.905  0.962",
    ):
        assert line in printed.getvalue()


def test_radam_has_no_step_on_the_border() -> None:
    R = 2 / (1 - 0.999) - 1
    rho = [R - 2 * t * 0.999**t / (1 - 0.999**t) for t in range(1, 8)]
    assert [r > 5 for r in rho] == [r >= 5 for r in rho] == [False] * 5 + [True] * 2


def test_hinge_refuses_a_label_of_zero() -> None:
    with pytest.raises(ValueError, match="target"):
        HingeLoss()([0.5], [0])


@pytest.mark.parametrize("row", FORMULAS, ids=str)
def test_the_formulas_give_what_the_libraries_give(row: str) -> None:
    for library, numbers in zip(("keras", "optax"), FORMULAS[row][1:], strict=True):
        assert numbers == pytest.approx(GOLDEN["rows"][row][library], rel=1e-6, abs=1e-12), library


def test_the_page_says_which_versions_were_asked() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert f"Keras {GOLDEN['made_by']['keras']}" in text
    assert f"optax {GOLDEN['made_by']['optax']}" in text


def default_rows() -> dict[str, list[dict[str, float]]]:
    """Optimizer -> the settings that its row of the page's first table gives each library."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    found = {}
    for name, *columns in (cells(line) for line in lines if re.match(r"\| \[\w+\]", line)):
        pairs = [re.findall(r"`(\w+)=([^`]+)`", column) for column in columns]
        found[name[1 : name.index("]")]] = [{k: float(v) for k, v in some} for some in pairs]
    return found


@pytest.mark.parametrize("name", GOLDEN["defaults"])
def test_the_defaults_are_those_of_the_libraries(name: str) -> None:
    signature = inspect.signature(getattr(pylib.optimizers, name))
    ours = {p.name: p.default for p in signature.parameters.values()}
    theirs = GOLDEN["defaults"][name]
    for shown, known in zip(
        default_rows()[name], (ours, theirs["keras"], theirs["optax"]), strict=True
    ):
        assert shown == {setting: known[setting] for setting in shown}
