"""Mistakes of optimizers by name: the rules with their switches, and answers as learners write."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from pylib.checks import KnownMistakeError, check_optimizer, explain_optimizer
from pylib.checks.optimizers import _OF_ALL, _RULES, GRADIENTS, START, _walked
from pylib.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop

Right = Callable[[Any], Any]

RIGHT: dict[str, Right] = {
    "SGD": lambda w: SGD(w, lr=0.05),
    "SGD momentum": lambda w: SGD(w, lr=0.05, momentum=0.7, weight_decay=0.3),
    "SGD dampening": lambda w: SGD(w, lr=0.05, momentum=0.7, dampening=0.2),
    "SGD nesterov": lambda w: SGD(w, lr=0.05, momentum=0.7, nesterov=True),
    "RMSprop": lambda w: RMSprop(w, lr=0.05, alpha=0.8, eps=0.01),
    "RMSprop decay": lambda w: RMSprop(w, lr=0.05, alpha=0.8, eps=0.01, weight_decay=0.3),
    "Adam": lambda w: Adam(w, lr=0.05, betas=(0.8, 0.95), eps=0.01),
    "Adam decay": lambda w: Adam(w, lr=0.05, betas=(0.8, 0.95), eps=0.01, weight_decay=0.3),
    "AdamW": lambda w: AdamW(w, lr=0.05, betas=(0.8, 0.95), eps=0.01, weight_decay=0.3),
}


def made(right: Right) -> tuple[str, dict[str, Any], list[float]]:
    """The name, the settings and the walk of an optimizer of pylib's."""
    w = np.array([START])
    optimizer = right([w])
    walk = []
    for g in GRADIENTS:
        optimizer.step([np.array([g])])
        walk.append(w.item())
    return type(optimizer).__name__, optimizer.param_groups[0], walk


@pytest.mark.parametrize("right", RIGHT.values(), ids=RIGHT)
def test_a_rule_without_a_mistake_walks_as_pylib_does(right: Right) -> None:
    name, settings, walk = made(right)
    assert np.allclose(_walked(_RULES[name][0], settings, GRADIENTS, START, ""), walk, rtol=1e-12)


SWITCHES = [
    (name, switch, words)
    for name in ("SGD momentum", "RMSprop", "Adam decay", "AdamW")
    for switch, words in (*_OF_ALL, *_RULES[name.split()[0]][1])
]


@pytest.mark.parametrize(("name", "switch", "words"), SWITCHES)
def test_every_mistake_walks_elsewhere_and_is_named(name: str, switch: str, words: str) -> None:
    kind, settings, walk = made(RIGHT[name])
    wrong = _walked(_RULES[kind][0], settings, GRADIENTS, START, switch)
    if kind == "SGD" and switch == "dampened":  # without dampening there is nothing to mistake
        return
    assert not np.allclose(wrong, walk)
    assert explain_optimizer(lambda gradients: wrong, RIGHT[name]) == words


def walk(rule: str, **names: float) -> Callable[[Sequence[float]], list[float]]:
    """A walk by statements that a learner writes, with gradient `g` at step `t`."""

    def walked(gradients: Sequence[float]) -> list[float]:
        scope: dict[str, Any] = {"w": 1.0, "v": 0.0, "m": 0.0, "np": np, **names}
        weights = []
        for t, g in enumerate(gradients, start=1):
            scope |= {"t": t, "g": g}
            exec(rule, scope)
            weights.append(scope["w"])
        return weights

    return walked


