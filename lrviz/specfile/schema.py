"""The JSON Schema of a spec file, from the declarations, for editors and for checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from lrviz.core.composition import CHILD
from lrviz.core.parameters import unit_name
from lrviz.core.quantity import PATTERN
from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.curves.figure_settings import FigureSettings
from lrviz.specfile.role_settings import required_roles
from lrviz.specfile.settings import CurveSettings

DRAFT = "https://json-schema.org/draft/2020-12/schema"
QUANTITY = {"type": "string", "pattern": PATTERN}
SWEEP = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {"type": "array", "minItems": 1},
}


def file_schema() -> dict[str, Any]:
    """Return the schema of a spec file: one curve, or several under `curves`."""
    classes = register.all()
    definitions: dict[str, Any] = {}
    for cls in classes:
        definitions[cls.title()] = curve_schema(cls)
        definitions[f"child:{cls.title()}"] = child_schema(cls)
    figure = properties_of(FigureSettings)
    settings = properties_of(CurveSettings)
    definitions["curve"] = by_name(classes, "", stated_in_curve)
    definitions["item"] = by_name(classes, "")  # settings beside `curves` may state its roles
    definitions["child"] = by_name(classes, "child:")
    definitions["curves"] = {
        "type": "object",
        "properties": {
            **figure,
            **settings,
            "curves": {"type": "array", "minItems": 1, "items": named_or("item")},
        },
        "required": ["curves"],
        "additionalProperties": False,
    }
    return {
        "$schema": DRAFT,
        "title": "lrviz spec",
        "type": "object",
        "if": {"required": ["curves"]},
        "then": {"$ref": "#/$defs/curves"},
        "else": {"$ref": "#/$defs/curve"},
        "$defs": definitions,
    }


def named_or(definition: str) -> dict[str, Any]:
    """Return the schema of a bare name, or of a mapping that a definition describes."""
    return {"if": {"type": "string"}, "then": {}, "else": {"$ref": f"#/$defs/{definition}"}}


def by_name(
    classes: list[type[Schedule]],
    prefix: str,
    rules: Callable[[type[Schedule]], dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Return the schema that picks a schedule's definition, and rules, by the key `schedule`."""
    names_by_class = [(cls, names_of(cls)) for cls in classes]
    all_names = [name for _, names in names_by_class for name in names]
    return {
        "type": "object",
        "required": ["schedule"],
        "properties": {"schedule": {"enum": all_names}},
        "allOf": [
            {
                "if": {"properties": {"schedule": {"enum": names}}, "required": ["schedule"]},
                "then": {
                    "$ref": f"#/$defs/{prefix}{cls.title()}",
                    **(rules(cls) if rules else {}),
                },
            }
            for cls, names in names_by_class
        ],
    }


def names_of(cls: type[Schedule]) -> list[str]:
    """Return the names that mean a schedule, in their usual spelling."""
    bare = [name for name in (cls.name, *cls.aliases) if register.find(name) is cls]
    full = [f"{cls.dialect}.{name}" for name in (cls.name, *cls.aliases)]
    return list(dict.fromkeys([*full, *bare]))


def curve_schema(cls: type[Schedule]) -> dict[str, Any]:
    """Return the schema of one curve: the schedule's parameters, settings, and its own keys."""
    child = child_schema(cls)
    # One curve may be alone in a file, with the picture's settings beside it.
    settings = {**properties_of(FigureSettings), **properties_of(CurveSettings)}
    common = {"label": {"type": ["string", "number", "null"]}, "sweep": SWEEP}
    from_settings = dict(required_roles(cls))
    required = [name for name in required_parameters(cls) if name not in from_settings]
    return {
        **{key: value for key, value in child.items() if key != "allOf"},
        "properties": {**settings, **child["properties"], **common},
        "required": ["schedule"],
        **all_of([present(cls, name) for name in required]),
    }


def stated_in_curve(cls: type[Schedule]) -> dict[str, Any]:
    """Return the rules of required parameters that a curve's settings may state instead."""
    required = required_parameters(cls)
    roles = [(name, settings) for name, settings in required_roles(cls) if name in required]
    return all_of([present(cls, name, settings) for name, settings in roles])


