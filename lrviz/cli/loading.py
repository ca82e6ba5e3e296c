"""The SPECs of a command, with its options."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lrviz.cli.options import Options
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.curves.facts import table_findings
from lrviz.curves.table import tabulate
from lrviz.specfile.contents import LoadedSpec
from lrviz.specfile.source import read_specs


def load(specs: Sequence[str], options: Options) -> list[LoadedSpec]:
    """Return the curves of SPECs. Raises SpecError with every fault of all of them.

    Where some cannot be read, the faults are those of the others' rates, too.
    """
    loaded, faults = load_readable(specs, options)
    if faults:
        raise SpecError([*faults, *faults_of_rates(loaded, options.span)])
    return loaded


def load_readable(specs: Sequence[str], options: Options) -> tuple[list[LoadedSpec], list[Finding]]:
    """Return the curves of the SPECs that can be read, and the faults of the others."""
    return read_specs(specs, options.curve, options.default_curve, options.trainer)


def faults_of_rates(loaded: Iterable[LoadedSpec], span: range | None) -> Iterator[Finding]:
    """Yield an error for each curve whose rates cannot be computed."""
    for spec in loaded:
        try:
            table_findings(tabulate(spec.curves, span))
        except SpecError as error:
            yield from error.findings
