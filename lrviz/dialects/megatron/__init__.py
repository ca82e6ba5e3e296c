"""The dialect of Megatron-LM: its schedules as Megatron Core 0.16.1 runs them."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "megatron",
    "Megatron-LM",
    40,
    __name__,
    ("decays", "inverse_sqrt", "wsd"),
    trainer=True,
    optimizer="AdamW",
)
