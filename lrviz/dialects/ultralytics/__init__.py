"""The dialect of Ultralytics' trainer, as 8.4.190 runs it."""

from lrviz.core.register import Dialect

DIALECT = Dialect("ultralytics", "Ultralytics", 21, __name__, ("decays",), trainer=True)
