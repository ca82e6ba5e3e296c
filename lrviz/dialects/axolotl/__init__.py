"""The dialect of axolotl: its own schedulers as 0.19.0 runs them."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "axolotl",
    "axolotl",
    20,
    __name__,
    ("cosines", "rex", "restarts"),
    trainer=True,
    optimizer="AdamW",
)
