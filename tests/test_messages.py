"""Messages are behaviour: input, and the exact words."""

from __future__ import annotations

import pytest

from tests.conftest import Shell

LAMBDA = "schedule: lambda\nlr_lambda: "
ALLOWED = (
    "may contain only numbers, t, step, epoch, pi, e, operators, comparisons, if else, and or not, "
    "and min max abs sqrt exp log log10 sin cos tan floor ceil"
)

FILES = {
    "empty": ("", "bad.yaml: is empty; a spec needs at least the key 'schedule'"),
    "bound": (
        "schedule: step\nstep_size: 0\n",
        "bad.yaml:2:12: step_size must be at least 1 (got 0)",
    ),
    "unknown key": (
        "schedule: step\nstep_size: 3\ngama: 0.1\n",
        "bad.yaml:3:1: unknown parameter 'gama' for torch.StepLR; did you mean 'gamma'?",
    ),
    "unknown schedule": (
        "schedule: cosinus\n",
        "bad.yaml:1:11: unknown schedule 'cosinus'; did you mean 'cosine'?",
    ),
    "missing": (
        "schedule: step\n",
        "bad.yaml:1:1: torch.StepLR needs step_size (steps between two drops), "
        "for example step_size: 30",
    ),
    "truth": (
        "schedule: cosine\nT_max: True\n",
        "bad.yaml:2:8: T_max must be a number (got true)",
    ),
    "nan": (
        "schedule: cosine\nT_max: 9\neta_min: .nan\n",
        "bad.yaml:3:10: eta_min must be a finite number (got .nan)",
    ),
    "infinite": (
        "schedule: cosine\nT_max: 9\neta_min: 1e999\n",
        "bad.yaml:3:10: eta_min must be a finite number (got .inf)",
    ),
    "text": (
        "schedule: cosine\nT_max: '10'\n",
        "bad.yaml:2:8: T_max must be a number (got '10'); write it without quotes",
    ),
    "negative steps": (
        "schedule: cosine\nT_max: 9\nsteps: -4\n",
        "bad.yaml:3:8: steps must be greater than 0 (got -4)",
    ),
    "too many steps": (
        "schedule: cosine\nT_max: 9\nsteps: 100000001\n",
        "bad.yaml:3:8: steps must be at most 100,000,000 (got 100000001)",
    ),
    "an empty schedule": (
        "schedule: null\n",
        "bad.yaml:1:1: needs the key 'schedule', for example schedule: cosine",
    ),
    "text as milestones": (
        "schedule: multistep\nmilestones: a\n",
        "bad.yaml:2:13: milestones must be a list (got 'a')",
    ),
    "text with numbers as milestones": (
        "schedule: multistep\nmilestones: 30 a\n",
        "bad.yaml:2:13: milestones must be a list (got '30 a')",
    ),
    "milestones between blanks": (
        "schedule: multistep\nmilestones: 30 60\n",
        "bad.yaml:2:13: milestones must be a list (got '30 60'); write [30, 60]",
    ),
    "an axis without length": (
        "schedule: cosine\nT_max: 9\ny_min: 0.1\ny_max: 0.1\n",
        "bad.yaml:4:8: the axis must end above y_min, 0.1 (got 0.1)",
    ),
    "negative lr": (
        "schedule: cosine\nT_max: 9\nlr: -1\n",
        "bad.yaml:3:5: lr must be at least 0 (got -1)",
    ),
    "repeated": (
        "schedule: cosine\nT_max: 9\nt-max: 8\n",
        "bad.yaml:3:1: repeated key 't-max' (first in line 2)",
    ),
    "tag": (
        "schedule: !foo cosine\n",
        "bad.yaml:1:11: unknown tag '!foo'; only plain data is read",
    ),
    "object": (
        'schedule: !!python/object/apply:os.system ["echo"]\n',
        "bad.yaml:1:11: unknown tag '!!python/object/apply:os.system'; only plain data is read",
    ),
    "endless": (
        "schedule: chained\nschedules: &a [*a]\n",
        "bad.yaml:2:12: has aliases that expand without end",
    ),
    "deep": ("a: " + "[" * 1000 + "]" * 1000, "bad.yaml: is nested too deep (at most 100 levels)"),
    "attribute": (LAMBDA + '"t.real"\n', f"bad.yaml:2:12: lr_lambda {ALLOWED} (got 't.real')"),
    "call": (LAMBDA + "\"open('x')\"\n", f"bad.yaml:2:12: lr_lambda {ALLOWED} (got \"open('x')\")"),
    "long": (
        LAMBDA + '"' + "1+" * 500_000 + '1"\n',
        "bad.yaml:2:12: lr_lambda must have at most 1,000 characters (got 1,000,001)",
    ),
    "arity": (
        LAMBDA + '"max(t)"\n',
        "bad.yaml:2:12: lr_lambda max takes two arguments or more (got 'max(t)')",
    ),
    "milestones": (
        "schedule: sequential\nmilestones: [20, 10]\nschedules: [constant, linear, linear]\n",
        "bad.yaml:2:13: milestones must be in ascending order, each once (got [20, 10])",
    ),
    "count": (
        "schedule: sequential\nmilestones: []\nschedules: [constant, linear]\n",
        "bad.yaml:2:13: SequentialLR expects one milestone less than schedules "
        "(got 2 schedules and 0 milestones)",
    ),
    "plateau inside": (
        "schedule: chained\nschedules: [{schedule: plateau, metric: [1]}]\n",
        "bad.yaml:2:13: ChainedScheduler does not support ReduceLROnPlateau, which needs a metric "
        "at each step (got one at index 0)",
    ),
    "no column": (
        "schedule: plateau\nmetric: {csv: loss.csv, column: val}\n",
        "bad.yaml:2:9: metric loss.csv has no column 'val' (it has: epoch, val_loss)",
    ),
    "no csv": (
        "schedule: plateau\nmetric: {csv: none.csv, column: val}\n",
        "bad.yaml:2:9: metric none.csv cannot be read: No such file or directory",
    ),
    "short metric": (
        "schedule: plateau\nmetric: [1, 2, 3]\nsteps: 9\n",
        "bad.yaml:1:1: metric has 3 values, and 9 steps use 8",
    ),
    "powers of powers": (
        LAMBDA + '"9**9**9**9"\n',
        "bad.yaml:1:1: torch.LambdaLR: lr_lambda has no finite value at step 0 (got inf): 9**9**9**9",
    ),
    "end": (
        "schedule: onecycle\nmax_lr: 1\ntotal_steps: 10\nsteps: 12\n",
        "bad.yaml:1:1: torch.OneCycleLR ends: Tried to step 11 times. "
        "The specified number of total steps is 10; the run has 12 steps: set total_steps to 12",
    ),
    "sweep of nothing": (
        "schedule: cosine\nsweep: {T_max: []}\n",
        "bad.yaml:2:16: sweep of T_max needs a list with at least one value (got [])",
    ),
    "too many curves": (
        "schedule: cosine\nsweep: {T_max: [" + "1," * 40 + "1], eta_min: [" + "0," * 40 + "0]}\n",
        "bad.yaml:2:8: sweep makes 1,681 curves; at most 1,000 are drawn in one run",
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_words_for_a_file(case: str, shell: Shell) -> None:
    text, words = FILES[case]
    shell.write("bad.yaml", text)
    shell.write("loss.csv", "epoch,val_loss\n1,2\n")
    done = shell("plot", "bad.yaml")
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    if case == "negative steps":
        errors = errors[-1:]
    assert errors == [f"error: {words}"]
    assert done.returncode == 2
    assert done.stdout == ""
    assert sorted(p.name for p in shell.folder.iterdir()) == ["bad.yaml", "loss.csv"]


TYPED = {
    "text for a number": (
        ("plot", "cosine", "--t-max", "ten"),
        "--t-max: must be a number (got 'ten')",
    ),
    "bound": (("plot", "step", "--step-size", "0"), "--step-size: must be at least 1 (got 0)"),
    "steps": (("plot", "cosine", "--steps", "0"), "--steps: must be greater than 0 (got 0)"),
    "inline": (
        ("export", "polynomial:power=x"),
        "polynomial:power=x: power must be a number (got 'x')",
    ),
    "name": (("plot", "cosin"), "unknown schedule 'cosin'; did you mean 'cosine'?"),
    "file": (("compare", "none.yaml"), "none.yaml: no such file"),
    "folder": (("compare", "."), ".: is a folder without spec files (.yaml, .yml, .json, .toml)"),
    "ending": (
        ("plot", "cosine", "-o", "x.jpg"),
        "--output: must end in .png, .svg, .pdf or .html (got 'x.jpg')",
    ),
    "no folder": (
        ("plot", "cosine", "-o", "none/x.png"),
        "none/x.png: cannot be written: the folder none does not exist; make it first",
    ),
    "range": (
        ("plot", "cosine", "--range", "9:3"),
        "--range: must be START:STOP or START:STOP:EVERY in whole steps, START below STOP (got '9:3')",
    ),
    "size": (
        ("plot", "cosine", "--size", "big"),
        "--size: must be WIDTHxHEIGHT in inches, as 8x4.5 (got 'big')",
    ),
    "style": (
        ("plot", "cosine", "--style", "neon"),
        "--style: must be 'light', 'dark' or 'paper' (got 'neon')",
    ),
    "command": (("plt",), "no command 'plt'; did you mean 'plot'? (lrviz --help lists them)"),
    "two formats": (
        ("export", "cosine", "--csv", "--json"),
        "--json: cannot be used with --csv; choose one",
    ),
}


@pytest.mark.parametrize("case", TYPED)
def test_words_for_what_is_typed(case: str, shell: Shell) -> None:
    words, message = TYPED[case]
    done = shell(*words)
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert errors == [f"error: {message}"]
    assert done.returncode == 2
    assert list(shell.folder.iterdir()) == []


def test_a_file_that_is_no_text(shell: Shell) -> None:
    (shell.folder / "bad.yaml").write_bytes(b"schedule: \xff\xfe")
    done = shell("plot", "bad.yaml")
    assert done.stderr == "error: bad.yaml: is not UTF-8 text (byte 0xff at offset 10)\n"


def test_aliases_that_expand_exponentially(shell: Shell) -> None:
    lines = ["a: &a [x,x,x,x,x,x,x,x,x,x]"]
    for one, last in zip("bcdefghi", "abcdefgh", strict=True):
        lines.append(f"{one}: &{one} [{','.join([f'*{last}'] * 10)}]")
    shell.write("bad.yaml", "\n".join(lines))
    assert "has aliases that expand without end" in shell("plot", "bad.yaml").stderr


def test_every_problem_is_told_at_once_up_to_twenty(shell: Shell) -> None:
    shell.write("bad.yaml", "curves:\n" + "  - {schedule: step, step_size: 0, gama: 1}\n" * 15)
    lines = shell("plot", "bad.yaml").stderr.splitlines()
    assert len(lines) == 21
    assert lines[0] == "error: bad.yaml:2:33: step_size must be at least 1 (got 0)"
    assert lines[-1] == "error: ... and 10 more problems"


NOTES = {
    "negative gamma": (
        "step:step_size=3,gamma=-1",
        "gamma is negative (-1): the rate changes sign at each drop",
    ),
    "repeated milestone": (
        "multistep:milestones=[3,3]",
        "a milestone is listed twice: torch drops once for each",
    ),
    "unsorted": (
        "multistep:milestones=[5,3]",
        "milestones are not in ascending order: torch sorts them",
    ),
    "no floor": (
        "lambda:lr_lambda=1,floor=1e-5",
        "torch.LambdaLR has no parameter for a floor; floor is not used",
    ),
    "no floor, by its title": (
        "transformers.linear:num_warmup_steps=1,num_training_steps=9,floor=1e-5",
        "it has no parameter for a floor; floor is not used",
    ),
    "no floor, but a longer name has one": (
        "transformers.cosine:num_warmup_steps=1,num_training_steps=9,floor=1e-5",
        "it has no parameter for a floor; floor is not used; "
        "transformers.cosine_with_min_lr has one",
    ),
    "a line that rises": (
        "linear:total_iters=9,warmup=1",
        "torch.LinearLR rises from 0.3333 to 1 times lr; a decay has start_factor=1 and "
        "end_factor=0, or is transformers.linear; transformers.polynomial falls to a floor",
    ),
    "changes after a warm-up": (
        "multistep:milestones=[30,60,80],warmup=5,epochs=90",
        "the warm-up goes before: the changes at 30, 60 and 80 are at 35, 65 and 85",
    ),
    "a line as long as the run": (
        "linear:steps=9",
        "torch.LinearLR rises from 0.3333 to 1 times lr; a decay has start_factor=1 and "
        "end_factor=0, or is transformers.linear; transformers.polynomial falls to a floor",
    ),
    "a constant rate as long as the run": (
        "constant:steps=9",
        "torch.ConstantLR holds 0.3333 times lr for 5 steps, then lr; a constant rate has factor=1, "
        "or is transformers.constant",
    ),
    "a line with a floor": (
        "linear:total_iters=9,start_factor=0.5,end_factor=0.75,floor=1e-5",
        "torch.LinearLR rises from 0.5 to 0.75 times lr; a decay has start_factor=1 and "
        "end_factor=0, or is transformers.linear; transformers.polynomial falls to a floor",
    ),
    "a short warm-up": (
        "cosine:t_max=9,warmup=3,epochs=3,steps_per_epoch=4",
        "the warm-up of 3 is in steps; 3ep would be epochs",
    ),
    "the shortest warm-up": (
        "cosine:t_max=9,warmup=1,epochs=3,steps_per_epoch=2",
        "the warm-up of 1 is in steps; 1ep would be epochs",
    ),
    "no effect": ("cosine:t_max=9,last_epoch=-1", "last_epoch has no effect on the rate"),
    "example": ("cosine", "T_max not given; using the example 100"),
    "rises": ("cosine:t_max=9,eta_min=3", "eta_min (3) is above lr (0.1): the rate rises"),
    "never": (
        "constant:total_iters=0",
        "with total_iters 0 the full rate never comes: torch holds factor * lr",
    ),
}


@pytest.mark.parametrize("case", NOTES)
def test_notes(case: str, shell: Shell) -> None:
    spec, words = NOTES[case]
    done = shell("export", spec)
    name = spec.partition(":")[0]
    assert f"note: {name}: {words}" in done.stderr.splitlines()
    assert done.returncode == 0
    assert shell("export", spec, "--quiet").stderr == ""


@pytest.mark.parametrize(
    "spec",
    [
        "cosine:t_max=9,warmup=4,epochs=3,steps_per_epoch=4",
        "cosine:t_max=9,warmup=0,epochs=3,steps_per_epoch=4",
        "cosine:t_max=9,warmup=3st,epochs=3,steps_per_epoch=4",
        "cosine:t_max=9,warmup=3,epochs=30",
        "cosine:t_max=9,warmup=3,epochs=30,steps_per_epoch=1",
        "cosine:t_max=9,warmup=3,steps=30,steps_per_epoch=4",
        "cosine:t_max=9,warmup=1,steps=30,steps_per_epoch=4",
        "cosine:t_max=9,warmup=3,epochs=30,steps_per_epoch=4,by=epoch",
        "linear:total_iters=9,start_factor=1,end_factor=0,warmup=3",
        "linear:total_iters=9,start_factor=0.5,end_factor=0.5,warmup=3",
        "linear:total_iters=9",
        "linear:total_iters=9,steps=9",
        "linear",
        "exponential:gamma=0.9,steps=9",
    ],
)
def test_no_note(spec: str, shell: Shell) -> None:
    assert shell("export", spec).stderr == ""
