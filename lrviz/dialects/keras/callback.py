"""A callback that records the rate of each batch of `model.fit`."""

from __future__ import annotations

from os import PathLike
from typing import Any

import keras  # type: ignore[import-not-found]

from lrviz.recorder import RateLog


class RecordRates(keras.callbacks.Callback):  # type: ignore[misc]
    """Records the rate that each batch used: `model.fit(..., callbacks=[RecordRates("lr.csv")])`.

    The step is the optimizer's own count of updates, from 0. Written for Keras 3.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        super().__init__()
        self.log = RateLog(path, ["lr"])

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Record the rate that this batch uses."""
        del batch, logs
        optimizer = self.model.optimizer
        self.log.append(int(optimizer.iterations), [float(optimizer.learning_rate)])

    def on_train_end(self, logs: Any = None) -> None:
        """Write the rows that wait."""
        del logs
        self.log.flush()
