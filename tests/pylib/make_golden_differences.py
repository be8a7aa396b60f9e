"""Golden numbers for the page on how frameworks differ, made by Keras and optax themselves.

Run by hand where both are installed: `python make_golden_differences.py`. It writes
golden/differences.json, which test_differences.py compares with the page's own formulas.
"""

import importlib
import inspect
import json
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
jax: Any = importlib.import_module("jax")
jnp: Any = importlib.import_module("jax.numpy")
keras: Any = importlib.import_module("keras")
optax: Any = importlib.import_module("optax")
contrib: Any = importlib.import_module("optax.contrib")
keras.config.set_floatx("float64")

GOLDEN = Path(__file__).parent / "golden" / "differences.json"
Numbers = list[float]


def flat(*values: Any) -> Numbers:
    """Numbers of any library as a list of floats."""
    return [float(x) for value in values for x in np.asarray(value, np.float64).ravel()]


def keras_losses() -> dict[str, Numbers]:
    """Keras's column of the table of losses."""
    losses = keras.losses
    one, zero, r = np.array([[1.0]]), np.array([[0.0]]), np.array([[3.0]])
    mask, pixel = np.zeros((1, 2)), np.array([[1.0, 0.0]])
    q, p = np.array([[0.5, 0.5]]), np.array([[0.9, 0.1]])
    bce = losses.BinaryCrossentropy()
    cce = losses.CategoricalCrossentropy()
    rows = np.array([[0.8, 0.2], [0.5, 0.5]]), np.eye(2)
    tversky = losses.Tversky(alpha=0.8, beta=0.2)
    return {
        "Default reduction, squared errors 1 and 3": flat(
            losses.MeanSquaredError()(np.zeros((2, 1)), np.sqrt([[1.0], [3.0]]))
        ),
        "Squared error at r = 3": flat(losses.MeanSquaredError()(zero, r)),
        "Huber at r = 3, delta 2": flat(losses.Huber(delta=2.0)(zero, r)),
        "BCE at p = 0, y = 1": flat(bce(one, zero)),
        "its gradient there": flat(jax.grad(lambda p: bce(one, p))(jnp.asarray(zero))),
        "Cross-entropy of p = (.2, .2, .4), third class true": flat(
            cce(np.array([[0.0, 0.0, 1.0]]), np.array([[0.2, 0.2, 0.4]]))
        ),
        "Cross-entropy at p = 0 for the true class": flat(cce(np.array([[0.0, 1.0]]), pixel)),
        "Class weights 1 and 3, p of the true class .8 and .5": flat(
            cce(rows[1], rows[0], sample_weight=np.array([1.0, 3.0]))
        ),
        "Focal loss at z = 0, y = 1": flat(
            losses.BinaryFocalCrossentropy(from_logits=True)(one, zero)
        ),
        "Hinge at s = 0.5, label 0": flat(losses.Hinge()(zero, one / 2)),
        "Multi-class hinge, s = (1, .5, .2), first true": flat(
            losses.CategoricalHinge()(np.array([[1.0, 0.0, 0.0]]), np.array([[1.0, 0.5, 0.2]]))
        ),
        "KL divergence of q = (.5, .5) and p = (.9, .1)": flat(losses.KLDivergence()(q, p)),
        "Dice, both masks empty": flat(losses.Dice()(mask, mask)),
        "Dice, one pixel each and no overlap": flat(losses.Dice()(pixel, 1 - pixel)),
        "Tversky, α = .8, β = .2, a hit and a false alarm": flat(tversky(pixel, np.ones((1, 2)))),
    }


