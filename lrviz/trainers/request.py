"""What the user asks of the reading of a training config: the values of flags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lrviz.trainers.source import number_of


@dataclass(frozen=True)
class Request:
    """The values of flags: of the run (fields of `Run` by name, lr, warmup), and of the reading."""

    run: Mapping[str, Any] = field(default_factory=dict)
    total_steps: int | None = None
    trainer_version: str | None = None
    as_format: str | None = None
    metric: str | None = None

    def integer(self, name: str) -> int | None:
        """Return a number of the run that a flag gives."""
        number = number_of(self.run.get(name))
        return None if number is None or number < 1 else int(number)

    @property
    def counts_samples(self) -> bool:
        """Whether the length of the run depends on the samples of the data."""
        has_steps = self.total_steps or self.integer("steps_per_epoch")
        return bool(self.integer("dataset_size") and not has_steps)
