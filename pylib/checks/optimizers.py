"""Mistakes of optimizers that have a name, told from the walk of one weight.

Each rule is written out once more, with a switch for each mistake: what a switched rule gives is
what a learner who made that mistake gets.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from pylib.checks.failures import CheckError, KnownMistakeError
from pylib.checks.values import differs, numbers

Walk = list[float]
Settings = Mapping[str, Any]

GRADIENTS = (3.0, -1.0, 2.0, 0.5, -2.0, 0.25)
START = 1.0


class _Steps(Protocol):
    """An optimizer of pylib's."""

    param_groups: list[dict[str, Any]]

    def step(self, grads: Any) -> None:
        """Change the weights in place."""


def explain_optimizer(
    learner: Callable[[Sequence[float]], Any],
    right: Callable[[list[Any]], _Steps],
    *,
    gradients: Sequence[float] = GRADIENTS,
    start: float = START,
    name: str = "the weight",
) -> str | None:
    """Name the mistake of an optimizer, by the walk of one weight under given gradients.

    Known for every rule are: a turned sign, a missing learning rate, a lost state; for SGD with
    momentum the average form and exchanged shares; for RMSprop, Adam and AdamW a missing root or
    square, exchanged shares, eps on the wrong side of the root, a bias correction that is missing,
    in part or for every step but the first; for weight decay the coupled form and the one without
    the rate.

    Args:
        learner: Called with the gradients, one for each step; returns the weight after the last
            step, or after each of them.
        right: Makes the right optimizer for a list of parameters: `lambda w: Adam(w, lr=0.1)`. Let
            its eps be large enough to be seen, such as 0.01, and the learner's the same.
        gradients: One for each step; at least three of different sizes and signs.
        start: Where the weight begins, not 0 where weights decay.
        name: What the words call the weight.

    Returns:
        Words on the mistake; for one without a name, the first step that differs. None if the
        walks are equal (to 1e-9).

    Examples:
        >>> from pylib.optimizers import SGD
        >>> def average(gradients):
        ...     w, v = 1.0, 0.0
        ...     for g in gradients:
        ...         v = 0.9 * v + 0.1 * g
        ...         w -= 0.01 * v
        ...     return w
        >>> explain_optimizer(average, lambda w: SGD(w, lr=0.01, momentum=0.9))[:61]
        'The velocity is an average, (1 − momentum) · gradient: its st'
        >>> explain_optimizer(lambda gs: 1 - 0.1 * sum(gs), lambda w: SGD(w, lr=0.1)) is None
        True
    """
    weight = np.array([start])
    optimizer = right([weight])
    want: Walk = []
    for g in gradients:
        optimizer.step([np.array([g])])
        want.append(float(weight[0]))
    try:
        got = numbers(learner(list(gradients)), name).ravel()
    except CheckError as error:
        return str(error)
    if len(got) == len(want) + 1:
        got = got[1:]  # the start came first
    if len(got) not in (1, len(want)):
        return f"{name} has {len(got)} values; it should have one, or one for each step"

    def is_walk(walk: Walk) -> bool:
        return np.allclose(got, walk[-len(got) :], rtol=1e-9, atol=1e-12, equal_nan=True)

    if is_walk(want):
        return None
    kind, settings = type(optimizer).__name__, optimizer.param_groups[0]
    if kind in _RULES:
        rule, mistakes = _RULES[kind]
        for switch, words in (*_OF_ALL, *mistakes):
            walk = _walked(rule, settings, gradients, start, switch)
            if is_walk(walk) and not np.allclose(walk, want, rtol=1e-9, atol=1e-12):
                return words
    last = want[-len(got) :]
    first = int(np.argmin(np.isclose(got, last, rtol=1e-9, atol=1e-12)))
    step = len(want) - len(got) + first + 1
    said = differs(name, (), float(got[first]), last[first], 1, f"after step {step} it should be")
    return str(said)


def check_optimizer(
    learner: Callable[[Sequence[float]], Any],
    right: Callable[[list[Any]], _Steps],
    *,
    gradients: Sequence[float] = GRADIENTS,
    start: float = START,
    name: str = "the weight",
) -> None:
    """Refuse an optimizer whose walk differs from the right one; the message names why.

    Args:
        learner: Called with the gradients; returns the weight after the last step, or after each.
        right: Makes the right optimizer for a list of parameters.
        gradients: One for each step.
        start: Where the weight begins.
        name: What the message calls the weight.

    Raises:
        KnownMistakeError: The walks differ; the message is that of `explain_optimizer`.

    Examples:
        >>> from pylib.optimizers import SGD
        >>> check_optimizer(lambda gs: 1 + 0.1 * sum(gs), lambda w: SGD(w, lr=0.1))
        Traceback (most recent call last):
        ...
        pylib.checks.failures.KnownMistakeError: The step goes up; one minus turns it round.
    """
    words = explain_optimizer(learner, right, gradients=gradients, start=start, name=name)
    if words:
        raise KnownMistakeError(words)


