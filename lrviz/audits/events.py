"""The scalars of TensorBoard event files, read without TensorBoard.

A file is a sequence of records: the length (8 bytes), its checksum (4), the content, the content's
checksum (4), all little-endian. The content is an `Event` in the wire format of Protocol Buffers
(tensorboard/compat/proto/event.proto, summary.proto, tensor.proto): a field is a number and a wire
type in a varint, then its value.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import SEEK_END
from typing import BinaryIO

from lrviz.core.errors import SpecError

EVENTS = "tfevents"
"""What the name of an event file has."""
HEADER, SIZE, FOOTER = 12, 8, 4
VARINT, EIGHT_BYTES, BYTES, FOUR_BYTES = 0, 1, 2, 5
STEP, SUMMARY = 2, 5
VALUE = 1
TAG, SIMPLE_VALUE, TENSOR = 1, 2, 8
CONTENT, FLOATS = 4, 5

VARINT_BYTES = 10
"""At most, of a number of 64 bits."""

Field = tuple[int, int | bytes]


def read_scalars(file: BinaryIO, place: str) -> tuple[dict[str, dict[int, float]], bool]:
    """Return the scalars of an event file by tag and step, and whether its end is whole.

    Raises SpecError for content that is no event file.
    """
    scalars: dict[str, dict[int, float]] = {}
    end = file.seek(0, SEEK_END)
    start = file.seek(0)
    while start + HEADER <= end:
        (size,) = struct.unpack("<Q", file.read(HEADER)[:SIZE])
        stop = start + HEADER + size + FOOTER
        if stop > end:
            break
        try:
            for tag, step, value in event_scalars(file.read(size + FOOTER)[:size]):
                scalars.setdefault(tag, {})[step] = value
        except (ValueError, IndexError, struct.error):
            message = f"is not a TensorBoard event file (record at byte {start:,})"
            raise SpecError.of(place, message, "not-events") from None
        start = stop
    return scalars, start == end


def event_scalars(event: bytes) -> Iterator[tuple[str, int, float]]:
    """Yield the tag, step and value of each scalar of an event."""
    step = 0
    summaries: list[bytes] = []
    for number, value in fields(event):
        if number == STEP and isinstance(value, int):
            step = value
        elif number == SUMMARY and isinstance(value, bytes):
            summaries.append(value)
    for summary in summaries:
        for number, value in fields(summary):
            if number == VALUE and isinstance(value, bytes):
                tag, scalar = summary_value(value)
                if scalar is not None:
                    yield tag, step, scalar


def summary_value(content: bytes) -> tuple[str, float | None]:
    """Return the tag of a summary's value and its number, or None where it is no scalar."""
    tag, scalar = "", None
    for number, value in fields(content):
        if isinstance(value, int):
            continue
        if number == TAG:
            tag = value.decode()
        elif number == SIMPLE_VALUE:
            scalar = single(value)
        elif number == TENSOR:
            scalar = tensor_scalar(value)
    return tag, scalar


def tensor_scalar(content: bytes) -> float | None:
    """Return the number of a tensor of one 32-bit number, or None."""
    values = [v for number, v in fields(content) if number in (CONTENT, FLOATS)]
    return next((single(v) for v in values if isinstance(v, bytes) and len(v) == 4), None)


def single(content: bytes) -> float:
    """Return the 32-bit number of four bytes."""
    return float(struct.unpack("<f", content)[0])


def fields(content: bytes) -> Iterator[Field]:
    """Yield the number and value of each field of a message; numbers of fixed size as bytes.

    Raises ValueError for a wire type that does not exist and for a number without end, IndexError
    for a message cut off.
    """
    at = 0
    while at < len(content):
        key, at = varint(content, at)
        kind = key & 7
        if kind == VARINT:
            number, at = varint(content, at)
            yield key >> 3, number
            continue
        if kind == BYTES:
            size, at = varint(content, at)
        else:
            size = {EIGHT_BYTES: 8, FOUR_BYTES: 4}.get(kind, -1)
        if size < 0 or at + size > len(content):
            raise ValueError(kind)
        yield key >> 3, content[at : at + size]
        at += size


def varint(content: bytes, at: int) -> tuple[int, int]:
    """Return the whole number in base 128 at a position, and the position after it."""
    number = 0
    for shift in range(0, 7 * VARINT_BYTES, 7):
        byte = content[at]
        number |= (byte & 127) << shift
        at += 1
        if byte < 128:
            return number, at
    raise ValueError(number)
