"""Models, clipping and averaging against PyTorch, where it is installed; to 1e-12."""

from typing import Any

import numpy as np
import pytest

from pylib.models import MLP, RNN, SegmentationNet
from pylib.training import WeightEMA, clip_grad_norm_

torch: Any = pytest.importorskip("torch")

RNG = np.random.default_rng(0)


def close(ours: Any, theirs: Any) -> None:
    np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_mlp(activation: str) -> None:
    model = MLP([3, 6, 5, 4], activation, seed=1)
    X, grad = RNG.standard_normal((7, 3)), RNG.standard_normal((7, 4))
    params = [torch.tensor(w, requires_grad=True) for w in model.params]
    a = torch.tensor(X)
    for layer in range(3):
        a = a @ params[2 * layer] + params[2 * layer + 1]
        a = getattr(torch, activation)(a) if layer < 2 else a
    (a * torch.tensor(grad)).sum().backward()
    close(model.forward(X), a)
    for ours, theirs in zip(model.backward(grad), params, strict=True):
        close(ours, theirs.grad)


def test_rnn() -> None:
    model = RNN(2, 5, 3, seed=1)
    X, grad = RNG.standard_normal((4, 6, 2)), RNG.standard_normal((4, 3))
    W_x, W_h, b_h, W_o, b_o = (torch.tensor(w) for w in model.params)
    rnn = torch.nn.RNN(2, 5, batch_first=True).double()
    with torch.no_grad():
        rnn.weight_ih_l0.copy_(W_x.T)
        rnn.weight_hh_l0.copy_(W_h.T)
        rnn.bias_ih_l0.copy_(b_h)
        rnn.bias_hh_l0.zero_()
    output = rnn(torch.tensor(X))[0][:, -1] @ W_o + b_o
    (output * torch.tensor(grad)).sum().backward()
    close(model.forward(X), output)
    dW_x, dW_h, db_h, _, _ = model.backward(grad)
    close(dW_x.T, rnn.weight_ih_l0.grad)
    close(dW_h.T, rnn.weight_hh_l0.grad)
    close(db_h, rnn.bias_ih_l0.grad)


def test_segmentation_net() -> None:
    model = SegmentationNet(3, 2, seed=1)
    X, grad = RNG.standard_normal((2, 7, 6)), RNG.standard_normal((2, 7, 6))
    params = [torch.tensor(w, requires_grad=True) for w in model.params]
    a = torch.tensor(X)[:, None]  # PyTorch keeps channels first
    for layer in range(3):
        W = params[2 * layer].permute(3, 2, 0, 1)
        a = torch.nn.functional.conv2d(a, W, params[2 * layer + 1], padding=W.shape[-1] // 2)
        a = torch.relu(a) if layer < 2 else torch.sigmoid(a)
    (a[:, 0] * torch.tensor(grad)).sum().backward()
    close(model.forward(X), a[:, 0])
    for ours, theirs in zip(model.backward(grad), params, strict=True):
        close(ours, theirs.grad)


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, np.inf])
def test_clip_grad_norm(p: float) -> None:
    grads = [5 * RNG.standard_normal((3, 4)), RNG.standard_normal(7)]
    params = [torch.nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)) for g in grads]
    for param, g in zip(params, grads, strict=True):
        param.grad = torch.tensor(g)
    close(clip_grad_norm_(grads, 1.5, p), torch.nn.utils.clip_grad_norm_(params, 1.5, p))
    for g, param in zip(grads, params, strict=True):
        close(g, param.grad)


def test_weight_ema() -> None:
    layer = torch.nn.Linear(2, 1, bias=False).double()
    theirs = torch.optim.swa_utils.AveragedModel(
        layer, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9)
    )
    w = np.empty((1, 2))
    ours = WeightEMA([w], decay=0.9)
    for _ in range(5):
        w[:] = RNG.standard_normal((1, 2))
        with torch.no_grad():
            layer.weight.copy_(torch.tensor(w))
        theirs.update_parameters(layer)
        ours.update()
    close(ours.average[0], theirs.module.weight)
