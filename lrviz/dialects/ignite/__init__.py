"""The dialect of Ignite: the parameter schedulers of pytorch-ignite 0.5.5."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "ignite",
    "Ignite",
    30,
    __name__,
    ("piecewise", "cycles", "joined"),
    trainer=True,
    runs="torch",
)
