"""Every schedule, from its own declaration: nothing new escapes these."""

from __future__ import annotations

import json
import subprocess
import sys

import jsonschema
import numpy as np
import pytest
import yaml

import lrviz
from lrviz.cli.plot_command import definition
from lrviz.cli.spec_command import command_of
from lrviz.core.composition import schedule_from
from lrviz.core.errors import SpecError
from lrviz.core.register import fold, register
from lrviz.core.schedule import Schedule
from lrviz.run import Run
from lrviz.specfile.document import read_document
from lrviz.specfile.inline import flag_name, read_flags
from lrviz.specfile.schema import file_schema
from lrviz.specfile.settings import CurveSettings
from lrviz.specfile.source import load_named, load_spec

CLASSES = register.all()
STEPS = 60
SHARED = {*Run.model_fields, "warmup"}
PLAIN_RULES = {
    "extra_forbidden", "missing", "literal_error", "greater_than", "greater_than_equal",
    "less_than", "less_than_equal", "finite_number", "whole", "number", "flag", "list",
}  # fmt: skip
VALIDATOR = jsonschema.Draft202012Validator(file_schema())

every_schedule = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.title())


def example(cls: type[Schedule]) -> Schedule:
    return load_named(cls.title(), {}).curves[0].schedule


def steps_before_end(schedule: Schedule, steps: int = STEPS) -> range:
    end = schedule.end()
    return range(min(steps, end.last + 1) if end else steps)


def spec_of(cls: type[Schedule]) -> dict:
    return json.loads(json.dumps(example(cls).spec()))


def read_back(spec: dict) -> object:
    return read_document(json.dumps(spec), "spec.json").data


def is_accepted(spec: dict, tmp_path_factory: pytest.TempPathFactory) -> bool:
    path = tmp_path_factory.mktemp("spec") / "spec.json"
    path.write_text(json.dumps(spec), encoding="utf-8")
    try:
        load_spec(str(path))
    except SpecError:
        return False
    return True


@every_schedule
def test_has_a_sentence_for_itself_and_each_parameter(cls: type[Schedule]) -> None:
    assert (cls.__doc__ or "").strip().endswith(".")
    assert cls.formula
    assert cls.source
    for name, field in cls.model_fields.items():
        assert field.description, name
        assert not field.is_required() or field.examples, name


@every_schedule
def test_array_is_step_by_step(cls: type[Schedule]) -> None:
    schedule = example(cls)
    steps = steps_before_end(schedule)
    whole = schedule.sample(steps, 0.1)
    assert whole.dtype == np.float64
    alone = [float(schedule.rate(step, 0.1)) for step in steps]
    np.testing.assert_allclose(whole, alone, rtol=1e-12, atol=0)
    part = schedule.sample(range(7, len(steps), 3), 0.1)
    np.testing.assert_allclose(part, whole[7::3], rtol=1e-12, atol=0)
    assert schedule.rate([[0, 1], [2, 3]]).shape == (2, 2)


@every_schedule
def test_finite_over_three_lengths_or_ends_with_a_message(cls: type[Schedule]) -> None:
    schedule = example(cls)
    steps = 3 * (schedule.natural_length() or 100)
    end = schedule.end()
    if end:
        with pytest.raises(SpecError, match=cls.name):
            schedule.sample(range(end.last + 2), 0.1)
        steps = end.last + 1
    assert np.isfinite(schedule.sample(range(steps), 0.1)).all()


@every_schedule
def test_spec_to_schedule_to_spec(cls: type[Schedule]) -> None:
    spec = spec_of(cls)
    again = schedule_from(read_back(spec))
    assert again == example(cls)
    assert again.spec() == example(cls).spec()
    assert yaml.safe_load(yaml.safe_dump(spec)) == spec


@every_schedule
def test_is_a_value(cls: type[Schedule]) -> None:
    schedule = example(cls)
    assert schedule == example(cls)
    assert cls.name in repr(schedule) or cls.__name__ in repr(schedule)
    with pytest.raises(ValueError, match="frozen"):
        setattr(schedule, next(iter(cls.model_fields), "x"), 1)


@every_schedule
def test_flags_are_the_parameters_and_read_like_yaml(cls: type[Schedule]) -> None:
    command = command_of(definition("Draw."), cls.title(), cls)
    flags = {opt for parameter in command.params for opt in parameter.opts}
    assert {flag_name(name) for name in cls.model_fields} <= flags
    for name, field in cls.model_fields.items():
        plain = isinstance(field.default, float | int) and not isinstance(field.default, bool)
        if plain and field.default == cls.example_value(name) and name not in SHARED:
            text = repr(field.default)
            typed = load_named(cls.title(), read_flags({name: text}))
            assert typed.curves[0].schedule == example(cls), name


@every_schedule
def test_no_parameter_bears_a_reserved_name(cls: type[Schedule]) -> None:
    reserved = {"schedule", "label", "sweep", "curves", *CurveSettings.model_fields} - SHARED
    assert not reserved & {fold(name) for name in cls.model_fields}
    folded = [fold(name) for name in cls.model_fields]
    assert len(set(folded)) == len(folded)


