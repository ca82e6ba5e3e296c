"""Columns of a log that follow groups of parameters, whose rates differ from the plan's."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

import lrviz
from lrviz.audits.columns import audit_table
from lrviz.audits.log import read_log
from lrviz.audits.planned_column import nearest_plan
from lrviz.curves.curve import Curve
from lrviz.run import Run
from lrviz.specfile.source import load_spec
from tests.conftest import Shell

EPOCHS, BATCHES = 50, 40
MANY = 1000
"""Batches of an epoch with which the optimizer auto is MuSGD."""
CONFIG = f"epochs: {EPOCHS}\nlr0: 0.01\nlrf: 0.01\nwarmup_epochs: 3.0\nwarmup_bias_lr: 0.1\n"
SGD, AUTO = f"{CONFIG}optimizer: SGD\n", f"{CONFIG}optimizer: auto\n"
MUSGD = f"{CONFIG}optimizer: MuSGD\n"
Rate = Callable[[int], float]


def of_group(
    factor: float = 1.0, start: float = 0.0, change: float = 1.0, batches: int = BATCHES
) -> Rate:
    """Return the rate that a group has at a batch, as Ultralytics' trainer computes it."""

    def rate(batch: int) -> float:
        decay = max(1 - batch // batches / EPOCHS, 0) * (1 - 0.01) + 0.01
        lr = factor * 0.01 * decay
        return change * float(np.interp(batch, [0, 3 * batches], [start, lr]))

    return rate


WEIGHTS, BIASES = of_group(), of_group(start=0.1)
HEAD, HEAD_BIASES = of_group(3), of_group(3, start=0.1)


def write(
    folder: Path, config: str, columns: Sequence[Rate], batches_of_epoch: int = BATCHES
) -> None:
    """Write a config and the results that a run of it logs at the end of each epoch."""
    batches = [(epoch + 1) * batches_of_epoch - 1 for epoch in range(EPOCHS)]
    header = ",".join(["epoch", *(f"lr/pg{n}" for n in range(len(columns)))])
    rows = [
        ",".join([str(n), *(f"{rate(batch):.6g}" for rate in columns)])
        for n, batch in enumerate(batches, 1)
    ]
    (folder / "args.yaml").write_text(config, encoding="utf-8")
    (folder / "results.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")


@pytest.mark.parametrize(
    ("config", "columns", "groups"),
    [
        (SGD, [BIASES, WEIGHTS, WEIGHTS], ["biases", None]),
        (SGD, [WEIGHTS, WEIGHTS, BIASES], [None, "biases"]),
        (AUTO, [WEIGHTS, WEIGHTS, WEIGHTS], [None]),
        (AUTO, [of_group(3, batches=MANY), of_group(batches=MANY)], ["head", None]),
        (AUTO, [of_group(batches=MANY), of_group(3, batches=MANY)], [None, "head"]),
        (
            MUSGD,
            [HEAD_BIASES, BIASES, HEAD, WEIGHTS],
            ["head-biases", "biases", "head", None],
        ),
    ],
)
def test_each_column_follows_its_group(
    config: str, columns: Sequence[Rate], groups: list[str | None], tmp_path: Path
) -> None:
    write(tmp_path, config, columns, MANY if config == AUTO and "head" in groups else BATCHES)
    audit = lrviz.audit(tmp_path)
    assert [column.group for column in audit.columns] == groups
    assert [column.followed for column in audit.columns] == [True] * len(groups)
    assert audit.followed


def test_the_report_names_the_group(shell: Shell) -> None:
    write(shell.folder, SGD, [BIASES, WEIGHTS, WEIGHTS])
    done = shell("audit", ".", "--no-image", "--width", "200", "--steps-per-epoch", "40")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("lr/pg0"))
    assert lines[first : first + 2] == [
        "lr/pg0 (biases): 50 rows, epoch 1 to 50, 6 significant digits; steps counted from 1",
        "the run followed the plan of 'biases': every row has the planned rate within its rounding",
    ]
    assert lines[-2:] == [
        "lr/pg1 = lr/pg2: 50 rows, epoch 1 to 50, 6 significant digits; steps counted from 1",
        "the run followed the plan: every row has the planned rate within its rounding",
    ]


