"""Labels: the name of a curve, then what distinguishes it from the other curves of an output."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lrviz.core.register import fold
from lrviz.core.schedule import Schedule, as_plain_data
from lrviz.core.text import format_compact
from lrviz.curves.curve import Curve

LONGEST = 48
LENGTHS = ("steps", "epochs", "warmup")
"""Settings that determine the length of a schedule that follows the run."""
SETTINGS_OF_ALL = ("lr", "warmup")
"""Settings that are compared between curves of different schedules, too."""


def label_curves(curves: Sequence[Curve]) -> list[Curve]:
    """Return the curves with labels that tell them apart.

    A curve without a label of its own is called by its name, then each option that differs
    between the curves of that name, then lr and warm-up where they differ between any two. What a
    curve is without, because a number is missing, is at the end of its label.
    """
    curves = [replace(curve, label=curve.whole_label) for curve in curves]
    unlabelled = [curve for curve in curves if curve.name]
    differing: dict[str, set[str]] = {}
    for name in {key_of(curve) for curve in unlabelled}:
        group = [curve for curve in unlabelled if key_of(curve) == name]
        differing[name] = without_followers(differing_options(group), group)
    among_all = differing_options(unlabelled) & set(SETTINGS_OF_ALL)
    labelled = [
        with_label(curve, differing[key_of(curve)] | among_all) if curve.name else curve
        for curve in curves
    ]
    by_folder = name_by_folder(labelled)
    return number_equal([replace(curve, label=curve.label + curve.omission) for curve in by_folder])


def name_by_folder(curves: Sequence[Curve]) -> list[Curve]:
    """Return the curves; those that are called alike, after a file's name, by their folders."""
    names = [curve.label for curve in curves if is_file_name(curve)]
    folders = {
        label: distinct_ends([folder_of(curve) for curve in curves if curve.label == label])
        for label, count in Counter(names).items()
        if 1 < count == sum(curve.label == label for curve in curves)
    }
    return [
        replace(curve, label=folders[curve.label].get(folder_of(curve), curve.label))
        if curve.label in folders
        else curve
        for curve in curves
    ]


def is_file_name(curve: Curve) -> bool:
    """Return whether a curve's label is the name of the file that it is from."""
    return not curve.name and bool(curve.place) and Path(curve.place).name == curve.label


def folder_of(curve: Curve) -> Path:
    """Return the whole path of the folder that a curve's file is in."""
    return Path(os.path.abspath(curve.place)).parent


def distinct_ends(folders: Sequence[Path]) -> dict[Path, str]:
    """Return the shortest ends of paths, all of as many parts, that differ; none of equal paths."""
    for count in range(1, max(len(folder.parts) for folder in folders)):
        ends = {folder: "/".join(folder.parts[-count:]) for folder in folders}
        if len({*ends.values()}) == len(folders):
            return ends
    return {}


def key_of(curve: Curve) -> str:
    """Return the form in which names of curves are compared."""
    return fold(curve.name)


def differing_options(curves: Sequence[Curve]) -> set[str]:
    """Return the options whose values differ between curves that have them."""
    if len(curves) < 2:  # values may be long lists
        return set()
    texts: dict[str, set[str]] = {}
    for curve in curves:
        for name, value in curve.options.items():
            texts.setdefault(name, set()).add(option_text(name, value))
    return {name for name, values in texts.items() if len(values) > 1}


def without_followers(names: set[str], curves: Sequence[Curve]) -> set[str]:
    """Return the names without the lengths that follow from others which differ."""
    if not names & set(LENGTHS):
        return names
    return {name for name in names if not all(name in curve.derived for curve in curves)}


def with_label(curve: Curve, names: Iterable[str]) -> Curve:
    """Return the curve called by its name and these options."""
    selection = set(names)
    parts = [
        option_text(name, value)
        for name, value in curve.options.items()
        if name in selection and value is not None
    ]
    parts = [part for part in parts if len(part) <= LONGEST + len("parameter=")]
    return replace(curve, label=" ".join([curve.name, *parts]))


def option_text(name: str, value: Any) -> str:
    """Return `key=value`; schedules in a list by their names."""
    if isinstance(value, tuple) and value and all(isinstance(item, Schedule) for item in value):
        return " → ".join(item.name for item in value)
    if hasattr(value, "start_factor"):
        value = value.steps
    if hasattr(value, "is_share"):
        value = f"{value.value * 100:.12g}%" if value.is_share else value.value
    return f"{name}={format_compact(as_plain_data(value))}"


def number_equal(curves: Sequence[Curve]) -> list[Curve]:
    """Return the curves with labels that differ: the second of a label ends in ` #2`."""
    earlier: set[str] = set()
    counts: Counter[str] = Counter()
    numbered = []
    for curve in curves:
        label = curve.label
        while label in earlier:
            counts[curve.label] += 1
            label = f"{curve.label} #{counts[curve.label] + 1}"
        earlier.add(label)
        numbered.append(replace(curve, label=label))
    return numbered
