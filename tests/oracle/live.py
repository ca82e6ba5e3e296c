"""Random schedules against the real frameworks, live: `python tests/oracle/live.py --runs 4000`.

Both sides must have the same rates and fail at the same step. Run in an environment that has the
frameworks; exits 1 if a single run disagrees.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from itertools import islice
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent.parent)]

from sides import agree, dialects, our_run, real_run, specs


def compare(dialect: str, runs: int, seed: int) -> int:
    """Print each disagreement and a summary; return the number of disagreements."""
    refused = stopped = wrong = 0
    for spec in islice(specs(dialect, seed), runs):
        real, ours = real_run(dialect, spec), our_run(spec)
        refused += not real.rates
        stopped += bool(real.rates and real.failure)
        if not agree(dialect, spec, ours, real):
            wrong += 1
            print(f"{dialect}: disagrees: {json.dumps(spec)[:600]}")
            print(f"    {dialect}: {real}; lrviz: {ours}")
    print(
        f"{dialect}: {runs - wrong} of {runs} agree "
        f"({refused} refused, {stopped} stop before their last step), seed {seed}",
        flush=True,
    )
    if refused > runs // 2:
        print(f"{dialect}: most specs are refused: is the framework installed?")
        wrong += 1
    return wrong


def main() -> int:
    """Compare the dialects of the command line, or all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("dialects", nargs="*")
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    names = options.dialects or dialects()
    wrong = sum(compare(dialect, options.runs, options.seed) for dialect in names)
    print(f"{options.runs * len(names) - wrong} passed, {wrong} failed")
    return 1 if wrong or not options.runs else 0


if __name__ == "__main__":
    sys.exit(main())
