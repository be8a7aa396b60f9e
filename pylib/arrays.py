"""The array types that pylib's signatures use."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.floating[Any]]
IntArray: TypeAlias = NDArray[np.integer[Any]]
ArrayLike: TypeAlias = FloatArray | IntArray | Sequence[Any] | float | int
