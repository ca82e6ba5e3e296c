"""Labels of several curves: what they share is said once, what varies is never cut."""

from __future__ import annotations

from collections.abc import Sequence

from lrviz.core.text import one_line
from lrviz.curves.curve import Curve

MAX_LABEL_LENGTH = 300


def shared_words(curves: Sequence[Curve]) -> tuple[str, list[str]]:
    """Return the words that all labels begin with, and the labels without them.

    At least one word of each label stays, and what a user wrote of a label stays whole. A label of
    more characters than are ever read loses its middle.
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
    return " ".join(label_words[0][:count]), [" ".join(parts[count:]) for parts in label_words]
