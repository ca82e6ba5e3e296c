"""A training config that leaves open what a part of its curve needs."""

from __future__ import annotations

import json

import lrviz
from tests.conftest import Shell

CONFIG = (
    "learning_rate: 5.0e-5\nnum_train_epochs: 3\nper_device_train_batch_size: 8\n"
    "lr_scheduler_type: cosine\nwarmup_steps: 20\n"
)
MESSAGE = (
    "the warm-up of 20 steps is left out; it needs --total-steps or --steps-per-epoch or "
    "--dataset-size"
)


def write_run(shell: Shell) -> None:
    """Write the folder of a run of 186 steps, whose log says so."""
    curve = lrviz.load("transformers.cosine:lr=5e-5,steps=186,warmup=20")[0]
    rows = [
        {"step": step, "learning_rate": float(curve.schedule.rate(step - 1, 5e-5))}
        for step in range(10, 187, 10)
    ]
    shell.write("run/args.yaml", CONFIG)
    log = {"global_step": 186, "log_history": rows, "max_steps": 186}
    shell.write("run/trainer_state.json", json.dumps(log))


def test_a_curve_without_its_warm_up_is_a_warning_of_check(shell: Shell) -> None:
    shell.write("args.yaml", CONFIG)
    done = shell("check", "args.yaml")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == (
        "args.yaml: warning needs-number\n"
        "  the warm-up of 20 steps is left out; it needs --total-steps or\n"
        "  --steps-per-epoch or --dataset-size\n"
        "1 warning\n"
    )
    assert shell("check", "args.yaml", "--total-steps", "100").returncode == 0


def test_a_warning_without_a_remedy_as_an_annotation(shell: Shell) -> None:
    shell.write("args.yaml", CONFIG)
    done = shell("check", "args.yaml", "--format", "github")
    assert (
        done.stdout == f"::warning file=args.yaml,title=lrviz needs-number::args.yaml: {MESSAGE}\n"
    )


def test_rules_are_not_applied_to_a_curve_that_is_not_the_runs(shell: Shell) -> None:
    def rules(*words: str) -> list[str]:
        findings = json.loads(shell("check", "args.yaml", "--json", *words).stdout)["findings"]
        return [item["rule"] for item in findings]

    kwargs = "lr_scheduler_kwargs: {power: 10, lr_end: 1e-12}\n"
    shell.write("args.yaml", CONFIG.replace("type: cosine", "type: polynomial") + kwargs)
    assert rules() == ["needs-number"]
    assert rules("--total-steps", "200")[:1] == ["dead-tail"]


def test_the_label_says_what_is_left_out(shell: Shell) -> None:
    shell.write("args.yaml", CONFIG)
    done = shell("plot", "args.yaml", "--no-image")
    assert done.stdout.startswith("args.yaml, without the warm-up of 20 steps\n")
    assert done.stderr == f"warning: args.yaml: {MESSAGE}\n"
    done = shell("plot", "args.yaml", "--no-image", "--total-steps", "100")
    assert done.stdout.startswith("args.yaml\n")


def test_the_label_of_a_file_beside_one_of_its_name(shell: Shell) -> None:
    shell.write("a/args.yaml", CONFIG)
    shell.write("b/args.yaml", CONFIG.replace("5.0e-5", "1e-5"))
    done = shell("compare", "a/args.yaml", "b/args.yaml", "--no-image")
    assert "a a, without the warm-up of 20 steps   b b, without" in done.stdout


def test_check_takes_what_a_config_leaves_open_from_the_log(shell: Shell) -> None:
    write_run(shell)
    done = shell("check", "run")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "no findings\n"
    assert shell("check", "run", "--total-steps", "21").returncode == 1  # flags are before the log


def test_check_of_a_run_beside_other_specs(shell: Shell) -> None:
    write_run(shell)
    shell.write("bad.yaml", "schedule: step\nstep_size: 0\n")
    done = shell("check", "run", "bad.yaml", "nothing.yaml")
    assert done.returncode == 2
    assert done.stderr == (
        "error: nothing.yaml: no such file\n"
        "error: bad.yaml:2:12: step_size must be at least 1 (got 0)\n"
    )
    shell.write("other/args.yaml", CONFIG)
    done = shell("check", "run", "other", "--json")
    findings = json.loads(done.stdout)["findings"]
    assert [(item["curve"], item["rule"]) for item in findings] == [("other", "needs-number")]


def test_the_log_of_two_configs_fills_neither(shell: Shell) -> None:
    write_run(shell)
    shell.write("run/other.yaml", CONFIG)
    done = shell("check", "run", "--json")
    findings = json.loads(done.stdout)["findings"]
    assert [item["rule"] for item in findings] == ["needs-number", "needs-number"]


def test_a_log_of_another_length_is_noted(shell: Shell) -> None:
    write_run(shell)
    shell.write("run/args.yaml", CONFIG + "max_steps: 300\n")
    done = shell("check", "run")
    message = "the log's max_steps is 186, and the plan has 300 steps"
    assert done.stderr == f"note: {message}\n"
    assert shell("check", "run", "--quiet").stderr == ""


def test_warnings_of_reading_are_findings_in_python(shell: Shell) -> None:
    path = shell.write("args.yaml", CONFIG)
    findings = lrviz.check(lrviz.load(path))
    assert [item.id for item in findings] == ["needs-number"]
