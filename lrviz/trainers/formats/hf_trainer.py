"""Hugging Face TrainingArguments, as JSON or YAML: run_*.py scripts, TRL, alignment-handbook."""

from __future__ import annotations

from lrviz.trainers.format import Format
from lrviz.trainers.huggingface import read_arguments

FORMAT = Format(
    name="hf_trainer",
    title="Hugging Face TrainingArguments",
    rank=900,
    version="transformers 5.23.0",
    read=read_arguments,
    keys=(
        ("lr_scheduler_type", "learning_rate"),
        (
            "num_train_epochs",
            "max_steps",
            "per_device_train_batch_size",
            "warmup_ratio",
            "gradient_accumulation_steps",
        ),
    ),
)
