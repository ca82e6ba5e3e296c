"""What a reader needs: labels at their lines, titles, notes, and ticks in an even rhythm."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_hex

import lrviz
from lrviz.audits.columns import audit_table
from lrviz.core.schedule import Array
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import Table
from lrviz.gallery.audits import shipped_audit
from lrviz.render.colours import STYLES, contrast, mixed
from lrviz.render.figure.draw import texts_of as heading_of
from lrviz.render.figure.labels import are_at_ends
from lrviz.render.labels import (
    Notation,
    listings,
    notation_of,
    numbers_alike,
    shared_facts,
    title_of,
)
from lrviz.render.scale import rate_scale
from tests.render.conftest import picture_of, table_of, texts_of

STEPS = "num_warmup_steps=2000,num_training_steps=100000"
CANDIDATES = (
    f"transformers.cosine_with_min_lr:{STEPS},min_lr=3e-5,label=cosine_with_min_lr",
    "wsd:total_steps=100000,warmup_steps=2000,label=wsd",
    f"transformers.polynomial:{STEPS},power=2,lr_end=0,label=polynomial",
    "lrviz.inverse_sqrt:warmup_steps=2000,label=lrviz.inverse_sqrt",
    f"transformers.linear:{STEPS},label=transformers.linear",
)
"""Five that a language model may be trained with."""


def candidates(*settings: str) -> Table:
    return table_of(*(",".join((spec, "lr=3e-4", *settings)) for spec in CANDIDATES), steps=100_000)


def words(picture) -> list[str]:
    return [text.get_text() for text in texts_of(picture.figure)]


def inches_of(line, figure) -> Array:
    """Return the points of a line in inches."""
    points = line.axes.transData.transform(np.column_stack(line.get_data()))
    return np.asarray(points[np.isfinite(points).all(axis=1)] / figure.dpi)


def distance(point: Array, line: Array) -> float:
    """Return how far a point is from a line through points."""
    starts, steps = line[:-1], np.diff(line, axis=0)
    lengths = np.maximum((steps**2).sum(axis=1), 1e-12)
    shares = np.clip(((point - starts) * steps).sum(axis=1) / lengths, 0.0, 1.0)
    return float(np.hypot(*(starts + shares[:, None] * steps - point).T).min())


@pytest.mark.parametrize("size", [(8.0, 4.5), (12.0, 6.0), (5.0, 3.0)])
@pytest.mark.parametrize("style", ["light", "paper"])
@pytest.mark.parametrize("options", [{}, {"log_y": True}, {"difference": True}])
def test_the_middle_of_a_label_is_nearest_to_its_own_line(size, style, options) -> None:
    picture = picture_of(candidates(), size=size, style=style, **options)
    figure = picture.figure
    figure.draw_without_rendering()
    axes = figure.axes[0]
    lines = {line.get_label(): inches_of(line, figure) for line in axes.lines if line.get_gid()}
    labels = [text for text in axes.texts if text.get_gid() == "label"]
    below = [text for text in figure.texts if text.get_gid() == "label"]
    assert len(labels or below) == 5
    for label in labels:
        box = label.get_window_extent()
        middle = np.array([box.x0 + box.x1, box.y0 + box.y1]) / 2 / figure.dpi
        away = {name: distance(middle, line) for name, line in lines.items()}
        own = away.pop(label.get_text())
        assert own < 0.85 * min(away.values()), label
    if size == (8.0, 4.5) and style == "light" and not options:
        assert labels


def test_labels_at_ends_are_nearest_to_their_own() -> None:
    assert are_at_ends(np.array([0.0, 1.0]), np.array([0.2, 0.8]), 1.0)
    assert are_at_ends(np.array([-0.3, 0.7]), np.array([0.0, 0.4]), 1.0)
    assert not are_at_ends(np.array([-0.45, 0.55]), np.array([0.0, 0.1]), 1.0)
    assert not are_at_ends(np.array([0.7, 1.9, 3.0]), np.array([0.0, 1.2, 3.0]), 0.9)


def test_labels_are_at_the_parts_of_curves_that_are_drawn() -> None:
    table = table_of("cosine:label=falling", "linear:total_iters=100,label=rising", steps=100)
    high, low = (
        picture_of(table, y_min=0.06, title="T", size=size).figure for size in ((8, 4.5), (5, 3))
    )
    for figure in (high, low):
        figure.draw_without_rendering()
        axes = figure.axes[0]
        for label in axes.texts[:2]:
            box = label.get_window_extent()
            middle = np.array([box.x0 + box.x1, box.y0 + box.y1]) / 2 / figure.dpi
            (line,) = [line for line in axes.lines if line.get_label() == label.get_text()]
            points = inches_of(line, figure)
            inside = points[points[:, 1] >= axes.get_window_extent().y0 / figure.dpi]
            assert distance(middle, inside) < 0.5, label
    hidden = picture_of(table_of("cosine:lr=0.01", "cosine", steps=100), y_min=0.05).figure
    assert not [text for text in hidden.axes[0].texts if text.get_gid() == "label"]
    below = {text.get_text() for text in hidden.texts if text.get_gid() == "label"}
    assert below == {"cosine", "cosine lr=0.01"}


def test_a_title_of_several_curves_is_the_names_that_fit() -> None:
    columns = candidates().columns
    names = [column.label for column in columns]
    assert title_of(columns, lambda _: True) == ", ".join(names[:4]) + " and " + names[4]
    whole = list(listings(names))
    assert whole[1:] == [
        "cosine_with_min_lr, wsd, polynomial and 2 more",
        "cosine_with_min_lr, wsd and 3 more",
        "cosine_with_min_lr and 4 more",
    ]
    assert title_of(columns, lambda text: len(text) < 35) == whole[2]
    assert title_of(columns, lambda _: False) == ""
    assert list(listings(["a", "b"])) == ["a and b"]
    swept = table_of("cosine:eta_min=[0,0.01]", "step", steps=9).columns
    assert title_of(swept, lambda _: True) == "cosine and step"
    assert title_of(swept[:2], lambda _: False) == "cosine"


def facts_of(table: Table) -> str:
    return shared_facts(table, Notation(has_exponents=False, has_suffixes=True))


def test_what_several_curves_share_is_below_their_title() -> None:
    assert facts_of(candidates()) == "lr=3e-4 · 100k steps · warm-up 2k"
    other = table_of(CANDIDATES[0], CANDIDATES[4].replace("2000", "3000"), steps=100_000)
    assert facts_of(other) == "lr=0.1 · 100k steps"
    assert facts_of(table_of("cosine:T_max=1,lr=1", "cosine:T_max=1,lr=2", steps=1)) == "1 step"
    assert facts_of(table_of("cosine", "step:by=epoch", steps=9)) == "lr=0.1"
    assert facts_of(table_of("cosine", steps=9)) == ""
    keras, torch = "keras.CosineDecay:initial_learning_rate={},decay_steps=9", "cosine:T_max=9"
    assert facts_of(table_of(keras.format(0.1), torch, steps=9)) == "lr=0.1 · 9 steps"
    assert facts_of(table_of(keras.format(0.2), torch, steps=9)) == "9 steps"
    function = lrviz.curve(lambda t: 0.003 / (1 + t), 100)
    assert facts_of(lrviz.sample([function, *lrviz.load("cosine")], steps=100)) == "100 steps"
    part = lrviz.sample(lrviz.load("cosine:steps=100", "step:steps=100"), steps=range(50))
    assert facts_of(part) == "lr=0.1"
    assert facts_of(audit_table(shipped_audit())) == ""


def test_a_title_of_the_user_wins_and_an_empty_one_leaves_nothing() -> None:
    picture = picture_of(candidates())
    facts = "lr=3e-4 · 100k steps · warm-up 2k"
    assert picture.title == "cosine_with_min_lr, wsd, polynomial and 2 more"
    assert {picture.title, facts} <= {*words(picture)}
    own = words(picture_of(candidates(), title="Mine"))
    assert {"Mine", facts} <= {*own}
    assert picture.title not in own
    none = words(picture_of(candidates(), title=""))
    assert not {picture.title, facts} & {*none}


def test_a_title_that_repeats_the_labels_gives_way_to_them() -> None:
    specs = [f"{spec},label={spec.partition(':')[0]} number{index}" for index, spec in enumerate(
        ("cosine:T_max=9", "step:step_size=2", "linear:total_iters=5", "constant:factor=1")
    )]  # fmt: skip
    high, low = (picture_of(table_of(*specs, steps=9), size=(3, height)) for height in (3, 1.5))
    assert "cosine number0 and 3 more" in words(high)
    assert "cosine number0 and 3 more" not in words(low)
    assert "no room" not in " ".join(finding.message for finding in high.findings)


@pytest.mark.parametrize("style", ["light", "paper"])
@pytest.mark.parametrize("width", [2.0, 2.5, 3.0, 3.5, 4.0, 6.0, 8.0])
def test_a_subtitle_is_whole_or_left_out(style, width) -> None:
    table = table_of(CANDIDATES[0].replace("label", "lr=3e-4,label"))
    call = table.columns[0].curve.call()
    picture = picture_of(table, size=(width, width * 9 / 16 + 0.4), style=style, title="T")
    faint = STYLES[style].faint
    lines = [text.get_text() for text in picture.figure.texts if text.get_color() == faint]
    assert "".join(lines).replace(" ", "") in ("", call.replace(" ", ""))
    messages = [finding.message for finding in picture.findings]
    assert messages == ([] if lines else [f"the picture has no room for the subtitle '{call}'"])
    if width >= 4.0:
        assert lines
    parts = lines[:-1]
    assert not any(part[-1:] in ".-" for part in parts)


def test_a_log_and_its_label_have_one_tone() -> None:
    colours = {"plan": 0, "log": 1}
    table = audit_table(shipped_audit())
    for style in ("light", "dark"):
        picture = picture_of(table, preferred=colours, style=style)
        axes = picture.figure.axes[0]
        (log,) = [line for line in axes.lines if line.get_label() == "log"]
        (label,) = [text for text in axes.texts if text.get_text() == "log"]
        background = STYLES[style].background
        tone = mixed(background, log.get_color(), log.get_alpha())
        assert to_hex(label.get_bbox_patch().get_facecolor()) == tone
        assert contrast(label.get_color(), tone) >= 4.5
        (plan,) = [text for text in axes.texts if text.get_text() == "plan"]
        assert to_hex(plan.get_bbox_patch().get_facecolor()) == background
    small = picture_of(table, preferred=colours, size=(3, 2), difference=True).figure
    (line,) = [line for line in small.axes[0].lines if line.get_label() == "log"]
    (swatch,) = [item for item in small.artists if item.get_color() == line.get_color()]
    assert (swatch.get_alpha(), swatch.get_linewidth()) == (line.get_alpha(), line.get_linewidth())


def test_the_curves_behind_are_explained() -> None:
    note = "grey: the other curves"
    facets = picture_of(candidates(), facet=True)
    assert words(facets).count(note) == 1
    many = table_of("cosine:eta_min=[" + ",".join(f"{i / 100}" for i in range(13)) + "]", steps=9)
    assert note not in words(picture_of(many, facet=True, size=(8, 6)))
    assert f"{note} · ▼ rate below the axis" in words(
        picture_of(candidates(), facet=True, log_y=True)
    )
    nine = table_of(*(f"constant:factor={i / 10},label=n{i * i}" for i in range(1, 10)), steps=9)
    labelled = table_of(
        "cosine", "step", "exponential", "linear", "sgdr:T_0=5", "constant", "cyclic",
        "onecycle", "polynomial", steps=9,
    )  # fmt: skip
    assert note not in words(picture_of(nine))  # a sweep
    assert words(picture_of(labelled, size=(8, 7))).count(note) == 1


def ticks_of(axis) -> list[tuple[float, str, str, bool]]:
    """Return each tick's value, text, colour, and whether it has a grid line."""
    return [
        (tick.get_loc(), text.get_text(), text.get_color(), tick.gridline.get_visible())
        for tick, text in zip(axis.get_major_ticks(), axis.get_ticklabels(), strict=True)
    ]


