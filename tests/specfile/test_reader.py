"""What a typed name takes from the run, quantities, sweeps, labels, and what a run shares."""

from __future__ import annotations

import pytest

import lrviz
from lrviz.core.errors import SpecError
from lrviz.core.register import register
from lrviz.core.roles import Floor, Length, Peak, WarmUp
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve
from lrviz.curves.table import tabulate
from lrviz.specfile.contents import read_file
from lrviz.specfile.document import read_document
from lrviz.specfile.keys import Context
from lrviz.specfile.source import load_named, load_spec, load_specs, locate_nowhere


def curve_of(spec: str, **override: object) -> Curve:
    (curve,) = load_spec(spec, override).curves
    return curve


def error_of(spec: str, **override: object) -> str:
    with pytest.raises(SpecError) as caught:
        load_spec(spec, override)
    return str(caught.value)


def curves_of(text: str) -> tuple[Curve, ...]:
    return read_file(read_document(text, "x.yaml"), "x.yaml", Context(locate_nowhere)).curves


LENGTHS = [cls for cls in register.all() if cls.parameter_with(Length)]


@pytest.mark.parametrize("cls", LENGTHS, ids=lambda cls: cls.title())
def test_parameters_with_a_role_follow_the_run(cls: type[Schedule]) -> None:
    curve = curve_of(cls.title(), steps=3000, lr=0.25)
    name, role = cls.parameter_with(Length) or ("", Length())
    assert curve.count() == 3000
    assert getattr(curve.schedule, name) == 3000 or role.after_warmup
    peak = cls.parameter_with(Peak)
    if peak:
        assert getattr(curve.schedule, peak[0]) == 0.25
    warmup, floor = cls.parameter_with(WarmUp), cls.parameter_with(Floor)
    if warmup:
        value = getattr(curve_of(cls.title(), steps=3000, warmup=300).schedule, warmup[0])
        assert value == (0.1 if warmup[1].share else 300)
    if floor:
        schedule = curve_of(cls.title(), steps=3000, lr=0.25, floor="10%").schedule
        assert getattr(schedule, floor[0]) == pytest.approx(0.1 if floor[1].share else 0.025)


def test_a_warm_up_shortens_what_follows_it() -> None:
    curve = curve_of("cosine", steps="300k", lr=3e-4, warmup="2k")
    assert curve.count() == 300_000
    assert curve.schedule.milestones == (2000,)
    assert curve.schedule.schedules[1].T_max == 298_000
    assert curve.sample(range(2000, 2001))[0] == pytest.approx(3e-4)


def test_a_default_of_the_library_does_not_follow_in_a_file() -> None:
    (curve,) = curves_of("schedule: polynomial\nsteps: 300\n")
    assert curve.schedule.total_iters == 5


def test_an_example_is_noted_and_what_follows_is_not() -> None:
    notes = [(item.id, item.message, item.curve) for item in curve_of("cosine").findings()]
    assert notes == [("example-value", "T_max not given; using the example 100", "cosine")]
    assert not list(curve_of("cosine", steps=50).findings())


@pytest.mark.parametrize(
    ("name", "noted"),
    [
        ("optax.cosine_decay_schedule", ["decay_steps"]),
        ("optax.warmup_cosine_decay_schedule", ["warmup_steps", "decay_steps"]),
        ("onecycle", ["total_steps"]),
        ("cyclic", ["base_lr"]),
    ],
)
def test_the_usual_rate_and_a_start_at_0_are_no_news(name: str, noted: list[str]) -> None:
    findings = curve_of(name).findings()
    assert [f.message.split()[0] for f in findings if f.id == "example-value"] == noted


