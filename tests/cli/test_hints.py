"""What a wrong word is answered with: the word that was meant, or where to look."""

from __future__ import annotations

import pytest

from lrviz.cli.command import values_of
from lrviz.cli.output import print_findings
from lrviz.core.findings import Finding
from lrviz.core.register import fold
from lrviz.specfile.synonyms import SAME_MEANING, synonym
from tests.conftest import Shell

INLINE = "a schedule's parameter is set in its file, or inline as NAME:"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("--tmax", "--t-max"),
        ("--T_mx", "--t-max"),
        ("--min-lr", "--eta-min"),
        ("--lr_min", "--eta-min"),
        ("--max-lr", "--lr"),
        ("--learning-rate", "--lr"),
        ("--warmup-steps", "--warmup"),
        ("--total-steps", "--steps"),
        ("--num-steps", "--steps"),
        ("--max-steps", "--steps"),
        ("--epoch", "--epochs"),
        ("--num-train-epochs", "--epochs"),
        ("--bs", "--batch-size"),
        ("--batchsize", "--batch-size"),
        ("--seq-len", "--sequence-length"),
        ("--gradient-accumulation-steps", "--grad-accum"),
        ("--gpus", "--world-size"),
        ("--logy", "--log-y"),
        ("--log", "--log-y"),
        ("--titel", "--title"),
        ("--save", "--output"),
        ("--out=x.png", "--output"),
        ("--figsize", "--size"),
        ("--dark", "--style"),
        ("--png", "--output"),
        ("-lr", "--lr"),
    ],
)
def test_an_option_of_another_program(typed: str, meant: str, shell: Shell) -> None:
    done = shell("plot", "cosine", "--no-image", typed, "5")
    word = typed.partition("=")[0]
    number = "" if "=" in typed or meant == "--log-y" else " 5"
    message = f"error: {word}: no such option; did you mean '{meant}{number}'?\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("plot", "cosine", "--gamma", "1"),
            "--gamma: no such option; it is a parameter of other schedules, as step, multistep and "
            "exponential\n",
        ),
        (("plot", "cosine", "-z"), "-z: no such option; lrviz plot cosine --help lists them\n"),
        (("plot", "cosine", "-x"), "-x: no such option; did you mean '--axis'?\n"),
        (("compare", "cosine", "step", "--gamma", "1"), f"{INLINE}gamma=VALUE\n"),
        (("plot", "a.yaml", "--t-max", "5"), f"{INLINE}t_max=VALUE\n"),
        (("compare", "cosine", "--min-lr", "1"), "--min-lr: no such option; did you mean"),
        (
            ("compare", "cosine", "step", "--names", "a,b"),
            "--names: no such option; a label is part of its SPEC, as cosine:label=TEXT\n",
        ),
        (
            ("plot", "transformers.cosine", "--t-max", "9"),
            "did you mean '--num-training-steps 9'?\n",
        ),
        (
            ("plot", "cosine", "--tokens", "100B"),
            "--tokens: no such option; a length in tokens is written --steps 100Btok, with "
            "--tokens-per-step\n",
        ),
        (("plot", "cosine", "--max-tokens=2e9tok"), "is written --steps 2e9tok, with"),
        (("plot", "cosine", "--tokens", "9ep"), "is written --steps 300Btok, with"),
        (("plot", "cosine", "--tokens", "many"), "is written --steps 300Btok, with"),
        (
            ("plot", "cosine", "--tokens"),
            "--tokens: no such option; a length in tokens is written --steps 300Btok, with "
            "--tokens-per-step\n",
        ),
        (
            ("plot", "cosine", "--steps", "20B"),
            "--steps: must be at most 100,000,000 (got 20000000000); tokens are written 2e10tok\n",
        ),
        (
            ("plot", "timm.cosine", "--warmup-lr", "1e-6", "--zzz=2", "--help"),
            "error: --warmup-lr: no such option; did you mean '--warmup-lr-init 1e-6'?\n"
            "error: --zzz: no such option; lrviz plot timm.cosine --help lists them\n",
        ),
        (("check", "cosine", "--strict"), "--strict: no such option; lrviz check cosine --help"),
        (("show", "cosine", "--as", "optax"), "--as: no such option; lrviz code SPEC --as NAME"),
        (
            ("plot", "keras.ExponentialDecay", "0.1", "10000"),
            "unexpected arguments '0.1' and '10000': lrviz plot takes one SPEC; a parameter is set "
            "by its flag, as in: lrviz plot ExponentialDecay --initial-learning-rate 0.1 "
            "--decay-steps 20\n",
        ),
        (
            ("plot", "cosine", "100", "--lr", "3"),
            "'100': lrviz plot takes one SPEC; a parameter is set by its flag, as in: lrviz plot "
            "cosine --t-max 100\n",
        ),
        (
            ("plot", "multistep", "--milestones", "30", "60", "90"),
            "'60' and '90': lrviz plot takes one SPEC; values of a list have commas between, as in "
            "30,60\n",
        ),
        (
            ("compare", "cosine --t-max 100 --eta-min=1e-5", "step"),
            "unknown schedule 'cosine --t-max 100 --eta-min=1e-5'; write "
            "cosine:t_max=100,eta_min=1e-5\n",
        ),
        (
            ("plot", "0.1 * 0.95 ** epoch"),
            "unknown schedule '0.1 * 0.95 ** epoch'; a factor on lr is written lambda --lr-lambda "
            "'0.1 * 0.95 ** epoch'\n",
        ),
        (("plot", "0.1 * foo"), "unknown schedule '0.1 * foo', and no such file; lrviz list"),
        (
            ("plot", "plateau", "--metric", "log.csv:loss"),
            "--metric: log.csv cannot be read: No such file or directory\n",
        ),
        (
            ("plot", "cosine", "--eta-min", "1%"),
            "--eta-min: must be a number (got '1%'); a share of the peak is the setting floor: "
            "1%\n",
        ),
        (
            ("plot", "onecycle", "--max-lr", "1%"),
            "--max-lr: must be a number (got '1%')\n",
        ),
        (("lr-find", "x.csv"), "no command 'lr-find'; did you mean 'find-lr'? (lrviz --help"),
        (("plot", "cosine", "--steps", "1B"), "(got 1000000000); tokens are written 1e9tok\n"),
        (
            ("plot", "cosine", "--steps", "9" + 15 * "0"),
            "; tokens are written 9e15tok\n",
        ),
        (("plot", "cosine", "--steps", "1" + 16 * "0"), "(got 10000000000000000)\n"),
        (("plot", "cosine", "--steps", 399 * "9"), f"(got {77 * '9'}...)\n"),
        (("plot", "cosine", "--steps", "999999999"), "100,000,000 (got 999999999)\n"),
        (("dialects", "--tokens", "1"), "--tokens: no such option; lrviz dialects --help lists"),
        (
            ("plot", "cosine_restarts", "--t-0=10", "--lr", "1"),
            "unknown schedule 'cosine_restarts'; did you mean 'CosineAnnealingWarmRestarts'?\n",
        ),
        (
            ("compare", "cosine", "cosine_restarts:T_mult=2, t_0=10"),
            "unknown schedule 'cosine_restarts'; did you mean 'CosineAnnealingWarmRestarts'?\n",
        ),
        (
            ("plot", "cosine_restarts:lr=2", "--steps", "10"),
            "unknown schedule 'cosine_restarts'; did you mean 'cosine_with_restarts'?\n",
        ),
        (("dialects", "--min-lr", "10"), "--min-lr: no such option; did you mean '--floor 10'?\n"),
        (("dialects", "--names", "10"), "--names: no such option; lrviz dialects --help lists"),
        (("audit", "x.csv", "--plan", "y"), "--plan: no such option; did you mean '--against'?\n"),
        (("check", "--explain", "jmp"), "--explain: unknown rule 'jmp'; did you mean 'jump'? ("),
        (("check", "--explain="), "--explain: unknown rule '' (lrviz check --list lists them)\n"),
        (("check", "cosine", "--select", "xyz"), "--select: unknown rule 'xyz' (lrviz check --li"),
    ],
)
def test_where_to_look(words: tuple[str, ...], message: str, shell: Shell) -> None:
    shell.write("a.yaml", "schedule: cosine\nT_max: 9\n")
    done = shell(*words)
    assert done.returncode == 2
    assert message in done.stderr


