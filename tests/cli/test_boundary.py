"""Hostile input, closed streams and signals: one line each, never a traceback."""

from __future__ import annotations

import ast
import os
import signal
import sys
from pathlib import Path
from xml.dom import minidom

import pytest
from pydantic import BaseModel

from lrviz.cli import main
from lrviz.cli.process import ENDING, open_closed_streams, raise_for_signals
from lrviz.core.errors import SpecError
from lrviz.curves.figure_settings import FigureSettings
from lrviz.specfile.settings import CurveSettings
from lrviz.specfile.settings_reader import read_model
from tests.conftest import Program, Shell

NINES = "9" * 399
HOSTILE = {
    "a metric of 399 digits": (
        f"{{schedule: plateau, metric: [1, {NINES}]}}",
        "1:29: metric must contain only finite numbers (got inf)",
    ),
    "a size of 399 digits": (
        f"{{schedule: cosine, T_max: 3, size: [{NINES}, 3]}}",
        f"1:36: size must be WIDTHxHEIGHT in inches, as 8x4.5 (got [{'9' * 76}...)",
    ),
    "a character beyond Unicode": (
        '{schedule: cosine, T_max: 3, label: "\\U00110000"}',
        "1:40: is not YAML: an escape or a version has a number that is too large",
    ),
    "a version of 5,000 digits": (
        f"%YAML {'9' * 5000}.1\n---\nschedule: cosine\n",
        "1:7: is not YAML: an escape or a version has a number that is too large",
    ),
    "half of a surrogate pair": (
        '{"schedule": "cosine", "T_max": 3, "label": "\\ud83d"}',
        "1:45: has half of a surrogate pair, as \\ud83d, which is no character",
    ),
    "a comment in arithmetic": (
        '{schedule: lambda, lr_lambda: "t # \\e[31m"}',
        "1:31: lr_lambda may not contain a comment (got 't # \\x1b[31m')",
    ),
}


ARGUMENTS_OF_BYTES = {
    ("t5x.create_learning_rate_scheduler", "--factors", "\udcf0"): "--factors: ",
    ("t5x.create_learning_rate_scheduler:factors=\udcf0",): (
        "t5x.create_learning_rate_scheduler:factors=\\xf0: factors "
    ),
    ("onecycle", "--anneal-strategy", "\udcf0"): "--anneal-strategy: ",
    ("lambda", "--lr-lambda", "\udcf0"): "--lr-lambda: ",
    ("cosine", "--axis", "\udcf0"): "--axis: ",
}
"""Commands with an argument that is not UTF-8, and the place that the error has."""


@pytest.mark.parametrize("arguments", ARGUMENTS_OF_BYTES)
def test_bytes_that_are_no_text(arguments: tuple[str, ...], shell: Shell) -> None:
    done = shell("plot", *arguments, "--no-image")
    assert done.returncode == 2
    message = "must be text in UTF-8 (got '\\udcf0')"
    assert done.stderr == f"error: {ARGUMENTS_OF_BYTES[arguments]}{message}\n"


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files(case: str, shell: Shell) -> None:
    text, message = HOSTILE[case]
    shell.write("s.yaml", text)
    done = shell("plot", "s.yaml", "--no-image")
    assert done.returncode == 2
    assert done.stderr == f"error: s.yaml:{message}\n"


@pytest.mark.parametrize(
    "expression",
    ["t" + ".a" * 490, "t" + "()" * 490, "t" + "[0]" * 320, "lambda t=" + "-" * 490 + "1: t"],
)
def test_deep_expressions(expression: str, shell: Shell) -> None:
    done = shell("plot", "lambda", "--lr-lambda", expression, "--no-image")
    assert done.returncode == 2
    assert done.stderr.startswith("error: --lr-lambda: ")
    assert len(done.stderr) < 350