@pytest.mark.parametrize(
    ("spec", "settings", "axis", "t_in_epochs"),
    [
        ("timm.cosine", {"steps": 50}, "step", False),
        ("timm.cosine", {"epochs": 50}, "epoch", True),
        ("timm.cosine", {}, "epoch", True),
        ("timm.cosine", {"steps": 50, "by": "epoch"}, "epoch", True),
        ("timm.cosine", {"steps": 50, "steps_per_epoch": 10}, "step", True),
        ("timm.cosine:t_in_epochs=true", {"steps": 50}, "epoch", True),
    ],
)
def test_a_typed_clock_of_epochs_counts_the_steps_of_a_run_of_steps(
    spec: str, settings: dict[str, object], axis: str, t_in_epochs: bool
) -> None:
    curve = curve_of(spec, **settings)
    assert (curve.axis, curve.schedule.t_in_epochs) == (axis, t_in_epochs)


def test_a_length_that_follows_the_run_is_not_in_labels_beside_it() -> None:
    assert labels("cosine", steps=[100, 200]) == ["cosine steps=100", "cosine steps=200"]
    assert labels("cosine", epochs=[5, 9]) == ["cosine epochs=5", "cosine epochs=9"]
    assert labels("cosine", steps=100, warmup=[5, 9]) == ["cosine warmup=5", "cosine warmup=9"]
    assert labels("cosine:t_max=50", "cosine", steps=100) == [
        "cosine T_max=50", "cosine T_max=100",
    ]  # fmt: skip
    assert labels("cosine:t_max=[5,9]", steps=[100, 200]) == [
        f"cosine T_max={length} steps={steps}" for length in (5, 9) for steps in (100, 200)
    ]


@pytest.mark.parametrize(
    ("own", "filled"),
    [("", (None, 4, 25)), ("total_steps: 90", (90, None, None))],
)
def test_the_run_fills_a_schedule_without_a_length(own: str, filled: tuple[int | None]) -> None:
    (curve,) = curves_of(f"curves:\n- schedule: onecycle\n  max_lr: 0.2\n  {own}\n"
                         "epochs: 4\nsteps_per_epoch: 25\n")  # fmt: skip
    one_cycle = curve.schedule
    assert (one_cycle.total_steps, one_cycle.epochs, one_cycle.steps_per_epoch) == filled


CONTRADICTIONS = [
    (
        "onecycle:max_lr=0.2",
        {"lr": 0.1},
        "--lr: 0.1 contradicts max_lr 0.2: both set the peak of torch.OneCycleLR",
    ),
    (
        "cosine:eta_min=1e-3",
        {"floor": "10%"},
        "--floor: 10% contradicts eta_min 0.001: both set the floor of torch.CosineAnnealingLR",
    ),
]


@pytest.mark.parametrize(("spec", "override", "message"), CONTRADICTIONS)
def test_contradictions_name_both(spec: str, override: dict, message: str) -> None:
    assert error_of(spec, **override) == message


def test_flags_that_agree_do_not_contradict() -> None:
    assert curve_of("onecycle:max_lr=0.1", lr=0.1).schedule.max_lr == 0.1
    assert curve_of("cosine:T_max=50", steps=100).schedule.T_max == 50
    with pytest.raises(SpecError, match=r"^--lr: 0.1 contradicts --max-lr 0.2: both set"):
        load_named("onecycle", {"max_lr": 0.2}, {"lr": 0.1})


QUANTITIES = [
    ("300k", 300_000), ("1M", 1_000_000), ("2e3", 2000), ("100_000", 100_000), ("1.5k", 1500),
    ("10ep", 40), ("500st", 500), ("500ba", 500), ("2e3tok", 20), ("5%", 5), ("0.05dur", 5),
    ("0.5%", 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "count"), QUANTITIES)
def test_quantities_of_steps(text: str, count: int) -> None:
    run = {"steps": 100, "steps_per_epoch": 4, "tokens_per_step": 100}
    assert curve_of(f"step:step_size={text}", **run).schedule.step_size == count
    (curve,) = curves_of(
        f"schedule: multistep\nmilestones: [{text}]\nsteps: 100\nsteps_per_epoch: 4\n"
        "tokens_per_step: 100\n"
    )
    assert curve.schedule.milestones == (count,)


