"""A run's folder is a SPEC, and `audit` finds its config and its log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import lrviz
from lrviz.audits.run_length import RunLength, length_of_run
from lrviz.core.errors import SpecError
from lrviz.specfile.source import load_specs
from tests.conftest import Shell
from tests.trainers.declared import EXAMPLES

TOTAL = 400


def cosine_rate(step: int) -> float:
    """Return the rate of llamafactory/ratio.yaml at a step of 400."""
    from math import cos, pi

    return 1e-4 * (step / 40 if step < 40 else (1 + cos(pi * (step - 40) / 360)) / 2)


def write_run(shell: Shell) -> None:
    """Write a folder with a scale-free config, its log, and a file that is neither."""
    config = EXAMPLES / "llamafactory" / "ratio.yaml"
    shell.write("run/config.yaml", config.read_text(encoding="utf-8"))
    rows = [
        {"current_steps": step, "total_steps": TOTAL, "lr": cosine_rate(step - 1)}
        for step in range(10, TOTAL + 1, 10)
    ]
    shell.write("run/trainer_log.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    shell.write("run/model.json", '{"architectures": ["Small"], "hidden_size": 8}')


def test_audit_of_a_folder(shell: Shell) -> None:
    write_run(shell)
    done = shell("audit", "run", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["followed"] is True
    assert result["log"]["rows"] == 40
    assert shell("audit", "run", "--total-steps", "300", "--no-image").returncode == 1


def test_audit_of_a_folder_in_python(shell: Shell) -> None:
    write_run(shell)
    audit = lrviz.audit(shell.folder / "run")
    assert audit.followed
    assert not lrviz.audit(shell.folder / "run", lrviz.load("constant")[0]).followed
    with pytest.raises(SpecError) as caught:
        lrviz.audit(shell.folder / "run" / "trainer_log.jsonl")
    (finding,) = caught.value.findings
    assert finding.message == "needs its plan; lrviz.propose finds one"


def test_the_plan_of_an_audit_in_python_is_a_path_or_a_name(shell: Shell) -> None:
    write_run(shell)
    log = shell.folder / "run" / "trainer_log.jsonl"
    (config,) = (path for path in (shell.folder / "run").iterdir() if path.suffix == ".yaml")
    assert lrviz.audit(log, config).followed
    assert lrviz.audit(str(log), str(config)).followed
    assert not lrviz.audit(log, "constant").followed
    with pytest.raises(SpecError) as caught:
        lrviz.audit(log, "polynomial:total_iters=9,power=[1,2]")
    assert str(caught.value) == (
        "polynomial:total_iters=9,power=[1,2]: must be one curve (it has: polynomial power=1, "
        "polynomial power=2); FILE#LABEL takes one of a file"
    )


def test_audit_of_a_folder_against_another_spec(shell: Shell) -> None:
    write_run(shell)
    assert shell("audit", "run", "--against", "constant", "--no-image").returncode == 1


def test_log_in_json_lines_is_no_spec_of_its_folder(shell: Shell) -> None:
    config = EXAMPLES / "detectron2" / "squeezed.yaml"
    shell.write("run/config.yaml", config.read_text(encoding="utf-8"))
    rows = [
        {"iteration": step, "lr": 2.5e-4 * (0.001 * (1 - step / 300) + step / 300)}
        for step in range(19, 300, 20)
    ]
    shell.write("run/metrics.json", "".join(json.dumps(row) + "\n" for row in rows))
    done = shell("audit", "run", "--no-image")
    assert done.returncode == 0, done.stderr
    done = shell("plot", "run/metrics.json", "--no-image")
    assert done.stderr == (
        "error: run/metrics.json: is not a schedule that lrviz knows: it is a log, which "
        "lrviz audit run/metrics.json reads\n"
    )


def test_model_card_counts_where_nothing_else_does(here: Path) -> None:
    card = (EXAMPLES / "model_card" / "table.md").read_text(encoding="utf-8")
    (here / "README.md").write_text(card, encoding="utf-8")
    [model_card] = load_specs(["."])
    assert model_card.plan
    assert model_card.plan.format == "model_card"
    (here / "own.yaml").write_text("schedule: constant\n", encoding="utf-8")
    [own] = load_specs(["."])
    assert own.plan is None
    assert own.stem == here.name


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "is a folder without spec files (.yaml, .yml, .json, .toml)"),
        ({"README.md": "# Nothing\n"}, "is a folder without spec files"),
        ({"a.yaml": "a: 1\n"}, "a.yaml:1:1: is not a schedule that lrviz knows"),
        ({"a.yaml": "a: 1\n", "b.yaml": "schedule: cosin\n"}, "b.yaml:1:11: unknown schedule"),
    ],
)
def test_folder_without_a_spec(files: dict[str, str], message: str, here: Path) -> None:
    for name, text in files.items():
        (here / name).write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load_specs(["."])
    assert message in str(caught.value.findings[0])


@pytest.mark.parametrize(
    ("name", "text", "length"),
    [
        ("a.json", '{"max_steps": 20}', RunLength("max_steps", 20)),
        (
            "a.json",
            '{"rows": [' + "0," * 600_000 + '0], "max_steps": 20}',
            RunLength("max_steps", 20),
        ),
        ("a.json", '{"max_steps": 0}', None),
        ("a.json", '{"max_steps": "20"}', None),
        ("a.json", '{"max_steps": 20.5}', None),
        ("a.json", '{"max_steps": 100000000}', RunLength("max_steps", 100_000_000)),
        ("a.json", '{"max_steps": 100000001}', None),
        ("a.json", "[1]", None),
        ("a.json", "{", None),
        ("a.jsonl", '{"total_steps": 30}\n', RunLength("total_steps", 30)),
        ("a.jsonl", "x" * 1_000_001 + '{"total_steps": 30}\n', None),
        ("a.jsonl", '{"step": 30}\n', None),
        ("a.csv", '{"max_steps": 20}', None),
    ],
)
def test_length_of_a_run(name: str, text: str, length: RunLength | None, here: Path) -> None:
    (here / name).write_text(text, encoding="utf-8")
    assert length_of_run(here / name) == length


def test_folder_without_a_log(shell: Shell) -> None:
    shell.write("run/config.yaml", "schedule: constant\n")
    done = shell("audit", "run")
    assert done.returncode == 2
    assert done.stderr == "error: run: holds no log that lrviz knows by its name; name the file\n"


def test_folder_without_a_config_gives_a_proposal(shell: Shell) -> None:
    rows = [{"current_steps": n, "total_steps": 40, "lr": 0.1} for n in range(1, 41)]
    shell.write("run/trainer_log.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    done = shell("audit", "run", "--json")
    assert list(json.loads(done.stdout)) == ["proposals"]


def test_faults_of_a_folders_config_are_reported(shell: Shell) -> None:
    write_run(shell)
    shell.write("run/config.yaml", "schedule: cosin\n")
    done = shell("audit", "run")
    assert done.returncode == 2
    assert done.stderr.startswith("error: run/config.yaml:1:11: unknown schedule")
