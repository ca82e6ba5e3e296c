"""A range test as lines of text: what was read, and the rates that it suggests."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from lrviz.audits.range_rules import RULES, SOURCE, Suggestion
from lrviz.audits.range_test import DIVERGED, SMOOTHING, RangeTest
from lrviz.curves.figure_settings import FigureSettings
from lrviz.render.glyphs import Glyphs
from lrviz.render.scale import limits
from lrviz.render.screen import Screen, title_lines
from lrviz.render.terminal import sparkline
from lrviz.render.ticks import rate_text
from lrviz.render.wrapping import wrapped

NAME = max(len(rule.name) for rule in RULES)
NARROWEST = 40
WIDEST_SPARK = 60


def range_test_title(test: RangeTest) -> str:
    """Return which log the range test is in."""
    return f"LR range test of {Path(test.path).name}"


def range_test_report(test: RangeTest, settings: FigureSettings, screen: Screen) -> list[Text]:
    """Return the title, and the lines of a range test."""
    lines = range_test_lines(test, screen.width, screen.glyphs)
    return [*title_lines(settings.title), *lines]


def range_test_lines(test: RangeTest, width: int, glyphs: Glyphs) -> list[Text]:
    """Return the losses, and the rates that they suggest, wrapped to `width` columns."""
    used = test.smoothed[test.start : test.stop]
    spark = sparkline(used, min(width, WIDEST_SPARK), *limits([used]), glyphs)
    rates = [rate_text(item.lr) for item in test.suggestions]
    size = max(map(len, rates))
    suggestions = [
        f"{item.rule.name.ljust(NAME)} {rate.ljust(size)}  {item.rule.sentence} "
        f"({item.rule.source})"
        for item, rate in zip(test.suggestions, rates, strict=True)
    ]
    indent = " " * (NAME + size + 3)
    texts = [smoothing_text(test), cut_text(test)]
    lines = [Text(line) for text in texts for line in wrapped(text, width, "  ")]
    return [
        Text(spark),
        *lines,
        Text(""),
        *(Text(line) for text in suggestions for line in hanging(text, width, indent)),
    ]


def hanging(text: str, width: int, indent: str) -> list[str]:
    """Return a text whose lines after the first are indented, where there is room for that."""
    head, sentence = text[: len(indent)], text[len(indent) :]
    if width - len(indent) < NARROWEST:
        return wrapped(text, width, "  ")
    lines = wrapped(sentence, width - len(indent))
    return [head + lines[0], *(indent + line for line in lines[1:])]


def smoothing_text(test: RangeTest) -> str:
    """Return what was read, and how it is smoothed."""
    ends = f"{rate_text(float(test.rates[0]))} to {rate_text(float(test.rates[-1]))}"
    smoothed = f"smoothed with weight {test.smoothing:g}" if test.smoothing else "not smoothed"
    smoothed += f" as in {SOURCE}" if test.smoothing == SMOOTHING else ""
    return f"{test.loss_column} over {test.lr_column}: {len(test.rates):,} rows, {ends}; {smoothed}"


def cut_text(test: RangeTest) -> str:
    """Return where the loss diverged, and which rows the suggestions rest on."""
    text = f"the {'smoothed ' if test.smoothing else ''}loss does not diverge"
    if test.hidden_at is not None:
        text += (
            f", but the loss itself is above {DIVERGED:g} times its lowest at "
            f"{rate_text(test.hidden_at)}: a lower --smoothing does not hide that"
        )
    if test.diverged_at is not None:
        reason = "where it is not finite any more"
        if test.diverged is not None:
            reason = f"at {DIVERGED:g} times its lowest"
        text = f"the loss diverges at {rate_text(test.diverged_at)}, {reason}"
    first, last = (rate_text(float(test.rates[i])) for i in (test.start, test.stop - 1))
    return f"{text}; read from {first} to {last}, without the first tenth and the last 5 rows"


def suggestions_text(test: RangeTest) -> str:
    """Return the suggestions in a line."""
    return ", ".join(map(suggestion_text, test.suggestions))


def suggestion_text(item: Suggestion) -> str:
    """Return `valley: 0.002`, or `minimum / 10: 0.1` where the rate is a part of what was read."""
    divided = "" if item.rule.divisor == 1.0 else f" / {item.rule.divisor:g}"
    return f"{item.rule.name}{divided}: {rate_text(item.lr)}"
