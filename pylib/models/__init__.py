"""Models with forward and backward written out; each has params, forward, backward, predict."""

from pylib.models.base import Model, Task
from pylib.models.linear import LinearRegression, LogisticRegression, SoftmaxRegression
from pylib.models.mlp import MLP
from pylib.models.recurrent import RNN
from pylib.models.segmentation import SegmentationNet

__all__ = [
    "MLP",
    "RNN",
    "LinearRegression",
    "LogisticRegression",
    "Model",
    "SegmentationNet",
    "SoftmaxRegression",
    "Task",
]