@pytest.mark.parametrize(
    ("spec", "hint"),
    [
        ("cosine:foo=1", "it has T_max and eta_min"),
        ("cosine:learning_rate=1", "did you mean 'lr'?"),
        ("cosine:num_steps=1", "did you mean 'steps'?"),
        ("cosine:seq_len=1", "did you mean 'sequence_length'?"),
        (
            "cosine:train_tokens=3B",
            "a length in tokens is written steps: 300Btok, beside tokens_per_step",
        ),
        ("cosine:lable=1", "did you mean 'label'?"),
        ("lrviz.noam:foo=1", "it has d_model, warmup_steps and factor"),
        ("timm.cosine:foo=1", "lrviz show timm.cosine lists its parameters"),
    ],
)
def test_a_parameter_that_does_not_exist(spec: str, hint: str, shell: Shell) -> None:
    name, _, parameter = spec.partition(":")
    title = "torch.CosineAnnealingLR" if name == "cosine" else name
    key = parameter.partition("=")[0]
    done = shell("plot", spec)
    message = f"error: {spec}: unknown parameter '{key}' for {title}; {hint}\n"
    assert (done.returncode, done.stderr) == (2, message)


def test_names_of_one_meaning_are_folded() -> None:
    assert all(name == fold(name) for names in SAME_MEANING for name in names)
    assert synonym("Learning-Rate", ["steps", "LR"]) == "LR"
    assert synonym("learning_rate", ["steps"]) is None
    assert synonym("decay_t", ["milestones"]) == "milestones"
    assert synonym("decay_t", ["step_size"]) == "step_size"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Torch", "import torch"),
        ("pytorch", "import torch"),
        ("JAX", "import optax"),
        ("flax", "import optax"),
        ("tensorflow", "import keras"),
        ("tf.keras", "import keras"),
        ("hf", "import torch"),
    ],
)
def test_a_framework_by_any_of_its_names(name: str, line: str, shell: Shell) -> None:
    done = shell("code", "cosine", "--t-max", "9", "--as", name)
    assert done.returncode == 0
    assert line in done.stdout.splitlines()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--facet",), "--facet changes the picture only, and --no-image writes none"),
        (
            ("--diff", "--style", "dark", "--dpi", "99"),
            "--style, --dpi and --diff change the picture only, and --no-image writes none",
        ),
        (("--diff", "--size", "3x3"), "--size and --diff change the picture only, and --no-image"),
    ],
)
def test_what_only_a_picture_shows(flags: tuple[str, ...], message: str, shell: Shell) -> None:
    words = ("compare", "step:step_size=30", "cosine:t_max=100", "--no-image", *flags)
    assert f"note: {message}" in shell(*words).stderr
    assert shell(*words, "-q").stderr == ""


