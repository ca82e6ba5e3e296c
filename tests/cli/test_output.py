"""What commands print, at the limits of their sizes, and where their pictures go."""

from __future__ import annotations

import json

import pytest

import lrviz
from lrviz.cli.json_text import json_text
from lrviz.cli.list_command import cut
from lrviz.cli.options import choices_of, read_count, read_range
from lrviz.cli.output import file_name, print_findings
from lrviz.core.findings import Finding, Severity
from lrviz.curves.figure_settings import FigureSettings
from lrviz.specfile.settings import CurveSettings
from tests.conftest import Shell


@pytest.mark.parametrize(("count", "has_chart"), [(12, True), (13, False)])
def test_up_to_twelve_curves_have_a_chart(count: int, has_chart: bool, shell: Shell) -> None:
    powers = ",".join(str(1 + index / 10) for index in range(count))
    done = shell("compare", f"polynomial:total_iters=9,power=[{powers}]", "--no-image")
    assert ("┤" in done.stdout) is has_chart
    message = f"{count} curves: too many for a chart in the terminal\n"
    assert done.stdout.startswith(message) is not has_chart


def test_json_is_indented_and_keeps_letters(shell: Shell) -> None:
    shell.write("a.yaml", "schedule: step\nstep_size: 3\nlabel: 学習率\n")
    lines = shell("measure", "a.yaml", "--json").stdout.splitlines()
    assert lines[:4] == ["{", '  "curves": [', "    {", '      "label": "学習率",']
    schema = shell("schema").stdout
    assert schema.splitlines()[1].startswith('  "')
    assert not schema.splitlines()[1].startswith("   ")
    assert json.loads(schema)["$schema"]


def test_a_file_sets_its_picture_alone_or_not_at_all(shell: Shell) -> None:
    shell.write("a.yaml", "schedule: step\nstep_size: 3\ntitle: Mine\n")
    shell.write("b.yaml", "schedule: cosine\nT_max: 3\n")
    assert shell("plot", "a.yaml", "--no-image").stdout.startswith("Mine")
    shell("compare", "a.yaml", "-q", "-o", "one.svg")
    shell("compare", "a.yaml", "b.yaml", "-q", "-o", "two.svg")
    assert ">Mine<" in (shell.folder / "one.svg").read_text()
    assert ">Mine<" not in (shell.folder / "two.svg").read_text()


def test_a_title_that_no_one_reads_to_its_end_is_cut(shell: Shell) -> None:
    shell.write("a.yaml", f"schedule: step\nstep_size: 3\nlabel: {'word ' * 20_000}\n")
    shell.write("log.csv", "step,lr\n0,0.1\n1,0.1\n2,0.1\n")
    lines = shell("plot", "a.yaml", "--no-image").stdout.splitlines()
    chart = next(index for index, line in enumerate(lines) if "┤" in line)
    assert len(" ".join(lines[:chart])) < 400
    assert " ".join(lines[:chart]).endswith("torch.StepLR(step_size=3), lr=0.1")
    heading = shell("audit", "log.csv", "--against", "a.yaml", "--no-image").stdout.splitlines()[0]
    assert len(heading) == 300
    assert heading.startswith("log.csv against word word")


def test_code_is_written_to_a_file(shell: Shell) -> None:
    printed = shell("code", "cosine", "--t-max", "9", "--as", "keras").stdout
    shell.write("lr.py", "# mine\n")
    done = shell("code", "cosine", "--t-max", "9", "--as", "keras", "-o", "lr.py")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "wrote lr.py\n")
    assert (shell.folder / "lr.py").read_text() == printed
    assert shell("code", "cosine", "--t-max", "9", "--as", "keras", "-o", "-").stdout == printed
    done = shell("code", "cosine", "--t-max", "9", "-o", "no/lr.py")
    assert (done.returncode, done.stdout) == (2, "")
    message = "error: no/lr.py: cannot be written: the folder no does not exist; make it first\n"
    assert done.stderr == message


def test_a_named_picture_replaces_any_file(shell: Shell) -> None:
    shell.write("mine.png", "not made by lrviz")
    assert shell("plot", "cosine", "-q", "-o", "mine.png").returncode == 0
    assert (shell.folder / "mine.png").read_bytes().startswith(b"\x89PNG")
    assert not (shell.folder / "cosine.png").exists()


