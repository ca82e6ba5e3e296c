"""The Python API."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import lrviz
from lrviz.curves.column import Column
from lrviz.curves.facts import facts as facts_of
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import Table
from tests.conftest import ROOT

CONFIGS = ROOT / "tests" / "trainers" / "examples"
OPEN = CONFIGS / "llamafactory" / "ratio.yaml"
"""A training config that leaves the run's length open."""


def test_a_schedule_is_a_value() -> None:
    cosine = lrviz.schedule("cosine", T_max=100, eta_min=1e-4)
    assert cosine == lrviz.schedule("torch.CosineAnnealingLR", t_max=100, eta_min=1e-4)
    assert repr(cosine) == "CosineAnnealingLR(T_max=100, eta_min=0.0001)"
    assert len({cosine, lrviz.schedule("cosine", T_max=100, eta_min=1e-4)}) == 1
    rates = cosine.rate(np.arange(100), lr=0.1)
    assert rates.dtype == np.float64
    assert rates.shape == (100,)
    assert rates[0] == 0.1


def test_it_is_as_strict_as_a_file() -> None:
    with pytest.raises(lrviz.SpecError) as caught:
        lrviz.schedule("step", step_size=0, gama=2)
    assert str(caught.value).splitlines() == [
        "step_size must be at least 1 (got 0)",
        "unknown parameter 'gama' for torch.StepLR; did you mean 'gamma'?",
    ]
    with pytest.raises(lrviz.SpecError, match="unknown schedule 'cosin'; did you mean 'cosine'"):
        lrviz.schedule("cosin")
    with pytest.raises(lrviz.SpecError, match="needs T_max"):
        lrviz.schedule("cosine")
    with pytest.raises(lrviz.SpecError, match="whole numbers from 0"):
        lrviz.schedule("cosine", T_max=9).rate([-1])
    with pytest.raises(lrviz.SpecError, match=r"^style must be 'light', 'dark' or 'paper'"):
        lrviz.plot(lrviz.load("cosine"), style="neon")
    with pytest.raises(AttributeError):
        lrviz.nothing  # noqa: B018


def test_numpy_numbers_are_numbers() -> None:
    assert lrviz.schedule("step", step_size=np.int64(3)) == lrviz.schedule("step", step_size=3)


def test_load_sample_plot() -> None:
    curves = lrviz.load(ROOT / "configs" / "cosine.yaml")
    table = lrviz.sample(curves, steps=10)
    assert table.columns[0].label == "CosineAnnealingLR"
    assert len(table.columns[0].rates) == 10
    assert lrviz.plot(curves).axes[0].get_xlabel() == "epoch"
    with pytest.raises(lrviz.SpecError):
        lrviz.sample(curves, steps=0)


def test_a_notebook_shows_pictures() -> None:
    curves = lrviz.load("cosine")
    for value in (curves, curves[0], curves[0].schedule):
        assert value._repr_svg_().lstrip().startswith("<?xml")


def test_curves_print_as_their_calls() -> None:
    curves = lrviz.load("step:step_size=[2,3]")
    lines = [
        "step step_size=2: torch.StepLR(step_size=2), lr=0.1",
        "step step_size=3: torch.StepLR(step_size=3), lr=0.1",
    ]
    assert str(curves) == "\n".join(lines)
    assert str(curves[0]) == lines[0]


