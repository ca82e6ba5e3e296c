"""What a SPEC on the command line means: a file, a folder, standard input, a schedule."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from lrviz.core.errors import SpecError, did_you_mean
from lrviz.core.files import FileError, file_content, is_file, is_folder, stream_content
from lrviz.core.findings import Finding
from lrviz.core.register import fold, register
from lrviz.curves.curve import Curve
from lrviz.specfile.contents import LoadedSpec, read_bytes
from lrviz.specfile.inline import flag_name, read_inline
from lrviz.specfile.invalid import Path
from lrviz.specfile.keys import MAX_CURVES, Context
from lrviz.specfile.labels import label_curves
from lrviz.specfile.not_found import FILE_ENDINGS, MISSPELLED, not_found
from lrviz.specfile.program import PROGRAM, is_program
from lrviz.specfile.reader import read_curves
from lrviz.specfile.run_beside import RunBeside, run_beside

CARD = "README.md"
"""A model card, which a run's folder has."""


def load_spec(
    spec: str,
    override: Mapping[str, Any] | None = None,
    user: Mapping[str, Any] | None = None,
    trainer: Mapping[str, Any] | None = None,
) -> LoadedSpec:
    """Return the curves of a SPEC that is no folder.

    `override` and `user` hold settings of curves above and below those of the spec, unread;
    `trainer` are the settings for a training config.
    Raises SpecError with every fault of the spec.
    """
    context = Context(
        locate_nowhere, user=user or {}, override=override or {}, trainer=trainer or {}
    )
    loaded = read_spec(spec, context)
    return replace(loaded, curves=tuple(label_curves(loaded.curves)))


def locate_nowhere(path: Path, key: bool = False) -> str:
    """Return no place, for a context that is not of a spec yet."""
    del path, key
    return ""


def read_spec(spec: str, context: Context, beside: RunBeside | None = None) -> LoadedSpec:
    """Return the curves of a SPEC, not labelled yet; `context` has the settings around it.

    A name that is typed follows the run `beside` it.
    """
    if spec == "-":
        return read_bytes(standard_input(), "-", context)
    path, label = split_selection(spec)
    if is_file(path) or is_program(path):
        loaded = (
            read_bytes(file_bytes(FilePath(path)), path, context)
            if is_file(path)
            else load_program(path, context)
        )
        return loaded if label is None else select(loaded, label, path)
    if PROGRAM.fullmatch(spec) and not register.candidates(spec.partition(":")[0]):
        raise SpecError.of("", not_found(spec, spec.partition(":")[0]), "unknown-schedule")
    name, parameters = read_inline(spec)
    return read_typed(name, parameters, spec, replace(context, locate=lambda *_: spec), beside)


def split_selection(spec: str) -> tuple[str, str | None]:
    """Return the file or program of a SPEC and the label after it, as in `fig08.yaml#power=2`.

    The label is None where the SPEC has none.
    """
    marks = [] if is_file(spec) else [match.start() for match in re.finditer("#", spec)]
    for mark in marks:
        path = spec[:mark]
        if is_file(path) or is_program(path):
            return path, spec[mark + 1 :]
    return spec, None


def load_program(spec: str, context: Context) -> LoadedSpec:
    """Return the curves of a user's own program; what reads objects is imported when needed."""
    from lrviz.specfile.program_curves import read_program

    return LoadedSpec(tuple(read_program(spec, context)), {}, spec)


def load_named(
    name: str,
    flags: Mapping[str, Any],
    override: Mapping[str, Any] | None = None,
    user: Mapping[str, Any] | None = None,
) -> LoadedSpec:
    """Return the curves of a schedule's name and its parameters from flags."""

    def locate(path: Path, _: bool) -> str:
        path = path[1:] if path[:1] == ("sweep",) else path
        by_flag = path and path[0] in {fold(flag) for flag in flags} | {*flags}
        return flag_name(str(path[0])) if by_flag else name

    context = Context(locate, user=user or {}, override=override or {})
    loaded = read_typed(name, flags, name, context)
    return replace(loaded, curves=tuple(label_curves(loaded.curves)))


def read_typed(
    name: str,
    parameters: Mapping[str, Any],
    spec: str,
    context: Context,
    beside: RunBeside | None = None,
) -> LoadedSpec:
    """Return the curves of a name and parameters that were typed, perhaps beside files."""
    cls = register.find(name)
    if cls is None:
        raise SpecError.of("", not_found(spec, name), "unknown-schedule")
    flags = {cls.find_parameter(key) or key: value for key, value in parameters.items()}
    typed = replace(context, typed=True)
    if beside:
        curves = beside.follow(cls, {"schedule": name, **flags}, typed)
    else:
        curves = read_curves({"schedule": name, **flags}, typed)
    return LoadedSpec(tuple(curves), {}, name)


def read_folder(folder: str, context: Context) -> tuple[list[LoadedSpec], list[Finding]]:
    """Return the specs of a folder's files, in order, and the faults of those that are specs.

    A run's log and the like are left out. The picture of the specs is named after the folder. A
    model card counts where no other file is a spec. Raises SpecError for a folder without specs.
    """
    loaded, faults, others = read_files(files_in(folder), context)
    card = str(FilePath(folder) / CARD)
    if not loaded and not faults and is_file(card):
        loaded, *_ = read_files([card], context)
    if not loaded and not faults:
        endings = ", ".join(FILE_ENDINGS)
        message = f"is a folder without spec files ({endings})"
        raise SpecError(others or [Finding.error(folder, message, "empty-folder")])
    name = FilePath(folder).resolve().name
    return [replace(item, stem=name) for item in loaded], faults