@every_schedule
def test_schema_and_reader_accept_and_refuse_alike(
    cls: type[Schedule], tmp_path_factory: pytest.TempPathFactory
) -> None:
    spec = spec_of(cls)
    mutations: dict[str, dict] = {"as it is": spec, "unknown key": {**spec, "no_such_key": 1}}
    for name, field in cls.model_fields.items():
        mutations[f"{name} true"] = {**spec, name: {"no": "value"}}
        if field.is_required():
            mutations[f"no {name}"] = {key: v for key, v in spec.items() if key != name}
        if isinstance(spec.get(name), int | float) and not isinstance(spec[name], bool):
            for value in (0, -1, 2.5, True, "text", None):
                mutations[f"{name} {value}"] = {**spec, name: value}
    for change, mutated in mutations.items():
        if change.startswith("no ") and any(key in cls.parameter_aliases.values() for key in spec):
            continue
        by_schema = VALIDATOR.is_valid(mutated)
        by_reader = is_accepted(mutated, tmp_path_factory)
        if by_schema and not by_reader:
            # A rule across parameters is the reader's alone; bounds and types are not.
            with pytest.raises(ValueError) as caught:
                cls.model_validate({k: v for k, v in mutated.items() if k != "schedule"})
            kinds = {error["type"] for error in caught.value.errors()}
            assert not kinds & PLAIN_RULES, change
        else:
            assert by_schema == by_reader, change


@every_schedule
def test_a_sweep_of_it_works(cls: type[Schedule]) -> None:
    numeric = [n for n, f in cls.model_fields.items() if isinstance(f.default, float)]
    for name in numeric[:1]:
        default = cls.model_fields[name].default
        curves = load_named(cls.title(), {name: [default, default]}).curves
        assert [curve.label for curve in curves] == [cls.title(), f"{cls.title()} #2"]


@pytest.mark.parametrize(
    "cls", [cls for cls in CLASSES if cls.dialect == "torch"], ids=lambda cls: cls.title()
)
def test_a_composite_of_it_works_or_ends_with_a_message(cls: type[Schedule]) -> None:
    inner = spec_of(cls)
    if cls.name == "ReduceLROnPlateau":
        with pytest.raises(SpecError, match="does not support ReduceLROnPlateau"):
            lrviz.schedule("chained", schedules=[inner])
        return
    chain = lrviz.schedule("chained", schedules=[inner])
    assert np.isfinite(chain.rate(range(30))).all()
    warm = {"schedule": "linear"}
    if cls.name in ("SequentialLR", "ChainedScheduler"):
        broken = lrviz.schedule("sequential", schedules=[warm, inner], milestones=[5])
        assert broken.rate(range(5)).shape == (5,)
        with pytest.raises(SpecError, match="can only come first"):
            broken.rate(5)
        return
    lone = lrviz.schedule("sequential", schedules=[warm, inner], milestones=[5])
    ours, alone = lone.rate(range(5, 30)), example(cls).rate(range(25))
    if cls.name == "MultiplicativeLR":  # it carries the current rate on
        ours, alone = ours / ours[0], alone / alone[0]
    np.testing.assert_allclose(ours, alone, rtol=1e-9)


def test_every_spelling_finds_its_schedule() -> None:
    for cls in CLASSES:
        for name in (cls.title(), cls.title().upper(), cls.title().replace("_", "-")):
            assert register.find(name) is cls
    assert register.find("cosine") is register.find("torch.CosineAnnealingLR")
    assert register.find("One-Cycle") is register.find("onecycle")
    assert register.find("nothing") is None
    full = "torch.optim.lr_scheduler.CosineAnnealingLR"
    assert register.find(full) is register.find("cosine")
    assert register.find("optim.lr_scheduler.CosineAnnealingLR") is None
    assert register.find("keras.optimizers.nothing") is None


def test_a_bare_name_means_a_library_before_a_training_program() -> None:
    candidates = [cls.title() for cls in register.candidates("rex")]
    assert candidates == ["lrviz.rex", "axolotl.rex"]
    assert register.find("rex") is register.find("lrviz.rex")
    assert register.find("jagged_restarts") is register.find("axolotl.jagged_restarts")


def test_schedules_are_listed_in_the_order_of_their_modules() -> None:
    """Whichever module a program imports first."""
    line = (
        "import lrviz.dialects.keras.cosines; from lrviz.core.register import register; "
        "print(register.of(register.dialects['keras'])[0].name)"
    )
    done = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True)
    assert done.stdout == "ExponentialDecay\n"


def test_without_documentation_as_python_oo_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    cls = CLASSES[0]
    assert cls.summary() == "Multiplies the rate by gamma every step_size steps."
    monkeypatch.setattr(cls, "__doc__", None)
    assert cls.summary() == ""


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("step_lr", "torch.StepLR"),
        ("Cosine-Annealing-LR", "torch.CosineAnnealingLR"),
        ("torch.one_cycle_lr", "torch.OneCycleLR"),
        ("ExponentialDecay", "keras.ExponentialDecay"),
        ("exponential_decay", "optax.exponential_decay"),
    ],
)
def test_words_of_a_name_may_be_apart(name: str, title: str) -> None:
    cls = register.find(name)
    assert cls
    assert cls.title() == title


def test_words_of_a_name_are_not_joined_where_the_library_has_them_apart() -> None:
    assert register.find("ReduceOnPlateau") is None
    assert register.candidates("ReduceOnPlateau") == []
