"""The settings of a training config; flags and their help are derived from the declaration."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from lrviz.core.quantity import int_or_float, read_quantity
from lrviz.run import RunLength


class TrainerSettings(BaseModel):
    """What a training config leaves open, and how it is to be read."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    total_steps: RunLength | None = Field(
        None, description="a training config's optimizer steps, where the file leaves them open"
    )
    trainer_version: Annotated[str, Field(max_length=40)] | None = Field(
        None, description="version of the trainer that runs a training config (newest if not given)"
    )
    metric: Annotated[str, Field(min_length=1)] | None = Field(
        None,
        description="a metric-driven config's metric: FILE.csv:COLUMN, or simulate",
    )
    as_format: Annotated[str, Field(max_length=40)] | None = Field(
        None, description="format to read a training config as, instead of the recognised one"
    )

    @field_validator("total_steps", mode="before")
    @classmethod
    def scaled(cls, value: Any) -> Any:
        """Return the number that a text with a scale means, as 300k."""
        quantity = read_quantity(value) if isinstance(value, str) else None
        return int_or_float(quantity.number) if quantity and not quantity.unit else value
