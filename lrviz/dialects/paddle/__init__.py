"""PaddlePaddle's dialect: paddle.optimizer.lr as paddlepaddle 3.3.1 runs it."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "paddle", "PaddlePaddle", 31, __name__, ("decays", "ramps", "cycles", "warmups"), trainer=True
)