def test_a_class_that_is_used_first_has_its_picture() -> None:
    line = "import lrviz; print(lrviz.Curve.picture is not None)"
    done = subprocess.run(
        [sys.executable, "-c", line], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "True"


def test_every_name_has_one_module() -> None:
    names = [name for names in lrviz.MODULES.values() for name in names]
    assert sorted(names) == sorted(lrviz.__all__)


def test_dir_shows_the_api() -> None:
    assert dir(lrviz) == sorted([*lrviz.__all__, "__version__"])
    for name in lrviz.__all__:
        assert getattr(lrviz, name).__name__ == name


def test_measure_gives_facts_and_segments() -> None:
    curve = lrviz.load("wsd:total_steps=100,lr=1")[0]
    measurement = lrviz.measure(curve)
    assert measurement.facts.peak == measurement.peak == 1.0
    assert measurement.facts.peak_step == 10
    assert [(item.name, item.start, item.stop) for item in measurement.segments] == [
        ("warm-up", 0, 10),
        ("hold", 10, 80),
        ("decay", 80, 100),
    ]
    data = measurement.to_dict()
    assert data["steps"] == 100
    assert data["segments"][1] == {
        "name": "hold", "start": 10, "stop": 80, "first": 1.0, "last": 1.0, "share": 0.7,
    }  # fmt: skip
    assert lrviz.measure(curve, steps=5).facts.peak == pytest.approx(0.4)


def test_facts_of_a_triangle() -> None:
    rates = np.array([0.0, 1.0, 2.0, 4.0, 3.0, 2.0, 1.0])
    (curve,) = lrviz.load("lambda:lr_lambda=1")
    facts = facts_of(Column(curve, range(10, 24, 2), rates))
    assert (facts.peak, facts.peak_step, facts.floor, facts.floor_step) == (4.0, 16, 0.0, 10)
    assert (facts.first, facts.last, facts.last_step) == (0.0, 1.0, 22)
    assert (facts.area, facts.mean) == (26.0, 13 / 7)
    assert facts.half_life == 4
    assert (facts.steepest, facts.steepest_step) == (2.0, 16)
    single = facts_of(Column(curve, range(1), rates[1:2]))
    assert (single.half_life, single.steepest, single.steepest_step) == (None, None, None)


def test_numbers_that_json_does_not_have_are_none() -> None:
    (curve,) = lrviz.load("exponential:gamma=1e300")
    data = lrviz.measure(curve, steps=4).to_dict()
    assert (data["peak"], data["mean"], data["area"], data["steepest"]) == (None, None, None, None)
    assert (data["first"], data["peak_step"]) == (0.1, 2)
    json.dumps(data, allow_nan=False)


def test_compare_with_the_first_or_with_a_label() -> None:
    curves = lrviz.load("constant:factor=1,total_iters=1", "constant:factor=0.5,total_iters=9")
    comparison = lrviz.compare(curves, steps=9)
    assert comparison.baseline == 0
    assert comparison.differences[0].first_step is None
    assert comparison.differences[1].first_step == 0
    assert comparison.differences[1].area_ratio == pytest.approx(0.5)
    label = curves[1].label
    other = lrviz.compare(curves, steps=9, baseline=label)
    assert other.baseline == 1
    assert other.differences[0].area_ratio == pytest.approx(2.0)
    with pytest.raises(lrviz.SpecError, match=r"no curve is called 'nothing' \(curves: constant"):
        lrviz.compare(curves, baseline="nothing")


def test_export_in_every_format(tmp_path: Path) -> None:
    curve = lrviz.load("step:step_size=2")[0]
    assert lrviz.export(curve, steps=3).text() == (
        "step,step\n0,0.1\n1,0.1\n2,0.010000000000000002\n"
    )
    assert lrviz.export(curve, "tsv", steps=1, long=True).text() == (
        "label\tstep\tlr\nstep\t0\t0.1\n"
    )
    every = json.loads(lrviz.export(curve, "json", every=50).text())["curves"][0]
    assert every["step"] == [0, 50]
    lrviz.export(curve, "npz", steps=3).write(tmp_path / "rates.npz")
    assert np.load(tmp_path / "rates.npz")["lr"].shape == (1, 3)
    with pytest.raises(lrviz.SpecError, match="npz is binary"):
        lrviz.export(curve, "npz").text()
    with pytest.raises(lrviz.SpecError, match=r"one of csv, tsv, json, npz \(got 'xml'\)"):
        lrviz.export(curve, "xml")
    with pytest.raises(lrviz.SpecError, match=r"is a layout of csv and tsv \(got format json\)"):
        lrviz.export(curve, "json", long=True)


def test_code_is_of_the_own_framework_unless_one_is_named() -> None:
    cosine = lrviz.schedule("cosine", T_max=100)
    assert "from torch.optim import lr_scheduler" in lrviz.code(cosine)
    assert "optax.cosine_decay_schedule" in lrviz.code(cosine, "optax")
    assert lrviz.code(cosine, "jax") == lrviz.code(cosine, "optax")
    with pytest.raises(lrviz.SpecError, match="must be one of"):
        lrviz.code(cosine, "rust")


def test_idioms_of_an_intent() -> None:
    labels = [idiom.label for idiom in lrviz.idioms(peak=0.1, warmup=5, total=50)]
    assert any("transformers" in label for label in labels)
    intent = lrviz.Intent(peak=0.1, warmup=5, total=50)
    assert [idiom.label for idiom in lrviz.idioms(intent)] == labels
    with pytest.raises(lrviz.SpecError, match=r"must be less than total, 50 \(got 60\)"):
        lrviz.idioms(warmup=60, total=50)


def test_options_of_a_plot_go_before_the_files_settings(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("schedule: cosine\nT_max: 9\nsize: 6x3\nlog_y: true\n", encoding="utf-8")
    curves = lrviz.load(path)
    figure = lrviz.plot(curves)
    assert tuple(figure.get_size_inches()) == (6.0, 3.0)
    assert figure.axes[0].get_yscale() == "log"
    figure = lrviz.plot(curves, size=(5, 4), log_y=False, dpi=80)
    assert tuple(figure.get_size_inches()) == (5.0, 4.0)
    assert figure.dpi == 80
    assert figure.axes[0].get_yscale() == "linear"


def test_a_plot_of_differences_has_two_panels() -> None:
    curves = lrviz.load("cosine", "step")
    assert len(lrviz.plot(curves, difference=True).axes) > len(lrviz.plot(curves).axes)


def test_curves_are_the_title_of_their_picture() -> None:
    def title(*specs: str, **settings: str) -> str:
        texts = lrviz.plot(lrviz.load(*specs), **settings).texts
        return next((text.get_text() for text in texts if text.get_weight() == "bold"), "")

    assert title("cosine") == "cosine"
    assert title("cosine", title="Mine") == "Mine"
    assert title("cosine", "step") == "cosine and step"
    assert title("cosine", "step", title="Mine") == "Mine"
    assert title("cosine", "step", title="") == ""


def test_text_with_a_unit_is_a_length() -> None:
    assert str(lrviz.export("cosine", steps="1k")) == str(lrviz.export("cosine", steps=1000))
    assert lrviz.sample("cosine", "1k").columns[0].rates.size == 1000
    assert lrviz.sample("cosine", "5ep", steps_per_epoch=10).columns[0].rates.size == 50
    compared = lrviz.compare("cosine", "linear", steps="1k")
    assert str(compared) == str(lrviz.compare("cosine", "linear", steps=1000))
    assert lrviz.export("cosine", steps="1k", every=500).text().count("\n") == 3
    x_data = lrviz.plot("cosine", steps="1k").axes[0].lines[0].get_xdata()
    assert (x_data[0], x_data[-1]) == (0, 999)
    assert [*lrviz.measure("cosine", "1k", at=["50%", 3, "0.2k"]).at] == [500, 3, 200]
    assert [*lrviz.measure("cosine", at="2ep", epochs=4, steps_per_epoch=10).at] == [20]


def test_a_name_follows_the_run_of_a_curve_beside_it() -> None:
    own = lrviz.curve(lambda step: 2e-3 * (1 - step / 5000), steps=5000)
    _, cosine = lrviz.sample([own, "cosine"]).columns
    assert (cosine.rates.size, cosine.rates[0]) == (5000, 2e-3)
    (note,) = cosine.curve.notes
    assert note.message.startswith("follows the 5,000 steps and lr=0.002 of ")
    typed = lrviz.load("cosine:T_max=9")[0]
    for other in (lrviz.schedule("cosine", T_max=9), typed):
        assert lrviz.sample([other, "linear"]).columns[1].curve.notes == ()


def test_a_table_is_taken_as_its_rates() -> None:
    table = lrviz.sample("cosine", "linear", steps=100)
    assert [len(table), table[1].label, table["cosine"].label] == [2, "linear", "cosine"]
    assert np.array(table).shape == (100, 2)
    assert np.array(table)[:, 1].tolist() == table["linear"].rates.tolist()
    (cosine,) = lrviz.sample("cosine", 100)
    assert np.array(lrviz.sample("cosine", 100)).tolist() == cosine.rates.tolist()
    assert np.asarray(cosine, dtype=np.float32).dtype == np.float32
    assert lrviz.sample("cosine", "linear", 9).steps == range(9)
    assert lrviz.sample("cosine", range(3, 9)).steps == range(3, 9)
    with pytest.raises(KeyError, match=r"no column 'x' \(it has: cosine, linear\)"):
        table["x"]
    with pytest.raises(ValueError, match="the columns have other steps"):
        np.array(lrviz.sample(["cosine:steps=5", "linear:steps=9"]))


def test_advice_takes_the_settings_of_a_run() -> None:
    advised = lrviz.advise("lora", steps="2k", lr=1e-3)
    assert [answer.spec["steps"] for answer in advised] == [2000] * len(advised)
    assert [answer.spec["lr"] for answer in advised] == [1e-3] * len(advised)
    run = lrviz.Run(epochs=3, steps_per_epoch=5)
    (first, *_) = lrviz.advise("lora", run, steps_per_epoch=500)
    assert (first.spec["epochs"], first.spec["steps_per_epoch"]) == (3, 500)


def test_an_assertion_takes_the_settings_of_its_spec() -> None:
    rates = [*lrviz.sample("cosine:T_max=9", lr=0.3).columns[0].rates]
    lrviz.assert_same(rates, "cosine:T_max=9", lr=0.3)
    lrviz.assert_same(rates, "cosine", lr=0.3, steps=9)
    with pytest.raises(AssertionError):
        lrviz.assert_same(rates, "cosine:T_max=9")


CURVE = lrviz.load("cosine:T_max=9")[0]
SETTINGS = (
    "(settings: steps, epochs, steps_per_epoch, dataset_size, batch_size, grad_accum, world_size, "
    "drop_last, tokens_per_step, sequence_length, lr, by, warmup, floor)"
)
METRIC = "metric must be a list of numbers, FILE.csv:COLUMN or {simulate: {...}}"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lrviz.curve([0.1, 0.2], metric="x"), METRIC),
        (lambda: lrviz.curve([0.1, 0.2], steps=0), "steps must be greater than 0 (got 0)"),
        (
            lambda: lrviz.curve("cosine", steps=1000, warmup=100),
            "warmup: belongs to a SPEC, which lrviz.load reads; an object has rates of its own",
        ),
        (lambda: lrviz.load(3), "a spec is a name, an inline spec or a path (got 3)"),
        (
            lambda: lrviz.sample(CURVE, 0),
            "steps: must be at least 1, from step 0 on (got 0)",
        ),
        (
            lambda: lrviz.sample(CURVE, range(-1, 3)),
            "steps: must be at least 1, from step 0 on (got range(-1, 3))",
        ),
        (
            lambda: lrviz.sample(CURVE, range(5, 0, -1)),
            "steps: must be at least 1, from step 0 on (got range(5, 0, -1))",
        ),
        (
            lambda: lrviz.plot(CURVE, steps="10k"),
            "steps: must be a number of steps or a range for curves (got '10k'); a SPEC takes text",
        ),
        (
            lambda: lrviz.load("step", "cosine:eta_min=0", T_max=100),
            "unknown setting 'T_max'; a parameter is written in the SPEC: "
            "'cosine:eta_min=0,T_max=100'",
        ),
        (
            lambda: lrviz.load("cosine", t_max=[5, 7]),
            "unknown setting 't_max'; a parameter is written in the SPEC: 'cosine:T_max=[5,7]'",
        ),
        (
            lambda: lrviz.load("cosine", learning_rate=0.1),
            "unknown setting 'learning_rate'; did you mean 'lr'?",
        ),
        (
            lambda: lrviz.check(CURVE, steps=1000),
            "steps: belongs to a SPEC; curves have theirs, or take a Run, as Run(steps=1000)",
        ),
        (
            lambda: lrviz.plot(lrviz.load("cosine"), lr=1),
            "lr: belongs to a SPEC; an object has rates of its own, and a factor on lr is "
            "multiplied by it, as in lambda step: 3e-4 * factor(step)",
        ),
        (
            lambda: lrviz.plot("cosine", figsize=(3, 2)),
            "unknown setting 'figsize'; lrviz.plot takes size",
        ),
        (
            lambda: lrviz.measure("cosine", total_steps=1000),
            "unknown setting 'total_steps'; did you mean 'steps'?",
        ),
        (
            lambda: lrviz.load("onecycle", "cosine", total_steps=1000),
            "unknown setting 'total_steps'; a parameter is written in the SPEC: "
            "'onecycle:total_steps=1000'",
        ),
        (
            lambda: lrviz.plot("cosine", ax=None),
            "unknown setting 'ax'; lrviz.plot draws a figure of its own, lrviz.sample has the "
            "rates for another one",
        ),
        (
            lambda: lrviz.check("cosine", "step"),
            "run: must be a Run (got 'step'); several SPECs are a list",
        ),
        (
            lambda: lrviz.sample("cosine", 2.5),
            "steps: must be a number of steps or a range (got 2.5)",
        ),
        (
            lambda: lrviz.sample({"schedule": "cosine"}),
            "cannot read rates from dict: lrviz.load reads a spec, lrviz.schedule a name",
        ),
        (
            lambda: lrviz.sample("cosine", to="optax"),
            "unknown setting 'to'; lrviz.code takes target",
        ),
        (
            lambda: lrviz.plot("cosine", "a.PNG"),
            "a.PNG: is an image, and no SPEC; lrviz.plot(...).savefig('a.PNG') writes one",
        ),
        (lambda: lrviz.plot("cosine", xlabel="x"), f"unknown setting 'xlabel' {SETTINGS}"),
        (
            lambda: lrviz.advise("lora", total_steps=9),
            "unknown setting 'total_steps'; did you mean 'steps'?",
        ),
        (lambda: lrviz.advise("lora", lr=0), "lr: must be above 0 (got 0)"),
        (
            lambda: lrviz.measure(CURVE, at="5ep"),
            "at: 5ep needs the steps of an epoch: give "
            "steps_per_epoch, or dataset_size and batch_size",
        ),
        (
            lambda: lrviz.measure(CURVE, at="x"),
            "at: must be whole steps from 0 to 99,999,999, with commas between (got 'x')",
        ),
        (lambda: lrviz.measure(CURVE, at=[3, -1]), "at: must be steps from 0 on (got -1)"),
        (lrviz.compare, "there is no curve to sample"),
        (lambda: lrviz.sample([]), "there is no curve to sample"),
        (
            lambda: lrviz.audit("x.csv"),
            "x.csv: needs its plan; lrviz.propose finds one",
        ),
        (
            lambda: lrviz.export(CURVE, "xml"),
            "format: must be one of csv, tsv, json, npz (got 'xml')",
        ),
        (
            lambda: lrviz.export(CURVE, "npz", long=True),
            "long: is a layout of csv and tsv (got format npz)",
        ),
        (
            lambda: lrviz.compare(CURVE, baseline="a"),
            "baseline: no curve is called 'a' (curves: cosine)",
        ),
        (
            lambda: lrviz.convert(ROOT / "configs" / "cosine.yaml"),
            f"{ROOT / 'configs' / 'cosine.yaml'}: is a spec of lrviz already; "
            "lrviz code writes it as code of a framework",
        ),
        (
            lambda: lrviz.convert(CONFIGS / "composer" / "epochs.yaml"),
            f"{CONFIGS / 'composer' / 'epochs.yaml'}: t_warmup of 50ba is left out; it needs "
            "total_steps= or steps_per_epoch= or dataset_size=",
        ),
        (
            lambda: lrviz.convert(CONFIGS / "composer" / "epochs.yaml", total_step=9),
            "unknown setting 'total_step'; did you mean 'total_steps'?",
        ),
        (
            lambda: lrviz.convert(CONFIGS / "composer" / "epochs.yaml", total_steps=-1),
            "total_steps must be greater than 0 (got -1)",
        ),
        (
            lambda: lrviz.code(lrviz.load(OPEN)[0], "torch"),
            f"{OPEN}: leaves the run's length open, so that only shares of it are known; give "
            "total_steps=, steps_per_epoch= or dataset_size= to lrviz.load",
        ),
        (
            lambda: lrviz.export(OPEN),
            f"{OPEN}: leaves the run's length open, so that only shares of it are known; give "
            "total_steps=, steps_per_epoch= or dataset_size= to lrviz.load",
        ),
        (lambda: lrviz.load("cosine", steps=-1), "steps: must be greater than 0 (got -1)"),
        (
            lambda: lrviz.measure(lrviz.load("step:step_size=[2,3]")),
            "must be one curve (it has: step step_size=2, step step_size=3); FILE#LABEL takes one "
            "of a file",
        ),
        (
            lambda: lrviz.load("cosine", step=3, epoch=4),
            "unknown setting 'step'; did you mean 'steps'?\n"
            "unknown setting 'epoch'; did you mean 'epochs'?",
        ),
        (
            lambda: lrviz.sample(["cosine"] * 6, steps=10_000_000),
            "6 curves have 60,000,000 rates; at most 50,000,000 are held at once: "
            "steps=range(START, STOP, EVERY) takes fewer",
        ),
        (
            lambda: lrviz.measure("polynomial:power=[1,2]"),
            "polynomial:power=[1,2]: must be one curve (it has: polynomial power=1, "
            "polynomial power=2); FILE#LABEL takes one of a file",
        ),
        (
            lambda: lrviz.measure("step:step_size=[1,2,3,4,5,6,7]"),
            "step:step_size=[1,2,3,4,5,6,7]: must be one curve (it has: step step_size=1, step "
            "step_size=2, step step_size=3, step step_size=4, step step_size=5, step step_size=6, "
            "...); FILE#LABEL takes one of a file",
        ),
    ],
)
def test_messages(call: Callable[[], object], message: str) -> None:
    with pytest.raises(lrviz.SpecError) as error:
        call()
    assert str(error.value) == message


