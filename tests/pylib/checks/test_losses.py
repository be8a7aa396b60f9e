"""Mistakes of losses by name. Each wrong answer is written out as a learner would write it."""

from typing import Any

import numpy as np
import pytest

from pylib.checks import KnownMistakeError, check_loss, explain_loss
from pylib.losses import BCELoss, CrossEntropyLoss, MSELoss

# Three entries, no two of the sizes 1, 2, 3 alike.
Y_HAT, Y = np.array([1.0, 2.5, 0.2]), np.array([0.4, 2.0, 1.0])
TABLE_HAT = np.array([[0.3, 1.5, -0.2], [2.0, 0.1, 0.4]])
TABLE = np.array([[0.1, 1.0, 0.5], [1.0, 0.7, 0.2]])
P, T = np.array([0.7, 0.2, 0.9, 0.4]), np.array([1.0, 0.0, 0.0, 1.0])

mse, slope = MSELoss(), MSELoss().gradient


def words(learner: Any, right: Any, y_hat: Any = Y_HAT, y: Any = Y) -> str | None:
    return explain_loss(learner, right, y_hat, y, name="loss")


def test_what_is_right_has_no_words() -> None:
    assert words(lambda a, b: np.mean((b - a) ** 2), mse) is None
    assert words(lambda a, b: 2 / 3 * (a - b), slope) is None
    check_loss(lambda a, b: 2 / 3 * (a - b), slope, Y_HAT, Y)


MISTAKES = {
    "sum": (lambda a, b: np.sum((a - b) ** 2), mse,
            "Loss is 3 times too large: a sum over the 3 entries where a mean is meant."),
    "divided twice": (lambda a, b: np.mean((a - b) ** 2) / 3, mse,
                      "Loss is 3 times too small: it is divided by the 3 entries once too often."),
    "root": (lambda a, b: np.sqrt(np.mean((a - b) ** 2)), mse,
             "Loss is the root of what it should be."),
    "half": (lambda a, b: (a - b) / 3, slope,
             "Loss is half of what it should be: the derivative of a square brings down a 2."),
    "sign": (lambda a, b: 2 * (b - a) / 3, slope, "Loss has the wrong sign."),
    "sign and sum": (lambda a, b: 2 * (b - a), slope,
                     "Loss has the wrong sign, and is 3 times too large: a sum over the 3 entries "
                     "where a mean is meant."),
    "one number": (lambda a, b: 2 * np.mean(a - b), slope,
                   "Loss is one number; it should have shape (3,), a slope of its own per entry."),
    "no reduction": (lambda a, b: (a - b) ** 2, mse,
                     "Loss has one number for each of 3 entries; it should be a single one: "
                     "take their mean."),
    "mean absolute": (lambda a, b: np.mean(np.abs(a - b)), mse,
                      "loss is 0.633333; it should be 0.416667"),
    "reversed": (lambda a, b: (2 / 3 * (a - b))[::-1], slope,
                 "Loss has the right values at other places: look at the index or the axis."),
    "absolute": (lambda a, b: 2 / 3 * np.abs(a - b), slope,
                 "Loss has lost its sign: an absolute value is taken where none is meant."),
    "sign only": (lambda a, b: np.sign(a - b), slope,
                  "Loss keeps only the sign: the size is lost."),
    "factor": (lambda a, b: 5 * (a - b), slope,
               "Loss is 7.5 times what it should be, in every entry."),
    "offset": (lambda a, b: 2 / 3 * (a - b) + 1, slope, "Loss is 1 too large in every entry."),
    "zero": (lambda a, b: 0.0, mse, "Loss is 0."),
    "None": (lambda a, b: None, mse, "loss is None; does the function return it?"),
    "nan": (lambda a, b: np.nan, mse, "loss is nan; it should be 0.416667"),
    "text": (lambda a, b: "0.4", lambda a, b: 0.5, "loss is 0.4; it should be 0.5"),
}  # fmt: skip


@pytest.mark.parametrize(("learner", "right", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named(learner: Any, right: Any, said: str) -> None:
    assert words(learner, right) == said
    with pytest.raises(KnownMistakeError) as caught:
        check_loss(learner, right, Y_HAT, Y, name="loss")
    assert str(caught.value) == said


TABLES = {
    "columns summed": (lambda a, b: np.sum((a - b) ** 2, axis=1).mean(), mse,
                       "Loss is 3 times too large: the 3 columns are only summed."),
    "rows summed": (lambda a, b: np.mean((a - b) ** 2, axis=1).sum(), mse,
                    "Loss is 2 times too large: the 2 rows are only summed."),
    "transposed": (lambda a, b: slope(a, b).T, slope,
                   "Loss is transposed: it has shape (3, 2) and should have (2, 3)."),
    "one axis": (lambda a, b: np.mean((a - b) ** 2, axis=0), mse,
                 "Loss has one number for each of 3 entries; it should be a single one: take "
                 "their mean."),
    "another shape": (lambda a, b: slope(a, b)[0], slope,
                      "Loss has shape (3,); it should have (2, 3)."),
}  # fmt: skip


@pytest.mark.parametrize(("learner", "right", "said"), TABLES.values(), ids=TABLES)
def test_an_axis_is_named(learner: Any, right: Any, said: str) -> None:
    assert words(learner, right, TABLE_HAT, TABLE) == said


def test_the_base_of_a_logarithm_and_one_sided_mistakes_are_named() -> None:
    bce, per_entry = BCELoss(), BCELoss(reduction="none")
    base2 = words(lambda p, t: -np.mean(t * np.log2(p) + (1 - t) * np.log2(1 - p)), bce, P, T)
    assert base2 == "Loss uses a logarithm of base 2; the natural one is meant."
    one = words(lambda p, t: -(t * np.log(p) + (1 - t) * np.log(p)), per_entry, P, T)
    assert one == "Loss is right where the target is 1, and wrong where it is 0."
    no_minus = words(lambda p, t: np.mean(t * np.log(p) + (1 - t) * np.log(1 - p)), bce, P, T)
    assert no_minus == "Loss has the wrong sign."


def test_exchanged_arguments_are_named() -> None:
    def entropy(p: Any, q: Any) -> Any:
        return -np.sum(q * np.log(p))

    p, q = np.array([0.2, 0.5, 0.3]), np.array([0.6, 0.3, 0.1])
    said = words(lambda a, b: entropy(b, a), entropy, p, q)
    assert said == "Loss is that of exchanged arguments: which is the prediction, which the target?"


def test_a_right_one_that_refuses_exchanged_arguments_does_no_harm() -> None:
    logits, classes = np.array([[0.1, 0.7, -0.3], [1.0, 0.2, 0.4]]), np.array([1, 0])
    said = words(lambda z, y: 0.123, CrossEntropyLoss(), logits, classes)
    assert said is not None
    assert said.startswith("loss is 0.123; it should be 0.")


def test_arguments_are_left_alone() -> None:
    def spoils(a: Any, b: Any) -> Any:
        a -= b
        return np.mean(a**2)

    assert words(spoils, mse) is None
    assert Y_HAT.tolist() == [1.0, 2.5, 0.2]
