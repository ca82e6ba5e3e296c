"""The dialect of MMEngine: its parameter schedulers as 0.10.7 runs them."""

from lrviz.core.register import Dialect

DIALECT = Dialect("mmengine", "MMEngine", 70, __name__, ("param_scheduler",), trainer=True)