def files_in(folder: str, endings: Sequence[str] = FILE_ENDINGS) -> list[str]:
    """Return the files of a folder with an ending, of those that may be specs, in order."""
    try:
        paths = list(FilePath(folder).iterdir())
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise SpecError.of(folder, message, "unreadable-file") from None
    return [str(path) for path in sorted(paths) if path.suffix in endings]


def read_files(
    paths: Iterable[str], context: Context
) -> tuple[list[LoadedSpec], list[Finding], list[Finding]]:
    """Return the specs of files, the faults in them, and a finding for each file that is none."""
    loaded: list[LoadedSpec] = []
    faults: list[Finding] = []
    others: list[Finding] = []
    for path in paths:
        try:
            loaded.append(read_spec(path, context))
        except SpecError as error:
            is_other = all(finding.id == "not-a-schedule" for finding in error.findings)
            (others if is_other else faults).extend(error.findings)
    return loaded, faults, others


def file_bytes(path: FilePath) -> bytes:
    """Return a file's bytes. Raises SpecError where it cannot be read."""
    try:
        return file_content(path)
    except FileError as error:
        raise SpecError.of(str(path), str(error), error.id) from None


def standard_input() -> bytes:
    """Return what standard input holds. Raises SpecError where it cannot be read."""
    try:
        return stream_content(sys.stdin.buffer)
    except FileError as error:
        raise SpecError.of("standard input", str(error), error.id) from None
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise SpecError.of("standard input", message, "unreadable-file") from None


def select(loaded: LoadedSpec, label: str, path: str) -> LoadedSpec:
    """Return the spec with the one curve that has a label, or a label with that end.

    A curve's groups of parameters are curves, too.
    """
    labelled = label_curves(loaded.curves)
    curves = [*labelled, *(group for curve in labelled for group in curve.groups)]
    exact = [curve for curve in curves if curve.label == label]
    ends = re.compile(rf"(?<![\w.-]){re.escape(label)}$")  # `2` is no end of `12`
    matching = exact or [curve for curve in curves if ends.search(curve.label)]
    if len(matching) != 1:
        labels = [curve.label for curve in curves]
        advice = "" if matching else did_you_mean(label, labels, MISSPELLED)
        message = "names more than one curve" if matching else f"names no curve{advice}"
        message = f"{message} (it has: {', '.join(labels)})"
        raise SpecError.of(f"{path}#{label}", message, "no-such-curve")
    return replace(loaded, curves=(replace(matching[0], name=""),), stem=f"{loaded.stem}-{label}")


def load_specs(
    specs: Iterable[str],
    override: Mapping[str, Any] | None = None,
    user: Mapping[str, Any] | None = None,
    trainer: Mapping[str, Any] | None = None,
    others: Sequence[Curve] = (),
) -> list[LoadedSpec]:
    """Return many SPECs, folders as their files, labelled together.

    A name that is typed follows the run of the files beside it, and of the `others`. Raises
    SpecError with the faults of all of them.
    """
    loaded, findings = read_specs(specs, override, user, trainer, others)
    if findings:
        raise SpecError(findings)
    return loaded


def read_specs(
    specs: Iterable[str],
    override: Mapping[str, Any] | None = None,
    user: Mapping[str, Any] | None = None,
    trainer: Mapping[str, Any] | None = None,
    others: Sequence[Curve] = (),
) -> tuple[list[LoadedSpec], list[Finding]]:
    """Return those of many SPECs that can be read, labelled together, and the others' faults.

    A name that is typed follows the run of the files beside it, and of the `others`. Raises
    SpecError for what is wrong with all of them: too many curves, standard input twice.
    """
    context = Context(
        locate_nowhere, user=user or {}, override=override or {}, trainer=trainer or {}
    )
    specs = list(specs)
    if specs.count("-") > 1:
        raise SpecError.of("-", "standard input can be read only once")
    names = {index for index, spec in enumerate(specs) if is_typed_name(spec)}
    results = {
        index: read_one(spec, context) for index, spec in enumerate(specs) if index not in names
    }
    files = [curve for items, _ in results.values() for item in items for curve in item.curves]
    beside = run_beside([*others, *files])
    results |= {index: read_one(specs[index], context, beside) for index in names}
    loaded = [item for index in range(len(specs)) for item in results[index][0]]
    findings = [fault for index in range(len(specs)) for fault in results[index][1]]
    curves = [curve for item in loaded for curve in item.curves]
    if len(curves) > MAX_CURVES:
        message = f"{len(curves):,} curves; at most {MAX_CURVES:,} are drawn in one run"
        raise SpecError.of("", message, "too-many-curves")
    return label_specs(loaded), findings


def read_one(
    spec: str, context: Context, beside: RunBeside | None = None
) -> tuple[list[LoadedSpec], list[Finding]]:
    """Return what one SPEC stands for, a folder for its files, and the faults in it."""
    try:
        if is_folder(spec):
            return read_folder(spec, context)
        return [read_spec(spec, context, beside)], []
    except SpecError as error:
        return [], [*error.findings]


def is_typed_name(spec: str) -> bool:
    """Return whether a SPEC is a schedule's name, alone or with parameters, or nothing at all."""
    path, _ = split_selection(spec)
    return not (spec == "-" or is_file(path) or is_folder(path) or is_program(path))


def label_specs(loaded: Sequence[LoadedSpec]) -> list[LoadedSpec]:
    """Return specs whose curves have labels that tell all of them apart."""
    labelled = iter(label_curves([curve for item in loaded for curve in item.curves]))
    return [replace(item, curves=tuple(next(labelled) for _ in item.curves)) for item in loaded]
