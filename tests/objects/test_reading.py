"""Objects as curves: what each is read as, and that it stays as it was."""

from __future__ import annotations

import copy
import math
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.core.errors import SpecError
from lrviz.curves.curve import Curve
from lrviz.objects.calls import argument_count, stand_in_of_sequence
from lrviz.objects.failures import bounded
from lrviz.objects.reader import Inputs, Match
from lrviz.objects.reading import largest_difference
from lrviz.objects.trajectory import ObjectSchedule
from tests.objects import fakes
from tests.objects.fakes import Optimizer

OWN_LENGTH = "the object has no length of its own: give its steps (100 if not)"


def single(value: object, *arguments: Any, **options: Any) -> Curve:
    curve = lrviz.curve(value, *arguments, **options)
    assert isinstance(curve, Curve)
    return curve


def notes(curve: Curve) -> list[tuple[str, str]]:
    return [(finding.id, finding.message) for finding in curve.notes]


def rates(curve: Curve, steps: int) -> list[float]:
    return curve.sample(range(steps)).tolist()


def message_of(value: object, **options: Any) -> str:
    with pytest.raises(SpecError) as error:
        lrviz.curve(value, **options)
    return str(error.value)


def linear_lambda(**keywords: int) -> Any:
    return partial(fakes._get_linear_schedule_with_warmup_lr_lambda, **keywords)


def timm_step(**options: Any) -> Any:
    return fakes.StepLRScheduler(Optimizer(0.1), 30, **options)


WARMED = linear_lambda(num_warmup_steps=10, num_training_steps=50)
WARMUP_COSINE = fakes.join_schedules(
    [fakes.polynomial_schedule(0.0, 0.5, 1, 10), fakes.cosine_decay_schedule(0.5, 90, 0.1)], [10]
)


@pytest.mark.parametrize(
    ("value", "call"),
    [
        (fakes.StepLR(Optimizer(0.5), 7), "torch.StepLR(step_size=7), lr=0.5"),
        (
            fakes.MultiStepLR(Optimizer(0.5), [9, 3, 3]),
            "torch.MultiStepLR(milestones=[3,3,9]), lr=0.5",
        ),
        (
            fakes.CosineAnnealingLR(Optimizer(0.5), 40),
            "torch.CosineAnnealingLR(T_max=40), lr=0.5",
        ),
        (
            fakes.LambdaLR(Optimizer(0.5), WARMED),
            "transformers.linear(num_warmup_steps=10, num_training_steps=50), lr=0.5",
        ),
        (timm_step(), "timm.step(decay_t=30, decay_rate=0.5), lr=0.1"),
        (timm_step(warmup_t=4), "timm.step(decay_t=30, decay_rate=0.5, warmup_t=4), lr=0.1"),
        (
            fakes.ExponentialDecay(0.1, 20),
            "keras.ExponentialDecay(initial_learning_rate=0.1, decay_steps=20, decay_rate=0.5)",
        ),
        (fakes.constant_schedule(0.3), "optax.constant_schedule(value=0.3)"),
        (
            fakes.polynomial_schedule(0.3, 0.1, 2, 9),
            "optax.polynomial_schedule(init_value=0.3, end_value=0.1, power=2, transition_steps=9)",
        ),
        (
            fakes.polynomial_schedule(0.3, 0.1, 1, 9),
            "optax.linear_schedule(init_value=0.3, end_value=0.1, transition_steps=9)",
        ),
        (
            WARMUP_COSINE,
            "optax.warmup_cosine_decay_schedule(init_value=0, peak_value=0.5, warmup_steps=10, "
            "decay_steps=100, end_value=0.05)",
        ),
        (
            fakes.join_schedules([fakes.constant_schedule(1), fakes.constant_schedule(2)], [5]),
            "optax.join_schedules([constant_schedule(value=1), constant_schedule(value=2)], "
            "boundaries=[5])",
        ),
    ],
    ids=lambda item: item.partition("(")[0] if isinstance(item, str) else "",
)
def test_an_object_of_a_known_class_is_its_schedule(value: object, call: str) -> None:
    curve = single(value)
    assert curve.call() == call
    assert curve.label == call.partition("(")[0]
    assert notes(curve) == []
    assert not isinstance(curve.schedule, ObjectSchedule)


