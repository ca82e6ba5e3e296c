"""Each rule finds its faulty example, word for word, and not its sound one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lrviz import Curve, Run, schedule
from lrviz.checks.check import ALL_RULES, RULES, check_table, find_rule, select_rules
from lrviz.checks.rule import CheckRule
from lrviz.checks.subject import Subject
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.metric_driven import MetricDriven
from lrviz.curves.table import tabulate
from lrviz.specfile.reader import Context, read_curves
from lrviz.specfile.source import load_spec

EXPECTED = {
    "climbs-again": (
        "the schedule ends at step 100 and the run at step 160: from there the rate climbs again "
        "to 0.06395, 63.9 % of the peak",
        "T_max: 160",
        100,
    ),
    "cut-by-warmup": (
        "the decay is as long as the run, 10,000 steps, and begins after the warm-up: the run ends "
        "at 90.9 % of the schedule with a rate of 7.356e-6, 2.45 % of the peak",
        "T_max: 9000 in the last part",
        9999,
    ),
    "zero-tail": (
        "the schedule ends at step 20,000 and the run at step 24,000: for 16.7 % of it the rate is "
        "0, and nothing is trained",
        "num_training_steps: 24000",
        20000,
    ),
    "dead-tail": (
        "from step 100 on, 50 % of the run, the rate is under a thousandth of the peak",
        "total_iters: 200, or end the run near step 100",
        100,
    ),
    "epochs-as-steps": (
        "its length of 20 fits the run's 20 epochs, but the schedule counts its 200 optimizer "
        "steps",
        "by: epoch, or T_max: 200",
        None,
    ),
    "jump": (
        "at step 10, where one part follows another, the rate jumps from 0.046 to 0.1",
        "let the next part start at 0.05, or the one before end at 0.1",
        10,
    ),
    "late-milestone": (
        "step 120, at which the rate changes, is not before the end of the run, 100 steps",
        "move it before step 100",
        120,
    ),
    "long-warmup": (
        "the warm-up takes 500 of 1,000 steps, 50 %",
        "a warm-up of 1 to 10 % is usual, as 50 steps",
        500,
    ),
    "mid-cycle": (
        "the run ends at step 100 in the middle of a cycle that began at step 80: the last rate "
        "is 0.05392, 53.9 % of the peak",
        "end the run at step 80 or step 120, or choose cycles that fit it",
        99,
    ),
    "miscounted-steps": (
        "its length of 40,000 is the run's 10,000 steps multiplied by grad_accum (4)",
        "T_max: 10000",
        None,
    ),
    "negative-rate": (
        "the rate is below 0 from step 10 on (lowest -0.05)",
        "factors and a floor of at least 0, or a run that ends before step 10",
        10,
    ),
    "never-drops": (
        "the metric never changes the rate in 12 steps",
        "check patience, threshold and mode against the metric",
        None,
    ),
    "never-lands": (
        "the run ends at step 700, after 70 % of the schedule's 1,000 steps: the last rate is "
        "0.02074, 20.7 % of the peak",
        "T_max: 700",
        699,
    ),
    "never-peaks": (
        "the run has 400 steps and the warm-up ends at step 500: the peak is never reached",
        "a warm-up of 1 to 10 % is usual, as 20 steps, or a longer run",
        399,
    ),
    "one-ahead": (
        "torch calls step() once more on a ChainedScheduler in the first place of a SequentialLR, "
        "before step 0; the curve includes that step",
        "begin the sequence with a schedule that is not a composite",
        0,
    ),
    "outside-range": (
        "each drop multiplies by 0.9; a tutorial recommends 0.1 to 0.5",
        "a factor from 0.1 to 0.5",
        None,
    ),
    "overlaid-warmup": (
        "the decay already runs during the warm-up: at epoch 20 the rate is 0.09045 instead of 0.1",
        "warmup_prefix: true",
        20,
    ),
    "rises": (
        "a decay at step 0 rises from 0.1 to 0.4999",
        "eta_min: below 0.1 (it is 0.5)",
        0,
    ),
    "steps-as-epochs": (
        "its length of 200 fits the run's 200 steps, but the schedule ticks once in each of 20 "
        "epochs",
        "by: step, or T_max: 20",
        None,
    ),
    "abrupt-warmup": (
        "the warm-up has a single tick, so that the rate jumps from 0.001 to 0.1 at step 10",
        "warm up over more epochs, or by: step over 10 steps",
        10,
    ),
    "zero-start": (
        "the first step has rate 0 and trains nothing",
        "start the warm-up above 0; otherwise one step is lost",
        0,
    ),
}
"""Message, remedy and step of the finding in each rule's faulty example."""


