"""Right answers in other forms, which every exercise must take; and words that some must get.

An answer is written as what fills the blanks of the starter, or as pairs of what is replaced in
it, old and new.
"""

from functools import cache

import pytest

from site_hooks.dev import proof, trial
from site_hooks.hooks import page_reader
from tests import lesson
from tests.conftest import LESSON

Answer = str | tuple[str, ...] | list[tuple[str, str]]

IN_PLACE = "    return ___"

RIGHT: dict[str, dict[str, Answer]] = {
    "loop-step": {
        "a forward difference": "(((w + 1e-6) * x - target) ** 2 - (w * x - target) ** 2) / 1e-6",
    },
    "loop-zero": {"a copy": "[1.0 * g for g in grads]"},
    "choose-baseline": {"one minus the spam": "1 - y.mean()"},
    "choose-briefs": {
        "a space, and a pinball for the median": (
            '"PinballLoss"', '"CrossEntropyLoss "', '"BCEWithLogitsLoss"', '"BCEWithLogitsLoss"',
            '"PinballLoss"',
        ),
    },
    "choose-fair": {
        "sorted by NumPy": "np.argsort(np.sort(accuracy)[:, -1])[-1]",
        "sorted by Python": "sorted(range(3), key=lambda i: sorted(accuracy[i])[-1])[-1]",
        "the flat place": "accuracy.argmax() // accuracy.shape[1]",
    },
    "rate-best": {
        "four digits": "0.1818",
        "five digits": "0.18182",
        "a grid": "min([i / 1e4 for i in range(1, 2000)], key=lambda a: max(1 - a, abs(1 - 10*a)))",
    },
    "rate-power": {
        "a root of a product": "A @ v / np.sqrt((A @ v) @ (A @ v))",
        "in place": [("    v = ___", "    v = A @ v\n    v /= np.linalg.norm(v)")],
    },
    "schedule-cosine": {
        "in an array": "np.array([low + (high - low) * (1 + np.cos(np.pi * t / T)) / 2])",
        "half the angle": "low + (high - low) * np.cos(np.pi * t / T / 2) ** 2",
    },
    "schedule-length": {"a float": "800.0"},
    "mse-rmse": {"four digits": "3.536", "three digits": "3.54"},
    "mse-grad": {
        "in place": [(IN_PLACE, "    y_hat -= y\n    y_hat *= 2 / len(y)\n    return y_hat")],
        "a list": "[2 * (a - b) / len(y) for a, b in zip(y_hat, y)]",
        "a generator": "(2 * (a - b) / len(y) for a, b in zip(y_hat, y))",
    },
    "bce-grad": {
        "in place": [
            ("p = 1 / (1 + np.exp(-z))", "z *= -1\n    np.exp(z, out=z)\n    z += 1"),
            (IN_PLACE, "    np.divide(1, z, out=z)\n    z -= y\n    return z"),
        ],
        "a list": "[float(a) - float(b) for a, b in zip(p, y)]",
    },
    "bce-stable": {
        "an array of one": [
            (IN_PLACE, "    z = np.atleast_1d(z)\n    return np.logaddexp(0, z) - z * y"),
        ],
    },
    "cce-form": {"without pylib": "-np.log(p[np.arange(2), right]).mean()", "rounded": "0.29"},
    "cce-grad": {
        "nested lists": "((p - one_hot) / len(z)).tolist()",
        "in place": [
            ("e = np.exp(z - z.max(axis=1, keepdims=True))",
             "z -= z.max(axis=1, keepdims=True)\n    np.exp(z, out=z)\n    e = z"),
            ("___", "(p - one_hot) / len(z)"),
        ],
    },
    "cce-logits": {
        "in place": [
            (IN_PLACE, "    r = z[right]\n    z -= m\n    return m + np.log(np.exp(z).sum()) - r"),
        ],
    },
    "cce-smooth": {
        "in place": [
            (IN_PLACE, "    one_hot *= 1 - eps\n    one_hot += eps / K\n    return one_hot"),
        ],
    },
    "huber-fn": {
        "a mask": [
            ("    line = ___", "    out, big = r**2 / 2, np.abs(r) > delta"),
            ("    return np.where(np.abs(r) < delta, r**2 / 2, line)",
             "    out[big] = delta * (np.abs(r[big]) - delta / 2)\n    return out"),
        ],
        "a loop": [
            ("    line = ___", "    out = []\n    for x in np.abs(r):"),
            ("    return np.where(np.abs(r) < delta, r**2 / 2, line)",
             "        out.append(x * x / 2 if x < delta else delta * (x - delta / 2))\n"
             "    return out"),
        ],
    },
    "sgd-epoch": {
        "a generator": [(IN_PLACE, "    yield from rng.permutation(n)")],
        "an iterator": "iter(rng.permutation(n))",
        "a list": "sorted(range(n), key=lambda i: rng.random())",
    },
    "momentum-step": {
        "a list": "[beta * a + b for a, b in zip(v, g)]",
        "in place": [("        v = ___", "        v *= beta\n        v += g")],
    },
    "momentum-best": {"three digits": ("0.0331", "0.669")},
    "rmsprop-step": {
        "arrays": [("w, s = 0.0, 0.0", "w, s = np.zeros(1), np.zeros(1)"),
                   ("___", "beta * s + (1 - beta) * g**2")],
    },
    "rmsprop-first": {"three digits": "0.0316", "four digits": "0.03162"},
    "adam-first": {"a list": "[-0.01, 0.01]"},
    "adam-step": {
        "in place": [
            ("___, ___", "m / (1 - b1**t), v / (1 - b2**t)"),
            ("        w = w - ___", "        w -= lr * m_hat / (np.sqrt(v_hat) + eps)"),
        ],
    },
    "adamw-step": {
        "in place": [
            (IN_PLACE, "    w *= 1 - lr * decay\n    w -= lr * fraction(g)\n    return w"),
        ],
    },
    "cond-steps": {
        "one minus a share": "1 - 2 / (kappa + 1)",
        "in float32": "np.float32(kappa - 1) / np.float32(kappa + 1)",
    },
    "cond-scale": {
        "a sample's spread": "(X_new - X.mean(axis=0)) / X.std(axis=0, ddof=1)",
        "in place": [(IN_PLACE, "    X_new -= X.mean(axis=0)\n    X_new /= X.std(axis=0)\n    return X_new")],
        "a list": "[[(v - m) / s for v, m, s in zip(row, X.mean(0), X.std(0))] for row in X_new]",
        "in float32": "((X_new - X.mean(0)) / X.std(0)).astype(np.float32)",
        "a floor": "(X_new - X.mean(axis=0)) / (X.std(axis=0) + 1e-8)",
    },
    "cond-newton-step": {
        "an inverse": "w - np.linalg.inv(H) @ g",
        "least squares": "w - np.linalg.lstsq(H, g, rcond=None)[0]",
        "in float32": "w - np.linalg.solve(np.float32(H), np.float32(g))",
        "a list": "[a - b for a, b in zip(w, np.linalg.solve(H, g))]",
        "in place": [(IN_PLACE, "    w -= np.linalg.solve(H, g)\n    return w")],
    },
    "land-kind": {
        "by both ends": (
            "curvatures[0] > 0", "curvatures[-1] < 0", "curvatures[0] < 0 < curvatures[-1]",
        ),
        "by signs": (
            "set(np.sign(curvatures)) == {1}", "set(np.sign(curvatures)) == {-1}",
            "{-1, 1} <= set(np.sign(curvatures))",
        ),
        "with a tolerance": (
            "all(c > 1e-9 for c in curvatures)", "all(c < -1e-9 for c in curvatures)",
            "min(curvatures) < -1e-9 and max(curvatures) > 1e-9",
        ),
        "by NumPy": (
            "np.all(curvatures > 0)", "max(curvatures) < 0",
            "np.any(curvatures > 0) and np.any(curvatures < 0)",
        ),
    },
    "land-filter": {
        "one factor": "D * (np.linalg.norm(W, axis=0) / np.linalg.norm(D, axis=0))",
        "in float32": "D / np.float32(np.linalg.norm(D, axis=0)) * np.linalg.norm(W, axis=0)",
        "by columns": "np.transpose([d / np.sqrt(d @ d) * np.sqrt(w @ w) for d, w in zip(D.T, W.T)])",
        "by squares": "D * np.sqrt((W**2).sum(axis=0) / (D**2).sum(axis=0))",
        "in place": [
            (IN_PLACE, "    D /= np.linalg.norm(D, axis=0)\n    D *= np.linalg.norm(W, axis=0)\n    return D"),
        ],
    },
    "land-balance": {
        "roots apart": "(lr / decay / 2) ** 0.25 * G**0.5",
        "two roots": "((lr * G * G / (2 * decay)) ** 0.5) ** 0.5",
        "imported": [("    return ___", "    import math\n    return math.sqrt(G * math.sqrt(lr / (2 * decay)))")],
    },
    "capstone-error": {"two digits": "0.0073", "n - 1": "np.sqrt(a * (1 - a) / (n - 1))"},
    "clinic-clear": {
        "cleared after the step": [
            ("    optimizer.step(total)",
             "    optimizer.step(total)\n    total = [np.zeros_like(t) for t in total]"),
        ],
    },
    "clinic-softmax": {
        "a logarithm": [
            ("    return p, lambda g: p * (g - (p * g).sum(axis=1, keepdims=True))",
             "    back = lambda g: p * (g - (p * g).sum(axis=1, keepdims=True))\n"
             "    return np.log(p), lambda g: back(g / p)"),
        ],
    },
    "clinic-leak": {
        "the next rows judge": [("X[640:960], y[640:960]", "X[960:1280], y[960:1280]")],
        "all later rows judge": [("X[640:960], y[640:960]", "X[960:], y[960:]")],
        "the last rows judge": [("X[640:960], y[640:960]", "X[1280:], y[1280:]")],
    },
    "clinic-shape": {
        "inside the loss": [("(y_hat - y) ** 2", "(y_hat - y.ravel()) ** 2")],
        "a column inside the loss": [("(y_hat - y) ** 2", "(y_hat.reshape(-1, 1) - y) ** 2")],
        "at the calls": [
            ("(model.forward(X_held), y_held)", "(model.forward(X_held), y_held[:, 0])"),
            ("loss_fn(y_hat, y))", "loss_fn(y_hat, y[:, 0]))"),
            ("loss_fn(p, y)", "loss_fn(p, y[:, 0])"),
        ],
        "rows": [
            ("y.reshape(-1, 1), y_held.reshape(-1, 1)", "y.reshape(1, -1), y_held.reshape(1, -1)"),
        ],
    },
    "backprop-two": {
        "in place": [
            ("dv = ___", "dv = d @ A"), ("dW = ___", "dA[Z <= 0] = 0\n    dW = X.T @ dA"),
        ],
        "sums over rows": ("(A * d[:, None]).sum(axis=0)", "X.T @ np.where(Z > 0, dA, 0)"),
        "nested lists": [
            ("dv = ___", "dv = [sum(a * d) for a in A.T]"),
            ("dW = ___", "dW = (X.T @ (dA * (A > 0))).tolist()"),
        ],
        "32 bits": [
            ("dv = ___", "A, d, X, dA = (a.astype(np.float32) for a in (A, d, X, dA))\n"
             "    dv = A.T @ d"),
            ("dW = ___", "dW = X.T @ (dA * (Z > 0))"),
        ],
    },
    "backprop-central": {
        "the mean of both sides": "((f(w + h) - f(w)) / h + (f(w) - f(w - h)) / h) / 2",
        "an array": [
            ("def slope", "import numpy as np\ndef slope"),
            ("___", "np.diff([f(w - h), f(w + h)]) / (2 * h)"),
        ],
        "32 bits": [
            ("def slope", "import numpy as np\ndef slope"),
            ("___", "np.float32((f(w + h) - f(w - h)) / (2 * h))"),
        ],
    },
    "backprop-he": {
        "uniform": [
            ("std = ___", "b = np.sqrt(6 / n_in)"),
            ("rng.normal(0.0, std, (n_in, n_out))", "rng.uniform(-b, b, (n_in, n_out))"),
        ],
        "32 bits, lists": [
            ("std = ___", "W = rng.standard_normal((n_in, n_out), dtype=np.float32)"),
            ("rng.normal(0.0, std, (n_in, n_out))", "(W * (2 / n_in) ** 0.5).tolist()"),
        ],
    },
    "debug-planted": {
        "turned twice": [("axis=0", "axis=1"), ("[:32]", "[rows]"), ("p - target", "target - p")],
        "in place, no keepdims": [
            ("powers.sum(axis=0, keepdims=True)", "powers.sum(axis=1)[:, None]"),
            ("np.eye(10)[y[:32]]", "y[rows][:, None] == np.arange(10)"),
            ("W = W + lr * dW", "W -= lr * dW"),
        ],
    },
    "debug-update": {
        "a root of a quotient": "np.sqrt(((after - before) ** 2).sum() / (before**2).sum())",
        "in place": [
            (IN_PLACE, "    size = np.linalg.norm(before)\n    after -= before\n"
             "    return np.linalg.norm(after) / size"),
        ],
        "32 bits": "np.float32(np.linalg.norm(after - before) / np.linalg.norm(before))",
        "a list": "[np.linalg.norm(after - before) / np.linalg.norm(before)]",
    },
    "debug-rates": {
        "natural logarithms": "np.exp(rng.uniform(np.log(low), np.log(high), n))",
        "logarithms to base 10": "10 ** rng.uniform(np.log10(low), np.log10(high), n)",
        "a list": "[low * (high / low) ** rng.random() for _ in range(n)]",
        "32 bits": "np.exp2(rng.uniform(np.log2(low), np.log2(high), n)).astype(np.float32)",
    },
}  # fmt: skip