def test_a_known_schedule_of_lower_precision_keeps_the_rates_of_the_object() -> None:
    value = fakes.ExponentialDecay(0.1, 20)
    curve = single(value, 300)
    assert curve.schedule.dialect == "keras"
    assert rates(curve, 300) == [value(step) for step in range(300)]
    assert curve.rates_at(np.arange(3)).tolist() == [value(step) for step in range(3)]
    assert lrviz.sample(curve).columns[0].rates[7] == value(7)


def test_a_long_run_of_a_known_schedule_takes_its_formula() -> None:
    value = fakes.ExponentialDecay(0.1, 20)
    short, long = single(value, 10_000), single(value, 10_001)
    assert rates(short, 1) == [value(0)]
    assert rates(long, 1) == [0.1] != [value(0)]


def test_an_object_that_differs_from_the_schedule_of_its_class_has_its_own_rates() -> None:
    value = fakes.ExponentialDecay(0.1, 20, error=1e-4)
    curve = single(value, 5)
    assert isinstance(curve.schedule, ObjectSchedule)
    assert curve.label == "ExponentialDecay"
    assert rates(curve, 5) == [value(step) for step in range(5)]


def test_the_first_thousand_steps_decide() -> None:
    class Late(fakes.StepLR):
        def __init__(self, optimizer: Any, at: int) -> None:
            self.at = at
            super().__init__(optimizer, 10_000)

        def factor(self, step: int, group: int) -> float:
            return 0.5 if step >= self.at else 1.0

    fakes.TORCH(Late)
    Late.__name__ = "StepLR"
    assert single(Late(Optimizer(0.1), 999), 5000).schedule.dialect == ""
    assert single(Late(Optimizer(0.1), 1000), 5000).schedule.dialect == "torch"


def test_a_subclass_is_stepped_and_stays_as_it_was() -> None:
    optimizer = Optimizer(0.4)
    scheduler = fakes.WarmUp(optimizer, 4)
    before = copy.deepcopy(
        (scheduler.history, scheduler.last_epoch, optimizer.param_groups[0]["lr"])
    )
    curve = single(scheduler)
    found = rates(curve, 6)
    assert (scheduler.history, scheduler.last_epoch, optimizer.param_groups[0]["lr"]) == before
    assert notes(curve) == [("unknown-length", OWN_LENGTH)]
    assert curve.label == "WarmUp"
    assert curve.count() == 100
    real = []
    for _ in range(6):
        real.append(optimizer.param_groups[0]["lr"])
        scheduler.step()
    assert found == real


def test_a_given_length_needs_no_note() -> None:
    curve = single(fakes.WarmUp(Optimizer(0.4), 4), 30)
    assert notes(curve) == []
    assert curve.count() == 30


def test_a_scheduler_goes_on_from_where_it_is() -> None:
    optimizer = Optimizer(0.1)
    scheduler = fakes.CosineAnnealingLR(optimizer, 50)
    for _ in range(1007):
        scheduler.step()
    curve = single(scheduler, 5, "resumed")
    assert rates(curve, 5) == [
        0.1 * (1 + math.cos(math.pi * step / 50)) / 2 for step in range(1007, 1012)
    ]
    assert notes(curve) == [
        ("goes-on", "the scheduler has taken 1,007 steps: step 0 is its step 1,007")
    ]
    assert curve.label == "resumed"
    assert isinstance(curve.schedule, ObjectSchedule)


def test_parameter_groups_with_other_rates_are_curves_of_their_own() -> None:
    curves = lrviz.curve(fakes.StepLR(Optimizer(0.1, 0.3, 0.1), 30))
    assert isinstance(curves, lrviz.Curves)
    assert [curve.label for curve in curves] == ["torch.StepLR group 0", "torch.StepLR group 1"]
    assert [curve.lr for curve in curves] == [0.1, 0.3]


def test_parameter_groups_are_named_as_the_optimizer_names_them() -> None:
    optimizer = Optimizer(0.1, 0.3)
    for group, name in zip(optimizer.param_groups, ("body", "head"), strict=True):
        group["name"] = name
    functions = (lambda step: 1.0, lambda step: 0.5**step)
    curves = lrviz.curve(fakes.LambdaLR(optimizer, *functions), 9, label="run")
    assert isinstance(curves, lrviz.Curves)
    assert [curve.label for curve in curves] == ["run body", "run head"]
    assert rates(curves[1], 3) == [0.3, 0.15, 0.075]


