"""The user's defaults: lrviz.toml and [tool.lrviz], here or above."""

from __future__ import annotations

import pytest

from lrviz.cli.defaults import read_defaults
from tests.conftest import Shell

EPOCHS = "epochs = 2\nsteps_per_epoch = 5\n"


def rows(shell: Shell, *words: str) -> int:
    return len(shell("export", "cosine", "-q", *words).stdout.splitlines()) - 1


def test_defaults_apply_below_flags(shell: Shell) -> None:
    assert rows(shell) == 100
    shell.write("lrviz.toml", EPOCHS)
    assert rows(shell) == 10
    assert rows(shell, "--epochs", "3") == 15
    assert rows(shell, "--steps", "7") == 7
    assert rows(shell, "--no-config") == 100


def test_a_spec_file_goes_before_defaults(shell: Shell) -> None:
    shell.write("lrviz.toml", EPOCHS)
    shell.write("a.yaml", "schedule: cosine\nT_max: 9\nsteps: 4\n")
    shell.write("b.yaml", "steps: 6\ncurves: [{schedule: cosine, T_max: 9}]\n")
    for name, length in (("a.yaml", 4), ("b.yaml", 6)):
        assert shell("export", name, "-q").stdout.count("\n") == length + 1


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("schedule: cosine\nT_max: 9\n", 9),
        ("schedule: transformers.cosine\nnum_training_steps: 12\nnum_warmup_steps: 3\n", 12),
        ("schedule: cosine\nT_max: 9\nwarmup: 2\n", 11),
        ("schedule: plateau\nmetric: [3, 2, 1]\n", 3),
        ("curves: [{schedule: cosine, T_max: 9}]\n", 9),
        ("schedule: multistep\nmilestones: [3, 6]\n", 20),
        ("schedule: cosine\n", 20),
        ("schedule: polynomial\ntotal_iters: 9\nwarmup: 20%\n", 20),
        ('{"lr_scheduler_type": "linear", "max_steps": 8, "learning_rate": 0.1}', 8),
    ],
)
def test_a_schedule_that_declares_its_length_keeps_it(shell: Shell, text: str, length: int) -> None:
    shell.write("lrviz.toml", "steps = 20\n")
    shell.write("plan.yaml", text)
    assert shell("export", "plan.yaml", "-q").stdout.count("\n") == length + 1
    assert shell("export", "plan.yaml", "-q", "--steps", "4").stdout.count("\n") == 5


def test_a_typed_length_goes_before_the_default(shell: Shell) -> None:
    shell.write("lrviz.toml", "epochs = 2\nsteps_per_epoch = 10\n")
    assert rows(shell) == 20
    assert rows(shell, "--t-max", "9") == 9
    assert shell("export", "onecycle:max_lr=1", "-q").stdout.count("\n") == 21
    assert shell("export", "onecycle:max_lr=1,total_steps=8", "-q").stdout.count("\n") == 9
    assert shell("check", "cosine:T_max=9", "-q").stdout == "no findings\n"


def test_a_plan_of_an_audit_keeps_its_length(shell: Shell) -> None:
    shell.write("lrviz.toml", 'steps = "20k"\n')
    shell.write(
        "plan.yaml", "schedule: transformers.linear\nnum_warmup_steps: 9\nnum_training_steps: 100\n"
    )
    shell.write("log.csv", shell("export", "plan.yaml", "-q", "--steps", "100").stdout)
    done = shell("audit", "log.csv", "--against", "plan.yaml", "--no-image")
    assert done.returncode == 0
    assert "of 20,000" not in done.stdout


def test_style_and_size(shell: Shell) -> None:
    shell.write("lrviz.toml", 'style = "dark"\nsize = "6x3"\n')
    shell.write("a.yaml", "schedule: cosine\nT_max: 9\nstyle: paper\nsize: 5x3\n")
    for words, width in (
        (("cosine",), 432),
        (("cosine", "--size", "4x3"), 288),
        (("cosine", "--no-config"), 576),
        (("a.yaml",), 360),
    ):
        assert shell("plot", *words, "-q", "-o", "x.svg").returncode == 0
        assert f'width="{width}pt"' in (shell.folder / "x.svg").read_text()