def test_a_chart_without_such_flags_has_no_note(shell: Shell) -> None:
    shell.write("lrviz.toml", 'style = "dark"\n')
    words = ("compare", "step:step_size=30", "cosine:t_max=100", "--no-image", "--log-y")
    assert shell(*words).stderr == ""


def test_a_picture_of_a_folder_is_named_after_it(shell: Shell) -> None:
    for name in ("a", "b"):
        shell.write(f"ideas/{name}.yaml", f"schedule: cosine\nT_max: 9\nlabel: {name}\n")
    done = shell("plot", "ideas", "-q")
    assert done.stdout.startswith("ideas\n")
    assert [path.name for path in shell.folder.glob("*.png")] == ["ideas.png"]


@pytest.mark.parametrize(
    ("text", "example"),
    [
        (
            "schedule: keras.CosineDecay\nsteps: 500\n",
            "initial_learning_rate: 0.1, or give lr (the peak)",
        ),
        ("schedule: cosine\n", "T_max: 100, or give steps (the run's length)"),
        ("schedule: sequential\nsteps: 50\nmilestones: []\nschedules: [cosine]\n", "T_max: 100"),
    ],
)
def test_a_missing_parameter_has_an_example_and_what_states_it(
    text: str, example: str, shell: Shell
) -> None:
    shell.write("a.yaml", text)
    assert f", for example {example}\n" in shell("plot", "a.yaml").stderr


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("base=cosine", "unknown schedule 'base=cosine'; write cosine:label=base"),
        ("b=cosine:t_max=9", "unknown schedule 'b=cosine'; write cosine:t_max=9,label=b"),
        ("b=a.yaml", "unknown schedule 'b=a.yaml'; the label of a file is set in it: label: b"),
        (
            "t_max=9",
            "unknown schedule 't_max=9'; write a parameter after a name, as in cosine:t_max=9",
        ),
        ("cosine(T_max=9)", "unknown schedule 'cosine(T_max=9)'; write cosine:T_max=9"),
        ("cosine T_max=9", "unknown schedule 'cosine T_max=9'; write cosine:T_max=9"),
        (
            "cosine:T_max:9",
            "cosine:T_max:9: 'T_max:9' is not of the form parameter=value; write T_max=9",
        ),
        (
            "cosine:T_max=9:eta_min=0",
            "cosine:T_max=9:eta_min=0: has ':' or ';' between parameters; write a comma",
        ),
        (
            "cosine:T_max=9; eta_min=0",
            "cosine:T_max=9; eta_min=0: has ':' or ';' between parameters; write a comma",
        ),
        (
            "plateau:metric=loss.csv",
            "plateau:metric=loss.csv: metric loss.csv cannot be read: No such file or directory",
        ),
        ("step:gamma=2epochs", "step:gamma=2epochs: gamma must be a number (got '2epochs')"),
        ("step:gamma=0.x", "step:gamma=0.x: gamma must be a number (got '0.x')"),
        ("cosine:T_max", "cosine:T_max: 'T_max' is not of the form parameter=value"),
        (
            'lambda:"0.95**epoch"',
            """lambda:"0.95**epoch": '"0.95**epoch"' is not of the form parameter=value; write """
            'lambda:lr_lambda="0.95**epoch"',
        ),
        (
            "lambda:lambda t: 1",
            "lambda:lambda t: 1: 'lambda t: 1' is not of the form parameter=value; write "
            "lambda:lr_lambda=lambda t: 1",
        ),
        (
            "step: 30",
            "step: 30: '30' is not of the form parameter=value; write step:step_size=30",
        ),
        (
            "multistep:[30,60]",
            "multistep:[30,60]: '[30,60]' is not of the form parameter=value; write "
            "multistep:milestones=[30,60]",
        ),
        ("step:30,60", "step:30,60: '30' is not of the form parameter=value"),
        (
            "step:step_size=30,gamma=0.1,0.5,0.9",
            "step:step_size=30,gamma=0.1,0.5,0.9: '0.5' is not of the form parameter=value; a list "
            "is written gamma=[0.1,0.5,0.9]",
        ),
        (
            "multistep:milestones=[30,60]#x",
            "multistep:milestones=[30,60]#x: has text after the value [30,60]#x",
        ),
        ("cosine#x", "cosine#x: is no file; FILE#LABEL takes a curve of a file"),
        ("ideas#x", "ideas: is a folder; FILE#LABEL takes a curve of one of its files"),
        ("cyclic:0.1", "cyclic:0.1: '0.1' is not of the form parameter=value"),
        ("constantly:5", "constantly:5: '5' is not of the form parameter=value"),
        ("step:x=1,:9", "step:x=1,:9: ':9' is not of the form parameter=value"),
        ("step:x=1,gamma:", "step:x=1,gamma:: 'gamma:' is not of the form parameter=value"),
    ],
)
def test_a_spec_that_is_not_written_like_that(spec: str, message: str, shell: Shell) -> None:
    shell.write("a.yaml", "schedule: cosine\nT_max: 9\n")
    shell.write("ideas/a.yaml", "schedule: cosine\nT_max: 9\n")
    done = shell("compare", spec, "step")
    assert (done.returncode, done.stderr) == (2, f"error: {message}\n")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--steps", "10,000"), "--steps: '10,000' is a list of 2 values; write 10000"),
        (("--steps", "1,050,000"), "--steps: '1,050,000' is a list of 3 values; write 1050000"),
        (("--lr", "0,001"), "--lr: '0,001' is a list of 2 values; write 0.001"),
        (("--t-max", "300,000"), "--t-max: '300,000' is a list of 2 values; write 300000"),
        (("--eta-min", "0,01"), "--eta-min: '0,01' is a list of 2 values; write 0.01"),
    ],
)
def test_a_number_with_commas_is_no_list(
    flags: tuple[str, ...], message: str, shell: Shell
) -> None:
    done = shell("export", "cosine", *flags)
    assert (done.returncode, done.stderr) == (2, f"error: {message}\n")


