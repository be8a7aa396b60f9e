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
from pylib.losses import BCEWithLogitsLoss, CrossEntropyLoss, HuberLoss, KLDivLoss, MSELoss
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
        "losses/mse.md",
        "mse-line",
        ("slope 1.95, intercept 1.02", "-> 0.07"),
        ("To 1.95 and 1.02",),
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
        "takeaway.md",
        "capstone-data",
        ("held out (359, 64)",),
        ("a fifth of the digits, drawn at",),
    ),
    "98 of 100 digits": Claim(
        "takeaway.md", "capstone-train", ("held-out accuracy 98.1%",), ("About 98 of 100",)
    ),
    "a density may exceed 1, and half of MSE is a likelihood": Claim(
        "beyond/likelihood.md",
        "likelihood-by-hand",
        ("density [0.3521 3.9894 0.121 ]", "each [ 1.0439 -1.3836 2.1121]", "= 0.7083 + 0.9189"),
        ("−1.3836.", "here it is 3.9894"),
    ),
    "one spread is too wide on one side and too narrow on the other": Claim(
        "beyond/likelihood.md",
        "likelihood-sure",
        (
            "one spread: left half 92%, right half 59%",
            "own spread: left half 73%, right half 66%",
        ),
        ("it holds 92 %", "on the right, with 59 %", "73 % and 66 %"),
    ),
    "a variance that goes to 0 makes the next row dear": Claim(
        "beyond/likelihood.md",
        "likelihood-collapse",
        ("variance 1e-06: training row -6.908, new row 4993.092, its pull 100000.0",),
        ("stands at −6.908, and the new one costs 4993.092", "a hundred thousand"),
    ),
    "proper losses ask for 0.01, focal for 0.1536": Claim(
        "beyond/likelihood.md",
        "likelihood-best",
        ("cross-entropy 0.0100", "Brier, MSE 0.0100", "focal 0.1536"),
        ("0.1536, fifteen times the truth", "cross-entropy and the Brier score say 0.01"),
    ),
    "what six other losses ask for": Claim(
        "beyond/likelihood.md",
        "likelihood-others",
        (
            "MAE 0.0000 Dice 1.0000 Dice, squared 0.1000 IoU 1.0000",
            "smoothed labels 0.0590 pos_weight 99 0.5000",
        ),
        ("the median, 0", "ask for 1, whatever", "= 0.1$", "ask for 0.059", "99 for one half"),
    ),
    "three losses, one ranking, one honest average": Claim(
        "beyond/likelihood.md",
        "likelihood-calibration",
        (
            "cross-entropy says 0.070",
            "focal says 0.203",
            "pos_weight 20 says 0.340",
            "happens in 0.065",
        ),
        ("says 0.070, and 0.065 happen", "three times as much", "with the weight five times"),
    ),
    "what is said and what happens": Claim(
        "beyond/likelihood.md",
        "likelihood-reliability",
        (
            "cross-entropy said 0.49, happened 0.46",
            "focal said 0.47, happened 0.40",
            "pos_weight 20 said 0.50, happened 0.05",
        ),
        ("about one half, 5 % happen; with cross-entropy 46 %", "0.47 where 40 % happen"),
    ),
    "a temperature mends the loss and leaves the answers": Claim(
        "beyond/likelihood.md",
        "likelihood-temperature",
        (
            "T 1.00: right 85.0%, sure 91.3%, loss 0.594",
            "T 1.65: right 85.0%, sure 83.4%, loss 0.506",
        ),
        ("in 85.0 %", "was 91.3 % on average", "$T = 1.65$ it is 83.4 %", "0.594 to 0.506"),
    ),
    "focal loss makes easy rows 100 and 977 times cheaper": Claim(
        "beyond/likelihood.md",
        "likelihood-focal",
        (
            "focal 0.00105, 100 times smaller",
            "focal 0.00003, 977 times smaller",
            "1000 easy rows 32.523, one hard row 2.303",
            "1000 easy rows 0.033, one hard row 1.865",
        ),
        ("At 0.968 it is 977 times", "cost 32.523 under", "against 2.303", "cost 0.033 together"),
    ),
    "a weight and a threshold do the same work, and not twice": Claim(
        "beyond/likelihood.md",
        "likelihood-threshold",
        (
            "cross-entropy alarm from 0.500 on: missed 5.0%, false 0.9%, cost 1.00",
            "cross-entropy alarm from 0.048 on: missed 0.8%, false 26.2%, cost 0.42",
            "pos_weight 20 alarm from 0.500 on: missed 0.9%, false 24.3%, cost 0.42",
            "false 74.6%, cost 0.75",
        ),
        ("0.42 a case, in place of 1.00", "four cases in five, and cost 0.75"),
    ),
    "what a robust loss costs on normal noise, and saves on Laplace noise": Claim(
        "beyond/likelihood.md",
        "likelihood-price",
        (
            "MSE normal 1.0000, Laplace 0.5000",
            "Huber 2.0 normal 0.9897",
            "Huber 1.35 normal 0.9505",
            "Huber 1.345 normal 0.9500, Laplace 0.7028",
            "Huber 1.0 normal 0.9031",
            "MAE normal 0.6366, Laplace 1.0000",
        ),
        ("36 of a hundred rows", "keeps 70 %", "1.35 gives 0.9505, 1 gives 0.9031, 2 gives 0.9897"),
    ),
    "pinball 0.9 finds the quantile 0.9": Claim(
        "beyond/quantiles.md",
        "quantile-constant",
        ("pinball 0.9 23.2, quantile 23.14", "MAE 7.0", "mean 10.12"),
        ("23.2, and the quantile is 23.14",),
    ),
    "below each line lies its share": Claim(
        "beyond/quantiles.md",
        "quantile-band",
        (
            "q = 0.1: below it lie 10.2%, in the left half 10.8%",
            "q = 0.5: below it lie 50.0%, in the left half 49.3%",
            "q = 0.9: below it lie 90.0%, in the left half 90.1%",
        ),
        ("10.2 %, 50.0 % and 90.0 %", "10.8 %, 49.3 % and 90.1 %"),
    ),
    "lines for quantiles cross": Claim(
        "beyond/quantiles.md",
        "quantile-cross",
        ("0.48 at -0.5", "0.26 at -0.5", "0.21 at -0.5"),
        ("0.48 for the quantile 0.1, 0.26 for the median, 0.21 for 0.9",),
    ),
    "the default reduction is not the divergence": Claim(
        "beyond/quantiles.md",
        "kl-by-hand",
        (
            "KL(p ‖ q) by hand 0.1838",
            "KL(q ‖ p) by hand 0.1920",
            "batchmean 0.1838",
            "mean 0.0613",
            "cross-entropy 0.9856 = entropy 0.8018",
        ),
        ("prints 0.0613 where the divergence is 0.1838", "gives 0.1920", "entropy of 0.8018"),
    ),
    "one bell for two peaks: 0 and 3.1, or -3 and 0.7": Claim(
        "beyond/quantiles.md",
        "kl-modes",
        (
            "KL(p ‖ q) = 0.789 at mean 0.0, spread 3.1",
            "KL(q ‖ p) = 0.693 at mean -3.0, spread 0.7",
        ),
        ("a mean of 0 and a spread of 3.1", "at −3 with a spread of 0.7", "= 0.693$"),
    ),
    "soft gradients shrink with the square of the temperature": Claim(
        "beyond/quantiles.md",
        "distill-temperature",
        (
            "T 1: size 0.69190, times T² [-0.541 0.422 0.059 0.06 ]",
            "T 20: size 0.00435",
            "T 40: size 0.00108, times T² [-1.301 -0.202 0.526 0.976]",
            "(z − v) / K [-1.25 -0.25 0.5 1. ]",
        ),
        ("0.00435 at 20, and 0.00108 at 40", "three quarters of the pull", "and a ninth at"),
    ),
    "a student learns more from a teacher than from labels": Claim(
        "beyond/quantiles.md",
        "distill-students",
        ("labels lr 0.03: 77.2%", "T = 1 lr 0.03: 84.3%", "T = 4 lr 0.03: 89.0%"),
        ("labels is 77.2 %", "it is 84.3 %", "it is 89.0 %; the teacher has 92.6 %"),
    ),
    "what the teacher knows": Claim(
        "beyond/quantiles.md",
        "distill-teacher",
        ("teacher: 92.6%", "of a 4, at T = 4: 4 63.4%, 6 14.0%, 1 8.4%"),
        ("something of a 6, and something of a 1",),
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


def test_what_a_bell_costs_in_both_directions() -> None:
    """What the live figure of the two divergences shows, at the places that the page names."""
    x = np.linspace(-14, 14, 1401)

    def log_bell(mean: float, spread: float) -> np.ndarray:
        z = (x - mean) / spread
        log_density: np.ndarray = -(z**2) / 2 - np.log(spread * np.sqrt(2 * np.pi))
        return log_density

    def costs(mean: float, spread: float, gap: float) -> list[float]:
        log_p = np.logaddexp(log_bell(-gap, 0.7), log_bell(gap, 0.7)) - np.log(2)
        log_q = log_bell(mean, spread)
        kl = KLDivLoss(log_target=True, reduction="sum")
        return [kl(log_q, log_p) * 0.02, kl(log_p, log_q) * 0.02]

    for place, want in [
        ((-3, 0.7, 3), [17.674, 0.693]),
        ((0, 3.1, 3), [0.789, 2.533]),
        ((0, 1.2, 1), [0.052, 0.062]),
    ]:
        np.testing.assert_allclose(costs(*place), want, atol=5e-4)
    said(
        "beyond/quantiles.md", "17.674, against 0.693", "the other one is 2.533", "0.052 and 0.062"
    )


def test_a_weight_multiplies_the_odds() -> None:
    """A weight of 100 where one in a hundred is positive: odds of 1 to 99 become 100 to 99."""
    z, y = np.full(100, np.log(100 / 99)), np.eye(100)[0]
    grad = BCEWithLogitsLoss(pos_weight=100.0, reduction="sum").gradient(z, y)
    np.testing.assert_allclose(grad.sum(), 0, atol=1e-12)
    assert abs(100 / 199 - 0.5) < 0.003
    said("beyond/likelihood.md", "A weight of 100 moves 0.01 to one half")
