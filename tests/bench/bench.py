"""Speed beside the usual scripts, as ratios, both sides in one run: `python tests/bench/bench.py`.

Each pair of whole processes is run in turn, A B A B ..., after a warm-up; the median of the pairs'
ratios is printed. Install lrviz as its users do (`pip install .`), for the bytecode to be there.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from lrviz.core.register import register
from lrviz.specfile.source import load_named

HERE = Path(__file__).parent
LRVIZ = [str(Path(sys.executable).parent / "lrviz")]
STEPS = 10_000_000


def script(name: str) -> list[str]:
    """Return the command of one of the usual scripts."""
    return [sys.executable, str(HERE / f"{name}.py")]


def seconds(command: list[str], folder: str) -> float:
    """Return the wall time of a whole process."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - start


def ratio(ours: list[str], usual: list[str], folder: str, runs: int = 9) -> float:
    """Return the median ratio of two commands' times, run in turn."""
    for command in (ours, usual):
        seconds(command, folder)
    return statistics.median(seconds(ours, folder) / seconds(usual, folder) for _ in range(runs))


def best(call: Callable[[], object], runs: int = 3) -> float:
    """Return the shortest time of a call."""
    found = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return min(found)


def peak_memory(command: list[str], folder: str) -> float:
    """Return the peak memory of a process in MB."""
    line = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, "
        "capture_output=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", line, *command], cwd=folder, check=True, capture_output=True
    )
    return int(done.stdout) / 1024


def row(what: str, value: float, most: float, unit: str = "x") -> None:
    """Print a line of the table."""
    met = "met" if value <= most else "MISSED"
    print(f"{what:<66} {value:8.2f} {unit:<3} at most {most:6.2f}  {met}", flush=True)


def processes(folder: str) -> None:
    """Whole processes against the scripts that people write."""
    plot = [*LRVIZ, "plot", "cosine", "--t-max", "100"]
    text = [*plot, "--no-image"]
    row("plot --no-image / ten lines by hand", ratio(text, script("usual_text"), folder), 1.25)
    row("plot / ten lines of matplotlib", ratio(plot, script("usual_figure"), folder), 1.6)
    if torch_is_here():
        row("plot / torch, a loop and matplotlib", ratio(plot, script("usual_torch"), folder), 0.35)
    bare = [sys.executable, "-c", "import typer, rich.console"]
    row("lrviz --help / importing typer and rich", ratio([*LRVIZ, "--help"], bare, folder), 1.9)
    long = [*LRVIZ, "plot", "cosine:t_max=10000000", "-q", "-o", "long.png"]
    brief = [*LRVIZ, "plot", "cosine:t_max=1000", "-q", "-o", "brief.png"]
    row("picture of 10,000,000 steps / of 1,000", ratio(long, brief, folder, 5), 2.0)
    row("its memory", peak_memory(long, folder), 400, "MB")


def torch_is_here() -> bool:
    """Return whether the usual script can run; say so where it cannot."""
    done = subprocess.run([sys.executable, "-c", "import torch"], capture_output=True, check=False)
    if done.returncode:
        print("plot / torch, a loop and matplotlib: not measured, torch is not installed here")
    return done.returncode == 0


def export(folder: str) -> None:
    """The CSV of a million steps of three curves against np.savetxt."""
    curves = ["cosine:t_max=1000000", "exponential:gamma=0.999999", "linear:total_iters=1000000"]
    ours = [*LRVIZ, "export", *curves, "-q", "--steps", "1000000", "-o", "ours.csv"]
    row("export of 1,000,000 x 3 / np.savetxt", ratio(ours, script("usual_csv"), folder, 3), 1.0)
    small = [word.replace("1000000", "500000") if word == "1000000" else word for word in ours]
    grown = (peak_memory(ours, folder) - peak_memory(small, folder)) * 1024**2
    row("its memory for each further step and curve", grown / 500_000 / 3, 8.0, "B")


def checks(folder: str) -> None:
    """The checks of a million steps against the export of the same curve."""
    for name in ("cosine", "wsd", "plateau"):
        curve = [name, "--steps", "1000000", "-q"]
        ours, usual = [*LRVIZ, "check", *curve, "--exit-zero"], [*LRVIZ, "export", *curve]
        row(f"check of 1,000,000 steps of {name} / export", ratio(ours, usual, folder, 3), 1.15)


def sampling() -> None:
    """Ten million steps of each leaf against one np.cos of that size."""
    angles = np.linspace(0, np.pi, STEPS)
    cosine = best(lambda: np.cos(angles))
    for cls in register.all():
        curve = load_named(cls.title(), {}).curves[0]
        driven = "metric" in cls.model_fields or "schedules" in cls.model_fields
        end = curve.schedule.end()
        if driven or (cls.clock_unit == "epoch" and "function" in cls.model_fields):
            continue
        parameters = {"total_steps": STEPS} if end else {}
        curve = load_named(cls.title(), parameters).curves[0]
        taken = best(lambda c=curve: c.sample(range(STEPS)))  # type: ignore[misc]
        row(f"10,000,000 steps of {cls.title()} / np.cos", taken / cosine, 3.0)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    row("arrays of that size at once, at the most", used / (STEPS * 8 / 1024**2), 5.0, "")


def main() -> None:
    """Print the table."""
    os.environ.setdefault("MPLCONFIGDIR", tempfile.mkdtemp())
    with tempfile.TemporaryDirectory() as folder:
        processes(folder)
        export(folder)
        checks(folder)
    sampling()


if __name__ == "__main__":
    main()
