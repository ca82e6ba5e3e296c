"""A finding: what a parser, a schedule, a check or an audit reports, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from lrviz.core.text import one_line

MAX_PLACE_LENGTH = 120
Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Finding:
    """One finding: the rule's id, how severe it is, where it applies, and what to do.

    `place` is a file's place, a flag or an inline spec; `curve` is a curve's label; `step` and
    `segment` say where on the curve; `source` names what the rule rests on; `traceback` has the
    frames of a user's own code that raised.
    """

    id: str
    message: str
    severity: Severity = "note"
    curve: str = ""
    place: str = ""
    step: int | None = None
    segment: str = ""
    remedy: str = ""
    source: str = ""
    traceback: str = ""

    @classmethod
    def error(cls, place: str, message: str, id: str = "invalid") -> Finding:  # noqa: A002
        """Return a finding that makes its input unusable."""
        return cls(id, message, "error", place=place)

    def __str__(self) -> str:
        location = self.place or self.curve
        return f"{location}: {self.message}" if location else self.message

    def line(self) -> str:
        """Return the finding in one line of visible characters, each part without its middle."""
        location, message = (
            one_line(self.place or self.curve, MAX_PLACE_LENGTH),
            one_line(self.message),
        )
        return f"{location}: {message}" if location else message


class Rule(NamedTuple):
    """A kind of finding: its id, a sentence, and an example that has it.

    The example is a spec's mapping, or the text of a spec file where the reader finds it.
    """

    id: str
    sentence: str
    example: object
    severity: Severity = "note"


SHARED_SENTENCES = {
    "grows": "The schedule is meant to lower the rate, and its parameters raise it.",
    "rises": "The floor is above the rate at the start, so the rate rises to it.",
    "never-changes": "The parameters keep the rate constant.",
    "unused-parameter": "The library ignores a parameter beside another one.",
    "changes-sign": "A negative factor makes the rate change its sign.",
    "falling-warm-up": "The warm-up starts above the rate that it goes to, so the rate falls.",
    "negative-steps": "A number of steps is negative.",
    "nan-under-jit": "In a compiled step the rate is nan from the last step of the decay on.",
}
"""What the rules say that several dialects have, by id."""


def shared_rule(id: str, example: object, severity: Severity = "note") -> Rule:  # noqa: A002
    """Return a dialect's rule that other dialects have too, with its own example."""
    return Rule(id, SHARED_SENTENCES[id], example, severity)
