"""The dialect of fairseq: its learning-rate schedulers as 0.12.2 runs them."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "fairseq",
    "fairseq",
    43,
    __name__,
    ("warmups", "cycles", "stages", "stairs"),
    trainer=True,
    optimizer="AdamW",
)
