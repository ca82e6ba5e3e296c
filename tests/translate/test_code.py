"""The comments at the start of a program, and which of two programs is written."""

from __future__ import annotations

import pytest

import lrviz
from lrviz.codegen.target import Snippet
from lrviz.translate.code import commented, write_snippet


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a" * 86, ["# " + "a" * 86]),
        ("a" * 87, ["# " + "a" * 86, "#   a"]),
        ("a" * 50 + " " + "b" * 35, ["# " + "a" * 50 + " " + "b" * 35]),
        ("a" * 50 + " " + "b" * 36, ["# " + "a" * 50, "#   " + "b" * 36]),
        (
            "a" * 50 + " " + "b" * 30 + "-" + "c" * 9,
            ["# " + "a" * 50, "#   " + "b" * 30 + "-" + "c" * 9],
        ),
    ],
)
def test_comments_have_at_most_88_columns(text: str, lines: list[str]) -> None:
    assert commented(text) == lines


@pytest.mark.parametrize(
    ("spec", "optimizer"),
    [
        ("transformers.constant", "AdamW(model.parameters(), lr=0.1)"),  # an equivalent
        ("transformers.cosine:num_warmup_steps=3,num_training_steps=9", "AdamW("),  # a function
        ("transformers.reduce_lr_on_plateau:metric=[1,2]", "AdamW("),
        ("lrviz.warmup_stable_decay:total_steps=9", "AdamW("),
        ("torch.CosineAnnealingLR:T_max=9", "SGD(model.parameters(), lr=0.1, momentum=0.9)"),
        ("keras.CosineDecay:initial_learning_rate=1,decay_steps=9", "SGD("),
        ("ultralytics.linear:epochs=9", "SGD("),
    ],
)
def test_the_optimizer_of_torch_is_the_usual_one_of_the_library(spec: str, optimizer: str) -> None:
    (curve,) = lrviz.load(spec)
    assert f"optimizer = torch.optim.{optimizer}" in lrviz.code(curve, "torch")


@pytest.mark.parametrize(
    ("equivalent", "function", "written"),
    [(40, 1, "e"), (41, 40, "f"), (41, 41, "e"), (0, 50, "f")],
)
def test_of_two_long_programs_the_shorter_is_written(
    equivalent: int, function: int, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An equivalent of up to 40 lines is not compared with a function; 0 is none."""
    (curve,) = lrviz.load("cosine:t_max=10")
    by_schedule = Snippet("e\n" * equivalent, ()) if equivalent else None
    by_function = Snippet("f\n" * function, ())
    monkeypatch.setattr("lrviz.translate.code.equivalent_snippet", lambda *_: by_schedule)
    monkeypatch.setattr("lrviz.translate.code.function_snippet", lambda *_: by_function)
    assert set(write_snippet(curve, "keras").code) == {written, "\n"}