@pytest.mark.parametrize("settings", ["{jitter: 1e6}", "{start: 1e308, curvature: 1e-300}"])
def test_simulations_that_diverge(settings: str, shell: Shell) -> None:
    shell.write("s.yaml", f"schedule: plateau\nlr: 1e200\nmetric: {{simulate: {settings}}}\n")
    assert shell("plot", "s.yaml", "--no-image").returncode == 0


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("lr", ["5e-324", "1.7e308"])
@pytest.mark.parametrize("more", [(), ("--log-y",)])
def test_the_smallest_and_the_largest_rate(lr: str, more: tuple[str, ...], shell: Shell) -> None:
    done = shell("compare", "cosine", "linear", "--lr", lr, "-o", "x.svg", "-q", *more)
    assert (done.returncode, done.stderr) == (0, "")
    assert (shell.folder / "x.svg").stat().st_size > 5_000


@pytest.mark.parametrize(
    ("flag", "shown"), [("--pct-start=1.7e308", "1.7e308"), ("--pct-start=-1e300", "-1e300")]
)
@pytest.mark.parametrize("shape", ["cosine", "linear"])
def test_a_phase_that_ends_beyond_all_steps(
    shape: str, flag: str, shown: str, shell: Shell
) -> None:
    done = shell("plot", f"optax.{shape}_onecycle_schedule", flag, "--no-image", "-q")
    assert done.returncode == 2
    assert done.stderr == (
        "error: --pct-start: pct_start ends a phase beyond 9,007,199,254,740,992 steps "
        f"(got {shown})\n"
    )


def test_emoji_as_json_spells_them(shell: Shell) -> None:
    shell.write("s.json", '{"schedule": "cosine", "T_max": 3, "label": "\\ud83d\\ude00"}')
    assert shell("export", "s.json", "-q").stdout.splitlines()[0] == "step,😀"


def test_standard_input_that_is_closed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdin", None)
        open_closed_streams()
        with pytest.raises(OSError, match="Bad file descriptor"):
            sys.stdin.buffer.read(1)
        sys.stdin.close()