def test_names_that_repeat_are_replaced_by_numbers() -> None:
    curves = lrviz.curve(fakes.StepLR(Optimizer(0.1, 0.3, name="all"), 30))
    assert isinstance(curves, lrviz.Curves)
    assert [curve.label for curve in curves] == ["torch.StepLR group 0", "torch.StepLR group 1"]


def test_groups_of_a_stepped_object_with_the_same_rates_are_one_curve() -> None:
    assert single(fakes.WarmUp(Optimizer(0.4, 0.4), 4), 9).label == "WarmUp"


def test_a_rate_that_is_a_tensor_is_not_changed() -> None:
    rate = fakes.Tensor(0.5)

    class InPlace:
        def __init__(self, optimizer: Any) -> None:
            self.optimizer = optimizer

        def step(self) -> None:
            self.optimizer.param_groups[0]["lr"].value /= 2

    curve = single(InPlace(Optimizer(rate)), 3)  # type: ignore[arg-type]
    assert rates(curve, 3) == [0.5, 0.25, 0.125]
    assert float(rate) == 0.5


def test_a_wrapper_is_read_as_its_scheduler() -> None:
    class Wrapper:
        def __init__(self, scheduler: Any) -> None:
            self.scheduler = scheduler

        def step(self) -> None:
            raise AssertionError

    assert single(Wrapper(fakes.StepLR(Optimizer(0.1), 30))).call() == (
        "torch.StepLR(step_size=30), lr=0.1"
    )


def test_a_metric_drives_what_reads_one() -> None:
    curve = single(fakes.ReduceLROnPlateau(Optimizer(0.8)), metric=[1.0, 0.5, 0.5, 0.6])
    assert curve.call() == (
        "torch.ReduceLROnPlateau(factor=0.5, patience=0, metric=[1,0.5,0.5,0.6]), lr=0.8"
    )
    assert rates(curve, 5) == [0.8, 0.8, 0.8, 0.4, 0.2]


def test_a_metric_of_a_stepped_object_must_be_long_enough() -> None:
    scheduler = fakes.ReduceLROnPlateau(Optimizer(0.8))
    scheduler.step(2.0)
    curve = single(scheduler, metric=[1.0, 3.0])
    assert curve.count() == 2
    assert rates(curve, 3) == [0.8, 0.8, 0.4]
    with pytest.raises(SpecError, match="metric has 2 values, and 4 steps use 3"):
        rates(curve, 4)


def test_a_metric_is_not_given_to_what_reads_none() -> None:
    assert rates(single(fakes.WarmUp(Optimizer(0.4), 4), metric=[1.0]), 2) == [0.1, 0.2]


def test_timm_is_told_the_time_in_its_unit() -> None:
    curve = single(timm_step(t_in_epochs=False, warmup_t=4), 40)
    assert curve.by == "step"
    assert single(timm_step()).by == "epoch"
    assert single(timm_step(), by="step").by == "step"
    scaled = fakes.StepLRScheduler(Optimizer(0.1, lr_scale=0.5), 2)
    scaled.update_groups(scaled.base_values)
    assert rates(single(scaled, 5), 5) == [0.05, 0.05, 0.025, 0.025, 0.0125]


def test_timm_in_the_middle_of_a_run_is_found_by_its_rates() -> None:
    scheduler = timm_step(warmup_t=8)
    scheduler.step(3)
    curve = single(scheduler, 8)
    assert rates(curve, 3) == [0.1 * 3 / 8, 0.1 * 4 / 8, 0.1 * 5 / 8]
    assert notes(curve) == [("goes-on", "the scheduler's rates are those of 3: step 0 is 3")]
    scheduler.step(40)
    assert notes(single(scheduler, start=45))[0][1].endswith("those of 45: step 0 is 45")
    scheduler.update_groups(0.77)
    assert message_of(scheduler) == (
        "timm.StepLRScheduler has the rates of none of its first 10,000 steps: give start=N"
    )


