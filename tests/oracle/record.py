"""Record the real frameworks' rates for the default test run: `python tests/oracle/record.py`.

Writes `rates/DIALECT-VERSION.json`: specs with the rates of some steps, or null where refused.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent.parent)]

from sides import HERE, dialects, oracle, random_specs, real_rates

COUNT, SEED = 60, 20_130


def main() -> None:
    """Record every dialect that is asked for, or all."""
    for dialect in sys.argv[1:] or dialects():
        library = oracle(dialect).LIBRARY
        number = version(library) if library else "papers"
        recorded = [
            {"spec": spec, "rates": real_rates(dialect, spec)}
            for spec in random_specs(dialect, COUNT, SEED)
        ]
        for old in (HERE / "rates").glob(f"{dialect}-*.json"):
            old.unlink()
        path = HERE / "rates" / f"{dialect}-{number.split('+')[0]}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text("[\n" + ",\n".join(map(json.dumps, recorded)) + "\n]\n", encoding="utf-8")
        print(f"wrote {path.name}: {len(recorded)} specs")


if __name__ == "__main__":
    main()
