"""What the lesson's prose says in numbers, held against what its cells print, and computed anew.

A claim names its cell: the cell must print the one, and the page must say the other. Where no
cell prints a number, it is computed here.
"""

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from pylib.data import make_line
from pylib.losses import BCEWithLogitsLoss, CrossEntropyLoss, HuberLoss, MSELoss
from pylib.optimizers import SGD, Adagrad, Adam, RMSprop
from pylib.surfaces import Quadratic
from pylib.training import minimize
from site_hooks.content import outputs
from tests.conftest import DOCS, Collect

CACHE = Path(".cache/outputs")


class Claim(NamedTuple):
    page: str
    cell: str
    prints: tuple[str, ...]
    says: tuple[str, ...]


CLAIMS = {
    "a step of the loop lowers the loss from 16 to 0.64": Claim(
        "index.md", "loop-by-hand", ("loss 16.000", "loss 0.640"), ("0.64 after 16",)
    ),
    "a line of noisy points is not found exactly": Claim(
        "losses/mse.md", "mse-line", ("slope 1.95, intercept 1.02", "-> 0.07"), ("To 1.95 and 1.02",)
    ),
    "the last of three residuals costs sixteen times the first": Claim(
        "losses/mse.md", "mse-by-hand", ("last / first 16.0",), ("Sixteen times as much",)
    ),
    "one outlier doubles the slope and owns four fifths of the loss": Claim(
        "losses/mse.md",
        "mse-outlier",
        ("slope 4.21", "largest share 81%"),
        ("The slope has doubled", "four fifths of the loss"),
    ),
    "the logit that is pulled hardest, and which way": Claim(
        "losses/binary-cross-entropy.md",
        "bce-gradient",
        ("gradient [-0.9526 0.2689 -0.5 0.8808]",),
        ("The first, with 0.95", "pulled down with 0.88"),
    ),
    "which of two pictures costs more": Claim(
        "losses/categorical-cross-entropy.md",
        "cce-by-hand",
        ("each [0.2802 1.1019]",),
        ("1.102 against 0.280",),
    ),
    "from 2 to 15 MSE grows by 221, Huber and MAE by 13 each": Claim(
        "losses/huber.md",
        "huber-by-hand",
        ("Huber [ 0.125 0.5 1.5 14.5 ]", "MAE [ 0.5 1. 2. 15. ]", "4. 225. ]"),
        ("MSE by 221, from 4 to 225. Huber and MAE by 13 each",),
    ),
    "the mean over random draws is the full gradient": Claim(
        "optimizers/sgd.md",
        "sgd-mean",
        ("mean of 100000 [-12.39 -2.16]", "gradient of all rows [-12.39 -2.16]"),
        ("The estimate is **unbiased**",),
    ),
    "small batches are level at their own rates, the full batch is behind": Claim(
        "optimizers/sgd.md",
        "sgd-budget",
        (
            "best rate 0.2 , above best by 0.0434",
            "best rate 0.05 , above best by 0.0041",
            "best rate 0.005 , above best by 0.0043",
            "best rate 0.0005, above best by 0.0044",
        ),
        ("end at 0.043. Batches of 100, 10 and 1 are level, at 0.004",),
    ),
    "momentum leaves a saddle sooner at one rate, later at one long-run step": Claim(
        "optimizers/momentum.md",
        "momentum-saddle",
        (
            "momentum 0.0: 931 steps at rate 0.01, 102 at rate 0.1",
            "momentum 0.9: 185 steps at rate 0.01, 185 at rate 0.01",
        ),
        ("185 steps in place of 931", "185 in place of 102"),
    ),
    "how long RMSprop's first steps are too long": Claim(
        "optimizers/rmsprop.md",
        "rmsprop-first-steps",
        ("alpha 0.99: steps 1, 17, 175, 391 are 10.00 2.52 1.10 1.01", "2.50 1.76"),
        ("175 steps, nearly twice", "within 1 % it is after 391", "still 1.76 times too long"),
    ),
    "RMSprop is back at 75 % of its pace after 90 steps, at 96 % after 110": Claim(
        "optimizers/rmsprop.md",
        "rmsprop-forgets",
        ("RMSprop steps 200, 201, 290, 310: 0.0500 0.0005 0.0377 0.0478",),
        ("at 75 % of its old length 90 steps after the change, and at 96 % after 110",),
    ),
    "what a turn costs Adagrad and RMSprop at their best of six rates": Claim(
        "optimizers/rmsprop.md",
        "rmsprop-rotation",
        (
            "SGD along the axis 195 steps at 0.01, turned 195 steps at 0.01",
            "Adagrad along the axis 5 steps at 1.0, turned 149 steps at 1.0",
            "RMSprop along the axis 48 steps at 0.01, turned 749 steps at 0.01",
        ),
        ("SGD takes 195 steps either way. Adagrad takes 5 along the axis and 149 turned",),
    ),
    "what a turn costs Adam: not its best run but the freedom in the rate": Claim(
        "optimizers/adam.md",
        "adam-rotation",
        (
            "SGD 45° 850 424 nan",
            "Adam 0° 580 261 134 123 121 120 119 123",
            "Adam 45° nan nan nan 698 388 219 122 126",
            "momentum 45° 124 126 130",
        ),
        (
            "at best 424 and 124",
            "119 steps along the axis, 122 turned",
            "0.1 takes 388, 0.2 takes 219",
        ),
    ),
    "no optimizer wins everywhere, tuned alike": Claim(
        "optimizers/adam.md",
        "adam-race",
        (
            "Rosenbrock SGD over 1000, momentum 285, Adam 511",
            "10 000, axis SGD over 1000, momentum over 1000, Adam 162",
            "1000, turned SGD over 1000, momentum 157, Adam 404",
        ),
        ("285 steps against Adam's 511", "157 against 404", "162 steps"),
    ),
    "decay as L2 is harder to set than AdamW's": Claim(
        "optimizers/adamw.md",
        "adamw-digits",
        (
            "Adam 0: given labels 87%, new digits 86%",
            "Adam 0.03: given labels 78%, new digits 91%",
            "Adam 0.1: given labels 53%, new digits 53%",
            "AdamW 0.1: given labels 86%, new digits 89%",
            "AdamW 1.0: given labels 80%, new digits 91%",
            "AdamW 3.0: given labels 74%, new digits 86%",
        ),
        ("level, at 91 % against 86 %", "From 0.1 to 3, a factor of 30"),
    ),
    "a rate that is too low looks finished": Claim(
        "learning-rate.md",
        "rate-too-low",
        ("lr 0.001: loss 1.4e+00, the last step took away 0.3%",),
        ("0.3 % of the loss, at a loss of 1.4",),
    ),
    "two rates in a bowl of two curvatures": Claim(
        "learning-rate.md",
        "rate-path",
        ("w = [0.429 0. ]", "w = [0.005 0.001]"),
        ("at 0.005 along", "0.43 is left"),
    ),
    "MSE through a sigmoid hardly comes back": Claim(
        "choosing.md",
        "choose-binary",
        ("after 100 steps 60.0%", "after 100 steps 94.0%"),
        ("60 % of the mails are right, against 94 %", "hardly any gradient"),
    ),
    "the pinball loss answers with its quantile": Claim(
        "choosing.md",
        "choose-quantile",
        ("MSE 49%", "pinball 0.5 50%", "pinball 0.9 90%"),
        ("Nine of ten for the quantile 0.9",),
    ),
    "an order is learned from pairs": Claim(
        "choosing.md", "choose-ranking", ("new pairs in order: 85%",), ("85 % of them",)
    ),
    "a convolutional network, three optimizers tuned alike": Claim(
        "choosing.md",
        "choose-cnn",
        ("SGD, 1 Dice loss on new images 0.03", "0.3 Dice loss on new images 0.03", "0.03"),
        ("The three tuned ones are level, at 0.03",),
    ),
    "a fifth of the digits is held out at random": Claim(
        "takeaway.md", "capstone-data", ("held out (359, 64)",), ("a fifth of the digits, drawn at",)
    ),
    "98 of 100 digits": Claim(
        "takeaway.md", "capstone-train", ("held-out accuracy 98.1%",), ("About 98 of 100",)
    ),
    "a falling rate does not save Adam, AMSGrad and a long memory do": Claim(
        "beyond/when-adam-fails.md",
        "fails-walk",
        (
            "Adam step 1 0.473, lowest of the last 600 0.9893, end 1.0000",
            "AMSGrad step 1 0.473, lowest of the last 600 -1.0000, end -0.9936",
            "usual betas step 1 0.990, lowest of the last 600 -1.0000, end -1.0000",
        ),
        (
            "from 1 to 0.473",
            "between 0.989 and 1",
            "AMSGrad ends at −0.9936",
            "at a rate of 0.01, reach −1",
        ),
    ),
    "a rare large gradient is forgotten at any rate, and at the default memory": Claim(
        "beyond/when-adam-fails.md",
        "fails-rare",
        (
            "lr 0.01, beta2 0.99: Adam ends at 0.9547, AMSGrad at -0.8169",
            "lr 0.001, beta2 0.99: Adam ends at 0.9955, AMSGrad at -0.0817",
            "beta2 0.999: Adam ends at 0.9454",
            "beta2 0.9999: Adam ends at -0.7347",
        ),
        (
            "at 0.9955, against 0.9547",
            "The default, 0.999, fails as well",
            "0.9999 goes the right way",
            "come to −0.0817 after 100 000 steps, at 0.01 to −0.8169",
        ),
    ),
    "one spike slows AMSGrad for good": Claim(
        "beyond/when-adam-fails.md",
        "fails-spike",
        (
            "no spike : Adam 213 steps, AMSGrad 215",
            "one spike: Adam 4277 steps, AMSGrad 14655",
        ),
        (
            "take 213 and 215 steps",
            "Adam takes 4277",
            "AMSGrad takes 14655",
            "14655 steps in place of Adam's 4277",
        ),
    ),
    "one number stands between the two signs": Claim(
        "beyond/when-adam-fails.md",
        "fails-data",
        ("X sign(X'y) / y is [4.] in every row",),
        (r"$X \operatorname{sign}(X^\top y) = 4y$",),
    ),
    "adaptive methods fit the table and err on 40 % of new rows": Claim(
        "beyond/when-adam-fails.md",
        "fails-table",
        (
            "sizes 0.0160 to 0.9351, scores 0.9840 and -0.8862, wrong 0%",
            "Adam loss 0.00000, sizes 0.2500 to 0.2500, scores 0.7500 and 0.2500, wrong 40%",
            "Adagrad loss 0.00000, sizes 0.2500 to 0.2500, scores 0.7500 and 0.2500, wrong 40%",
            "RMSprop loss 0.00000, sizes 0.2500 to 0.2500, scores 0.7500 and 0.2500, wrong 40%",
        ),
        (
            "40 percent: every −1",
            "a weight of 0.935",
            "0.9840 and −0.8862",
            "the same size, 0.25",
            "0.75 and 0.25",
        ),
    ),
    "the unit of one column decides who errs": Claim(
        "beyond/when-adam-fails.md",
        "fails-units",
        (
            "unit 0.1: descent scores 0.78 and 0.53, wrong 40%",
            "unit 0.1: Adam scores 0.68 and 0.61, wrong 40%",
            "unit 1.0: descent scores 0.98 and -0.89, wrong 0%",
            "unit 1.0: Adam scores 0.75 and 0.25, wrong 40%",
            "unit 5.0: descent scores 1.00 and -1.00, wrong 0%",
            "unit 5.0: Adam scores 0.88 and -0.38, wrong 0%",
        ),
        ("At 0.1 both are wrong on every −1, at 5 both are right. Only at 1 do they differ",),
    ),
    "at one rate each a turn costs Adam ten times the steps": Claim(
        "beyond/when-adam-fails.md",
        "fails-turned",
        (
            "SGD at 0.0198: along the axis 326 steps, turned by 45° 326",
            "Adam at 0.01: along the axis 261 steps, turned by 45° 2718",
            "Adagrad at 0.1: along the axis 193 steps, turned by 45° 7378",
        ),
        (
            "SGD takes 326 steps either way",
            "Adam takes 261, and turned 2718; Adagrad 193, and turned 7378",
        ),
    ),
    "at tuned rates it costs Adam nothing, or a factor of four": Claim(
        "beyond/when-adam-fails.md",
        "fails-tuned",
        (
            "momentum curvature 100: along the axis 124, turned 124",
            "momentum curvature 1000: along the axis 175, turned 175",
            "Adam curvature 100: along the axis 119, turned 122",
            "Adam curvature 1000: along the axis 141, turned 593",
        ),
        ("119 along the axis and 122 turned", "141 against 593", "takes 124 and 175 either way"),
    ),
    "signs move one direction of two, Muon both": Claim(
        "beyond/newer-optimizers.md",
        "newer-first",
        (
            "SGD -3.00 -1.00 -1.00 -3.00 along the two directions 4.00 2.00",
            "Adam -1.00 -1.00 -1.00 -1.00 along the two directions 2.00 0.00",
            "Lion -1.00 -1.00 -1.00 -1.00 along the two directions 2.00 0.00",
            "Muon -0.90 0.21 0.21 -0.90 along the two directions 1.11 0.69",
            "ScheduleFreeSGD -3.00 -1.00 -1.00 -3.00",
        ),
        ("Not at all. Adam and Lion", "1.11 and 0.69"),
    ),
    "Lion hovers by one rate, and a falling one brings it home": Claim(
        "beyond/newer-optimizers.md",
        "newer-lion",
        (
            "lr 0.1: the last three weights [ 0.0346 -0.0654 0.0346]",
            "lr 0.01: the last three weights [-0.0054 0.0046 -0.0054]",
            "the last is 0.00020 away",
        ),
        ("in steps of exactly `lr`", "ends 0.0002 away"),
    ),
    "many small gradients outvote a large one": Claim(
        "beyond/newer-optimizers.md",
        "newer-vote",
        (
            "SGD ends at -0.99 (in 3) -0.91 (in 10) -0.50 (in 101)",
            "Adam ends at -1.00 (in 3) -1.00 (in 10) 0.05 (in 101)",
            "Lion ends at -1.00 (in 3) 0.86 (in 10) 0.75 (in 101)",
        ),
        ("Adam is at −1.00, and Lion at +0.86", "Adam is lost too, at +0.05"),
    ),
    "five rounds of Newton-Schulz": Claim(
        "beyond/newer-optimizers.md",
        "newer-map",
        ("after 5: 0.01 is 0.699; all from 0.01 up lie in 0.682 to 1.134",),
        ("At 0.699", "between 0.682 and 1.134"),
    ),
    "three contenders on digits are level within their errors": Claim(
        "beyond/newer-optimizers.md",
        "newer-digits",
        ("AdamW 83% 89% 84%", "Lion 80% 85% 24%", "Muon 88% 83% 90%"),
        ("AdamW's best is 89 %, Muon's 90 %, Lion's 85 %",),
    ),
    "pylib holds y, and x after eval": Claim(
        "beyond/newer-optimizers.md",
        "newer-free",
        ("z 0.275, x 1.092, next y 1.010; pylib holds 1.010, after eval() 1.092",),
        ("the optimizer's weights are $y$", "turns them into $x$"),
    ),
    "Schedule-Free can be read at any time": Claim(
        "beyond/newer-optimizers.md",
        "newer-noise",
        (
            "step 300: SGD 0.286, cosine 0.221, Schedule-Free x 0.060 and z 2.025",
            "step 1000: SGD 0.308, cosine 0.018, Schedule-Free x 0.026 and z 2.410, "
            "mean of SGD 0.006",
        ),
        (
            "the cosine is at 0.221",
            "0.060 there, and at step 1000 at 0.026, near the cosine's 0.018",
            "stays at 0.3",
            "$z$ by itself is at 2.4",
            "the best of all, 0.006",
        ),
    ),
}


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_a_claim_is_what_its_cell_prints(claim: Claim, collect: Collect) -> None:
    path = DOCS / claim.page
    text = path.read_text(encoding="utf-8")
    events = outputs.run(collect(text, claim.page.removesuffix(".md"), str(path)), CACHE)
    printed = "".join(e["text"] for e in events[claim.cell] if e["kind"] == "stdout")
    for words in claim.prints:
        assert words in squeezed(printed)
    for words in claim.says:
        assert words in squeezed(text)