RUN = lrviz.load("cosine", "wsd", steps=1000)


@pytest.mark.parametrize(
    "numbers",
    [
        lambda curves, **steps: lrviz.sample(curves, **steps).columns[0].rates.tolist(),
        lambda curves, **steps: lrviz.compare(curves, **steps).to_list(),
        lambda curves, **steps: lrviz.export(curves, every=100, **steps).text(),
        lambda curves, **steps: lrviz.measure(curves[0], **steps).to_dict(),
        lambda curves, **steps: [
            line.get_ydata().tolist() for line in lrviz.plot(curves, **steps).axes[0].lines
        ],
    ],
)
def test_steps_beside_specs_are_the_length_of_their_run(numbers: Callable[..., object]) -> None:
    assert numbers(["cosine", "wsd"], steps=1000) == numbers(RUN)


def test_a_page_has_the_steps_beside_its_specs() -> None:
    assert "T_max=1000" in lrviz.html(["cosine", "wsd"], steps=1000)


def test_steps_beside_curves_or_a_range_are_sampled() -> None:
    table = lrviz.sample([CURVE, "cosine", CURVE.schedule], np.int64(20))
    assert [column.curve.call() for column in table.columns] == [
        "torch.CosineAnnealingLR(T_max=9), lr=0.1",
        "torch.CosineAnnealingLR(T_max=20), lr=0.1",
        "torch.CosineAnnealingLR(T_max=9), lr=0.1",
    ]
    assert [len(column.steps) for column in table.columns] == [20, 20, 20]
    assert lrviz.measure("cosine", range(10)).call == "torch.CosineAnnealingLR(T_max=100), lr=0.1"


