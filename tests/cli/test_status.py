"""Exit statuses, and what is printed in which order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lrviz.cli.process import report_unless_interrupt
from lrviz.core.schedule import Schedule
from tests.conftest import ROOT, Shell


def fail(*_: object, **__: object) -> None:
    raise RuntimeError("a mistake\nin two lines")


def test_an_internal_error_is_one_line(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Schedule, "sample", fail)
    done = shell("export", "step")
    assert done.returncode == 70
    assert done.stderr == (
        "error: internal error: RuntimeError: a mistake; "
        "please report it, with LRVIZ_TRACEBACK=1 for the details\n"
    )
    with pytest.raises(RuntimeError):
        shell("export", "step", LRVIZ_TRACEBACK="1")


def test_too_little_memory_is_bad_input(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhaust(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Schedule, "sample", exhaust)
    done = shell("export", "step")
    assert done.returncode == 2
    assert done.stderr == (
        "error: not enough memory for so many steps; --every and --range take fewer\n"
    )


def test_a_stream_that_fails(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lrviz.render.export_file.Export.chunks", refuse)
    done = shell("export", "step", "-q")
    assert done.returncode == 74
    assert done.stderr == "error: standard output: No space left on device\n"


def test_interrupted(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lrviz.render.export_file.Export.chunks", interrupt)
    assert shell("export", "step", "-q").returncode == 130


def test_a_file_that_ends_early_is_no_interrupt(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(*_: object, **__: object) -> None:
        raise EOFError("marshal data too short")

    monkeypatch.setattr("lrviz.render.export_file.Export.chunks", end)
    done = shell("export", "step", "-q")
    assert done.returncode == 70
    assert "internal error: EOFError: marshal data too short; please report it" in done.stderr


@pytest.mark.parametrize("words", [("plot", "cosine"), ("compare", "cosine", "step")])
def test_an_image_that_cannot_be_written_comes_after_the_chart(
    words: tuple[str, ...], shell: Shell
) -> None:
    done = shell(*words, "-q", "-o", "none/x.png")
    assert done.returncode == 2
    assert "┤" in done.stdout
    assert done.stderr == (
        "error: none/x.png: cannot be written: the folder none does not exist; make it first\n"
    )


def test_no_command_prints_the_help(shell: Shell) -> None:
    done = shell()
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: lrviz [OPTIONS] COMMAND [ARGS]...\n")
    assert done.stdout == ""


def test_an_option_that_does_not_exist(shell: Shell) -> None:
    done = shell("plot", "cosine", "--tmax", "3")
    assert done.returncode == 2
    assert done.stderr == "error: --tmax: no such option; did you mean '--t-max 3'?\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("code", "cosine", "--framework", "keras"),
            "--framework: no such option; did you mean '--as'?",
        ),
        (("compare",), "lrviz compare needs SPEC..., as in: lrviz compare configs/*.yaml"),
        (
            ("plot", "cosine", "linear"),
            "unexpected argument 'linear': lrviz plot takes one SPEC; lrviz compare draws several "
            "SPECs",
        ),
        (
            ("plot", "multistep", "--milestones", "30", "60"),
            "unexpected argument '60': lrviz plot takes one SPEC; values of a list have commas "
            "between, as in 30,60",
        ),
        (
            ("plot", "cosine", "step:step_size=3"),
            "unexpected argument 'step:step_size=3': lrviz plot takes one SPEC; lrviz compare "
            "draws several SPECs",
        ),
        (
            ("code", "cosine", "optax"),
            "unexpected argument 'optax': lrviz code takes one SPEC; did you mean '--as optax'?",
        ),
        (
            ("show", "cosine", "linear"),
            "unexpected argument 'linear': lrviz show takes one NAME; lrviz compare draws several "
            "SPECs",
        ),
        (
            ("dialects", "plan.yaml"),
            "unexpected argument 'plan.yaml': lrviz dialects takes no argument; lrviz code SPEC "
            "--as NAME writes a schedule in a framework's terms",
        ),
        (
            ("find-lr", "a.csv", "b.csv"),
            "unexpected argument 'b.csv': lrviz find-lr takes one LOG; run it once for each",
        ),
        (
            ("convert", "a.yaml", "b.yaml", "c.yaml"),
            "unexpected arguments 'b.yaml' and 'c.yaml': lrviz convert takes one FILE; run it once "
            "for each; lrviz code SPEC --as NAME writes code",
        ),
        (
            ("gallery", "a", "b", "c", "d", "e", "f"),
            "unexpected arguments 'b', 'c', 'd' and 2 more: lrviz gallery takes one DIR",
        ),
        (
            ("schema", "cosine"),
            "unexpected argument 'cosine': lrviz schema takes no argument; lrviz show NAME lists "
            "the parameters of a schedule",
        ),
        (
            ("plot", "cosine", "--title", "my", "nice", "run"),
            "unexpected arguments 'nice' and 'run': lrviz plot takes one SPEC; put the value of "
            "--title in quotes",
        ),
        (("show",), "lrviz show needs NAME, as in: lrviz show cosine"),
        (("find-lr",), "lrviz find-lr needs LOG, as in: lrviz find-lr range_test.csv"),
        (("plot", "cosine", "--t-max", ""), "--t-max: must be a number (got '')"),
        (("plot", "cosine", "--eta-min="), "--eta-min: must be a number (got '')"),
        (("plot", "cosine:t_max="), "cosine:t_max=: T_max must be a number (got '')"),
        (
            ("plot", "multistep", "--milestones", "30,,60"),
            "--milestones: must be a whole number (got '')",
        ),
        (
            ("plot", "cosine", "T_max=100"),
            "unexpected argument 'T_max=100': lrviz plot takes one SPEC; write a parameter as a "
            "flag, or inline as NAME:parameter=value",
        ),
        (
            ("plot", "cosine", "--t-max"),
            "--t-max: needs a value, N: steps from the top to the bottom (example: 100)",
        ),
        (
            ("check", "--explain"),
            "--explain: needs a value, RULE: a rule to print, with examples; --list lists them",
        ),
        (("plot", "cosine", "--lr", ""), "--lr: needs a value"),
        (("plot", "cosine", "--facet=1"), "--facet: takes no value"),
        (
            ("plot", "multistep", "--milestones", "30 60"),
            "--milestones: must be a list (got '30 60'); write [30, 60]",
        ),
    ],
)
def test_a_wrong_argument_says_what_to_type(
    shell: Shell, words: tuple[str, ...], message: str
) -> None:
    done = shell(*words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"error: {message}\n")


def test_streams_stay_as_they_were(shell: Shell) -> None:
    before = sys.stdout
    shell("export", "step", "-q")
    assert sys.stdout is before


def test_the_help_lists_every_status(shell: Shell) -> None:
    assert " ".join(shell("--help").stdout.split()).endswith(
        "Exit status: 0 fine, 1 a finding, 2 bad input or usage, as a file or a folder that does "
        "not exist, 70 an internal error, 74 the system failed to read or to write, as a full "
        "disk, 130 interrupted (128 and the number of any other signal)."
    )


def test_completion_prints_and_ends_well(shell: Shell) -> None:
    words = {"COMP_WORDS": "lrviz pl", "COMP_CWORD": "1", "_LRVIZ_COMPLETE": "complete_bash"}
    program = "from lrviz.cli import program; program()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT), **words},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "plot\n", "")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_in_a_text_that_is_executed(name: str, tmp_path: Path) -> None:
    number = getattr(signal, name)
    (tmp_path / "ends.py").write_text(
        "import os, signal, lrviz.cli as cli\n"
        f"signal.signal({int(number)}, signal.SIG_DFL)\n"  # the parent may ignore it
        f"cli.run = lambda _: exec('os.kill(os.getpid(), {int(number)})')\n"
        "cli.program()"
    )
    done = subprocess.run(
        [sys.executable, "-m", "ends"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (128 + number, "", "")


def test_the_end_runs_what_was_registered_and_frees_nothing(tmp_path: Path) -> None:
    (tmp_path / "ends.py").write_text(
        "import atexit, lrviz.cli as cli\n"
        "class Freed:\n"
        "    def __del__(self): print('freed')\n"
        "kept = Freed()\n"
        "atexit.register(print, 'registered')\n"
        "cli.run = lambda _: 1\n"
        "cli.program()"
    )
    done = subprocess.run(
        [sys.executable, "ends.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "registered\n", "")


class Fails:
    """Raises where Python can only print it."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __del__(self) -> None:
        raise self.error


def test_an_interrupt_that_python_cannot_raise_is_not_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "unraisablehook", report_unless_interrupt)
    Fails(KeyboardInterrupt())
    assert capsys.readouterr().err == ""
    Fails(ValueError("lost"))
    assert capsys.readouterr().err.endswith("ValueError: lost\n")