def findings_in(rule: CheckRule, kind: str) -> list[Finding]:
    path = str(rule.example(kind))
    return check_table(tabulate(load_spec(path).curves))


def test_each_rule_has_its_expected_finding() -> None:
    assert sorted(EXPECTED) == sorted(rule.id for rule in RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_finds_its_faulty_example(rule: CheckRule) -> None:
    (finding,) = [f for f in findings_in(rule, "faulty") if f.id == rule.id]
    assert (finding.message, finding.remedy, finding.step) == EXPECTED[rule.id]
    assert finding.severity == rule.severity
    assert finding.source == rule.source
    assert finding.place == f"{rule.example('faulty')}:1:1"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_silent_on_its_sound_example(rule: CheckRule) -> None:
    sound = findings_in(rule, "sound")
    assert rule.id not in [finding.id for finding in sound]
    assert [finding for finding in sound if finding.severity == "warning"] == []


def test_rules_explain_rules() -> None:
    ids = {rule.id for rule in RULES}
    assert {name for rule in RULES for name in rule.explains} <= ids


def test_ids_are_unique() -> None:
    assert len({rule.id for rule in ALL_RULES}) == len(ALL_RULES)


def test_select_and_ignore() -> None:
    assert [rule.id for rule in select_rules(["rises", "jump"], ["jump"])] == ["rises"]
    assert len(select_rules(ignore=["jump"])) == len(ALL_RULES) - 1
    with pytest.raises(SpecError) as raised:
        select_rules(["jmp"])
    assert str(raised.value) == (
        "--select: unknown rule 'jmp'; did you mean 'jump'? (lrviz check --list lists them)"
    )


def test_a_rule_that_is_not_selected_still_explains() -> None:
    """A rule that is not selected still explains the findings that follow from it."""
    spec = load_spec(str(find_rule("epochs-as-steps").example("faulty")))
    assert check_table(tabulate(spec.curves), select_rules(["climbs-again"])) == []


@pytest.mark.parametrize(
    ("by", "message"),
    [
        ("step", "the schedule ends at step 10 and the run at step 15: from there"),
        ("epoch", "the schedule ends at epoch 10 and the run at epoch 15: from there"),
    ],
)
def test_a_finding_counts_in_the_unit_of_the_axis(by: str, message: str) -> None:
    curve = Curve("plan", schedule("cosine", T_max=10), run=Run(steps=15), by=by)
    (finding,) = [item for item in check_table(tabulate([curve])) if item.severity == "warning"]
    assert finding.message.startswith(message)


def test_a_curve_without_a_run_is_not_said_to_have_one() -> None:
    curves = [Curve("plan", schedule("cosine", T_max=ticks)) for ticks in (10, 20)]
    (finding,) = [item for item in check_table(tabulate(curves)) if item.severity == "warning"]
    message = "the schedule ends at step 10 and the curve at step 20: from there"
    assert finding.message.startswith(message)


def test_the_steps_after_the_end_of_a_schedule_without_a_run_are_no_dead_tail() -> None:
    curves = [Curve("plan", schedule("polynomial", total_iters=ticks)) for ticks in (100, 200)]
    assert check_table(tabulate(curves)) == []
    (finding,) = check_table(tabulate([replace(curves[0], run=Run(steps=200)), curves[1]]))
    assert finding.id == "dead-tail"
    steep = [replace(curve, schedule=schedule("polynomial", total_iters=100, power=8.0))
             for curve in curves[:1]]  # fmt: skip
    (finding,) = check_table(tabulate([*steep, curves[1]]))
    assert finding.message.startswith("from step 58 on, 42 % of the run, the rate is under")


def test_a_finding_on_a_share_of_the_run_counts_in_percent() -> None:
    warmup = schedule("transformers.linear", num_warmup_steps=400, num_training_steps=1_000)
    curve = Curve("plan", warmup, run=Run(steps=1_000), on_share=True)
    (finding,) = [item for item in check_table(tabulate([curve])) if item.severity == "warning"]
    assert finding.message == "the warm-up takes 40 % of the run"
    assert finding.remedy == "a warm-up of 1 to 10 % is usual, as 5 % of the run"


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("timm.cosine:t_initial=100,warmup_t=1,warmup_lr_init=0.01", 1),
        ("timm.cosine:t_initial=100,warmup_t=2,warmup_lr_init=0.01", 0),
        ("timm.cosine:t_initial=100", 0),
        ("transformers.linear:num_warmup_steps=1,num_training_steps=1", 0),
    ],
)
def test_a_warmup_of_a_single_step(spec: str, expected: int) -> None:
    table = tabulate(load_spec(spec).curves)
    findings = [item for item in check_table(table) if item.id == "abrupt-warmup"]
    assert len(findings) == expected
    if findings:
        assert findings[0].remedy == "a warm-up of 1 to 10 % is usual, as 5 epochs"
        assert (findings[0].severity, findings[0].segment) == ("note", "warm-up")


