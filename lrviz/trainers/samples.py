"""The samples that a config trains on, of those of its data: a limit, and a part held out."""

from __future__ import annotations

import math
from collections.abc import Callable

from lrviz.trainers.source import Source

SampleRule = Callable[[int], int]
"""Gives the number of samples that are left of so many."""

SAMPLE_KEYS = (
    "max_samples",
    "max_train_samples",
    "val_size",
    "val_set_size",
    "split_dataset_ratio",
    "validation_split",
    "validation_split_percentage",
    "val_split_fraction",
    "data.val_split_fraction",
    "data.init_args.val_split_fraction",
)
"""Keys of trainers that limit the samples of the data, or hold some of them out."""


def rounded_up(size: float, samples: int) -> int:
    """Return the samples of a test set of a size, a share up to 1, as `train_test_split` does."""
    return int(size) if size > 1 else math.ceil(size * samples)


def rounded_down(size: float, samples: int) -> int:
    """Return the samples of a test set of a share, at least one, as ms-swift does."""
    return max(int(size * samples), 1)


def limited(most: int) -> SampleRule:
    """Return the rule of a limit."""
    return lambda samples: min(samples, most)


def without(size: float, held_out: Callable[[float, int], int]) -> SampleRule:
    """Return the rule of a test set whose samples `held_out` counts."""
    return lambda samples: samples - held_out(size, samples)


def has_one_data_set(source: Source, key: str = "dataset") -> bool:
    """Return whether a file names a single data set: in a list, or in a text with commas."""
    value = source.get(key)
    names = value.split(",") if isinstance(value, str) else value
    return isinstance(names, list) and len(names) == 1
