"""Help of a command in groups: the schedule, the run, the picture, the terminal; then examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperCommand

from lrviz.cli.options import EXPLAIN, IMAGE, PARAMETER, RANGE, TERMINAL
from lrviz.core.errors import SpecError
from lrviz.curves.figure_settings import FigureSettings
from lrviz.specfile.settings import CurveSettings
from lrviz.trainers.settings import TrainerSettings

COMPARISON = ("diff", "baseline", "as_if")
GROUPS = {
    "The run": (*CurveSettings.model_fields, *RANGE),
    "A training config": (*TrainerSettings.model_fields, *EXPLAIN),
    "The picture": (*IMAGE, *FigureSettings.model_fields, *COMPARISON),
    "The terminal": ("watch", *TERMINAL, "help"),
}
COMMAND_GROUP = "The command"
SCHEDULE_GROUP = "Parameters of the schedule"


def group_of(name: str) -> str:
    """Return the title of the group that an option is listed in."""
    if name.startswith(PARAMETER):
        return SCHEDULE_GROUP
    return next((title for title, names in GROUPS.items() if name in names), COMMAND_GROUP)


class GroupedCommand(TyperCommand):
    """A command whose help lists its options in groups, and ends with examples."""

    examples: Sequence[str] = ()
    without_effect: Sequence[str] = ()

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments. Raises SpecError for a wrong one, with what to type instead."""
        try:
            return super().parse_args(ctx, args)
        except typer.TyperException as error:
            message = error.format_message().rstrip(".")
            raise SpecError.of("", message + self.hint(message, ctx), "usage") from None

    def hint(self, message: str, ctx: Any) -> str:
        """Return what to type instead of a wrong argument, where its message does not say."""
        if message.startswith("No such option") and "(" not in message:
            return f" ({ctx.command_path} --help lists them)"
        if message.startswith("Missing argument") and self.examples:
            return f", as in: {self.examples[0]}"
        if "unexpected extra argument" not in message:
            return ""
        if "=" in message:
            return "; write a parameter as a flag, or inline as NAME:parameter=value"
        return "; lrviz compare draws several SPECs"

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage line."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path.rstrip(), pieces)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, group by group."""
        records: dict[str, list[tuple[str, str]]] = {
            title: [] for title in (SCHEDULE_GROUP, COMMAND_GROUP, *GROUPS)
        }
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                records[group_of(parameter.name or "")].append(record)
        for title, rows in records.items():
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the parameters without effect in a line, and the examples."""
        del ctx
        if self.without_effect:
            formatter.write_paragraph()
            formatter.write_text(f"Without effect on the rate: {', '.join(self.without_effect)}")
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{example}\n")
