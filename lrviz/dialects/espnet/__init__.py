"""The dialect of ESPnet: its schedulers as 202511 runs them, which WeNet and FunASR share."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "espnet",
    "ESPnet",
    44,
    __name__,
    ("warmups", "phases", "cycles"),
    trainer=True,
    optimizer="AdamW",
)