def test_the_json_has_the_group_of_each_column(shell: Shell) -> None:
    write(shell.folder, SGD, [BIASES, WEIGHTS])
    data = json.loads(shell("audit", ".", "--json").stdout)
    assert [column["group"] for column in data["columns"]] == ["biases", None]
    assert (data["group"], data["log"]["lr_column"]) == (None, "lr/pg1")


def test_a_group_that_left_its_plan_is_explained_by_its_own(shell: Shell) -> None:
    write(shell.folder, SGD, [of_group(start=0.1, change=2), WEIGHTS])
    done = shell("audit", ".", "--no-image", "--width", "200")
    assert done.returncode == 1
    verdict = (
        "the run did not follow the plan of 'biases': 50 of 50 rows differ, from epoch 1 on, "
        "most at epoch 1: 0.1415 instead of 0.07075"
    )
    assert verdict in done.stdout.splitlines()
    data = json.loads(shell("audit", ".", "--json").stdout)
    best = data["explanations"][0]
    assert (data["group"], best["id"], best["params"]) == ("biases", "scaled", {"factor": 2.0})


def test_a_single_row_beside_the_plan_of_a_group(shell: Shell) -> None:
    def rate(batch: int) -> float:
        return 0.02 if batch == 49 * BATCHES + BATCHES - 1 else HEAD(batch)

    write(shell.folder, MUSGD, [rate])
    done = shell("audit", ".", "--no-image", "--width", "200", "--steps-per-epoch", "40")
    assert "the run did not follow the plan of 'head': 1 of 50 rows differ" in done.stdout


def test_the_curve_of_a_group_is_a_spec(shell: Shell) -> None:
    write(shell.folder, SGD, [BIASES, WEIGHTS])
    done = shell("export", "args.yaml#biases", "--steps-per-epoch", "40", "--steps", "61")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "step,biases")
    assert done.stdout.splitlines()[-1] == f"60,{BIASES(60)!r}"
    against = shell("audit", "results.csv", "--against", "args.yaml#biases", "--json")
    columns = json.loads(against.stdout)["columns"]
    assert [column["followed"] for column in columns] == [True, False]
    wrong = shell("plot", "args.yaml#bias", "--no-image")
    assert wrong.stderr == (
        "error: args.yaml#bias: names no curve; did you mean 'biases'? "
        "(it has: args.yaml, biases)\n"
    )


def test_plot_draws_the_plan_and_notes_the_group(shell: Shell) -> None:
    write(shell.folder, SGD, [BIASES])
    done = shell("plot", "args.yaml", "--no-image")
    assert done.returncode == 0
    assert "peak 0.009604" in done.stdout
    assert done.stderr.splitlines() == [
        "note: args.yaml: the parameters 'biases' start the warm-up at 0.1 (warmup_bias_lr); "
        "lrviz plot args.yaml#biases draws them",
        "note: args.yaml: in the warm-up an epoch has the rate of its last batch, as in "
        "results.csv; --steps-per-epoch draws each step",
    ]


def test_a_sweep_of_a_flag_sweeps_the_groups(tmp_path: Path) -> None:
    write(tmp_path, SGD, [BIASES])
    file = str(tmp_path / "args.yaml")
    curves = load_spec(file, {"lr": [0.01, 0.02]}).curves
    assert [curve.lr for curve in curves] == [0.01, 0.02]
    assert [[(group.label, group.lr) for group in curve.groups] for curve in curves] == [
        [("biases", 0.01)],
        [("biases", 0.02)],
    ]


def test_a_floor_that_cannot_be_multiplied_is_an_error(tmp_path: Path) -> None:
    solver = "  LR_SCHEDULER_NAME: WarmupCosineLR\n  BASE_LR_END: 1e-5\n  BIAS_LR_FACTOR: -1\n"
    (tmp_path / "config.yaml").write_text(f"SOLVER:\n  BASE_LR: 0.1\n{solver}", encoding="utf-8")
    with pytest.raises(lrviz.SpecError) as caught:
        lrviz.load(str(tmp_path / "config.yaml"))
    assert [finding.message for finding in caught.value.findings] == [
        "SOLVER.BIAS_LR_FACTOR: the rates of the schedule cannot be -1 times as high"
    ]