def present(cls: type[Schedule], name: str, others: Iterable[str] = ()) -> dict[str, Any]:
    """Return the rule of a required parameter: it, an alias or another key is there, or a sweep."""
    keys = [{"required": [key]} for key in (name, *aliases_of(cls, name), *others)]
    swept = {"required": ["sweep"], "properties": {"sweep": {"anyOf": keys}}}
    return {"anyOf": [*keys, swept]}


def aliases_of(cls: type[Schedule], parameter: str) -> list[str]:
    """Return the other names of a parameter."""
    return [alias for alias, name in cls.parameter_aliases.items() if name == parameter]


def required_parameters(cls: type[Schedule]) -> list[str]:
    """Return the names of a schedule's required parameters."""
    return [name for name, field in cls.model_fields.items() if field.is_required()]


def all_of(rules: list[Any]) -> dict[str, Any]:
    """Return the keyword of rules that all apply; nothing for none."""
    return {"allOf": rules} if rules else {}


def child_schema(cls: type[Schedule]) -> dict[str, Any]:
    """Return the schema of a schedule with its parameters only."""
    described = cls.model_json_schema(schema_generator=WithChildren)
    schemas = inlined(described.get("properties", {}), described.get("$defs", {}))
    bounded = {name: {**schema, **bounds_of(cls, name)} for name, schema in schemas.items()}
    counted = {name: with_quantities(cls, name, schema) for name, schema in bounded.items()}
    properties = {"schedule": {"enum": names_of(cls)}, **counted}
    properties = {
        **{other: properties[name] for other, name in cls.parameter_aliases.items()},
        **properties,
    }
    properties |= {
        name: {"description": "no effect on the rate"} for name in cls.ignored_parameters
    }
    required = required_parameters(cls)
    aliased = [name for name in required if name in cls.parameter_aliases.values()]
    choices = [
        {"anyOf": [{"required": [key]} for key in (name, *aliases_of(cls, name))]}
        for name in aliased
    ]
    return {
        "description": (cls.__doc__ or "").strip(),
        "type": "object",
        "properties": properties,
        "required": ["schedule", *(name for name in required if name not in aliased)],
        "additionalProperties": False,
        **all_of(choices),
    }


def bounds_of(cls: type[Schedule], name: str) -> dict[str, Any]:
    """Return the bounds of a parameter itself; they apply to numbers in any form."""
    marks = cls.model_fields[name].metadata
    pairs = ((key, getattr(mark, short, None)) for mark in marks for short, key in BOUNDS.items())
    return {key: bound for key, bound in pairs if bound is not None}


def properties_of(model: Any) -> dict[str, Any]:
    """Return the schema of each of a model's settings."""
    described = model.model_json_schema(schema_generator=WithChildren)
    properties = inlined(described.get("properties", {}), described.get("$defs", {}))
    return {name: with_quantities(model, name, schema) for name, schema in properties.items()}


def with_quantities(model: Any, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a field; where it counts steps, texts such as 300k or 5% are valid."""
    if unit_name(model, name) != "steps":
        return schema
    if schema.get("type") == "array":
        return {**schema, "items": {"anyOf": [schema["items"], QUANTITY]}}
    extended: dict[str, Any] = {"anyOf": [schema, QUANTITY]}
    return extended | {key: schema[key] for key in ("description", "default") if key in schema}


BOUNDS = {
    "gt": "exclusiveMinimum",
    "ge": "minimum",
    "lt": "exclusiveMaximum",
    "le": "maximum",
}
"""pydantic leaves a bound outside a validator under its own name."""


def inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """Return a schema in which references are replaced by what they name, bounds written out."""
    if isinstance(schema, dict):
        if schema == CHILD:
            return named_or("child")
        if str(schema.get("$ref", "")).startswith("#/$defs/"):
            return inlined(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions)
        return {BOUNDS.get(key, key): inlined(item, definitions) for key, item in schema.items()}
    return [inlined(item, definitions) for item in schema] if isinstance(schema, list) else schema


class WithChildren(GenerateJsonSchema):
    """pydantic's generator, without the titles that repeat each key's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Set no titles."""
        del schema
        return False