def said(page: str, *words: str) -> None:
    text = squeezed((DOCS / page).read_text(encoding="utf-8"))
    for each in words:
        assert each in text, each


def test_an_mse_and_a_huber_loss_do_not_say_which_line_is_better() -> None:
    """The quiz of the training loop: 0.12 and 0.05, with residuals that turn the answer round."""
    said("index.md", "an MSE of 0.12, another a Huber loss of 0.05")
    said("index.md", "0.06 is the most")
    said("index.md", "misses one row only, by 1.73 and by 1.75")

    def losses(residuals: np.ndarray) -> tuple[float, float]:
        none = np.zeros(25)
        return MSELoss()(residuals, none), HuberLoss()(residuals, none)

    one_row = np.eye(25)[0]
    spread_mse, spread_huber = np.full(25, 0.12**0.5), np.full(25, 0.1**0.5)
    for mse_line, huber_line, first_is_better in [
        (spread_mse, spread_huber, False),
        (3**0.5 * one_row, 1.75 * one_row, True),
    ]:
        first, second = losses(mse_line), losses(huber_line)
        assert (first[0], second[1]) == pytest.approx((0.12, 0.05))
        better = [a < b for a, b in zip(first, second, strict=True)]
        assert better == [first_is_better, first_is_better]
    assert losses(spread_mse)[1] == pytest.approx(0.06)
    assert round(losses(3**0.5 * one_row)[1], 3) == 0.049
    many = np.random.default_rng(0).normal(size=(1000, 25))
    assert all(HuberLoss()(r, 0 * r) <= MSELoss()(r, 0 * r) / 2 for r in many)


