"""Lines of text logs as trainers and people write them, with counters of one digit to three."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import lrviz
from lrviz.audits.audit import audit_log
from lrviz.audits.formats import FORMATS
from lrviz.audits.log import read_log
from lrviz.audits.text_patterns import NUMBER
from lrviz.core.errors import SpecError

EPOCHS = {
    "brackets": "Epoch [{n}/{E}] loss=1.2 lr={lr}",
    "brackets and commas": "Epoch [{n}/{E}], Train Loss: 1.2034, Val Acc: 91.2, LR: {lr}",
    "a colon": "Epoch: {n}/{E} | loss: 1.2 | lr: {lr}",
    "a bracket before": "[Epoch {n}/{E}] loss 1.2 lr {lr}",
    "commas": "Epoch {n}/{E}, Train Loss: 1.2, Val Loss: 1.3, LR: {lr}",
    "dashes": "Epoch {n}/{E} - loss: 1.2 - lr: {lr}",
    "padded": "Epoch {n:3d} / {E} loss 1.2 lr {lr}",
    "of": "Epoch {n} of {E}: loss 1.2, learning rate {lr}",
    "from 0": "Epoch [{e}/{E}] lr: {lr} loss: 1.2",
    "loguru": "2024-05-01 10:00:00.123 | INFO     | __main__:train:42 - Epoch {n}/{E} lr {lr}",
    "logging": "2024-05-01 10:00:00,123 - root - INFO - Epoch {n}/{E}: loss=1.2, lr={lr}",
    "basic config": "INFO:root:epoch={n} lr={lr}",
    "rich": "[05/01/24 10:00:00] INFO     epoch {n} loss 1.2 lr {lr}     train.py:42",
    "colours": "\x1b[32m05-01\x1b[0m \x1b[1mEpoch \x1b[36m{n}\x1b[0m/{E} lr \x1b[33m{lr}\x1b[0m",
    "a redrawn line": "\rEpoch {n}/{E}\rEpoch {n}/{E} loss 1.2 lr {lr}",
    "catalyst": "{n}/{E} * Epoch {n} (train): loss=1.2 | lr={lr} | momentum=0.9",
    "keras": "Epoch {n}/{E}\n1875/1875 [==============================] - 5s 3ms/step - "
    "loss: 0.2 - lr: {lr}",
    "keras 3": "Epoch {n}/{E}\n\x1b[1m   1/1875\x1b[0m \x1b[37m━━━━━━\x1b[0m \x1b[1m1:03\x1b[0m "
    "34ms/step - loss: 2.3\r\x1b[1m1875/1875\x1b[0m \x1b[32m━━━━━━\x1b[0m 5s 3ms/step - loss: 0.2 "
    "- learning_rate: {lr}",
    "keras in a line": "Epoch {n}/{E} 1875/1875 [====] - 5s 3ms/step - loss: 0.2 - lr: {lr}",
    "keras with a callback": "\nEpoch {n}: LearningRateScheduler setting learning rate to {lr}.\n"
    "Epoch {n}/{E}\n1875/1875 - 5s - loss: 0.2 - learning_rate: {lr} - 5s/epoch - 3ms/step",
    "a dictionary": "{{'epoch': {n}, 'loss': 0.5, 'lr': {lr}}}",
    "a bar at its end": "Epoch {n}/{E}: 100%|###| 391/391 [00:05<00:00, 78.2it/s, lr={lr}]",
    "bars at their ends": "100%|###| 391/391 [00:05<00:00, 78.2it/s, lr={lr}]",
    "a date after": "Epoch {n} 2024/05/01 10:00:00 lr {lr}",
    "a list of a rate": "epoch {n} loss 0.5 lr ['{lr}']",
    "a tuple": "<epoch: {n}, lr: ({lr},)>",
    "below a colon": "Epoch: {n}/{E}\nTime Taken: 140.67s - LR: {lr}\nTrain Loss: 7.3080",
    "below a time": "2023-06-11 23:08:33.267476: \n2023-06-11 23:08:33.267476: Epoch {e} \n"
    "2023-06-11 23:08:33.267476: Current learning rate: {lr} \n"
    "2023-06-11 23:08:33.267476: train_loss -0.5",
    "below a word": "2021-05-19 13:58:41.260515: \nepoch:  {e}\n2021-05-19 14:11:34.923219: train "
    "loss : -0.7922\n2021-05-19 14:11:58.866592: lr: {lr}",
    "torch": "Epoch {n:5d}: adjusting learning rate of group 0 to {lr}.",
}  # fmt: skip
STEPS = {
    "words": "step {i} loss 1.2 lr {lr}",
    "equal signs": "step={i} loss=1.2 lr={lr}",
    "thousands": "step {i:,} loss 1.2 lr {lr}",
    "a step of all": "Step {n}/{N}, loss: 1.2, lr: {lr}",
    "build-nanogpt": "step {i:5d} | loss: 6.2 | lr {lr} | norm: 0.5 | dt: 300.1ms | tok/sec: 17",
    "accelerate": "05/01/2024 10:00:00 - INFO - __main__ - Step: {i}, loss: 1.2, lr: {lr}",
    "detectron2": "[05/01 10:00:00 d2.utils.events]:  eta: 0:10:00  iter: {i}  total_loss: 1.2  "
    "time: 0.5  data_time: 0.01  lr: {lr}  max_mem: 3000M",
    "megatron": " [2024-05-01 10:00:00] iteration {n:8d}/{N:8d} | consumed samples: {n:12d} | "
    "elapsed time per iteration (ms): 100.0 | learning rate: {lr} | global batch size: 8 |",
    "mmengine": "05/01 10:00:00 - mmengine - INFO - Iter(train) [{n:5d}/{N}]  lr: {lr}  eta: 0:10",
    "fairseq": "2024-05-01 10:00:00 | INFO | train_inner | epoch 001:{n:6d} / {N} loss=9.1, "
    "ppl=500, wps=90000, ups=1.2, bsz=128, num_updates={n}, lr={lr}, gnorm=2, train_wall=50",
    "deepspeed": "[2023-01-01 10:00:00,000] [INFO] [logging.py:96:log_dist] [Rank 0] step={n}, "
    "skipped=0, lr=[{lr}, {lr}], mom=[(0.9, 0.999), (0.9, 0.999)]",
    "nemo": "Training epoch 0, iteration {i}/{N} | lr: {lr} | global_step: {i} | loss: 2",
    "paddleocr": "[2022/01/01 10:00:00] ppocr INFO: epoch: [1/5], global_step: {i}, lr: {lr}, "
    "loss: 2.1, avg_reader_cost: 0.1 s, ips: 30.1",
    "caffe": "I0501 10:00:00.123456  1234 sgd_solver.cpp:106] Iteration {i}, lr = {lr}",
    "darknet": " {n}: 2.345678, 2.456789 avg loss, {lr} rate, 5.678901 seconds, 6400 images, "
    "10.123456 hours left",
    "tensorflow": "INFO:tensorflow:learning_rate = {lr}, step = {i} (5.678 sec)",
    "clu": "I0501 10:00:00.123456 140 logging_writer.py:48] [{i}] learning_rate={lr}, loss=1.2",
    "basicsr": "2022-01-01 10:00:00,000 INFO: [train..][epoch:  0, iter:{i:8,d}, lr:({lr},)] [eta: "
    "3 days, 16:37:09, time (data): 0.863 (0.002)] l_pix: 1.3308e-02 ",
    "olmo core": "2024-01-01 10:00:00.000\thost:0\tINFO\t[step={n}/{N},epoch=1]\n"
    "    optim/LR (group 0)={lr}\n    train/CE loss=1.2",
    "composer": "[batch={n}/{N}]:\n\t Train lr-AdamW/group0: {lr}\n\t Train loss: 1",
    "swift": "{{'loss': '0.66', 'learning_rate': '{lr}', 'epoch': '0.08', "
    "'global_step/max_steps': '{n}/{N}', 'elapsed_time': '56s'}}",
    "a bar": "Steps:   1%|▏       | {n}/{N} [00:04<08:00,  4.80s/it, lr={lr}, step_loss=0.06]",
    "a bar without blocks": "{n}/{N} [00:05<08:30, 1.94it/s, lr={lr}]",
    "a bar of words": " 10% {n}/{N} [00:05<08:30, 1.94it/s, loss=1.2, lr={lr}, acc=0.9]",
    "a bar without an end": "{n}it [00:05,  1.94it/s, loss=1.2, lr={lr}]",
    "a described bar": "loss 1.2 lr {lr}:  10%|#      | {n}/{N} [1:00:05<08:30, 1.94batch/s]",
    "a bar drawn again": "\r 10%|#  | {n}/{N} [00:05<08:30, 1.94it/s, lr={lr}]\x1b[A",
}  # fmt: skip
BOTH = {
    "torchvision": "Epoch: [{e}]  [{i:4d}/{S}]  eta: 0:00:10  lr: {lr}  img/s: 100.1  loss: 2.1",
    "an index in brackets": "Epoch: [{e}][{i}/{S}] lr {lr}",
    "timm": "Train: {e} [{i:4d}/{S} ( 8%)]  Loss: 6.86 (6.86)  Time: 0.5s  LR: {lr}  Data: 0.1",
    "swin": "[2022-01-01 10:00:00 swin](main.py 200): INFO Train: [{e}/{E}][{i}/{S}]\teta 0:10 "
    "lr {lr}\ttime 0.5",
    "mmcv": "2021-12-21 21:51:30,877 - mmdet - INFO - Epoch [{n}][{k}/{S}]\tlr: {lr}, eta: 0:56",
    "mmengine": "05/01 10:00:00 - mmengine - INFO - Epoch(train)  [{n}][{k:3d}/{S}]  lr: {lr}  "
    "eta: 1:00:00  time: 0.5",
    "yolox": "2022-01-01 10:00:00 | INFO     | yolox.core.trainer:264 - epoch: {n}/{E}, "
    "iter: {k}/{S}, mem: 584Mb, total_loss: 14.6, lr: {lr}, size: 416, ETA: 1:00:00",
    "paddleclas": "[2022/01/01 10:00:00] ppcls INFO: [Train][Epoch {n}/{E}][Iter: {k}/{S}]"
    "lr(PiecewiseDecay): {lr}, CELoss: 1.2",
    "paddledetection": "[05/01 10:00:00] ppdet.engine INFO: Epoch: [{e}] [{i:4d}/{S}] "
    "learning_rate: {lr} loss: 2.1 eta: 0:10:00",
    "paddleseg": "[TRAIN] epoch: {n}, iter: {t}/{T}, loss: 1.2, lr: {lr}, batch_cost: 0.1",
    "openpcdet": "2023-01-05 16:34:37,748   INFO  Train:    {n}/{E} ( 33%) [{i:4d}/{S} (  0%)]  "
    "Loss: 516.7 (517.)  LR: {lr}  Time cost: 00:04/21:46 [00:04/1:05:18]",
    "a batch below an epoch": "Training epoch: {n}\n[ Wed Jun  6 16:01:16 2018 ] \tBatch({i}/{S}) "
    "done. Loss: 6.3596  lr:{lr}",
    "words": "Epoch 00{n}/{E} step {k}/{S} lr {lr}",
    "commas": "Epoch [{n}/{E}], Step [{k}/{S}], Loss: 0.1234, lr: {lr}",
    "apart": "Epoch {n}/{E} | loss 1.2 | step {k}/{S} | lr {lr}",
    "a whole run apart": "step {t}/{T} | epoch {n}/{E} | loss 1.2 | lr {lr}",
    "batches": "Epoch {n} Batch {k}/{S} Loss 1.2 LR {lr}",
    "lightning": "\rEpoch {e}:  10%|#  | {k}/{S} [00:05<00:45, 1.94it/s, v_num=0, lr={lr}]",
    "a bar from 1": "Epoch {n}/{E}:  10%|#  | {k}/{S} [00:05<00:45, 1.94it/s, lr={lr}]",
    "a bar in brackets": "Epoch [{n}/{E}]:  10%|#  | {k}/{S} [00:05<00:45, 1.94it/s, lr={lr}]",
    "a bar for each epoch": "100%|###| {k}/{S} [00:05<00:45, 1.94it/s, lr={lr}]",
    "a rich bar": "Epoch {e}/{E} ━━━━━━━━━━ {k}/{S} 0:00:05 • 0:00:45 19.4it/s v_num: 0 lr: {lr}",
    "batches alone": "batch {k}/{S} lr {lr}",
    "steps of the run": "epoch {n} step {t0} lr {lr}",
}  # fmt: skip
REFUSED = {
    "steps of an epoch": ("epoch {n} step {i} lr {lr}", "begin again with each epoch"),
    "batches of an epoch": ("Epoch {n} batch {k} lr {lr}", "begin again with each epoch"),
    "a row at the end": ("epoch {n} step {S} lr {lr}", "begin again with each epoch"),
    "hugging face": ("{{'loss': 0.69, 'learning_rate': {lr}, 'epoch': {n}.{i}}}", "--every"),
    "parts of an epoch": ("epoch {n}.{i} lr {lr}", "--every"),
    "wenet": ("DEBUG TRAIN Batch {e}/{i} loss 400.1 lr {lr} rank 0", "begin again with each epoch"),
    "samples from 0": (
        "Train Epoch: {n} [{i}/{S} (9%)]\tLoss: 2.3 lr: {lr}",
        "no column of steps; name it with --step-column, or say with --every",
    ),
    "a bar of an epoch without an end": (
        "Epoch {n}: {k}it [00:05, 1.94it/s, lr={lr}]", "begin again with each epoch"
    ),
    "ultralytics": ("{n}/{E}  2.5G  1.2  1.3  1.4  12  640: 100%|#| {k}/{S} [00:05<00:00, 9it/s]",
                    "has no line with a step and a learning rate"),
    "fastai": ("{n}  0.5  0.6  0.9  00:05", "has no line with a step and a learning rate"),
    "a number cut off": ("step {i} lr 1e-", "has no line with a step and a learning rate"),
}  # fmt: skip


def rate(step: int, steps: int) -> str:
    """Return the rate of a cosine from 0.1 to 0, as a log prints it."""
    return f"{0.05 * (1 + math.cos(math.pi * step / steps)):.9f}"


def text_of(line: str, epochs: int, per_epoch: int) -> str:
    """Return a log with a line for each step of each epoch."""
    total = epochs * per_epoch
    rows = []
    for step in range(total):
        epoch, index = divmod(step, per_epoch)
        names = {"e": epoch, "n": epoch + 1, "E": epochs, "i": index, "k": index + 1}
        names |= {"S": per_epoch, "t": step + 1, "t0": step, "T": total, "lr": rate(step, total)}
        rows.append(line.format_map(names) + "\n")
    return "".join(rows)


def steps_of(line: str, count: int) -> str:
    """Return a log with a line for each step."""
    rows = ({"i": s, "n": s + 1, "N": count, "lr": rate(s, count)} for s in range(count))
    return "".join(line.format_map(names) + "\n" for names in rows)


def steps_and_rates(path: Path, text: str) -> tuple[str, list[int], list[str]]:
    """Return what is read of a log: its step column, the steps from 0, and the rates."""
    path.write_text(text, encoding="utf-8")
    log = read_log(path)
    (series,) = log.series
    assert [note for note in log.notes if "left out" in note.message] == []
    steps = series.steps - series.steps[0]
    return log.step_column, steps.tolist(), [f"{r:.9f}" for r in series.rates]


@pytest.mark.parametrize("epochs", [9, 30, 120])
@pytest.mark.parametrize("line", EPOCHS.values(), ids=EPOCHS)
def test_a_row_per_epoch(line: str, epochs: int, tmp_path: Path) -> None:
    rates = [rate(epoch, epochs) for epoch in range(epochs)]
    expected = "epoch", list(range(epochs)), rates
    assert steps_and_rates(tmp_path / "a.log", text_of(line, epochs, 1)) == expected


@pytest.mark.parametrize("count", [9, 30, 120, 1200])
@pytest.mark.parametrize("line", STEPS.values(), ids=STEPS)
def test_a_row_per_step(line: str, count: int, tmp_path: Path) -> None:
    expected = "step", list(range(count)), [rate(step, count) for step in range(count)]
    assert steps_and_rates(tmp_path / "a.log", steps_of(line, count)) == expected


@pytest.mark.parametrize(("epochs", "per_epoch"), [(3, 9), (12, 30), (3, 120), (120, 3)])
@pytest.mark.parametrize("line", BOTH.values(), ids=BOTH)
def test_steps_of_epochs(line: str, epochs: int, per_epoch: int, tmp_path: Path) -> None:
    total = epochs * per_epoch
    expected = "step", list(range(total)), [rate(step, total) for step in range(total)]
    assert steps_and_rates(tmp_path / "a.log", text_of(line, epochs, per_epoch)) == expected


LINES = {
    **{f"epochs: {name}": (text_of(line, 30, 1), 30) for name, line in EPOCHS.items()},
    **{f"steps: {name}": (steps_of(line, 30), 30) for name, line in STEPS.items()},
    **{f"both: {name}": (text_of(line, 12, 10), 120) for name, line in BOTH.items()},
}


@pytest.mark.parametrize(("text", "steps"), LINES.values(), ids=LINES)
def test_each_style_is_followed(text: str, steps: int, tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text(text, encoding="utf-8")
    (curve,) = lrviz.load(f"cosine:T_max={steps}")
    log = read_log(path)
    audit = audit_log(log, curve if not log.by_epoch else lrviz.load(plan_by_epoch(tmp_path))[0])
    assert audit.followed


def plan_by_epoch(folder: Path) -> Path:
    """Return the spec file of the plan over 30 epochs."""
    path = folder / "plan.yaml"
    path.write_text("{schedule: cosine, T_max: 30, by: epoch}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_lines_that_do_not_say_the_step_are_refused(case: tuple[str, str], tmp_path: Path) -> None:
    line, message = case
    path = tmp_path / "a.log"
    path.write_text(text_of(line, 3, 9), encoding="utf-8")
    with pytest.raises(SpecError, match=message):
        read_log(path)


@pytest.mark.parametrize(
    ("line", "steps"),
    [("Epoch [3][{k}/100] lr: {lr}", [210, 220]), ("Train: 3 [{k}/100] LR: {lr}", [310, 320])],
)
def test_a_part_of_a_run_counts_from_the_usual_first_epoch(
    line: str, steps: list[int], tmp_path: Path
) -> None:
    path = tmp_path / "a.log"
    path.write_text("".join(line.format(k=k, lr=1 / k) + "\n" for k in (10, 20)))
    assert read_log(path).series[0].steps.tolist() == steps


def test_a_counter_that_goes_back_before_its_end_is_that_of_another_run(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text("".join(f"step {k}/100 lr 0.{k}\n" for k in (10, 20, 30, 10, 20)))
    log = read_log(path)
    assert log.series[0].steps.tolist() == [10, 20]
    assert "begin again at 10, as where a run is started anew" in log.notes[0].message


def rates_of(path: Path, text: str) -> dict[str, list[float]]:
    """Return the rates that are read of a log, by the names of their columns."""
    path.write_text(text, encoding="utf-8")
    return {series.label: series.rates.tolist() for series in read_log(path).series}


@pytest.mark.parametrize(
    "rates",
    ["[0.{k}, 0.0{k}]", "['0.{k}', '0.0{k}']", "(0.{k},0.0{k})", "[0.{k}, 0.0{k}], mom=[0.9]"],
)
def test_each_rate_of_a_list_is_a_column(rates: str, tmp_path: Path) -> None:
    text = "".join(f"step {k} lr: {rates.format(k=k)}\n" for k in (1, 2))
    expected = {"lr": [0.1, 0.2], "lr[1]": [0.01, 0.02]}
    assert rates_of(tmp_path / "a.log", text) == expected


def test_a_number_after_a_rate_without_brackets_is_no_rate(tmp_path: Path) -> None:
    text = "".join(f"step {k} lr: 0.{k}, 0.5\n" for k in (1, 2))
    assert rates_of(tmp_path / "a.log", text) == {"lr": [0.1, 0.2]}


def test_a_list_that_becomes_longer(tmp_path: Path) -> None:
    text = "step 1 lr [0.1]\nstep 2 lr [0.1, 0.5]\nstep 3 lr [0.2, 0.6]\n"
    assert rates_of(tmp_path / "a.log", text) == {"lr": [0.1, 0.1, 0.2], "lr[1]": [0.5, 0.6]}


def test_rates_with_the_names_of_groups(tmp_path: Path) -> None:
    text = "".join(f"epoch: {k}, lr_model: 0.{k}, lr_encoder: 0.0{k}, x: 9\n" for k in (1, 2))
    expected = {"lr_model": [0.1, 0.2], "lr_encoder": [0.01, 0.02]}
    assert rates_of(tmp_path / "a.log", text) == expected


def test_the_rows_of_an_epoch_that_do_not_reach_its_end(tmp_path: Path) -> None:
    steps = [(start, k) for start in (0, 25, 50) for k in (0, 10, 20)]
    text = "".join(f"Batch({k}/25) done. lr: 0.{start + k + 1}\n" for start, k in steps)
    path = tmp_path / "a.log"
    path.write_text(text, encoding="utf-8")
    log = read_log(path)
    assert log.series[0].steps.tolist() == [start + k for start, k in steps]
    assert [note.message for note in log.notes] == [
        "the counter begins again 2 times after its end: the steps are counted through"
    ]


@pytest.mark.parametrize(("last", "steps"), [(90, [10, 20, 90, 105]), (80, [10])])
def test_a_counter_that_goes_back_where_the_next_row_would_pass_its_end(
    last: int, steps: list[int], tmp_path: Path
) -> None:
    path = tmp_path / "a.log"
    path.write_text("".join(f"step {k}/95 lr 0.{k}\n" for k in (10, 20, last, 10)))
    assert read_log(path).series[0].steps.tolist() == steps


def test_samples_are_counted_in_those_of_the_first_row(tmp_path: Path) -> None:
    path = tmp_path / "out.log"
    rows = [(epoch, done) for epoch in (0, 1, 2) for done in (64, 640, 1216)]
    line = "Train Epoch: {} [{:>6}/1250 (9%)] Loss: 1.0672 (1.067) LR: 0.{} Logit Scale: 9 - V4\n"
    path.write_text("".join(line.format(e, done, 100 * (e + 1) + done // 64) for e, done in rows))
    log = read_log(path)
    assert log.series[0].steps.tolist() == [19 * epoch + done // 64 for epoch, done in rows]
    assert [note.message for note in log.notes] == [
        "the counter is of samples: 64 samples, those of the first row, are a step"
    ]


def test_a_log_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"\xa8\x54 \xb7 begin\nstep 1 lr 0.1\nstep 2 lr 0.2\n")
    log = read_log(path)
    assert log.series[0].rates.tolist() == [0.1, 0.2]
    assert [note.message for note in log.notes] == [
        "is not UTF-8 text (byte 0xa8): characters that are not ASCII are left out"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "  epoch    lr     loss\n  0   0.1  2.5 \n  1   0.05 2.1\n",
        "epoch lr\n0 0.1\n1 5e-2\n",
        "epoch  lr  time\n---------------\n0  0.1  00:05\n1  0.05  00:06",
    ],
)
def test_a_table_with_blanks_between_its_cells(text: str, tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text(text, encoding="utf-8")
    log = read_log(path)
    assert (log.format, log.step_column) == ("table", "epoch")
    assert log.series[0].rates.tolist() == [0.1, 0.05]


@pytest.mark.parametrize("text", ["the epoch and its lr\na b c d e\n", "epoch lr\n0 high\n"])
def test_words_that_name_no_columns(text: str, tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match="has no line with a step and a learning rate"):
        read_log(path)


def test_each_row_of_text_has_a_number() -> None:
    assert all(NUMBER in item.row for item in FORMATS if item.row)
