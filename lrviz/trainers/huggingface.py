"""What TrainingArguments mean, for every format that passes them on.

Formulas and defaults: transformers/training_args.py, trainer.py and optimization.py of 5.23.0;
what changed before is behind `version_before`.
"""

from __future__ import annotations

from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading


def read_arguments(reading: Reading) -> Plan:
    """Return the plan of a file whose keys are those of TrainingArguments."""
    lr = reading.number("learning_rate", default=5e-5)
    total = reading.total(reading.whole("max_steps", default=-1))
    return reading.plan(
        "transformers.linear",
        {"num_warmup_steps": 0, "num_training_steps": total.steps},
        lr=lr,
        total=total,
    )
