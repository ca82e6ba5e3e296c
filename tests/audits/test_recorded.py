"""Logs of runs that really stepped a framework's scheduler in a wrong way, and the right one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

import lrviz
from lrviz.mistakes.registry import MISTAKES

RECORDED = [
    json.loads(line) for line in (Path(__file__).parent / "recorded.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize("item", RECORDED, ids=[item["file"] for item in RECORDED])
def test_the_mistake_that_was_made_comes_first(item: dict[str, Any], tmp_path: Path) -> None:
    log, plan = tmp_path / item["file"], tmp_path / "plan.yaml"
    log.write_text(item["content"], encoding="utf-8")
    plan.write_text(yaml.safe_dump(item["plan"]), encoding="utf-8")
    audit = lrviz.audit(log, lrviz.load(plan)[0])
    assert audit.explanations[0].id == item["id"]
    assert audit.decisive.explained
    assert audit.followed == (item["id"] == "as-planned")
    exact = {name: value for name, value in item["params"].items() if name in ("n", "by", "factor")}
    if item["id"] != "stepped-per-epoch":
        found = {name: audit.explanations[0].values[name] for name in exact}
        assert found == pytest.approx(exact, rel=1e-3)


def test_every_mistake_is_recorded() -> None:
    assert {item["id"] for item in RECORDED} >= {mistake.id for mistake in MISTAKES}
