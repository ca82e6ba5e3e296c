"""What pictures have on them and where, in inches: `python tests/docs.py --write` records it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from lrviz.core.schedule import Array
from lrviz.render.figure import Picture
from tests.conftest import ROOT
from tests.render.conftest import picture_of, table_of

FILE = ROOT / "tests" / "render" / "recorded.json"
SIX = ("cosine", "step", "onecycle", "linear", "constant", "exponential")
NINE = (*SIX, "sgdr:T_0=30", "cyclic:step_size_up=20", "polynomial:total_iters=80")
ENDS = tuple(f"linear:start_factor=1,end_factor={end},label=to {end}" for end in (0.2, 0.5, 0.8))
CUT = {"title": "Cut", "log_y": True}
Record = list[Any]
"""The kind of an artist, then its texts and numbers."""

CASES: dict[str, tuple[tuple[str, ...], int | None, dict[str, Any]]] = {
    "segments and epochs": (
        ("cosine:T_max=200,warmup=100,steps_per_epoch=10",), None,
        {"title": "Warm-up", "caption": "a caption of a few words"},
    ),
    "many segments": (("step:step_size=9,gamma=0.7",), 120, {"axis": "percent"}),
    "labels at the ends": (ENDS, 100, {}),
    "labels at near ends": ((ENDS[0], "linear:start_factor=1,end_factor=0.22"), 100, {}),
    "labels on the lines": (("polynomial:total_iters=100,power=[0.3,0.6,1,2,4]",), None, {}),
    "crossing lines": (SIX, 100, {"style": "dark", "title": "Six"}),
    "eight curves": (("exponential:gamma=[0.9,0.91,0.92,0.93,0.94,0.95,0.96,0.97]",), 60, {}),
    "nine of a sweep": (("exponential:gamma=[0.9,0.91,0.92,0.93,0.94,0.95,0.96,0.97,0.98]",), 60,
                        {"style": "paper"}),
    "a cut legend": (tuple(f"exponential:gamma={0.8 + i / 200:.4g}" for i in range(30)), None,
                     {"size": [3, 2], "title": "Thirty"}),
    "small multiples": (NINE, 100, {"title": "Nine"}),
    "facets": (SIX, 100, {"facet": True, "title": "Facets", "size": [8, 4.5]}),
    "many facets": (tuple(f"cosine:T_max={20 * i}" for i in range(1, 14)), 100, {"facet": True}),
    "facets with long names": (
        ("cosine:T_max=9,label=a long and winding name of some first curve",
         "step:step_size=9,label=its neighbour has one that takes two lines too"),
        100, {"facet": True, "size": [2, 3]},
    ),
    "tiny facets": (NINE, 100, {"facet": True, "size": [2, 1.5]}),
    "differences": (("cosine", "linear:total_iters=100", "step"), 100,
                    {"difference": True, "baseline": 1}),
    "a metric": (("plateau:factor=0.5",), 150, {}),
    "a wide metric": (("plateau:metric=[90,30,9,3,1,1,1]",), 8, {"size": [5, 5]}),
    "a log axis": (("polynomial:total_iters=100,power=3", "step:step_size=20"), None, CUT),
    "cut above and below": (("cosine", "exponential"), 100, {"y_min": 0.02, "y_max": 0.08}),
    "lines on each other": (("step:step_size=50", "multistep:milestones=[50,70]",
                             "step:step_size=50,gamma=0.1,label=same"), None, {}),
    "no room": (("cosine:T_max=60,warmup=40",), None,
                {"size": [2, 1.5], "title": "T " * 40, "caption": "c " * 40}),
    "a large page": (("cosine", "step"), 100, {"size": [20, 12], "caption": "c", "title": "t"}),
    "one step": (("cosine",), 1, {}),
    "negative rates": (("lambda:lr_lambda=1-t/30",), 60, {}),
}  # fmt: skip


def record_of(name: str) -> list[Record]:
    """Return what the picture of a case has on it."""
    specs, steps, settings = CASES[name]
    picture = picture_of(table_of(*specs, steps=steps), **dict(settings))
    return json.loads(json.dumps(list(artists_of(picture))))  # type: ignore[no-any-return]


def differences(name: str) -> list[tuple[Record, Record]]:
    """Return the records of a case that differ from those in the file, with these.

    Letters are as wide as the installed matplotlib draws them; where the file was recorded with
    another one, their widths, and what they move, are left out.
    """
    file = recorded()
    pairs: Iterable[tuple[Record, Record]]
    pairs = zip_longest(record_of(name), file[name], fillvalue=[])
    if file["matplotlib"] != [matplotlib.__version__]:
        pairs = ((looks_of(one), looks_of(other)) for one, other in pairs)
    return [(one, other) for one, other in pairs if not is_same(one, other)]


def recorded() -> dict[str, list[Record]]:
    """Return the records in the file."""
    return json.loads(FILE.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def looks_of(record: Record) -> Record:
    """Return what of a record does not depend on the width of letters."""
    kinds = {"text": record[4:], "line": record[1:9], "axes": [], "finding": []}
    return [record[0], *kinds.get(record[0], record[1:])] if record else []


def write() -> None:
    """Record every case."""
    cases = [f'  "matplotlib": {json.dumps([matplotlib.__version__])}']
    for name in CASES:
        lines = ",\n".join("    " + json.dumps(item) for item in record_of(name))
        cases.append(f"  {json.dumps(name)}: [\n{lines}\n  ]")
    FILE.write_text("{\n" + ",\n".join(cases) + "\n}\n", encoding="utf-8")


def is_same(one: Record, other: Record) -> bool:
    """Return whether two records agree, positions to a fiftieth of an inch, others to 0.1%."""
    if len(one) != len(other):
        return False
    least = 0.02 if one[:1] in (["axes"], ["text"]) else 1e-9
    return all(
        bool(np.isclose(a, b, rtol=1e-3, atol=least)) if is_number(a) and is_number(b) else a == b
        for a, b in zip(one, other, strict=True)
    )


def is_number(value: object) -> bool:
    """Return whether a value of a record is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def artists_of(picture: Picture) -> Iterator[Record]:
    """Yield a picture's size, its axes with their artists, and its own texts and lines."""
    figure = picture.figure
    yield ["figure", *figure.get_size_inches().tolist()]
    for axes in figure.axes:
        yield from axes_records(axes, figure)
        for child in axes.child_axes:
            figure.draw_without_rendering()
            yield from axes_records(child, figure)
    yield from (text_record(text, figure) for text in figure.texts)
    yield from (line_record(line) for line in figure.findobj(Line2D) if line in figure.artists)
    for finding in picture.findings:
        yield ["finding", finding.message]


