"""Programs that are read by a call of theirs, and those that are not."""

from __future__ import annotations

from typing import Any

import pytest

from lrviz.trainers.python_calls import program_calls
from lrviz.trainers.registry import recognise
from lrviz.trainers.source import Source
from tests.conftest import Shell

HUGGING_FACE = "from transformers import TrainingArguments\n"
YOLO = "from ultralytics import YOLO\n"
CALL = "TrainingArguments(output_dir='x', learning_rate=1e-4, max_steps=100)\n"


def format_of(text: str, name: str = "train.py") -> str | None:
    recognised = recognise(Source(name, text))
    return recognised[0].name if recognised else None


def arguments(text: str) -> tuple[dict[str, Any], dict[str, str]]:
    source = Source("a.py", f"from m import f\n{text}\n")
    (call,) = program_calls(source, lambda path: path == "m.f")
    return dict(call.document.data), dict(call.document.expressions)


@pytest.mark.parametrize(
    "text",
    [
        HUGGING_FACE + CALL,
        "import transformers\nx = transformers." + CALL,
        "import transformers as t\nx = [t." + CALL[:-1] + "]\n",
        "def f():\n  from transformers import Seq2SeqTrainingArguments as A\n  A(max_steps=3)\n",
        "from transformers.training_args import TrainingArguments\nx: int = " + CALL,
        "from sentence_transformers import SentenceTransformerTrainingArguments as A\n"
        "A(num_train_epochs=3)\n",
        "from trl import GRPOConfig\nGRPOConfig(output_dir='x', num_train_epochs=2)\n",
        "from trl.experimental.kto import KTOConfig\nKTOConfig('x', max_steps=2)\n",
    ],
)
def test_a_program_of_hugging_face(text: str) -> None:
    assert format_of(text) == "hf_trainer"


@pytest.mark.parametrize(
    "text",
    [
        CALL,  # imported from nowhere
        "from mine import TrainingArguments\n" + CALL,
        "from .transformers import TrainingArguments\n" + CALL,
        HUGGING_FACE + "parser = HfArgumentParser(TrainingArguments)\n",
        HUGGING_FACE + "class Mine(TrainingArguments):\n    learning_rate: float = 1e-4\n",
        HUGGING_FACE + "args = TrainingArguments(output_dir='x', fp16=True)\n",
        HUGGING_FACE + "args = TrainingArguments(**read())\n",
        HUGGING_FACE + CALL + "def (:\n",
        "from transformers import GPT2Config\nGPT2Config(learning_rate=1e-4, max_steps=3)\n",
        "from peft import LoraConfig\nLoraConfig(learning_rate=1e-4, max_steps=3)\n",
        "from transformers import SFTConfig\nSFTConfig(learning_rate=1e-4, max_steps=3)\n",
        YOLO + "model = YOLO('a.pt')\nmodel.train()\n",
        YOLO + "model = YOLO('a.pt')\nmodel.train(True)\n",
        YOLO + "model = YOLO('a.pt')\nmodel.val(data='a.yaml', batch=8)\n",
        YOLO + "def run(model):\n    model.train(data='a.yaml', epochs=3)\n",
        YOLO + "self.model = YOLO('a.pt')\nself.model.train(epochs=3)\n",
        "from torch import nn\nmodel = nn.Linear(1, 2)\nmodel.train(epochs=3, lr0=0.1)\n",
        "# ultralytics\nmodel = Net()\nmodel.train(epochs=3, lr0=0.1)\n",
    ],
)
def test_another_program(text: str) -> None:
    assert format_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        YOLO + "model = YOLO('a.pt')\nresults = model.train(data='a.yaml')\n",
        YOLO + "model: YOLO = YOLO('a.pt')\nmodel.train(lr0=1e-3)\n",
        "import ultralytics\nultralytics.YOLO('a.pt').train(epochs=3)\n",
        "from ultralytics import RTDETR as R\nif 1:\n    m = R('a')\n    m.train(imgsz=320)\n",
    ],
)
def test_a_program_of_ultralytics(text: str) -> None:
    assert format_of(text) == "ultralytics"


@pytest.mark.parametrize(
    "text",
    [
        "yolo train data=a.yaml",
        "yolo detect train model=a.pt data=b.yaml epochs=3 imgsz=640\n",
        "yolo mode=train task=detect lr0=0.1\n",
        "!yolo train --epochs=3\n",
        "#!/bin/sh\nset -e\nCUDA_VISIBLE_DEVICES=0 /opt/bin/yolo pose train data=a.yaml &\n",
        "yolo val model=a.pt\nultralytics train epochs = 3\n",
    ],
)
def test_a_command_of_ultralytics(text: str) -> None:
    assert format_of(text, "run.sh") == "ultralytics"


