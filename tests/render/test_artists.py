"""Every picture, whatever its size, style and curves: no text is lost, cut or on another text."""

from __future__ import annotations

import random
import re
import warnings

import pytest

from lrviz.audits.columns import audit_table
from lrviz.curves.table import Table
from lrviz.gallery.audits import shipped_audit
from lrviz.gallery.mistakes import MISTAKE_FIGURES
from tests.render.conftest import picture_of, table_of, texts_of

SPECS = (
    "cosine", "step", "multistep:milestones=[30,60,80]", "exponential:gamma=0.95", "linear",
    "polynomial:total_iters=80,power=2", "sgdr:T_0=20", "onecycle", "constant", "cyclic",
    "transformers.cosine:num_warmup_steps=10,num_training_steps=100",
    "transformers.warmup_stable_decay", "timm.cosine", "optax.warmup_cosine_decay_schedule",
    "keras.CosineDecay:initial_learning_rate=0.05,decay_steps=90", "transformers.inverse_sqrt",
)  # fmt: skip
SIZES = ((2.0, 1.5), (3.0, 2.0), (4.0, 3.0), (8.0, 4.5), (12.0, 6.0), (20.0, 12.0), (3.0, 9.0))
LONG = (
    "transformers.cosine:num_warmup_steps=2000,num_training_steps=300000",
    "transformers.linear:num_warmup_steps=2000,num_training_steps=300000",
    "transformers.warmup_stable_decay:"
    "num_warmup_steps=2000,num_stable_steps=238000,num_decay_steps=60000",
    "transformers.inverse_sqrt:num_warmup_steps=2000",
    "torch.OneCycleLR:max_lr=3e-4,total_steps=300000",
    "sgdr:T_0=1000", "sgdr:T_0=10000,T_mult=2", "cyclic:base_lr=1e-5,max_lr=3e-4",
    "timm.cosine:t_initial=300000,warmup_t=2000", "exponential:gamma=0.99999",
    "step:step_size=30000", "cosine:T_max=500",
)  # fmt: skip
"""Candidates for a run of 300,000 steps, three with cycles too narrow to draw."""
METRIC = "plateau:factor={},patience=5,metric={{simulate: {{seed: 3, noise: 0.05}}}}"
STYLES = ("light", "dark", "paper")
COUNTS = (1, 2, 3, 5, 8, 9, 12, 30)
MODES = (
    {},
    {"facet": True},
    {"log_y": True},
    {"difference": True},
    {"axis": "epoch"},
    {"facet": True, "log_y": True},
    {"difference": True, "log_y": True, "baseline": -1},
    {"y_min": 0.02, "y_max": 0.07},
    {"axis": "percent"},
)
KINDS = ("short", "short", "long", "metric", "audit", "mistake")
LABELS = ("", "num_warmup_steps=2000 of run{}", "学習率の推移{}")
"""Of the curves, with their number; empty for their own."""
TITLES = (None, "Short", "A title that is long enough to wrap " * 3, "学習率スケジュールの比較")


def specs_of(chance: random.Random, count: int, label: str, names: tuple[str, ...]) -> list[str]:
    """Return inline specs: a sweep of one parameter, or different schedules."""
    if names is LONG:
        sweep = [f"{LONG[0].split(',')[0][:-4]}{2000 + 500 * i}" for i in range(count)]
        sweep = [f"{spec},num_training_steps=300000" for spec in sweep]
    else:
        sweep = [f"exponential:gamma={0.8 + index / 200:.4g}" for index in range(count)]
    specs = sweep if count > 12 or chance.random() < 0.3 else chance.sample(names, count)
    settings = ["steps_per_epoch=10"] * count
    if label:
        settings = [f"{text},label={label.format(index)}" for index, text in enumerate(settings)]
    return [
        f"{spec}{',' if ':' in spec else ':'}{text}"
        for spec, text in zip(specs, settings, strict=True)
    ]


def table_for(kind: str, seed: int, chance: random.Random) -> Table:
    """Return a table of a kind; each count meets each label."""
    if kind == "metric":
        return table_of(METRIC.format(chance.choice((0.1, 0.5))) + ",steps_per_epoch=10", steps=150)
    if kind == "audit":
        return audit_table(shipped_audit())
    if kind == "mistake":
        return chance.choice(MISTAKE_FIGURES).table
    names, steps = (LONG, 300_000) if kind == "long" else (SPECS, chance.choice((2, 37, 100, 100)))
    specs = specs_of(chance, COUNTS[seed % len(COUNTS)], LABELS[seed % len(LABELS)], names)
    return table_of(*specs, steps=steps)


def combination(seed: int):
    """Return the table and the settings of a picture."""
    chance = random.Random(seed)
    kind = KINDS[seed // 2 % len(KINDS)]
    table = table_for(kind, seed, chance)
    mode = dict(MODES[seed % len(MODES)])
    if kind in ("audit", "mistake"):
        mode.pop("axis", None)
    if "baseline" in mode:
        mode["baseline"] = len(table.columns) - 1
    settings = {
        "size": chance.choice(SIZES),
        "style": chance.choice(STYLES),
        "title": chance.choice(TITLES),
        "caption": chance.choice((None, "a caption of a few words")),
        **mode,
    }
    return table, settings


def boxes_of(figure):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of letters that no installed font has
        figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    return [(text.get_text(), text.get_window_extent(renderer)) for text in texts_of(figure)]


def check(seed: int) -> None:
    table, settings = combination(seed)
    picture = picture_of(table, **settings)
    figure = picture.figure
    width, height = figure.bbox.width, figure.bbox.height
    boxes = boxes_of(figure)
    for text, box in boxes:
        assert box.x0 >= -1, (text, box)
        assert box.y0 >= -1, (text, box)
        assert box.x1 <= width + 1, (text, box, width)
        assert box.y1 <= height + 1, (text, box, height)
    slack = 0.02 * figure.dpi
    for index, (text, box) in enumerate(boxes):
        for other, second in boxes[index + 1 :]:
            across = min(box.x1, second.x1) - max(box.x0, second.x0)
            along = min(box.y1, second.y1) - max(box.y0, second.y0)
            assert across <= slack or along <= 0.25 * min(box.height, second.height), (text, other)
    x_labels = [t for axes in figure.axes for t in axes.get_xticklabels() if t.get_text()]
    y_labels = [t for axes in figure.axes for t in axes.get_yticklabels() if t.get_text()]
    assert len(x_labels) >= 2
    assert len(y_labels) >= 2
    messages = " ".join(finding.message for finding in picture.findings)
    if len(table.columns) > 1 and "label" not in messages:
        written = " ".join(text for text, _ in boxes)
        for column in table.columns:
            value = re.split(r"[ =]", column.label)[-1]
            assert value in written, (column.label, written)


@pytest.mark.parametrize("seed", range(36))
def test_texts_have_room(seed: int) -> None:
    check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(36, 260))
def test_texts_have_room_in_many_more(seed: int) -> None:
    check(seed)
