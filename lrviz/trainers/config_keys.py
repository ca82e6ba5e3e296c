"""Reads the keys of a training config, each with its type and its default."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lrviz.core.errors import SpecError, did_you_mean
from lrviz.core.findings import Finding
from lrviz.core.number_text import plain_number_advice
from lrviz.core.register import fold, register
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_value
from lrviz.trainers.conversions import (
    boolean_of,
    integer_of,
    is_unset,
    mapping_of,
    numbers_of,
    text_of,
)
from lrviz.trainers.format import Format
from lrviz.trainers.reading_rules import UNSET_VARIABLE
from lrviz.trainers.request import Request
from lrviz.trainers.source import Conversion, Source, number_of
from lrviz.trainers.trace import Trace

DIGITS = re.compile(r"\d{1,9}")


class ConfigKeys(Trace):
    """The keys of a file.

    Each accessor takes dotted keys, and reads the first of them that the file has. Every value and
    default is added to the trace. Values of a wrong type are collected, and raised together at the
    end.
    """

    def __init__(self, source: Source, format: Format, request: Request) -> None:  # noqa: A002
        format_keys = {key for keys in format.keys for key in keys}
        super().__init__(
            replace(source, parsed=source.document, requested=format_keys, accepted={})
        )
        self.format = format
        self.request = request
        self.default_version = format.version
        self.faults: list[Finding] = []
        self.filled: set[str] = set()

    def has(self, key: str) -> bool:
        """Return whether the file has a value other than null for a key."""
        return self.source.get(key) is not None

    def key_of(self, *keys: str) -> str:
        """Return the first of several keys that the file has; the first where it has none."""
        return next(filter(self.has, keys), keys[0])

    def value(
        self,
        *keys: str,
        default: Any = None,
        version: str = "",
        read: Conversion = lambda value: value,
    ) -> Any:
        """Return the value of the first key that the file has, as the file has it.

        `read` returns None for a value that the keys cannot have.
        """
        for key in keys:
            self.source.accepted[key] = read
            value = self.source.get(key)
            if value is not None:
                self.decide("key", f"{key}: {format_value(value)}", key)
                return value
        self.note_expression(*keys, default=default)
        if default is not None:
            since = version or self.default_version
            self.decide("default", f"{keys[0]}: {format_value(default)} ({since})")
        return default

    def number(self, *keys: str, default: float | None = None, version: str = "") -> Any:
        """Return a number, also where it is written as text."""
        return self.checked(number_of, "must be a number", keys, default, version)

    def integer(self, *keys: str, default: int | None = None, version: str = "") -> Any:
        """Return a whole number; `1e3` and `1000.0` are whole, too."""
        return self.checked(integer_of, "must be a whole number", keys, default, version)

    def flag(self, *keys: str, default: bool | None = None, version: str = "") -> Any:
        """Return a boolean."""
        return self.checked(boolean_of, "must be true or false", keys, default, version)

    def text(self, *keys: str, default: str | None = None, version: str = "") -> Any:
        """Return a text."""
        return self.checked(text_of, "must be a text", keys, default, version)

    def choice(
        self,
        *keys: str,
        choices: Iterable[str],
        default: str,
        aliases: Mapping[str, str] | None = None,
    ) -> str:
        """Return one of several texts, without regard to case and to `-` or `_`.

        `aliases` are other spellings, each with its choice.
        """
        text = str(self.text(*keys, default=default))
        names = {name: name for name in choices}
        spellings = {fold(name): name for name in names}
        spellings |= {fold(alias): name for alias, name in (aliases or {}).items()}
        if fold(text.strip()) in spellings:
            return spellings[fold(text.strip())]
        key = self.key_of(*keys)
        rule = f"must be one of {', '.join(names)} (got {format_value(text)})"
        self.fault(key, f"{key} {rule}{did_you_mean(text, names)}")
        return default

    def mapping(self, *keys: str) -> Mapping[str, Any]:
        """Return a mapping, empty where the file has none."""
        value = self.checked(mapping_of, "must be a mapping", keys, None, "")
        return value or {}

    def numbers(self, *keys: str, default: Sequence[float] | None = None) -> Any:
        """Return a list of numbers; a single number is a list of one."""
        return self.checked(numbers_of, "must be a list of numbers", keys, default, "")

    def checked(
        self,
        read: Conversion,
        rule: str,
        keys: Sequence[str],
        default: Any,
        version: str,
    ) -> Any:
        """Return a value as `read` gives it; the default where that is None, a fault."""
        raw = self.value(*keys, default=default, version=version, read=read)
        if raw is None or raw is default:
            return default
        value = read(raw)
        if value is None:
            key = self.key_of(*keys)
            is_whole = read is integer_of
            advice = plain_number_advice(raw, is_whole) if read in (number_of, integer_of) else ""
            rule = f"{rule} (got {format_value(raw)}){advice}"
            if is_unset(raw):
                rule = f"is {raw}, which the file does not set; write its value there"
            self.fault(key, f"{key} {rule}")
            return default
        return value

    def per_batch(self, key: str, default: int) -> int:
        """Return a number on which only the steps of an epoch depend.

        For a variable that a script does not set it is the default, with a warning.
        """
        raw = self.source.get(key)
        if not is_unset(raw):
            return int(self.integer(key, default=default))
        self.note_unset(key, f"{key} is {raw}, which the file does not set; {default} is taken")
        return default

    def note_expression(self, *keys: str, default: Any) -> None:
        """Warn of the first key whose value only a program that runs has."""
        expressions = self.source.document.expressions
        key = next(filter(expressions.__contains__, keys), None)
        if key is not None:
            what = "it is left out" if default is None else f"{format_value(default)} is taken"
            self.note_unset(key, f"{key} is {expressions[key]:.60}, which is no literal; {what}")

    def note_unset(self, key: str, text: str) -> None:
        """Warn, once, of a key whose value the file does not have."""
        note = UNSET_VARIABLE.finding(text)
        if note not in self.notes:
            self.decide("missing", text, key)
            self.notes.append(note)

    def floor(self, rate: float, peak: float, key: str) -> float:
        """Return the rate of a floor; one above the peak is a fault of its key."""
        if rate > peak:
            text = f"{key} ({format_value(rate)}) must not be above lr ({format_value(peak)})"
            self.fault(key, text)
        return rate

    def parameters(self, schedule: str, keys: Mapping[str, str]) -> dict[str, Any]:
        """Return the numbers of a schedule's parameters, each from its key, else its default.

        Left out are parameters without a default that the file does not have.
        """
        fields = required_class(schedule).model_fields
        values: dict[str, Any] = {}
        for name, key in keys.items():
            default = None if fields[name].is_required() else fields[name].default
            value = self.number(key, default=default)
            if value is not None:
                values[name] = value
        return values

    def require(self, value: Any, *keys: str) -> Any:
        """Return a value that the trainer requires. Raises SpecError where it is None."""
        if value is None:
            self.raise_faults()
            message = f"{self.format.title} needs {' or '.join(keys)}"
            raise SpecError.of(self.source.place(), message, "missing-parameter")
        return value

    def fault(self, key: str, message: str) -> None:
        """Add an error at a key."""
        self.faults.append(Finding.error(self.source.place(key), message, "wrong-type"))

    def raise_faults(self) -> None:
        """Raise SpecError with every fault so far, if there is one."""
        if self.faults:
            raise SpecError(self.faults)

    def version_before(self, *numbers: int) -> bool:
        """Return whether --trainer-version is below a version, as `version_before(4, 52)`."""
        if self.request.trainer_version is None:
            return False
        version = tuple(map(int, DIGITS.findall(self.request.trainer_version)))
        return version < numbers

    def fill(self, name: str) -> int | float | None:
        """Return the number of a flag that fills in what the file leaves open, lr or warmup."""
        number = number_of(self.request.run.get(name))
        if number is not None and name not in self.filled:
            self.filled.add(name)
            self.decide("flag", f"--{name} {format_value(number)}")
        return number


def required_class(schedule: str) -> type[Schedule]:
    """Return the class of a schedule that a format names."""
    cls = register.find(schedule)
    assert cls, schedule
    return cls
