"""What `check` reports of reading a training config: each warning with its id and examples.

Every warning of a format is a finding of one of these rules.
"""

from __future__ import annotations

from typing import NamedTuple

from lrviz.core.findings import Finding, Severity


class ReadingRule(NamedTuple):
    """A warning of reading: its id, a sentence, and a config that has it and one that does not."""

    id: str
    sentence: str
    faulty: str
    sound: str
    severity: Severity = "warning"

    def text(self, kind: str) -> str:
        """Return the text of the rule's example: `faulty` or `sound`."""
        return {"faulty": self.faulty, "sound": self.sound}[kind]

    def finding(self, message: str) -> Finding:
        """Return the finding of the rule with a message."""
        return Finding(self.id, message, self.severity)


TRAINER = """\
learning_rate: 5.0e-5
max_steps: 500
per_device_train_batch_size: 8
lr_scheduler_type: cosine
"""
SCRIPT = """\
accelerate launch train.py --output_dir out \\
  --learning_rate 5e-5 --num_train_epochs 3 --lr_scheduler_type linear \\
  --per_device_train_batch_size 8 --gradient_accumulation_steps {}
"""
DETECTION = "task: detect\nmode: train\nepochs: 100\nlr0: 0.01\nlrf: 0.01\nwarmup_epochs: 3.0\n"

NEEDS_NUMBER = ReadingRule(
    "needs-number",
    "A part of the curve is left out because the config lacks a number that it needs.",
    TRAINER.replace("max_steps: 500", "num_train_epochs: 3") + "warmup_steps: 20\n",
    TRAINER + "warmup_steps: 20\n",
)
UNREAD_KEY = ReadingRule(
    "unread-key",
    "The trainer reads no such key, which is close to one of its own.",
    TRAINER + "warmup_step: 20\n",
    TRAINER + "warmup_steps: 20\n",
)
UNSET_VARIABLE = ReadingRule(
    "unset-variable",
    "A script takes a number from a variable that it does not set.",
    SCRIPT.format("$ACCUM"),
    SCRIPT.format("4"),
)
ASSUMED_RATE = ReadingRule(
    "trainer-oddity",
    "The trainer chooses the rate itself, and the config does not determine which.",
    DETECTION + "optimizer: auto\n",
    DETECTION + "optimizer: SGD\n",
)

RULES = (NEEDS_NUMBER, UNREAD_KEY, UNSET_VARIABLE, ASSUMED_RATE)
