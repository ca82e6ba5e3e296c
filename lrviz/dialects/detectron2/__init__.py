"""The dialect of detectron2's solver, over fvcore 0.1.5's parameter schedulers."""

from lrviz.core.register import Dialect

DIALECT = Dialect("detectron2", "detectron2", 22, __name__, ("warmups", "poly"), trainer=True)