def test_a_default_name_keeps_letters_and_digits() -> None:
    assert file_name("warm up: 3 / 4") == "warm-up-3-4"
    assert file_name("..") == "lrviz"


def test_a_range_has_two_or_three_parts() -> None:
    assert read_range("3:9") == range(3, 9)
    assert read_range("0:9:2") == range(0, 9, 2)
    assert read_range("0:9:1") == range(0, 9)
    for text in ("9", "1:2:3:4", "3:3", "0:9:0", "a:3"):
        with pytest.raises(lrviz.SpecError, match=r"--range: must be START:STOP or"):
            read_range(text)


def test_a_count_is_a_whole_number_from_1() -> None:
    assert [read_count(text, "--width", 9) for text in ("1", " 9 ", 3, None)] == [1, 9, 3, None]
    for text in ("0", "10", "-1", "1.5", "x", "1" * 20):
        message = "--width: must be a whole number from 1 to 9"
        with pytest.raises(lrviz.SpecError, match=message):
            read_count(text, "--width", 9)


def test_choices_of_an_option() -> None:
    style = FigureSettings.model_fields["style"].annotation
    assert choices_of(style) == ("light", "dark", "paper")
    assert choices_of(CurveSettings.model_fields["by"].annotation) == ("step", "epoch")
    assert choices_of(int) == ()
    assert choices_of(int | str) == ()


@pytest.mark.parametrize("steps", [0, -3, range(3, 3), range(-2, 4), range(9, 0, -1)])
def test_steps_that_cannot_be_sampled(steps: int | range) -> None:
    with pytest.raises(lrviz.SpecError, match=r"^steps: must be at least 1, from step 0 on"):
        lrviz.sample(lrviz.load("cosine"), steps)


@pytest.mark.parametrize("steps", [1, range(1), range(0, 9, 3), range(5, 9, 1)])
def test_steps_that_can_be_sampled(steps: int | range) -> None:
    columns = lrviz.sample(lrviz.load("cosine"), steps).columns
    assert columns[0].steps == (range(steps) if isinstance(steps, int) else steps)


def test_a_single_curve_gives_the_title() -> None:
    def texts(*specs: str, **options: str) -> set[str]:
        figure = lrviz.plot(lrviz.load(*specs), **options)
        return {text.get_text() for text in figure.findobj() if hasattr(text, "get_text")}

    assert "cosine" in texts("cosine")
    assert "Mine" in texts("cosine", title="Mine")
    assert "Mine" in texts("cosine", "step", title="Mine")


def test_dialects_shows_the_step_after_the_end(shell: Shell) -> None:
    text = shell("dialects", "--total", "50", "--warmup", "5", "--no-image", "-q").stdout
    assert "@60" in text
    assert "@61" not in text
    done = shell("dialects", "--power", "3", "--no-image")
    assert "note: --power has no effect on the shape cosine" in done.stderr.splitlines()


def test_a_sentence_is_cut_at_the_last_word_that_fits(shell: Shell) -> None:
    assert cut("one two three", 10) == "one two..."
    assert cut("one two three", 9) == "one..."
    lines = shell("list", "MultiStep", "torch").stdout.splitlines()
    assert lines == [
        "torch",
        "  MultiStepLR  ███▁▁▁▁▁  (multistep) Multiplies the rate by gamma at each...",
    ]


def test_the_whole_title_is_bold(shell: Shell) -> None:
    done = shell("plot", "cosine", "--t-max", "9", "--no-image", "--color", "always")
    assert done.stdout.startswith("\x1b[1mcosine\x1b[0m · torch.CosineAnnealingLR(T_max=9)")


def test_an_option_without_a_value_before_the_spec(shell: Shell) -> None:
    for flag in ("--log-y", "--no-log-y", "--no-image", "--quiet", "-q"):
        done = shell("plot", flag, "cosine", "--t-max", "9")
        assert done.returncode == 0, (flag, done.stderr)
        assert "T_max=9" in done.stdout


def test_usage_names_the_spec(shell: Shell) -> None:
    assert shell("code", "--help").stdout.startswith("Usage: lrviz code SPEC [OPTIONS]\n")
    assert shell("code", "step", "--help").stdout.startswith("Usage: lrviz code step [OPTIONS]\n")


