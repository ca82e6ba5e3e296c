"""PyTorch's dialect: torch.optim.lr_scheduler as torch 2.13.0 runs it."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "torch",
    "PyTorch",
    0,
    __name__,
    ("decays", "ramps", "cycles", "lambdas", "plateau", "composites"),
    synonyms=("pytorch",),
)