def optax_losses() -> dict[str, Numbers]:
    """The column of optax in the table of losses."""
    one, zero, r = jnp.ones(1), jnp.zeros(1), jnp.array([3.0])
    q, log_p = jnp.array([0.5, 0.5]), jnp.log(jnp.array([0.9, 0.1]))
    logits = jnp.log(jnp.array([[0.8, 0.2], [0.5, 0.5]]))
    pixel = jnp.array([1.0, 0.0])

    def dice(p: Any, g: Any, **settings: Any) -> Numbers:
        logits = 1e4 * (2 * p - 1)  # a sigmoid of exactly 0 and 1
        return flat(optax.losses.dice_loss(logits[None, :, None], g[None, :, None], **settings))

    return {
        "Default reduction, squared errors 1 and 3": flat(
            optax.squared_error(jnp.sqrt(jnp.array([1.0, 3.0])))
        ),
        "Squared error at r = 3": flat(optax.squared_error(r), optax.l2_loss(r)),
        "Huber at r = 3, delta 2": flat(optax.huber_loss(r, delta=2.0)),
        "BCE at p = 0, y = 1": [],
        "its gradient there": [],
        "Cross-entropy of p = (.2, .2, .4), third class true": [],
        "Cross-entropy at p = 0 for the true class": [],
        "Class weights 1 and 3, p of the true class .8 and .5": flat(
            optax.softmax_cross_entropy(logits, jnp.eye(2)) * jnp.array([1.0, 3.0])
        ),
        "Focal loss at z = 0, y = 1": flat(optax.sigmoid_focal_loss(zero, one)),
        "Hinge at s = 0.5, label 0": flat(optax.hinge_loss(one / 2, zero)),
        "Multi-class hinge, s = (1, .5, .2), first true": flat(
            optax.losses.multiclass_hinge_loss(jnp.array([1.0, 0.5, 0.2]), jnp.array(0))
        ),
        "KL divergence of q = (.5, .5) and p = (.9, .1)": flat(
            optax.losses.kl_divergence(log_p, q)
        ),
        "Dice, both masks empty": dice(jnp.zeros(2), jnp.zeros(2)),
        "Dice, one pixel each and no overlap": dice(1 - pixel, pixel),
        "Tversky, α = .8, β = .2, a hit and a false alarm": dice(
            jnp.ones(2), pixel, alpha=0.8, beta=0.2
        ),
    }


def keras_path(optimizer: Any, grads: Any, rates: Any = None, start: Any = 0.0) -> list[Any]:
    """Where a weight stands after each step of a Keras optimizer; grads may be a function of it."""
    w = keras.Variable(np.atleast_1d(np.asarray(start, np.float64)))
    path = []
    for t, g in enumerate(grads):
        if rates is not None:
            optimizer.learning_rate = rates[t]
        value = g(np.asarray(w)) if callable(g) else g
        optimizer.apply([np.broadcast_to(np.asarray(value, np.float64), w.shape)], [w])
        path.append(np.asarray(w).copy())
    return path


def optax_path(make: Callable[[Any], Any], grads: Any, rates: Any, start: Any = 0.0) -> list[Any]:
    """The same for optax; the rate is injected, so that it may change."""
    w = jnp.atleast_1d(jnp.asarray(start, jnp.float64))
    optimizer = optax.inject_hyperparams(lambda rate: make(rate))(rate=rates[0])
    state = optimizer.init(w)
    path = []
    for g, rate in zip(grads, rates, strict=True):
        state.hyperparams["rate"] = jnp.asarray(rate)
        value = g(w) if callable(g) else g
        updates, state = optimizer.update(jnp.full(w.shape, value, w.dtype), state, w)
        w = optax.apply_updates(w, updates)
        path.append(np.asarray(w))
    return path


def last_step(path: list[Any]) -> Numbers:
    """How far the weight fell in the last step."""
    before = path[-2] if len(path) > 1 else np.zeros(1)
    return flat(before - path[-1])


FALLING = [0.1] * 10 + [0.01] * 10
SLOPES = [lambda w: w] * 20


