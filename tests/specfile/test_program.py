"""MODULE:ATTRIBUTE as a SPEC: a user's own program is run for its schedule."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import lrviz
from tests.conftest import Shell

TRAIN = """\
from dataclasses import dataclass

import rates_beside

print("loading data")


def rate(step):
    return rates_beside.PEAK / (1 + step)


class Schedules:
    short = [0.1, 0.2]


def make():
    print("making it")
    import later_beside
    return later_beside.rate


@dataclass
class Settings:
    lr: "float" = 0.1


def pair():
    return Settings(), rate


def both():
    return [Settings()], [rate, lambda step: 0.5]


def fails():
    return Settings().nothing


def stops():
    raise SystemExit(3)


def late(step):
    return 1 / (5 - step)


class Optimizer:
    param_groups = [{"lr": 0.1}]
    step = print


class Scheduler:
    step = print


def without_optimizer():
    return {}, [Optimizer(), Scheduler()]


number = 3
"""
NO_RATES = (
    "cannot read rates from int: give a scheduler bound to its optimizer, a function from step to "
    "rate, or a sequence of rates"
)

NO_OPTIMIZER = NO_RATES.replace("int", "train_script.Scheduler, which has no attribute 'optimizer'")


@pytest.fixture
def train(shell: Shell) -> Iterator[Shell]:
    """Return a shell in a folder with a training script and two modules beside it."""
    modules = set(sys.modules)
    shell.write("train_script.py", TRAIN)
    shell.write("rates_beside.py", "PEAK = 0.5\n")
    shell.write("later_beside.py", "def rate(step):\n    return 0.25\n")
    yield shell
    for name in set(sys.modules) - modules:
        if name.endswith(("_script", "_beside")):
            del sys.modules[name]


@pytest.mark.parametrize(
    ("spec", "rates"),
    [
        ("train_script:rate", ["0.5", "0.25"]),
        ("train_script.py:rate", ["0.5", "0.25"]),
        ("train_script.py:make", ["0.25", "0.25"]),
        ("train_script:pair", ["0.5", "0.25"]),
        ("train_script:Schedules.short", ["0.1", "0.2"]),
    ],
)
def test_an_attribute_is_a_curve(train: Shell, spec: str, rates: list[str]) -> None:
    path = list(sys.path)
    done = train("export", spec, "--steps", "2")
    assert done.stdout.splitlines() == [f"step,{spec}", f"0,{rates[0]}", f"1,{rates[1]}"]
    assert done.returncode == 0
    assert done.stderr.startswith("loading data\n")
    assert sys.path == path


def test_several_objects_are_several_curves(train: Shell) -> None:
    done = train("export", "train_script:both", "--steps", "1")
    assert done.stdout.splitlines() == [
        "step,train_script:both,train_script:both #2",
        "0,0.5,0.5",
    ]


def test_a_file_in_another_folder_imports_what_is_beside_it(train: Shell) -> None:
    (train.folder / "runs").mkdir()
    for path in list(train.folder.glob("*.py")):
        path.rename(train.folder / "runs" / path.name)
    done = train("export", "runs/train_script.py:make", "--steps", "1")
    assert done.stdout.splitlines() == ["step,runs/train_script.py:make", "0,0.25"]


def test_the_run_of_flags_is_the_curves(train: Shell) -> None:
    words = ["--epochs", "2", "--steps-per-epoch", "2", "--by", "epoch"]
    done = train("export", "train_script:rate", *words)
    assert [line.split(",")[1] for line in done.stdout.splitlines()[1:]] == [
        "0.5",
        "0.5",
        "0.25",
        "0.25",
    ]
    done = train("compare", "train_script:rate", "cosine", "--epochs", "95", "--no-image")
    assert "epoch 95" in done.stdout
    assert "comparable" not in done.stderr
    done = train("export", "train_script:rate", "--steps", "ten")
    assert done.stderr == "error: --steps: must be a whole number (got 'ten')\n"


@pytest.mark.parametrize("name", ["rate", "known", "drawn"])
def test_a_run_of_epochs_is_counted_in_epochs(train: Shell, name: str) -> None:
    train.write(
        "objects.py",
        "import lrviz\nrate = [0.1] * 95\nknown = lrviz.schedule('cosine', T_max=95)\n"
        "drawn = lrviz.curve(known)\n",
    )
    spec = f"objects.py:{name}"
    assert "epoch 95" in train("plot", spec, "--epochs", "95", "--no-image").stdout
    assert "step 95" in train("plot", spec, "--epochs", "95", "--no-image", "--by", "step").stdout


def test_settings_that_an_object_has_itself_are_not_used(train: Shell) -> None:
    done = train("plot", "train_script:rate", "--lr", "1", "--warmup", "3", "--no-image")
    assert done.stderr.splitlines()[1:3] == [
        "note: train_script:rate: lr is not used: the object has its own rates; a function that "
        "returns a factor on lr is drawn by one that multiplies lr by it",
        "note: train_script:rate: warmup is not used: the object has its own rates",
    ]


def test_a_picture_has_a_name_of_its_own(train: Shell) -> None:
    assert train("plot", "train_script.py:rate", "--steps", "9").returncode == 0
    assert (train.folder / "train_script.py-rate.png").exists()


def test_an_error_in_the_program_shows_its_frames(train: Shell) -> None:
    done = train("plot", "train_script:fails")
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    file = train.folder / "train_script.py"
    assert lines[1:4] == [
        "error: train_script:fails: raises AttributeError: 'Settings' object has no attribute "
        "'nothing'",
        "Traceback (most recent call last):",
        f'  File "{file}", line 36, in fails',
    ]
    assert lines[-1] == "AttributeError: 'Settings' object has no attribute 'nothing'"
    done = train("plot", "train_script:late")
    lines = done.stderr.splitlines()
    assert lines[0] == (
        "error: train_script:late: late raises ZeroDivisionError at step 5: division by zero"
    )
    assert lines[2] == f'  File "{file}", line 44, in late'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("import rates_beside.nothing\n", "raises ModuleNotFoundError: No module named "
         "'rates_beside.nothing'; 'rates_beside' is not a package"),
        ("x = = 1\n", "raises SyntaxError: invalid syntax (bad_script.py, line 1)"),
        ("raise SystemExit(3)\n", "raises SystemExit: 3"),
        ("raise GeneratorExit\n", "raises GeneratorExit"),
        ("raise ValueError\n", "raises ValueError"),
    ],
    ids=["import", "syntax", "exit", "base", "bare"],
)  # fmt: skip
def test_an_error_at_import_shows_the_line(train: Shell, text: str, line: str) -> None:
    train.write("bad_script.py", text)
    for spec in ("bad_script:x", "bad_script.py:x"):
        done = train("plot", spec)
        assert done.stderr.splitlines()[0] == f"error: {spec}: {line}"
        assert f'  File "{train.folder / "bad_script.py"}", line 1' in done.stderr
        assert "importlib" not in done.stderr
        assert done.returncode == 2


def test_a_module_that_is_missing_is_in_another_environment(train: Shell) -> None:
    train.write("bad_script.py", "import zzz_torch.nn\n")
    done = train("plot", "bad_script.py:x")
    assert done.stderr == (
        "error: bad_script.py:x: imports 'zzz_torch', which this Python does not have: install "
        "lrviz in the environment in which the program runs\n"
    )


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("bind", "optimizer"),
        ("bind_all", "optimizer and steps"),
        ("Net.configure", "self"),
    ],
)
def test_a_function_of_an_optimizer_is_not_called(train: Shell, name: str, parameters: str) -> None:
    train.write(
        "binding.py",
        "def bind(optimizer): raise SystemExit\n"
        "def bind_all(optimizer, steps): raise SystemExit\n"
        "class Net:\n    def configure(self): raise SystemExit\n",
    )
    done = train("plot", f"binding.py:{name}")
    assert done.stderr == (
        f"error: binding.py:{name}: {name.rpartition('.')[2]} needs {parameters}: give a function "
        "without arguments that returns the scheduler, or one from step to rate\n"
    )


def test_a_program_without_a_name_is_no_log(train: Shell) -> None:
    train.write(
        "whole.py",
        "import zzz_torch\nlr = 0.1\nstep = 1\n_private = open('x')\nschedule = make(lr)\n"
        "def rate(step): ...\ndef main(): ...\nprint('step: 1, lr: 0.1')\n"
        "print('step: 2, lr: 0.2')\nprint('step: 3, lr: 0.2')\n",
    )
    done = train("plot", "whole.py")
    assert done.stderr == (
        "error: whole.py:1:1: is not a schedule that lrviz knows: of Python files those of "
        "MMEngine and nanoGPT are read, and the literal arguments of TrainingArguments(...) and "
        "of Ultralytics' train(...); give whole.py:NAME for a scheduler that the program makes (it "
        "has schedule, rate)\n"
    )


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("train_script:rat", "train_script:rat: train_script has no attribute 'rat'; did you mean "
         "'rate'?"),
        ("train_script.py:Schedules.x", "train_script.py:Schedules.x: train_script.py has no "
         "attribute 'Schedules.x'"),
        ("train_script:number", f"train_script:number: {NO_RATES}"),
        ("train_script:without_optimizer", f"train_script:without_optimizer: {NO_OPTIMIZER}"),
        ("zzz_script.py:rate", "zzz_script.py: no such file"),
        ("zzz_script:rate", "unknown schedule 'zzz_script', and no module of that name"),
        ("cosin:rate", "unknown schedule 'cosin'; did you mean 'cosine'?"),
        ("cosine:rate", "cosine:rate: 'rate' is not of the form parameter=value"),
    ],
)  # fmt: skip
def test_a_program_that_is_none(train: Shell, spec: str, message: str) -> None:
    for command in ("plot", "compare"):
        done = train(command, spec)
        assert done.stderr.splitlines()[-1] == f"error: {message}"
        assert done.returncode == 2


def test_a_module_that_was_not_imported_from_anywhere_is_none(
    train: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = ModuleType("zzz_module")
    odd.__spec__ = None
    monkeypatch.setitem(sys.modules, "zzz_module", odd)
    done = train("plot", "zzz_module:rate")
    assert done.stderr == "error: unknown schedule 'zzz_module', and no module of that name\n"


def test_a_file_never_runs_a_program(train: Shell) -> None:
    train.write("one.yaml", "schedule: train_script:rate\n")
    train.write("many.yaml", "curves: [train_script:rate, {schedule: 'train_script.py:rate'}]\n")
    done = train("compare", "one.yaml", "many.yaml")
    assert "loading data" not in done.stderr
    assert "train_script" not in sys.modules
    assert [
        line.partition(";")[0].removeprefix("error: ") for line in done.stderr.splitlines()
    ] == [
        "many.yaml:1:10: unknown schedule 'train_script:rate'",
        "many.yaml:1:40: unknown schedule 'train_script.py:rate'",
        "one.yaml:1:11: unknown schedule 'train_script:rate'",
    ]


def test_a_file_of_that_name_goes_first(train: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    train.write("train_script:rate", "{schedule: step, step_size: 3}")
    monkeypatch.chdir(train.folder)
    assert lrviz.load("train_script:rate")[0].schedule == lrviz.schedule("step", step_size=3)
    Path("train_script:rate").unlink()
    (curve,) = lrviz.load("train_script:rate")
    assert (curve.label, curve.place) == ("train_script:rate", "train_script:rate")


def test_one_curve_of_a_program(shell: Shell) -> None:
    shell.write("rates.py", "def make():\n    return [[0.1, 0.2], [0.3, 0.4]]\n")
    both = shell("measure", "rates.py:make").stdout
    first, second = (
        shell("measure", f"rates.py:make#{label}") for label in ("rates.py:make", "#2")
    )
    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout in both
    assert "  last      0.4 at step 1\n" in second.stdout
    absent = shell("measure", "rates.py:make#x")
    assert absent.stderr == (
        "error: rates.py:make#x: names no curve (it has: rates.py:make, rates.py:make #2)\n"
    )


def test_one_curve_of_a_file_by_a_label_with_a_mark(shell: Shell) -> None:
    curve = "- {schedule: step, step_size: 3}\n"
    shell.write("a#b.yaml", f"curves:\n{curve}{curve}")
    done = shell("measure", "a#b.yaml#step #2")
    first, *_ = done.stdout.splitlines()
    assert (done.returncode, first) == (0, "step #2  torch.StepLR(step_size=3), lr=0.1")


def test_findings_name_a_curve_of_a_program_once(shell: Shell) -> None:
    shell.write("rates.py", "def make():\n    return [[0.1, -0.2], [0.3, -0.4]]\n")
    lines = shell("check", "rates.py:make").stdout.splitlines()
    heads = [line for line in lines if line.startswith("rates.py")]
    assert heads == [
        "rates.py:make: warning negative-rate",
        "rates.py:make #2: warning negative-rate",
    ]


LIGHTNING = """\
class Scheduler:
    def __init__(self, optimizer):
        self.optimizer, self.last = optimizer, 0
    def step(self):
        self.last += 1
        self.optimizer.param_groups[0]["lr"] = 0.1 / (1 + self.last)