@pytest.mark.parametrize(
    ("flags", "number"),
    [
        (("--t-max", "50,100"), "50100"),
        (("--lr", "0,5"), "0.5"),
        (("--steps", "1,234,567"), "1234567"),
        (("--lr", "1e-3,1e-4"), ""),
        (("--t-max", "10,20"), ""),
        (("--t-max", "1000,200"), ""),
        (("--t-max", "[50,100]"), ""),
        (("--t-max", "5,10,150"), ""),
    ],
)
def test_a_list_that_may_be_a_number(flags: tuple[str, str], number: str, shell: Shell) -> None:
    words = ("export", "cosine", "--every", "1M", "--t-max", "9")
    done = shell(*(words if flags[0] != "--t-max" else words[:4]), *flags)
    note = " ".join(["note:", *flags, "makes a curve of each value; one number is written", number])
    assert done.returncode == 0
    assert done.stderr.splitlines()[:1] == ([note] if number else [])
    assert done.stdout.splitlines()[0].count(",") > 1
    assert shell("export", "cosine", "-q", "--every", "1M", *flags).stderr == ""


def test_marks_in_quotes_separate_nothing(shell: Shell) -> None:
    spec = 'cosine:label="a; b=c",t_max=9'
    assert shell("export", spec, "--every", "9").stdout.startswith("step,a; b=c\n")
    assert shell("export", "lambda:lr_lambda=1 if t>=5 else 2", "--steps", "1").returncode == 0


