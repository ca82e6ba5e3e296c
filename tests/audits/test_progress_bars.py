"""Progress bars as tqdm 4.70 draws them: with each postfix, with each counter, and at the end."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import lrviz
from lrviz.audits.log import Log, read_log

STEPS = 60
BEHIND = (
    "the progress bar shows 0 during the first step: 1 is added to its counter, so that it is the "
    "number of steps done"
)
ONCE_AGAIN = "1 row in which the progress bar is only drawn again is left out"
SAME = "rows are left out: the row after has the same step"
AGAIN = "rows in which the progress bar is only drawn again are left out"


def drawn(counter: int, postfix: str, head: str = "", steps: int = STEPS) -> str:
    share = f"{head}{100 * counter // steps:3d}%|###   | "
    return f"\r{share}{counter}/{steps} [00:{counter:02d}<00:30, {counter + 1.5}it/s{postfix}]"


def loop(postfixes: list[str], every: int, head: str = "") -> Iterator[str]:
    """Draw the bar of a loop over it, whose counter is drawn after every so many steps."""
    counter, postfix, steps = 0, "", len(postfixes)
    yield drawn(0, "", head, steps)
    for step, own in enumerate(postfixes, start=1):
        postfix = own or postfix
        if own:
            yield drawn(counter, postfix, head, steps)
        if step - counter == every:
            counter = step
            yield drawn(counter, postfix, head, steps)
    yield drawn(steps, postfix, head, steps) + "\n"


def updated(postfixes: list[str], every: int, last: bool = False) -> Iterator[str]:
    """Draw a bar that is updated before its postfix is set, or `last`: after."""
    postfix, steps = "", len(postfixes)
    yield drawn(0, "")
    for step, own in enumerate(postfixes, start=1):
        if not last and step % every == 0:
            yield drawn(step, postfix)
        postfix = own
        yield drawn(step - last, postfix)
        if last and step % every == 0:
            yield drawn(step, postfix)
    yield drawn(steps, postfix) + "\n"


def postfixes(ahead: int = 0, every: int = 1, steps: int = STEPS) -> list[str]:
    """Return the postfix of each step: the rate that it used, or that of the next one."""
    rates = [0.05 * (1 + math.cos(math.pi * (step + ahead) / steps)) for step in range(steps)]
    return [f", lr={r:.6f}" if step % every == 0 else "" for step, r in enumerate(rates)]


def read(folder: Path, text: str) -> Log:
    path = folder / "run.log"
    path.write_text(text, encoding="utf-8", newline="")
    return read_log(path)


Bar = Callable[[list[str], int], Iterator[str]]
Draw = Callable[[int], Iterator[str]]
BARS: dict[str, tuple[Draw, range, list[str]]] = {
    "a loop": (
        lambda ahead: loop(postfixes(ahead), 1), range(1, 61), [BEHIND, f"61 {AGAIN}"]
    ),
    "a loop of short steps": (
        lambda ahead: loop(postfixes(ahead), 4), range(1, 58, 4), [BEHIND, f"61 {AGAIN}"]
    ),
    "a loop with some postfixes": (
        lambda ahead: loop(postfixes(ahead, every=10), 1), range(1, 52, 10),
        [BEHIND, f"61 {AGAIN}"],
    ),
    "updated before": (
        lambda ahead: updated(postfixes(ahead), 1), range(1, 61), [f"60 {AGAIN}"]
    ),
    "updated seldom before": (
        lambda ahead: updated(postfixes(ahead), 7), range(1, 61), [f"9 {SAME}"]
    ),
    "updated after": (
        lambda ahead: updated(postfixes(ahead), 1, last=True), range(1, 61),
        [BEHIND, f"61 {AGAIN}"],
    ),
    "updated seldom after": (
        lambda ahead: updated(postfixes(ahead), 7, last=True), range(1, 61),
        [BEHIND, ONCE_AGAIN, f"8 {SAME}"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("ahead", [0, 1])
@pytest.mark.parametrize("case", BARS.values(), ids=BARS)
def test_a_bar_is_read_as_the_steps_done(
    case: tuple[Draw, range, list[str]], ahead: int, tmp_path: Path
) -> None:
    draw, steps, notes = case
    log = read(tmp_path, "".join(draw(ahead)))
    (series,) = log.series
    assert series.steps.tolist() == list(steps)
    assert [note.message for note in log.notes] == notes
    audit = lrviz.audit(tmp_path / "run.log", lrviz.load(f"cosine:T_max={STEPS}")[0])
    assert (audit.followed, audit.decisive.convention) == (True, ("rate-used", "next-rate")[ahead])


def test_the_postfix_of_the_last_step_of_each_tenth_is_at_its_step(tmp_path: Path) -> None:
    texts = ["" if (step + 1) % 10 else text for step, text in enumerate(postfixes())]
    (series,) = read(tmp_path, "".join(loop(texts, 1))).series
    assert series.steps.tolist() == [10, 20, 30, 40, 50, 60]
    assert series.rates.tolist() == pytest.approx([float(t.split("=")[1]) for t in texts if t])


@pytest.mark.parametrize("bar", [loop, updated])
@pytest.mark.parametrize("every", [1, 7])
def test_a_rate_that_stays_is_kept_in_each_row(bar: Bar, every: int, tmp_path: Path) -> None:
    (series,) = read(tmp_path, "".join(bar([", lr=0.1"] * STEPS, every))).series
    steps = range(1, STEPS + 1) if bar is updated or every == 1 else range(8, 57, 7)
    assert set(steps) <= set(series.steps.tolist())
    assert set(series.rates.tolist()) == {0.1}


def test_a_rate_that_stays_in_an_epoch_is_kept_in_each_row_but_the_last(tmp_path: Path) -> None:
    rows = (drawn(k, f", lr={0.1 / e}", f"Epoch {e}: ", 20) for e in (1, 2) for k in range(1, 21))
    (series,) = read(tmp_path, "".join(rows)).series
    assert series.steps.tolist() == [*range(1, 20), *range(21, 40)]


def test_a_bar_that_is_drawn_twice_at_its_end(tmp_path: Path) -> None:
    (series,) = read(tmp_path, "".join(updated(postfixes(), 6, last=True))).series
    assert series.steps.tolist() == list(range(1, 61))


@pytest.mark.parametrize("head", ["", "Epoch {0}: ", "Epoch {1}/3: ", "Epoch [{1}/3]: "])
def test_a_bar_for_each_epoch_is_counted_through(head: str, tmp_path: Path) -> None:
    texts = postfixes()
    bars = [loop(texts[20 * e : 20 * e + 20], 1, head.format(e, e + 1)) for e in range(3)]
    log = read(tmp_path, "".join("".join(bar) for bar in bars))
    (series,) = log.series
    assert series.steps.tolist() == list(range(1, 61))
    assert series.rates.tolist() == pytest.approx([float(text.split("=")[1]) for text in texts])
    through = "the counter begins again 2 times after its end: the steps are counted through"
    assert (through in [note.message for note in log.notes]) is not bool(head)


def test_a_bar_that_was_cut_off_goes_on_to_its_last_row(tmp_path: Path) -> None:
    text = "".join(list(loop(postfixes(), 1))[:-21])
    (series,) = read(tmp_path, text).series
    assert series.steps.tolist() == list(range(1, 51))


def test_a_bar_without_an_end_has_no_rate_of_its_last_row(tmp_path: Path) -> None:
    text = "".join(loop(postfixes(), 1)).replace(f"/{STEPS} ", "it ")
    (series,) = read(tmp_path, text).series
    assert series.steps.tolist() == list(range(1, 61))