@pytest.mark.parametrize(
    "shown",
    [
        lambda *specs: str(lrviz.compare(*specs, steps=50)),
        lambda *specs: re.findall("T_max=[0-9]+|total_steps=[0-9]+", lrviz.html(*specs, steps=50)),
        lambda *specs: [
            repr(line.get_ydata().tolist()) for line in lrviz.plot(*specs, steps=50).axes[0].lines
        ],
    ],
)
def test_several_specs_are_arguments_as_of_load(shown: Callable[..., object]) -> None:
    assert shown("cosine", CURVE, ["wsd", "step"]) == shown(["cosine", CURVE, "wsd", "step"])


def test_a_spec_is_checked_over_the_run_beside_it() -> None:
    assert lrviz.check("cosine", steps=1000) == lrviz.check("cosine", lrviz.Run(steps=1000)) == []
    (finding,) = lrviz.check("cosine:T_max=90", epochs=90, steps_per_epoch=500, by="step")
    assert finding.id == "epochs-as-steps"
    short = lrviz.schedule("cosine", T_max=100)
    assert [item.id for item in lrviz.check(["cosine", short], lrviz.Run(steps=1000))] == [
        item.id for item in lrviz.check(short, lrviz.Run(steps=1000))
    ]


def test_the_plan_of_an_audit_is_its_name(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    lrviz.export("cosine", steps=100, every=5).write(log)
    log.write_text(log.read_text().replace("cosine", "lr"))
    assert lrviz.audit(log, against="cosine:T_max=100").followed


def test_a_name_follows_the_file_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "run.yaml"
    path.write_text("schedule: wsd\nsteps: 500\n", encoding="utf-8")
    assert lrviz.compare([path, "cosine"]).table.columns[1].curve.schedule.T_max == 500


def test_the_plan_of_an_assertion_follows_its_steps(tmp_path: Path) -> None:
    scheduler = lrviz.schedule("cosine", T_max=1000)
    lrviz.assert_same(scheduler, "cosine", steps=1000)
    path = tmp_path / "plan.yaml"
    path.write_text("schedule: cosine\nsteps: 1000\n", encoding="utf-8")
    lrviz.assert_same(scheduler, path, steps=500)


def test_a_range_may_start_at_step_0_or_later() -> None:
    assert lrviz.sample(CURVE, 1).columns[0].steps == range(1)
    assert lrviz.sample(CURVE, range(0, 3, 2)).columns[0].steps == range(0, 3, 2)
    assert lrviz.sample(CURVE, range(5, 6)).columns[0].rates.tolist() == [CURVE.sample(range(6))[5]]


SETTINGS = {
    "title": "a title", "log_y": True, "y_min": 0.025, "y_max": 0.05, "style": "dark",
    "size": (5.0, 4.0), "dpi": 60, "facet": True, "axis": "percent", "caption": "a caption",
}  # fmt: skip


@pytest.mark.parametrize(("draw", "module"), [(lrviz.plot, "render.figure.draw"),
                                              (lrviz.html, "page.page_html")])  # fmt: skip
def test_every_option_of_a_picture_is_its_setting(
    draw: Callable[..., object], module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def figure(table: Table, settings: FigureSettings, **_: object) -> SimpleNamespace:
        settings_of_figures.append((len(table.columns[0].steps), settings.model_dump()))
        return SimpleNamespace(figure=None)

    settings_of_figures: list[tuple[int, object]] = []
    monkeypatch.setattr(f"lrviz.{module}", figure)
    names = set(SETTINGS) & set(signature(draw).parameters)
    draw(CURVE, steps=7, **{name: SETTINGS[name] for name in names})
    expected = {**FigureSettings().model_dump(), **{name: SETTINGS[name] for name in names}}
    assert settings_of_figures == [(7, expected)]
    assert set(SETTINGS) == set(FigureSettings.model_fields)


def test_the_baseline_of_a_plot_is_the_curve_of_a_label(monkeypatch: pytest.MonkeyPatch) -> None:
    def figure(_: Table, __: FigureSettings, *, difference: bool, baseline: int) -> SimpleNamespace:
        return SimpleNamespace(figure=(difference, baseline))

    monkeypatch.setattr("lrviz.render.figure.draw", figure)
    curves = lrviz.load("cosine", "step")
    assert lrviz.plot(curves) == (False, 0)
    assert lrviz.plot(curves, difference=True, baseline="step") == (True, 1)


def test_load_takes_the_settings_that_flags_set() -> None:
    (curve,) = lrviz.load(OPEN, dataset_size=800)
    assert (curve.run.steps, curve.run.steps_per_epoch) == (300, 100)
    assert lrviz.load(OPEN, total_steps="1k")[0].run.steps == 1000
    (curve,) = lrviz.load("cosine", steps=100, warmup="10%", lr=None)
    assert (curve.lr, curve.schedule.natural_length()) == (0.1, 100)
    assert [item.label for item in lrviz.load("cosine", lr=[0.1, 0.2])] == [
        "cosine lr=0.1",
        "cosine lr=0.2",
    ]
    assert "num_training_steps: 300" in lrviz.convert(OPEN, dataset_size=800)


def test_findings_name_settings_in_python_terms() -> None:
    (finding,) = lrviz.check(CONFIGS / "composer" / "epochs.yaml")
    assert finding.message == (
        "t_warmup of 50ba is left out; it needs total_steps= or steps_per_epoch= or dataset_size="
    )


def test_calls_take_specs(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("title: a plan\nschedule: cosine\nT_max: 10\n", encoding="utf-8")
    for spec in (path, str(path)):
        assert "a plan" in [text.get_text() for text in lrviz.plot(spec).texts]
        assert "a plan" in lrviz.html(spec)
        assert len(lrviz.sample(spec).columns[0].rates) == 10
        assert lrviz.measure(spec).steps == 10
        assert lrviz.check(spec) == []
        assert "T_max=10" in lrviz.code(spec)
        assert "cosine" in lrviz.export(spec).text()
        assert lrviz.as_if(spec, "scaled", factor=2.0).plan.label == "cosine"
    assert len(lrviz.compare([path, "linear"]).facts) == 2


@pytest.mark.parametrize(
    "call",
    [
        lambda spec, **settings: lrviz.sample(spec, **settings).columns[0].rates.tolist(),
        lambda spec, **settings: lrviz.measure(spec, **settings).to_dict(),
        lambda spec, **settings: str(lrviz.compare(spec, **settings)),
        lambda spec, **settings: lrviz.export(spec, "json", **settings).text(),
        lambda spec, **settings: lrviz.plot(spec, **settings).axes[0].get_ylim(),
        lambda spec, **settings: re.findall(r"lr=\S+", lrviz.html(spec, **settings)),
        lrviz.code,
    ],
)
def test_each_call_takes_the_settings_of_its_specs(call: Callable[..., object]) -> None:
    settings = {"lr": 3e-4, "warmup": "10%"}
    loaded = lrviz.load("cosine", steps=50, **settings)[0]
    assert call("cosine", steps=50, **settings) == call(loaded)
    assert call("cosine", steps=50, **settings) != call("cosine", steps=50)


def test_rates_without_a_call_print_their_label() -> None:
    assert str(lrviz.curve([1e-3] * 20)) == "rates"


def test_a_run_without_a_length_is_not_sampled(tmp_path: Path) -> None:
    config = tmp_path / "args.yaml"
    config.write_text("learning_rate: 1e-4\nlr_scheduler_type: cosine\nnum_train_epochs: 3\n")
    curves = lrviz.load(config)
    for call in (lrviz.sample, lrviz.export):
        with pytest.raises(lrviz.SpecError, match="leaves the run's length open"):
            call(curves)
    assert lrviz.sample(config, total_steps=50).columns[0].steps[-1] == 49
    assert lrviz.measure(curves[0]).peak == 1e-4


def test_an_audit_takes_the_settings_of_its_plan(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(str(lrviz.export("cosine", steps=50, lr=3e-4)).replace(",cosine", ",lr"))
    assert lrviz.audit(log, "cosine", steps=50, lr=3e-4).followed
    assert not lrviz.audit(log, "cosine", steps=50).followed
    with pytest.raises(lrviz.SpecError, match="unknown setting 'learning_rate'; did you mean 'lr'"):
        lrviz.audit(log, "cosine", learning_rate=3e-4)
