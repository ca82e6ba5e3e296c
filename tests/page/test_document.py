"""The document of a page: what it says, that it is whole, and that texts stay texts."""

from __future__ import annotations

import json
import re
import sys
from html import unescape
from pathlib import Path

import pytest
from rich.text import Text

import lrviz
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.curves.column import Envelope
from lrviz.curves.curve import Curve
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import Table, tabulate
from lrviz.page import page_html
from lrviz.page.plot import bokeh_item
from lrviz.page.samples import Samples, sample_table
from lrviz.page.sections import MAX_COMPARED, Listing, curve_sections, program, remarks
from lrviz.render.colours import LineStyle
from tests.conftest import Shell

DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)
HOSTILE = "</script><img src=x onerror='a()'>\"&amp; \u2028 {{ 7 * 7 }}"


def page_of(*specs: str, **settings: object) -> str:
    curves = lrviz.load(*specs)
    return page_html(tabulate(curves), FigureSettings(**settings))


def data_of(page: str) -> dict:
    found = DATA.search(page)
    assert found
    return json.loads(found[1])


def texts(page: str, pattern: str) -> list[str]:
    return [unescape(text) for text in re.findall(pattern, page, re.DOTALL)]


def test_data_of_a_page() -> None:
    data = data_of(page_of("cosine:t_max=100", "linear", log_y=True))
    assert data["curves"] == ["curve 0", "curve 1"]
    assert data["steps"] == list(range(100))
    assert data["steps_shown"] == [0, 100]
    assert data["rate_names"] == {"linear": "learning rate", "log": "learning rate (log)"}
    assert data["log"] is True
    assert data["rates_shown"]["linear"] == [0.0, 0.1 * 1.06]
    assert data["rates_shown"]["log"] == [pytest.approx(2.467198171342e-5), 0.125]
    assert data["units"] == [{"name": "step", "steps": 1.0}, {"name": "share", "steps": 1.0}]
    assert data["schemes"]["dark"]["grid"] == "#2b3038"
    assert len(set(data["schemes"]["light"]["curves"])) == 2


def test_ends_of_the_axes() -> None:
    table = tabulate(lrviz.load("linear:start_factor=1e-6,total_iters=5"), range(9))
    data = data_of(page_html(table, FigureSettings(y_max=2.0)))
    assert data["rates_shown"] == {"linear": [0.0, 2.0], "log": [pytest.approx(1e-7), 2.0]}
    single = data_of(page_html(tabulate(lrviz.load("cosine"), range(1)), FigureSettings()))
    assert single["steps_shown"] == [0, 1]


def test_no_logarithmic_axis_where_no_rate_is_above_0() -> None:
    zero = page_html(tabulate(lrviz.load("lambda:lr_lambda='0'"), range(3)), FigureSettings())
    assert data_of(zero)["rates_shown"]["log"] is None


def test_units_that_the_run_knows() -> None:
    run = {"epochs": 5, "steps_per_epoch": 20, "tokens_per_step": 1000}
    (curve,) = lrviz.load("cosine:t_max=100")
    curve = lrviz.Curve(curve.label, curve.schedule, run=lrviz.Run(**run))
    page = page_html(tabulate([curve]), FigureSettings(axis="tokens"))
    data = data_of(page)
    units = [(unit["name"], unit["steps"]) for unit in data["units"]]
    assert units == [("step", 1.0), ("epoch", 20), ("tokens", 0.001), ("share", 1.0)]
    assert data["unit"] == 2
    buttons = re.findall(r'name="unit" value="(\d)"( checked)?><span>(.*?)<', page)
    assert buttons == [
        ("0", "", "step"),
        ("1", "", "epoch"),
        ("2", " checked", "tokens"),
        ("3", "", "percent"),
    ]


def test_a_page_in_each_curves_own_units_has_no_other_axis() -> None:
    specs = ("cosine:t_max=10,steps=10", "cosine:t_max=30,steps=30")
    percent = data_of(page_of(*specs, axis="percent"))
    assert percent["units"] == [{"name": "share", "steps": 0.3}]
    assert (percent["unit"], percent["stretched"]) == (0, True)
    steps = data_of(page_of(*specs))
    assert (steps["units"], steps["stretched"]) == ([{"name": "step", "steps": 1.0}], False)


def test_units_of_curves_that_differ_in_what_a_step_is() -> None:
    data = data_of(page_of("cosine", "timm.cosine:t_initial=100"))
    assert [unit["name"] for unit in data["units"]] == ["step or epoch", "share"]
    assert data["unit"] == 0


