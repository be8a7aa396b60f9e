"""What a training records: `History`, and `Progress` after each epoch."""

from dataclasses import dataclass

from pylib._typing import FloatArray
from pylib.training.divergence import Stop

__all__ = ["History", "Progress"]


@dataclass(frozen=True)
class History:
    """What a training recorded: S updates in E full epochs.

    Attributes:
        loss: The loss of each mini-batch before its update, shape `(S,)`.
        lr: The learning rate of each update, shape `(S,)`; of the first optimizer, if several.
        train_loss: The loss on all training rows after each epoch, shape `(E,)`.
        val_loss: The loss on the validation rows after each epoch, `(E,)`; empty without any.
        val_metric: The metric on the validation rows after each epoch, `(E,)`; empty without any.
        metric: The metric's name: `"accuracy"`, `"IoU"`, `"loss"`, or that of your function.
        stopped: `None`, or why the training ended before its last epoch.
    """

    loss: FloatArray
    lr: FloatArray
    train_loss: FloatArray
    val_loss: FloatArray
    val_metric: FloatArray
    metric: str
    stopped: Stop | None = None

    def _table_(self) -> dict[str, FloatArray]:
        """Its epochs, where a page shows it as a table."""
        columns = {"train_loss": self.train_loss, "val_loss": self.val_loss}
        if self.metric != "loss":
            columns[self.metric] = self.val_metric
        return {name: values for name, values in columns.items() if len(values)}


@dataclass(frozen=True)
class Progress:
    """The state after one epoch; as a string it is one line.

    Attributes:
        epoch: From 1.
        epochs: How many are planned.
        train_loss: On all training rows.
        val_loss: On the validation rows; `None` without any.
        val_metric: On the validation rows; `None` without any.
        metric: The metric's name.

    Examples:
        >>> print(Progress(3, 20, 0.25, 0.5, 0.875, "accuracy"))
        epoch  3/20  train loss 0.2500  val loss 0.5000  accuracy 0.8750
    """

    epoch: int
    epochs: int
    train_loss: float
    val_loss: float | None
    val_metric: float | None
    metric: str

    def __str__(self) -> str:
        line = f"epoch {self.epoch:{len(str(self.epochs))}}/{self.epochs}"
        line += f"  train loss {self.train_loss:.4f}"
        if self.val_loss is not None:
            line += f"  val loss {self.val_loss:.4f}"
        if self.val_metric is not None and self.metric != "loss":
            line += f"  {self.metric} {self.val_metric:.4f}"
        return line