@pytest.mark.parametrize("style", ["light", "dark", "paper"])
@pytest.mark.parametrize("steps", [37, 100, 310, 1750, 11_730])
@pytest.mark.parametrize("lr", [0.00999, 1.1e-4, 3e-4, 0.0371])
def test_a_tick_that_breaks_the_rhythm_is_of_another_kind(steps, lr, style) -> None:
    table = table_of(f"cosine:T_max={steps},lr={lr}", steps=steps)
    axes = picture_of(table, style=style).figure.axes[0]
    looks = STYLES[style]
    for axis, end in ((axes.xaxis, steps), (axes.yaxis, lr)):
        ticks = ticks_of(axis)
        even = [value for value, _, colour, _ in ticks if colour == looks.ink]
        assert len(even) >= 3
        np.testing.assert_allclose(np.diff(even), even[1] - even[0])
        others = [tick for tick in ticks if tick[2] != looks.ink]
        assert [(colour, has_line) for _, _, colour, has_line in others] in (
            [], [(looks.faint, False)],
        )  # fmt: skip
        assert all(value == pytest.approx(end) for value, *_ in others)
        room = 0.1 * (even[-1] - even[0]) / len(even)
        assert all(b - a > room for a, b in pairwise(value for value, *_ in ticks))


def test_an_end_beside_an_even_tick_has_no_label() -> None:
    axes = picture_of(table_of("cosine:lr=0.00999", steps=310)).figure.axes[0]
    assert [text for _, text, *_ in ticks_of(axes.xaxis)] == [
        "0", "50", "100", "150", "200", "250", "300",
    ]  # fmt: skip
    assert [text for _, text, *_ in ticks_of(axes.yaxis)] == [
        "0", "0.0025", "0.005", "0.0075", "0.01",
    ]  # fmt: skip
    log = picture_of(table_of("cosine:lr=3e-4", steps=100), log_y=True).figure.axes[0]
    assert ticks_of(log.yaxis)[-1][1:] == ("3e-4", STYLES["light"].faint, False)


