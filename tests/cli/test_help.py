"""What a user reads who does not know what to type."""

from __future__ import annotations

import pytest

from lrviz.core.register import register
from tests.cli.help_texts import HELP_OF, help_file, help_text
from tests.conftest import Shell

TITLES = [cls.title() for cls in register.all()]


@pytest.mark.parametrize("command", ["plot", "code", "measure"])
def test_a_command_without_a_spec_says_what_is_missing(command: str, shell: Shell) -> None:
    done = shell(command)
    lines = done.stderr.splitlines()
    assert done.returncode == 2
    assert done.stdout == ""
    assert lines[0] == f"error: lrviz {command} needs a SPEC: a schedule's name, a spec file, or -"
    assert sum(line.startswith(f"  lrviz {command} ") for line in lines) == 3
    assert "lrviz list                 names of all schedules" in lines
    assert lines[-1].endswith("parameters of a schedule, as flags")
    assert len(lines) < 25


@pytest.mark.parametrize("words", [("--schedule", "step"), ("--lr", "1", "--scheduler=step")])
def test_a_spec_is_no_option(words: tuple[str, ...], shell: Shell) -> None:
    done = shell("plot", *words)
    flag = words[-1].partition("=")[0] if len(words) > 2 else words[0]
    message = f"{flag}: no such option; the SPEC is the first word, as in: lrviz plot step"
    assert (done.returncode, done.stderr) == (2, f"error: {message}\n")


@pytest.mark.parametrize("command", ["plot", "code"])
def test_options_alone_are_no_spec(command: str, shell: Shell) -> None:
    assert "needs a SPEC" in shell(command, "--quiet", "--lr", "3").stderr


@pytest.mark.parametrize("words", HELP_OF)
def test_help_is_as_recorded(words: str) -> None:
    """After a change that is meant: `python tests/docs.py --write`."""
    assert help_text(words) == help_file(words).read_text(encoding="utf-8")


def test_help_of_a_name_is_in_groups(shell: Shell) -> None:
    lines = shell("plot", "cosine", "--help").stdout.splitlines()
    titles = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
    assert titles == [
        "Parameters of the schedule:",
        "The run:",
        "The picture:",
        "The terminal:",
        "Examples:",
    ]
    schedule = lines[lines.index(titles[0]) + 1 : lines.index(titles[1]) - 1]
    assert [line.split()[0] for line in schedule] == ["--t-max", "--eta-min"]
    assert lines[-2:] == [
        "  lrviz plot cosine --t-max 100",
        "  lrviz plot cosine --lr 3e-4 --steps 10k --log-y",
    ]
    assert "Without effect on the rate: --verbose" in lines


@pytest.mark.parametrize("title", TITLES)
def test_help_of_every_name_fits_80_columns(title: str, shell: Shell) -> None:
    lines = shell("plot", title, "--help").stdout.splitlines()
    assert max(len(line) for line in lines if not line.startswith("  lrviz ")) <= 80
    assert sum(line.startswith("  lrviz plot ") for line in lines) == 2


def test_examples_of_names_run(shell: Shell) -> None:
    for name in ("cosine", "multistep", "timm.cosine", "optax.linear_schedule", "plateau"):
        lines = shell("plot", name, "--help").stdout.splitlines()
        example = next(line for line in lines if line.startswith("  lrviz plot "))
        words = [word.strip("'") for word in example.split()[1:]]
        done = shell(*words, "--no-image")
        assert done.returncode == 0, (words, done.stderr)


def test_help_of_plot_lists_the_names(shell: Shell) -> None:
    text = shell("plot", "--help").stdout
    for name in ("cosine", "onecycle", "wsd", "linear_schedule", "keras.ReduceLROnPlateau"):
        assert f"  {name} " in text


def test_help_of_a_command_on_specs_lists_its_options(shell: Shell) -> None:
    text = shell("export", "--help").stdout
    assert text.startswith("Usage: lrviz export [OPTIONS] [SPEC...]\n")
    assert "--every K" in text
    assert "--as " in shell("code", "--help").stdout


def test_a_spec_instead_of_a_command(shell: Shell) -> None:
    shell.write("run.yaml", "schedule: cosine\nT_max: 9\n")
    for word in ("cosine", "cosine:t_max=9", "run.yaml"):
        done = shell(word)
        assert done.returncode == 2
        assert done.stderr == f"error: no command '{word}'; did you mean 'lrviz plot {word}'?\n"
    done = shell("none.yaml")
    assert done.stderr == "error: no command 'none.yaml' (lrviz --help lists them)\n"


def test_the_unknown_name_comes_first(shell: Shell) -> None:
    for command in ("plot", "code", "export", "measure"):
        done = shell(command, "cosin", "--t-max", "10")
        assert done.stderr == "error: unknown schedule 'cosin'; did you mean 'cosine'?\n"


def test_help_names_the_users_defaults_and_the_exit_statuses(shell: Shell) -> None:
    text = " ".join(shell("--help").stdout.split())
    assert "lrviz.toml" in text
    assert "--no-config" in text
    assert "70 an internal error" in text
    assert "74 the system failed to read or to write" in text


def test_list_is_a_line_each(shell: Shell) -> None:
    lines = shell("list").stdout.splitlines()
    assert len(lines) == len(TITLES) + len(register.dialects)
    assert max(map(len, lines)) <= 80
    wide = shell("list", COLUMNS="250").stdout
    assert "  CosineAnnealingLR            ██▇▆▅▃▂▁  (cosine, CosineAnnealing) Falls along" in wide
    assert "..." not in wide


def test_list_filters_by_name_dialect_and_sentence(shell: Shell) -> None:
    lines = shell("list", "cosine", "torch").stdout.splitlines()
    assert lines[0] == "torch"
    assert [line.split()[0] for line in lines[1:]] == [
        "CosineAnnealingLR",
        "CosineAnnealingWarmRestarts",
    ]
    assert "CyclicLR" in shell("list", "gamma").stdout
    assert "OneCycleLR" in shell("list", "super-convergence").stdout
    assert "CosineAnnealingLR" in shell("list", "T_MAX").stdout
    done = shell("list", "nothing", "such")
    assert done.returncode == 2
    assert done.stderr == ("error: no schedule has 'nothing' and 'such' (lrviz list shows all)\n")
    assert shell("list", "Nothing such").stderr == done.stderr.replace("nothing", "Nothing")


@pytest.mark.parametrize(
    "words",
    [("inverse", "sqrt"), ("inverse sqrt",), ("Inverse Square-Root",), ("squareroot", "inverse")],
)
def test_list_has_a_square_root_in_all_spellings(shell: Shell, words: tuple[str, ...]) -> None:
    text = shell("list", "inverse", "square", "root").stdout
    names = {line.split()[0] for line in text.splitlines()}
    assert names >= {"inverse_sqrt", "fairseq", "lrviz", "espnet", "NoamAnnealing", "max_scheduler"}
    assert shell("list", *words).stdout == text
    assert "SquareAnnealing" in shell("list", "square").stdout


def test_list_wraps_in_a_narrow_terminal(shell: Shell) -> None:
    text = shell("list", "cosine", "torch", COLUMNS="40").stdout
    assert "..." not in text
    assert max(map(len, text.splitlines())) <= 40


def test_help_of_plot_leaves_out_the_schedules_of_training_programs(shell: Shell) -> None:
    text = shell("plot", "--help").stdout
    assert "CosineAnnealingLR" in text or "cosine" in text
    assert "jagged_restarts" not in text
    assert "jagged_restarts" in shell("list").stdout
