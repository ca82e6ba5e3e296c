"""The members, nesting and metadata of annotated types."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin


def union_members(annotation: Any) -> list[Any]:
    """Return the types that a type is a union of, without their annotations."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) not in (Union, UnionType):
        return [annotation]
    return [kind for member in get_args(annotation) for kind in union_members(member)]


def list_depth(annotation: Any) -> int:
    """Return how deep the lists of a type are nested: 0 for no list, 2 for a list of pairs."""
    lists = [kind for kind in union_members(annotation) if get_origin(kind) is tuple]
    return max((1 + list_depth(get_args(kind)[0]) for kind in lists), default=0)


def metadata_in(annotation: Any) -> Iterator[Any]:
    """Yield the metadata of a type and of its arguments, at any depth."""
    if get_origin(annotation) is Annotated:
        yield from annotation.__metadata__
    for argument in get_args(annotation):
        yield from metadata_in(argument)