def test_a_subtitle_of_the_caller_is_the_subtitle() -> None:
    table = table_of("cosine", "step", steps=9)
    assert heading_of(table, FigureSettings(title="T"), "mine").subtitle == "mine"
    assert heading_of(table, FigureSettings(title="T"), "", with_facts=False).subtitle == ""


@pytest.mark.parametrize(
    ("notation", "rates", "steps"),
    [
        (Notation(True, True), ["1e-3", "3.7e-4", "8.32", "2e-1", "0"], ["500", "1k", "12.5k"]),
        (Notation(False, False), ["0.001", "3.7e-4", "8.32", "0.2", "0"], ["500", "1000", "12.5k"]),
    ],
)
def test_a_notation(notation: Notation, rates: list[str], steps: list[str]) -> None:
    assert [notation.rate(rate) for rate in (1e-3, 3.7e-4, 8.32, 0.2, 0.0)] == rates
    assert [notation.steps(count) for count in (500, 1000, 12_500)] == steps


def test_the_notation_of_a_picture_is_that_of_its_axes() -> None:
    def notation(*specs: str, log: bool = False, steps: int = 100) -> Notation:
        table = table_of(*specs, steps=steps)
        return notation_of(table, rate_scale([c.rates for c in table.columns], log=log))

    assert notation("cosine") == Notation(False, True)
    assert notation("cosine", log=True) == Notation(True, True)
    assert notation("cosine:lr=1e-3") == Notation(True, True)
    assert notation("cosine", steps=1000) == Notation(False, False)
    assert notation("cosine", steps=10_000) == Notation(False, True)


