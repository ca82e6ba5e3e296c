"""Labels of several curves: what they share is said once, what varies is never cut."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

import numpy as np

from lrviz.core.quantity import NUMBER
from lrviz.core.text import format_choice, format_compact, one_line
from lrviz.curves.column import Column
from lrviz.curves.curve import SHARE, Curve
from lrviz.curves.table import Table
from lrviz.render.scale import RateScale, limits
from lrviz.render.ticks import (
    MAX_PLAIN,
    axis_end,
    rate_text,
    rate_tick_texts,
    step_text,
    step_tick_texts,
    unit_ticks,
)

MAX_LABEL_LENGTH = 300
NUMBER_OF_KEY = re.compile(rf"(?P<key>(?<!\S)\S+?=)(?P<number>{NUMBER})(?!\S)")
SEPARATOR = " · "
WARM_UP = "warm-up"
"""The name of the segment."""
MOST_TICKS = 6
"""Ticks of an axis of a picture of the usual size."""


def shared_words(curves: Sequence[Curve]) -> tuple[str, list[str]]:
    """Return the words that all labels begin with, and the labels without them.

    At least one word of each label stays, and what a user wrote of a label stays whole. A label of
    more characters than are ever read loses its middle. The numbers of a sweep are written alike.
    """
    labels = [one_line(curve.label, MAX_LABEL_LENGTH) for curve in curves]
    if len(labels) < 2:
        return "", list(labels)
    label_words = [label.split(" ") for label in labels]
    count = 0
    while all(len(parts) > count + 1 for parts in label_words) and (
        len({parts[count] for parts in label_words}) == 1
    ):
        count += 1
    if count < max(len(curve.own_label.split()) for curve in curves):
        count = 0
    rest = [" ".join(parts[count:]) for parts in label_words]
    return " ".join(label_words[0][:count]), numbers_alike(curves, rest)


def common_words(labels: Sequence[str]) -> tuple[str, list[str]]:
    """Return the words that are in all labels, and the labels without them.

    The words are in the order of the first label. Nothing is taken out where a label would be empty
    or two would be equal.
    """
    words = [label.split() for label in labels]
    counts = [Counter(parts) for parts in words]
    common = reduce(and_, counts) if len(labels) > 1 else Counter()
    shared = " ".join(without(words[0], counts[0] - common)) if common else ""
    rest = [" ".join(without(parts, common)) for parts in words]
    if not shared or not all(rest) or len(set(rest)) < len(set(labels)):
        return "", list(labels)
    return shared, rest


def without(words: Sequence[str], others: Counter[str]) -> list[str]:
    """Return words without each of the others, as often as it is among these."""
    left = others.copy()
    kept = []
    for word in words:
        if left[word] > 0:
            left[word] -= 1
        else:
            kept.append(word)
    return kept


@dataclass(frozen=True)
class Notation:
    """How a picture writes numbers, beside its axes and elsewhere.

    Rates have an exponent, as 1e-3, or none; whole steps are 1000 or 1k.
    """

    has_exponents: bool
    has_suffixes: bool

    def rate(self, rate: float) -> str:
        """Return a rate's text, with all of its digits."""
        text = format_compact(rate)
        if not self.has_exponents or "e" in text:
            return text
        return with_exponent(rate)

    def steps(self, count: int) -> str:
        """Return a number of steps or epochs."""
        return step_text(count) if self.has_suffixes or count > MAX_PLAIN else f"{count}"


def with_exponent(number: float) -> str:
    """Return a number's text with all of its digits and an exponent, but for that of 1."""
    return np.format_float_scientific(number, trim="-", exp_digits=1).removesuffix("e+0")