ADAM = "m = .8*m + .2*g; v = .95*v + .05*g**2; mh = m/(1-.8**t); vh = v/(1-.95**t); "
BY_HAND = {
    "right sgd": ("w = w - 0.05 * g", "SGD", None),
    "sgd up": ("w = w + 0.05 * g", "SGD", "The step goes up"),
    "sgd no rate": ("w = w - g", "SGD", "The learning rate is missing"),
    "right adam": (ADAM + "w -= 0.05 * mh / (np.sqrt(vh) + 0.01)", "Adam", None),
    "adam, eps inside": (ADAM + "w -= 0.05 * mh / np.sqrt(vh + 0.01)", "Adam", "eps stands under"),
    "adam without hats": (ADAM + "w -= 0.05 * m / (np.sqrt(v) + 0.01)", "Adam",
                          "The bias correction is missing"),
    "adam without one hat": (ADAM + "w -= 0.05 * m / (np.sqrt(vh) + 0.01)", "Adam",
                             "The bias correction of m is missing"),
    "adam, hat outside": (ADAM + "w -= 0.05 * mh / (np.sqrt(v) / (1 - .95**t) + 0.01)", "Adam",
                          "The correction of v stands outside the root"),
    "adam, no root": (ADAM + "w -= 0.05 * mh / (vh + 0.01)", "Adam", "The root is missing"),
    "adam, t forgotten": (ADAM + "w -= 0.05 * (m / .2) / (np.sqrt(v / .05) + 0.01)", "Adam",
                          "The correction is that of step 1 at every step"),
    "rmsprop as adagrad": ("v = v + g**2; w -= 0.05 * g / (np.sqrt(v) + 0.01)", "RMSprop",
                           "v is a sum that never forgets: this is Adagrad."),
    "adamw as L2": ("g = g + 0.3 * w; " + ADAM + "w -= 0.05 * mh / (np.sqrt(vh) + 0.01)", "AdamW",
                    "The decay is in the gradient"),
    "adamw, too much": ("w *= 1 - 0.3; " + ADAM + "w -= 0.05 * mh / (np.sqrt(vh) + 0.01)", "AdamW",
                        "The decay lacks the rate"),
    "without a name": ("w = w - 0.06 * g", "SGD", "the weight is 0.82; after step 1 it should be"),
}  # fmt: skip


@pytest.mark.parametrize(("rule", "name", "words"), BY_HAND.values(), ids=BY_HAND)
def test_answers_of_learners(rule: str, name: str, words: str | None) -> None:
    for answer in (walk(rule), lambda gradients: walk(rule)(gradients)[-1]):
        said = explain_optimizer(answer, RIGHT[name])
        if words is None:
            assert said is None
        elif words.startswith("the weight"):
            assert said is not None
            assert said.startswith("the weight is ")
        else:
            assert said is not None
            assert said.startswith(words)


def test_the_first_step_that_differs_is_named() -> None:
    def late(gradients: Sequence[float]) -> list[float]:
        walked = walk("w = w - 0.05 * g")(gradients)
        return [*walked[:2], *(w + 0.1 for w in walked[2:])]

    said = explain_optimizer(late, RIGHT["SGD"])
    assert said == "the weight is 0.9; after step 3 it should be 0.8"
    started = explain_optimizer(lambda g: [1.0, *walk("w -= 0.05 * g")(g)], RIGHT["SGD"])
    assert started is None


def test_what_is_no_walk_is_said() -> None:
    right = RIGHT["SGD"]
    assert explain_optimizer(lambda g: None, right) == (
        "the weight is None; does the function return it?"
    )
    assert explain_optimizer(lambda g: [1.0, 2.0], right) == (
        "the weight has 2 values; it should have one, or one for each step"
    )


def test_an_optimizer_without_known_mistakes_names_the_step() -> None:
    said = explain_optimizer(walk("w -= g"), lambda w: Adagrad(w, lr=0.1))
    assert said == "the weight is -2; after step 1 it should be 0.9"


def test_a_wrong_walk_raises() -> None:
    with pytest.raises(KnownMistakeError, match=r"^The step goes up"):
        check_optimizer(walk("w += 0.05 * g"), RIGHT["SGD"])
    check_optimizer(walk("w -= 0.05 * g"), RIGHT["SGD"])
