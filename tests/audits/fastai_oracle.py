"""Record what fastai suggests for range tests, by its own functions.

    pip download fastai==2.8.12 --no-deps --dest FOLDER
    python tests/audits/fastai_oracle.py FOLDER/fastai-2.8.12-py3-none-any.whl

Only the three functions are taken from the package, so that torch is all they need.
"""

from __future__ import annotations

import ast
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

NAMES = ("valley", "steep", "minimum")


def functions(wheel: str) -> dict[str, Any]:
    source = zipfile.ZipFile(wheel).read("fastai/callback/schedule.py").decode()
    tree = ast.parse(source)
    tree.body = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name in NAMES]
    names: dict[str, Any] = {}
    exec(compile(tree, wheel, "exec"), names)
    return names


def tests() -> list[dict[str, Any]]:
    rng, cases = np.random.default_rng(4), []
    for count in (40, 60, 100, 100, 200, 100):
        rates = 1e-7 * 1e8 ** (np.arange(count) / count)
        x = np.log10(rates)
        middle, noise = rng.uniform(-4, -2), rng.choice([0.01, 0.1, 0.3])
        losses = 2.3 - 1.5 / (1 + np.exp(-2.5 * (x - middle)))
        losses += np.exp(6 * (x - middle - 2.5)) + rng.normal(0, noise, count)
        shown = [float(f"{r:.6e}") for r in rates]
        cases.append({"lr": shown, "loss": np.round(losses, 5).tolist()})
    return cases


def smoothed(losses: list[float], beta: float = 0.98) -> list[float]:
    """Return fastai's AvgSmoothLoss after each loss."""
    value, out = torch.tensor(0.0, dtype=torch.float64), []
    for count, loss in enumerate(losses, 1):
        value = torch.lerp(torch.tensor(loss, dtype=torch.float64), value, beta)
        out.append(float(value / (1 - beta**count)))
    return out


def main(wheel: str) -> None:
    suggest = functions(wheel)
    cases = tests()
    for case in cases:
        losses, best, stop = smoothed(case["loss"]), float("inf"), len(case["loss"])
        for index, loss in enumerate(losses):  # LRFinder.after_batch
            best = min(best, loss)
            if loss > 4 * best:
                stop = index + 1
                break
        part = slice(len(losses) // 10, stop - 5)
        rates = torch.tensor(case["lr"][part], dtype=torch.float64)
        kept = torch.tensor(losses[part], dtype=torch.float64)
        case |= {name: float(suggest[name](rates, kept, len(losses))[0]) for name in NAMES}
    path = Path(__file__).parent / "range_tests.json"
    path.write_text(json.dumps(cases) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