def _walked(
    rule: Callable[..., Walk],
    settings: Settings,
    gradients: Sequence[float],
    start: float,
    how: str,
) -> Walk:
    try:
        return rule(settings, gradients, start, how)
    except (ZeroDivisionError, OverflowError):
        return [math.nan] * len(gradients)


def _step(w: float, change: float, lr: float, how: str) -> float:
    """The update: w ← w − lr · change."""
    if how == "up":
        return w + lr * change
    return w - (change if how == "no rate" else lr * change)


def _decayed(w: float, s: Settings, how: str) -> float:
    """The weight after the decay beside the step: w ← (1 − lr · decay) · w."""
    if how in ("no decay", "coupled"):
        return w
    decay: float = s["weight_decay"] * (1 if how == "decay without rate" else s["lr"])
    return w * (1 + decay) if how == "decay up" else w * (1 - decay)


def _sgd(s: Settings, gradients: Sequence[float], w: float, how: str) -> Walk:
    """SGD: v ← momentum · v + (1 − dampening) · g;  w ← w − lr · v."""
    beta, v, walk = s["momentum"], 0.0, []
    keep, take = beta, 1 - s["dampening"]
    if how == "average":
        take = 1 - beta
    elif how == "exchanged":
        keep = 1 - beta
    elif how == "forgets":
        keep = 0.0
    nesterov = s["nesterov"] != (how == "nesterov")
    for t, gradient in enumerate(gradients, start=1):
        g = gradient
        if how not in ("no decay", "decoupled"):
            g += s["weight_decay"] * w * (-1 if how == "decay up" else 1)
        if how == "decoupled":
            w *= 1 - s["weight_decay"]
        v = g if t == 1 and how not in ("average", "dampened") else keep * v + take * g
        w = _step(w, g + beta * v if nesterov else v, s["lr"], how)
        walk.append(w)
    return walk


def _rmsprop(s: Settings, gradients: Sequence[float], w: float, how: str) -> Walk:
    """RMSprop: v ← alpha · v + (1 − alpha) · g²;  w ← w − lr · g / (√v + eps)."""
    keep, v, walk = s["alpha"], 0.0, []
    take = 1 - keep
    if how == "second exchanged":
        keep, take = take, keep
    elif how == "second sum":
        take = 1.0
    elif how == "never forgets":
        keep = take = 1.0
    elif how == "forgets":
        keep = 0.0
    for t, gradient in enumerate(gradients, start=1):
        g = gradient + s["weight_decay"] * w
        v = keep * v + take * (g if how == "no square" else g * g)
        seen = v / (1 - s["alpha"] ** t) if how == "corrected" else v
        w = _step(w, g / _divisor(seen, s["eps"], how), s["lr"], how)
        walk.append(w)
    return walk


def _adam(s: Settings, gradients: Sequence[float], w: float, how: str) -> Walk:
    """Adam: m̂ = m / (1 − b1ᵗ), v̂ = v / (1 − b2ᵗ);  w ← w − lr · m̂ / (√v̂ + eps)."""
    return _of_adam(s, gradients, w, how, beside=False)


def _adamw(s: Settings, gradients: Sequence[float], w: float, how: str) -> Walk:
    """AdamW: w ← (1 − lr · weight_decay) · w, then Adam without decay."""
    return _of_adam(s, gradients, w, how, beside=how != "coupled")


