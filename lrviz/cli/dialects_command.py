"""`lrviz dialects`: one intent as each framework writes it, with the steps that matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrviz.cli.command import build_command
from lrviz.cli.options import (
    PICTURE,
    PICTURES,
    TERMINAL,
    flag_of_path,
    read_options,
    read_values,
    settings_options,
    text_option,
)
from lrviz.cli.output import (
    STANDARD_OUTPUT,
    figure_settings,
    picture_path,
    print_findings,
    write_picture,
)
from lrviz.cli.terminal import Terminal
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.intent import Intent
from lrviz.curves.facts import table_findings
from lrviz.curves.figure_settings import FigureSettings
from lrviz.render.idiom_lines import idioms_report
from lrviz.run import Run
from lrviz.specfile.inline import flag_name, read_flags
from lrviz.specfile.quantities import Clock, Resolver, is_percentage
from lrviz.specfile.settings import CurveSettings
from lrviz.specfile.settings_reader import read_model
from lrviz.translate.intents import idioms as idioms_of
from lrviz.translate.intents import table_of

OTHER_NAMES = {"lr": "peak", "steps": "total"}
"""The names that other commands have for what the intent calls otherwise."""
OF_SHARES = ("total", "peak")
"""What a warm-up and a floor may be shares of."""


def build(help_text: str) -> Any:
    """Return the command."""
    options = {
        **settings_options(Intent),
        "lr": text_option("--lr", "as --peak.", "RATE"),
        "steps": text_option("--steps", "as --total.", "N"),
        **settings_options(FigureSettings),
        **PICTURE,
        **TERMINAL,
    }
    command = build_command(run, "dialects", help_text, options)
    command.extra_hint = "lrviz code SPEC --as NAME writes a schedule in a framework's terms"
    return command


def run(**values: Any) -> None:
    """Draw every idiom over the others; print their rates and what makes them differ."""
    intent = read_intent(with_own_names(values))
    own = {*Intent.model_fields, *OTHER_NAMES}
    options = read_options({k: v for k, v in values.items() if k not in own})
    path = picture_path(options, "dialects", PICTURES)
    idioms = idioms_of(intent)
    table = table_of(idioms, intent)
    settings = figure_settings([], options, intent.title, [table])
    if values.get("power") is not None and intent.shape != "polynomial":
        message = f"--power has no effect on the shape {intent.shape}"
        print_findings([Finding("unused-parameter", message)], options.quiet)
    print_findings(table_findings(table), options.quiet)
    if path != STANDARD_OUTPUT:
        terminal = Terminal(options)
        terminal.show(terminal.screen.chart(table, settings))
        terminal.show(idioms_report(intent, idioms, table, terminal.width))
    write_picture(
        path,
        table,
        settings,
        options,
        described=[column.curve.with_steps(intent.total) for column in table.columns],
        difference=True,
        zooms=zooms_of(intent),
        report=lambda width, _: idioms_report(intent, idioms, table, width),
    )


def with_own_names(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the flags with `--lr` and `--steps` by the intent's names.

    Raises SpecError where both names have a value, and these differ.
    """
    result = dict(values)
    for name, own in OTHER_NAMES.items():
        value, other = values.get(name), values.get(own)
        if value is None:
            continue
        if other is not None and read_flags({own: value}) != read_flags({own: other}):
            message = f"{value} contradicts {flag_name(own)} {other}: both set the {own}"
            raise SpecError.of(flag_name(name), message, "contradiction")
        result[own] = value
    return result


def zooms_of(intent: Intent) -> list[range]:
    """Return the steps in which idioms differ: around the warm-up's end, and around the run's."""
    last = intent.steps_of_interest()[-1]
    end = range(max(2 * intent.total - last, 0), last + 1)
    return [range(min(2 * intent.warmup, last) + 1), end] if intent.warmup else [end]


def read_intent(values: Mapping[str, Any]) -> Intent:
    """Return the intent of the flags: `300k` is a number, a share is of the total or the peak.

    Raises SpecError with every fault.
    """
    present = read_values(Intent, values)
    resolver = Resolver(Clock(Run(), "step"), flag_of_path)
    if "total" in present:
        present["total"] = resolver.value(present["total"], ("total",))
    total, peak = (present.get(name, Intent.model_fields[name].default) for name in OF_SHARES)
    steps = total if isinstance(total, int) else None
    resolver.clock = Clock(Run.model_construct(steps=steps), "step")
    if "warmup" in present:
        present["warmup"] = resolver.value(present["warmup"], ("warmup",))
    if resolver.findings:
        raise SpecError(resolver.findings)
    if is_percentage(present.get("floor")) and isinstance(peak, int | float):
        settings = read_model(CurveSettings, {"floor": present["floor"]}, flag_of_path)
        present["floor"] = settings.floor.rate(peak)
    intent: Intent = read_model(Intent, present, flag_of_path)
    return intent
