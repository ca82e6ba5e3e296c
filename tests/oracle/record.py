"""Record the real frameworks' runs for the default test run: `python tests/oracle/record.py`.

Writes `rates/DIALECT-VERSION.json`: specs with the rates up to the last step or the library's
failure, and the exception's type. Each schedule has at least one run without a failure.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent.parent)]

from sides import HERE, Run, dialects, oracle, real_run, specs

from lrviz.core.register import register

COUNT, SEED, MOST = 60, 20_130, 5_000


def entry(spec: dict[str, Any], run: Run) -> dict[str, Any]:
    """Return what is recorded of a run."""
    return {"spec": spec, "rates": list(run.rates), "failure": run.failure}


def record(dialect: str) -> list[dict[str, Any]]:
    """Return the first random specs with their runs, and more for schedules that have none yet."""
    missing = {cls.title() for cls in register.all() if cls.dialect == dialect}
    recorded = []
    for index, spec in enumerate(islice(specs(dialect, SEED), MOST)):
        name = spec["schedule"]
        if index >= COUNT and name not in missing:
            continue
        run = real_run(dialect, spec)
        if index < COUNT or not run.failure:
            recorded.append(entry(spec, run))
        if not run.failure:
            missing.discard(name)
        if index >= COUNT and not missing:
            break
    if missing:
        raise SystemExit(f"{dialect}: no random spec of {', '.join(sorted(missing))} runs")
    return recorded


def main() -> None:
    """Record the dialects of the command line, or all."""
    for dialect in sys.argv[1:] or dialects():
        module = oracle(dialect)
        number = getattr(module, "VERSION", None) or version(module.LIBRARY).split("+")[0]
        recorded = record(dialect)
        for old in (HERE / "rates").glob(f"{dialect}-*.json"):
            old.unlink()
        path = HERE / "rates" / f"{dialect}-{number}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text("[\n" + ",\n".join(map(json.dumps, recorded)) + "\n]\n", encoding="utf-8")
        print(f"wrote {path.name}: {len(recorded)} specs")


if __name__ == "__main__":
    main()
