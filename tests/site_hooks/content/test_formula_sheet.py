"""The page of all formulas: each is what pylib computes, and none is written there by hand."""

import doctest
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pylib import losses, optimizers, schedules
from pylib.microscope import dissect
from pylib.surfaces import Quadratic
from site_hooks.content import formula_sheet
from site_hooks.errors import BuildError
from tests.conftest import DOCS

RNG = np.random.default_rng(0)
Y = RNG.normal(size=40) * 2
HAT = Y + RNG.normal(size=40) * 2
R = HAT - Y
LABEL = (RNG.random(40) < 0.5) * 1.0
Z = RNG.normal(size=40)
P = 1 / (1 + np.exp(-Z))
P_T = np.where(LABEL == 1, P, 1 - P)
A_T = np.where(LABEL == 1, 0.25, 0.75)
LOGITS = RNG.normal(size=(40, 3))
SHARES = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
CLASS = RNG.integers(3, size=40)
TRUE = SHARES[np.arange(40), CLASS]
ONE_HOT = np.eye(3)[CLASS]
OTHER = np.roll(SHARES, 1, axis=1)
VAR = RNG.random(40) + 0.5
COUNTS = RNG.integers(5, size=40) * 1.0
A, NEAR, FAR = RNG.normal(size=(3, 40, 4))
SIGN = np.where(LABEL == 1, 1.0, -1.0)
COS = (A * NEAR).sum(1) / np.linalg.norm(A, axis=1) / np.linalg.norm(NEAR, axis=1)
OVERLAP, AREA, TRUTH = (P * LABEL).sum(), P.sum(), LABEL.sum()
MARGINS = np.maximum(0, 1 - LOGITS[np.arange(40), CLASS][:, None] + LOGITS) * (1 - ONE_HOT)


def gap(a: Any, b: Any) -> Any:
    return np.linalg.norm(a - b, axis=1)


def entropy(p: Any) -> Any:
    return -LABEL * np.log(p) - (1 - LABEL) * np.log(1 - p)