def axes_records(axes: Axes, figure: Figure) -> Iterator[Record]:
    """Yield the axes' box, ends, ticks and names, and what is drawn in them."""
    box = axes.get_position()
    width, height = figure.get_size_inches()
    edges = (box.x0 * width, box.y0 * height, box.x1 * width, box.y1 * height)
    yield ["axes", *(round(edge, 3) for edge in edges)]
    spines = [side for side, spine in axes.spines.items() if spine.get_visible()]
    yield ["spines", *spines, len(axes.get_xgridlines()), len(axes.get_ygridlines())]
    for axis in (axes.xaxis, axes.yaxis):
        if axis.get_visible():
            looks = axis.get_tick_params()
            labels = looks.get("labelbottom", looks.get("labelleft", True))
            yield [
                axis.axis_name, axis.get_scale(), *axis.get_view_interval().tolist(),
                axis.label.get_text(), axis.label.get_fontsize(), axis.labelpad,
                labels, looks.get("labelsize", 0), looks.get("pad", 0),
                looks.get("grid_linewidth", 0), looks.get("gridOn", False),
            ]  # fmt: skip
            for value, label in zip(axis.get_majorticklocs(), axis.get_ticklabels(), strict=False):
                sides = label.get_horizontalalignment(), label.get_visible()
                yield ["tick", float(value), label.get_text(), *sides]
    yield from (line_record(line) for line in axes.get_lines())
    yield from (text_record(text, figure) for text in axes.texts)


def line_record(line: Line2D) -> Record:
    """Return a line's look, and its data in a few numbers."""
    x, y = (np.asarray(values, np.float64) for values in line.get_data())
    looks = [line.get_linewidth(), line.get_zorder(), line.is_dashed(), line.get_marker()]
    numbers = [len(x), *summary(x), *summary(y)]
    return ["line", line.get_gid() or "", line.get_color(), *looks, line.get_markersize(),
            line.get_clip_on(), *numbers]  # fmt: skip


def summary(values: Array) -> list[float]:
    """Return the first, last, smallest, largest and mean value that is a number."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return []
    ends = (finite[0], finite[-1], finite.min(), finite.max(), finite.mean())
    return [float(f"{value:.6g}") for value in ends]


def text_record(text: Text, figure: Figure) -> Record:
    """Return a text's anchor in inches from the lower left corner, and its look."""
    at = text.get_transform().transform(text.get_unitless_position())
    if hasattr(text, "xyann"):
        text.update_positions(figure.canvas.get_renderer())  # type: ignore[attr-defined]
        at = text.get_transform().transform(text.get_position())
    looks = [text.get_fontsize(), str(text.get_color()), str(text.get_weight())]
    sides = [text.get_horizontalalignment(), text.get_verticalalignment(), text.get_rotation()]
    inches = [round(float(value) / figure.dpi, 3) for value in at]
    return ["text", text.get_text(), *inches, *looks, *sides, text.get_zorder()]
