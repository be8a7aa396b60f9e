"""What the loops ask of a surface, a model, a loss, an optimizer and a schedule."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

from pylib._typing import FloatArray, IntArray

__all__ = ["Loss", "Model", "Objective", "Optimizer", "Plateau", "Schedule", "Targets"]

Targets: TypeAlias = FloatArray | IntArray


class Plateau(Protocol):
    """A schedule with state, `ReduceLROnPlateau`: it answers to a metric instead of a step."""

    lr: float
    mode: Any

    def step(self, metric: float, /) -> float:
        """Take the newest metric into account, and return the rate."""


Schedule: TypeAlias = Callable[[int], float] | Plateau


class Objective(Protocol):
    """A function to walk on, such as those of `pylib.surfaces`."""

    def __call__(self, w: FloatArray, /) -> float | FloatArray:
        """The value at w, shape `(d,)`."""

    def gradient(self, w: FloatArray, /) -> FloatArray:
        """The gradient at w, shape `(d,)`."""


class Optimizer(Protocol):
    """What changes parameters in place, such as those of `pylib.optimizers`."""

    lr: float
    params: list[FloatArray]

    @property
    def state(self) -> Sequence[dict[str, Any]]:
        """One dict of named arrays per parameter."""

    @property
    def step(self) -> Callable[..., Any]:
        """`step(grads)`, or for L-BFGS `step(closure)`."""

    def state_dict(self) -> dict[str, Any]:
        """Everything that changes while it runs."""

    def load_state_dict(self, state_dict: dict[str, Any], /) -> None:
        """Take back what `state_dict` gave."""


class Loss(Protocol):
    """A loss with its gradient, such as those of `pylib.losses`.

    Two methods of theirs are used where a loss has them: `value_and_gradient`, which saves work,
    and `divisor`, which says what a mean divides by where that is not the number of targets.
    """

    @property
    def reduction(self) -> str:
        """`"mean"`, `"sum"` or another name."""

    def __call__(self, prediction: Any, target: Any, /) -> Any:
        """The loss, a float unless the reduction is `"none"`."""

    def gradient(self, prediction: Any, target: Any, /) -> FloatArray:
        """The derivative by each element of the prediction, in its shape."""


class Model(Protocol):
    """What turns X into predictions, such as those of `pylib.models`."""

    params: list[FloatArray]

    def forward(self, X: Any, /) -> FloatArray:
        """The prediction for X, kept for `backward`."""

    def backward(self, grad_output: Any, /) -> list[FloatArray]:
        """The gradients of `params`, in their order."""

    def predict(self, X: Any, /) -> Any:
        """The answer for each input: values, or classes."""