def test_a_plateau_of_timm_takes_its_metric() -> None:
    scheduler = fakes.PlateauLRScheduler(Optimizer(0.8))
    assert message_of(scheduler) == (
        "timm.PlateauLRScheduler needs its metric at each step: give metric=[...]"
    )
    assert rates(single(scheduler, metric=[0.5, 0.25]), 3) == [0.8, 0.4, 0.1]


def test_a_function_is_asked_step_by_step_from_its_start() -> None:
    asked = []

    def rate(step: int) -> float:
        asked.append(step)
        return 1.0 / (1 + step)

    curve = single(rate, 3, start=4)
    assert rates(curve, 3) == [1 / 5, 1 / 6, 1 / 7]
    assert asked == []
    assert curve.label == "rate"


def twice(function: Any) -> Any:
    """Return a function of another one, with a lambda that spans lines."""
    return lambda step: (
        function(step) * 2 if step  # a comment
        else 0.0
    )  # fmt: skip


def test_a_lambda_is_named_by_its_expression() -> None:
    rates = (lambda step: 0.5**step, lambda t: min(t / 5, 1.0) * 0.1, lambda t: (t + 1) * 0.1)
    expressions = ["0.5**step", "min(t / 5, 1.0) * 0.1", "(t + 1) * 0.1"]
    assert [single(rate, 9).label for rate in rates] == expressions
    assert single(twice(rates[0]), 9).label == "function(step) * 2 if step # a comment else 0.0"
    long = single(lambda step: 0.1 + 0.2 + 0.3 + 0.4 + 0.5 + 0.6 + step - 0.1 - 0.2 - 0.3 - 0.4, 9)
    assert long.label.startswith("0.1 + 0.2 +")
    assert len(long.label) == 60
    assert single(eval("lambda step: 0.1"), 9).label == "lambda"
    assert lrviz.curve(rates[0], 9, label="mine").label == "mine"


def test_a_start_makes_another_schedule_of_a_known_one() -> None:
    value = fakes.ExponentialDecay(0.1, 20)
    assert rates(single(value, 5, start=20), 1) == [value(20)]
    assert rates(single(fakes.constant_schedule(2), 5, start=1), 1) == [2.0]
    assert single(fakes.constant_schedule(2), 5, start=1).schedule.dialect == ""


@pytest.mark.parametrize("values", [[0.1, 0.2, 0.3], (0.1, 0.2, 0.3), np.array([0.1, 0.2, 0.3])])
def test_a_sequence_of_rates_is_a_curve_of_that_length(values: Any) -> None:
    curve = single(values)
    assert (curve.label, curve.count(), curve.longest()) == ("rates", 3, 3)
    assert rates(curve, 3) == [0.1, 0.2, 0.3]
    assert notes(curve) == []
    assert rates(single(values, start=1), 2) == [0.2, 0.3]
    with pytest.raises(SpecError, match="rates: rates has 3 rates, of steps 0 to 2"):
        rates(curve, 4)


def test_what_has_no_rates_is_refused() -> None:
    rest = (
        ": give a scheduler bound to its optimizer, a function from step to rate, or a sequence "
        "of rates"
    )
    kinds = [3, [], [[1.0]], ["a"], print, dict, lambda: 1]
    for value in kinds:
        assert message_of(value).endswith(rest)
    of_two = message_of(lambda a, b: a)
    assert of_two == (
        "a needs a and b: give a function without arguments that returns the scheduler, or one "
        "from step to rate"
    )
    text = "cannot read rates from str: lrviz.load reads a spec, lrviz.schedule a name"
    assert message_of("cosine") == text
    assert (
        message_of(Optimizer(0.1))
        == "cannot read rates from torch.optim.optimizer.Optimizer" + rest
    )


@pytest.mark.parametrize(
    ("attributes", "lack"),
    [
        ({"step": print}, ", which has no attribute 'optimizer'"),
        ({"step": print, "optimizer": None}, ""),
        ({"get_lr": print}, ""),
    ],
)
def test_a_scheduler_without_its_optimizer(attributes: dict[str, object], lack: str) -> None:
    start = f"cannot read rates from types.SimpleNamespace{lack}: give a scheduler bound to its "
    assert message_of(SimpleNamespace(**attributes)).startswith(start)


def test_sequences_of_very_many_rates_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = "the object holds {} rates; at most {} are read"
    assert message_of(range(10**9)) == rule.format("1,000,000,000", "1,000,000")
    monkeypatch.setattr("lrviz.objects.calls.MAX_RATES", 3)
    assert message_of(np.ones(4)) == rule.format(4, 3)
    assert rates(single([1, 2, 3]), 3) == [1, 2, 3]


