"""The names of a Python program that may be schedulers, read without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

ENTRY = "main"


def names_in_program(text: str) -> list[str]:
    """Return the names of a program's functions and of the results of calls that it assigns.

    Only those at its top level count, and none that begins with `_`. A program that cannot be
    parsed has none.
    """
    try:
        program = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    names = (name for statement in program.body for name in names_of(statement))
    return [name for name in dict.fromkeys(names) if name != ENTRY and not name.startswith("_")]


def names_of(statement: ast.stmt) -> Iterator[str]:
    """Yield the name of a function, or those to which the result of a call is assigned.

    Of a class only that of a LightningModule counts, which has schedulers.
    """
    if isinstance(statement, ast.FunctionDef) or is_lightning_module(statement):
        yield statement.name
    elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
        yield from (target.id for target in statement.targets if isinstance(target, ast.Name))


def is_lightning_module(statement: ast.stmt) -> TypeGuard[ast.ClassDef]:
    """Return whether a statement defines a class with `configure_optimizers`."""
    return isinstance(statement, ast.ClassDef) and any(
        isinstance(item, ast.FunctionDef) and item.name == "configure_optimizers"
        for item in statement.body
    )