def test_the_chart_of_dialects_ends_at_its_last_rate(shell: Shell) -> None:
    text = shell("dialects", "--total", "50", "--warmup", "5", "--no-image", "-q").stdout
    numbers = next(line for line in text.splitlines() if "step" in line)
    assert numbers.split()[-1] == "60"


LENGTH = ("--steps", "300k", "--tokens-per-step", "4194304", "--steps-per-epoch", "3k")


@pytest.mark.parametrize(
    ("axis", "labels", "facts"),
    [
        ("step", "0 100k 200k step 300k", "decay: 0.1 to 2.742e-12 until step 300k"),
        ("epoch", "0 20 40 60 80 epoch 100", "decay: 0.1 to 2.742e-12 until epoch 100"),
        (
            "tokens",
            "0 250B 500B 750B 1T tokens 1.25T",
            "decay: 0.1 to 2.742e-12 until 1.26T tokens",
        ),
        (
            "percent",
            "0% 20% 40% 60% 80% share 100%",
            "decay: 0.1 to 2.742e-12 until 100% of the run",
        ),
    ],
)
def test_the_axis_of_steps(shell: Shell, axis: str, labels: str, facts: str) -> None:
    done = shell("plot", "cosine", *LENGTH, "--axis", axis, "--no-image", "--width", "80")
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert " ".join(lines[-3].split()) == labels
    assert lines[-1] == facts


def test_the_axis_of_a_comparison_and_of_a_file(shell: Shell) -> None:
    shell.write(
        "a.yaml",
        "axis: epoch\nsteps_per_epoch: 10\nsteps: 100\ncurves:\n"
        "- {schedule: cosine, T_max: 100}\n- {schedule: step, step_size: 25}\n",
    )
    done = shell("compare", "a.yaml", "--no-image", "-q", "--width", "90")
    lines = done.stdout.splitlines()
    assert lines[-7].split() == ["0", "2", "4", "6", "8", "epoch", "10"]
    assert lines[-4].split()[:5] == ["curve", "peak", "at", "epoch", "last"]
    assert lines[-2].split()[-5:] == ["2.778", "0.1", "-0.07536", "2.5", "0.55"]
    other = shell("compare", "a.yaml", "--no-image", "-q", "--width", "90", "--axis", "step")
    assert other.stdout.splitlines()[-2].split()[-4:] == ["1", "-0.07536", "25", "0.55"]


def test_an_axis_that_the_run_says_too_little_for(shell: Shell) -> None:
    done = shell("plot", "cosine", "--steps", "10", "--axis", "tokens")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: cosine: axis tokens needs the tokens of a step: give tokens_per_step "
        "(--tokens-per-step), or sequence_length and batch_size\n"
    )
    shell.write("a.yaml", "schedule: cosine\nT_max: 9\n\naxis: epoch\n")
    done = shell("plot", "a.yaml", "--no-image")
    assert done.stderr.startswith("error: a.yaml:1:1: axis epoch needs the steps of an epoch")
    assert list(shell.folder.glob("*.png")) == []


@pytest.mark.parametrize("text", ["", "0", "-1", "x", "\u00b2", "\u0663", "100000", "9" * 5_000])
def test_a_terminals_size_that_is_none(text: str, shell: Shell) -> None:
    usual = shell("plot", "step", "--no-image", COLUMNS="80", LINES="24")
    assert usual.stdout
    for name in ("COLUMNS", "LINES"):
        assert shell("plot", "step", "--no-image", **{name: text}).stdout == usual.stdout


def test_settings_of_the_library_of_pages(shell: Shell) -> None:
    done = shell("plot", "step", "-q", "-o", "x.html", BOKEH_MINIFIED="?", BOKEH_LOG_LEVEL="?")
    assert (done.returncode, done.stderr) == (0, "")
    assert (shell.folder / "x.html").stat().st_size > 100_000


@pytest.mark.parametrize("words", [{}, {"COMP_WORDS": "lrviz"}, {"COMP_CWORD": "1"}])
def test_a_request_for_completions_without_words(words: dict[str, str], shell: Shell) -> None:
    usual = shell("list", "-q")
    done = shell("list", "-q", _LRVIZ_COMPLETE="complete_bash", **words)
    assert (done.returncode, done.stdout, done.stderr) == (
        usual.returncode,
        usual.stdout,
        usual.stderr,
    )