def _of_adam(s: Settings, gradients: Sequence[float], w: float, how: str, *, beside: bool) -> Walk:
    b1, b2 = s["betas"]
    if how == "betas exchanged":
        b1, b2 = b2, b1
    (k1, t1), (k2, t2) = (b1, 1 - b1), (b2, 1 - b2)
    if how == "first exchanged":
        k1, t1 = t1, k1
    elif how == "second exchanged":
        k2, t2 = t2, k2
    elif how == "first sum":
        t1 = 1.0
    elif how == "second sum":
        t2 = 1.0
    elif how == "no first":
        k1, t1, b1 = 0.0, 1.0, 0.0
    m = v = 0.0
    walk = []
    for t, gradient in enumerate(gradients, start=1):
        g = gradient
        if beside:
            w = _decayed(w, s, how)
        elif how not in ("no decay", "decoupled"):
            g += s["weight_decay"] * w * (-1 if how == "decay up" else 1)
        if how == "decoupled":
            w *= 1 - s["lr"] * s["weight_decay"]
        m = k1 * m + t1 * g
        v = k2 * v + t2 * (g if how == "no square" else g * g)
        power = {"first step only": 1, "counts from 2": t + 1}.get(how, t)
        m_hat = m if how in ("no hats", "no hat on m") else m / (1 - b1**power)
        v_hat = v if how in ("no hats", "no hat on v", "hat outside") else v / (1 - b2**power)
        if how == "hats multiply":
            m_hat, v_hat = m * (1 - b1**power), v * (1 - b2**power)
        divisor = _divisor(v_hat, s["eps"], how)
        if how == "hat outside":
            divisor = math.sqrt(v) / (1 - b2**power) + s["eps"]
        w = _step(w, m_hat / divisor, s["lr"], how)
        walk.append(w)
    return walk


def _divisor(v: float, eps: float, how: str) -> float:
    if how == "no root":
        return v + eps
    if v < 0:  # it has lost its square
        return math.nan
    if how == "eps inside":
        return math.sqrt(v + eps)
    return math.sqrt(v) + (0.0 if how == "no eps" else eps)


Mistakes = tuple[tuple[str, str], ...]

_OF_ALL: Mistakes = (
    ("up", "The step goes up; one minus turns it round."),
    ("no rate", "The learning rate is missing in the step."),
)
_DECAY: Mistakes = (
    ("no decay", "The weight decay is missing."),
    ("decay up", "The decay has the wrong sign: weights must shrink, not grow."),
)
_SCALE: Mistakes = (
    ("no root", "The root is missing: divide by √v, not by v."),
    ("no square", "The square is missing: v is the average of g², not of g."),
    ("eps inside", "eps stands under the root; it belongs outside: √v + eps."),
    ("no eps", "eps is missing: the divisor is √v + eps."),
    ("second exchanged", "The shares of v are exchanged: keep the large share of the old v."),
    ("second sum", "v takes the whole g²; it should take the share that the old v leaves."),
)
_RULES: dict[str, tuple[Callable[..., Walk], Mistakes]] = {
    "SGD": (
        _sgd,
        (
            ("forgets", "The old velocity is lost: this is SGD without momentum."),
            (
                "average",
                "The velocity is an average, (1 − momentum) · gradient: its steps are shorter at "
                "the same rate. Here the whole gradient is added.",
            ),
            ("exchanged", "The share of the old velocity is 1 − momentum; it should be momentum."),
            ("dampened", "Dampening acts on the first step too; the velocity begins as g."),
            ("nesterov", "Nesterov's look ahead is where it should not be, or is missing."),
            *_DECAY,
            ("decoupled", "The decay shrinks the weight at once; here it is part of the gradient."),
        ),
    ),
    "RMSprop": (
        _rmsprop,
        (
            ("never forgets", "v is a sum that never forgets: this is Adagrad."),
            ("forgets", "The old v is lost: only the last gradient counts."),
            ("corrected", "v is corrected for its start at 0, as in Adam; RMSprop does without."),
            *_SCALE,
        ),
    ),
    "Adam": (
        _adam,
        (
            ("no hats", "The bias correction is missing: m and v both start at 0."),
            ("no hat on m", "The bias correction of m is missing."),
            ("no hat on v", "The bias correction of v is missing."),
            ("hat outside", "The correction of v stands outside the root; it belongs under it."),
            ("first step only", "The correction is that of step 1 at every step: t is its power."),
            ("counts from 2", "The correction is one step ahead: the first step is t = 1."),
            ("hats multiply", "The correction multiplies; m and v are divided by it."),
            ("no first", "m is not averaged: the step follows the last gradient only."),
            (
                "first exchanged",
                "The shares of m are exchanged: keep the large share of the old m.",
            ),
            ("first sum", "m takes the whole gradient; it should take the share 1 − b1."),
            ("betas exchanged", "The betas are exchanged: b1 is of m, b2 is of v."),
            *_SCALE,
            *_DECAY,
            ("decoupled", "The decay stands beside the step, as in AdamW; here it is in g."),
        ),
    ),
}
_RULES["AdamW"] = (
    _adamw,
    (
        ("coupled", "The decay is in the gradient and goes through the division: that is L2."),
        ("decay without rate", "The decay lacks the rate: a weight loses lr · decay per step."),
        *(pair for pair in _RULES["Adam"][1] if pair[0] != "decoupled"),
    ),
)