def test_a_title_of_very_many_labels_is_their_count() -> None:
    labels = ["x" * 74, "y" * 74]
    curves = [lrviz.Curve(label, lrviz.schedule("cosine", T_max=9)) for label in labels]
    assert texts(page_html(tabulate(curves), FigureSettings()), "<h1>(.*?)</h1>") == [
        ", ".join(labels)
    ]
    longer = [*curves, lrviz.Curve("z", curves[0].schedule)]
    assert texts(page_html(tabulate(longer), FigureSettings()), "<h1>(.*?)</h1>") == ["3 curves"]
    two = page_html(tabulate(curves), FigureSettings(title="t" * 151))
    assert texts(two, "<h1>(.*?)</h1>") == ["2 curves"]
    single = page_html(tabulate(curves[:1]), FigureSettings(title="t" * 151))
    assert texts(single, "<h1>(.*?)</h1>") == ["t" * 97 + "..." + "t" * 50]


def test_hostile_labels_are_text() -> None:
    curves = [
        lrviz.Curve(label, lrviz.schedule("cosine", T_max=10)) for label in (HOSTILE, "other")
    ]
    page = page_html(tabulate(curves), FigureSettings(title=HOSTILE, caption=HOSTILE))
    shown = HOSTILE.replace("\u2028", "\\u2028")
    assert texts(page, r'class="label">(.*?)</span>') == [shown, "other"]
    assert texts(page, r"<h1>(.*?)</h1>") == [shown]
    assert texts(page, r"<title>(.*?)</title>") == [shown]
    assert page.count("<img ") == 1
    assert page.count("</script>") == 4
    assert "onerror='a()'" not in page


def test_controls_in_a_report_are_escapes() -> None:
    table = tabulate([Curve("cosine", lrviz.schedule("cosine", T_max=9))])
    page = page_html(table, FigureSettings(), report=lambda *_: [Text("a\x7fb\ufffe")])
    assert "a\\x7fb\\ufffe" in page
    assert "\x7f" not in page


def test_a_report_keeps_its_indents() -> None:
    lines = [Text(""), Text("  a  "), Text("b"), Text("")]
    table = tabulate([Curve("cosine", lrviz.schedule("cosine", T_max=9))])
    page = page_html(table, FigureSettings(), report=lambda *_: lines)
    assert texts(page, '<pre class="report">(.*?)</pre>') == ["  a\nb"]


def test_of_a_very_long_curve_only_what_a_picture_shows_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (curve,) = lrviz.load("cosine:t_max=100")
    tables: list[Table] = []
    monkeypatch.setattr("lrviz.curves.column.MAX_COLUMN_RATES", 50)
    monkeypatch.setattr("lrviz.page.document.curve_sections", lambda t: tables.append(t) or [])
    page_html(tabulate([curve], range(9)), FigureSettings(), described=[curve])
    (column,) = tables[0].columns
    assert isinstance(column, Envelope)


def test_the_page_asks_for_nothing() -> None:
    page = page_of("cosine")
    assert "default-src 'none'; script-src 'unsafe-inline'" in page
    links = re.findall(r'(?:src|href)="(.*?)"', page[: page.index('id="data"')])
    assert [link.partition(",")[0] for link in links] == ["data:", "data:image/svg+xml;base64"]


def test_findings_once_with_their_places_and_warnings_first() -> None:
    note = Finding("a", "same", curve="one", place="x.yaml:1:1")
    same = Finding("a", "same", curve="two")
    warning = Finding("b", "other", "warning", curve="one")
    grouped = remarks([note, same, note, warning])
    assert [(item.finding.id, item.places) for item in grouped] == [
        ("b", ("one",)),
        ("a", ("one · x.yaml:1:1", "two")),
    ]


def test_findings_in_the_page() -> None:
    page = page_of("exponential:gamma=1.1")
    assert texts(page, r"<li class=\"warning\">.*?<code>(.*?)</code>") == ["rises"]
    assert "<p>None.</p>" in page_of("cosine:t_max=100")


def test_specs_and_code_of_each_framework() -> None:
    (section,) = curve_sections(tabulate(lrviz.load("cosine:t_max=100")))
    assert section.call == "torch.CosineAnnealingLR(T_max=100), lr=0.1"
    assert section.facts == (
        "peak 0.1 at step 0 · last 2.467e-5",
        "decay: 0.1 to 2.467e-5 until step 100",
    )
    titles = [item.title for item in section.listings]
    assert titles == ["spec", "torch", "keras", "optax", "transformers", "timm"]
    assert section.listings[0].text == (
        "label: cosine\nlr: 0.1\nby: step\nschedule: torch.CosineAnnealingLR\n"
        "T_max: 100\neta_min: 0.0\n"
    )
    (curve,) = lrviz.load("cosine:t_max=100")
    assert section.listings[2].text == lrviz.code(curve, "keras")
    page = page_of("cosine:t_max=100")
    assert page.count('class="copy"') == 6
    assert "<details open>" in page
    assert "<details open>" not in page_of("cosine", "linear")


def test_code_that_cannot_be_written_has_its_reason() -> None:
    (curve,) = lrviz.load("cosine:t_max=100")
    sections = curve_sections(tabulate([curve], range(MAX_COMPARED + 1)))
    assert [item.text for item in sections[0].listings[1:]] == [""] * 5
    assert sections[0].listings[1].note == "lrviz code SPEC --as torch writes it"


