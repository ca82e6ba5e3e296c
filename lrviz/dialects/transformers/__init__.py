"""The dialect of transformers: transformers.get_scheduler as 5.23.0 runs it."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "transformers",
    "Transformers",
    3,
    __name__,
    ("warmups", "cosines", "stable", "driven"),
    synonyms=("huggingface", "hf"),
    optimizer="AdamW",
)