def test_words_that_a_shell_replaces_are_skipped(shell: Shell) -> None:
    shell.write(
        "run.sh",
        "E=9\nyolo train cfg=a.yaml \"${more[@]}\" 'x y' $REST \\\n  epochs=${E} lr0=0.5 "
        "&& yolo val epochs=99\n",
    )
    done = shell("export", "run.sh", "--every", "8", "--lr", "0.5", "--csv")
    assert done.stdout.splitlines()[0] == "step,run.sh"
    assert len(done.stdout.splitlines()) == 3
    assert (
        "note: run.sh: cfg names a file with further arguments, which is not read\n" in done.stderr
    )


@pytest.mark.parametrize(
    "text",
    [
        "yolo val model=a.pt data=b.yaml\n",
        "yolo detect data=b.yaml epochs=3\n",
        "yolo train\n",
        "# yolo train epochs=3\n",
        "yolov5 train epochs=3\n",
        "python yolo.py train epochs=3\n",
        "usage:\n```\nyolo train epochs=3\n```\n",
    ],
)
def test_another_command(text: str) -> None:
    assert format_of(text, "run.sh") is None


@pytest.mark.parametrize(
    ("text", "data", "expressions"),
    [
        ("f(1, a=2 * 3, b='x', c=None, d=[1, 2])", {"a": 6, "b": "x", "c": None, "d": [1, 2]}, {}),
        ("A = 3\ndef g():\n    B = A\n    f(a=A, b=B)", {"a": 3, "b": 3}, {}),
        ("f(a=A)\nA = 3", {"a": 3}, {}),
        ("A = 3\nA += 1\nf(a=A)", {}, {"a": "A"}),
        ("A = 3\ndef g(A):\n    f(a=A)", {}, {"a": "A"}),
        ("A = 3\nfrom x import A\nf(a=A)", {}, {"a": "A"}),
        ("for A in (1, 2):\n    f(a=A)", {}, {"a": "A"}),
        ("A = int(x)\nf(a=A, b=args.b, c=g(2))", {}, {"a": "A", "b": "args.b", "c": "g(2)"}),
        ("def A(): ...\nA = 3\nf(a=A)", {}, {"a": "A"}),
        ("A = [1, int(x)]\nf(a=A)", {}, {"a": "A"}),
        ("f(a=Kind.COSINE, b=m.Kind.TWO_WORDS, c=Kind.A.value)", {"a": "cosine", "b": "two_words",
         "c": "a"}, {}),
        ("f(a=Kind.cosine, b=os.PATH)", {}, {"a": "Kind.cosine", "b": "os.PATH"}),
        ("f(**{'a': 1}, b=2)", {"a": 1, "b": 2}, {}),
        ("C = {'a': 1}\nf(**C, **d)", {"a": 1}, {}),
    ],
)  # fmt: skip
def test_arguments(text: str, data: dict[str, Any], expressions: dict[str, str]) -> None:
    assert arguments(text) == (data, expressions)


def test_calls_are_in_the_order_of_their_lines() -> None:
    text = "from m import f\ndef g():\n    f(a=1)\nf(f(a=3), a=2)\n"
    calls = program_calls(Source("a.py", text), lambda path: path == "m.f")
    assert [call.document.data["a"] for call in calls] == [1, 2, 3]
    assert [call.name for call in calls] == ["f", "f", "f"]


def test_a_program_on_standard_input_is_read_by_its_text() -> None:
    assert format_of(HUGGING_FACE + CALL, "-") == "hf_trainer"
    assert format_of("TrainingArguments = 3\n", "-") is None


def test_the_only_call_with_a_rate_counts(shell: Shell) -> None:
    other = "TrainingArguments('y', max_steps=7)\n"
    shell.write("train.py", HUGGING_FACE + other + CALL + other)
    done = shell("measure", "train.py")
    assert (done.returncode, done.stderr) == (0, "")
    shell.write("train.py", HUGGING_FACE + other + CALL + CALL)
    done = shell("measure", "train.py")
    assert done.returncode == 2
    assert done.stderr == (
        "error: train.py: has 2 calls that train (TrainingArguments in line 3, TrainingArguments "
        "in line 4); lrviz reads a program with one: keep one of them in a file of its own\n"
    )


def test_a_value_that_only_a_run_has_is_a_warning(shell: Shell) -> None:
    text = "TrainingArguments('x', learning_rate=args.lr, max_steps=100, seed=args.seed)\n"
    shell.write("train.py", HUGGING_FACE + text)
    done = shell("check", "train.py", "--select", "unset-variable")
    assert done.returncode == 1
    assert "learning_rate is args.lr, which is no literal; 5e-5 is taken" in done.stdout
    assert "seed" not in done.stdout


def test_a_scheduler_of_the_program_is_selected_by_its_name(shell: Shell) -> None:
    shell.write("train.py", HUGGING_FACE + CALL + "def rate(step):\n    return 0.5\n")
    shell.write("transformers.py", "def TrainingArguments(**options): ...\n")
    done = shell("export", "train.py:rate", "--steps", "2", "--csv")
    assert (done.returncode, done.stdout) == (0, "step,train.py:rate\n0,0.5\n1,0.5\n")
