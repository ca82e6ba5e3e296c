"""The log formats: one declaration each.

A format says how its rows are laid out, how its file is recognised, which columns hold the step
and the rate, and how it counts steps. Formats are tried in order; the last ones take any file of
their layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lrviz.audits.text_patterns import (
    BAR,
    COUNT,
    COUNTER,
    EPOCH,
    EQUALS,
    LR,
    MAX_HEAD,
    NAMED_LR,
    NUMBER,
    OF,
    SUFFIXED_LR,
    row_below,
    row_of,
)

Layout = Literal["json", "lines", "table", "text", "events"]
Counting = Literal["index", "done", "first"]
"""How a log counts steps: from 0; the steps done; from 0 or 1, whichever its first row has."""

STEP_NAMES = (
    "step",
    "global_step",
    "_step",
    "iteration",
    "iter",
    "current_steps",
    "steps",
    "it",
    "update",
    "num_updates",
    "epoch",
)
"""Names of step columns in the order of preference, without what is before a slash."""
RATE_NAME = re.compile(
    r"(^|[/_\-. ])(lrs?|learning[ _-]?rate)([ _-]?\d+)?($|[/_\-. ])", re.IGNORECASE
)
"""What the name of a rate column has as a word: lr, lr0, learning_rate, train/lr, lr-Adam."""
LOSS_NAME = re.compile(r"(^|[/_\-. ])loss(es)?($|[/_\-. ])", re.IGNORECASE)
NO_RATE = re.compile(r"__(MIN|MAX)$")
"""The ends of columns that an export adds beside each value."""

ROW_COUNTER = "_step"
"""The column in which W&B counts rows."""


@dataclass(frozen=True)
class LogFormat:
    """A log format: its name, its layout, and how it differs from others.

    `keys` are columns that a file of this format has (in its first rows), `rows_key` is the key
    that holds the rows of a JSON document, `steps` and `rates` are columns that are taken before
    the common names, and `title` is what the guide calls it, of text a line. With
    `mean_over_epoch` a rate is the mean over the steps of the epoch. `files` are patterns of its
    name in the folder of a run.

    `row` is the pattern of a row of text. Its groups are columns: `step` or `epoch`, and `lr`.
    With a group `of`, where `step` ends, it may begin again with each epoch. The first epoch is
    0 or 1, whichever the log has, else `first_epoch`. `has_bar` tells that the rows are those of a
    progress bar, which is drawn again, and `counts_samples` that `step` counts samples.
    `rates_row` is the pattern of each rate of a row, with the groups `name` and `lr`.
    """

    name: str
    title: str
    layout: Layout
    keys: frozenset[str] = frozenset()
    rows_key: str = ""
    steps: tuple[str, ...] = ()
    rates: tuple[str, ...] = ()
    counting: Counting = "index"
    mean_over_epoch: bool = False
    files: tuple[str, ...] = ()
    row: str = ""
    first_epoch: int = 0
    has_bar: bool = False
    counts_samples: bool = False
    rates_row: str = ""


FORMATS = (
    LogFormat(
        "trainer-state",
        "`trainer_state.json`",
        "json",
        rows_key="log_history",
        steps=("step",),
        rates=("learning_rate",),
        counting="done",
        files=("trainer_state.json", "checkpoint-*/trainer_state.json"),
    ),
    LogFormat(
        "trainer-log",
        "`trainer_log.jsonl`",
        "lines",
        keys=frozenset({"current_steps", "total_steps"}),
        steps=("current_steps",),
        counting="done",
        files=("trainer_log.jsonl",),
    ),
    LogFormat(
        "epoch-results",
        "`results.csv` with parameter groups",
        "table",
        keys=frozenset({"epoch", "lr/pg0"}),
        counting="first",
        files=("results.csv",),
    ),
    LogFormat(
        "epoch-results-old",
        "`results.csv` with parameter groups",
        "table",
        keys=frozenset({"epoch", "x/lr0"}),
        counting="first",
    ),
    LogFormat(
        "iteration-metrics",
        "`metrics.json`",
        "lines",
        keys=frozenset({"iteration", "lr"}),
        steps=("iteration",),
        files=("metrics.json",),
    ),
    LogFormat(
        "scalars",
        "`scalars.json`",
        "lines",
        keys=frozenset({"iter", "lr"}),
        steps=("iter", "step"),
        counting="done",
        files=("vis_data/scalars.json", "*/vis_data/scalars.json"),
    ),
    LogFormat(
        "epoch-log",
        "`log.txt` with a line per epoch",
        "lines",
        keys=frozenset({"epoch", "train_lr"}),
        steps=("epoch",),
        rates=("train_lr",),
        mean_over_epoch=True,
        files=("log.txt",),
    ),
    LogFormat(
        "epoch-summary",
        "`summary.csv`",
        "table",
        keys=frozenset({"epoch", "train_loss", "lr"}),
        steps=("epoch",),
        files=("summary.csv",),
    ),
    LogFormat(
        "scalar-export",
        "CSV exports of W&B and TensorBoard",
        "table",
        keys=frozenset({"wall time", "step", "value"}),
        steps=("step",),
        rates=("value",),
    ),
    LogFormat(
        "events",
        "TensorBoard event files",
        "events",
        files=("*tfevents*", "*/*tfevents*"),
    ),
    LogFormat("json", "JSON", "json"),
    LogFormat("json-lines", "JSON Lines", "lines"),
    LogFormat(
        "table",
        "CSV",
        "table",
        files=("metrics.csv", "*/version_*/metrics.csv"),
    ),
    LogFormat(
        "printed-counts",
        "{'learning_rate': '3e-4', 'global_step/max_steps': '10/1000'}",
        "text",
        counting="done",
        row=row_of(LR, rf"'global_step/max_steps'{EQUALS}(?P<step>{COUNT})/"),
    ),
    LogFormat(
        "printed-rows",
        "{'loss': 0.69, 'learning_rate': 3e-4, 'epoch': 0.01}, with --every",
        "text",
        steps=("epoch",),
        counting="done",
        row=row_of(LR, rf"'epoch'{EQUALS}(?P<epoch>{NUMBER})"),
    ),
    LogFormat(
        "global-step-text",
        "lr: 3e-4 | global_step: 10",
        "text",
        row=row_of(rf"\bglobal_step{EQUALS}(?P<step>{COUNT})", LR),
    ),
    LogFormat(
        "update-text",
        "num_updates=100, lr=3e-4",
        "text",
        counting="done",
        row=row_of(rf"\bnum_updates{EQUALS}(?P<step>{COUNT})", LR),
    ),
    LogFormat(
        "train-update-text",
        '"train_num_updates": "100", "train_lr": "3e-4"',
        "text",
        counting="done",
        row=row_of(
            rf"\btrain_num_updates{EQUALS}(?P<step>{COUNT})",
            rf"\btrain_lr{EQUALS}(?P<lr>{NUMBER})",
        ),
    ),
    LogFormat(
        "skipped-text",
        "step=10, skipped=0, lr=[3e-4]",
        "text",
        counting="done",
        row=row_of(rf"\bstep=(?P<step>{COUNT}), skipped=\d+", LR),
    ),
    LogFormat(
        "epoch-and-bar-text",
        "Epoch 0:  10%|#   | 10/100 [00:05<00:45, 1.94it/s, lr=3e-4]",
        "text",
        counting="done",
        has_bar=True,
        row=row_of(rf"{EPOCH}.{{0,{MAX_HEAD}}}?{BAR}", LR),
    ),
    LogFormat(
        "progress-bar",
        "10/1000 [00:05<08:30, 1.94it/s, lr=3e-4]",
        "text",
        counting="done",
        has_bar=True,
        row=row_of(BAR, LR),
    ),
    LogFormat(
        "epoch-and-samples-text",
        "Train Epoch: 0 [ 640/64000 (1%)] LR: 3e-4",
        "text",
        counting="done",
        counts_samples=True,
        row=row_of(
            rf"\bTrain Epoch:[ \t]*+(?P<epoch>{COUNT})[ \t]*+\[[ \t]*+{OF} \([ \t]*+\d++%\)\]", LR
        ),
    ),
    LogFormat(
        "epoch-and-index-text",
        "Epoch: [0] [ 20/1251] lr: 3e-4",
        "text",
        row=row_of(
            rf"\b(?:Epoch|Train):[ \t]*+\[?(?P<epoch>{COUNT})(?:/\d++)?+\]?[ \t]*+"
            r"(?:\([ \t]*+\d++%\)[ \t]*+)?"
            rf"\[[ \t]*+{OF}",
            LR,
        ),
    ),
    LogFormat(
        "epoch-and-count-text",
        "Epoch(train) [1][50/1000] lr: 3e-4",
        "text",
        counting="done",
        first_epoch=1,
        row=row_of(
            rf"{EPOCH}[^\w\n/.]{{1,80}}?(?:(?:iter|step|batch)\w*+[^\w\n]{{0,4}}?)?{OF}", LR
        ),
    ),
    LogFormat(
        "epoch-and-step-count-text",
        "Epoch 1/30 | loss 1.2 | step 40/100 | lr 3e-4",
        "text",
        counting="done",
        first_epoch=1,
        row=row_of(EPOCH, rf"\b(?:iter|iteration|step|batch)\b{EQUALS}{OF}", LR),
    ),
    LogFormat(
        "epoch-slash-batch-text",
        "TRAIN Batch 0/10 loss 1.2 lr 3e-4",
        "text",
        row=row_of(
            rf"\bTRAIN\b.{{0,{MAX_HEAD}}}?\bBatch (?P<epoch>{COUNT})/(?P<step>{COUNT}) loss", LR
        ),
    ),
    LogFormat(
        "epoch-and-batch-name-text",
        "[epoch=0][batch=10/100]: lr-Adam/group0: 3e-4",
        "text",
        counting="done",
        row=row_of(rf"\[epoch=(?P<epoch>{COUNT})\]\[batch={OF}\]: {NAMED_LR}"),
    ),
    LogFormat(
        "batch-name-text",
        "[batch=10/100]: lr-Adam/group0: 3e-4",
        "text",
        counting="done",
        row=row_of(rf"\[batch={OF}\]: {NAMED_LR}"),
    ),
    LogFormat(
        "training-index-text",
        "Training  [  10/1000]  lr: 3e-4",
        "text",
        row=row_of(rf"\bTraining[ \t]++\[[ \t]*+{OF}\]", LR),
    ),
    LogFormat(
        "iteration-text",
        "iteration 10/ 500 | learning rate: 3e-4",
        "text",
        counting="done",
        row=row_of(rf"\b(?:iter|iteration|step|batch|update)\b(?:\(train\))?{EQUALS}{OF}", LR),
    ),
    LogFormat(
        "step-above-text",
        "[step=10/1000], and lr=3e-4 in a later line",
        "text",
        counting="done",
        row=row_below(
            r"\[(?:step|batch)=",
            "step",
            NAMED_LR,
        ),
    ),
    LogFormat(
        "train-step-above-text",
        "train | step: 10, and 'learning_rate': 3e-4 in a later line",
        "text",
        counting="done",
        row=row_below(r"\btrain \| step:[ \t]*+", "step", LR),
    ),
    LogFormat(
        "abbreviated-text",
        "Ep. 1 : Up. 10 : L.r. 3e-4",
        "text",
        counting="done",
        row=row_of(rf"\bUp\. (?P<step>{COUNT})\b", rf"\bL\.r\. (?P<lr>{NUMBER})"),
    ),
    LogFormat(
        "average-count-text",
        "100: 2.3, 2.4 avg loss, 0.001 rate, 5.6 seconds, 6400 images",
        "text",
        counting="done",
        row=rf"^[ \t]*+(?P<step>{COUNT}): .{{0,{MAX_HEAD}}}? avg[a-z ]*+, (?P<lr>{NUMBER}) rate,.*",
    ),
    LogFormat(
        "bracketed-step-text",
        "train.py:48] [10] learning_rate=3e-4, loss=1.2",
        "text",
        row=row_of(rf"\.py:\d+\] \[(?P<step>{COUNT})\] ", LR),
    ),
    LogFormat(
        "epoch-and-step-text",
        "epoch 1, step 10 ... lr 3e-4",
        "text",
        row=row_of(EPOCH, COUNTER, LR),
    ),
    LogFormat(
        "text",
        "step 10 ... lr 3e-4",
        "text",
        row=row_of(COUNTER, LR),
    ),
    LogFormat(
        "epoch-and-batch-text",
        "epoch 1, batch 10 ... lr 3e-4",
        "text",
        row=row_of(EPOCH, rf"\bbatch\b{EQUALS}(?P<step>{COUNT})", LR),
    ),
    LogFormat(
        "epoch-and-steps-done-text",
        "epoch: 1, lr: 3e-4, steps: 10, optimizer: Adam",
        "text",
        counting="done",
        row=row_of(EPOCH, LR, rf"\bsteps: (?P<step>{COUNT}), optimizer:"),
    ),
    LogFormat(
        "epoch-text",
        "epoch 1 ... lr 3e-4",
        "text",
        counting="first",
        row=row_of(rf"\bepoch\b{EQUALS}(?P<epoch>{NUMBER})", LR),
    ),
    LogFormat(
        "epoch-and-rates-text",
        "epoch 1, lr_model: 3e-4, lr_encoder: 3e-5",
        "text",
        counting="first",
        row=row_of(rf"\bepoch\b{EQUALS}(?P<epoch>{COUNT})", SUFFIXED_LR),
        rates_row=SUFFIXED_LR,
    ),
    LogFormat(
        "epoch-mean-text",
        "1epoch results: ... optim0_lr0=3e-4",
        "text",
        counting="first",
        mean_over_epoch=True,
        row=row_of(
            rf"\b(?P<epoch>{COUNT})epoch results: ", rf"\boptim0_lr0{EQUALS}(?P<lr>{NUMBER})"
        ),
    ),
    LogFormat(
        "epoch-above-text",
        "Epoch 1/10, and learning_rate: 3e-4 in a later line",
        "text",
        counting="first",
        row=row_below(r"^[\d:., T/-]*+Epoch[ \t:]++", "epoch", LR),
    ),
    LogFormat("rate-text", "loss 1.2 ... lr 3e-4, without a step", "text", row=row_of(LR)),
)


def format_of(layout: Layout, names: Iterable[str], rows_key: str = "") -> LogFormat:
    """Return the first format of a layout whose keys a file has."""
    present = {name.casefold() for name in names}
    for item in FORMATS:
        if item.layout == layout and item.keys <= present and item.rows_key in ("", rows_key):
            return item
    raise AssertionError(layout)


def is_rate(name: str) -> bool:
    """Return whether a column's name says that it holds a learning rate."""
    return bool(RATE_NAME.search(name)) and not NO_RATE.search(name)


def is_loss(name: str) -> bool:
    """Tell whether a column's name says that it holds a loss."""
    return bool(LOSS_NAME.search(name))


def counts_rows(step: str, names: Iterable[str]) -> bool:
    """Return whether a step column is the one in which W&B counts rows.

    It is called `_step`, and `Step` in an export, which has other columns beside each value.
    """
    return step == ROW_COUNTER or (
        step.casefold() == STEP_NAMES[0] and any(NO_RATE.search(name) for name in names)
    )


def step_rank(name: str) -> int | None:
    """Return how well a column's name says that it holds the step: the least is best, None is not.

    W&B's own `Step` counts rows, so that the step that a trainer logs beside it is better.
    """
    path = re.split(r"[/ ]", name.strip().casefold())
    last = path[-1]
    if last == "global_step" and len(path) > 1:
        return -1
    return STEP_NAMES.index(last) if last in STEP_NAMES else None


def counts_epochs(name: str) -> bool:
    """Return whether a column's name says that it holds epochs."""
    return step_rank(name) == step_rank("epoch")