# Wrong answers beside those of the pages, and a word of what they must be told.
SAID: dict[str, dict[str, tuple[Answer, str]]] = {
    "loop-zero": {"turned round": ("[-g for g in grads]", "goes up")},
    "choose-fair": {"a name": ("0", "whatever the table holds")},
    "rate-power": {"of the matrix": ("A @ v / np.linalg.norm(A)", "length")},
    "bce-grad": {"printed": ([("return ___", "print(p - y)")], "no return")},
    "bce-threshold": {"rounded the wrong one": ("0.0204", "Nearly"), "near": ("0.0196", "exactly")},
    "sgd-epoch": {"shuffled in place": ("rng.shuffle(np.arange(n))", "is None")},
    "adam-first": {"ten times too long": ("-0.1 * np.sign(g)", "length of lr")},
    "momentum-step": {"never fades": ("v + beta * g", "never fades")},
    "rmsprop-settle": {"just above": ("0.0041", "0.00205")},
    "clinic-leak": {
        "fewer epochs": ([("epochs=20", "epochs=3")], "judge the model are among"),
        "no judges": ([(",\n              validation=(X_held, y_held)", "")], "No rows judge"),
    },
    "backprop-two": {
        "a mean": (("(A * d[:, None]).mean(axis=0)", "X.T @ (dA * (Z > 0))"), "N times too small"),
        "a column": (("A.T @ d[:, None]", "X.T @ (dA * (Z > 0))"), "it should have shape (4,)"),
    },
    "debug-planted": {
        "the first digits": (
            [("rng.integers(0, 600, 32)", "np.arange(32)"), ("axis=0", "axis=1"), ("W +", "W -")],
            "the first 32 digits",
        ),
    },
    "debug-update": {
        "sums": ("np.abs(after - before).sum() / np.abs(before).sum()", "a sum of the weights"),
    },
    "debug-rates": {
        "normal": ("np.exp(rng.normal(np.log(low), 9, n))", "should lie between"),
        "over a uniform": ("1 / rng.uniform(1 / high, 1 / low, n)", "root of low times high"),
    },
}


