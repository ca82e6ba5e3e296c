"""Random specs of every dialect through the checks: `python tests/oracle/check_live.py --runs N`.

Each spec is checked over its natural length, over a run of its own, and over epochs; a rule that
raises is printed, and the exit status is 1. Run in an environment that has the frameworks, whose
generators of specs are used.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent.parent)]

from sides import RUN, dialects, specs

from lrviz.checks.check import check_table
from lrviz.core.errors import SpecError
from lrviz.core.register import register
from lrviz.curves.curve import Curve
from lrviz.curves.table import tabulate
from lrviz.run import Run


def main() -> int:
    """Check the specs and print what failed, with a summary."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    checked = failed = 0
    for dialect in dialects():
        for spec in islice(specs(dialect, options.seed), options.runs):
            for run in (Run(), Run(steps=spec["steps"]), Run(epochs=13, steps_per_epoch=20)):
                try:
                    checked += is_checked(spec, run)
                except Exception as error:
                    failed += 1
                    print(f"{dialect}: {error!r} at {run}: {json.dumps(spec)[:600]}")
    print(f"{checked} curves checked, {failed} failed, seed {options.seed}")
    return 1 if failed or not checked else 0


def is_checked(spec: dict[str, Any], run: Run) -> bool:
    """Check a spec's curve; return False where lrviz refuses the spec itself."""
    cls = register.find(spec["schedule"])
    assert cls is not None, spec["schedule"]
    try:
        schedule = cls.model_validate({k: v for k, v in spec.items() if k not in RUN})
        table = tabulate([Curve("curve", schedule, float(spec.get("lr", 0.1)), run)])
    except (SpecError, ValueError):
        return False
    check_table(table)
    return True


if __name__ == "__main__":
    sys.exit(main())
