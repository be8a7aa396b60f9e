"""The array types that pylib's signatures use."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.floating[Any]]
"""An array of float64 or float32."""

IntArray: TypeAlias = NDArray[np.integer[Any]]
"""An array of integers, such as class numbers."""

ArrayLike: TypeAlias = FloatArray | IntArray | Sequence[Any] | float | int
"""What becomes an array: an array, a list of numbers, or one number."""