def keras_optimizers() -> dict[str, Numbers]:
    """Keras's column of the table of optimizers."""
    opt = keras.optimizers
    G = np.random.default_rng(0).standard_normal((64, 16))
    W = keras.Variable(np.zeros((64, 16)), name="kernel")
    muon = opt.Muon(1.0, weight_decay=0.0)
    orthogonal = np.asarray(muon.zeropower_via_newtonschulz5(jnp.asarray(G), 5))
    muon.apply([jnp.asarray(G)], [W])
    clip = opt.SGD(1.0, global_clipnorm=1.0)
    return {
        "Momentum 0.9 on x²/2 from 5, rate 0.1 for 10 steps, 0.01 for 10": flat(
            keras_path(opt.SGD(0.1, momentum=0.9), SLOPES, FALLING, 5.0)[-1]
        ),
        "Adagrad, first step, g = 0.01, rate 1": last_step(keras_path(opt.Adagrad(1.0), [0.01])),
        "Adadelta, first step, g = 1, defaults": last_step(keras_path(opt.Adadelta(), [1])),
        "RMSprop, first step, g = 1e-6, rate 0.01, decay .9, eps 1e-8": last_step(
            keras_path(opt.RMSprop(0.01, rho=0.9, epsilon=1e-8), [1e-6])
        ),
        "RMSprop with momentum .9, g = 1, second step, rate 0.1 then 0.01": last_step(
            keras_path(opt.RMSprop(0.1, momentum=0.9), [1, 1], [0.1, 0.01])
        ),
        "Adam, first step, g = 1e-7, rate 1, eps 1e-7": last_step(
            keras_path(opt.Adam(1.0), [1e-7])
        ),
        "Adam with amsgrad, second step, g = 1 then 0.1, rate 1": last_step(
            keras_path(opt.Adam(1.0, amsgrad=True, epsilon=1e-8), [1, 0.1])
        ),
        "Adam(weight_decay=0.01), w = 1, g = 0, rate 0.001, one step": flat(
            keras_path(opt.Adam(0.001, weight_decay=0.01), [0], start=1.0)
        ),
        "AdamW, w = 1, g = 0, rate 0.001, default decay, 1000 steps": flat(
            keras_path(opt.AdamW(), [0] * 1000, start=1.0)[-1]
        ),
        "Adamax, second step, g = 1e-8 then 0, rate 1, betas (.9, .5), eps 1e-8": last_step(
            keras_path(opt.Adamax(1.0, beta_2=0.5, epsilon=1e-8), [1e-8, 0])
        ),
        "NAdam, first step, g = 1, rate 1": last_step(
            keras_path(opt.Nadam(1.0, epsilon=1e-8), [1])
        ),
        "RAdam, sixth step, g = 1e-7 always, rate 1, eps 1e-8": [],
        "Lion, w = 1, g = 0, rate 0.1, default decay, 100 steps": flat(
            keras_path(opt.Lion(0.1), [0] * 100, start=1.0)[-1]
        ),
        "Muon, a 64 × 16 matrix: factor on the orthogonal step": flat(
            -np.sum(np.asarray(W) * orthogonal) / np.sum(orthogonal**2)
        ),
        "Gradient (30, 40) clipped to norm 1": flat(
            np.linalg.norm(keras_path(clip, [np.array([30.0, 40.0])], start=[0.0, 0.0])[0])
        ),
    }


