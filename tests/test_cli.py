"""The commands as a user types them."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import numpy as np
import pytest

import lrviz
from tests.conftest import ROOT, Program, Shell

CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))


def columns(text: str) -> dict[str, list[str]]:
    rows = list(csv.reader(io.StringIO(text)))
    return {name: [row[i] for row in rows[1:]] for i, name in enumerate(rows[0])}


def test_the_three_lines(shell: Shell) -> None:
    for path in CONFIGS:
        shell.write(f"configs/{path.name}", path.read_text(encoding="utf-8"))
    assert shell("plot", "cosine", "--t-max", "100").returncode == 0
    names = [f"configs/{path.name}" for path in CONFIGS]
    assert shell("compare", *names).returncode == 0
    done = shell("export", "--csv")
    assert done.returncode == 0
    assert len(columns(done.stdout)) == 1 + len(CONFIGS)


def test_export_without_specs_takes_the_shipped_ones(shell: Shell) -> None:
    done = shell("export", "--csv")
    assert done.returncode == 0
    assert "CosineAnnealingLR" in columns(done.stdout)
    assert done.stderr == "note: no SPEC given; using the shipped specs\n"


def test_export_wide_leaves_cells_of_shorter_curves_empty(shell: Shell) -> None:
    done = shell("export", "linear:total_iters=3,steps=3", "exponential:gamma=0.5", "--csv", "-q")
    found = columns(done.stdout)
    assert len(found["step"]) == 100
    assert found["linear"][2:4] == [repr(0.1 * (1 / 3 + (1 - 1 / 3) * (2 / 3))), ""]
    assert [float(x) for x in found["exponential"][:3]] == [0.1, 0.05, 0.025]


def test_export_long_every_range_and_json(shell: Shell) -> None:
    done = shell("export", "step:step_size=2", "--long", "--steps", "5", "--every", "2", "-q")
    assert done.stdout.splitlines()[:3] == [
        "label,step,lr",
        "step,0,0.1",
        "step,2,0.010000000000000002",
    ]
    done = shell("export", "cosine", "--range", "10:20:5", "--json", "-q")
    curve = json.loads(done.stdout)["curves"][0]
    assert curve["step"] == [10, 15]
    assert curve["schedule"] == "torch.CosineAnnealingLR"
    assert curve["params"] == {"T_max": 100, "eta_min": 0.0}
    expected = lrviz.schedule("cosine", T_max=100).rate([10, 15])
    assert curve["lr"] == expected.tolist()


def test_numbers_read_back_to_the_same_float(shell: Shell) -> None:
    done = shell("export", "cosine:eta_min=1e-7,T_max=100", "--steps", "200", "-q")
    written = [float(x) for x in columns(done.stdout)["cosine"]]
    assert written == lrviz.schedule("cosine", T_max=100, eta_min=1e-7).rate(range(200)).tolist()


def test_one_curve_of_a_file(shell: Shell) -> None:
    text = "curves:\n  - {schedule: poly, total_iters: 9, sweep: {power: [0.5, 2, 12]}}\n"
    shell.write("fig08.yaml", text)
    done = shell("export", "fig08.yaml#power=2", "-q")
    assert done.stdout.splitlines()[0] == "step,poly power=2"
    done = shell("export", "fig08.yaml#2", "-q")
    assert done.stdout.splitlines()[0] == "step,poly power=2"
    done = shell("export", "fig08.yaml#power")
    assert "names no curve (it has: " in done.stderr


def test_labels_are_made_unique(shell: Shell) -> None:
    done = shell("export", "cosine", "cosine", "cosine", "-q", "--steps", "2")
    assert done.stdout.splitlines()[0] == "step,cosine,cosine #2,cosine #3"


def test_options_stand_before_or_after_the_spec(shell: Shell) -> None:
    before = shell("plot", "--lr", "0.3", "--no-image", "cosine", "--t-max", "50")
    after = shell("plot", "cosine", "--T_max", "50", "--no-image", "--lr", "0.3")
    assert before.stdout == after.stdout
    assert "peak 0.3 at step 0" in after.stdout


def test_a_file_wins_over_a_name(shell: Shell) -> None:
    shell.write("cosine", "schedule: step\nstep_size: 7\n")
    assert "torch.StepLR" in shell("plot", "cosine", "--no-image").stdout


def test_standard_input(shell: Shell) -> None:
    done = shell("export", "-", "-q", stdin="schedule: step\nstep_size: 1\nsteps: 3\n")
    assert done.stdout.splitlines()[0] == "step,step"


def test_shared_options_fill_parameters_of_their_name(shell: Shell) -> None:
    done = shell("plot", "onecycle", "--epochs", "5", "--steps-per-epoch", "8", "--no-image", "-q")
    assert "epochs=5, steps_per_epoch=8" in done.stdout
    assert "decay: 0.09969 to 4e-7 until step 40" in done.stdout


def test_epochs_make_a_staircase(shell: Shell) -> None:
    words = ("export", "step:step_size=1", "--epochs", "3", "--steps-per-epoch", "2", "-q")
    done = shell(*words, "--by", "epoch")
    rates = [float(line.split(",")[1]) for line in done.stdout.splitlines()[1:]]
    np.testing.assert_allclose(rates, [0.1, 0.1, 0.01, 0.01, 0.001, 0.001])


def test_warmup_makes_the_whole_longer(shell: Shell) -> None:
    done = shell("export", "cosine:t_max=20", "--warmup", "5", "-q")
    rates = [float(line.split(",")[1]) for line in done.stdout.splitlines()[1:]]
    assert len(rates) == 25
    assert rates[0] == pytest.approx(1e-4)
    assert rates[5] == pytest.approx(0.1)


def test_sweeps(shell: Shell) -> None:
    header = shell("export", "polynomial:total_iters=100,power=[0.5,1]", "-q").stdout.split("\n")[0]
    assert header == "step,polynomial power=0.5,polynomial power=1"
    header = shell("export", "multistep:milestones=[[30,60],[40,80]]", "-q").stdout.split("\n")[0]
    assert header == 'step,"multistep milestones=[30,60]","multistep milestones=[40,80]"'


def test_yaml_as_people_write_it(shell: Shell) -> None:
    text = "schedule: OneCycle\nmax_lr: 1e-1\ntotal-steps: 1E2\npct_start: 25%\nlabel: no\n"
    shell.write("a.yaml", text)
    done = shell("export", "a.yaml", "--json", "-q")
    curve = json.loads(done.stdout)["curves"][0]
    assert curve["label"] == "no"
    assert curve["params"]["pct_start"] == 0.25
    assert len(curve["lr"]) == 100


def test_no_escape_codes_in_a_pipe_and_colours_on_demand(shell: Shell) -> None:
    assert "\x1b" not in shell("compare", "cosine", "step", "--no-image").stdout
    assert "\x1b" in shell("compare", "cosine", "step", "--no-image", "--color", "always").stdout
    assert "\x1b" in shell("compare", "cosine", "step", "--no-image", FORCE_COLOR="1").stdout
    forced = {"FORCE_COLOR": "1", "NO_COLOR": "1"}
    assert "\x1b" not in shell("compare", "cosine", "step", "--no-image", **forced).stdout
    words = ("compare", "cosine", "step", "--no-image", "--color")
    assert "\x1b[38;5;" in shell(*words, "always", NO_COLOR="1").stdout
    assert "\x1b" not in shell(*words, "never", FORCE_COLOR="1").stdout


@pytest.mark.parametrize("width", ["24", "40", "80", "200"])
def test_lines_fit_the_terminal(width: str, shell: Shell) -> None:
    names = [str(path) for path in CONFIGS]
    done = shell("compare", *names, "--no-image", COLUMNS=width)
    assert done.returncode == 0
    if int(width) >= 40:
        assert max(map(len, done.stdout.splitlines())) <= int(width)


def test_a_long_heading_is_wrapped_at_words(shell: Shell) -> None:
    words = ("plot", "cosine_with_min_lr", "--lr", "3e-4", "--steps", "300k", "--floor", "3e-5")
    lines = shell(*words, "--no-image").stdout.splitlines()
    assert lines[:3] == [
        "cosine_with_min_lr",
        "transformers.cosine_with_min_lr(num_warmup_steps=10, num_training_steps=300000,",
        "min_lr=3e-5), lr=3e-4",
    ]
    assert max(map(len, lines)) <= 80


def test_ascii_where_nothing_else_can_be_shown(shell: Shell) -> None:
    assert shell("compare", "cosine", "step", "--no-image", TERM="dumb").stdout.isascii()
    done = shell("plot", "cosine", "--no-image", PYTHONIOENCODING="ascii")
    assert done.stdout.isascii()
    assert done.returncode == 0


def test_help_lists_what_exists(shell: Shell) -> None:
    done = shell("--help")
    for name in ("plot", "compare", "export", "measure", "list", "show", "code", "schema"):
        assert f"  {name} " in done.stdout
    assert "--t-max" in shell("plot", "cosine", "--help").stdout
    assert "warm-restarts" in shell("plot", "--help").stdout
    for flag in ("--version", "-V"):
        assert shell(flag).stdout == f"lrviz {lrviz.__version__}\n"


def test_list_and_show(shell: Shell) -> None:
    assert "CosineAnnealingLR" in shell("list").stdout
    done = shell("show", "cosine")
    assert "eta_min + (lr - eta_min) * (1 + cos(pi * t / T_max)) / 2" in done.stdout
    assert "T_max" in done.stdout


def test_completion_names_schedules_and_files(program: Program) -> None:
    program.write("cosmos.yaml", "")
    completion = {"_LRVIZ_COMPLETE": "complete_bash", "COMP_WORDS": "lrviz plot cos"}
    done = program(COMP_CWORD="2", **completion)
    assert {"cosine", "cosmos.yaml"} <= set(done.stdout.split())
    words = {"_LRVIZ_COMPLETE": "complete_bash", "COMP_WORDS": "lrviz compare cos"}
    done = program(COMP_CWORD="2", **words)
    assert {"cosine", "cosmos.yaml"} <= set(done.stdout.split())


LOADED = "import sys; from lrviz.cli import main; main({words}); print(*sys.modules)"


@pytest.mark.parametrize(
    ("words", "absent"),
    [
        (["--help"], {"numpy", "matplotlib", "pydantic"}),
        (["--version"], {"numpy", "matplotlib", "pydantic"}),
        (["list"], {"matplotlib"}),
        (["export", "cosine", "-q"], {"matplotlib"}),
        (["plot", "cosine", "--no-image", "-q"], {"matplotlib", "yaml"}),
    ],
)
def test_what_is_not_loaded(words: list[str], absent: set[str]) -> None:
    line = LOADED.format(words=words)
    done = subprocess.run(
        [sys.executable, "-c", line], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not absent & set(done.stdout.split())


def test_import_alone_is_light() -> None:
    line = "import sys, lrviz; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", line], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"matplotlib", "numpy", "lrviz.dialects"} & set(done.stdout.split())