def test_the_nearest_plan_has_fewer_wrong_rows_else_smaller_differences(tmp_path: Path) -> None:
    plan = lrviz.load(tmp_write(tmp_path, "detectron2", 2.0))[0]
    for rates, group in (([0.1, 0.2], None), ([0.2, 0.1], None), ([0.16, 0.16], "biases"),
                         ([0.14, 0.14], None), ([0.1, 9], None), ([9, 0.2], "biases"),
                         ([0.15, 0.15], None)):  # fmt: skip
        log = tmp_path / "log.csv"
        log.write_text(f"step,lr\n10,{rates[0]}\n11,{rates[1]}\n", encoding="utf-8")
        read = read_log(log)
        column = nearest_plan(read, read.series[0], plan, (0,))
        assert column.group == group, rates


def tmp_write(folder: Path, name: str, factor: float) -> str:
    """Write a config of detectron2 whose rate is 0.1, and that of the biases a multiple."""
    path = folder / f"{name}.yaml"
    path.write_text(
        f"SOLVER:\n  BASE_LR: 0.1\n  STEPS: (90,)\n  MAX_ITER: 100\n  WARMUP_ITERS: 1\n"
        f"  BIAS_LR_FACTOR: {factor}\n",
        encoding="utf-8",
    )
    return str(path)


def test_the_log_of_mmengine_has_the_first_group_beside_the_plan(tmp_path: Path) -> None:
    config = (
        "optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.1),\n"
        "    paramwise_cfg=dict(custom_keys={'backbone': dict(lr_mult=0.1)}))\n"
        "param_scheduler = [dict(type='PolyLR', power=1.0, eta_min=0.0, begin=0, end=100,\n"
        "    by_epoch=False)]\ntrain_cfg = dict(type='IterBasedTrainLoop', max_iters=100)\n"
    )
    (tmp_path / "config.py").write_text(config, encoding="utf-8")
    rows = [
        json.dumps({"base_lr": 0.1 * rate, "lr": 0.01 * rate, "iter": step + 1, "step": step + 1})
        for step, rate in ((step, 1 - step / 99) for step in range(9, 100, 10))
    ]
    (tmp_path / "scalars.json").write_text("\n".join([*rows, ""]), encoding="utf-8")
    audit = lrviz.audit(tmp_path / "scalars.json", lrviz.load(tmp_path / "config.py")[0])
    groups = {column.series.label: column.group for column in audit.columns}
    assert (groups, audit.followed) == ({"lr": "backbone", "base_lr": None}, True)


def test_a_convention_counts_for_the_nearest_plan(tmp_path: Path) -> None:
    """A log of steps done may have the rate of the next step: so has this one, of the biases."""
    plan = lrviz.load(tmp_write(tmp_path, "drop", 2.0))[0]
    log = tmp_path / "trainer_state.json"
    rates = [0.2] * 89 + [0.02] * 10
    history = [{"step": n, "learning_rate": rate} for n, rate in enumerate(rates, 1)]
    log.write_text(json.dumps({"log_history": history, "global_step": 99}), encoding="utf-8")
    (column,) = lrviz.audit(log, plan).columns
    assert (column.group, column.followed, column.convention) == ("biases", True, "next-rate")


def test_more_groups_than_are_compared_are_not_read(tmp_path: Path) -> None:
    groups = "\n".join(f"  - {{name: g{n}, modules: [m], lr: {n}}}" for n in range(2, 24))
    (tmp_path / "config.yml").write_text(
        "base_model: m\ndatasets: [{path: d, type: t}]\nmicro_batch_size: 2\nmax_steps: 10\n"
        f"learning_rate: 1\nwarmup_steps: 0\nlr_groups:\n{groups}\n",
        encoding="utf-8",
    )
    loaded = load_spec(str(tmp_path / "config.yml"))
    assert [group.label for group in loaded.curves[0].groups] == [f"g{n}" for n in range(2, 22)]
    assert loaded.plan is not None
    texts = [decision.text for decision in loaded.plan.trace if decision.kind == "ignored"]
    assert texts == [f"lr_groups.{n}.lr: more than 20 groups" for n in (20, 21)]


DUMP = f"{AUTO}task: detect\nmode: train\nnbs: 64\ntracker: botsort.yaml\n"


@pytest.mark.parametrize(
    ("config", "trainer", "labels"),
    [
        (AUTO, {}, ["head"]),
        (AUTO, {"trainer_version": "8.4.0"}, ["head"]),
        (AUTO, {"trainer_version": "8.3.252"}, []),
        (DUMP, {}, []),
        (f"{DUMP}rle: 1.0\n", {}, ["head"]),
        (SGD, {"trainer_version": "8.4.0"}, ["biases"]),
    ],
)
def test_the_automatic_optimizer_may_be_musgd_since_8_4(
    config: str, trainer: dict[str, str], labels: list[str], tmp_path: Path
) -> None:
    (tmp_path / "args.yaml").write_text(config, encoding="utf-8")
    (curve,) = load_spec(str(tmp_path / "args.yaml"), trainer=trainer).curves
    assert [group.label for group in curve.groups] == labels