def test_standard_output_that_is_closed(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdout", None)
        status = main(["plot", "cosine", "-q", "-o", "x.png"])
    assert status == 74
    assert capsys.readouterr().err == "error: standard output: Bad file descriptor\n"
    assert not (here / "x.png").exists()


def test_standard_error_that_is_closed(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("sys.stderr", None)
        assert main(["export", "cosine", "-o", "x.csv"]) == 0
        assert main(["export", "cosinus", "-o", "y.csv"]) == 2
    assert (here / "x.csv").exists()


def test_standard_input_twice(shell: Shell) -> None:
    done = shell("compare", "-", "-", stdin="schedule: cosine")
    assert done.returncode == 2
    assert done.stderr == "error: -: standard input can be read only once\n"


def test_a_signal_is_the_cause_of_whatever_it_makes_fail(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    handlers = {name: signal.getsignal(getattr(signal, name)) for name in ENDING}
    try:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        received: list[int] = []
        raise_for_signals(received)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN

        def fail(*_: object, **__: object) -> None:
            try:
                os.kill(os.getpid(), signal.SIGTERM)
                for _ in range(1000):
                    pass
            except KeyboardInterrupt:
                raise ImportError("a module was interrupted") from None

        monkeypatch.setattr("lrviz.render.export_file.Export.chunks", fail)
        monkeypatch.setattr("lrviz.cli.discard_output", lambda: None)
        monkeypatch.chdir(shell.folder)
        assert main(["export", "step", "-q"], received) == 128 + signal.SIGTERM
    finally:
        for name, handler in handlers.items():
            signal.signal(getattr(signal, name), handler)


def test_a_backend_that_is_not_there(program: Program) -> None:
    done = program("plot", "cosine", "-q", MPLBACKEND="not_there")
    assert (done.returncode, done.stderr) == (0, "")


def test_labels_that_a_spreadsheet_would_compute(shell: Shell) -> None:
    shell.write("s.yaml", "schedule: step\nstep_size: 3\nsteps: 1\nlabel: =1+1\n")
    note = "note: a spreadsheet takes the label '=1+1' for a formula; --excel-safe quotes it\n"
    done = shell("export", "s.yaml")
    assert (done.stdout, done.stderr) == ("step,=1+1\n0,0.1\n", note)
    assert shell("export", "s.yaml", "-o", "x.tsv").stderr == note + "wrote x.tsv\n"
    assert shell("export", "s.yaml", "--json").stderr == ""
    done = shell("export", "s.yaml", "--excel-safe")
    assert (done.stdout, done.stderr) == ("step,'=1+1\n0,0.1\n", "")
    for label, shown in (('"@a"', "'@a"), ("'+a'", "'+a"), ("'-a'", "'-a"), ("a=1", "a=1")):
        shell.write("s.yaml", f"schedule: step\nstep_size: 3\nsteps: 1\nlabel: {label}\n")
        assert shell("export", "s.yaml", "--excel-safe").stdout.startswith(f"step,{shown}\n")


def test_control_characters_are_seen_in_every_output(shell: Shell) -> None:
    shell.write("s.yaml", 'schedule: step\nstep_size: 3\nlabel: "\\e[31mred\\uFEFF\\u202E\\0"\n')
    seen = "\\x1b[31mred\\ufeff\\u202e\\x00"
    title = ("--title", "\x1b[0m", "-o")
    for words in (("plot", *title, "x.svg"), ("export",), ("measure",), ("plot", *title, "x.pdf")):
        done = shell(words[0], "s.yaml", *words[1:])
        assert done.returncode == 0
        assert "\x1b" not in done.stdout + done.stderr
    assert seen in shell("export", "s.yaml").stdout
    minidom.parse(str(shell.folder / "x.svg"))
    done = shell("plot", "no\x1bname\n")
    assert done.stderr.startswith("error: unknown schedule 'no\\x1bname")
    assert shell("plot", "step", "--step-size", "x" * 5000).stderr.count("x") <= 300
    assert shell("plot", "y" * 5000).stderr.count("y") <= 300
    shell.write("k.yaml", f'schedule: step\n"{"z" * 900}\\nz": 3\n')
    done = shell("plot", "k.yaml")
    assert done.stderr.count("z") <= 300
    assert done.stderr.count("\n") == len(done.stderr.splitlines()) == 2


LONG = "9" * 400
"""A name that is too long for a file."""


@pytest.mark.parametrize("name", [f"timm.cosine:t_initial=10,warmup_prefix={LONG}", f"{LONG}.yaml"])
@pytest.mark.parametrize(
    "words",
    [("check",), ("compare",), ("plot",), ("audit",), ("audit", "x.csv", "--against"),
     ("find-lr",), ("convert",), ("measure",), ("export",), ("code",), (), ("explain",)],
    ids="-".join,
)  # fmt: skip
def test_a_name_that_is_too_long_for_a_file(
    words: tuple[str, ...], name: str, shell: Shell
) -> None:
    done = shell(*words, name)
    is_log = words in (("audit",), ("find-lr",))
    assert done.returncode == (74 if is_log else 2)
    assert done.stderr.startswith("error: ")


def test_a_pattern_that_no_file_can_have(shell: Shell) -> None:
    done = shell("plot", "\ud83d/*.yaml")
    assert done.returncode == 2
    assert done.stderr.endswith(": no such file; no file matches the pattern\n")


def test_a_lambda_of_two_lines_stays_in_its_comment(shell: Shell) -> None:
    shell.write("s.yaml", "schedule: lambda\nlr_lambda: |\n  (1 +\n  t)\n")
    code = shell("code", "s.yaml").stdout
    ast.parse(code)
    assert "(1 + t)" in code.splitlines()[0]


def refusal(model: type[BaseModel], name: str, value: object) -> str:
    try:
        read_model(model, {name: value}, lambda path, _: "place")
    except SpecError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("model", [FigureSettings, CurveSettings])
@pytest.mark.parametrize("value", [None, True, "x", [], {}, 1.5, -1, float("inf")], ids=repr)
def test_no_words_of_pydantic(model: type[BaseModel], value: object) -> None:
    for name in model.model_fields:
        text = refusal(model, name, value)
        for word in ("Input should", "Value error", "pydantic", "validation error"):
            assert word not in text
