"""The example configs: each file in `examples/FORMAT/` is declared in `examples/FORMAT.yaml`.

A declaration is a list; an item says how a file is read, and what it must mean:

    - file: ratio.yaml            # in the folder of the format's name
      flags: {total_steps: 500}   # of the run and of TrainerSettings; none if left out
      class: absolute             # a value of Drawability
      spec: {schedule: transformers.cosine, num_warmup_steps: 50, ..., lr: 2e-5, steps: 500}
      rates: {0: 0, 25: 1e-5}     # at steps of the curve's axis
      groups: {biases: {0: 0, 25: 2e-5}}   # the rates of groups of parameters with others
      notes: [a note, word for word]
      trace: ["conversion: warmup_ratio: ceil(0.1 x 500 steps) = 50 steps"]   # some of its lines
    - file: plateau.yaml
      error: "lr_scheduler_type reduce_lr_on_plateau follows a metric; ..."   # instead of a meaning
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lrviz.specfile.contents import LoadedSpec
from lrviz.specfile.source import load_spec
from lrviz.trainers.document import read_document
from lrviz.trainers.settings import TrainerSettings

EXAMPLES = Path(__file__).parent / "examples"


@dataclass(frozen=True)
class Example:
    """A config, the flags that it is read with, and what it must mean; or its one error."""

    format: str
    file: str
    flags: Mapping[str, Any] = field(default_factory=dict)
    drawability: str = ""
    spec: Mapping[str, Any] = field(default_factory=dict)
    rates: Mapping[str, float] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    notes: Sequence[str] = ()
    trace: Sequence[str] = ()
    error: str = ""

    def __str__(self) -> str:
        flags = ",".join(f"{name}={value}" for name, value in self.flags.items())
        return f"{self.format}/{self.file}" + (f" {flags}" if flags else "")

    @property
    def path(self) -> Path:
        return EXAMPLES / self.format / self.file

    def load(self) -> LoadedSpec:
        """Read the config with its flags. Raises SpecError where the config is faulty."""
        names = TrainerSettings.model_fields
        run = {name: value for name, value in self.flags.items() if name not in names}
        trainer = {name: value for name, value in self.flags.items() if name in names}
        return load_spec(str(self.path), run, trainer=trainer)


def read_examples(declaration: Path) -> list[Example]:
    items = read_document(declaration.read_text(encoding="utf-8")).data
    return [
        Example(format=declaration.stem, drawability=item.pop("class", ""), **item)
        for item in items
    ]


EVERY = [item for path in sorted(EXAMPLES.glob("*.yaml")) for item in read_examples(path)]
MEANINGFUL = [item for item in EVERY if not item.error]
