"""Specs with a value changed, word for word: `python tests/docs.py --write` records what they are.

What a spec means is tested elsewhere; here no message, place or setting changes unnoticed.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from functools import cache

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.curves.curve import Curve
from lrviz.specfile.contents import LoadedSpec, read_bytes
from lrviz.specfile.keys import Context
from lrviz.specfile.source import load_spec, locate_nowhere
from tests.conftest import ROOT

FILE = ROOT / "tests" / "specfile" / "recorded.json"
CHANGES = 4
"""How many other values each value of a file gets."""
FILES = sorted((ROOT / "tests" / "specfile" / "specs").glob("*.yaml"))
INLINE = {
    "cosine": "cosine:T_max=90,lr=0.2,steps=100,warmup=10",
    "multistep": "multistep:milestones=[30,60],gamma=0.5,epochs=90,by=epoch",
    "optax": "optax.warmup_cosine_decay_schedule:peak_value=0.3,steps=400,floor=1%",
    "wsd": "wsd:total_steps=1k,warmup=5%,lr=3e-4,steps=1k",
}
VALUES = ("", "-1", "0", "0.5", "1", "7", "200", "1e9", "10%", "300%", "2 epochs", "x", "'5'",
          "true", "null", "[]", "[1, 2]", "{}", "{steps: 3}", ".inf", "1,5", "cosine")  # fmt: skip
VALUE = re.compile(r"(?m)^([ -]*)(\w+)(: )(.+)$|()(\w+)(=)((?:\[[^]]*\]|[^,=:])+)")
"""A key and its value, in a line of a file or in an inline spec."""

Record = dict[str, list[str]]


def changed(text: str) -> Iterator[tuple[str, str]]:
    """Yield a spec with another value for each of its keys, and with each key mistyped."""
    yield "as it is", text
    choice = random.Random(text)
    for match in VALUE.finditer(text):
        indent, key, mark, old = (part for part in match.groups() if part is not None)
        before, after = text[: match.start()] + indent, text[match.end() :]
        yield f"{key} mistyped", f"{before}{key[:-1]}{mark}{old}{after}"
        for value in choice.sample(VALUES, CHANGES):
            yield f"{key}{mark}{value}", f"{before}{key}{mark}{value}{after}"


def file_lines(text: str) -> list[str]:
    """Return the lines of what the text of a file means, or its errors."""
    context = Context(locate_nowhere)
    return lines_of(lambda: read_bytes(text.encode(), "a.yaml", context))


def inline_lines(spec: str) -> list[str]:
    """Return the lines of what an inline spec means, or its errors."""
    return lines_of(lambda: load_spec(spec))


def lines_of(load: Callable[[], LoadedSpec]) -> list[str]:
    """Return a line for each curve, and for the settings of their picture; or the errors."""
    try:
        loaded = load()
    except SpecError as error:
        return list(map(finding_line, error.findings))
    return [*map(curve_line, loaded.curves), *([f"{loaded.figure}"] if loaded.figure else [])]


def curve_line(curve: Curve) -> str:
    """Return a curve with its run, its place and its notes."""
    run = curve.run.model_dump(exclude_none=True)
    notes = [finding_line(note) for note in curve.notes]
    return f"{curve.label}: {curve.call()} by {curve.by} {run} {curve.place} {notes or ''}".strip()


def finding_line(finding: Finding) -> str:
    """Return a finding with its id and how severe it is."""
    return f"{finding.severity} {finding.id}: {finding}"


def records() -> dict[str, Record]:
    """Return what each spec is, as it is and with its values changed."""
    files = {file.stem: {what: file_lines(new) for what, new in changed(file.read_text("utf-8"))}
             for file in FILES}  # fmt: skip
    inline = {f"inline {name}": {what: inline_lines(new) for what, new in changed(text)}
              for name, text in INLINE.items()}  # fmt: skip
    return {**files, **inline}


@cache
def recorded() -> dict[str, Record]:
    """Return the records in the file."""
    return json.loads(FILE.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def write() -> None:
    """Record every spec."""
    text = json.dumps(records(), indent=1, ensure_ascii=False)
    FILE.write_text(f"{text}\n", encoding="utf-8")