@cache
def asked() -> dict[str, proof.Trial]:
    """What is tried of each exercise of the lesson, by its id."""
    read = page_reader()
    every = (each for path in LESSON for each in proof.trials(read(path)))
    return {each.exercise.id: each for each in every}


def trial_of(exercise: str) -> proof.Trial:
    """An exercise; one that a course leaves out skips the test."""
    if lesson.GONE and exercise not in asked():
        pytest.skip(f"{exercise} is not in this course")
    return asked()[exercise]


def written(starter: str, answer: Answer) -> str:
    if isinstance(answer, list):
        for old, new in answer:
            assert old in starter, old
            starter = starter.replace(old, new, 1)
        return starter
    for part in (answer,) if isinstance(answer, str) else answer:
        starter = starter.replace("___", part, 1)
    return starter


@pytest.mark.parametrize(
    ("exercise", "what"), [(each, what) for each, answers in RIGHT.items() for what in answers]
)
def test_a_right_answer_passes_in_any_form(exercise: str, what: str) -> None:
    found = trial_of(exercise)
    said = trial.tried(found.document, written(found.exercise.source, RIGHT[exercise][what]))
    assert said["ok"], said["error"] or said["message"]


@pytest.mark.parametrize(
    ("exercise", "what"), [(each, what) for each, answers in SAID.items() for what in answers]
)
def test_a_wrong_answer_is_told_what_is_wrong_with_it(exercise: str, what: str) -> None:
    found = trial_of(exercise)
    answer, word = SAID[exercise][what]
    said = trial.tried(found.document, written(found.exercise.source, answer))
    assert not said["ok"]
    assert word in (said["message"] or said["error"])
    assert "stumbles" not in said["message"]