# The formula as the page has it, what pylib makes of data, and the formula read by hand.
LOSSES: dict[str, tuple[str, Callable[[], Any], Any]] = {
    "MSELoss": ("$r^2$", lambda: losses.MSELoss()(HAT, Y), R**2),
    "L1Loss": (r"$\lvert r \rvert$", lambda: losses.L1Loss()(HAT, Y), abs(R)),
    "HuberLoss": (
        r"$\tfrac12 r^2$ if $\lvert r \rvert \le \delta$, "
        r"else $\delta(\lvert r \rvert - \tfrac12\delta)$",
        lambda: losses.HuberLoss(delta=1.5)(HAT, Y),
        np.where(abs(R) <= 1.5, R**2 / 2, 1.5 * (abs(R) - 0.75)),
    ),
    "SmoothL1Loss": (
        r"$\text{Huber}_\beta(r) / \beta$",
        lambda: losses.SmoothL1Loss(beta=1.5)(HAT, Y),
        np.where(abs(R) <= 1.5, R**2 / 2, 1.5 * (abs(R) - 0.75)) / 1.5,
    ),
    "LogCoshLoss": (r"$\ln \cosh r$", lambda: losses.LogCoshLoss()(HAT, Y), np.log(np.cosh(R))),
    "PinballLoss": (
        r"$\max(-q\,r,\ (1-q)\,r)$",
        lambda: losses.PinballLoss(quantile=0.9)(HAT, Y),
        np.maximum(-0.9 * R, (1 - 0.9) * R),
    ),
    "BCELoss": (
        r"$-y \ln p - (1-y) \ln(1-p)$",
        lambda: losses.BCELoss()(P, LABEL),
        entropy(P),
    ),
    "BCEWithLogitsLoss": (
        r"$-y \ln p - (1-y) \ln(1-p)$, $p = \sigma(z)$",
        lambda: losses.BCEWithLogitsLoss()(Z, LABEL),
        entropy(1 / (1 + np.exp(-Z))),
    ),
    "BinaryFocalLoss": (
        r"$-\alpha_t (1-p_t)^\gamma \ln p_t$",
        lambda: losses.BinaryFocalLoss(alpha=0.25, gamma=2.0)(Z, LABEL),
        -A_T * (1 - P_T) ** 2 * np.log(P_T),
    ),
    "HingeLoss": (
        r"$\max(0,\ 1 - y s)$",
        lambda: losses.HingeLoss()(Z, SIGN),
        np.maximum(0, 1 - SIGN * Z),
    ),
    "CategoricalCrossEntropyLoss": (
        r"$-\sum_k y_k \ln p_k$",
        lambda: losses.CategoricalCrossEntropyLoss()(SHARES, ONE_HOT),
        -(ONE_HOT * np.log(SHARES)).sum(axis=1),
    ),
    "CrossEntropyLoss": (
        r"$-\ln p_y$, $p = \text{softmax}(z)$",
        lambda: losses.CrossEntropyLoss()(LOGITS, CLASS),
        -np.log(TRUE),
    ),
    "NLLLoss": (
        r"$-\ln p_y$, from $\ln p$",
        lambda: losses.NLLLoss()(np.log(SHARES), CLASS),
        -np.log(TRUE),
    ),
    "KLDivLoss": (
        r"$\sum_k q_k \ln (q_k / p_k)$",
        lambda: losses.KLDivLoss(reduction="batchmean")(np.log(SHARES), OTHER),
        (OTHER * np.log(OTHER / SHARES)).sum(axis=1),
    ),
    "MultiMarginLoss": (
        r"$\tfrac1K \sum_{i \ne y} \max(0,\ 1 - s_y + s_i)^p$",
        lambda: losses.MultiMarginLoss(p=2)(LOGITS, CLASS),
        (MARGINS**2).sum(axis=1) / 3,
    ),
    "PoissonNLLLoss": (
        r"$\lambda - y \ln \lambda$, $\lambda = e^{\hat y}$",
        lambda: losses.PoissonNLLLoss()(Z, COUNTS),
        np.exp(Z) - COUNTS * Z,
    ),
    "GaussianNLLLoss": (
        r"$\tfrac12 (\ln v + r^2 / v)$",
        lambda: losses.GaussianNLLLoss()(HAT, Y, VAR),
        (np.log(VAR) + R**2 / VAR) / 2,
    ),
    "TripletMarginLoss": (
        r"$\max(0,\ m + d(a, p) - d(a, n))$",
        lambda: losses.TripletMarginLoss(margin=1.0)(A, NEAR, FAR),
        np.maximum(0, 1 + gap(A, NEAR) - gap(A, FAR)),
    ),
    "CosineEmbeddingLoss": (
        r"$1 - \cos$ if alike, else $\max(0,\ \cos - m)$",
        lambda: losses.CosineEmbeddingLoss(margin=0.1)(A, NEAR, SIGN),
        np.where(SIGN == 1, 1 - COS, np.maximum(0, COS - 0.1)),
    ),
    "DiceLoss": (
        "$1 - 2I / (P + G)$",
        lambda: losses.DiceLoss(smooth=0.0)(P, LABEL),
        1 - 2 * OVERLAP / (AREA + TRUTH),
    ),
    "IoULoss": (
        "$1 - I / (P + G - I)$",
        lambda: losses.IoULoss(smooth=0.0)(P, LABEL),
        1 - OVERLAP / (AREA + TRUTH - OVERLAP),
    ),
    "TverskyLoss": (
        r"$1 - TP / (TP + \alpha\,FP + \beta\,FN)$",
        lambda: losses.TverskyLoss(alpha=0.3, beta=0.7, smooth=0.0)(P, LABEL),
        1 - OVERLAP / (OVERLAP + 0.3 * (AREA - OVERLAP) + 0.7 * (TRUTH - OVERLAP)),
    ),
}