def test_a_single_label_has_no_more_digits_than_show(shell: Shell) -> None:
    flags = ("--t-max", "30", "--epochs", "30", "--range", "1:30", "--no-image", "--height", "2")
    assert shell("plot", "cosine", *flags).stdout.splitlines()[1].startswith(" 0.0997┤")


def test_charts_of_too_many_cells(shell: Shell) -> None:
    done = shell("plot", "step", "-q", "--no-image", "--width", "301", "--height", "10000")
    assert done.returncode == 2
    assert done.stderr == (
        "error: --height: a chart of 301 x 10,000 has more than 3,000,000 cells\n"
    )
    done = shell("plot", "step", "--no-image", "--width", "300", "--height", "10001")
    assert done.stderr == ("error: --height: must be a whole number from 1 to 10,000 (got 10001)\n")
    assert shell("plot", "step", "--no-image", "--width", "100000").returncode == 0


def test_decisions_on_a_config_are_no_code(shell: Shell) -> None:
    shell.write("run.yaml", "learning_rate: 0.1\nlr_scheduler_type: linear\nmax_steps: 9\n")
    done = shell("code", "run.yaml", "--as", "torch", "--explain")
    assert done.stdout == shell("code", "run.yaml", "--as", "torch").stdout
    assert done.stderr.startswith("format:     Hugging Face TrainingArguments: has lr_scheduler")


def test_json_is_indented_and_has_characters_as_they_are() -> None:
    assert json_text({"名": [1]}) == '{\n  "名": [\n    1\n  ]\n}'


def test_files_that_share_a_length_are_noted(shell: Shell) -> None:
    for name, steps in (("a", 10), ("b", 20)):
        shell.write(f"{name}.yaml", f"schedule: polynomial\ntotal_iters: {steps}\n")
    note = (
        "note: a.yaml gives no steps and is drawn over the longest length, 20 steps; 'steps: N' "
        "in a spec file ends its curves at N\n"
    )
    for command in (("compare", "--no-image"), ("measure",), ("export", "--csv")):
        assert shell(*command, "a.yaml", "b.yaml").stderr == note
        assert "longest" not in shell(*command, "a.yaml", "b.yaml", "--steps", "9").stderr


def test_an_empty_title_is_not_printed(shell: Shell) -> None:
    titled = shell("plot", "cosine", "--no-image").stdout.splitlines()
    assert shell("plot", "cosine", "--no-image", "--title", "").stdout.splitlines() == titled[1:]
    shell.write("plan.yaml", "schedule: cosine\nT_max: 100\nlabel: cosine\ntitle: ''\n")
    assert shell("plot", "plan.yaml", "--no-image").stdout.splitlines() == titled[1:]
    log = "step,lr\n" + "".join(f"{step},0.1\n" for step in range(20))
    shell.write("log.csv", log)
    for command in (["audit", "log.csv"], ["audit", "log.csv", "--against", "constant"]):
        titled = shell(*command, "--no-image").stdout.splitlines()
        empty = shell(*command, "--no-image", "--title", "").stdout.splitlines()
        assert empty == titled[1:]


def test_an_empty_value_is_none_for_other_options(shell: Shell) -> None:
    for flag in ("--steps", "--size"):
        done = shell("plot", "cosine", flag, "")
        assert done.stderr == f"error: {flag}: needs a value\n"
    assert shell("plot", "cosine", "-o", "").stderr == "error: --output: needs a file name\n"


def test_what_is_the_same_of_several_curves_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    def note(curve: str, message: str = "open", severity: Severity = "note") -> Finding:
        return Finding("id", message, severity, curve=curve)

    few = [note("a"), note("b", severity="warning"), note("b"), note("a"), note("")]
    print_findings([*few, note("", "a whole file")], quiet=False)
    assert capsys.readouterr().err.splitlines() == [
        "note: a and b: open",
        "warning: b: open",
        "note: a whole file",
    ]
    print_findings([note(name) for name in "abc"], quiet=False)
    print_findings([note(name) for name in "abcd"], quiet=False)
    assert capsys.readouterr().err.splitlines() == [
        "note: a, b and c: open",
        "note: a, b and 2 more: open",
    ]
    print_findings(few, quiet=True)
    assert capsys.readouterr().err == "warning: b: open\n"
