"""OLMo's dialect: the schedulers of OLMo and of OLMo-core, which share their formulas."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "olmo",
    "OLMo",
    25,
    __name__,
    ("cosines", "warmups", "stable", "periods", "composed"),
    trainer=True,
    optimizer="AdamW",
)