T = np.arange(9)
# Of schedules that have one formula for every step.
SCHEDULES: dict[str, tuple[str, Callable[[int], float], Any]] = {
    "ConstantLR": (
        r"$\alpha_0 f$ if $t < T$, else $\alpha_0$",
        schedules.ConstantLR(0.1, factor=0.5, total_iters=4),
        np.where(T < 4, 0.1 * 0.5, 0.1),
    ),
    "StepLR": (
        r"$\alpha_0 \gamma^{\lfloor t / s \rfloor}$",
        schedules.StepLR(0.1, step_size=3, gamma=0.5),
        0.1 * 0.5 ** (T // 3),
    ),
    "MultiStepLR": (
        r"$\alpha_0 \gamma^{\text{milestones passed}}$",
        schedules.MultiStepLR(0.1, milestones=[2, 5], gamma=0.5),
        0.1 * 0.5 ** ((T >= 2) * 1 + (T >= 5)),
    ),
    "ExponentialLR": (
        r"$\alpha_0 \gamma^t$",
        schedules.ExponentialLR(0.1, gamma=0.8),
        0.1 * 0.8**T,
    ),
    "LinearLR": (
        r"$\alpha_0 \bigl(f_0 + (f_1 - f_0)\, t / T\bigr)$",
        schedules.LinearLR(0.1, start_factor=0.2, end_factor=0.7, total_iters=8),
        0.1 * (0.2 + (0.7 - 0.2) * T / 8),
    ),
    "PolynomialLR": (
        r"$\alpha_0 (1 - t / T)^p$",
        schedules.PolynomialLR(0.1, total_iters=8, power=2.0),
        0.1 * (1 - T / 8) ** 2,
    ),
    "CosineAnnealingLR": (
        r"$\tfrac12 \alpha_0 (1 + \cos(\pi t / T))$",
        schedules.CosineAnnealingLR(0.1, T_max=8),
        0.1 * (1 + np.cos(np.pi * T / 8)) / 2,
    ),
    "LambdaLR": (
        r"$\alpha_0 \cdot f(t)$, with a function of your own",
        schedules.LambdaLR(0.1, lambda t: 1 / (1 + t)),
        0.1 / (1 + T),
    ),
    "NoamLR": (
        r"$d^{-1/2} \min(s^{-1/2},\ s\, w^{-3/2})$, $s = t + 1$",
        schedules.NoamLR(d_model=16, warmup=4),
        16**-0.5 * np.minimum((T + 1.0) ** -0.5, (T + 1) * 4**-1.5),
    ),
    "ChainedScheduler": (
        r"$\alpha_0 \prod_i (\alpha_i(t) / \alpha_0)$",
        schedules.ChainedScheduler(
            [schedules.ExponentialLR(0.1, gamma=0.8), schedules.StepLR(0.1, step_size=3)]
        ),
        0.1 * 0.8**T * 0.1 ** (T // 3),
    ),
}


def public(module: Any, *others: str) -> set[str]:
    return {*module.__all__} - {*others}


@pytest.fixture(scope="module")
def page() -> str:
    return formula_sheet.filled((DOCS / "formulas.md").read_text("utf-8"))


def test_the_examples() -> None:
    assert doctest.testmod(formula_sheet).failed == 0


def test_it_has_all_of_pylib_once_and_in_no_other_words(page: str) -> None:
    names = re.findall(r"^- \[(\w+)\]\(reference/\w+\.md#pylib\.\w+\.\1\)", page, re.MULTILINE)
    assert len(names) == len(set(names))
    assert set(names) == (
        public(losses, "Loss")
        | public(optimizers, "Optimizer", "GradientOptimizer")
        | public(schedules, "Schedule")
    )
    written = (DOCS / "formulas.md").read_text("utf-8")
    assert not re.findall(r"^- ", written, re.MULTILINE)


@pytest.mark.parametrize("name", sorted(public(losses, "Loss")))
def test_a_loss_is_what_its_formula_says(page: str, name: str) -> None:
    formula, computed, terms = LOSSES[name]
    assert f"#pylib.losses.{name}) {formula}\n" in page
    assert computed() == pytest.approx(np.mean(terms), rel=1e-5)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_is_what_its_formula_says(page: str, name: str) -> None:
    formula, schedule, rates = SCHEDULES[name]
    assert f"#pylib.schedules.{name}) {formula}\n" in page
    assert [schedule(int(t)) for t in T] == pytest.approx(rates, rel=1e-12)


# --- Optimizers ---


@pytest.mark.parametrize(
    "name", sorted(public(optimizers, "Optimizer", "GradientOptimizer", *formula_sheet.BY_TABLE))
)
def test_an_optimizer_s_formulas_are_the_microscope_s(page: str, name: str) -> None:
    own: dict[str, Any] = {"momentum": 0.9} if name == "SGD" else {}
    walk = dissect(Quadratic(10), getattr(optimizers, name), [-1.8, 1.2], 8, **own)
    (entry,) = re.findall(rf"^- \[{name}\]\(\S+?\)<br>(.*)$", page, re.MULTILINE)
    assert len(entry.split("<br>")) == len(walk.formulas())


def test_adam_s_formulas_read_as_its_page_has_them(page: str) -> None:
    (entry,) = re.findall(r"^- \[Adam\]\(\S+?\)<br>(.*)$", page, re.MULTILINE)
    assert entry.replace(r"\displaystyle ", "").split("<br>") == [
        r"$m\leftarrow β_{1}\,m+(1-β_{1})\,g$",
        r"$v\leftarrow β_{2}\,v+(1-β_{2})\,{g}^{2}$",
        r"$\hat{m}=\frac{m}{1-{β_{1}}^{t}}$",
        r"$\hat{v}=\frac{v}{1-{β_{2}}^{t}}$",
        r"$θ\leftarrow θ-\frac{α\,\hat{m}}{\sqrt{\hat{v}}+ε}$",
    ]


# --- What the signs mean ---

NAMES = ["alpha", "beta", "gamma", "delta", "varepsilon", "eta", "lambda", "mu", "rho", "sigma"]
GREEK = dict(zip(NAMES, "αβγδεηλμρσ", strict=True)) | {"theta": "θ"}
KNOWN = {"max", "sign", "clip", r"newton\_schulz"}


def letters(tex: str) -> set[str]:
    plain = re.sub(r"\\(?:operatorname|text|mathrm)\{[^}]*\}", "", tex)
    plain = re.sub(r"\\([a-zA-Z]+)", lambda command: GREEK.get(command[1], ""), plain)
    return set(re.findall(r"[A-Za-zα-ω]", plain))


def in_formulas(words: str) -> set[str]:
    return letters(" ".join(re.findall(r"\$(.*?)\$", words)))


@pytest.mark.parametrize("section", ["Losses", "Optimizers", "Schedules"])
def test_each_letter_is_explained(page: str, section: str) -> None:
    legend, entries = page.partition(f"## {section}\n\n")[2].split("\n\n")[:2]
    assert entries.startswith("- [")
    told = in_formulas(legend) | {"e"}
    calls = KNOWN | {*re.findall(r"\\operatorname\{(.*?)\}", legend)}
    for entry in entries.splitlines():
        known = told | in_formulas(entry.partition("with ")[2])
        for formula in re.findall(r"\$(.*?)\$", entry):
            left, sign, _ = re.split(r"(\\leftarrow|=|$)", formula, maxsplit=1)
            known |= letters(left) if sign else set()
        assert in_formulas(entry) <= known, entry
    assert {*re.findall(r"\\operatorname\{(.*?)\}", entries)} <= calls


def test_a_table_that_is_not_there_is_named() -> None:
    with pytest.raises(BuildError, match=r"no table of formulas in reference/nothing\.md"):
        formula_sheet.filled("<!-- formulas: nothing -->")