def optax_optimizers() -> dict[str, Numbers]:
    """The column of optax in the table of optimizers."""
    G = jnp.asarray(np.random.default_rng(0).standard_normal((64, 16)))
    axes = {"W": contrib.MuonDimensionNumbers()}
    bare = contrib.scale_by_muon(weight_dimension_numbers=lambda _: axes)
    muon = contrib.muon(1.0)
    orthogonal = bare.update({"W": G}, bare.init({"W": G}))[0]["W"]
    params = {"W": jnp.zeros((64, 16))}
    step = muon.update({"W": G}, muon.init(params), params)[0]["W"]
    clip = optax.clip_by_global_norm(1.0)
    pair = jnp.array([30.0, 40.0])
    return {
        "Momentum 0.9 on x²/2 from 5, rate 0.1 for 10 steps, 0.01 for 10": flat(
            optax_path(lambda lr: optax.sgd(lr, momentum=0.9), SLOPES, FALLING, 5.0)[-1]
        ),
        "Adagrad, first step, g = 0.01, rate 1": last_step(
            optax_path(optax.adagrad, [0.01], [1.0])
        ),
        "Adadelta, first step, g = 1, defaults": last_step(optax_path(optax.adadelta, [1], [1.0])),
        "RMSprop, first step, g = 1e-6, rate 0.01, decay .9, eps 1e-8": last_step(
            optax_path(optax.rmsprop, [1e-6], [0.01])
        ),
        "RMSprop with momentum .9, g = 1, second step, rate 0.1 then 0.01": last_step(
            optax_path(lambda lr: optax.rmsprop(lr, momentum=0.9, eps=1e-7), [1, 1], [0.1, 0.01])
        ),
        "Adam, first step, g = 1e-7, rate 1, eps 1e-7": last_step(
            optax_path(lambda lr: optax.adam(lr, eps=1e-7), [1e-7], [1.0])
        ),
        "Adam with amsgrad, second step, g = 1 then 0.1, rate 1": last_step(
            optax_path(optax.amsgrad, [1, 0.1], [1.0, 1.0])
        ),
        "Adam(weight_decay=0.01), w = 1, g = 0, rate 0.001, one step": [],
        "AdamW, w = 1, g = 0, rate 0.001, default decay, 1000 steps": flat(
            optax_path(optax.adamw, [0] * 1000, [0.001] * 1000, 1.0)[-1]
        ),
        "Adamax, second step, g = 1e-8 then 0, rate 1, betas (.9, .5), eps 1e-8": last_step(
            optax_path(lambda lr: optax.adamax(lr, b2=0.5), [1e-8, 0], [1.0, 1.0])
        ),
        "NAdam, first step, g = 1, rate 1": last_step(optax_path(optax.nadam, [1], [1.0])),
        "RAdam, sixth step, g = 1e-7 always, rate 1, eps 1e-8": last_step(
            optax_path(optax.radam, [1e-7] * 6, [1.0] * 6)
        ),
        "Lion, w = 1, g = 0, rate 0.1, default decay, 100 steps": flat(
            optax_path(optax.lion, [0] * 100, [0.1] * 100, 1.0)[-1]
        ),
        "Muon, a 64 × 16 matrix: factor on the orthogonal step": flat(
            -jnp.sum(step * orthogonal) / jnp.sum(orthogonal**2)
        ),
        "Gradient (30, 40) clipped to norm 1": flat(
            jnp.linalg.norm(clip.update(pair, clip.init(pair))[0])
        ),
    }


def keras_plateau(metrics: Numbers) -> Numbers:
    """The rate after each metric, by Keras's callback with patience 2."""
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    callback = keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=2)
    callback.set_model(model)
    callback.on_train_begin()
    rates = []
    for epoch, metric in enumerate(metrics):
        callback.on_epoch_end(epoch, {"loss": metric})
        rates.append(float(model.optimizer.learning_rate))
    return rates


def optax_plateau(metrics: Numbers) -> Numbers:
    """The same by optax."""
    plateau = contrib.reduce_on_plateau(patience=2)
    state = plateau.init(jnp.zeros(1))
    rates = []
    for metric in metrics:
        updates, state = plateau.update(jnp.ones(1), state, value=metric)
        rates += flat(updates)
    return rates


def first_cut(rates: Numbers) -> Numbers:
    """With which metric the rate fell, from 1."""
    return [float(next(n for n, rate in enumerate(rates, 1) if rate < 1))]


SLOW = [1000.0, 999.98, 999.96, 999.94]


def keras_schedules() -> dict[str, Numbers]:
    """Keras's column of the table of schedules."""
    sched = keras.optimizers.schedules
    warm = sched.CosineDecay(0.0, decay_steps=8, warmup_target=1.0, warmup_steps=3)
    return {
        "Cosine over 4 steps, rate of step 6": flat(sched.CosineDecay(1.0, 4)(6)),
        "Cosine from 0.1, floor 0.01, last rate": flat(sched.CosineDecay(0.1, 4, alpha=0.01)(4)),
        "Exponential, factor 0.5 (per 2 steps), rate of step 1": flat(
            sched.ExponentialDecay(1.0, 2, 0.5)(1)
        ),
        "Cut by 0.1 at step 2, rate of step 2": flat(
            sched.PiecewiseConstantDecay([2], [1.0, 0.1])(2)
        ),
        "Polynomial over 4 steps from 1, rate of step 4": flat(sched.PolynomialDecay(1.0, 4)(4)),
        "Warm-up 3, cosine, total 8: rates of the steps 0 to 4": flat(*map(warm, range(5))),
        "Restarts with a first cycle of 2, rate of step 4": flat(
            sched.CosineDecayRestarts(1.0, 2)(4)
        ),
        "One cycle of 10 steps, rates of the steps 9 and 10": [],
        "One cycle of 10 steps, momentum of the steps 0, 2 and 9": [],
        "Plateau, patience 2, no improvement: the cut comes with metric": first_cut(
            keras_plateau([5.0] * 9)
        ),
        "Plateau, patience 2, metrics 1000, 999.98, 999.96, 999.94: rate": keras_plateau(SLOW)[-1:],
    }


