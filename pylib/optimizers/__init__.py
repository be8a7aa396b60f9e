"""Optimizers with PyTorch's names and numbers; each module holds one family."""

from pylib.optimizers.adadelta import Adadelta
from pylib.optimizers.adafactor import Adafactor
from pylib.optimizers.adagrad import Adagrad
from pylib.optimizers.adam import Adam
from pylib.optimizers.adamax import Adamax
from pylib.optimizers.adamw import AdamW
from pylib.optimizers.base import Optimizer
from pylib.optimizers.gradient_optimizer import GradientOptimizer
from pylib.optimizers.lbfgs import LBFGS
from pylib.optimizers.lion import Lion
from pylib.optimizers.muon import Muon
from pylib.optimizers.nadam import NAdam
from pylib.optimizers.radam import RAdam
from pylib.optimizers.rmsprop import RMSprop
from pylib.optimizers.rprop import Rprop
from pylib.optimizers.schedule_free import ScheduleFreeAdamW, ScheduleFreeSGD
from pylib.optimizers.sgd import SGD

__all__ = [
    "LBFGS",
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "GradientOptimizer",
    "Lion",
    "Muon",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "ScheduleFreeAdamW",
    "ScheduleFreeSGD",
]
