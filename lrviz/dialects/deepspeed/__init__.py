"""DeepSpeed's dialect: the schedules of a config's `scheduler` as 0.19.8 runs them."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "deepspeed",
    "DeepSpeed",
    21,
    __name__,
    ("warmups", "cycles"),
    trainer=True,
    optimizer="AdamW",
)
