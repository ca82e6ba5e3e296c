"""First words that are no command, and SPECs that are no SPEC: what was meant works as typed."""

from __future__ import annotations

import pytest

from lrviz.cli.app import COMMANDS
from lrviz.cli.unknown_command import OTHER_WORDS
from tests.conftest import Shell

LISTS = " (lrviz --help lists them)"
EXPLAIN_FILE = "no command 'explain'; did you mean 'lrviz plot plan.yaml --explain'?"
LOG = "step,lr\n" + "".join(f"{step},{0.1 * (1 - step / 20)}\n" for step in range(20))


@pytest.fixture
def folder(shell: Shell) -> Shell:
    shell.write("plan.yaml", "schedule: cosine\nT_max: 9\n")
    shell.write("specs/a.yaml", "schedule: cosine\nT_max: 9\n")
    shell.write("log.csv", LOG)
    return shell


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("help", f"no command 'help'; did you mean '--help'?{LISTS}"),
        ("help plot", "no command 'help'; did you mean 'lrviz plot --help'?"),
        ("help cosine", "no command 'help'; did you mean 'lrviz show cosine'?"),
        ("--plot cosine", "--plot: no such option before a command; did you mean 'lrviz plot'?"),
        ("lrviz plot cosine", "no command 'lrviz'; did you mean 'lrviz plot cosine'?"),
        ("log.csv", "no command 'log.csv'; did you mean 'lrviz audit log.csv'?"),
        ("specs", "no command 'specs'; did you mean 'lrviz plot specs'?"),
        ("plan.yaml", "no command 'plan.yaml'; did you mean 'lrviz plot plan.yaml'?"),
        ("graph cosine", f"no command 'graph'; did you mean 'plot'?{LISTS}"),
        ("verify plan.yaml", f"no command 'verify'; did you mean 'check'?{LISTS}"),
        ("list_schedules", f"no command 'list_schedules'; did you mean 'list'?{LISTS}"),
        ("qwxz", f"no command 'qwxz'{LISTS}"),
        ("plot plot cosine", "unknown schedule 'plot'; did you mean 'lrviz plot cosine'?"),
        ("plot compare a b", "unknown schedule 'compare'; did you mean 'lrviz compare a b'?"),
        ("plot lrviz check a", "unknown schedule 'lrviz'; did you mean 'lrviz check a'?"),
        ("export csv", "unknown schedule 'csv'; did you mean '--csv'?"),
        ("export cosine csv", "'csv' is no SPEC; did you mean '--csv'?"),
        ("export cosine --csv x.csv", "'x.csv' is no SPEC; did you mean '-o x.csv'?"),
        ("compare cosine step x.png", "'x.png' is no SPEC; did you mean '-o x.png'?"),
        (
            "plot cosine x.png",
            "unexpected argument 'x.png': lrviz plot takes one SPEC; did you mean '-o x.png'?",
        ),
        (
            "code cosine keras",
            "unexpected argument 'keras': lrviz code takes one SPEC; did you mean '--as keras'?",
        ),
        (
            "dialects dark",
            "unexpected argument 'dark': lrviz dialects takes no argument; did you mean '--style "
            "dark'?",
        ),
        ("measure cosine -o x", "-o: no such option; standard output goes to a file by > x"),
        ("schema -o a.json", "-o: no such option; standard output goes to a file by > a.json"),
        ("schema -o", "-o: no such option; standard output goes to a file by > FILE"),
        ("advise vision -o x.yaml", "-o: no such option; did you mean '--write'?"),
        ("convert plan.yaml --write x", "--write: no such option; did you mean '--output'?"),
        ("gallery -o x", "-o: no such option; a DIR needs none: lrviz gallery x"),
        ("export cosine --sep ;", "--sep: no such option; did you mean '--tsv'?"),
        (
            "advise llm --tokens 1T",
            "--tokens: no such option; a length in tokens is written --steps 1Ttok, with "
            "--tokens-per-step",
        ),
        (
            "advise cosine",
            "'cosine' is a schedule, and no task; lrviz show cosine has the tasks it is for",
        ),
        ("export cosine --format csv", "--format: no such option; did you mean '--csv'?"),
        (
            "explain plan.yaml",
            "no command 'explain'; did you mean 'lrviz plot plan.yaml --explain'?",
        ),
        ("show gamma", "'gamma' is a parameter; lrviz list gamma shows the schedules that have it"),
        ("code torch cosine", "'torch' is no schedule; lrviz list torch shows its schedules"),
        ("advise --task vision", "--task: no such option; a TASK needs none: lrviz advise vision"),
        ("audit --log log.csv", "--log: no such option; a LOG needs none: lrviz audit log.csv"),
        ("list --dialect timm", "--dialect: no such option; a WORD needs none: lrviz list timm"),
        ("check --fix", "--fix: no such option; lrviz check --help lists them"),
        (
            "show cosine:t_max=9",
            "'cosine:t_max=9' is no name; did you mean 'lrviz show cosine'?",
        ),
        (
            "show plan.yaml",
            "plan.yaml: is a file; lrviz measure plan.yaml shows its facts, lrviz code its code",
        ),
        ("compare cosine,step", "unknown schedule 'cosine,step'; lrviz compare cosine step draws"),
        (
            "plot cosine t_max 100",
            "unexpected arguments 't_max' and '100': lrviz plot takes one SPEC; a parameter is set "
            "by its flag, as in: lrviz plot cosine --t-max 100",
        ),
        (r"plot specs\a.yaml", r"specs\a.yaml: no such file; did you mean 'specs/a.yaml'?"),
        ("plot 'plan.yaml'", "'plan.yaml': no such file; did you mean 'plan.yaml'?"),
        ("plot plan.yml", "plan.yml: no such file; did you mean 'plan.yaml'?"),
        ("check none/*.yaml", "none/*.yaml: no such file; no file matches the pattern"),
        (
            "check specs/*.yaml",
            "specs/*.yaml: no such file; without quotes the shell lists the 1 file of the pattern",
        ),
        ("plot https://a.b/c.yaml", "https://a.b/c.yaml: is an address; download the file first"),
        ("audit log.csv --vs cosine", "--vs: no such option; did you mean '--against'?"),
        (
            "audit log.csv --against cosine --t-max 9",
            "--t-max: no such option; a schedule's parameter is set in its file, or inline as "
            "NAME:t_max=VALUE",
        ),
        ("plot cosine --lr --steps 9", "--lr: needs a value, RATE: the optimizer's rate (0.1 if"),
        ("plot cosine -o -q", "-o: needs a value, FILE: image or page to write"),
    ],
)
def test_what_was_meant(words: str, message: str, folder: Shell) -> None:
    done = folder(*words.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {message}")


def test_the_end_of_options_may_precede_a_spec(folder: Shell) -> None:
    done = folder("plot", "--", "plan.yaml")
    assert (done.returncode, done.stderr) == (0, "wrote plan.png\n")


def test_other_words_for_commands() -> None:
    assert set(OTHER_WORDS) <= set(COMMANDS)
    words = [word for others in OTHER_WORDS.values() for word in others]
    assert len(words) == len(set(words))
    assert not set(words) & set(COMMANDS)