@pytest.mark.parametrize("value", ["5", "loss", "{a: 1}"])
def test_a_metric_that_is_no_csv(value: str, shell: Shell) -> None:
    message = "must be a list of numbers, FILE.csv:COLUMN or {simulate: {...}}\n"
    assert shell("plot", "plateau", "--metric", value).stderr == f"error: --metric: {message}"


def test_a_list_where_one_belongs_is_none_of_numbers(shell: Shell) -> None:
    done = shell("export", "multistep", "--milestones", "50,100", "--every", "1M")
    assert (done.returncode, done.stderr) == (0, "")
    done = shell("compare", "step:step_size=3", "--steps", "5,100", "--no-image")
    message = "note: --steps 5,100 makes a curve of each value; one number is written 5100\n"
    assert done.stderr.startswith(message)


def test_steps_with_a_scale(shell: Shell) -> None:
    words = ("export", "cosine", "--t-max", "3000")
    assert shell(*words, "--every", "1k").stdout.splitlines()[1:3] == [
        "0,0.1",
        "1000,0.07500000000000001",
    ]
    for span in ("1k:2e3:500", "1_000:2000st:0.5k"):
        rows = shell(*words, "--range", span).stdout.splitlines()[1:]
        assert [row.partition(",")[0] for row in rows] == ["1000", "1500"]
    assert shell(*words, "--range", "0:2").stdout.count("\n") == 3
    rule = "must be START:STOP or START:STOP:EVERY in whole steps, START below STOP"
    for span in ("0:10%", "0:x:5", "0:1:1:1", "5", ":5", "0:2.5", "3:3", "0:5:0", "0:5ep"):
        assert shell(*words, "--range", span).stderr == f"error: --range: {rule} (got '{span}')\n"
    for every in ("0", "2.5", "10%", "1e9"):
        assert (
            "--every: must be a whole number from 1 to 100,000,000"
            in shell(*words, "--every", every).stderr
        )


def test_an_intent_in_units(shell: Shell) -> None:
    words = ("dialects", "--no-image", "-q")
    flags = ("--total", "300k", "--warmup", "10%", "--peak", "3e-4", "--floor", "10%")
    plain = ("--total", "300000", "--warmup", "30000", "--peak", "3e-4", "--floor", "3e-5")
    assert shell(*words, *flags).stdout == shell(*words, *plain).stdout
    assert shell(*words, "--warmup", "20%").stdout == shell(*words, "--warmup", "20").stdout
    assert shell(*words, "--floor", "5%").stdout == shell(*words, "--floor", "0.05").stdout
    other = ("--steps", "300k", "--warmup", "10%", "--lr", "3e-4", "--peak", "0.0003")
    assert shell(*words, *other, "--floor", "10%").stdout == shell(*words, *plain).stdout


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--total", "abc"), "--total: must be a whole number (got 'abc')"),
        (("--warmup", "2ep"), "--warmup: 2ep needs the steps of an epoch: give steps_per_epoch"),
        (("--floor", "x%"), "--floor: must be a number (got 'x%')"),
        (("--total", "10%"), "--total: 10% needs the run's length: give steps"),
        (("--total", "0.5", "--warmup", "10%"), "--warmup: 10% needs the run's length"),
        (("--peak", "x", "--floor", "10%"), "--peak: must be a number (got 'x')"),
        (("--lr", "1", "--peak", "2"), "--lr: 1 contradicts --peak 2: both set the peak"),
        (("--total", "2k", "--steps", "1k"), "--steps: 1k contradicts --total 2k: both set"),
    ],
)
def test_an_intent_that_cannot_be_read(flags: tuple[str, ...], message: str, shell: Shell) -> None:
    done = shell("dialects", *flags)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"error: {message}" in done.stderr