@pytest.mark.parametrize(
    ("text", "count"), [("2e9tok", 2000), ("2Btok", 2000), ("10ep", 40), ("3k", 3000)]
)
def test_quantities_of_the_run_itself(text: str, count: int) -> None:
    run = {"tokens_per_step": "1M", "steps_per_epoch": 4}
    assert curve_of("cosine", steps=text, **run).count() == count
    assert curve_of("cosine", steps=text, **run).schedule.T_max == count
    keys = "tokens_per_step: 1M\nsteps_per_epoch: 4\n"
    (curve,) = curves_of(f"schedule: cosine\nT_max: 5\nsteps: {text}\n{keys}")
    assert curve.count() == count


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("tokens_per_step", "4Mtok", 4_000_000),
        ("sequence_length", "4ktokens", 4_000),
        ("epochs", "90 epochs", 90),
        ("steps_per_epoch", "500st", 500),
        ("dataset_size", "1.2G", 1_200_000_000),
    ],
)
def test_numbers_of_the_run_with_their_own_unit(name: str, text: str, value: int) -> None:
    assert getattr(curve_of("cosine", **{name: text}).run, name) == value


@pytest.mark.parametrize(("name", "text"), [("epochs", "9st"), ("dataset_size", "9tok")])
def test_numbers_of_the_run_with_another_unit(name: str, text: str) -> None:
    with pytest.raises(SpecError) as raised:
        load_named("cosine", {}, {name: text})
    flag = f"--{name.replace('_', '-')}"
    assert str(raised.value) == f"{flag}: must be a whole number (got '{text}')"


def test_a_run_in_tokens_needs_the_tokens_of_a_step() -> None:
    with pytest.raises(SpecError) as raised:
        load_named("cosine", {}, {"steps": "2e9tok"})
    assert str(raised.value) == (
        "--steps: 2e9tok needs the tokens of a step: give tokens_per_step (--tokens-per-step), or "
        "sequence_length and batch_size"
    )


NEEDS = [
    ("5%", "5% needs the run's length: give steps, or epochs and steps_per_epoch"),
    (
        "10ep",
        "10ep needs the steps of an epoch: give steps_per_epoch, or dataset_size and batch_size",
    ),
    (
        "1ktok",
        "1ktok needs the tokens of a step: give tokens_per_step (--tokens-per-step), or "
        "sequence_length and batch_size",
    ),
]


@pytest.mark.parametrize(("text", "message"), NEEDS)
def test_quantities_that_need_the_run(text: str, message: str) -> None:
    assert error_of(f"step:step_size={text}") == f"step:step_size={text}: {message}"


def test_a_rate_that_rounds_to_zero_is_refused() -> None:
    assert error_of("cosine:lr=1e-400,T_max=9").endswith(
        "lr is too small for float64 (got '1e-400')"
    )


def labels(*specs: str, **override: object) -> list[str]:
    return [curve.label for spec in load_specs(specs, override) for curve in spec.curves]


LABELS = [
    (("cosine",), ["cosine"]),
    (("cosine:T_max=200",), ["cosine"]),
    (("cosine:T_max=100", "cosine:T_max=200"), ["cosine T_max=100", "cosine T_max=200"]),
    (("cosine", "cosine"), ["cosine", "cosine #2"]),
    (("cosine", "step"), ["cosine", "step"]),
    (("cosine:lr=[0.1,1]", "step"), ["cosine lr=0.1", "cosine lr=1", "step"]),
    (("cosine", "cosine:warmup=5"), ["cosine", "cosine warmup=5"]),
    (("cosine:T_max=[1,2],eta_min=0.1",), ["cosine T_max=1", "cosine T_max=2"]),
]


