"""Parameters of a schedule as flags of every command on one SPEC, and the files they write."""

from __future__ import annotations

import json

import numpy as np
import pytest

import lrviz
from lrviz.cli.command import build_command
from lrviz.cli.options import drawing_options
from lrviz.curves.column import Envelope
from lrviz.curves.curve import Curve
from tests.conftest import Shell


def test_every_command_on_one_spec_takes_parameters(shell: Shell) -> None:
    assert "decay_steps=7" in shell("code", "cosine", "--t-max", "7", "--as", "optax", "-q").stdout
    assert shell("export", "--t_max", "3", "cosine", "-q").stdout.count("\n") == 4
    data = json.loads(shell("measure", "cosine", "--T-max", "9", "--json", "-q").stdout)
    assert data["curves"][0]["steps"] == 9
    assert "T_max=12" in shell("plot", "cosine", "--t-max", "12", "--no-image").stdout


def test_parameters_are_of_one_spec_only(shell: Shell) -> None:
    done = shell("export", "cosine", "step", "--t-max", "9")
    assert done.returncode == 2
    assert done.stderr == (
        "error: --t-max: sets a parameter of one SPEC; with several, write it inline as "
        "cosine:T_max=...\n"
    )


def test_truth_values_are_flags(shell: Shell) -> None:
    words = ("plot", "onecycle", "--total-steps", "9", "--no-image", "-q")
    assert "three_phase=true" in shell(*words, "--three-phase").stdout
    assert "three_phase" not in shell(*words, "--no-three-phase").stdout
    done = shell("plot", "--no-three-phase", "onecycle", "--total-steps", "9", "--no-image")
    assert done.returncode == 0


def test_a_list_sweeps(shell: Shell) -> None:
    done = shell("export", "polynomial", "--power", "[1,2]", "--steps", "4", "-q")
    assert done.stdout.splitlines()[0] == "step,polynomial power=1,polynomial power=2"
    done = shell("export", "polynomial", "--lr", "[1e-4,3e-4]", "--steps", "4", "-q")
    assert done.stdout.splitlines()[0] == "step,polynomial lr=1e-4,polynomial lr=3e-4"


def test_parameters_without_effect_are_noted(shell: Shell) -> None:
    done = shell("export", "cosine", "--t-max", "3", "--verbose", "true")
    assert done.stderr == "note: cosine: verbose has no effect on the rate\n"


@pytest.mark.parametrize(
    ("ending", "start"),
    [
        ("csv", b"step,cosine\n"),
        ("tsv", b"step\tcosine\n"),
        ("json", b'{"curves"'),
        ("JSON", b'{"curves"'),
        ("npz", b"PK"),
        ("txt", b"step,cosine\n"),
    ],
)
def test_the_ending_decides_the_format(ending: str, start: bytes, shell: Shell) -> None:
    assert shell("export", "cosine", "--t-max", "3", "-q", "-o", f"a.{ending}").returncode == 0
    assert (shell.folder / f"a.{ending}").read_bytes().startswith(start)


def test_formats_by_flag(shell: Shell) -> None:
    assert shell("export", "step", "-q", "--json", "-o", "a").returncode == 0
    assert (shell.folder / "a").read_text().startswith('{"curves"')
    done = shell("export", "step", "-q", "--csv", "-o", "a.json")
    assert done.stderr == "error: --csv: contradicts the file's ending (got a.json)\n"
    assert shell("export", "step", "-q", "--tsv", "-o", "a.txt").returncode == 0
    assert (shell.folder / "a.txt").read_text().startswith("step\tstep\n")
    done = shell("export", "step", "-q", "--csv", "--tsv", "--json")
    assert done.stderr == "error: --tsv: cannot be used with --csv; choose one\n"
    done = shell("export", "step", "-q", "--long", "--json")
    assert done.stderr == "error: --long: is a layout of CSV and TSV (got JSON)\n"
    done = shell("export", "step", "--every", "2", "--range", "0:9")
    assert done.stderr == "error: --every: give the stride in --range START:STOP:EVERY instead\n"


def test_npz_reads_back(shell: Shell) -> None:
    shell("export", "cosine", "--t-max", "3", "-q", "-o", "a.npz")
    assert np.load(shell.folder / "a.npz")["lr"].shape == (1, 3)


