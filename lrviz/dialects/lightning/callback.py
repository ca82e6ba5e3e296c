"""A callback that records the rates of each batch of a Trainer."""

from __future__ import annotations

from os import PathLike
from typing import Any

from lightning.pytorch.callbacks import Callback  # type: ignore[import-not-found]

from lrviz.recorder import Recorder


class RecordRates(Callback):  # type: ignore[misc]
    """Records the rates that each step used: `Trainer(callbacks=[RecordRates("lr.csv")])`.

    The step is the Trainer's count of optimizer steps, from 0; the first optimizer is recorded,
    and only the first process records. Written for Lightning 2.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = path
        self.recorder: Recorder | None = None

    def on_before_optimizer_step(self, trainer: Any, module: Any, optimizer: Any) -> None:
        """Record the rates that the step to come uses."""
        del module
        if not trainer.is_global_zero or optimizer is not trainer.optimizers[0]:
            return
        if self.recorder is None:
            self.recorder = Recorder(optimizer, self.path)
        self.recorder.record(trainer.global_step)

    def on_train_end(self, trainer: Any, module: Any) -> None:
        """Write the rows that wait."""
        del trainer, module
        if self.recorder is not None:
            self.recorder.flush()
