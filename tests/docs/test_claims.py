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
    "at a condition of 100 momentum takes 95 steps where descent takes 709": Claim(
        "beyond/conditioning.md",
        "cond-bowl",
        (
            "descent lr 1.980198, β 0.000000: factor 0.980198, 709 steps",
            "momentum lr 3.305785, β 0.669421: factor 0.818182, 95 steps",
        ),
        ("95 in place of 709", "by 0.980198 per step, momentum by 0.818182"),
    ),
    "seven settings in the bowl of curvatures 0.2 and 4": Claim(
        "beyond/conditioning.md",
        "cond-seven",
        (
            "0.4 : ( -0.94347, -0.00007)",
            "0.6 : ( -0.38781, -1673.36511)",
            "0.6, 0.5 : ( 0.00719, 0.00255)",
            "0.6, 0.25: ( -0.12634, -0.18663)",
            "0.4 : ( -2.38256, -0.15859)",
            "2.0 : ( -0.00230, -0.00000)",
            "0.4, 0.9 : ( -0.01060, 0.00000)",
        ),
        ("Adagrad at 2, at (−0.002, 0)", "from −5 to −2.4", "is at −1673", "is at 0.007"),
    ),
    "what is stable with momentum, and how fast": Claim(
        "beyond/conditioning.md",
        "cond-edge",
        (
            "0.0 0.9800 1.0200 0.0000 0.0000",
            "0.5 0.9356 1.0569 0.7071 0.7071",
            "0.9 0.9487 1.1664 0.9487 0.9487",
            "0.99 0.9950 1.2150 0.9950 0.9950",
        ),
        ("Below 1 inside and above 1 outside", "their size is $\\sqrt\\beta$"),
    ),
    "ten steps move ten weights of a row": Claim(
        "beyond/conditioning.md",
        "cond-path",
        (
            "descent after 10 steps 10 moved",
            "Adam after 10 steps 10 moved",
            "momentum after 10 steps 10 moved",
            "Newton after 1 step 25 moved",
        ),
        ("Ten, with each of the three", "moves all 25 at once"),
    ),
    "standardising thirty columns": Claim(
        "beyond/conditioning.md",
        "cond-scales",
        ("0.0038 to 880.5831, condition 2.21e+12", "condition 9.98e+04"),
        ("881 in size on average, of another 0.004", "from 2.2e12 to 1.0e5 (9.98e4)"),
    ),
    "Newton needs eight steps on the tumours": Claim(
        "beyond/conditioning.md",
        "cond-newton",
        (
            "after 7 steps the loss is 37.759017",
            "after 8 steps the loss is 37.758946",
            "after 9 steps the loss is 37.758946",
            "562 of 569 right, mean CE 0.053392, bias 0.2145, |w| 3.84161",
        ),
        ("Eight. At first each step", "562 of the 569 rows"),
    ),
    "descent needs twenty thousand steps there": Claim(
        "beyond/conditioning.md",
        "cond-slow",
        (
            "rate 0.301",
            "after 1000 steps, 1.6e-01 of the way",
            "after 20000 steps, 1.6e-06 of the way",
        ),
        ("A sixth of the way is left, 0.16", "down to 1.6e-06"),
    ),
    "the banana valley, at common rates and at the best": Claim(
        "beyond/conditioning.md",
        "cond-race",
        (
            "condition 2508, descent's edge 0.001997",
            "descent at 0.001: 9339 steps",
            "descent at 0.0015: 6217 steps",
            "momentum at 0.001: 836 steps",
            "momentum at 0.003: 285 steps",
            "Adam at 0.01: 3518 steps",
            "Adam at 0.1: 873 steps",
            "Adam at 0.05: 1317 steps",
            "24, 4.7, 1.4e+03, 0.056, 0.31, 1.9e-11",
        ),
        (
            "is 2508",
            "9339 steps at 0.001, and 6217 at its best; momentum 836 and 285",
            "Adam takes 3518 at 0.01. At 0.1 it passes the mark after 873 steps",
            "from step 1317 on",
            "lifts it to 1412",
            "after five steps the value is 1.9e-11",
        ),
    ),
    "RMSprop hovers above the mark": Claim(
        "beyond/conditioning.md",
        "cond-hover",
        ("below 1e-4: 0 of 20 000 steps; last value 0.02",),
        ("None of them is below the mark", "at a value of 0.02"),
    ),
    "L-BFGS takes 44 evaluations": Claim(
        "beyond/conditioning.md",
        "cond-lbfgs",
        ("36 iterations, 44 evaluations",),
        ("36 iterations with 44 evaluations", "a sixth of the gradients"),
    ),
    "Newton's method ends at a maximum": Claim(
        "beyond/conditioning.md",
        "cond-uphill",
        ("f″ it ends at 26.8341, where f is 26.7506", "|f″| it ends at 20.2219"),
        ("At 26.8341, a maximum: f is 26.7506", "in the minimum at 20.2219"),
    ),
    "nine level places": Claim(
        "beyond/landscapes.md",
        "land-stationary",
        ("−− at [-0.271 -0.923]", "4 minima"),
        ("Four. Four are saddles", "and one is a maximum"),
    ),
    "how long a saddle holds": Claim(
        "beyond/landscapes.md",
        "land-saddle",
        (
            "descent 931 steps at 0.01, 102 at 0.1",
            "momentum 185 steps at 0.01, 47 at 0.1",
            "Adam 77 steps at 0.01, 12 at 0.1",
        ),
        ("931: each step", "Momentum takes 185, Adam 77"),
    ),
    "a plane through a trained network": Claim(
        "beyond/landscapes.md",
        "land-plane",
        ("at the network 0.052, lowest on the plane 0.052, highest 17.20",),
        ("0.052, against 17.2 in the worst corner",),
    ),
    "a rescaled network is sharp until its slice is normalised": Claim(
        "beyond/landscapes.md",
        "land-rescaled",
        (
            "normalised False original: at −1, 0, 1 the loss is 0.19 0.05 0.2",
            "normalised False rescaled: at −1, 0, 1 the loss is 16.71 0.05 42.5",
            "normalised True original: at −1, 0, 1 the loss is 2.51 0.05 6.75",
            "normalised True rescaled: at −1, 0, 1 the loss is 2.51 0.05 6.75",
        ),
        ("loss to 16.7, a step of 1 to 42.5", "goes to 0.19 and 0.20", "both curves are one"),
    ),
    "half of the curvatures are negative at the start": Claim(
        "beyond/landscapes.md",
        "land-spectrum",
        ("30 positive, 30 negative, sharpness 14.91",),
        ("half of the curvatures are negative", "the start has 14.91"),
    ),
    "sharpness hovers at two over the rate": Claim(
        "beyond/landscapes.md",
        "land-edge",
        (
            "to 0.00, sharpness 20; the loss rose in 2%",
            "to 0.00, sharpness 10; the loss rose in 7% of the last 5000 steps",
        ),
        ("hovers about 10 = 2/lr", "In 7 % of the last 5000 steps", "At 0.1 it climbs to 20"),
    ),
    "a random direction does not see the sharpest": Claim(
        "beyond/landscapes.md",
        "land-random",
        ("sharpness 20.5; along random directions 0.51 on average, 4.24", "2 are above 1"),
        ("the average is 0.51", "a thousand is 4.2, where the sharpness is 20.5", "Only two"),
    ),
    "separable classes have no last weight": Claim(
        "beyond/landscapes.md",
        "land-separable",
        (
            "step 100: norm 2.64",
            "step 1000: norm 3.81",
            "step 10000: norm 4.99",
            "step 100000: norm 6.20",
        ),
        ("By 1.17 to 1.20 for each tenfold, from 2.64 to 6.20",),
    ),
    "weights behind a normalisation settle at one length": Claim(
        "beyond/landscapes.md",
        "land-decay",
        (
            "lr 0.1, decay 0.001: norms 2.659 and 2.659, formula 2.659; 0.81 degrees",
            "lr 0.1, decay 0.004: norms 1.880 and 1.880, formula 1.880; 1.62 degrees",
            "lr 0.4, decay 0.001: norms 3.761 and 3.761, formula 3.761; 1.62 degrees",
        ),
        ("2.659 at a rate of 0.1", "shortens it to 1.880", "lengthens it to 3.761", "0.81 to 1.62"),
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
