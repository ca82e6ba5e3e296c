"""Reading logs: each format, what is left out, and what cannot be read."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lrviz.audits import formats, table_logs
from lrviz.audits.column_choice import listed
from lrviz.audits.log import Log, read_log
from lrviz.audits.rounding import HALF, SINGLE, Rounding
from lrviz.core.errors import SpecError

LINES = "".join(json.dumps({"step": s, "lr": 0.1 - s / 1000, "loss": 1}) + "\n" for s in range(3))
STATE = {
    "global_step": 20,
    "log_history": [
        {"step": 10, "learning_rate": 0.1, "loss": 1.5},
        {"step": 10, "eval_loss": 1.4},
        {"step": 20, "learning_rate": 0.05, "loss": 1.2},
    ],
}


def lines(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


FORMATS = {
    # name: file, content, format, step column, rate columns, steps, rates, first, counts done
    "csv": ("a.csv", "step,lr\n0,0.1\n5,0.2\n", "table", "step", ("lr",), [0, 5], [0.1, 0.2]),
    "tsv": ("a.tsv", "step\tlr\n0\t0.1\n5\t0.2\n", "table", "step", ("lr",), [0, 5], [0.1, 0.2]),
    "semicolons": ("a.csv", "step;lr\n0;1e-1\n", "table", "step", ("lr",), [0], [0.1]),
    "padded": (
        "results.csv",
        "   epoch,  lr/pg0,   lr/pg1\n   1,  0.1,  0.1\n   2, 0.2, 0.2\n",
        "epoch-results",
        "epoch",
        ("lr/pg0", "lr/pg1"),
        [1, 2],
        [0.1, 0.2],
    ),
    "old results": (
        "results.csv",
        "epoch, x/lr0\n0, 0.1\n1, 0.2\n",
        "epoch-results-old",
        "epoch",
        ("x/lr0",),
        [0, 1],
        [0.1, 0.2],
    ),
    "json columns": (
        "a.json",
        '{"step": [0, 1], "lr": [0.1, 0.2]}',
        "json",
        "step",
        ("lr",),
        [0, 1],
        [0.1, 0.2],
    ),
    "json rows": (
        "a.json",
        '[{"step": 0, "lr": 0.1}, {"step": 1, "lr": [0.2]}]',
        "json",
        "step",
        ("lr",),
        [0, 1],
        [0.1, 0.2],
    ),
    "trainer state": (
        "trainer_state.json",
        json.dumps(STATE, indent=2),
        "trainer-state",
        "step",
        ("learning_rate",),
        [10, 20],
        [0.1, 0.05],
    ),
    "trainer log": (
        "trainer_log.jsonl",
        lines(
            {"current_steps": 5, "total_steps": 10, "lr": 0.1, "epoch": 0.5},
            {"current_steps": 10, "total_steps": 10, "lr": 0.2, "epoch": 1.0},
            {"current_steps": 10, "total_steps": 10, "epoch": 1.0},
        ),
        "trainer-log",
        "current_steps",
        ("lr",),
        [5, 10],
        [0.1, 0.2],
    ),
    "metrics of iterations": (
        "metrics.json",
        lines({"iteration": 19, "lr": 0.1}, {"iteration": 39, "lr": 0.2}),
        "iteration-metrics",
        "iteration",
        ("lr",),
        [19, 39],
        [0.1, 0.2],
    ),
    "lines": ("a.jsonl", LINES, "json-lines", "step", ("lr",), [0, 1, 2], [0.1, 0.099, 0.098]),
    "scalars": (
        "scalars.json",
        lines({"lr": 0.1, "iter": 50, "step": 50}, {"lr": 0.2, "iter": 100, "step": 100}),
        "scalars",
        "iter",
        ("lr",),
        [50, 100],
        [0.1, 0.2],
    ),
    "epochs": (
        "log.txt",
        lines({"train_lr": 0.1, "epoch": 0}, {"train_lr": 0.2, "epoch": 1}),
        "epoch-log",
        "epoch",
        ("train_lr",),
        [0, 1],
        [0.1, 0.2],
    ),
    "summary": (
        "summary.csv",
        "epoch,train_loss,eval_loss,lr\n0,1,1,0.1\n1,1,1,0.2\n",
        "epoch-summary",
        "epoch",
        ("lr",),
        [0, 1],
        [0.1, 0.2],
    ),
    "sparse metrics": (
        "metrics.csv",
        "epoch,lr-AdamW,step,train_loss\n,0.1,0,\n0,,0,1.5\n,0.2,9,\n",
        "table",
        "step",
        ("lr-AdamW",),
        [0, 9],
        [0.1, 0.2],
    ),
    "export with limits": (
        "export.csv",
        '"Step","run - train/learning_rate","run - train/learning_rate__MIN",'
        '"run - train/learning_rate__MAX"\n"1","0.1","0.1","0.1"\n"2","0.2","0.2","0.2"\n',
        "table",
        "Step",
        ("run - train/learning_rate",),
        [1, 2],
        [0.1, 0.2],
    ),
    "export of a scalar": (
        "run.csv",
        "Wall time,Step,Value\n1.5,0,0.1\n2.5,10,0.2\n",
        "scalar-export",
        "Step",
        ("Value",),
        [0, 10],
        [0.1, 0.2],
    ),
    "iterations in words": (
        "log.txt",
        " iteration       10/     500 | elapsed time: 1 | learning rate: 1.5E-04 | loss: 2\n"
        "validation loss 3\n"
        " iteration       20/     500 | elapsed time: 1 | learning rate: 3.0E-04 | loss: 2\n",
        "iteration-text",
        "step",
        ("lr",),
        [10, 20],
        [1.5e-4, 3e-4],
    ),
    "iterations in brackets": (
        "train.log",
        "06/06 16:12 - INFO - Iter(train) [   40/15230]  lr: 1.5e-04  eta: 2:36:05\n"
        "06/06 16:14 - INFO - Iter(val) [   40/100]  lr: 9\n"
        "06/06 16:20 - INFO - Iter [80/15230]\tlr: 3.0e-04, eta: 2:36:05\n",
        "iteration-text",
        "step",
        ("lr",),
        [40, 80],
        [1.5e-4, 3e-4],
    ),
    "steps of all": (
        "main.log",
        "step    1/18865 | loss 11.0 | norm 15.3 | lr 1.00e-06 | 3000 ms\n"
        "step    2/18865 | loss 10.9 | norm 15.1 | lr 2.00e-06 | 3000 ms\n",
        "iteration-text",
        "step",
        ("lr",),
        [1, 2],
        [1e-6, 2e-6],
    ),
    "global steps": (
        "nemo_log.txt",
        "Training epoch 0, iteration 8/99 | lr: 5.6e-06 | global_step: 8 | loss: 2\n"
        "Training epoch 1, iteration 0/99 | lr: 5.8e-06 | global_step: 100 | loss: 2\n",
        "global-step-text",
        "step",
        ("lr",),
        [8, 100],
        [5.6e-6, 5.8e-6],
    ),
    "updates": (
        "train.log",
        "| INFO | train_inner | epoch 001: 100 / 1500 loss=9, num_updates=100, lr=2e-05, gnorm=2\n"
        '| INFO | train_inner | {"epoch": 1, "num_updates": "200", "lr": "4e-05", "wall": "105"}\n'
        '| INFO | train | {"epoch": 1, "train_num_updates": "300", "train_lr": "9e-05"}\n',
        "update-text",
        "step",
        ("lr",),
        [100, 200],
        [2e-5, 4e-5],
    ),
    "updates of epochs": (
        "train.log",
        '| INFO | train | {"epoch": 1, "train_num_updates": "300", "train_lr": "9e-05"}\n'
        '| INFO | valid | {"epoch": 1, "valid_num_updates": "300", "valid_loss": "2"}\n',
        "train-update-text",
        "step",
        ("lr",),
        [300],
        [9e-5],
    ),
    "skipped steps": (
        "run.log",
        "[2023-01-01 10:00:00] [Rank 0] step=10, skipped=2, lr=[9.9e-05, 9.9e-05], mom=[0]\n"
        "[2023-01-01 10:00:00] [Rank 0] step=20, skipped=2, lr=[9.8e-05, 9.8e-05], mom=[0]\n",
        "skipped-text",
        "step",
        ("lr", "lr[1]"),
        [10, 20],
        [9.9e-5, 9.8e-5],
    ),
    "progress bar": (
        "run.log",
        "Steps:   0%|      | 0/101 [00:00<?, ?it/s]\rSteps:   1%|      | 1/101 [00:04<08:00, "
        " 4.80s/it, lr=1e-5, step_loss=0.06]\rSteps:   2%|      | 2/101 [00:06<08:00, lr=2e-5]\n",
        "progress-bar",
        "step",
        ("lr",),
        [1, 2],
        [1e-5, 2e-5],
    ),
    "index in an epoch": (
        "run.log",
        "Epoch: [0]  [   0/1251]  eta: 4:05:42  lr: 0.000010  loss: 2.8620 (2.8620)\n"
        "Epoch: [0/300][10/1251]\teta 0:05:00 lr 0.000020\n"
        "Train: 1 [  10/1251 (  2%)]  Loss: 6.86 (6.86)  LR: 3.000e-05  Data: 0.844 (0.844)\n"
        "Test: [   0/30]  Time: 6.593 (6.593)  Loss:   6.723 ( 6.723)\n",
        "epoch-and-index-text",
        "step",
        ("lr",),
        [0, 10, 1261],
        [1e-5, 2e-5, 3e-5],
    ),
    "count in an epoch": (
        "run.log",
        "2021-12-21 21:51:30,877 - INFO - Epoch [1][50/930]      lr: 1.5e-03, eta: 0:56:09\n"
        "06/06 16:12:28 - INFO - Epoch(train)  [2][ 50/930]  lr: 2.5e-03  eta: 1:00:00\n"
        "06/06 16:12:28 - INFO - Epoch(val)  [2][ 50/930]  lr: 9\n"
        "epoch: 3/300, iter: 10/930, mem: 584Mb, total_loss: 14.6, lr: 3.5e-3, size: 416\n"
        "Epoch [4/300], Step [930/930], Loss: 0.1, lr: 0.0045\n",
        "epoch-and-count-text",
        "step",
        ("lr",),
        [50, 980, 1870, 3720],
        [1.5e-3, 2.5e-3, 3.5e-3, 4.5e-3],
    ),
    "step above": (
        "run.log",
        "INFO [step=10/5000,epoch=0]\n    train/loss=10.1\n    optim/learning_rate_group0=4.0E-05\n"
        "INFO [step=15/5000,epoch=0]\n    eval/loss=10.1\n"
        "[batch=20/5000]:\n\t Train lr-AdamW/group0: 0.00005\n\t Train loss: 1\n",
        "step-above-text",
        "step",
        ("lr",),
        [10, 20],
        [4e-5, 5e-5],
    ),
    "words of epochs and steps": (
        "log.txt",
        "Epoch 1 - step 5: lr 0.1\n[epoch 2, iter 9] loss: 3.2 lr: 0.2\n",
        "epoch-and-step-text",
        "step",
        ("lr",),
        [5, 9],
        [0.1, 0.2],
    ),
    "words of epochs": (
        "run.log",
        "Epoch 1/10 - loss 0.1 - lr: 0.001\nepoch: 2 | learning_rate 1e-4\n",
        "epoch-text",
        "epoch",
        ("lr",),
        [1, 2],
        [1e-3, 1e-4],
    ),
    "epoch above": (
        "run.log",
        "Epoch 1/10\n313/313 - 1s - loss: 2.3 - learning_rate: 1.0e-3\n"
        "Epoch 2/10\n1/313 - 1s\r2/313 - 1s\r313/313 - 1s - loss: 2.3 - lr: 1.0e-4\n",
        "epoch-above-text",
        "epoch",
        ("lr",),
        [1, 2],
        [1e-3, 1e-4],
    ),
    "samples of an epoch": (
        "out.log",
        "| INFO | Train Epoch: 0 [  32/99 (0%)] Loss: 1.2 LR: 1.0e-4 Logit Scale: 9.9\n"
        "| INFO | Train Epoch: 0 [  96/99 (97%)] Loss: 1.2 LR: 2.0e-4 Logit Scale: 9.9\n"
        "| INFO | Train Epoch: 1 [  32/99 (0%)] Loss: 1.2 LR: 3.0e-4 Logit Scale: 9.9\n",
        "epoch-and-samples-text",
        "step",
        ("lr",),
        [1, 3, 4],
        [1e-4, 2e-4, 3e-4],
    ),
    "epoch slash batch": (
        "train.log",
        "DEBUG TRAIN Batch 0/0 loss 400.1 loss_att 300.2 lr 1.0e-4 rank 0\n"
        "DEBUG CV Batch 0/0 loss 400.1 history loss 300.2 rank 0\n"
        "DEBUG TRAIN | steps/sec 1.2| Batch 0/100 loss 390.1 lr 2.0e-4 rank 0\n",
        "epoch-slash-batch-text",
        "step",
        ("lr",),
        [0, 100],
        [1e-4, 2e-4],
    ),
    "epochs and batches by name": (
        "run.log",
        "[epoch=0][batch=1/9]: time/total: 1.0\n[epoch=0][batch=1/9]: lr-SGD/group0: 1e-3\n"
        "[epoch=1][batch=1/9]: time/total: 1.0\n[epoch=1][batch=1/9]: lr-SGD/group0: 2e-3\n",
        "epoch-and-batch-name-text",
        "step",
        ("lr",),
        [1, 10],
        [1e-3, 2e-3],
    ),
    "batches by name": (
        "run.log",
        "[batch=8/90]: time/total: 1.0\n[batch=8/90]: lr-SGD/group0: 1e-3\n"
        "[batch=9/90]: time/total: 1.0\n[batch=9/90]: lr-SGD/group0: 2e-3\n",
        "batch-name-text",
        "step",
        ("lr",),
        [8, 9],
        [1e-3, 2e-3],
    ),
    "an index of the run": (
        "log.txt",
        "I0501 helpers.py:103] Training  [  0/900]  eta: 1:00:00  lr: 1e-3 (1e-3)  wd: 0.04\n"
        "I0501 helpers.py:103] Training  [ 10/900]  eta: 1:00:00  lr: 2e-3 (1e-3)  wd: 0.04\n",
        "training-index-text",
        "step",
        ("lr",),
        [0, 10],
        [1e-3, 2e-3],
    ),
    "train step above": (
        "run.log",
        "I0501 controller.py:454] train | step:    100 | steps/sec:    5.1 | output: \n"
        "    {'accuracy': 0.5,\n     'learning_rate': 1e-3,\n     'training_loss': 1.2}\n",
        "train-step-above-text",
        "step",
        ("lr",),
        [100],
        [1e-3],
    ),
    "abbreviations": (
        "train.log",
        "[10:00] Ep. 1 : Up. 500 : Sen. 9,000 : Cost 5.1 * 10 : Time 9.1s : 9 words/s : L.r. 1e-4\n"
        "[10:09] Ep. 1 : Up. 1,000 : Sen. 18,000 : Cost 4.1 * 10 : Time 9.1s : L.r. 2e-4\n",
        "abbreviated-text",
        "step",
        ("lr",),
        [500, 1000],
        [1e-4, 2e-4],
    ),
    "epochs and steps done": (
        "train_log.txt",
        "epoch: 1, lr: 1.0e-04, steps: 900, optimizer: Adam - train loss: 9.1\n"
        "epoch: 2, lr: 2.0e-04, steps: 1800, optimizer: Adam - train loss: 8.1\n",
        "epoch-and-steps-done-text",
        "step",
        ("lr",),
        [900, 1800],
        [1e-4, 2e-4],
    ),
    "epochs and rates": (
        "train_log.txt",
        "epoch: 1, lr_model: 1.0e-04, lr_encoder: 1.0e-04 - train loss: 9.1\n"
        "epoch: 2, lr_model: 2.0e-04, lr_encoder: 2.0e-04 - train loss: 8.1\n",
        "epoch-and-rates-text",
        "epoch",
        ("lr_model", "lr_encoder"),
        [1, 2],
        [1e-4, 2e-4],
    ),
    "printed counts": (
        "run.log",
        "Train:   2%|  | 1/60 [00:55<54:36, 55.53s/it]{'loss': '0.66', 'learning_rate': '3e-05', "
        "'epoch': '0.08421', 'global_step/max_steps': '1/60', 'elapsed_time': '56s'}\n"
        "{'loss': 0.61, 'learning_rate': 9e-05, 'epoch': 0.42, 'global_step/max_steps': '5/60'}\n",
        "printed-counts",
        "step",
        ("lr",),
        [1, 5],
        [3e-5, 9e-5],
    ),
    "printed epochs": (
        "run.log",
        "{'loss': 0.69, 'grad_norm': 1.2, 'learning_rate': 4e-05, 'epoch': 1.0}\n"
        "{'eval_loss': 0.69, 'epoch': 1.0}\n"
        "{'loss': '0.6', 'grad_norm': '1', 'learning_rate': '3e-05', 'epoch': '2'}\n",
        "printed-rows",
        "epoch",
        ("lr",),
        [1, 2],
        [4e-5, 3e-5],
    ),
    "words": (
        "log.txt",
        "step 0: train loss 4.2, lr 0.0006\niter 10, lr=0.0005\n",
        "text",
        "step",
        ("lr",),
        [0, 10],
        [6e-4, 5e-4],
    ),
    "a bar in an epoch": (
        "run.log",
        "Epoch 0:   1%|      | 1/101 [00:04<08:00,  4.80s/it, lr=1e-5]\r"
        "Epoch 1:   1%|      | 1/101 [00:04<08:00,  4.80s/it, lr=2e-5]\n",
        "epoch-and-bar-text",
        "step",
        ("lr",),
        [1, 102],
        [1e-5, 2e-5],
    ),
    "counts apart": (
        "run.log",
        "Epoch 1/2 | loss 1.2 | step 1/10 | lr 0.1\nEpoch 2/2 | loss 1.2 | step 1/10 | lr 0.2\n",
        "epoch-and-step-count-text",
        "step",
        ("lr",),
        [1, 11],
        [0.1, 0.2],
    ),
    "an average loss": (
        "run.log",
        " 1: 2.3, 2.4 avg loss, 0.001 rate, 5.6 seconds, 64 images\n"
        " 2: 2.3, 2.4 avg, 0.002 rate, 5.6 seconds, 128 images\n",
        "average-count-text",
        "step",
        ("lr",),
        [1, 2],
        [1e-3, 2e-3],
    ),
    "a step in brackets": (
        "run.log",
        "I0501 10:00:00 140 logging_writer.py:48] [1] learning_rate=0.1, loss=1.2\n"
        "I0501 10:00:00 140 logging_writer.py:48] [2] loss=1.2\n"
        "I0501 10:00:00 140 logging_writer.py:48] [3] loss=1.2, learning_rate=0.2\n",
        "bracketed-step-text",
        "step",
        ("lr",),
        [1, 3],
        [0.1, 0.2],
    ),
    "batches of a run": (
        "run.log",
        "epoch 1 batch 5: lr 0.1\nepoch 2 batch 9: lr 0.2\n",
        "epoch-and-batch-text",
        "step",
        ("lr",),
        [5, 9],
        [0.1, 0.2],
    ),
    "means of epochs": (
        "run.log",
        "[a] 2022-01-02 (trainer:732) INFO: 1epoch:train:1-100batch: loss=9, optim0_lr0=1e-05\n"
        "[a] 2022-01-02 (trainer:280) INFO: 1epoch results: [train] loss=9, optim0_lr0=1.5e-05\n"
        "[a] 2022-01-02 (trainer:280) INFO: 2epoch results: [train] loss=9, optim0_lr0=2.5e-05\n",
        "epoch-mean-text",
        "epoch",
        ("lr",),
        [1, 2],
        [1.5e-5, 2.5e-5],
    ),
    "llm.c": (
        "main.log",
        "s:0 tel:11.0\ns:0 trl:11.0 lr:0.000001 norm:18.5\ns:1 trl:10.9 lr:0.000002 norm:9.2\n",
        "text",
        "step",
        ("lr",),
        [0, 1],
        [1e-6, 2e-6],
    ),
}


def read(folder: Path, name: str, content: str | bytes, **options: Any) -> Log:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_log(path, **options)


@pytest.mark.parametrize("case", FORMATS.values(), ids=FORMATS)
def test_format(case: tuple[Any, ...], tmp_path: Path) -> None:
    name, content, kind, step, columns, steps, rates = case
    log = read(tmp_path, name, content)
    (series,) = log.series
    assert (log.format, log.step_column, series.columns) == (kind, step, columns)
    assert series.steps.tolist() == steps
    assert series.rates.tolist() == rates


def test_how_formats_count_steps(tmp_path: Path) -> None:
    done = {name for name, case in FORMATS.items() if read(tmp_path, *case[:2]).counts_done}
    assert done == {
        "trainer state", "trainer log", "scalars", "iterations in words", "iterations in brackets",
        "steps of all", "updates", "skipped steps", "progress bar", "count in an epoch",
        "a bar in an epoch", "counts apart", "an average loss",
        "step above", "printed epochs", "printed counts", "train step above", "updates of epochs",
        "epochs and batches by name", "batches by name", "samples of an epoch", "abbreviations",
        "epochs and steps done",
    }  # fmt: skip
    from_one = {name for name, case in FORMATS.items() if read(tmp_path, *case[:2]).first}
    assert from_one == {
        "padded",
        "words of epochs",
        "epoch above",
        "means of epochs",
        "epochs and rates",
    }
    means = {n for n, case in FORMATS.items() if read(tmp_path, *case[:2]).mean_over_epoch}
    assert means == {"epochs", "means of epochs"}
    by_epoch = {name for name, case in FORMATS.items() if read(tmp_path, *case[:2]).by_epoch}
    assert by_epoch == {
        "padded", "old results", "epochs", "summary", "words of epochs", "epoch above",
        "printed epochs", "means of epochs", "epochs and rates",
    }  # fmt: skip


def test_every_format_has_an_example() -> None:
    assert {item.name for item in formats.FORMATS} == {case[2] for case in FORMATS.values()} | {
        "events", "rate-text",
    }  # fmt: skip


def test_lines_of_rates_without_steps(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    path.write_text("begin\nloss=2.0 lr=0.0e+00\nINFO: lr=1.0e-3\nlr: 2e-3\n", encoding="utf-8")
    log = read_log(path, every=10)
    assert log.format == "rate-text"
    (series,) = log.series
    assert (series.steps.tolist(), series.rates.tolist()) == ([0, 10, 20], [0.0, 1e-3, 2e-3])
    with pytest.raises(SpecError) as caught:
        read_log(path)
    assert str(caught.value) == (
        f"{path}: has no column of steps; name it with --step-column, or say with --every how many "
        "steps apart the rows are (columns: lr)"
    )


def test_steps_within_epochs_say_how_many_an_epoch_has(tmp_path: Path) -> None:
    epochs = {
        name: read(tmp_path, *FORMATS[name][:2]).series[0].steps_per_epoch()
        for name in ("index in an epoch", "count in an epoch")
    }
    assert epochs == {"index in an epoch": 1251, "count in an epoch": 930}


@pytest.mark.parametrize(
    ("name", "text", "steps"),
    [
        ("a.csv", "lr,loss\n0.1,1\n0.2,1\n,1\n0.3,1\n", [0, 10, 20]),
        ("a.csv", "lr\n0.1\n0.2\n0.3\n", [0, 10, 20]),
        ("a.log", "".join(f"{{'learning_rate': {r}, 'epoch': 0.1}}\n" for r in (0.1, 0.2, 0.3)),
         [10, 20, 30]),
    ],
)  # fmt: skip
def test_rows_that_are_some_steps_apart(
    name: str, text: str, steps: list[int], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    log = read_log(path, every=10)
    assert (log.step_column, log.by_epoch) == ("row", False)
    assert log.series[0].steps.tolist() == steps
    assert log.series[0].rates.tolist() == [0.1, 0.2, 0.3]


def test_parameter_groups_are_told_apart(tmp_path: Path) -> None:
    log = read(tmp_path, "a.csv", "step,lr/pg0,lr/pg1,lr/pg2\n0,1,2,1\n1,3,4,3\n")
    assert [series.columns for series in log.series] == [("lr/pg0", "lr/pg2"), ("lr/pg1",)]
    assert log.series[0].label == "lr/pg0 = lr/pg2"
    assert log.series[1].rates.tolist() == [2, 4]


def test_columns_by_name(tmp_path: Path) -> None:
    text = "step,batch,lr,other\n0,7,0.1,0.3\n"
    log = read(tmp_path, "a.csv", text, step_column="Batch", lr_column="OTHER")
    assert log.step_column == "batch"
    assert (log.series[0].steps.tolist(), log.series[0].rates.tolist()) == ([7], [0.3])


def test_a_long_table_is_read_alike_where_a_cell_is_no_plain_number(tmp_path: Path) -> None:
    steps = range(45_000)
    text = "step,lr,loss\n" + "".join(f"{s},{s / 8},1\n" for s in steps)
    (plain,) = read(tmp_path, "a.csv", text).series
    (quoted,) = read(tmp_path, "a.csv", text.replace("\n30000,3750.0,", '\n30000,"3750.0",')).series
    gap = read(tmp_path, "a.csv", text.replace("\n30000,3750.0,1", "\n30000,,1"))
    short = read(tmp_path, "a.csv", text.replace("\n30000,3750.0,1", "\n30000,3750.0"))
    assert plain.steps.tolist() == quoted.steps.tolist() == list(steps)
    assert plain.rates.tolist() == quoted.rates.tolist() == [s / 8 for s in steps]
    left = [s for s in steps if s != 30_000]
    assert gap.series[0].steps.tolist() == short.series[0].steps.tolist() == left
    assert [n.message for n in gap.notes] == ["column 'lr': 1 row without a rate is left out"]
    assert [n.message for n in short.notes] == ["1 row that cannot be read is left out"]


NOTES = {
    "evaluation": (
        "a.jsonl",
        lines({"step": 1, "lr": 0.1}, {"step": 1, "loss": 2}, {"step": 2, "lr": 0.1}),
        ["column 'lr': 1 row without a rate is left out"],
    ),
    "text": (
        "a.csv",
        "step,lr\n0,0.1\n1,high\n2,low\n",
        ["column 'lr': 2 rows with text instead of a number are left out"],
    ),
    "nan": (
        "a.csv",
        "step,lr\n0,0.1\n1,nan\n2,inf\n",
        ["column 'lr': 2 rates that are nan or inf are left out, the first at step 1"],
    ),
    "inf in a table with empty cells": (
        "a.csv",
        "step,lr\n0,0.1\n1000,\n2000,-inf\n3000,\n",
        [
            "column 'lr': 1 rate that is nan or inf is left out, the first at step 2,000",
            "column 'lr': 2 rows without a rate are left out",
        ],
    ),
    "NaN in JSON Lines": (
        "a.jsonl",
        '{"step": 1, "lr": 0.1}\n{"step": 2, "lr": NaN}\n{"step": 3, "lr": [NaN, 0.1]}\n',
        [
            "column 'lr': 2 rates that are nan or inf are left out, the first at step 2",
            "column 'lr[1]': 2 rows without a rate are left out",
        ],
    ),
    "NaN in a JSON document": (
        "trainer_state.json",
        '{"log_history": [{"step": 10, "learning_rate": 0.1}, {"step": 20, "learning_rate": NaN}, '
        '{"step": 20, "eval_loss": NaN}]}',
        [
            "column 'learning_rate': 1 rate that is nan or inf is left out, the first at step 20",
            "column 'learning_rate': 1 row without a rate is left out",
        ],
    ),
    "nan in lines of text": (
        "a.log",
        "step 1 lr 0.1\nstep 2 lr nan\n",
        ["column 'lr': 1 rate that is nan or inf is left out, the first at step 2"],
    ),
    "nan at a row without a step": (
        "a.csv",
        "step,lr\n0,0.1\nnan,nan\n7,nan\n",
        ["column 'lr': 2 rates that are nan or inf are left out, the first at step 7"],
    ),
    "nan at rows without steps": (
        "a.csv",
        "step,lr\n0,0.1\nnan,nan\n",
        ["column 'lr': 1 rate that is nan or inf is left out"],
    ),
    "cut off": (
        "a.jsonl",
        LINES + '{"step": 3, "l',
        ["1 row that cannot be read is left out; the last one is cut off"],
    ),
    "broken in the middle": (
        "a.jsonl",
        LINES + "oops\n" + LINES.replace('"step": ', '"step": 1'),
        ["1 row that cannot be read is left out"],
    ),
    "cut off table": (
        "a.csv",
        "step,lr,loss\n0,0.1,2\n1,0.1\n",
        ["1 row that cannot be read is left out; the last one is cut off"],
    ),
    "back": (
        "a.csv",
        "step,lr\n0,0.1\n10,0.2\n20,0.3\n10,0.4\n20,0.5\n",
        [
            "the steps go back from 20 to 10, as where a run is resumed; 2 earlier rows are left "
            "out",
        ],
    ),
    "twice back": (
        "a.csv",
        "step,lr\n0,0.1\n10,0.2\n20,0.2\n10,0.3\n20,0.4\n10,0.5\n",
        [
            "the steps go back from 20 to 10, 2 times in all, as where a run is resumed; "
            "4 earlier rows are left out",
        ],
    ),
    "two runs": (
        "a.csv",
        "step,lr\n0,0.1\n10,0.2\n20,0.3\n0,0.4\n10,0.5\n",
        [
            "the steps begin again at 0, as where a run is started anew; of the runs the last one "
            "is read, and 3 earlier rows are left out",
        ],
    ),
    "repeated": (
        "a.csv",
        "step,lr\n0,0.1\n0,0.2\n1,0.3\n",
        ["1 row is left out: the row after has the same step"],
    ),
    "no order": (
        "a.csv",
        "step,lr\n20,0.3\n0,0.1\n30,0.4\n10,0.2\n",
        ["the rows are not in the order of their steps: sorted by column 'step'"],
    ),
    "cut last number": (
        "a.csv",
        "step,lr\n0,0.10\n1,0.20\n2,0.3",
        ["the last line ends without a newline and is left out: its number may be cut off"],
    ),
    "no newline": ("a.csv", "step,lr\n0,0.10\n1,0.20\n2,0.30", []),
    "short last number": ("a.csv", "step,lr\n0,0.10\n1,0.20\n2,0.3\n", []),
    "short number before": ("a.csv", "step,lr\n0,0.1\n1,0.20\n2,0.3", []),
    "one number of ten as short": (
        "a.csv",
        "step,lr\n0,0\n" + "".join(f"{n},0.25\n" for n in range(1, 10)) + "10,0.2",
        ["the last line ends without a newline and is left out: its number may be cut off"],
    ),
    "one number of nine as short": (
        "a.csv",
        "step,lr\n0,0\n" + "".join(f"{n},0.25\n" for n in range(1, 9)) + "9,0.2",
        [],
    ),
    "a header again": (
        "a.csv",
        "step,lr\n0,0.1\n1,0.2\nstep,lr\n2,0.3\n",
        ["column 'lr': 1 row with text instead of a number is left out"],
    ),
    "short text at the end": ("a.csv", "step,lr,note\n0,0.1,long\n1,0.2,me", []),
    "one row": ("a.csv", "step,lr\n0,0.1", []),
}


@pytest.mark.parametrize("case", NOTES.values(), ids=NOTES)
def test_what_is_left_out_is_counted(case: tuple[str, str, list[str]], tmp_path: Path) -> None:
    name, content, messages = case
    log = read(tmp_path, name, content)
    assert [note.message for note in log.notes] == messages


def test_rows_in_no_order_are_sorted(tmp_path: Path) -> None:
    (series,) = read(tmp_path, *NOTES["no order"][:2]).series
    assert series.steps.tolist() == [0, 10, 20, 30]
    assert series.rates.tolist() == [0.1, 0.2, 0.3, 0.4]


def test_a_cut_last_row_is_left_out(tmp_path: Path) -> None:
    (series,) = read(tmp_path, *NOTES["cut last number"][:2]).series
    assert series.rates.tolist() == [0.1, 0.2]


@pytest.mark.parametrize(
    ("text", "steps", "rates"),
    [
        ("0,1\n5,2\n9,3\n0,4\n5,5\n", [0, 5], [4, 5]),
        ("1,1\n5,2\n9,3\n0,4\n5,5\n", [0, 5], [4, 5]),
        ("1,1\n5,2\n9,3\n2,4\n5,5\n", [1, 2, 5], [1, 4, 5]),
        ("0,1\n0,2\n5,3\n", [0, 5], [2, 3]),
        ("0,1\n5,2\n0,3\n5,4\n9,5\n5,6\n", [0, 5], [3, 6]),
    ],
)
def test_a_run_that_is_started_anew_replaces_the_one_before(
    text: str, steps: list[int], rates: list[float], tmp_path: Path
) -> None:
    (series,) = read(tmp_path, "a.csv", "step,lr\n" + text).series
    assert (series.steps.tolist(), series.rates.tolist()) == (steps, rates)


def test_of_repeated_steps_the_later_rows_count(tmp_path: Path) -> None:
    (series,) = read(tmp_path, "a.csv", NOTES["back"][1]).series
    assert series.steps.tolist() == [0, 10, 20]
    assert series.rates.tolist() == [0.1, 0.4, 0.5]


ERRORS: dict[str, tuple[str, str | bytes, dict[str, Any], str]] = {
    "empty": ("a.csv", "\n\n", {}, "a.csv: is empty"),
    "header only": ("a.csv", "step,lr\n", {}, "a.csv: has no rows"),
    "no step": (
        "a.csv",
        "x,lr\n1,2\n",
        {},
        "a.csv: has no column of steps; name it with --step-column, or say with "
        "--every how many steps apart the rows are (columns: x, lr)",
    ),
    "no rate": (
        "a.csv",
        "step,loss\n1,2\n",
        {},
        "a.csv: has no column of rates; name it with --lr-column (columns: step, loss)",
    ),
    "unknown step column": (
        "a.csv",
        "step,lr\n1,2\n",
        {"step_column": "stp"},
        "--step-column: a.csv has no column 'stp'; did you mean 'step'? (columns: step, lr)",
    ),
    "unknown rate column": (
        "a.csv",
        "step,lr\n1,2\n",
        {"lr_column": "rate"},
        "--lr-column: a.csv has no column 'rate' (columns: step, lr)",
    ),
    "two step columns": (
        "a.csv",
        "train/step,val/step,lr\n1,2,3\n",
        {},
        "a.csv: has more than one column of steps (train/step, val/step); "
        "choose with --step-column",
    ),
    "only text": ("a.csv", "step,lr\n1,x\n", {}, "a.csv: has no number in the rate column (lr)"),
    "fraction": (
        "a.csv",
        "step,lr\n0.5,1\n",
        {},
        "a.csv: column 'step' must hold whole steps from 0 to 100,000,000 (got 0.5); "
        "choose another one with --step-column, or say with --every how many steps apart the rows "
        "are",
    ),
    "negative": (
        "a.csv",
        "step,lr\n-1,1\n",
        {},
        "a.csv: column 'step' must hold whole steps from 0 to 100,000,000 (got -1); "
        "choose another one with --step-column, or say with --every how many steps apart the rows "
        "are",
    ),
    "steps within epochs": (
        "a.csv",
        "epoch,step,lr\n0,0,1\n0,5,1\n1,0,1\n1,5,1\n",
        {},
        "a.csv: the steps of column 'step' begin again with each epoch; choose another one with "
        "--step-column, or say with --every how many steps apart the rows are",
    ),
    "no order and repeated": (
        "a.csv",
        "step,lr\n10,1\n0,2\n10,3\n0,4\n",
        {},
        "a.csv: the rows are not in the order of their steps, and column 'step' repeats some; "
        "choose another one with --step-column, or say with --every how many steps apart the rows "
        "are",
    ),
    "steps within epochs in words": (
        "a.log",
        "epoch 1 step 5: lr 0.1\nepoch 2 step 1: lr 0.1\n",
        {},
        "a.log: the steps of column 'step' begin again with each epoch; choose another one with "
        "--step-column, or say with --every how many steps apart the rows are",
    ),
    "a command in the first line": (
        "a.log",
        "run main.py --a 1,2 --output ./step\nat all\n",
        {},
        "a.log: has no line with a step and a learning rate, such as 'step 10 lr 3e-4'",
    ),
    "a word in the first line": (
        "a.log",
        "first step\nat all\n",
        {},
        "a.log: has no line with a step and a learning rate, such as 'step 10 lr 3e-4'",
    ),
    "steps twice": (
        "a.csv",
        "step,lr\n1,2\n",
        {"step_column": "step", "every": 10},
        "--every: is for a log without steps, and --step-column names one",
    ),
    "fractions of epochs": (
        "a.log",
        "{'learning_rate': 4e-05, 'epoch': 0.5}\n",
        {},
        "a.log: column 'epoch' must hold whole steps from 0 to 100,000,000 (got 0.5); say "
        "with --steps-per-epoch how many steps an epoch has, choose another one with "
        "--step-column, or say with --every how many steps apart the rows are",
    ),
    "cut off json": (
        "a.json",
        '[\n{"step": 1, "lr": 0.1},\n{"st',
        {},
        "a.json: is not JSON: Unterminated string starting at: line 3 column 2 (char 27); of a "
        "file that was cut off, only JSON Lines can be read",
    ),
    "binary": ("a.csv", b"\xff\x00", {}, "a.csv: is not UTF-8 text (byte 0xff)"),
    "prose": (
        "a.txt",
        "nothing here\nat all\n",
        {},
        "a.txt: has no line with a step and a learning rate, such as 'step 10 lr 3e-4'",
    ),
    "no events": (
        "events.out.tfevents.1",
        struct.pack("<QI", 3, 0) + b"\x0f\x0f\x0f" + b"\x00" * 4,
        {},
        "events.out.tfevents.1: is not a TensorBoard event file (record at byte 0)",
    ),
}


@pytest.mark.parametrize("case", ERRORS.values(), ids=ERRORS)
def test_error(
    case: tuple[str, str | bytes, dict[str, Any], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name, content, options, message = case
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError) as caught:
        read(Path(), name, content, **options)
    assert caught.value.lines() == [message]


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        read_log(tmp_path / "no.csv")
    assert caught.value.lines() == [
        f"{tmp_path / 'no.csv'}: cannot be read: No such file or directory"
    ]


def message(*fields: tuple[int, int, bytes]) -> bytes:
    """Return a message in the wire format: field number, wire type, and the encoded value."""
    return b"".join(varint(number << 3 | kind) + value for number, kind, value in fields)


def varint(number: int) -> bytes:
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + varint(rest) if rest else bytes([low])


def sized(content: bytes) -> bytes:
    return varint(len(content)) + content


def event(step: int, *values: bytes) -> bytes:
    summary = message(*[(1, 2, sized(value)) for value in values])
    content = message((1, 1, struct.pack("<d", 1.5)), (2, 0, varint(step)), (5, 2, sized(summary)))
    return struct.pack("<QI", len(content), 0) + content + b"\x00" * 4


def simple(tag: str, value: float) -> bytes:
    return message((1, 2, sized(tag.encode())), (2, 5, struct.pack("<f", value)))


def tensor(tag: str, value: float) -> bytes:
    content = message((1, 0, varint(1)), (4, 2, sized(struct.pack("<f", value))))
    return message((1, 2, sized(tag.encode())), (8, 2, sized(content)))


def test_event_file(tmp_path: Path) -> None:
    content = event(0) + event(5, simple("train/lr", 0.25), simple("loss", 2.0))
    content += event(300, tensor("train/lr", 0.5)) + event(301, simple("loss", 1.0))
    log = read(tmp_path, "events.out.tfevents.1.host", content)
    assert (log.format, log.step_column) == ("events", "step")
    assert log.series[0].columns == ("train/lr",)
    assert log.series[0].steps.tolist() == [5, 300]
    assert log.series[0].rates.tolist() == [0.25, 0.5]
    assert log.notes == ()
    cut = read(tmp_path, "events.out.tfevents.1.host", content[:-1])
    assert [note.message for note in cut.notes] == [
        "1 row that cannot be read is left out; the last one is cut off"
    ]


ROUNDINGS = {
    "full": (np.linspace(0, 1, 50) / 3, "full precision"),
    "four digits": ([float(f"{x:.3e}") for x in np.linspace(1e-5, 1e-2, 50)],
                    "4 significant digits"),
    "six decimals": ([round(x, 6) for x in np.linspace(1e-5, 1e-2, 50) / 3], "6 decimals"),
    "single": (np.linspace(0, 1, 50).astype(np.float32) / 3, "32-bit numbers"),
    "four decimals": ([0.0, 1e-4, 2e-4, 3e-4] * 2, "4 decimals"),
    "one decimal": ([0.1, 0.2, 0.3] * 2, "1 decimal"),
    "each rate once": ([0.0, 1e-4, 2e-4, 3e-4], "4 significant digits"),
    "a rate left out": ([0.0, 1e-4, 3e-4] * 2, "4 significant digits"),
    "two rates": ([1e-4, 2e-4] * 2, "4 significant digits"),
    "the smallest number": ([0.0, 5e-324] * 2, "4 significant digits"),
    "one digit": ([0.5, 0.02, 0.001, 0.3, 0.07], "1 significant digit"),
    "one round rate": ([1e-5] * 9, "4 significant digits"),
}  # fmt: skip


@pytest.mark.parametrize("case", ROUNDINGS.values(), ids=ROUNDINGS)
def test_rounding_is_found(case: tuple[Any, str], tmp_path: Path) -> None:
    rates, text = case
    rows = "".join(f"{step},{float(rate)!r}\n" for step, rate in enumerate(rates))
    (series,) = read(tmp_path, "a.csv", "step,lr\n" + rows).series
    assert str(series.rounding) == text


PRINTED = {
    "decimals": ("{:.6f}", "6 decimals"),
    "a power": ("{:.5e}", "6 significant digits"),
    "two digits": ("{:.1e}", "2 significant digits"),
    "two decimals": ("{:.2f}", "2 decimals"),
    "one decimal": ("{:.1f}", "4 significant digits"),
}


@pytest.mark.parametrize("case", PRINTED.values(), ids=PRINTED)
@pytest.mark.parametrize(
    ("name", "row"),
    [("a.csv", "{step},{rate},1.25"), ("a.jsonl", '{{"step": {step}, "lr": {rate}}}'),
     ("a.log", "step {step} lr {rate} loss 0.50")],
)  # fmt: skip
def test_zeros_at_the_end_show_the_rounding(
    case: tuple[str, str], name: str, row: str, tmp_path: Path
) -> None:
    form, text = case
    rates = (form.format(rate) for rate in (1.0, 1.0, 3.0, 3.0))
    rows = [row.format(step=step, rate=rate) + "\n" for step, rate in enumerate(rates)]
    (series,) = read(
        tmp_path, name, ("step,lr,x\n" if "csv" in name else "") + "".join(rows)
    ).series
    assert str(series.rounding) == text


def test_numbers_of_different_lengths_show_no_rounding(tmp_path: Path) -> None:
    rows = "0,0.100\n1,0.25\n"
    assert str(read(tmp_path, "a.csv", "step,lr\n" + rows).series[0].rounding) == (
        "4 significant digits"
    )


def test_numbers_that_are_no_rates_show_no_rounding(tmp_path: Path) -> None:
    rows = "0,0.5,0.10\n1,0.25,0.20\n2,0,0.0000\n"
    assert str(read(tmp_path, "a.csv", "step,lr,loss\n" + rows).series[0].rounding) == (
        "4 significant digits"
    )


@pytest.mark.parametrize(
    ("rates", "rounding"),
    [
        (["0.000003906", "0.000000781", "0.000000156", "0.000000031"], "9 decimals"),
        (["0.000100391", "0.000100078"], "6 significant digits"),
        (["3.906e-06", "7.813e-07"], "4 significant digits"),
    ],
)
def test_a_small_rate_without_an_exponent_shows_a_format(
    rates: list[str], rounding: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.csv"
    rows = [f"{step},{rates[step * len(rates) // 30]}\n" for step in range(30)]
    path.write_text("step,lr\n" + "".join(rows), encoding="utf-8")
    assert str(read_log(path).series[0].rounding) == rounding


def test_a_rate_of_0_is_rounded_by_nothing() -> None:
    near_0, at_peak = Rounding(digits=3).tolerance(np.array([0.0, 0.5]))
    assert near_0 == SINGLE * 0.5
    assert at_peak == pytest.approx(SINGLE * 0.5 + HALF * 1e-3)


def test_rows_with_more_cells_after_many_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_logs, "CHUNK", 2)
    log = read(tmp_path, "a.csv", "step,lr\n0,0.1\n1,0.2\n2,0.3,4\n3,0.4,5\n4,0.5\n")
    assert log.series[0].steps.tolist() == [0, 1, 4]
    assert str(log.notes[0]).endswith("2 rows that cannot be read are left out")


def test_a_table_whose_last_cells_are_empty_may_end_in_tabs(tmp_path: Path) -> None:
    log = read(tmp_path, "a.tsv", "step\tlr\tval\n0\t0.1\t\n10\t0.2\t\n10\t\t3\n")
    (series,) = log.series
    assert (log.format, series.steps.tolist(), series.rates.tolist()) == (
        "table", [0, 10], [0.1, 0.2]
    )  # fmt: skip


def test_a_table_may_begin_with_an_empty_cell(tmp_path: Path) -> None:
    (series,) = read(tmp_path, "a.tsv", "\tstep\tlr\n\t0\t0.1\n\t10\t0.2\n").series
    assert (series.steps.tolist(), series.rates.tolist()) == ([0, 10], [0.1, 0.2])


@pytest.mark.parametrize("name", ["train/global_step", "llama-run - train/global_step"])
def test_the_step_of_a_trainer_is_better_than_a_row_counter(name: str, tmp_path: Path) -> None:
    rows = "".join(f"{n},{10 * n},{0.1 / (n + 1)}\n" for n in range(6))
    log = read(tmp_path, "a.csv", f"Step,{name},train/learning_rate\n{rows}")
    assert log.step_column == name
    assert log.series[0].steps.tolist() == [0, 10, 20, 30, 40, 50]


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("_step,train/loss,train/learning_rate", "_step"),
        ("Step,run - train/learning_rate__MIN,run - train/learning_rate", "Step"),
    ],
)
def test_a_row_counter_may_count_no_steps(header: str, column: str, tmp_path: Path) -> None:
    text = f"{header}\n0,1,0.1\n1,1,0.2\n"
    assert [note.message for note in read(tmp_path, "a.csv", text).notes] == [
        f"'{column}' is W&B's count of rows, not always the run's steps; --step-column takes "
        "another, or --every says how many are between rows"
    ]
    assert not read(tmp_path, "a.csv", text, step_column=column).notes
    assert not read(tmp_path, "a.csv", text, every=10).notes


def test_the_step_of_another_table_counts_steps(tmp_path: Path) -> None:
    assert not read(tmp_path, "a.csv", "Step,lr\n0,0.1\n1,0.2\n").notes
    text = "Step,train/global_step,lr,lr__MIN\n0,0,0.1,0.1\n1,10,0.2,0.2\n"
    assert not read(tmp_path, "a.csv", text).notes


def test_each_place_of_a_list_of_rates_is_a_group(tmp_path: Path) -> None:
    history = [{"step": n, "learning_rate": [0.1 / n, 0.01 / n, 0.1 / n]} for n in range(1, 7)]
    log = read(tmp_path, "trainer_state.json", json.dumps({"log_history": history}))
    assert [series.columns for series in log.series] == [
        ("learning_rate", "learning_rate[2]"), ("learning_rate[1]",)
    ]  # fmt: skip
    assert log.series[1].rates.tolist() == [0.01 / n for n in range(1, 7)]
    lines = "".join(json.dumps(row) + "\n" for row in history)
    (series,) = read(tmp_path, "a.jsonl", lines, lr_column="learning_rate[1]").series
    assert series.columns == ("learning_rate[1]",)


def test_a_list_of_more_rates_than_columns_are_read(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="has more than 300 columns of steps and rates"):
        read(tmp_path, "a.jsonl", (json.dumps({"step": 1, "lr": [0.1] * 302}) + "\n") * 2)


def test_of_many_columns_the_first_twelve_are_named() -> None:
    names = [f"c{number}" for number in range(13)]
    assert listed(names[:12]) == ", ".join(names[:12])
    assert listed(names) == f"{', '.join(names[:12])} and 1 more"