def numbers_alike(curves: Sequence[Curve], labels: Sequence[str]) -> list[str]:
    """Return the labels of curves; the numbers of a key in all of them with an exponent or without.

    What a user wrote of a label stays as it is.
    """
    if any(curve.own_label for curve in curves):
        return list(labels)
    numbers: dict[str, list[str]] = {}
    for match in (match for label in labels for match in NUMBER_OF_KEY.finditer(label)):
        numbers.setdefault(match["key"], []).append(match["number"])
    keys = [
        key
        for key, texts in numbers.items()
        if len(texts) == len(labels) and any("e" in text for text in texts)
    ]

    def alike(match: re.Match[str]) -> str:
        text = match["number"]
        return match["key"] + (with_exponent(float(text)) if match["key"] in keys else text)

    return [NUMBER_OF_KEY.sub(alike, label) for label in labels]


def notation_of(table: Table, scale: RateScale) -> Notation:
    """Return how numbers are written beside the axes of a picture of the usual size."""
    peak = limits([column.rates for column in table.columns])[1]
    rates = rate_tick_texts(scale.ticks(MOST_TICKS, peak), scale.log, scale.high - scale.low)
    first, end = table.ends[0], axis_end(table)
    steps = step_tick_texts([*unit_ticks(first, end, MOST_TICKS, table.unit), end], table.unit)
    is_plain = any(text.isdigit() and len(text) > len("999") for text in steps)
    return Notation(any("e" in text for text in rates), not is_plain)


def shared_facts(table: Table, notation: Notation) -> str:
    """Return the rate, the length and the warm-up that all curves have, as far as they agree.

    Empty for a log, whose schedule is not known, and for a single curve.
    """
    columns = table.columns
    if len(columns) < 2 or any(column.measured is not None for column in columns):
        return ""
    rules = (rate_fact, length_fact, warmup_fact)
    return SEPARATOR.join(filter(None, (shared_fact(columns, rule, notation) for rule in rules)))


def shared_fact(
    columns: Sequence[Column], rule: Callable[[Column, Notation], str], notation: Notation
) -> str:
    """Return what a rule says of every column, or nothing where that differs."""
    first = rule(columns[0], notation)
    return first if first and all(rule(column, notation) == first for column in columns[1:]) else ""


def rate_fact(column: Column, notation: Notation) -> str:
    """Return the rate that a schedule starts from, or the peak of one that sets the rate itself."""
    curve = column.curve
    if not curve.schedule.sets_rate:
        return f"lr={notation.rate(curve.lr)}"
    if not len(column.rates):
        return ""
    return f"lr={notation.rate(float(rate_text(float(np.max(column.rates)))))}"


def length_fact(column: Column, notation: Notation) -> str:
    """Return how many steps or epochs a curve has; nothing of a part of it."""
    steps, axis = column.steps, column.curve.axis
    if axis == SHARE or steps.start or steps.step != 1 or len(steps) < column.curve.count():
        return ""
    return f"{notation.steps(len(steps))} {axis}{'s' * (len(steps) != 1)}"


def warmup_fact(column: Column, notation: Notation) -> str:
    """Return how long the warm-up at the beginning of a curve is, in what the curve counts."""
    steps, axis = column.steps, column.curve.axis
    segments = column.curve.segments(steps.stop) if len(steps) and axis != SHARE else []
    if len(segments) < 2 or segments[0].name != WARM_UP:
        return ""
    return f"{WARM_UP} {notation.steps(segments[1].start)}"


def title_of(columns: Sequence[Column], fits: Callable[[str], bool]) -> str:
    """Return the title of several curves: what their labels share, or the names that fit in it.

    Curves of one name are named once. Empty where no list of names fits.
    """
    curves = [column.curve for column in columns]
    shared = shared_words(curves)[0]
    if shared:
        return shared
    names = list(dict.fromkeys(curve.name or curve.label for curve in curves))
    return next(filter(fits, listings(names)), "")


def listings(names: Sequence[str]) -> Iterator[str]:
    """Yield the names as a list, all of them first, then ever fewer and the number of others.

    That is never 1, whose name would be as short.
    """
    for count in range(len(names), 0, -1):
        if count != len(names) - 1:
            yield listing(names, count)


def listing(names: Sequence[str], count: int) -> str:
    """Return the first names as a list, with the number of the others at its end."""
    others = [f"{len(names) - count} more"] if count < len(names) else []
    return format_choice([*names[:count], *others], "and")
