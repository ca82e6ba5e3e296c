"""The parameters of a library's call as the fields of a frozen model.

Their names in any spelling, their order, their roles, and the values that complete them.
"""

from collections.abc import Mapping
from functools import cache
from types import NoneType
from typing import Any, ClassVar, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from lrviz.core.annotations import list_depth, union_members
from lrviz.core.parameters import Unit
from lrviz.core.register import fold
from lrviz.core.roles import DEFAULT_LR, Floor, Length, Peak, Role, Target, WarmUp
from lrviz.core.text import is_unicode
from lrviz.core.validation import error_at


class ParameterModel(BaseModel):
    """A frozen value whose fields are the parameters of a library's call, in its order."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        defer_build=True,
        hide_input_in_errors=True,
    )

    parameter_aliases: ClassVar[Mapping[str, str]] = {}
    """Other names of a parameter, in the library or among its users."""
    ignored_parameters: ClassVar[tuple[str, ...]] = ()
    """Parameters of the real library that do not change the rate."""
    fixed_parameters: ClassVar[Mapping[str, tuple[Any, str]]] = {}
    """Parameters of the real library of which one value is accepted: the value, and why."""

    def __init_subclass__(
        cls, *, inherit_after: str = "", insert_after: str = "", **options: Any
    ) -> None:
        super().__init_subclass__(**options)

    @classmethod
    def __pydantic_init_subclass__(
        cls, *, inherit_after: str = "", insert_after: str = "", **options: Any
    ) -> None:
        """Order the fields as the library's signature does.

        Inherited fields come first, or after the declared field `inherit_after`; with
        `insert_after` the declared fields follow that inherited one.
        """
        super().__pydantic_init_subclass__(**options)
        cls._order_fields(inherit_after, insert_after)

    @classmethod
    def _order_fields(cls, inherit_after: str, insert_after: str) -> None:
        fields = dict(cls.__pydantic_fields__)
        bases = [base for base in cls.__bases__ if issubclass(base, BaseModel)]
        inherited = list(dict.fromkeys(name for base in bases for name in base.model_fields))
        declared = [name for name in fields if name not in inherited]
        if insert_after:
            index = inherited.index(insert_after) + 1
            order = [*inherited[:index], *declared, *inherited[index:]]
        else:
            index = declared.index(inherit_after) + 1 if inherit_after else 0
            order = [*declared[:index], *inherited, *declared[index:]]
        cls.__pydantic_fields__.clear()
        cls.__pydantic_fields__.update((name, fields[name]) for name in order)

    @classmethod
    @cache
    def names_by_key(cls) -> Mapping[str, str]:
        """Return the parameters by their folded names and aliases."""
        names = {fold(name): name for name in cls.model_fields}
        return names | {fold(alias): name for alias, name in cls.parameter_aliases.items()}

    @classmethod
    @cache
    def ignored_keys(cls) -> frozenset[str]:
        """Return the folded names of the parameters without effect on the rate."""
        return frozenset(map(fold, (*cls.ignored_parameters, *cls.fixed_parameters)))

    @classmethod
    def find_parameter(cls, key: str) -> str | None:
        """Return the parameter that a key means in any spelling, or None."""
        return cls.names_by_key().get(fold(key))

    @classmethod
    def is_ignored(cls, key: str) -> bool:
        """Return whether the real library takes this parameter without effect on the rate."""
        return fold(key) in cls.ignored_keys()

    @classmethod
    def example_value(cls, parameter: str) -> Any:
        """Return the declared example of a parameter, or its default."""
        field = cls.model_fields[parameter]
        return field.examples[0] if field.examples else field.default

    @classmethod
    def example_values(cls) -> dict[str, Any]:
        """Return the example's parameters: those that have no default."""
        fields = cls.model_fields.items()
        return {name: cls.example_value(name) for name, field in fields if field.is_required()}

    @classmethod
    def list_depth(cls, parameter: str) -> int:
        """Return how deep the lists of a parameter's value are nested; 0 where it takes no list."""
        field = cls.model_fields[parameter]
        if any(isinstance(item, Unit) and item.takes_list for item in field.metadata):
            return 1
        return list_depth(field.annotation)

    @classmethod
    def takes_only_lists(cls, parameter: str) -> bool:
        """Return whether a parameter takes a list and no single value beside it."""
        kinds = union_members(cls.model_fields[parameter].annotation)
        return {get_origin(kind) for kind in kinds if kind is not NoneType} == {tuple}

    @classmethod
    @cache
    def parameters_by_role(cls) -> Mapping[type[Role], tuple[str, Any]]:
        """Return the first parameter that has a role, and the role, by its kind."""
        return {
            type(item): (name, item)
            for name, field in reversed(cls.model_fields.items())
            for item in field.metadata
            if isinstance(item, Role)
        }

    @classmethod
    def parameter_with(cls, kind: type[Role]) -> tuple[str, Any] | None:
        """Return the parameter that has a role, and the role; None where there is none."""
        return cls.parameters_by_role().get(kind)

    @classmethod
    def role_values(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        """Return the values that the run determines for the parameters with a role.

        Parameters that are in `parameters`, and those that the run says nothing about, are left
        out.
        """
        values: dict[str, Any] = {}
        length, warmup = cls.parameter_with(Length), cls.parameter_with(WarmUp)
        peak, floor = cls.parameter_with(Peak), cls.parameter_with(Floor)
        if warmup and target.warmup is not None:
            name, role = warmup
            values[name] = target.warmup
            if role.share and target.steps:
                values[name] = target.warmup / target.steps
        if length and target.steps is not None:
            name, role = length
            excluded = target.warmup
            if warmup:
                is_after = cls.length_is_after_warmup(parameters, role)
                excluded = parameters.get(warmup[0], target.warmup) if is_after else 0
            values[name] = max(target.steps - int(excluded or 0), 1)
        if peak and target.peak is not None:
            values[peak[0]] = target.peak
        if floor and target.floor is not None and floor[1].unless not in parameters:
            name, role = floor
            peak_rate = parameters.get(peak[0], target.peak) if peak else target.peak
            peak_rate = DEFAULT_LR if peak_rate is None else peak_rate
            is_share = role.share and peak_rate
            values[name] = target.floor / peak_rate if is_share else target.floor
        return {name: value for name, value in values.items() if name not in parameters}

    @classmethod
    def length_is_after_warmup(cls, parameters: Mapping[str, Any], role: Length) -> bool:
        """Return whether the length counts only the steps after the schedule's own warm-up."""
        del parameters
        return role.after_warmup

    @classmethod
    def complete(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        """Return the values that complete the parameters of a schedule.

        They follow from the run where it determines them; the others are the declared examples.
        """
        values = cls.role_values(parameters, target)
        examples = cls.example_values().items()
        names = {*parameters, *values}
        return values | {name: value for name, value in examples if name not in names}

    @model_validator(mode="before")
    @classmethod
    def normalize_keys(cls, data: Any) -> Any:
        """Change the keys to the library's spelling before the fields are read."""
        if not isinstance(data, Mapping):
            return data
        for key, value in data.items():
            _check_text(str(key), value)
            cls._check_fixed(str(key), value)
        return {
            cls.find_parameter(str(key)) or key: value
            for key, value in data.items()
            if not cls.is_ignored(str(key))
        }

    @classmethod
    def _check_fixed(cls, key: str, value: Any) -> None:
        """Raise the validation error of a fixed parameter with another value than the fixed one."""
        if fold(key) not in cls.fixed_parameters:
            return
        fixed, reason = cls.fixed_parameters[fold(key)]
        if value != fixed:
            raise error_at(key, f"{key} must be {fixed}: {reason} (got {value})", value)

    def non_default_parameters(self) -> dict[str, Any]:
        """Return the parameters that are required or differ from their default, by name."""
        return {
            name: getattr(self, name)
            for name, field in type(self).model_fields.items()
            if field.is_required() or getattr(self, name) != field.default
        }


def _check_text(key: str, value: Any) -> None:
    """Raise the validation error of a value with a text that no encoding can write."""
    for text in value if isinstance(value, list | tuple) else [value]:
        if isinstance(text, str) and not is_unicode(text):
            fault = InitErrorDetails(type="string_unicode", loc=(key,), input=text)
            raise ValidationError.from_exception_data("schedule", [fault])
