"""The dialect of fastai: its schedules and fits as fastai 2.8.12 runs them."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "fastai",
    "fastai",
    34,
    __name__,
    ("fits", "combined"),
    trainer=True,
    optimizer="AdamW",
)
