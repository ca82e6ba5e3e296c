"""A callback that records the rate of each optimizer step of a Trainer."""

from __future__ import annotations

from os import PathLike
from typing import Any

from transformers import TrainerCallback  # type: ignore[import-not-found]

from lrviz.recorder import Recorder


class RecordRates(TrainerCallback):  # type: ignore[misc]
    """Records the rates that each step used: `Trainer(..., callbacks=[RecordRates("lr.csv")])`.

    The step counts from 0; only the first process records. Written for transformers 5.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = path
        self.recorder: Recorder | None = None

    def on_pre_optimizer_step(
        self, args: Any, state: Any, control: Any, optimizer: Any = None, **others: Any
    ) -> None:
        """Record the rates that the step to come uses."""
        del args, control, others
        if not state.is_world_process_zero:
            return
        if self.recorder is None:
            self.recorder = Recorder(optimizer, self.path)
        self.recorder.record(state.global_step)

    def on_train_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Write the rows that wait."""
        del args, state, control, others
        if self.recorder is not None:
            self.recorder.flush()
