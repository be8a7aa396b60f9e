"""Schedules: which learning rate to use at which step.

A schedule is immutable and has no memory: called with a step (an optimizer update, counted from
0), it computes that step's rate directly. `ReduceLROnPlateau` alone has a state, because it reacts
to a metric.
"""

from pylib.schedules.base import Schedule
from pylib.schedules.cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from pylib.schedules.cyclic import CyclicLR, OneCycleLR
from pylib.schedules.decay import ExponentialLR, LinearLR, NoamLR, PolynomialLR
from pylib.schedules.factor import LambdaLR
from pylib.schedules.plateau import ReduceLROnPlateau
from pylib.schedules.sequential import ChainedScheduler, SequentialLR, warmup_cosine
from pylib.schedules.step import ConstantLR, MultiStepLR, StepLR
from pylib.schedules.swa import SWALR

__all__ = [
    "SWALR",
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "NoamLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "Schedule",
    "SequentialLR",
    "StepLR",
    "warmup_cosine",
]
