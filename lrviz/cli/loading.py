"""The SPECs of a command, with its options."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from lrviz.cli.options import Options
from lrviz.core.errors import SpecError
from lrviz.core.files import is_file, is_folder
from lrviz.core.findings import Finding
from lrviz.curves.facts import table_findings
from lrviz.curves.table import tabulate
from lrviz.specfile.contents import LoadedSpec
from lrviz.specfile.source import files_in, label_specs, read_specs

SCRIPTS = (".py", ".sh")
"""The endings of programs and scripts that may be training configs."""


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


class Runs(NamedTuple):
    """The curves of SPECs, the faults of those that cannot be read, and notes on logs."""

    loaded: list[LoadedSpec]
    faults: list[Finding]
    notes: list[Finding]


def load_runs(specs: Sequence[str], options: Options) -> Runs:
    """Return the curves of SPECs; what the one config of a folder leaves open is its log's."""
    if not any(map(is_folder, specs)):
        return Runs(*load_readable(specs, options), [])
    runs = [load_run(spec, options) for spec in specs]
    return Runs(
        label_specs([item for run in runs for item in run.loaded]),
        [fault for run in runs for fault in run.faults],
        [note for run in runs for note in run.notes],
    )


def load_run(spec: str, options: Options) -> Runs:
    """Return the curves of a SPEC, of a run's folder with the length that its log says."""
    loaded, faults = load_readable([spec], options)
    if not is_folder(spec):
        return Runs(loaded, faults, [])
    unread = [*notes_on_scripts(spec, options)]
    if sum(len(item.curves) for item in loaded) != 1:
        return Runs(loaded, faults, unread)
    from lrviz.audits.discovery import find_log  # only a run's folder has a log
    from lrviz.audits.log import read_log
    from lrviz.audits.open_facts import load_for_log

    def load_with(curve: Mapping[str, Any], trainer: Mapping[str, Any]) -> LoadedSpec:
        return load_readable([spec], with_flags(options, curve, trainer))[0][0]

    try:
        log = read_log(find_log(Path(spec)))
    except SpecError:  # check reads plans; audit says what is wrong with a log
        return Runs(loaded, faults, unread)
    plan, filled = load_for_log(load_with, log)
    return Runs([plan], faults, [*unread, *filled.notes[len(log.notes) :]])


def notes_on_scripts(folder: str, options: Options) -> Iterator[Finding]:
    """Yield a note for each script of a folder that is a training config, which is not read."""
    try:
        paths = files_in(folder, SCRIPTS)
    except SpecError:  # a fault of the folder, which is reported where it is read
        return
    for path in paths:
        if is_file(path) and load_readable([path], options)[0]:
            message = f"{path} is a training config, too, and is not read with its folder; name it"
            yield Finding("unread-script", message)


def with_flags(options: Options, curve: Mapping[str, Any], trainer: Mapping[str, Any]) -> Options:
    """Return options with further flags where they are not given."""
    return replace(
        options, curve={**curve, **options.curve}, trainer={**trainer, **options.trainer}
    )


def faults_of_rates(loaded: Iterable[LoadedSpec], span: range | None) -> Iterator[Finding]:
    """Yield an error for each curve whose rates cannot be computed."""
    for spec in loaded:
        try:
            table_findings(tabulate(spec.curves, span))
        except SpecError as error:
            yield from error.findings
