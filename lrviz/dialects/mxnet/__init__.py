"""MXNet's dialect: mxnet.lr_scheduler as MXNet 2.0.0 runs it."""

from lrviz.core.register import Dialect

DIALECT = Dialect("mxnet", "MXNet", 32, __name__, ("factors", "decays"), trainer=True)
