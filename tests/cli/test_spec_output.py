"""Spec files that commands write: in YAML or in JSON by their ending, and read back as the same."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

import lrviz
from lrviz.specfile.document import read_document
from tests.conftest import Shell

CONFIG = json.dumps(
    {"learning_rate": 1e-4, "max_steps": 10, "lr_scheduler_type": "linear", "output_dir": "x"}
)
ROWS = "step,lr\n" + "".join(f"{t},{0.3 * (1 - t / 100)!r}\n" for t in range(100))
LINES = {
    "audit": (("audit", "run.csv", "--no-image"), "--write"),
    "convert": (("convert", "args.json"), "-o"),
    "advise": (("advise", "nlp"), "--write"),
}


def write(shell: Shell, words: Sequence[str]) -> str:
    """Run a command beside its files and return what it printed to standard error."""
    shell.write("run.csv", ROWS)
    shell.write("args.json", CONFIG)
    return shell(*words).stderr


@pytest.mark.parametrize("command", LINES)
def test_the_ending_decides_the_format(command: str, shell: Shell) -> None:
    words, flag = LINES[command]
    for name in ("plan.json", "plan.JSON", "plan.yaml", "plan"):
        assert f"wrote {name}\n" in write(shell, (*words, flag, name))
    texts = {name: (shell.folder / name).read_text() for name in ("plan.json", "plan.yaml", "plan")}
    assert json.loads(texts["plan.json"]) == read_document(texts["plan.yaml"], "").data
    assert texts["plan"] == texts["plan.yaml"]
    assert (shell.folder / "plan.JSON").read_text() == texts["plan.json"]
    with pytest.raises(json.JSONDecodeError):
        json.loads(texts["plan.yaml"])
    (left,), (right,) = (lrviz.load(shell.folder / name) for name in ("plan.json", "plan.yaml"))
    assert left == right


@pytest.mark.parametrize("command", LINES)
def test_the_ending_of_another_format_is_refused(command: str, shell: Shell) -> None:
    words, flag = LINES[command]
    for name in ("plan.csv", "plan.toml"):
        error = write(shell, (*words, flag, name))
        long = "--output" if flag == "-o" else flag
        assert error.endswith(f"error: {long}: must end in .yaml, .yml or .json (got '{name}')\n")
        assert not (shell.folder / name).exists()


def test_a_spec_for_standard_output_is_yaml(shell: Shell) -> None:
    shell.write("args.json", CONFIG)
    assert shell("convert", "args.json", "-o", "-").stdout == shell("convert", "args.json").stdout
