"""What commands print, recorded: `python tests/docs.py --write` records it."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.conftest import ROOT, Shell

FILE = ROOT / "tests" / "cli" / "outputs.json"
SPECS = {
    "three.yaml": (
        "steps: 120\nlr: 0.01\ncurves:\n- {schedule: cosine, T_max: 120, label: one}\n"
        "- {schedule: step, step_size: 40, label: a rather long label of a curve}\n"
        "- {schedule: linear, start_factor: 1, end_factor: 0.1, total_iters: 80, label: 学習率}\n"
    ),
    "fault.yaml": "schedule: cosine\nT_max: 500\nsteps: 100\nby: epoch\nsteps_per_epoch: 10\n",
    "lrviz.toml": "width = 72\n",
}
LINES = (
    "plot cosine --t-max 60 --warmup 12 --no-image",
    "plot step --log-y --lr 3 --height 6 --no-image --width 40",
    "plot plateau --metric [3,2,2,2,2,2] --patience 1 --no-image",
    "plot exponential --gamma [0.9,0.95] --range 10:60:5 --no-image",
    "plot cosine --t-max 60 --as-if stepped-n-times:n=4 --no-image",
    "plot three.yaml --y-min 0.002 --y-max 0.008 --no-image",
    "compare three.yaml --no-image",
    "compare three.yaml --no-image --width 40 --baseline one",
    "compare three.yaml --no-image --color always --axis percent",
    "measure three.yaml",
    "measure sgdr --width 50",
    "measure step --json",
    "dialects --total 50 --warmup 5 --peak 0.003 --no-image",
    "list cosine",
    "list warmup --width 50",
    "show onecycle",
    "show timm.cosine --width 60",
    "check fault.yaml",
    "check --explain never-lands",
    "check fault.yaml --json",
    "advise",
    "advise finetuning --steps 1000",
    "advise finetuning --steps 1000 --width 48",
    "find-lr test.csv --no-image",
    "find-lr test.csv --no-image --width 44 --smoothing 0",
    "audit log.csv --against three.yaml#one --no-image",
    "audit log.csv --no-image",
    "audit log.csv --against cosine --steps 100 --lr 0.02 --no-image",
    "export step --steps 90 --every 40",
    "export step --long --range 28:32",
    "export step --steps 3 --json",
    "code cosine --t-max 60 --as optax",
    "code three.yaml --as torch",
    "plot cosin",
    "plot fault.yaml#none",
    "compare",
)


def write_files(folder: Path) -> None:
    """Write the specs and logs that the commands read."""
    for name, text in SPECS.items():
        (folder / name).write_text(text, encoding="utf-8")
    rates = 0.01 * (1 + np.cos(np.pi * np.arange(120) / 120)) / 2
    rows = (f"{step},{rate:.8g}\n" for step, rate in enumerate(rates.tolist()) if step % 3 == 0)
    (folder / "log.csv").write_text("step,lr\n" + "".join(rows), encoding="utf-8")
    tested = np.geomspace(1e-6, 1, 80)
    losses = np.r_[np.full(30, 4.0), np.linspace(4, 2, 40), np.linspace(2, 9, 10)]
    pairs = zip(tested.tolist(), losses.tolist(), strict=True)
    rows = (f"{rate:.6g},{loss:.6g}\n" for rate, loss in pairs)
    (folder / "test.csv").write_text("lr,loss\n" + "".join(rows), encoding="utf-8")


def output_of(line: str) -> list[str]:
    """Return what a command prints, line by line: its status, its notes, and its output."""
    with TemporaryDirectory() as folder:
        write_files(Path(folder))
        done = Shell(Path(folder))(*line.split())
    return [f"status {done.returncode}", *done.stderr.splitlines(), "", *done.stdout.splitlines()]


def recorded() -> dict[str, list[str]]:
    """Return the outputs in the file."""
    return json.loads(FILE.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def write() -> None:
    """Record every output."""
    outputs = {line: output_of(line) for line in LINES}
    text = json.dumps(outputs, indent=1, ensure_ascii=False)
    FILE.write_text(text + "\n", encoding="utf-8")