def test_backward_through_two_layers_by_hand() -> None:
    """The numbers of the folded derivation: −4, −8, −2, −4."""
    x, w1, w2, y = 2.0, 1.0, 0.5, 3.0
    h = max(0.0, w1 * x)
    at_y_hat = 2 * (w2 * h - y)
    assert [at_y_hat, at_y_hat * h, at_y_hat * w2, at_y_hat * w2 * x] == [-4, -8, -2, -4]

    def loss(w1: float, w2: float) -> float:
        return (w2 * max(0.0, w1 * x) - y) ** 2

    d = 1e-6
    np.testing.assert_allclose((loss(w1 + d, w2) - loss(w1 - d, w2)) / (2 * d), -4, atol=1e-6)
    np.testing.assert_allclose((loss(w1, w2 + d) - loss(w1, w2 - d)) / (2 * d), -8, atol=1e-6)


def test_equal_parts_average_to_the_full_gradient_even_sorted() -> None:
    """Why the page on SGD draws at random: a partition proves nothing."""
    X, y = make_line(n=100, noise=1.0, seed=0)
    rows = np.column_stack([-2 * y * X[:, 0], -2 * y])
    for order in (np.random.default_rng(0).permutation(100), np.argsort(y)):
        parts = rows[order].reshape(20, 5, 2).mean(axis=1)
        np.testing.assert_allclose(parts.mean(axis=0), rows.mean(axis=0))
    said("optimizers/sgd.md", "however they were cut, even sorted")


