"""The Keras twins of the article's schedules: what differs, and what makes the two agree.

A pair is a spec file of two curves in `configs/counterparts/`; the Keras side as it has to be changed is
the file of that name in `configs/counterparts/mended/`, and without one the pair agrees as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lrviz.core.numbers import brief, short
from lrviz.curves.curve import Curve
from lrviz.curves.facts import difference, facts
from lrviz.curves.table import Column, Table, tabulate
from lrviz.specfile import shipped
from lrviz.specfile.source import Sheet, load_sheet


@dataclass(frozen=True)
class Twin:
    """A pair: the number of its schedule's figure, what it is called, and its spec file."""

    number: int
    caption: str
    name: str

    @property
    def stem(self) -> str:
        """Return the pictures' file name without its ending."""
        return f"twin{self.number:02d}"

    @property
    def path(self) -> Path:
        """Return the spec file of both curves."""
        return shipped.folder() / "counterparts" / f"{self.name}.yaml"

    @property
    def mended_path(self) -> Path | None:
        """Return the spec file of the changed Keras side, or None where none is needed."""
        path = self.path.parent / "corrected" / self.path.name
        return path if path.exists() else None

    @cached_property
    def sheet(self) -> Sheet:
        """Return both curves, and the picture's settings."""
        return load_sheet(str(self.path))

    @cached_property
    def table(self) -> Table:
        """Return both curves over the run, PyTorch's first."""
        return tabulate(self.sheet.curves)

    @cached_property
    def mended(self) -> Column:
        """Return the Keras side that agrees, over the run."""
        if self.mended_path is None:
            return self.table.columns[1]
        return tabulate(load_sheet(str(self.mended_path)).curves).columns[0]

    def agrees(self) -> bool:
        """Tell whether the changed Keras side is PyTorch's curve, but for rounding."""
        torch = self.table.columns[0]
        same_run = self.mended.steps == torch.steps
        return same_run and difference(self.mended, torch).first_step is None


LONGEST_CHANGE = 60
TWINS = (
    Twin(1, "StepLR", "step"),
    Twin(2, "MultiStepLR", "multistep"),
    Twin(3, "ExponentialLR", "exponential"),
    Twin(4, "CosineAnnealingLR", "cosine"),
    Twin(5, "CosineAnnealingWarmRestarts", "warm-restarts"),
    Twin(6, "ReduceLROnPlateau", "plateau"),
    Twin(7, "LinearLR", "linear"),
    Twin(8, "PolynomialLR", "polynomial"),
    Twin(9, "LambdaLR", "lambda"),
    Twin(10, "OneCycleLR", "onecycle"),
    Twin(12, "Warm-up, then cosine", "warmup-cosine"),
)


def section(twin: Twin) -> list[str]:
    """Return a pair's lines of the gallery's page."""
    picture = f"[![{twin.caption} and its Keras twin]({twin.stem}.png)]({twin.stem}.svg)"
    command = ["```console", f"$ lrviz compare configs/counterparts/{twin.name}.yaml", "```"]
    lines = [f"## Twins {twin.number}: {twin.caption}", "", picture, "", *command, ""]
    lines += [*yaml_block(twin.path), "", told(twin), ""]
    if twin.mended_path is None:
        return lines
    lines += [f"What makes them agree: {'; '.join(changes(twin))}.", ""]
    return [*lines, *yaml_block(twin.mended_path), "", verdict(twin), ""]


def yaml_block(path: Path) -> list[str]:
    """Return a file as a block of YAML."""
    return ["```yaml", path.read_text(encoding="utf-8").rstrip(), "```"]


def told(twin: Twin) -> str:
    """Return what differs between the curves of a pair, from their rates and clocks."""
    torch, keras = twin.table.columns
    clocks = f"PyTorch ticks {clock(torch.curve)}, Keras {clock(keras.curve)}."
    if clock(torch.curve) == clock(keras.curve):
        clocks = f"Both tick {clock(torch.curve)}."
    apart = difference(keras, torch)
    if apart.first_step is None or apart.largest_step is None:
        return f"{clocks} They agree at each of the {len(torch.steps):,} steps."
    every = torch.curve.steps_per_epoch or 1
    at = apart.largest_step
    ours, theirs = short(keras.rates[at]), short(torch.rates[at])
    ends = f"{short(facts(torch).last)} in PyTorch and {short(facts(keras).last)} in Keras"
    first = f"first at {when(apart.first_step, every)}, and " if apart.first_step != at else ""
    return (
        f"{clocks} They differ {first}most at {when(at, every)}, where Keras has {ours} and "
        f"PyTorch {theirs}. The last rates are {ends}."
    )


def clock(curve: Curve) -> str:
    """Return how often a curve's schedule ticks, in words."""
    if curve.ticks_by_epoch:
        return f"once an epoch of {curve.steps_per_epoch} steps"
    return "at every optimizer step"


def when(step: int, every: int) -> str:
    """Return a step with its epoch."""
    return f"step {step} (epoch {step // every})"


def changes(twin: Twin) -> Iterator[str]:
    """Yield each key of the Keras side whose value has to be another."""
    before, after = twin.table.columns[1].curve.spec(), twin.mended.curve.spec()
    for key in after:
        if key == "label" or before.get(key) == after[key]:
            continue
        if key == "by":
            yield "the Keras schedule asked once an epoch, by a LearningRateScheduler (`by: epoch`)"
        elif len(flow(after[key])) > LONGEST_CHANGE:
            yield f"another `{key}`, as below"
        else:
            yield f"`{key}: {flow(after[key])}` for `{flow(before.get(key))}`"


def flow(value: Any) -> str:
    """Return a value as YAML writes it in a line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(each)}" for key, each in value.items()) + "}"
    return "[" + ", ".join(map(flow, value)) + "]" if isinstance(value, list) else brief(value)


def verdict(twin: Twin) -> str:
    """Return whether the changed Keras side agrees, as its rates are."""
    steps = len(twin.table.steps)
    if twin.agrees():
        return f"Checked: so changed, the two agree at each of the {steps:,} steps."
    return "Even so changed, the two do not agree."