def test_steps_that_a_long_page_has() -> None:
    page = page_html(tabulate(lrviz.load("cosine"), range(4001)), FigureSettings())
    assert (
        "The page has 2,001 of 4,001 steps, among them the highest, lowest and last of each curve; "
        "rates are exact at each." in page
    )
    assert "The page has" not in page_html(
        tabulate(lrviz.load("cosine"), range(4000)), FigureSettings()
    )


@pytest.mark.parametrize("name", ["bokeh", "jinja2"])
def test_the_extra_that_is_missing(
    name: str, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    done = shell("plot", "cosine", "--t-max", "10", "-o", "x.html")
    message = f"error: a page needs {name}, which is not installed: pip install 'lrviz[html]'\n"
    assert (done.returncode, done.stderr) == (2, message)
    assert "peak 0.1" in done.stdout
    assert list(shell.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "title", "words"),
    [
        (("plot", "cosine", "--t-max", "10"), "cosine", "torch.CosineAnnealingLR(T_max=10)"),
        (("compare", "cosine:t_max=10", "linear"), "cosine and linear", "▇"),
        (("dialects",), "Peak 1, 10 warm-up steps, cosine, 100 steps", "after the end"),
        (("plot", "cosine", "--as-if", "scaled:factor=2"), "cosine", "remedy:"),
        (("audit", "log.csv", "--against", "cosine:t_max=10"), "log.csv against cosine", "rows"),
        (("audit", "log.csv"), "the schedule of log.csv", "the log is of this schedule"),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, tuple) else "",
)
def test_pages_of_the_commands(
    command: tuple[str, ...], title: str, words: str, shell: Shell
) -> None:
    rows = enumerate(lrviz.schedule("cosine", T_max=10).rate(range(10), lr=0.1))
    shell.write(
        "log.csv", "step,lr\n" + "".join(f"{step},{float(rate)!r}\n" for step, rate in rows)
    )
    done = shell(*command, "-o", "x.html")
    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith("wrote x.html\n")
    page = Path(shell.folder, "x.html").read_text(encoding="utf-8")
    assert texts(page, r"<h1>(.*?)</h1>") == [title]
    assert words in unescape(page[page.index("<h2>Findings") :])


def test_only_curves_of_a_spec_are_described(shell: Shell) -> None:
    shell("plot", "cosine", "--t-max", "10", "--as-if", "scaled:factor=2", "-o", "x.html")
    page = (shell.folder / "x.html").read_text(encoding="utf-8")
    assert len(data_of(page)["curves"]) == 2
    assert texts(page, r"<summary>(.*?)</summary>") == ["cosine"]


@pytest.mark.parametrize(("count", "width"), [(40, 2.5), (41, 1.25)])
def test_very_many_curves_are_thin(count: int, width: float) -> None:
    samples = sample_table(tabulate(lrviz.load("cosine"), range(3)))
    lines = Samples(samples.steps, samples.lines * count)
    text = json.dumps(bokeh_item(lines, [LineStyle(0)] * count))
    assert text.count(f'"line_width": {width}') >= count


def test_axes_of_the_figure() -> None:
    (item,) = data_of(page_of("cosine"))["item"]["doc"]["roots"]
    sides = {side: item["attributes"][side] for side in ("below", "left")}
    names = {side: [axis["attributes"]["name"] for axis in axes] for side, axes in sides.items()}
    assert names == {"below": ["steps"], "left": ["rates"]}
    center = item["attributes"]["center"]
    grids = {grid["attributes"].get("name"): grid["attributes"].get("dimension", 0)
             for grid in center}  # fmt: skip
    assert grids == {"cursor": "height", "steps grid": 0, "rates grid": 1}
    (cursor,) = (part for part in center if part["attributes"].get("name") == "cursor")
    assert cursor["attributes"]["visible"] is False
    points = item["attributes"]["renderers"][-1]["attributes"]["glyph"]
    assert points["attributes"]["size"] == {"type": "value", "value": 7}


def test_a_program_that_cannot_be_written_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(curve: Curve, target: str) -> str:
        raise SpecError([Finding("x", f"{curve.label} has no rule in {target}")])

    monkeypatch.setattr("lrviz.page.sections.write_code", refuse)
    (curve,) = lrviz.load("cosine")
    assert program(curve, "keras") == Listing("keras", "", "cosine has no rule in keras")


def test_code_is_written_for_as_many_steps_as_are_compared_fast(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("lrviz.page.sections.MAX_COMPARED", 200)
    whole, last, beyond = curve_sections(tabulate(lrviz.load("cosine", "linear", "step")))
    assert all(listing.text for section in (whole, last) for listing in section.listings)
    assert [listing.text for listing in beyond.listings[1:]] == [""] * 5


def test_a_caption_is_below_the_figure() -> None:
    faint = '<p class="faint">(.*?)</p>'
    assert texts(page_of("cosine", caption="a < b"), faint).count("a < b") == 1
    assert not {"a < b", "None", ""} & set(texts(page_of("cosine"), faint))
