"""Count how many logs of make_logs.py are explained rightly: `measure_audits.py FOLDER`.

A log that another explanation gives as well cannot be decided; such logs are counted apart.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

import lrviz


def audit_of(folder: Path, item: dict[str, Any]) -> lrviz.Audit:
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(item["plan"], file)
        file.flush()
        return lrviz.audit(folder / item["file"], lrviz.load(file.name)[0])


def main(folder: Path) -> None:
    first = tied = total = 0
    for line in (folder / "index.jsonl").open():
        item = json.loads(line)
        audit = audit_of(folder, item)
        best, total = audit.explanations[0], total + 1
        equal = [e.id for e in audit.explanations if e.matched >= best.matched]
        if best.id == item["id"] and audit.decisive.explained:
            first += 1
            continue
        tied += item["id"] in equal or best.id == "as-planned"
        print(item["file"], item["params"], "explained as", best.label, f"{best.matched:.4f}")
    print(f"{first} of {total} first ({first / total:.2%}), {tied} others give the log as well")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
