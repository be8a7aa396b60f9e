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
    "the noise of one row is the sum of the variances": Claim(
        "beyond/noise.md",
        "noise-rows",
        ("shape (400, 650), noise of one row 8.9",),
        ("650 weights, so 650 variances, and their sum is $\\sigma^2 = 8.9$",),
    ),
    "result 29: the squared error times the batch size is 8.6 to 9.0": Claim(
        "beyond/noise.md",
        "noise-batch",
        (
            "B = 1: squared error 8.816, × B = 8.8",
            "× B = 8.8 B = 16: squared error 0.551",
            "B = 256: squared error 0.035, × B = 8.9",
            "full gradient 0.134",
        ),
        ("between 8.6 and 9.0 for every size", "a squared length of 0.13. At $B = 16$", "four times"),
    ),
    "the noise scale rises while the model learns": Claim(
        "beyond/noise.md",
        "noise-scale",
        ("after 1 epochs", "scale 61 rows", "after 40 epochs", "scale 630 rows"),
        ("from 61 rows to 630",),
    ),
    "four parts of 8 rows train as one batch of 32": Claim(
        "beyond/noise.md",
        "noise-accumulate",
        (
            "same gradient: True",
            "batches of 32, a step after 1: loss 0.984070",
            "batches of 8, a step after 4: loss 0.984070",
        ),
        ("the losses agree to the last digit printed",),
    ),
    "the mean of unequal means is far off": Claim(
        "beyond/noise.md",
        "noise-unequal",
        ("off by 81%", "off by 0%", "2 counts 0.1250", "30 counts 0.0083"),
        ("off by 81 %", "fifteen times as much"),
    ),
    "an average over a hundred steps shrinks the noise ball twelvefold": Claim(
        "beyond/noise.md",
        "noise-ball",
        ("weights 0.0542", "averages 0.0047, 11.6 times smaller"),
        ("11.6 times, from 0.0542 to 0.0047, in this one run",),
    ),
    "what window, rate and batch do to the averages": Claim(
        "beyond/noise.md",
        "noise-live",
        ("weights 0.05442, averages 0.00515",),
        ("in place of 0.054", "brings the averages from 0.0052"),
    ),
    "result 34: schedules and averages against noise": Claim(
        "beyond/noise.md",
        "noise-race",
        (
            "constant rate 0.308",
            "cosine 0.018",
            "linear decay 0.021",
            "Schedule-Free 0.026",
            "the mean of all 0.006",
        ),
        ("at 0.006", "end at 0.018 and 0.021, Schedule-Free at 0.026, and the constant rate at 0.308"),
    ),
    "at its own rate each schedule comes near the average": Claim(
        "beyond/noise.md",
        "noise-tuned",
        (
            "constant rate 0.295, at best 0.018 at 0.03",
            "cosine 0.017, at best 0.009 at 0.07",
            "linear decay 0.021, at best 0.009 at 0.07",
            "Schedule-Free 0.026, at best 0.013 at 0.05",
            "the mean of all 0.006, at best 0.006 at 1.0",
        ),
        (
            "stays first, at 0.006",
            "come down to 0.009 at a rate of 0.07, Schedule-Free to 0.013 at 0.05",
            "the constant rate to 0.018 at 0.03",
            "0.295 where that run had 0.308",
        ),
    ),
    "the average of two networks is neither of them": Claim(
        "beyond/noise.md",
        "noise-two-nets",
        (
            "each network 96% 96% 96% 96%",
            "each walk 96% 96% 96% 95%",
            "two networks 75% 75% 91% 80% 74% 58%",
        ),
        ("From 91 % down to 58 %", "right on about 96 %", "within a percent"),
    ),
    "clipping by norm keeps the direction, by value it does not": Claim(
        "beyond/clipping.md",
        "clip-by-hand",
        (
            "gradient [30. 1.], length 30.02, at 1.9 degrees",
            "by norm [0.999 0.033], length 1.00, at 1.9 degrees",
            "by value [1. 1.], length 1.41, at 45.0 degrees",
        ),
        ("(30, 1) becomes (1, 1), and the direction turns from 2 to 45 degrees",),
    ),
    "the gradient on the edge of a cliff": Claim(
        "beyond/clipping.md",
        "clip-rnn",
        ("-2.49: loss 0.025", "length of the gradient 31333.5", "-2.51: loss 0.312"),
        ("31 334. At $b = -2.5$", "the loss jumps from 0.03 to 0.31"),
    ),
    "one step beyond the cliff is not undone": Claim(
        "beyond/clipping.md",
        "clip-cliff",
        (
            "max_norm inf: longest gradient 35.8 at step 60, at the end loss 0.09",
            "max_norm 1.0: longest gradient 35.8 at step 60, at the end loss 0.00",
        ),
        ("a gradient of length 35.8 at step 60", "10.7$ long", "stays at 0.09"),
    ),
    "without a clip it is luck which rates pass the cliff": Claim(
        "beyond/clipping.md",
        "clip-rates",
        (
            "lr 0.1: no clip 0.09, max_norm 1 0.00",
            "lr 0.2: no clip 0.00, max_norm 1 0.00",
            "lr 0.3: no clip 0.09, max_norm 1 0.00",
            "lr 5.0: no clip 0.09, max_norm 1 0.09, max_norm 0.1 0.00",
        ),
        ("0.2 does, 0.1 and 0.3 do not", "Clipped at 1 the three small rates arrive"),
    ),
    "a walk that nothing holds is thrown off the picture": Claim(
        "beyond/clipping.md",
        "clip-live",
        ("longest gradient 35.8; ends at w = 9.0, b = 7.5",),
        ("thrown to $w = 9$, $b = 7.5$",),
    ),
    "cut row by row the walkers settle where Huber is lowest": Claim(
        "beyond/clipping.md",
        "clip-rows",
        ("inf: the walkers settle around 21.97", "50.0: the walkers settle around 14.99")
        + ("5.0: the walkers settle around 3.75", "1.0: the walkers settle around 3.02"),
        ("At 3, the median. Cut at 5 it is 3.75, and at 50 it is 15", "around the mean, 22"),
    ),
    "what sixteen bits make of five numbers": Claim(
        "beyond/clipping.md",
        "clip-formats",
        (
            "2e-08: float16 0, bfloat16 2.0023e-08",
            "1.002: float16 1.002, bfloat16 1 ",
            "70000: float16 inf, bfloat16 70144",
            "scaled by 1024, and back: 2e-08",
        ),
        ("comes back as 2e-8", "1.002 becomes 1", "the largest number is 65 504"),
    ),
    "which layers lose their gradients in float16": Claim(
        "beyond/clipping.md",
        "clip-layers",
        (
            "layer 1: typical size 2e-08, lost 73%, scaled by 1024 0%, by 65536 0%",
            "layer 2: typical size 6e-08, lost 25%",
        ),
        ("is 2e-8, and 73 % of them become 0, in layer 2 it is 25 %",),
    ),
    "a thousand small steps in float16 are none": Claim(
        "beyond/clipping.md",
        "clip-updates",
        ("weight in float16 1.0000, in float32 0.9000",),
        ("It has not moved",),
    ),
    "how a loss scale finds itself": Claim(
        "beyond/clipping.md",
        "clip-scaler",
        ("left out: [1, 2, 3, 5, 26, 47, 68, 89]", "100: 65536 8192 4096 4096"),
        ("Steps 1, 2, 3 and 5 are left out, until the scale is 4096", "One step in 21"),
    ),
    "clipped before it is unscaled the step is a five-hundredth": Claim(
        "beyond/clipping.md",
        "clip-order",
        ("unscale, then clip: [0.3 0.4], length 0.50000", "length 0.00098"),
        ("A five-hundredth: 0.00098 in place of 0.5",),
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


def test_one_huge_gradient_shortens_the_steps_of_adam_for_long() -> None:
    """A gradient of 1000 among ones, long after the start: √v is 32 times too large, then 19."""
    v = np.array([1 + 0.001 * (1000**2 - 1) * 0.999**step for step in (0, 1000)])
    np.testing.assert_allclose(np.sqrt(v), [31.6, 19.2], atol=0.05)
    w, before, moved = np.zeros(1), 0.0, []
    optimizer = Adam([w], lr=1.0)
    for step in range(7001):
        optimizer.step([np.array([1000.0 if step == 5000 else 1.0])])
        moved.append(before - w.item())
        before = w.item()
    np.testing.assert_allclose(1 / moved[6000], 19.2, rtol=0.02)
    said("beyond/clipping.md", "makes $\\sqrt v$ 32 times too large", "the factor is still 19")


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