def test_a_row_in_two_hundred_is_no_other_plan_of_a_group(shell: Shell) -> None:
    tmp_write(shell.folder, "config", 2.0)
    rates = [0.2] * 89 + [0.3] + [0.02] * 110
    rows = "".join(f"{step},{rate}\n" for step, rate in enumerate(rates))
    (shell.folder / "log.csv").write_text(f"step,lr\n0,0.0002\n{rows[6:]}", encoding="utf-8")
    done = shell("audit", "log.csv", "--against", "config.yaml", "--no-image", "--width", "200")
    assert done.returncode == 0
    verdict = (
        "the run followed the plan of 'biases', but 1 of 200 rows differ, from step 89 on, most "
        "at step 89: 0.3 instead of 0.2"
    )
    assert verdict in done.stdout.splitlines()


def test_an_embedding_rate_of_0_is_none(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text(
        "base_model: m\ndatasets: [{path: d, type: t}]\nmicro_batch_size: 2\nmax_steps: 10\n"
        "learning_rate: 1e-4\nwarmup_steps: 0\nembedding_lr: 0\n",
        encoding="utf-8",
    )
    assert lrviz.load(tmp_path / "config.yml")[0].groups == ()


@pytest.mark.parametrize("first", [0, 1])
def test_a_column_that_nothing_explains_beside_one_that_a_mistake_does(
    first: int, tmp_path: Path
) -> None:
    plan = lrviz.schedule("torch.CosineAnnealingLR", T_max=60)
    rates = plan.rate(np.arange(60), 0.1).tolist()
    odd = (0.1 * (1 + np.arange(60) ** 3 % 7)).tolist()
    rows = [f"{t + first},{2 * rates[t]!r},{odd[t]!r}\n" for t in range(60)]
    log = tmp_path / "run.csv"
    log.write_text("step,lr_0,lr_1\n" + "".join(rows), encoding="utf-8")
    audit = lrviz.audit(log, Curve("plan", plan, lr=0.1, run=Run(steps=60)))
    assert [column.explained for column in audit.columns] == [True, False]
    assert audit.columns[0].best.label == "scaled (factor=2)"
    assert audit.log.first == first


def test_a_log_counts_its_steps_so_that_all_columns_are_simplest(tmp_path: Path) -> None:
    plan = lrviz.schedule("torch.CosineAnnealingLR", T_max=60)
    rates = plan.rate(np.arange(60), 0.1).tolist()
    rows = [f"{t + 1},{rate!r},{rate / 10!r}\n" for t, rate in enumerate(rates)]
    log = tmp_path / "run.csv"
    log.write_text("step,lr_0,lr_1\n" + "".join(rows), encoding="utf-8")
    audit = lrviz.audit(log, Curve("plan", plan, lr=0.1, run=Run(steps=60)))
    labels = [column.best.label for column in audit.columns]
    assert (audit.log.first, labels) == (1, ["as-planned", "scaled (factor=0.1)"])


def test_a_picture_names_the_column_that_it_is_of(tmp_path: Path) -> None:
    write(tmp_path, SGD, [of_group(start=0.1, change=2), WEIGHTS, WEIGHTS])
    audit = lrviz.audit(tmp_path)
    labels = [[column.label for column in audit_table(item).columns] for item in audit.columns]
    assert labels == [
        ["plan of 'biases'", "log of lr/pg0", "as if scaled (factor=2)"],
        ["plan", "log of lr/pg1 = lr/pg2"],
    ]
    assert audit.decisive is audit.columns[0]
    write(tmp_path, CONFIG, [WEIGHTS] * 12)
    assert audit_table(lrviz.audit(tmp_path).decisive).columns[1].label == "log"
    write(tmp_path, SGD, [*[WEIGHTS] * 12, BIASES])
    long_name = audit_table(lrviz.audit(tmp_path).columns[0]).columns[1].label
    assert long_name == "log of lr/pg0 = lr/pg1 = lr/pg2...g10 = lr/pg11"
