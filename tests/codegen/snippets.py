"""The code of every schedule's example: `python tests/docs.py --write` records it."""

from __future__ import annotations

import json

import lrviz
from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.specfile.source import load_named
from tests.conftest import ROOT

FILE = ROOT / "tests" / "codegen" / "snippets.json"
TARGETS = ("torch", "keras", "optax")
"""One framework for each language of arithmetic: Python's, Keras's and JAX's."""


def snippets_of(cls: type[Schedule]) -> dict[str, list[str]]:
    """Return the code of a schedule's example by framework, in lines."""
    curve = load_named(cls.title(), {}).curves[0]
    return {target: lrviz.code(curve, target).splitlines() for target in TARGETS}


def recorded() -> dict[str, dict[str, list[str]]]:
    """Return the code in the file."""
    return json.loads(FILE.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def write() -> None:
    """Record every example's code."""
    snippets = {cls.title(): snippets_of(cls) for cls in register.all()}
    FILE.write_text(json.dumps(snippets, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