def test_measure_prints_facts_and_segments(shell: Shell) -> None:
    done = shell("measure", "wsd", "--steps", "10k", "--lr", "3e-4", "-q")
    assert done.stdout.splitlines() == [
        "wsd  lrviz.warmup_stable_decay(total_steps=10000), lr=3e-4",
        "  peak      3e-4 at step 1k",
        "  lowest    0 at step 0",
        "  first     0",
        "  last      7.501e-8 at step 9999",
        "  mean      2.45e-4",
        "  area      2.45 over 10,000 steps",
        "  half-life 7,500 steps after the peak",
        "  steepest  -6.708e-6 at step 8001",
        "segment  from   to  share  first rate  last rate",
        "warm-up     0   1k    10%           0       3e-4",
        "hold       1k   8k    70%        3e-4       3e-4",
        "decay      8k  10k    20%        3e-4   7.501e-8",
    ]


def test_measure_prints_no_jump_or_half_life_where_there_is_none(shell: Shell) -> None:
    lines = shell("measure", "constant:factor=1", "--steps", "1", "-q").stdout.splitlines()
    assert [line.split()[0] for line in lines[1:7]] == [
        "peak", "lowest", "first", "last", "mean", "area",
    ]  # fmt: skip
    assert lines[6] == "  area      0.1 over 1 step"
    assert lines[7].startswith("segment")
    flat = shell("measure", "constant:factor=1", "--steps", "9", "-q").stdout
    assert "jump" not in flat
    assert "half-life" not in flat


def test_measure_of_a_range_ends_at_its_last_step(shell: Shell) -> None:
    done = shell("measure", "cosine:t_max=100", "--range", "10:50:5", "-q")
    assert done.stdout.splitlines()[4] == "  last      0.05782 at step 45"


def test_measure_compares_with_the_first_curve(shell: Shell) -> None:
    words = ("measure", "cosine", "step", "cosine:T_max=100", "--steps", "100", "-q")
    assert shell(*words).stdout.splitlines()[-3:] == [
        "against cosine  first at   most by  at  area ratio       over",
        "step                   1  -0.06939  30      0.6596  100 steps",
        "cosine #2           same         0   -           1  100 steps",
    ]
    data = json.loads(shell(*words, "--json").stdout)["differences"]
    assert [(item["label"], item["baseline"], item["steps"]) for item in data] == [
        ("step", "cosine", 100),
        ("cosine #2", "cosine", 100),
    ]
    assert (data[0]["first_step"], data[0]["largest_step"]) == (1, 30)
    assert data[0]["largest"] == pytest.approx(-0.0693893, rel=1e-6)
    assert data[0]["area_ratio"] == pytest.approx(0.659604, rel=1e-5)
    assert (data[1]["first_step"], data[1]["largest"], data[1]["largest_step"]) == (None, 0, None)


def test_an_area_ratio_to_nothing_is_null(shell: Shell) -> None:
    shell.write("zero.yaml", "schedule: lambda\nlr_lambda: '0'\nsteps: 9\n")
    done = shell("measure", "zero.yaml", "cosine:t_max=9", "--steps", "9", "-q")
    assert done.stdout.splitlines()[-1].split()[-3:] == ["-", "9", "steps"]
    done = shell("measure", "zero.yaml", "cosine:t_max=9", "--steps", "9", "-q", "--json")
    assert json.loads(done.stdout)["differences"][0]["area_ratio"] is None


def test_measure_separates_curves(shell: Shell) -> None:
    lines = shell("measure", "cosine", "step", "-q").stdout.splitlines()
    assert lines.count("") == 2
    assert "" not in shell("measure", "cosine", "-q").stdout.splitlines()


def test_compare_with_a_baseline(shell: Shell) -> None:
    words = ("compare", "cosine", "step", "--no-image", "-q")
    assert "differences are from the first curve" in shell(*words).stdout
    assert "differences are from step" in shell(*words, "--baseline", "step").stdout
    done = shell(*words, "--baseline", "stp")
    assert done.returncode == 2
    assert done.stderr == (
        "error: --baseline: no curve is called 'stp'; did you mean 'step'? (curves: step and "
        "cosine)\n"
    )


def test_a_baseline_that_is_none_of_many_curves(shell: Shell) -> None:
    spec = f"step:step_size=[{','.join(map(str, range(1, 30)))}]"
    done = shell("compare", spec, "--no-image", "--baseline", "step_size=29")
    assert done.stderr.startswith("error: --baseline: no curve is called 'step_size=29'; did you ")
    assert "(curves: step step_size=29, step step_size=2, step step_size=9, " in done.stderr
    assert done.stderr.endswith(" and 19 more)\n")