def test_facts_are_in_the_notation_of_the_axes() -> None:
    picture = picture_of(table_of("cosine:lr=1e-3", "wsd:lr=1e-3,warmup_steps=0", steps=1000))
    assert "lr=1e-3 · 1000 steps" in words(picture)


def test_numbers_of_a_sweep_are_alike() -> None:
    curves = lrviz.load("cosine:lr=[0.01,3e-4]")
    assert numbers_alike(curves, ["lr=0.01", "lr=3e-4"]) == ["lr=1e-2", "lr=3e-4"]
    assert numbers_alike(curves, ["lr=0.01", "lr=0.3"]) == ["lr=0.01", "lr=0.3"]
    assert numbers_alike(curves, ["lr=0.01", "x=3e-4"]) == ["lr=0.01", "x=3e-4"]
    assert numbers_alike(curves, ["lr=0.01", "3e-4 b"]) == ["lr=0.01", "3e-4 b"]
    labels = ["wsd lr=0.01 warmup=500", "wsd lr=3e-4 warmup=0"]
    alike = ["wsd lr=1e-2 warmup=500", "wsd lr=3e-4 warmup=0"]
    assert numbers_alike(curves, labels) == alike
    own = [replace(curve, own_label=curve.label) for curve in curves]
    assert numbers_alike(own, ["lr=0.01", "lr=3e-4"]) == ["lr=0.01", "lr=3e-4"]
    figure = picture_of(table_of("cosine:lr=[0.01,3e-4]", steps=100)).figure
    assert {"lr=1e-2", "lr=3e-4"} <= {text.get_text() for text in figure.axes[0].texts}