@pytest.mark.parametrize("error", [SystemExit, GeneratorExit, BaseException])
def test_no_exception_of_an_object_ends_lrviz(error: type[BaseException]) -> None:
    def leaves(step: int) -> float:
        raise error("x" * 3)

    assert message_of(leaves) == f"leaves raises {error.__name__} at step 0: xxx"


def test_an_interrupt_within_an_object_is_one() -> None:
    def interrupted(step: int) -> float:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lrviz.curve(interrupted)


def test_a_number_beyond_float64() -> None:
    message = message_of(lambda step: step + 10**400)
    assert message == "step + 10**400 has no finite rate at step 0 (got int)"


def test_a_traceback_is_bounded_and_visible() -> None:
    def long(step: int) -> float:
        raise ValueError("\x1b" + "y" * 400 + "\n" * 100 + "z")

    with pytest.raises(SpecError) as error:
        lrviz.curve(long)
    lines = error.value.tracebacks()[0].splitlines()
    assert len(lines) == 41
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[20] == "..."
    assert any(line.startswith("ValueError: \\x1byyy") and len(line) == 300 for line in lines)
    assert lines[-1] == "z"
    assert bounded("a\n" * 40) == "\n".join("a" * 40)


def test_an_object_that_raises_says_so_with_the_users_frames() -> None:
    def broken(step: int) -> float:
        if step == 7:
            raise ValueError("no such step")
        return 1.0

    with pytest.raises(SpecError) as error:
        lrviz.curve(broken)
    assert str(error.value) == "broken raises ValueError at step 7: no such step"
    assert repr(error.value.__cause__) == "ValueError('no such step')"
    assert error.value.lines() == [str(error.value)]
    lines = error.value.tracebacks()[0].splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert f'File "{__file__}"' in lines[1]
    assert lines[1].endswith("in broken")
    assert lines[-1] == "ValueError: no such step"
    scheduler = fakes.LambdaLR(Optimizer(0.1), broken)
    assert message_of(scheduler).startswith("torch.LambdaLR raises ValueError at step 7: no such")
    curve = single(broken, 7)
    for _ in range(2):
        with pytest.raises(SpecError, match="broken raises ValueError at step 7"):
            rates(curve, 8)


def test_only_the_error_itself_is_reported() -> None:
    def fails_twice(step: int) -> float:
        try:
            raise LookupError("first")
        except LookupError:
            raise ValueError from None

    def fails_within(step: int) -> float:
        try:
            raise LookupError("first")
        except LookupError:
            raise ValueError("second")  # noqa: B904

    with pytest.raises(SpecError) as error:
        lrviz.curve(fails_twice)
    (finding,) = error.value.findings
    assert (finding.id, finding.message) == (
        "object-fails",
        "fails_twice raises ValueError at step 0",
    )
    with pytest.raises(SpecError) as error:
        lrviz.curve(fails_within)
    assert "LookupError" not in error.value.tracebacks()[0]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda step: math.inf if step else 1.0, "has no finite rate at step 1 (got inf)"),
        (lambda step: math.nan, "has no finite rate at step 0 (got nan)"),
        (lambda step: str(step + 1), "str(step + 1) has no finite rate at step 0 (got str)"),
        (lambda step: None if step else 1, "no finite rate at step 1 (got NoneType)"),
    ],
)
def test_a_rate_must_be_a_finite_number(function: Any, message: str) -> None:
    assert message in message_of(function)


def test_bad_options_are_refused() -> None:
    assert message_of([1.0], steps=0) == "steps must be greater than 0 (got 0)"
    assert message_of([1.0], metric=3).startswith("metric must be a list of numbers")
    assert message_of(fakes.ReduceLROnPlateau(Optimizer(0.1))) == (
        "torch.ReduceLROnPlateau needs its metrics at each step: give metric=[...]"
    )


def test_an_object_has_everything_that_a_curve_has() -> None:
    curve = single(lambda step: 0.5**step, 12)
    assert lrviz.measure(curve).facts.peak == 1.0
    assert lrviz.check(curve) == []
    assert "lr" in lrviz.code(curve)
    assert lrviz.export(curve, "json").text().startswith('{"curves": [{"label": "0.5**step"')
    assert lrviz.compare([curve, single([1.0] * 12)]).facts