@pytest.mark.parametrize(
    ("spec", "messages"),
    [
        ("onecycle:max_lr=0.1,total_steps=100,pct_start=0.1", ["pct_start is 0.1"]),
        ("neox.cosine:lr_decay_iters=1000,warmup_fraction=0.1", []),
    ],
)
def test_only_the_rise_of_a_single_cycle_has_a_usual_share(spec: str, messages: list[str]) -> None:
    findings = check_table(tabulate(load_spec(spec).curves))
    notes = [f.message.partition(";")[0] for f in findings if f.id == "outside-range"]
    assert notes == messages


METRIC = {"schedule": "plateau", "patience": 3, "metric": {"simulate": {}}}


@pytest.mark.parametrize("clock", [{"steps": 300}, {"epochs": 300, "steps_per_epoch": 2}])
def test_a_metric_is_followed_once(clock: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """No rule samples a curve again; the segments of a metric are those of the curve."""
    spec = {**METRIC, **clock, **({"by": "epoch"} if "epochs" in clock else {})}
    (curve,) = read_curves(spec, Context(lambda *_: ""))
    table = tabulate([curve])
    expected = [(s.name, s.start) for s in curve.segments(len(table.columns[0].steps))]
    assert len(expected) > 3
    monkeypatch.setattr(MetricDriven, "simulate", None)
    segments = Subject(table.columns[0]).segments
    assert [(s.name, s.start) for s in segments] == expected
    check_table(table)


def by_id(curve: Curve, other: Curve, id: str) -> list[str]:  # noqa: A002
    """Return the messages of a rule on curves that are compared."""
    table = tabulate([curve, other])
    return [f"{item.message}; {item.remedy}" for item in check_table(table) if item.id == id]


SCALE_FREE = Curve(
    "share", schedule("torch.CosineAnnealingLR", T_max=1_000), run=Run(steps=1_000), on_share=True
)


def test_a_run_beside_one_of_unknown_length_is_checked_in_its_own_ticks() -> None:
    whole = Curve("plan", schedule("torch.CosineAnnealingLR", T_max=5_000), run=Run(steps=5_000))
    assert by_id(whole, SCALE_FREE, "never-lands") == []
    half = Curve("plan", schedule("torch.CosineAnnealingLR", T_max=10_000), run=Run(steps=5_000))
    assert by_id(half, SCALE_FREE, "never-lands") == [
        "the run ends at 100 % of the run, after 50 % of the schedule's 200 % of the run: the last "
        "rate is 0.05008, 50.1 % of the peak; T_max: 5000"
    ]


def test_epochs_beside_a_run_of_unknown_length_are_not_taken_for_steps() -> None:
    run = Run(epochs=20, steps_per_epoch=50)
    epochs = Curve("plan", schedule("torch.CosineAnnealingLR", T_max=20), run=run, by="epoch")
    assert by_id(epochs, SCALE_FREE, "steps-as-epochs") == []
    assert by_id(epochs, SCALE_FREE, "never-lands") == []


def test_parts_that_follow_each_other_beside_a_run_of_unknown_length() -> None:
    parts = [schedule("torch.ConstantLR", factor=factor, total_iters=9_000) for factor in (1, 0.5)]
    sequence = schedule("torch.SequentialLR", schedules=parts, milestones=[1_500])
    assert by_id(Curve("plan", sequence, run=Run(steps=3_000)), SCALE_FREE, "jump") == [
        "at 50 % of the run, where one part follows another, the rate jumps from 0.1 to 0.05; let "
        "the next part start at 0.1, or the one before end at 0.05"
    ]


@pytest.mark.parametrize(("factor", "late"), [(1.0, []), (0.5, [100])])
def test_a_change_after_the_run_that_changes_nothing_is_not_late(
    factor: float, late: list[int]
) -> None:
    constant = schedule("torch.ConstantLR", factor=factor, total_iters=100)
    findings = check_table(tabulate([Curve("plan", constant, run=Run(steps=100))]))
    assert [item.step for item in findings if item.id == "late-milestone"] == late


@pytest.mark.parametrize(("factor", "steps"), [(1, []), (2, [1])])
def test_a_warmup_of_a_single_step_at_the_peak_does_not_jump(factor: int, steps: list[int]) -> None:
    warmup = schedule("detectron2.WarmupMultiStepLR", warmup_factor=1 / factor, warmup_iters=1,
                      max_iter=100, milestones=[50])  # fmt: skip
    findings = check_table(tabulate([Curve("plan", warmup, run=Run(steps=100))]))
    assert [item.step for item in findings if item.id == "abrupt-warmup"] == steps


def test_the_first_nominal_step_of_a_share_is_no_single_tick() -> None:
    warmup = schedule("transformers.linear", num_warmup_steps=1, num_training_steps=1_000)
    curve = Curve("plan", warmup, run=Run(steps=1_000), on_share=True)
    assert [item.id for item in check_table(tabulate([curve]))] == ["zero-start"]


def findings_of(spec: str) -> list[tuple[str, str]]:
    (loaded,) = load_spec(spec).curves
    return [(item.id, item.remedy) for item in check_table(tabulate([loaded]))]


@pytest.mark.parametrize("length", [200, 50])
def test_two_processes_are_enough_to_miscount_steps(length: int) -> None:
    findings = findings_of(f"cosine:T_max={length},steps=100,world_size=2")
    assert findings == [("miscounted-steps", "T_max=100")]


@pytest.mark.parametrize(("milestone", "ids"), [(3, ["epochs-as-steps"]), (2, [])])
def test_a_last_milestone_fits_from_a_tenth_of_the_epochs_on(
    milestone: int, ids: list[str]
) -> None:
    findings = findings_of(f"multistep:milestones=[1,{milestone}],steps=3000,epochs=30")
    assert [name for name, _ in findings] == ids


def test_a_warmup_that_is_the_whole_schedule_is_not_long() -> None:
    assert findings_of("torch.LinearLR:total_iters=10") == []


def test_the_rate_expected_at_a_boundary_is_on_the_clock_of_the_part_before() -> None:
    sequence = schedule(
        "torch.SequentialLR",
        schedules=[
            {"schedule": "constant", "factor": 1.0},
            {"schedule": "linear", "start_factor": 1.0, "end_factor": 0.5, "total_iters": 20},
            {"schedule": "constant", "factor": 0.2, "total_iters": 100},
        ],
        milestones=[10, 20],
    )
    findings = check_table(tabulate([Curve("plan", sequence, run=Run(steps=40))]))
    assert [(item.id, item.remedy) for item in findings] == [
        ("jump", "let the next part start at 0.075, or the one before end at 0.02")
    ]


@pytest.mark.parametrize(("warmup", "count"), [(50, 0), (70, 1)])
def test_a_decay_that_a_short_warmup_cuts_has_as_good_as_ended(warmup: int, count: int) -> None:
    (curve,) = load_spec(f"cosine:t_max=1000,steps=1000,warmup={warmup}").curves
    findings = check_table(tabulate([curve]))
    assert [finding.id for finding in findings] == ["cut-by-warmup"] * count
