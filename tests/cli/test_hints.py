"""What a wrong word is answered with: the word that was meant, or where to look."""

from __future__ import annotations

import pytest

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
        ("-lr", "--lr"),
    ],
)
def test_an_option_of_another_program(typed: str, meant: str, shell: Shell) -> None:
    done = shell("plot", "cosine", "--no-image", typed, "5")
    word = typed.partition("=")[0]
    message = f"error: {word}: no such option; did you mean '{meant}'?\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("plot", "cosine", "--gamma", "1"), "--gamma: no such option; lrviz plot cosine --help"),
        (("plot", "cosine", "-x"), "-x: no such option; lrviz plot cosine --help lists them\n"),
        (("compare", "cosine", "step", "--gamma", "1"), f"{INLINE}gamma=VALUE\n"),
        (("plot", "a.yaml", "--t-max", "5"), f"{INLINE}t_max=VALUE\n"),
        (("compare", "cosine", "--min-lr", "1"), "--min-lr: no such option; did you mean"),
        (
            ("compare", "cosine", "step", "--names", "a,b"),
            "--names: no such option; a label is part of its SPEC, as cosine:label=TEXT\n",
        ),
        (("plot", "transformers.cosine", "--t-max", "9"), "did you mean '--num-training-steps'?\n"),
        (("dialects", "--lr", "0.1"), "--lr: no such option; did you mean '--peak'?\n"),
        (("dialects", "--steps", "10"), "--steps: no such option; did you mean '--total'?\n"),
        (("dialects", "--min-lr", "10"), "--min-lr: no such option; did you mean '--floor'?\n"),
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
        ("schedule: cosine\nsteps: 500\n", "T_max: 500"),
        ("schedule: cosine\nsteps: 300k\nwarmup: 2k\n", "T_max: 298000"),
        ("schedule: cosine\nepochs: 90\nsteps_per_epoch: 10\n", "T_max: 900"),
        ("schedule: cosine\nepochs: 90\nsteps_per_epoch: 10\nby: epoch\n", "T_max: 90"),
        ("schedule: cosine\n", "T_max: 100"),
        ("schedule: sequential\nsteps: 50\nmilestones: []\nschedules: [cosine]\n", "T_max: 100"),
    ],
)
def test_the_example_of_a_length_follows_the_run(text: str, example: str, shell: Shell) -> None:
    shell.write("a.yaml", text)
    assert f", for example {example}\n" in shell("plot", "a.yaml").stderr
