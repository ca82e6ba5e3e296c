"""Stand-ins: copies of a user's objects that can be stepped without changing the originals."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from copy import copy
from functools import cached_property, partial, singledispatch
from types import CellType, FunctionType, GeneratorType, MethodType
from typing import Any

from lrviz.core.errors import SpecError
from lrviz.objects.reader import class_names, readers

PICKLING = ("__copy__", "__deepcopy__", "__reduce__", "__reduce_ex__", "__getstate__")
"""Methods of classes whose instances must not be copied attribute by attribute."""


class Copier:
    """Copies state, and shares everything else.

    Containers, closures, bound methods and plain objects are copied, each once. Objects that a
    reader declares as shared (tensors, models) and objects without attributes are shared.
    """

    def __init__(self) -> None:
        self.copies: dict[int, Any] = {}
        self.originals: list[Any] = []
        """The objects that were copied: an id is only unique while its object is alive."""

    @cached_property
    def rules(self) -> dict[str, Callable[[Any, Copier], Any]]:
        """The functions that copy instances of a class, by its qualified name."""
        return {name: rule for reader in readers() for name, rule in reader.copies.items()}

    def put(self, original: Any, replacement: Any) -> Any:
        """Use a replacement wherever the original is referred to; return it."""
        self.copies[id(original)] = replacement
        self.originals.append(original)
        return replacement

    def copy(self, value: Any) -> Any:
        """Return the copy of a value, or the value itself where it is shared.

        Raises SpecError for a generator, which has a state that nobody can copy.
        """
        if id(value) in self.copies:
            return self.copies[id(value)]
        rules = (self.rules[name] for name in class_names(value) if name in self.rules)
        return self.put(value, next(rules, duplicate)(value, self))


@singledispatch
def duplicate(value: Any, copier: Copier) -> Any:
    """Return the copy of a value by its type: of a plain object its attributes' copies."""
    if not is_plain(value):
        return value
    try:
        twin = object.__new__(type(value))
    except TypeError:  # a class written in C
        return value
    copier.put(value, twin)  # before its attributes, which may refer to it
    for name, attribute in vars(value).items():
        twin.__dict__[name] = copier.copy(attribute)
    return twin


def is_plain(value: Any) -> bool:
    """Return whether an object's state is in its attributes only."""
    cls = type(value)
    if isinstance(value, type) or not hasattr(value, "__dict__"):
        return False
    return all(getattr(cls, name, None) is getattr(object, name, None) for name in PICKLING)


@duplicate.register(dict)
@duplicate.register(list)
@duplicate.register(deque)
def duplicate_container(value: Any, copier: Copier) -> Any:
    """Return a dict, list or deque (or one of a subclass) with copied items."""
    container = copier.put(value, copy(value))
    for key in container if isinstance(container, dict) else range(len(container)):
        container[key] = copier.copy(container[key])
    return container


@duplicate.register
def duplicate_tuple(value: tuple, copier: Copier) -> Any:  # type: ignore[type-arg]
    """Return a tuple of copied items; one with names for its items keeps them."""
    make = getattr(value, "_make", tuple)
    return make(copier.copy(item) for item in value)


@duplicate.register
def duplicate_set(value: set, _: Copier) -> Any:  # type: ignore[type-arg]
    """Return a set of the same items."""
    return copy(value)


@duplicate.register
def duplicate_method(value: MethodType, copier: Copier) -> Any:
    """Return the method of the object's copy."""
    return MethodType(value.__func__, copier.copy(value.__self__))


@duplicate.register
def duplicate_partial(value: partial, copier: Copier) -> Any:  # type: ignore[type-arg]
    """Return a function with copied arguments."""
    arguments, keywords = copier.copy(value.args), copier.copy(value.keywords)
    return partial(copier.copy(value.func), *arguments, **keywords)


@duplicate.register
def duplicate_function(function: FunctionType, copier: Copier) -> Any:
    """Return a function with copied attributes and variables of the functions around it."""
    outer = function.__closure__ or ()
    cells = tuple(CellType() for _ in outer)
    twin = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, cells
    )
    copier.put(function, twin)  # before its variables, which may refer to it
    twin.__kwdefaults__ = function.__kwdefaults__
    twin.__qualname__, twin.__module__ = function.__qualname__, function.__module__
    twin.__dict__.update(copier.copy(function.__dict__))
    for cell, original in zip(cells, outer, strict=True):
        try:
            contents = original.cell_contents
        except ValueError:  # a variable that is not bound yet
            continue
        cell.cell_contents = copier.copy(contents)
    return twin


@duplicate.register
def refuse_generator(value: GeneratorType, _: Copier) -> Any:  # type: ignore[type-arg]
    """Raise SpecError: stepping it would change the original."""
    message = f"the object holds a generator ({value.__name__}), which cannot be stepped on a copy"
    raise SpecError.of("", message, "unreadable-object")
