"""The real frameworks' recorded rates; `tests/oracle/live.py` compares with them live."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from lrviz.core.register import register
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "tests" / "oracle"))

from sides import agree, dialects

RATES = ROOT / "tests" / "oracle" / "rates"
RECORDED = [
    pytest.param(path.stem.split("-")[0], case["spec"], case["rates"], id=f"{path.stem}-{index}")
    for path in sorted(RATES.glob("*.json"))
    for index, case in enumerate(json.loads(path.read_text(encoding="utf-8")))
]


@pytest.mark.parametrize(("dialect", "spec", "rates"), RECORDED)
def test_recorded_rates(dialect: str, spec: dict[str, Any], rates: list[float] | None) -> None:
    assert agree(dialect, spec, rates)


def test_every_dialect_is_recorded() -> None:
    assert {case.values[0] for case in RECORDED} == set(dialects()) == set(register.dialects)


def test_every_schedule_of_torch_is_recorded() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in RATES.glob("torch-*.json"))
    for cls in register.all():
        assert cls.dialect != "torch" or f'"{cls.title()}"' in text, cls.title()
