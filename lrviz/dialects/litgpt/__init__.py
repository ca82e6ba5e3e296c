"""The dialect of LitGPT: the rate of its pretraining as 0.5.13 sets it."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "litgpt",
    "LitGPT",
    50,
    __name__,
    ("pretrain",),
    trainer=True,
    optimizer="AdamW",
)