def test_the_step_of_adagrad_can_grow_and_its_rate_cannot() -> None:
    """Gradients of 0.1, then of 10: from 0.035 to 0.495."""
    w, moved, rates = np.zeros(1), [], []
    optimizer = Adagrad([w], lr=0.5)
    for step in range(400):
        g = 0.1 if step < 200 else 10.0
        before = w.item()
        optimizer.step([np.array([g])])
        moved.append(before - w.item())
        rates.append(moved[-1] / g)
    np.testing.assert_allclose([moved[199], moved[200]], [0.035, 0.495], atol=5e-4)
    assert (np.diff(rates) < 0).all()
    said("optimizers/rmsprop.md", "the step grows from 0.035 to 0.495")


def test_the_average_of_rmsprop_settles_after_175_and_391_steps() -> None:
    for alpha, to_ten, to_one in ((0.9, 17, 38), (0.99, 175, 391)):
        lengths = 1 / np.sqrt(1 - alpha ** np.arange(1, 1000))
        assert [int(np.argmax(lengths < limit)) + 1 for limit in (1.1, 1.01)] == [to_ten, to_one]


@pytest.mark.parametrize(
    ("lr", "beta", "z_and_x"),
    [(0.5, 0.0, "0.64 0.03"), (0.5, 0.9, "1.30 0.10"), (0.5, 1.0, "2.92 0.24"), (1.8, 0.9, "3.30 0.13")],
)
def test_where_schedule_free_takes_its_gradient(lr: float, beta: float, z_and_x: str) -> None:
    """The live figure: the typical distance of z and x from the minimum, in the last 100 steps."""
    z = x = 5.0
    path = []
    for t, noise in enumerate(np.random.default_rng(0).standard_normal(300), 1):
        path.append((z, x))
        z -= lr * ((1 - beta) * z + beta * x + noise)
        x += (z - x) / t
    distances = np.sqrt(np.mean(np.square(path[-100:]), axis=0))
    assert " ".join(f"{distance:.2f}" for distance in distances) == z_and_x
    for number in z_and_x.split():
        said("beyond/newer-optimizers.md", number)


