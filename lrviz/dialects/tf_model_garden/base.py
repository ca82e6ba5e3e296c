"""What the schedules of TF Model Garden share."""

from __future__ import annotations

from typing import ClassVar

from lrviz.core.schedule import Schedule


class ModelGarden(Schedule, abstract=True):
    """A schedule of TF Model Garden; the clock counts optimizer steps from 0."""

    dialect = "tf_model_garden"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("name",)
    source = "tf-models-official 2.20.0, official/modeling/optimization/lr_schedule.py"
