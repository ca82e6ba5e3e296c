"""`lrviz check`: what it prints in each format, and its exit status."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import lrviz
from lrviz.checks.check import ALL_RULES
from lrviz.cli.check_command import file_and_line
from lrviz.core.findings import Finding, Severity
from lrviz.render.finding_lines import finding_lines
from tests.conftest import Shell

FAULTY = "schedule: cosine\nT_max: 90\nby: step\nepochs: 90\nsteps_per_epoch: 500\n"
SOUND = "schedule: cosine\nT_max: 90\nsteps: 90\n"
MESSAGE = (
    "its length of 90 fits the run's 90 epochs, but the schedule counts its 45,000 optimizer steps"
)
REMEDY = "by: epoch, or T_max: 45000"


def test_a_warning_exits_1(shell: Shell) -> None:
    shell.write("plan.yaml", FAULTY)
    done = shell("check", "plan.yaml")
    assert done.returncode == 1
    assert done.stderr == ""
    assert done.stdout == (
        "plan.yaml:1:1: cosine: warning epochs-as-steps\n"
        "  its length of 90 fits the run's 90 epochs, but the schedule counts its 45,000\n"
        "  optimizer steps\n"
        f"  remedy: {REMEDY}\n"
        "1 warning\n"
    )
    assert shell("check", "plan.yaml", "--exit-zero").returncode == 0


def test_a_sound_spec_exits_0(shell: Shell) -> None:
    shell.write("plan.yaml", SOUND)
    done = shell("check", "plan.yaml")
    assert (done.returncode, done.stdout) == (0, "no findings\n")


def test_notes_alone_exit_0(shell: Shell) -> None:
    done = shell("check", "transformers.linear", "--steps", "100", "--num-warmup-steps", "5")
    assert done.returncode == 0
    assert done.stdout == (
        "transformers.linear: note zero-start\n"
        "  the first step has rate 0 and trains nothing\n"
        "  remedy: start the warm-up above 0; otherwise one step is lost\n"
        "1 note\n"
    )


@pytest.mark.parametrize("flags", [("--json",), ("--format", "json")])
def test_json(shell: Shell, flags: tuple[str, ...]) -> None:
    shell.write("plan.yaml", FAULTY)
    done = shell("check", "plan.yaml", *flags)
    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "findings": [
            {
                "rule": "epochs-as-steps",
                "severity": "warning",
                "file": "plan.yaml",
                "place": "plan.yaml:1:1",
                "line": 1,
                "curve": "cosine",
                "step": None,
                "message": MESSAGE,
                "remedy": REMEDY,
            }
        ]
    }


def test_a_curve_is_not_checked_over_the_length_of_another(shell: Shell) -> None:
    curves = "".join(f"  - {{schedule: cosine, T_max: {ticks}}}\n" for ticks in (30, 60))
    shell.write("two.yaml", f"curves:\n{curves}")
    assert shell("check", "two.yaml").stdout == "no findings\n"
    assert lrviz.check(lrviz.load(str(shell.folder / "two.yaml"))) == []
    over_run = lrviz.check(lrviz.load(str(shell.folder / "two.yaml")), lrviz.Run(steps=60))
    assert [item.id for item in over_run] == ["climbs-again"]


def test_the_faults_of_all_curves_are_told_at_once(shell: Shell) -> None:
    curve = "  - {schedule: onecycle, max_lr: 1, total_steps: 9, steps: 20}\n"
    shell.write("two.yaml", f"curves:\n{2 * curve}")
    assert shell("check", "two.yaml").stderr.count("error: two.yaml:") == 2


def test_json_of_a_sound_spec_is_an_empty_list(shell: Shell) -> None:
    done = shell("check", "cosine", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"findings": []})


def test_json_of_a_typed_spec_has_no_file(shell: Shell) -> None:
    done = shell("check", "cosine:T_max=100", "--steps", "160", "--json")
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["file"], finding["line"], finding["rule"]) == (None, None, "climbs-again")


def test_annotations(shell: Shell) -> None:
    shell.write("plan.yaml", "lr: 0.1\ncurves:\n  - {schedule: cosine, T_max: 100, steps: 160}\n")
    done = shell("check", "plan.yaml", "--format", "github")
    assert done.returncode == 1
    assert done.stdout == (
        "::warning file=plan.yaml,line=3,title=lrviz climbs-again::cosine: the schedule ends at "
        "step 100 and the run at step 160: from there the rate climbs again to 0.06395, 63.9 %25 "
        "of the peak; T_max: 160\n"
    )


NANOGPT = """block_size = 1024
gradient_accumulation_steps = 40
batch_size = 12
learning_rate = 6e-4
max_iters = 300000
lr_decay_iters = {n}
warmup_iters = 2000
min_lr = 6e-5
decay_lr = True
"""


def test_the_remedy_of_a_config_is_its_own_key(shell: Shell) -> None:
    shell.write("train.py", NANOGPT.format(n=600000))
    done = shell("check", "train.py")
    assert done.returncode == 1
    assert done.stdout.endswith("remedy: lr_decay_iters: 300000\n1 warning\n")


def test_the_remedy_of_a_nested_key(shell: Shell) -> None:
    config = "scheduler: {type: WarmupDecayLR, params: {total_num_steps: 900, warmup_num_steps: 9}}"
    config += "\ntrain_micro_batch_size_per_gpu: 1"
    shell.write("ds.yaml", config + "\noptimizer: {type: Adam, params: {lr: 0.001}}\n")
    done = shell("check", "ds.yaml", "--steps", "600")
    assert "remedy: scheduler.params.total_num_steps: 600\n" in done.stdout


def test_a_script_in_a_folder_that_is_a_config_is_noted(shell: Shell) -> None:
    shell.write("runs/plan.yaml", SOUND)
    shell.write("runs/train.py", NANOGPT.format(n=600000))
    shell.write("runs/model.py", "print(3)\n")
    note = (
        "note: runs/train.py is a training config, too, and is not read with its folder; name it\n"
    )
    done = shell("check", "runs")
    assert (done.stdout, done.stderr) == ("no findings\n", note)
    shell.write("runs/other.yaml", SOUND)
    assert shell("check", "runs").stderr == note
    assert shell("check", "runs", "-q").stderr == ""


def test_findings_of_a_config_name_its_file(shell: Shell) -> None:
    shell.write("train.py", NANOGPT.format(n=600000))
    done = shell("check", "train.py", "--format", "github")
    assert done.stdout.startswith("::warning file=train.py,title=lrviz never-lands::train.py: the ")
    (finding,) = json.loads(shell("check", "train.py", "--json").stdout)["findings"]
    assert (finding["file"], finding["line"]) == ("train.py", None)


def test_faults_are_annotations(shell: Shell) -> None:
    shell.write("bad.yaml", "schedule: cosine\nT_max: ten\n")
    shell.write("empty.yaml", "")
    done = shell("check", "bad.yaml", "empty.yaml", "nosuch.yaml", "--format", "github")
    assert done.returncode == 2
    assert done.stdout.splitlines() == [
        "::error file=bad.yaml,line=2,title=lrviz wrong-type::T_max must be a number (got 'ten')",
        "::error file=empty.yaml,title=lrviz empty-file::is empty; a spec needs at "
        "least the key 'schedule'",
        "::error title=lrviz unknown-schedule::nosuch.yaml: no such file",
    ]


def test_annotation_of_a_typed_note(shell: Shell) -> None:
    done = shell("check", "transformers.linear", "--num-warmup-steps", "5", "--format", "github")
    assert done.stdout.startswith("::notice title=lrviz zero-start::")


def test_a_comment_ignores_a_rule(shell: Shell) -> None:
    shell.write("plan.yaml", f"# lrviz: ignore epochs-as-steps, jump\n{FAULTY}")
    shell.write("other.yaml", f"{FAULTY}label: other  # lrviz: ignore jump\n")
    assert shell("check", "plan.yaml").returncode == 0
    assert shell("check", "-", stdin=f"# lrviz: ignore epochs-as-steps\n{FAULTY}").returncode == 0
    done = shell("check", "plan.yaml", "other.yaml", "--json")
    assert [finding["file"] for finding in json.loads(done.stdout)["findings"]] == ["other.yaml"]


def test_select_and_ignore(shell: Shell) -> None:
    shell.write("plan.yaml", FAULTY)
    assert shell("check", "plan.yaml", "--ignore", "epochs-as-steps").returncode == 0
    assert shell("check", "plan.yaml", "--select", "jump, rises").returncode == 0
    assert shell("check", "plan.yaml", "--select", "epochs-as-steps").returncode == 1
    done = shell("check", "plan.yaml", "--ignore", "epoch-as-steps")
    assert done.returncode == 2
    assert done.stderr == (
        "error: --ignore: unknown rule 'epoch-as-steps'; did you mean 'epochs-as-steps'? "
        "(lrviz check --list lists them)\n"
    )


def test_an_unknown_format(shell: Shell) -> None:
    done = shell("check", "cosine", "--format", "jsn")
    assert done.returncode == 2
    assert done.stderr == (
        "error: --format: must be one of text, json, github (got 'jsn'); did you mean 'json'?\n"
    )


def test_without_a_spec(shell: Shell) -> None:
    done = shell("check")
    assert done.returncode == 2
    assert done.stderr == (
        "error: lrviz check needs a SPEC: a schedule's name, a spec file, or -\n"
    )


@pytest.mark.parametrize(
    ("place", "file", "line"),
    [
        ("a.yaml:3:5", "a.yaml", 3),
        ("c:a.yaml:3:5", "c:a.yaml", 3),
        ("a.yaml:3:x", None, None),
        ("a.yaml:x:5", None, None),
        ("cosine:T_max=3", None, None),
        ("", None, None),
    ],
)
def test_the_file_and_line_of_a_place(place: str, file: str | None, line: int | None) -> None:
    assert file_and_line(Finding("jump", "", place=place), {}) == (file, line)


def test_lines_fit_the_width() -> None:
    finding = Finding("jump", "ab cd ef g h", "note", curve="c", remedy="ab cd")
    lines = [line.plain for line in finding_lines(finding, 12)]
    assert lines == ["c: note jump", "  ab cd ef g", "  h", "  remedy: ab", "  cd"]


def test_list_has_every_rule(shell: Shell) -> None:
    done = shell("check", "--list")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    heads = [line for line in lines if not line.startswith(" ")]
    assert heads == [f"{rule.id}  {rule.severity}" for rule in ALL_RULES]


def test_explain(shell: Shell) -> None:
    assert shell("check", "--explain", "climbs-again").stdout == (
        "climbs-again  warning\n"
        "  After its end, or at it, the rate rises again though no restart was asked for.\n"
        "  source: Nerogar/OneTrainer#1604\n"
        "\n"
        "wrong\n"
        "  schedule: cosine\n"
        "  T_max: 100\n"
        "  steps: 160\n"
        "\n"
        "right\n"
        "  schedule: cosine\n"
        "  T_max: 160\n"
        "  steps: 160\n"
    )
    done = shell("check", "--explain", "clims-again")
    assert done.returncode == 2
    assert "did you mean 'climbs-again'?" in done.stderr


@pytest.mark.parametrize("command", ["plot", "compare"])
def test_plot_and_compare_print_warnings_in_a_line(shell: Shell, command: str) -> None:
    shell.write("plan.yaml", FAULTY)
    done = shell(command, "plan.yaml", "--no-image")
    assert done.returncode == 0
    advice = "--by epoch makes it count epochs"
    assert f"{MESSAGE}; {advice} (lrviz check: epochs-as-steps)" in done.stderr
    for spec in ("cosine:T_max=90,by=step,epochs=90,steps_per_epoch=500", "--by step cosine"):
        run = ("--epochs", "90", "--steps-per-epoch", "500") if " " in spec else ()
        words = (*spec.split(), *run, "--no-image")
        if command == "plot" or ":" in spec:
            line = shell(command, *words, *(("--t-max", "90") if run else ())).stderr
            assert f"; {advice} (lrviz check: epochs-as-steps)" in line
    shell.write("sound.yaml", SOUND)
    assert "warning" not in shell(command, "sound.yaml", "--no-image").stderr


def test_the_example_of_a_rule_is_drawn_to_a_file(shell: Shell) -> None:
    done = shell("check", "--explain", "jump", "-o", "jump.svg")
    assert done.returncode == 0
    assert (shell.folder / "jump.svg").read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.parametrize(("severity", "style"), [("warning", "bold yellow"), ("note", "bold")])
def test_the_lines_of_a_finding(severity: Severity, style: str) -> None:
    finding = Finding(
        "rule", "one two three", severity, curve="b2", place="x.yaml:1:1", remedy="four five"
    )
    head, *body = finding_lines(finding, 13)
    assert head.plain == f"x.yaml:1:1: b2: {severity} rule"
    assert [(span.start, span.end, span.style) for span in head.spans] == [
        (16, len(head.plain), style)
    ]
    assert [line.plain for line in body] == ["  one two", "  three", "  remedy:", "  four five"]
    assert (
        finding_lines(replace(finding, curve="x.yaml"), 13)[0].plain
        == f"x.yaml:1:1: {severity} rule"
    )
    head = finding_lines(replace(finding, curve="x"), 13)[0].plain
    assert head == f"x.yaml:1:1: x: {severity} rule"
    for curve in ("tm/a.json", "tm", "a.json"):
        item = replace(finding, place="tm/a.json", curve=curve)
        assert finding_lines(item, 13)[0].plain == f"tm/a.json: {severity} rule"
    item = replace(finding, place="cosine:T_max=9", curve="cosine")
    assert finding_lines(item, 13)[0].plain == f"cosine:T_max=9: {severity} rule"
    wide = [line.plain for line in finding_lines(finding, 15)[1:]]
    assert wide == ["  one two three", "  remedy: four", "  five"]
    assert finding_lines(replace(finding, place=""), 15)[0].plain == f"b2: {severity} rule"


def test_several_files_are_counted(shell: Shell) -> None:
    for name in ("a.yaml", "b.yaml"):
        shell.write(name, "schedule: cosine\nT_max: 9\n")
    assert shell("check", ".").stdout == "no findings in 2 files\n"
    assert shell("check", "a.yaml", "cosine").stdout == "no findings\n"
    shell.write("c.yaml", FAULTY)
    assert shell("check", ".").stdout.splitlines()[-1] == "1 warning in 3 files"