def test_the_expected_loss_of_schedule_free() -> None:
    """Result 34 without chance: the second moments of z and x, for both curvatures."""
    total = np.zeros(2)
    for curvature in (1.0, 0.1):
        mean, spread = np.full(2, 5.0), np.zeros((2, 2))
        for t in range(1, 1001):
            to_z = np.array([1 - 0.05 * curvature, -0.45 * curvature])  # 0.5 · curvature · y
            to_x = np.array([0, 1 - 1 / t]) + to_z / t
            noise, step = np.array([-0.5, -0.5 / t]), np.array([to_z, to_x])
            mean, spread = step @ mean, step @ spread @ step.T + np.outer(noise, noise)
        total += curvature / 2 * np.diag(spread + np.outer(mean, mean))
    np.testing.assert_allclose(total, [2.387, 0.02586], rtol=1e-3)


def test_schedule_free_and_the_cosine_at_a_lower_rate(
    collect: Collect, capsys: pytest.CaptureFixture[str]
) -> None:
    """The cell of result 34 once more, with 0.1 in place of 0.5."""
    page = DOCS / "beyond/newer-optimizers.md"
    cells = collect(page.read_text(encoding="utf-8"), "beyond/newer-optimizers", str(page))
    (cell,) = (cell for cell in cells if (cell.kind, cell.id) == ("run", "newer-noise"))
    assert cell.source.count("0.5,") == 1
    exec(cell.source.replace("0.5,", "0.1,"), {"np": np})
    printed = squeezed(capsys.readouterr().out)
    assert "step 300: SGD 0.053, cosine 0.046, Schedule-Free x 0.039" in printed
    assert "step 1000: SGD 0.053, cosine 0.010, Schedule-Free x 0.018" in printed
    said(
        "beyond/newer-optimizers.md",
        "0.046 at step 300 and 0.010 at the end, $x$ has 0.039 and 0.018",
    )