@pytest.mark.parametrize(
    ("wrap", "by"),
    [
        (lambda scheduler: {"scheduler": scheduler}, "epoch"),
        (lambda scheduler: {"scheduler": scheduler, "interval": "step"}, "step"),
        (lambda scheduler: {"optimizer": None, "lr_scheduler": scheduler}, "epoch"),
        (lambda scheduler: {"lr_scheduler": {"scheduler": scheduler, "interval": "step"}}, "step"),
        (fakes.LRSchedulerConfig, "epoch"),
        (lambda scheduler: fakes.LRSchedulerConfig(scheduler, "step"), "step"),
        (lambda scheduler: scheduler, "step"),
    ],
    ids=["dict", "dict-step", "returned", "returned-step", "config", "config-step", "bare"],
)
def test_what_configure_optimizers_returns_is_its_scheduler(wrap: Any, by: str) -> None:
    curve = single(wrap(fakes.StepLR(Optimizer(0.1), 30)))
    assert curve.call() == "torch.StepLR(step_size=30), lr=0.1"
    assert curve.by == by
    assert single(wrap(fakes.StepLR(Optimizer(0.1), 30)), by="epoch").by == "epoch"


def test_the_schedule_of_lightning_bolts_is_known_at_its_start() -> None:
    scheduler = fakes.LinearWarmupCosineAnnealingLR(Optimizer(0.5), 5, 50)
    assert single(scheduler).call() == (
        "lightning.LinearWarmupCosineAnnealingLR(warmup_epochs=5, max_epochs=50), lr=0.5"
    )
    scheduler.step()
    assert single(scheduler).schedule.dialect == ""


def test_a_schedule_and_a_curve_of_lrviz_are_taken_as_they_are() -> None:
    cosine = lrviz.schedule("cosine", T_max=10)
    own = lrviz.curve(cosine, steps=7, label="mine", by="epoch")
    assert isinstance(own, Curve)
    assert (own.schedule, own.count(), own.label, own.by) == (cosine, 7, "mine", "epoch")
    assert lrviz.curve(own) == own
    again = lrviz.curve(own, steps=5, label="other", by="step")
    assert isinstance(again, Curve)
    assert (again.count(), again.label, again.by, again.lr) == (5, "other", "step", own.lr)
    plain = lrviz.curve(cosine)
    assert isinstance(plain, Curve)
    assert (plain.label, plain.by, plain.count()) == ("torch.CosineAnnealingLR", "step", 10)


@pytest.mark.parametrize(("count", "compared"), [(5, 5), (11, 11), (99, 11)])
def test_an_object_is_compared_up_to_the_end_of_its_schedule(count: int, compared: int) -> None:
    cycle = lrviz.schedule("onecycle", max_lr=1.0, total_steps=10)
    lengths = []

    class Stepped:
        def sample(self, steps: range, lr: float) -> np.ndarray:
            lengths.append(len(steps))
            return 1.25 * cycle.sample(steps, lr)

    stepped: Any = Stepped()
    assert largest_difference(Match(cycle, 1.0), stepped, count) == pytest.approx(0.2)
    assert lengths == [compared]


def test_rates_of_0_are_as_far_as_the_peak_of_a_schedule() -> None:
    zeros: Any = SimpleNamespace(sample=lambda steps, lr: np.zeros(len(steps)))
    cosine = lrviz.schedule("cosine", T_max=10)
    assert largest_difference(Match(cosine, 2.0), zeros, 5) == 2.0


def test_what_only_looks_like_a_sequence_is_none() -> None:
    class Rows:
        def __len__(self) -> int:
            return 2

        def __getitem__(self, index: int) -> float:
            return [0.1, 0.2][index]

    for value in (Rows(), "12", b"12", {1.0, 2.0}):
        assert stand_in_of_sequence(value, Inputs()) is None
    assert stand_in_of_sequence([0.1], Inputs())


def test_a_function_without_a_signature_has_one_argument() -> None:
    class Odd:
        __signature__ = 5

        def __call__(self, step: int) -> float:
            return 0.5

    assert argument_count(Odd()) == 1