@pytest.mark.parametrize(("specs", "expected"), LABELS)
def test_labels_carry_what_differs(specs: tuple[str, ...], expected: list[str]) -> None:
    assert labels(*specs) == expected


def test_flags_sweep_too() -> None:
    assert labels("cosine", lr=[0.1, 1], steps=[5, 6]) == [
        "cosine steps=5 lr=0.1", "cosine steps=6 lr=0.1",
        "cosine steps=5 lr=1", "cosine steps=6 lr=1",
    ]  # fmt: skip


def test_curves_share_the_longest_natural_length() -> None:
    specs = load_specs(["cosine:t_max=100", "linear:total_iters=50", "onecycle:total_steps=20",
                        "step:step_size=3,steps=7"])  # fmt: skip
    table = tabulate([curve for spec in specs for curve in spec.curves])
    assert [len(column.steps) for column in table.columns] == [100, 100, 21, 7]
    assert table.to_dict()["curves"][3]["lr"] == table.columns[3].rates.tolist()


def test_an_ambiguous_name_lists_its_candidates() -> None:
    with pytest.raises(SpecError) as caught:
        lrviz.load("CosineAnnealer")
    assert "unknown schedule" in str(caught.value)
    names = {}
    for cls in register.all():
        names.setdefault(cls.name, []).append(cls.title())
    shared = [name for name, titles in names.items() if register.find(name) is None]
    for name in shared:
        titles = ", ".join(cls.title() for cls in register.candidates(name))
        with pytest.raises(SpecError) as caught:
            lrviz.load(name)
        assert str(caught.value) == f"'{name}' may mean several schedules; give one of {titles}"


def test_a_folder_stands_for_its_files(here: object) -> None:
    del here
    from pathlib import Path

    for name in ("b.yaml", "a.json", "c.txt"):
        Path(name).write_text("{schedule: step, step_size: 3, label: " + name + "}")
    assert labels(".") == ["a.json", "b.yaml"]


def test_the_schedule_of_keras_takes_its_own_parameter() -> None:
    curve = curve_of("keras.LearningRateScheduler:schedule=lr*0.5")
    assert curve.sample(range(2)).tolist() == [0.05, 0.025]


def test_clocks_by_epoch_scale_segments() -> None:
    curve = curve_of("multistep:milestones=[2],by=epoch,steps_per_epoch=5,epochs=4")
    assert [segment.start for segment in curve.segments(20)] == [0, 10]
    assert curve.segments(10)[0].start == 0
    assert curve.count() == 20
    assert curve.sample(range(9, 11)).tolist() == [0.1, 0.010000000000000002]


def test_a_warm_up_in_a_file() -> None:
    (curve,) = curves_of("{schedule: step, step_size: 3, warmup: 4}")
    assert curve.sample(range(1))[0] == pytest.approx(0.1 * 0.001)
    (same,) = curves_of("{schedule: step, step_size: 3, warmup: 0}")
    assert same.schedule == curve.schedule.schedules[1]


def test_a_floor_in_a_file() -> None:
    text = "{schedule: cosine, T_max: 9, lr: 0.2, floor: %s}"
    assert curves_of(text % "10%")[0].schedule.eta_min == pytest.approx(0.02)
    assert curves_of(text % "0.01")[0].schedule.eta_min == 0.01


def test_a_number_that_is_far_too_large_is_no_quantity() -> None:
    assert error_of("step:step_size=1e31k").endswith("step_size must be a number (got '1e31k')")
    assert "must be at most" in error_of("step:step_size=1e30k")


def test_a_floor_that_was_typed_is_a_rate_or_a_share_of_the_peak() -> None:
    assert curve_of("cosine", lr=0.2, floor=0.01).schedule.eta_min == 0.01
    assert curve_of("cosine", floor="10%").schedule.eta_min == pytest.approx(0.01)
    schedule = curve_of("keras.CosineDecay", lr=0.2, floor=0.01).schedule
    assert schedule.alpha == pytest.approx(0.05)
