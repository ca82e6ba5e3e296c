"""The assertion of a test: a scheduler follows its plan."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from os import PathLike
from typing import Any

from lrviz.api.arguments import Drawable, read_curves, require_one
from lrviz.api.curves import curve
from lrviz.api.errors import in_python_terms
from lrviz.api.rates import sample
from lrviz.audits.mismatch import Mismatch, find_mismatch
from lrviz.core.errors import SpecError
from lrviz.render.glyphs import glyphs_for
from lrviz.render.mismatch import mismatch_text
from lrviz.specfile.labels import number_equal


def assert_same(
    scheduler: object,
    spec: str | PathLike[str] | Drawable,
    *,
    steps: int | None = None,
    rtol: float = 1e-9,
    metric: Any = None,
    **settings: Any,
) -> None:
    """Raise AssertionError, in a test, where a scheduler does not follow its plan.

    `scheduler` and `metric` are as for `curve`, `spec` is a file, a name, or a curve; `settings`
    are those of a file or a name, as for `load`. Both are
    compared over `steps` steps, which are by default those of the plan or of the scheduler. Their
    difference may be `rtol` times the plan's rate, or times a ten-thousandth of its peak where the
    rate is lower. The error has the first step that differs, both rates, the mistakes that explain
    the difference, and a small chart. Raises SpecError for a spec of more or less than one curve,
    for an object that `curve` refuses, and where the number of steps is not known.
    """
    __tracebackhide__ = True  # pytest then shows the line of the test
    with in_python_terms():
        mismatches = [*mismatches_of(scheduler, spec, steps, rtol, metric, settings)]
    if mismatches:
        glyphs = glyphs_for(sys.stdout.encoding, os.environ.get("TERM"))
        raise AssertionError(mismatch_text(mismatches[0], glyphs))


def mismatches_of(
    scheduler: object,
    spec: Drawable,
    steps: int | None,
    rtol: float,
    metric: Any,
    settings: Mapping[str, Any],
) -> Iterator[Mismatch]:
    """Yield where the curves of a scheduler do not follow the one of a spec."""
    plans = read_curves(spec, settings=settings)
    require_one(str(spec), plans)
    if plans[0].run.length is None:
        plans = read_curves(spec, steps, settings=settings)  # a name follows the steps
    plan = plans[0].by_ticks()
    followed = read_curves(curve(scheduler, steps, metric=metric))
    count = steps or next((item.count() for item in (plan, *followed) if item.has_length), None)
    if count is None:
        message = "must be given: neither the scheduler nor its plan has an end"
        raise SpecError.of("steps", message, "missing-parameter")
    for item in read_curves(curve(scheduler, count, metric=metric)):
        table = sample(number_equal([item, plan]), count)
        mismatch = find_mismatch(table, rtol)
        if mismatch:
            yield mismatch