@pytest.mark.parametrize(
    ("words", "panels"),
    [
        (("compare", "cosine", "step"), 1),
        (("compare", "cosine", "step", "--diff"), 2),
        (("dialects",), 3),
        (("audit", "log.csv", "--against", "cosine:t_max=20"), 2),
        (("audit", "log.csv"), 2),
    ],
)
def test_panels_of_a_picture(words: tuple[str, ...], panels: int, shell: Shell) -> None:
    """One has the rates; the others have the differences, and enlarged parts."""
    rates = lrviz.schedule("cosine", T_max=20).rate(range(20), lr=0.1)
    rows = (f"{step},{float(rate)!r}\n" for step, rate in enumerate(rates))
    shell.write("log.csv", "step,lr\n" + "".join(rows))
    done = shell(*words, "-q", "-o", "a.svg")
    assert done.returncode == 0
    assert (shell.folder / "a.svg").read_text().count('id="axes_') == panels


@pytest.mark.parametrize("command", ["plot", "compare"])
def test_of_a_very_long_curve_only_what_a_picture_shows_is_kept(
    command: str, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths: list[int] = []

    def envelope(curve: Curve, steps: range) -> Envelope:
        lengths.append(len(steps))
        return original(curve, steps)

    original = Envelope.of
    monkeypatch.setattr(Envelope, "of", envelope)
    monkeypatch.setattr("lrviz.curves.column.MAX_COLUMN_RATES", 50)
    assert shell(command, "cosine:t_max=50", "--no-image").returncode == 0
    assert lengths == []
    assert shell(command, "cosine:t_max=51", "--no-image").returncode == 0
    assert lengths == [51]


def test_a_folder_is_its_spec_files(shell: Shell) -> None:
    shell.write("runs/b.yaml", "schedule: step\nstep_size: 3\n")
    shell.write("runs/a.yaml", "schedule: cosine\nT_max: 3\n")
    done = shell("export", "runs", "-q")
    assert done.stdout.splitlines()[0] == "step,cosine,step"
    assert shell("plot", "runs", "--no-image", "-q").returncode == 0


def test_text_options_share_a_validator() -> None:
    command = build_command(lambda **_: None, "x", "A command.", drawing_options())
    texts = [item for item in command.params if item.type_descriptor.annotation is str]
    assert len(texts) > 20
    assert len({id(item.get_runtime_param()) for item in texts}) == 1
    truths = [item for item in command.params if item.type_descriptor.annotation is bool]
    assert {item.get_runtime_param().annotation for item in truths} == {bool}


@pytest.mark.parametrize(
    ("name", "advice"),
    [("rates.xlsx", "; spreadsheets open .csv"), ("rates.parquet", "")],
)
def test_an_ending_that_is_no_formats(name: str, advice: str, shell: Shell) -> None:
    done = shell("export", "cosine", "--t-max", "3", "-o", name)
    assert (done.returncode, done.stderr) == (
        2,
        f"error: --output: must end in one of .csv, .tsv, .json, .npz (got {name}){advice}\n",
    )
    assert not (shell.folder / name).exists()
    accepted = ("rates.txt", "rates", "rates-0.1")
    for words in (("--csv", "-o", name), *(("-o", file) for file in accepted)):
        assert shell("export", "cosine", "--t-max", "3", *words).stderr == f"wrote {words[-1]}\n"
        assert shell("export", "cosine", "--t-max", "3", *words, "-q").stderr == ""


@pytest.mark.parametrize("command", ["plot", "check", "measure", "code"])
def test_an_empty_spec_is_none(command: str, shell: Shell) -> None:
    done = shell(command, "")
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: lrviz {command} needs a SPEC: ")


def test_a_part_of_a_run_is_not_checked_as_one(shell: Shell) -> None:
    words = ("cosine", "--steps", "10000", "--range", "0:1000", "--no-image")
    assert shell("plot", *words).stderr == ""
    assert shell("compare", "step", *words).stderr.count("warning") == 0
    assert "never-lands" in shell("plot", "cosine:T_max=10000", "--steps", "1000").stderr


def test_measure_compares_no_epochs_with_steps(shell: Shell) -> None:
    specs = ("cosine:T_max=9,by=epoch", "cosine:T_max=90", "step:by=epoch")
    lines = shell("measure", *specs, "-q").stdout.splitlines()
    assert [line.split()[-5:] for line in lines[-2:]] == [
        ["-", "-", "-", "-", "-"],
        ["+0.1", "9", "0.6662", "100", "epochs"],
    ]
