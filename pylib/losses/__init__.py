"""Loss functions, each with its value and its gradient, named and numbered as in PyTorch."""

from pylib.losses.base import Loss
from pylib.losses.binary import BCELoss, BCEWithLogitsLoss, BinaryFocalLoss, HingeLoss
from pylib.losses.embedding import CosineEmbeddingLoss, TripletMarginLoss
from pylib.losses.likelihood import GaussianNLLLoss, PoissonNLLLoss
from pylib.losses.multiclass import (
    CategoricalCrossEntropyLoss,
    CrossEntropyLoss,
    KLDivLoss,
    MultiMarginLoss,
    NLLLoss,
)
from pylib.losses.regression import (
    HuberLoss,
    L1Loss,
    LogCoshLoss,
    MSELoss,
    PinballLoss,
    SmoothL1Loss,
)
from pylib.losses.segmentation import DiceLoss, IoULoss, TverskyLoss

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "BinaryFocalLoss",
    "CategoricalCrossEntropyLoss",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "DiceLoss",
    "GaussianNLLLoss",
    "HingeLoss",
    "HuberLoss",
    "IoULoss",
    "KLDivLoss",
    "L1Loss",
    "LogCoshLoss",
    "Loss",
    "MSELoss",
    "MultiMarginLoss",
    "NLLLoss",
    "PinballLoss",
    "PoissonNLLLoss",
    "SmoothL1Loss",
    "TripletMarginLoss",
    "TverskyLoss",
]
