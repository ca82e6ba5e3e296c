"""detectron2's YAML: its solver, with the files that `_BASE_` names."""

from __future__ import annotations

import ast
from typing import Any, NamedTuple

from lrviz.core.text import format_number
from lrviz.trainers.conversions import numbers_of
from lrviz.trainers.document import Document
from lrviz.trainers.format import Format
from lrviz.trainers.inheritance import note_unread_bases, over_bases
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.source import Source

BASE = "_BASE_"
OWN_KEYS = ("SOLVER.BASE_LR", "SOLVER.MAX_ITER")
SCHEDULES = (
    "WarmupMultiStepLR", "WarmupCosineLR", "WarmupStepWithFixedGammaLR", "WarmupPolyLR",
)  # fmt: skip
METHODS = ("linear", "constant")
GROUPS = {"SOLVER.BIAS_LR_FACTOR": "biases", "SOLVER.BACKBONE_MULTIPLIER": "backbone"}
"""The parameters whose rate each key multiplies; the second key is that of projects."""
MAX_LITERAL_LENGTH = 10_000


def parse(source: Source) -> Document | None:
    """Return a file's document over those that it inherits from; None where there are none.

    Those that cannot be read are left out where the file has the length of the run and the rates
    itself.
    """
    has_name = source.has("SOLVER.LR_SCHEDULER_NAME")
    return over_bases(source, BASE, OWN_KEYS if has_name else (*OWN_KEYS, "SOLVER.STEPS"))


class Solver(NamedTuple):
    """The numbers of a solver that follow the number of processes."""

    lr: float
    max_iter: int
    steps: tuple[int, ...]
    warmup_iters: int

    def for_processes(self, share: float) -> Solver:
        """Return the solver for `share` times as many processes, with the same data."""
        return Solver(
            self.lr * share,
            round(self.max_iter / share),
            tuple(round(step / share) for step in self.steps),
            round(self.warmup_iters / share),
        )


def read(reading: Reading) -> Plan:
    """Return the plan of a detectron2 file, as its solver builds the schedule."""
    note_unread_bases(reading, BASE)
    solver = solver_of(reading)
    total = reading.total(solver.max_iter)
    name = reading.choice(
        "SOLVER.LR_SCHEDULER_NAME", choices=SCHEDULES, default="WarmupMultiStepLR"
    )
    parameters: dict[str, Any] = {
        "max_iter": total.steps,
        "warmup_factor": reading.number("SOLVER.WARMUP_FACTOR", default=0.001),
        "warmup_iters": solver.warmup_iters,
        "warmup_method": reading.choice("SOLVER.WARMUP_METHOD", choices=METHODS, default="linear"),
        **own_parameters(reading, name, solver),
    }
    if name != "WarmupPolyLR" and reading.flag("SOLVER.RESCALE_INTERVAL", default=False):
        parameters["rescale_interval"] = True
    note_oddities(reading, name, solver._replace(max_iter=total.steps))
    reading.raise_faults()
    return reading.plan(f"detectron2.{name}", parameters, lr=solver.lr, total=total)


def solver_of(reading: Reading) -> Solver:
    """Return the numbers of the solver, scaled where the file asks for it."""
    steps = reading.checked(
        literal_numbers, "must be numbers in parentheses", ("SOLVER.STEPS",), (30_000,), ""
    )
    solver = Solver(
        float(reading.number("SOLVER.BASE_LR", default=0.001)),
        max(reading.integer("SOLVER.MAX_ITER", default=40_000), 1),
        tuple(int(step) for step in steps),
        max(reading.integer("SOLVER.WARMUP_ITERS", default=1_000), 0),
    )
    reference = reading.integer("SOLVER.REFERENCE_WORLD_SIZE", default=0)
    processes = reading.request.integer("world_size")
    if reference < 1 or processes in (None, reference):
        return solver
    scaled = solver.for_processes(processes / reference)
    reading.convert(
        f"{reference} to {processes} processes: BASE_LR {format_number(scaled.lr)}, "
        f"MAX_ITER {scaled.max_iter:,}, WARMUP_ITERS {scaled.warmup_iters:,}"
    )
    return scaled


def own_parameters(reading: Reading, name: str, solver: Solver) -> dict[str, Any]:
    """Return the parameters that only one type of schedule has."""
    if name == "WarmupPolyLR":
        return {
            "power": reading.number("SOLVER.POLY_LR_POWER", default=0.9),
            "constant_ending": reading.number("SOLVER.POLY_LR_CONSTANT_ENDING", default=0.0),
        }
    if name == "WarmupCosineLR":
        return {"base_lr_end": reading.number("SOLVER.BASE_LR_END", default=0.0)}
    gamma = reading.number("SOLVER.GAMMA", default=0.1)
    if name == "WarmupMultiStepLR":
        return {"milestones": list(solver.steps), "gamma": gamma}
    return {"num_decays": reading.integer("SOLVER.NUM_DECAYS", default=3), "gamma": gamma}


def note_oddities(reading: Reading, name: str, solver: Solver) -> None:
    """Note what a run of this file does that its author may not expect."""
    if name == "WarmupMultiStepLR" and any(step > solver.max_iter for step in solver.steps):
        reading.decide("oddity", "STEPS after MAX_ITER are dropped", "SOLVER.STEPS")
    if solver.warmup_iters > solver.max_iter:
        reading.oddity(
            f"the warm-up of {solver.warmup_iters:,} iterations is squeezed into "
            f"the {solver.max_iter:,} of the run"
        )
    for key, group in GROUPS.items():
        reading.scale_group(group, key, reading.number(key, default=1.0), scales_floor=True)


def literal_numbers(value: Any) -> list[int | float] | None:
    """Return the numbers of a list, or of a text that is a Python tuple, as `(60000, 80000)`."""
    if isinstance(value, str) and len(value) <= MAX_LITERAL_LENGTH:
        try:
            value = ast.literal_eval(value.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None
    return numbers_of(value)


FORMAT = Format(
    name="detectron2",
    title="detectron2",
    rank=40,
    version="detectron2 of 2026-06-06",
    read=read,
    keys=(
        ("SOLVER", BASE),
        (
            "SOLVER.BASE_LR", "SOLVER.MAX_ITER", "SOLVER.STEPS", "SOLVER.LR_SCHEDULER_NAME",
            "SOLVER.IMS_PER_BATCH",
        ),
    ),
    parse=parse,
)  # fmt: skip