def test_names_have_hyphens_or_underscores(shell: Shell) -> None:
    shell.write("lrviz.toml", EPOCHS.replace("_", "-"))
    assert rows(shell) == 10


def test_a_logarithmic_axis(shell: Shell) -> None:
    linear = shell("plot", "exponential", "--no-image", "-q").stdout
    shell.write("lrviz.toml", "log-y = true\n")
    done = shell("plot", "exponential", "--no-image", "-q")
    assert done.stdout == shell("plot", "exponential", "--no-image", "-q", "--log-y").stdout
    assert done.stdout != linear
    assert shell("plot", "exponential", "--no-image", "-q", "--no-log-y").stdout == linear


def test_width_of_the_terminal(shell: Shell) -> None:
    shell.write("lrviz.toml", "width = 50\n")
    lines = shell("plot", "cosine", "--no-image", "-q").stdout.splitlines()
    assert max(map(len, lines[1:])) <= 50


def test_pyproject_and_folders_above(shell: Shell) -> None:
    shell.write("pyproject.toml", "[tool.lrviz]\nepochs = 3\n")
    shell.write("deep/down/pyproject.toml", "[tool.other]\nx = 1\n")
    folder = shell.folder / "deep" / "down"
    assert read_defaults(folder).run == {"epochs": 3}
    shell.write("deep/lrviz.toml", "epochs = 4\n")
    assert read_defaults(folder).run == {"epochs": 4}
    shell.write("deep/down/pyproject.toml", "not toml at all")
    assert read_defaults(folder).run == {"epochs": 4}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epoch = 3\n", "lrviz.toml: unknown setting 'epoch'; did you mean 'epochs'?\n"),
        ("num_gpus = 3\n", "lrviz.toml: unknown setting 'num_gpus'; did you mean 'world_size'?\n"),
        (
            "lr = 3e-4\n",
            "lrviz.toml: 'lr' is a setting of a schedule, which has no default; set it in each "
            "spec, or with --lr\n",
        ),
        (
            "y-min = 0\n",
            "'y-min' is a setting of one picture, which has no default; set it in each spec, or "
            "with --y-min\n",
        ),
        (
            "caption = 'a'\n",
            "'caption' is a setting of one picture, which has no default; set it in each spec\n",
        ),
        ("foo = 3\n", "unknown setting 'foo'; it may hold style, size, dpi, log_y, facet, width, "),
        (
            "grad_accum = 3\ngrad-accum = 4\n",
            "lrviz.toml: repeated setting: 'grad_accum', 'grad-accum'\n",
        ),
        ('epochs = "x"\n', "lrviz.toml: epochs must be a whole number (got 'x')\n"),
        ("width = 0\n", "lrviz.toml: width: must be a whole number from 1 to 100,000 (got 0)\n"),
        ('style = "neon"\n', "lrviz.toml: style must be 'light', 'dark' or 'paper' (got 'neon')"),
        ("epochs = 0\n", "lrviz.toml: epochs must be greater than 0 (got 0)"),
        ("epochs\n", "lrviz.toml:1:7: is not TOML: "),
    ],
)
def test_bad_defaults(text: str, message: str, shell: Shell) -> None:
    shell.write("lrviz.toml", text)
    done = shell("export", "cosine")
    assert done.returncode == 2
    assert message in done.stderr
    assert shell("export", "cosine", "--no-config").returncode == 0


def test_all_faults_of_a_file_are_reported_at_once(shell: Shell) -> None:
    shell.write("lrviz.toml", 'stlye = "dark"\nsize = 3\nepochs = 0\nwidth = "wide"\n')
    lines = shell("export", "cosine").stderr.splitlines()
    assert [line.partition("lrviz.toml: ")[2] for line in lines] == [
        "unknown setting 'stlye'; did you mean 'style'?",
        "size must be WIDTHxHEIGHT in inches, as 8x4.5 (got 3)",
        "epochs must be greater than 0 (got 0)",
        "width: must be a whole number from 1 to 100,000 (got 'wide')",
    ]
