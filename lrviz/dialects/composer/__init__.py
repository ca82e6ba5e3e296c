"""Composer's dialect: its schedulers, llm-foundry's, and those of ModernBERT's training."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "composer",
    "Composer",
    22,
    __name__,
    ("warmups", "inverse", "stable"),
    trainer=True,
    optimizer="AdamW",
)