@pytest.mark.parametrize(("once", "memory"), [(3, 1.9), (10, 22.4), (101, 2517)])
def test_the_memory_at_which_adam_turns_round(once: int, memory: float) -> None:
    """Gradients of `once`, then −1, ...; β₁ = 0: the drift of a cycle changes its sign there."""

    def drift(beta: float) -> float:
        v, moves = 0.0, []
        for t in range(once * int(np.ceil(20 / (1 - beta) / once))):
            g = once if t % once == 0 else -1.0
            v = beta * v + (1 - beta) * g * g
            moves.append(-g / v**0.5)
        return float(sum(moves[-once:]))

    assert drift(1 - 1 / (0.97 * memory)) > 0 > drift(1 - 1 / (1.03 * memory))
    said("beyond/when-adam-fails.md", "At 3 a memory of 1.9 steps", "at 10 it takes 22", "about 2500")


@pytest.mark.parametrize(
    ("lr", "straight", "turned"), [(0.01, 261, 2718), (0.1, 121, 388), (0.2, 120, 219)]
)
def test_adam_in_the_turned_valley_at_one_rate(lr: float, straight: int, turned: int) -> None:
    """Steps until the loss stays below 1e-4; the first two pairs stand in the lab, too."""
    for angle, steps in ((0, straight), (45, turned)):
        c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        bowl = Quadratic(condition=100, angle=angle)
        values = minimize(bowl, Adam, [c - s, s + c], 3000, lr, report=None).values
        assert np.flatnonzero(values >= 1e-4)[-1] + 1 == steps


