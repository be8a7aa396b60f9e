"""Models with forward and backward written out; each has params, forward, backward, predict."""

from pylib.models.base import Model, Task
from pylib.models.linear import LinearRegression, LogisticRegression, SoftmaxRegression
from pylib.models.mlp import MLP

__all__ = [
    "MLP",
    "LinearRegression",
    "LogisticRegression",
    "Model",
    "SoftmaxRegression",
    "Task",
]