def optax_schedules() -> dict[str, Numbers]:
    """The column of optax in the table of schedules."""
    warm = optax.warmup_cosine_decay_schedule(0.0, 1.0, warmup_steps=3, decay_steps=8)
    one_cycle = optax.cosine_onecycle_schedule(10, 1.0)
    return {
        "Cosine over 4 steps, rate of step 6": flat(optax.cosine_decay_schedule(1.0, 4)(6)),
        "Cosine from 0.1, floor 0.01, last rate": flat(
            optax.cosine_decay_schedule(0.1, 4, alpha=0.01)(4)
        ),
        "Exponential, factor 0.5 (per 2 steps), rate of step 1": flat(
            optax.exponential_decay(1.0, 2, 0.5)(1)
        ),
        "Cut by 0.1 at step 2, rate of step 2": flat(
            optax.piecewise_constant_schedule(1.0, {2: 0.1})(2)
        ),
        "Polynomial over 4 steps from 1, rate of step 4": [],
        "Warm-up 3, cosine, total 8: rates of the steps 0 to 4": flat(*map(warm, range(5))),
        "Restarts with a first cycle of 2, rate of step 4": [],
        "One cycle of 10 steps, rates of the steps 9 and 10": flat(one_cycle(9), one_cycle(10)),
        "One cycle of 10 steps, momentum of the steps 0, 2 and 9": [],
        "Plateau, patience 2, no improvement: the cut comes with metric": first_cut(
            optax_plateau([5.0] * 9)
        ),
        "Plateau, patience 2, metrics 1000, 999.98, 999.96, 999.94: rate": optax_plateau(SLOW)[-1:],
    }


def defaults() -> dict[str, dict[str, dict[str, float]]]:
    """The default settings of both libraries, by pylib's name of the optimizer."""
    pairs = {
        "SGD": (keras.optimizers.SGD, optax.sgd),
        "Adagrad": (keras.optimizers.Adagrad, optax.adagrad),
        "Adadelta": (keras.optimizers.Adadelta, optax.adadelta),
        "RMSprop": (keras.optimizers.RMSprop, optax.rmsprop),
        "Adam": (keras.optimizers.Adam, optax.adam),
        "AdamW": (keras.optimizers.AdamW, optax.adamw),
        "Adamax": (keras.optimizers.Adamax, optax.adamax),
        "NAdam": (keras.optimizers.Nadam, optax.nadam),
        "RAdam": (None, optax.radam),
        "Lion": (keras.optimizers.Lion, optax.lion),
        "Muon": (keras.optimizers.Muon, contrib.muon),
        "LBFGS": (None, optax.lbfgs),
    }

    def of(make: Any) -> dict[str, float]:
        if make is None:
            return {}
        parameters = inspect.signature(make).parameters.values()
        return {p.name: p.default for p in parameters if type(p.default) in (int, float)}

    return {name: {"keras": of(k), "optax": of(o)} for name, (k, o) in pairs.items()}


def main() -> None:
    """Write the file."""
    columns = {
        "keras": {**keras_losses(), **keras_optimizers(), **keras_schedules()},
        "optax": {**optax_losses(), **optax_optimizers(), **optax_schedules()},
    }
    made_by = {"python": sys.version.split()[0]}
    made_by |= {library.__name__: library.__version__ for library in (keras, optax, jax, np)}
    rows = {row: {name: columns[name][row] for name in columns} for row in columns["keras"]}
    for row, columns_of_row in rows.items():
        for name, numbers in columns_of_row.items():
            assert all(map(math.isfinite, numbers)), (row, name, numbers)
    golden = {"made_by": made_by, "rows": rows, "defaults": defaults()}
    GOLDEN.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