@pytest.mark.parametrize(
    ("flags", "advice"),
    [
        (("--warmup", "0.1"), "must be a whole number (got 0.1); a share of the run is 10%"),
        (("--warmup", "0.07"), "must be a whole number (got 0.07); a share of the run is 7%"),
        (("--warmup", "1.5"), "must be a whole number (got 1.5)"),
        (("--warmup", "-0.5"), "must be a whole number (got -0.5)"),
        (("--epochs", "2.5"), "must be a whole number (got 2.5); give the run's steps instead"),
        (("--batch-size", "0.5"), "must be a whole number (got 0.5)"),
        (("--steps", "2epcs"), "must be a whole number (got '2epcs'); scales are k, M, B and T, "),
    ],
)
def test_how_to_write_a_number_of_steps(flags: tuple[str, str], advice: str, shell: Shell) -> None:
    done = shell("plot", "cosine", "--no-image", *flags)
    start = f"error: {flags[0]}: {advice}"
    assert done.returncode == 2
    assert done.stderr.startswith(start if advice.endswith(", ") else f"{start}\n")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--batch-size", "8"), "batch_size gives no steps per epoch without dataset_size"),
        (("--dataset-size", "8"), "dataset_size gives no steps per epoch without batch_size"),
        (("--dataset-size", "8", "--batch-size", "4"), ""),
        (("--steps-per-epoch", "8", "--batch-size", "4"), ""),
        (("--steps", "6", "--batch-size", "4"), ""),
        ((), ""),
    ],
)
def test_a_run_that_counts_epochs(flags: tuple[str, ...], message: str, shell: Shell) -> None:
    done = shell("export", "constant", "--factor", "1", "--epochs", "3", *flags)
    note = f"note: constant: the run is counted in epochs: {message}\n" if message else ""
    assert (done.returncode, done.stderr) == (0, note)


@pytest.mark.parametrize(
    ("word", "option"),
    [
        ("version", "--version"), ("v", "--version"), ("verison", "--version"),
        ("help", "--help"), ("Help", "--help"),
    ],
)  # fmt: skip
def test_a_word_that_means_an_option(word: str, option: str, shell: Shell) -> None:
    message = f"error: no command '{word}'; did you mean '{option}'? (lrviz --help lists them)\n"
    assert shell(word).stderr == message


@pytest.mark.parametrize(
    ("flag", "option"), [("--vesion", "--version"), ("-v", "--version"), ("--hlep", "--help")]
)
def test_a_misspelled_option_before_the_command(flag: str, option: str, shell: Shell) -> None:
    done = shell(flag)
    message = f"{flag}: no such option before a command; did you mean '{option}'?"
    assert (done.returncode, done.stderr) == (2, f"error: {message}\n")


def test_a_dash_alone_is_no_option(shell: Shell) -> None:
    assert shell("-").stderr == "error: no command '-' (lrviz --help lists them)\n"


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("hf.jsn", "hf.jsn: no such file; did you mean 'hf.json'?"),
        ("confgs/a.yaml", "confgs/a.yaml: no such file; did you mean 'configs/a.yaml'?"),
        ("configs/aa.yml", "configs/aa.yml: no such file; did you mean 'configs/a.yaml'?"),
        ("configs/aa.yml#b", "configs/aa.yml#b: no such file; did you mean 'configs/a.yaml'?"),
        ("zzz/a.yaml", "zzz/a.yaml: no such file"),
        ("zzz.yaml", "zzz.yaml: no such file"),
        ("hf2.json", "hf2.json: no such file; did you mean 'hf.json'?"),
        (
            "configs/a.yaml:T_max=5",
            "configs/a.yaml:T_max=5: parameters are set in the file itself; inline they follow a "
            "name",
        ),
        ("zzz.pdf", "zzz.pdf: no such file"),
        ("zzz.2", "unknown schedule 'zzz.2', and no such file; lrviz list shows all"),
        ("zzz", "unknown schedule 'zzz', and no such file; lrviz list shows all"),
        ("keras.zzz", "unknown schedule 'keras.zzz', and no such file; lrviz list shows all"),
        ("hf", "unknown schedule 'hf'; did you mean the file 'hf.json'?"),
        ("cosin", "unknown schedule 'cosin'; did you mean 'cosine'?"),
        ("cosine2", "unknown schedule 'cosine2'; did you mean the file 'cosine2.toml'?"),
        ("torch.zzz", "unknown schedule 'torch.zzz'; did you mean 'torch.step'?"),
        ("x.LinearLR", "unknown schedule 'x.LinearLR'; did you mean 'torch.LinearLR'?"),
    ],
)
def test_a_file_that_does_not_exist(spec: str, message: str, shell: Shell) -> None:
    for name in ("hf.json", "configs/a.yaml", "cosine2.toml"):
        shell.write(name, "{}")
    done = shell("plot", spec)
    assert (done.returncode, done.stderr) == (2, f"error: {message}\n")


