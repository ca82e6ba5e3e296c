"""Arguments in scripts and logs: what is read, where, and that nothing is run."""

from __future__ import annotations

from typing import Any

import pytest

from lrviz.trainers.arguments import expand, read_arguments
from lrviz.trainers.registry import recognise
from lrviz.trainers.source import Source

CASES: list[tuple[str, dict[str, Any]]] = [
    ("run --lr 1e-4 --fp16", {"lr": 1e-4, "fp16": True}),
    ("run --lr=0.1 --lr 0.2", {"lr": 0.2}),
    ("run --lr 0.1 # --lr 7\n#SBATCH --lr 8", {"lr": 0.1}),
    ("run --lr 0.1 \\\n  --min-lr 0\n", {"lr": 0.1, "min_lr": 0}),
    ("run --ramp 16 8 300 --x", {"ramp": [16, 8, 300], "x": True}),
    ("run --lr 0.1 -s de | tee --log", {"lr": 0.1, "log": True}),
    ("run --seed -1 --sizes '0:8 1K:16'", {"seed": -1, "sizes": "0:8 1K:16"}),
    ('ARGS=" \\\n  --lr 0.1 \\\n"\n', {"lr": 0.1}),
    ("A=3\nB=$A\nrun --n ${B}0", {"n": 30}),
    ("run --n $A\nA=3\nrun --m $A", {"n": "$A", "m": 3}),
    ("export A=${1:-7}\nrun --n $A --m ${B:-x}", {"n": 7, "m": "x"}),
    ("A=10\nrun --n $(( A * 20 / 3 )) --m $((7 / 2))", {"n": 66, "m": 3}),
    ("run --n $((x + )) --m 1", {"n": "$((x + ))", "m": 1}),
    ("run --n $((1 / 0))", {"n": "$((1 / 0))"}),
    ("X=2\nrun --n 5 $X $OTHER", {"n": [5, 2]}),
    ("run --n 5 $OTHER 6", {"n": 5}),
    ("A=$A\nrun --n $A", {"n": "$A"}),
    ("[rank0]:  lr ........ 0.1\n  min_lr ..... None\n  bf16 .... True", {
        "lr": 0.1, "min_lr": None, "bf16": True}),
    ("lr .. 0.1\nno--lr 1 ---x", {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "arguments"), CASES, ids=range(len(CASES)))
def test_arguments_of_a_text(text: str, arguments: dict[str, Any]) -> None:
    assert read_arguments(text).data == arguments


def test_places_are_lines_and_columns_of_the_text() -> None:
    text = "A=1\nrun \\\n  --lr $A  # one\n0:  min_lr .... 2\n"
    assert read_arguments(text).marks == {("lr",): (3, 3), ("min_lr",): (4, 17)}


def test_a_value_that_grows_without_end_is_cut() -> None:
    lines = ["A=xxxxxxxxxx", *("A=$A$A$A$A" for _ in range(40)), "run --n $A"]
    assert read_arguments("\n".join(lines)).data == {"n": "x" * 1000}


def test_a_long_text_is_read_at_once() -> None:
    document = read_arguments("  --lr 0.1\n" * 200_000)
    assert document.marks == {("lr",): (90_909, 3)}


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("python main.py --arch resnet50 --lr-scheduler cosine --lr 0.1 --epochs 90", None),
        ("fairseq-train data --arch lstm --lr-scheduler fixed --lr 0.1", "fairseq"),
        ("train.py --lr-scheduler fixed --max-tokens 4096 --lr 0.1", "fairseq"),
        ("train.py --lr 0.1 --train-iters 90 --epochs 3", None),
        ("train.py --lr 0.1 --train-iters 90 --micro-batch-size 3", "megatron"),
        ("train.py --min-lr 0.1 --train-iters 90 --micro-batch-size 3", None),
    ],
)  # fmt: skip
def test_a_command_line_is_of_a_format_only_by_its_own_arguments(
    text: str,
    format: str | None,  # noqa: A002
) -> None:
    recognised = recognise(Source("command.sh", text))
    assert (recognised and recognised[0].name) == format


def test_variables_in_variables() -> None:
    assert expand("$A", {"A": "$B", "B": "$C", "C": "3"}) == "3"
    assert expand("$A", {"A": "x$A"}) == "x" * 21 + "$A"