def test_how_far_the_flat_direction_moves() -> None:
    """Curvatures 1 and 10: 20 % at the edge, 18 % at the best rate, 5 % at 0.05."""
    for lr, share in ((0.2, 0.2), (0.18, 0.18), (0.05, 0.05)):
        path = minimize(Quadratic(condition=10), SGD, [1.0, 0.0], 1, lr).path[:, 0]
        np.testing.assert_allclose(1 - path[1] / path[0], share)
    said("learning-rate.md", "by 20 % at the very most: by 18 % at the best rate, 0.18, and by 5 %")


def test_rmsprop_hovers_within_its_rate() -> None:
    """The exercise rmsprop-settle: 0.003 arrives, and its jumps are lr/2 to either side."""
    run = minimize(Quadratic(condition=1), RMSprop, [1.0, 1.0], 2000, 0.003, alpha=0.9)
    np.testing.assert_allclose(np.abs(run.path[-1]), 0.0015, rtol=1e-3)


def test_slopes_of_the_two_cross_entropies() -> None:
    """What the folded derivations end with: probability minus target."""
    z = np.array([-3.0, 0.2, 2.0])
    p = 1 / (1 + np.exp(-z))
    grad = BCEWithLogitsLoss(reduction="sum").gradient(z, [1.0, 0.3, 0.0])
    np.testing.assert_allclose(grad, p - [1.0, 0.3, 0.0])
    q = np.exp(z) / np.exp(z).sum()
    grad = CrossEntropyLoss(reduction="sum").gradient(z[None], [1])
    np.testing.assert_allclose(grad[0], q - [0, 1, 0])


@pytest.mark.parametrize(("alpha_c", "beta"), [(0.3, 0.5), (1.0, 0.9), (0.02, 0.4), (2.9, 0.5)])
def test_the_quadratic_equation_of_momentum(alpha_c: float, beta: float) -> None:
    """σ² − (1 + β − αc)σ + β = 0 holds for the matrix of one step; complex roots have size √β."""
    sigma = np.linalg.eigvals([[beta, 1.0], [-alpha_c * beta, 1 - alpha_c]])
    np.testing.assert_allclose(sigma**2 - (1 + beta - alpha_c) * sigma + beta, 0, atol=1e-12)
    swings = (1 - beta**0.5) ** 2 < alpha_c < (1 + beta**0.5) ** 2
    assert bool(np.iscomplex(sigma).any()) == swings
    if swings:
        np.testing.assert_allclose(np.abs(sigma), np.sqrt(beta))