class Optimizer:
    def __init__(self):
        self.param_groups = [{"lr": 0.1, "params": []}]

class Lit:
    def configure_optimizers(self):
        optimizer = Optimizer()
        scheduler = {"scheduler": Scheduler(optimizer), "interval": "step"}
        return {"optimizer": optimizer, "lr_scheduler": scheduler}

class Sized(Lit):
    def __init__(self, width):
        self.width = width

module = Lit()
"""


@pytest.mark.parametrize("name", ["Lit", "module"])
def test_a_lightning_module_has_the_schedulers_that_it_configures(name: str, shell: Shell) -> None:
    shell.write("model.py", LIGHTNING)
    done = shell("export", f"model.py:{name}", "--steps", "4", "-q")
    assert done.stderr == ""
    assert [row.split(",")[1] for row in done.stdout.splitlines()[1:]] == [
        "0.1", "0.05", "0.03333333333333333", "0.025",
    ]  # fmt: skip


def test_a_lightning_module_that_needs_arguments(shell: Shell) -> None:
    shell.write("model.py", LIGHTNING)
    done = shell("export", "model.py:Sized", "--steps", "4")
    assert done.stderr == (
        "error: model.py:Sized: Sized needs width: give a function without arguments that returns "
        "Sized(...).configure_optimizers()\n"
    )
    done = shell("plot", "model.py")
    assert (
        "model.py:NAME for a scheduler that the program makes (it has Lit, module)" in done.stderr
    )