def test_help_of_plot_says_where_the_options_are(shell: Shell) -> None:
    line = "lrviz plot cosine --help lists the options, as -o, --size and --log-y."
    assert shell("plot", "--help").stdout.split("\n")[-2].strip() == line


def test_an_option_before_the_command(shell: Shell) -> None:
    message = "--steps: no such option before a command; lrviz COMMAND --help lists a command's"
    done = shell("--steps", "9", "plot", "cosine")
    assert (done.returncode, done.stderr) == (2, f"error: {message}\n")


def test_a_note_is_wrapped_at_words_in_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    finding = Finding("x", "a note of more than forty columns that is wrapped at its words")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    print_findings([finding], quiet=False)
    assert capsys.readouterr().err.splitlines() == [
        "note: a note of more than forty columns",
        "  that is wrapped at its words",
    ]
    monkeypatch.setattr("sys.stderr.isatty", lambda: False, raising=False)
    print_findings([finding], quiet=False)
    assert capsys.readouterr().err == f"note: {finding.message}\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--lr", "1e-3", "--LR=5e-4"],
            "--lr: is given 2 times; a list makes a curve of each, as --lr '[1e-3,5e-4]'",
        ),
        (["-o", "a.png", "-o", "b.png", "-o", "c.png"], "-o: is given 3 times"),
        (["--lr", "1e-3", "--lr", "high"], "--lr: is given 2 times"),
        (["--title=a=b", "--title", "c"], "--title: is given 2 times"),
    ],
)
def test_an_option_that_is_there_more_than_once(
    words: list[str], message: str, shell: Shell
) -> None:
    done = shell("plot", "cosine", *words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"error: {message}\n")


def test_a_flag_without_a_value_may_be_repeated(shell: Shell) -> None:
    assert shell("plot", "cosine", "-q", "-q", "--no-image", "--no-image").returncode == 0


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (
            ("compare", "cosine", "step", "--json"),
            "lrviz measure --json prints the facts, lrviz export --json the rates",
        ),
        (("measure", "cosine", "--csv"), "lrviz export --csv prints the rates"),
        (
            ("plot", "cosine", "--log-x"),
            "the axis of steps is linear; --range START:STOP draws a part of it",
        ),
    ],
)
def test_data_that_another_command_prints(
    words: tuple[str, ...], advice: str, shell: Shell
) -> None:
    done = shell(*words)
    message = f"error: {words[-1]}: no such option; {advice}\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)


WARMUP_OF_AN_OPEN_RUN = (
    "the warm-up of 100 steps is left out; it needs --total-steps or --steps-per-epoch or "
    "--dataset-size"
)


def test_a_part_that_a_config_leaves_open(shell: Shell) -> None:
    shell.write(
        "hf.json",
        '{"learning_rate": 5e-5, "num_train_epochs": 3, "lr_scheduler_type": "cosine", '
        '"warmup_steps": 100, "per_device_train_batch_size": 8}',
    )
    done = shell("convert", "hf.json")
    message = f"error: hf.json: {WARMUP_OF_AN_OPEN_RUN}\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)
    assert "num_warmup_steps: 100" in shell("convert", "hf.json", "--total-steps", "1k").stdout


def test_values_that_a_flag_has() -> None:
    typed = ["--title=a=b", "--lr", "3", "--title", "c", "title", "d"]
    assert values_of("--title", typed) == ["c", "a=b"]
