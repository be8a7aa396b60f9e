"""The loops: walk on a surface, train a model; and what steadies them."""

from pylib.training.clipping import clip_grad_norm_, clip_grad_value_
from pylib.training.descent import Trace, minimize
from pylib.training.divergence import Stop
from pylib.training.early_stopping import EarlyStopping
from pylib.training.ema import WeightEMA
from pylib.training.fitting import fit
from pylib.training.history import History, Progress
from pylib.training.range_test import RangeTest, lr_range_test
from pylib.training.swa import WeightSWA

__all__ = [
    "EarlyStopping",
    "History",
    "Progress",
    "RangeTest",
    "Stop",
    "Trace",
    "WeightEMA",
    "WeightSWA",
    "clip_grad_norm_",
    "clip_grad_value_",
    "fit",
    "lr_range_test",
    "minimize",
]
