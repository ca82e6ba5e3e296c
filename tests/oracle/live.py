"""Random schedules against the real frameworks, live: `python tests/oracle/live.py --runs 4000`.

Run in an environment that has the frameworks; exits 1 if a single run disagrees.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent.parent)]

from sides import agree, dialects, random_specs, real_rates


def main() -> int:
    """Compare, print a line per dialect and each disagreement."""
    parser = argparse.ArgumentParser()
    parser.add_argument("dialects", nargs="*")
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    passed = failed = 0
    for dialect in asked.dialects or dialects():
        refused = wrong = 0
        for spec in random_specs(dialect, asked.runs, asked.seed):
            real = real_rates(dialect, spec)
            refused += real is None
            if not agree(dialect, spec, real):
                wrong += 1
                print(f"{dialect}: disagrees: {json.dumps(spec)[:600]}")
        told = f"{asked.runs - wrong} of {asked.runs} agree ({refused} refused by both)"
        print(f"{dialect}: {told}, seed {asked.seed}")
        if refused > asked.runs // 2:
            print(f"{dialect}: the oracle refuses most specs: is the framework installed?")
            wrong += 1
        passed, failed = passed + asked.runs - wrong, failed + wrong
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
