"""Values as text."""

from __future__ import annotations

import math
from typing import Any

import pytest

import lrviz
from lrviz.core.text import (
    break_position,
    format_compact,
    format_count,
    format_exact,
    format_flow,
    format_rounded,
    format_value,
    one_line,
    shorten_exponent,
    title_text,
    visible,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (0.1, "0.1"), (1, "1"), (-1e-7, "-1e-7"), (1e-3, "0.001"), (9.99e-4, "9.99e-4"),
        (3e-4, "3e-4"), (999_999.0, "999999"), (1e6, "1e6"), (-2.5e-7, "-2.5e-7"),
        (1 / 3, "0.3333333333333333"), (1e300, "1e300"), (1.0000000000000002e-5,) * 2,
    ],
)  # fmt: skip
def test_exact_numbers(value: float, text: Any) -> None:
    assert format_exact(value) == str(text).replace("e-05", "e-5")
    assert float(format_exact(value)) == value


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1 / 3, 4, "0.3333"), (1.23456e-5, 4, "1.235e-5"), (0.1, 4, "0.1"), (123456.0, 2, "120000")],
)
def test_rounded_numbers(value: float, digits: int, text: str) -> None:
    assert format_rounded(value, digits) == text


def test_exponents_are_shortened() -> None:
    texts = ["1.50e-05", "2.0e+06", "10e-05", "3.e+20", "0.50"]
    assert list(map(shorten_exponent, texts)) == ["1.5e-5", "2e6", "10e-5", "3e20", "0.50"]


def test_rounded_numbers_stay_finite() -> None:
    assert math.isfinite(float(format_rounded(1.7976931348623157e308, 2)))


@pytest.mark.parametrize(
    ("value", "message", "compact"),
    [
        (True, "true", "true"),
        (None, "null", "null"),
        (3, "3", "3"),
        (10**7, "10000000", "1e7"),
        (1e-4, "1e-4", "1e-4"),
        (math.inf, ".inf", ".inf"),
        (-math.inf, "-.inf", "-.inf"),
        (math.nan, ".nan", ".nan"),
        ("cos", "'cos'", "cos"),
        ([1, 2.5, "a"], "[1, 2.5, 'a']", "[1,2.5,a]"),
        ((30, 60), "[30, 60]", "[30,60]"),
        ({"simulate": {"noise": 0.5}}, "{simulate: {noise: 0.5}}", "{'simulate': {'noise': 0.5}}"),
    ],
)
def test_values(value: Any, message: str, compact: str) -> None:
    assert format_value(value) == message
    assert format_compact(value) == compact


def test_long_values_are_shortened_in_messages_only() -> None:
    assert format_value("x" * 78) == "'" + "x" * 78 + "'"
    assert format_value("x" * 79) == "'" + "x" * 76 + "..."
    assert format_compact("x" * 200) == "x" * 200


def test_parameters_that_are_not_the_default() -> None:
    schedule = lrviz.schedule("torch.StepLR", step_size=30, gamma=0.1)
    assert schedule.non_default_parameters() == {"step_size": 30}
    assert lrviz.schedule("torch.StepLR", step_size=5, gamma=0.5).non_default_parameters() == {
        "step_size": 5,
        "gamma": 0.5,
    }


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain 学習率 é", "plain 学習率 é"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\x00\x85", "a\\nb\\x00\\x85"),
        ("\u202eab\u2028\ufeff", "\\u202eab\\u2028\\ufeff"),
        ("\ufffe\ufdd0\ufdef\U0001ffff", "\\ufffe\\ufdd0\\ufdef\\U0001ffff"),
        ("\ufdcf\ufdf0", "\ufdcf\ufdf0"),
        ("\U0001f469\u200d\U0001f680 می\u200cخواهم", "\U0001f469\u200d\U0001f680 می\u200cخواهم"),
        ("\ud83d", "\\ud83d"),
        ("\udcff", "\\xff"),
        ("\udcc3\udca9", "é"),
        ("\u00a0\ue000", "\u00a0\ue000"),
    ],
)
def test_control_characters_are_seen(text: str, seen: str) -> None:
    assert visible(text) == seen


def test_a_title_is_one_line() -> None:
    assert title_text("two\r\n\tlines\n") == "two lines"


def test_a_line_loses_its_middle() -> None:
    assert one_line("x" * 300) == "x" * 300
    assert one_line("a" * 150 + "b" * 151) == "a" * 150 + "b" * 47 + "..." + "b" * 100
    assert one_line("\x1b" * 6, 12) == "\\x1b\\...\\x1b"


@pytest.mark.parametrize(
    ("count", "noun", "text"),
    [
        (0, "step", "0 steps"),
        (1, "step", "1 step"),
        (2, "step", "2 steps"),
        (1000, "optimizer step", "1,000 optimizer steps"),
        (1, "process", "1 process"),
        (8, "process", "8 processes"),
        (8, "batch", "8 batches"),
        (8, "epoch", "8 epochs"),
    ],
)
def test_counts_with_their_noun(count: int, noun: str, text: str) -> None:
    assert format_count(count, noun) == text


def test_values_in_the_flow_style_of_yaml() -> None:
    value = {"a": [1, 1e-4, "x"], "b": {"c": True, "d": None}}
    assert format_flow(value) == "{a: [1, 1e-4, x], b: {c: true, d: null}}"


def test_words_are_broken_after_punctuation() -> None:
    assert break_position("num_warmup_steps=2000", 18) == 17
    assert break_position("num_warmup_steps=2000", 17) == 17
    assert break_position("num_warmup_steps=2000", 16) == 11
    assert break_position("ab_cdefghi", 6) == 6  # the underscore is not in their second half
    assert break_position("abc_defghi", 6) == 4
    assert break_position("CosineAnnealingWarmRestarts", 18) == 15
    assert break_position("StepLR", 5) == 4
    assert break_position("abcdef", 1) == 1
    assert break_position("a b", 3) == 3
    assert break_position("a=bcd(ef)],g", 9) == 6  # no line begins with a bracket or comma
    assert break_position("a=bcd(ef)],g", 11) == 11
    assert break_position("a=0.125,b", 4) == 2  # not within a number
    assert break_position("lr=3e-40", 6) == 3
