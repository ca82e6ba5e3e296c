"""Attack lrviz with mutated input and faults, for a time: `attack.py --minutes 10`.

Commands are those of the command line, schedules those of the register, flags those of each
command's help. A run fails where it ends in an internal error or a traceback, prints control
characters or an endless line, takes more than 20 s or 2 GB, runs code of a file that is only read,
writes a page or a picture with a script of a label's, loses a target or leaves a temporary file.
A run of more than 20 s is tried once more, in a process of its own, before it fails: it may then
take 20 s of the processor's time, and two minutes where other programs use the machine. These are
counted as second tries. Prints each failure as JSON that `--case` runs again, and the counts.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch
from xml.etree import ElementTree

from lrviz.cli import main
from lrviz.cli.app import COMMANDS
from lrviz.core.register import register
from lrviz.core.schedule import as_plain_data
from lrviz.core.text import format_compact

ROOT = Path(__file__).parent.parent
MAX_RUN_LENGTH = 20
MAX_MEMORY = 2_000_000_000
MAX_LINE_LENGTH = 700
SLOW = ("gallery",)
"""Commands that always take seconds; they are interrupted, not mutated."""
FINE = (0, 1, 2, 74)
FORBIDDEN = ("internal error", "Traceback", "not enough memory", "Input should", "validation error",
             "Warning:")  # fmt: skip
SAFE = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*")
FRAME = re.compile(rf'File "{re.escape(str(ROOT / "lrviz"))}[^"]*", line \d+, in (\S+)')
"""A line of a traceback in lrviz, and the function."""
NUMBERS = ("0", "-1", "1", "2", "7", "0.5", "1e-320", "5e-324", "1e308", "-1e300", "1e22", ".inf",
           ".nan", "1e400", "9" * 30, "9" * 399, "1_000", "300k", "5%", "110%", "10ep", "2e9tok",
           "0x10", "null", "true", "-0.0", "1e-400", "1e6")  # fmt: skip
TEXTS = ("", " ", "\x1b[31m", "\u202e", "\ufeff", "$\\frac{$", "=1+1", "a\nb", "\ud83d", "\udcff",
         "x" * 2_000, "{", "[", "&a [*a]", "!!python/object:os.system {}", "<<", "#", "t" * 99,
         "t.a", "(" * 80, "lambda t: t", "1/0*t", "10**t**t", "學", "-", "/dev/null")  # fmt: skip
NO_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "1"}
"""On a full disk Python writes half of a module's bytecode, at which every later run fails."""
FAULTS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGKILL", "full disk", "closed output", "closed error")
LOG = "step,lr,loss\n" + "".join(f"{n},{0.1 * 1.3**n},{(n - 20) ** 2}\n" for n in range(40))
PLAN = "max_steps: 9\nlearning_rate: 0.1\nlr_scheduler_type: cosine\n" + "# long\n" * 3_000
FALL = "step,lr\n" + "".join(f"{n},{0.1 * 0.9**n}\n" for n in range(40))
INPUTS = {"log.csv": LOG, "fall.csv": FALL, "plan.yaml": PLAN}
"""The files that the commands of `OUTPUTS` read."""
OUTPUTS = (
    ("export", "cosine", "--steps", "300000", "-o", "out.csv"),
    ("export", "cosine", "--steps", "300000", "-o", "out.json"),
    ("plot", "cosine", "-o", "out.png"),
    ("plot", "onecycle", "-o", "out.svg"),
    ("compare", "cosine", "step", "-o", "out.pdf"),
    ("plot", "cosine", "-o", "out.html"),
    ("dialects", "--steps", "100", "-o", "out.png"),
    ("show", "cosine", "-o", "out.svg"),
    ("check", "--explain", "one-ahead", "-o", "out.png"),
    ("audit", "log.csv", "--against", "cosine", "-o", "out.html"),
    ("find-lr", "log.csv", "-o", "out.pdf"),
    ("audit", "fall.csv", "--no-image", "--write", "out.yaml"),
    ("convert", "plan.yaml", "-o", "out.yaml"),
    ("advise", "bert", "--write", "out.yaml"),
)
NEVER = ("--output", "--help", "--watch")
"""Flags that are not given at random: they write files, or end never."""
PROGRAMS = (
    "def rate(step):\n    return 0.1 / (step + 1)\n",
    "def rate(step):\n    raise SystemExit(3)\n",
    "def rate(step):\n    raise GeneratorExit\n",
    "def rate(step):\n    return rate(step)\n",
    "def rate(step):\n    return 10**400\n",
    "def rate(step):\n    raise ValueError('\\x1b[31m' + 'x\\n' * 10_000)\n",
    "rate = range(10**9)\n",
    "rate = []\nrate.append(rate)\n",
    "class Odd:\n    def __getattribute__(self, name):\n        raise RuntimeError(name)\n"
    "rate = Odd()\n",
)
"""Programs of the user's own; their text is never mutated, since they are run."""
TRAP = {".py": "open('executed', 'w')\n", ".sh": "touch executed\n"}
"""By ending, the first line of files that are read and never run."""
SCRIPT = "<script>attack()</script>"
"""What no page may hold as it is typed."""
HOSTILE_LABELS = (SCRIPT, f"</script>{SCRIPT}", f"-->{SCRIPT}", f"]]>{SCRIPT}", f"</title>{SCRIPT}",
                  f"'\"><img src=x>{SCRIPT}", "{{ 7 * 7 }}")  # fmt: skip
BEFORE = b"what was there before"


@dataclass
class Case:
    """A run: its words, the files around it, its standard input, and a fault."""

    words: list[str]
    files: dict[str, str] = field(default_factory=dict)
    stdin: str = ""
    fault: str = ""
    delay: float = 0.0


class Attacker:
    """Makes random cases; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.commands = [name for name in COMMANDS if name not in SLOW]
        self.schedules = register.all()
        self.specs = [
            path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("configs/*.yaml"))
        ]
        self.configs = [
            (path.suffix, path.read_bytes().decode("utf-8", errors="surrogateescape"))
            for path in sorted(ROOT.glob("tests/trainers/examples/*/*"))
            if path.is_file()
        ]
        self.flags: dict[tuple[str, ...], list[str]] = {}

    def case(self) -> Case:
        """Return a random case of any kind."""
        makers = (self.file, self.inline, self.typed, self.log, self.config, self.program,
                  self.page, self.defaults)  # fmt: skip
        return self.random.choice(makers)()

    def spec(self) -> dict[str, Any]:
        """Return the spec of a schedule's example."""
        cls = self.random.choice(self.schedules)
        spec = {"schedule": cls.title(), **cls.example_values()}
        for name in self.random.sample(list(cls.model_fields), len(cls.model_fields) // 2):
            spec.setdefault(name, cls.example_value(name))
        return spec

    def file(self) -> Case:
        """Return a command on a mutated spec file."""
        text = self.random.choice(self.specs)
        if self.random.random() < 0.7:
            text = json.dumps(self.spec(), default=str)
        for _ in range(self.random.randrange(4)):
            text = self.mutate(text)
        name = self.random.choice(("s.yaml", "s.json", "-"))
        files = {} if name == "-" else {name: text}
        return Case([*self.command(), name, *self.options()], files, text)

    def inline(self) -> Case:
        """Return a command on a mutated inline spec."""
        spec = self.spec()
        name = spec.pop("schedule")
        text = f"{name}:" + ",".join(f"{key}={self.value(value)}" for key, value in spec.items())
        return Case([*self.command(), self.mutate(text), *self.options()])

    def typed(self) -> Case:
        """Return a command on a name with flags of the schedule's own."""
        command, name = self.command(), self.random.choice(self.schedules).title()
        return Case([*command, name, *self.options((*command, name)), *self.options()])

    def log(self) -> Case:
        """Return a run that reads a malformed log of a metric or of rates."""
        rows = [f"{step},{0.1 / (step + 1)},{self.random.random()}" for step in range(30)]
        text = "step,lr,loss\n" + "\n".join(rows)
        for _ in range(self.random.randrange(6)):
            text = self.mutate(text)
        words = self.random.choice(
            (
                ["audit", "log.csv", "--against", "cosine"],
                ["audit", "log.csv"],
                ["audit", "run"],
                ["find-lr", "log.csv"],
                [*self.command(), "plateau", "--metric", "{csv: log.csv, column: loss}"],
            )
        )
        config = self.mutated_config()[1]
        files = {"log.csv": text, "run/metrics.csv": text, "run/config.yaml": config}
        return Case([*words, *self.options((words[0],))], files)

    def config(self) -> Case:
        """Return a command on a training config that is cut off or mutated, and never run."""
        command = self.random.choice((*self.commands, "convert", "plot"))
        ending, text = self.mutated_config()
        name = f"config{ending}"
        files = {name: TRAP.get(ending, "") + text}
        return Case([command, name, *self.options((command,))], files)

    def mutated_config(self) -> tuple[str, str]:
        """Return the ending and the text of a training config, cut off or mutated."""
        ending, text = self.random.choice(self.configs)
        if self.random.random() < 0.3:
            return ending, text[: self.random.randrange(len(text) + 1)]
        for _ in range(self.random.randrange(1, 4)):
            text = self.mutate(text)
        return ending, text

    def page(self) -> Case:
        """Return a command that writes a page, or a picture as XML, with hostile text."""
        labels = [self.random.choice(HOSTILE_LABELS + TEXTS) for _ in range(3)]
        spec = {"curves": [{"schedule": "cosine", "T_max": 9, "label": x} for x in labels[:2]]}
        name = self.random.choice(("x.html", "x.svg"))
        words = ["compare", "s.json", "--title", labels[2], "-o", name]
        return Case([*words, *self.options(("compare",))], {"s.json": json.dumps(spec)})

    def defaults(self) -> Case:
        """Return a command in a folder with mutated defaults of the user's."""
        text = 'style = "dark"\nsize = "8x4"\nwidth = 80\nsteps = 300\nsteps_per_epoch = 3\n'
        for _ in range(self.random.randrange(1, 4)):
            text = self.mutate(text)
        name = self.random.choice(("lrviz.toml", "pyproject.toml"))
        table = "" if name == "lrviz.toml" else "[tool.lrviz]\n"
        return Case([*self.command(), "cosine", *self.options()], {name: table + text})

    def program(self) -> Case:
        """Return a command on an attribute of a program that does no harm."""
        program = self.random.choice(PROGRAMS)
        name = self.random.choice(("rate", "rate.rate", "no", self.value("")))
        return Case([*self.command(), f"p.py:{name}", *self.options()], {"p.py": program})

    def fault(self) -> Case:
        """Return a run that is stopped, or whose output fails."""
        words = list(self.random.choice(OUTPUTS))
        return Case(words, fault=self.random.choice(FAULTS), delay=self.random.uniform(0, 2.5))

    def command(self) -> tuple[str, ...]:
        """Return a command."""
        return (self.random.choice(self.commands),)

    def options(self, command: tuple[str, ...] | None = None) -> list[str]:
        """Return up to three flags of a command's help, some with hostile values."""
        flags = self.flags_of(command or self.random.choice([(name,) for name in self.commands]))
        words = []
        for flag in self.random.sample(flags, min(len(flags), self.random.randrange(4))):
            words += [flag, self.value("")] if self.random.random() < 0.8 else [flag]
        return words

    def flags_of(self, command: tuple[str, ...]) -> list[str]:
        """Return the flags that the help of a command lists, without those that write files."""
        if command not in self.flags:
            output = run_inside(Case([*command, "--help"]), Path()).stdout
            flags = dict.fromkeys(re.findall(r"--[a-z][a-z-]+", output))
            self.flags[command] = [flag for flag in flags if flag not in NEVER]
        return self.flags[command]

    def value(self, usual: Any) -> str:
        """Return a value, now and then a hostile one."""
        if usual != "" and self.random.random() < 0.6:
            return format_compact(as_plain_data(usual))
        return self.random.choice(NUMBERS + TEXTS).replace("\x00", "")

    def mutate(self, text: str) -> str:
        """Return a text with one part removed, repeated, or replaced."""
        pieces = re.split(r"([\s,:{}\[\]\"'=]+)", text)
        at = self.random.randrange(len(pieces))
        pieces[at] = self.random.choice(
            ("", pieces[at] * 2, self.value(""), self.random.choice(pieces))
        )
        return "".join(pieces)


@dataclass(frozen=True)
class Outcome:
    """What a run left: its status and what it printed."""

    status: int
    stdout: str
    stderr: str


def encode(text: str) -> bytes:
    """Return a text's bytes: those that are no UTF-8 as they were, or else surrogates as such."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def run_inside(case: Case, folder: Path) -> Outcome:
    """Run a case in this process."""
    for name, text in case.files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(encode(text))
    output, errors = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    source = io.TextIOWrapper(io.BytesIO(case.stdin.encode(errors="surrogatepass")))
    streams = {"stdin": source, "stdout": output, "stderr": errors}
    with patch.multiple(sys, **streams), contextlib.chdir(folder):
        status = main(case.words)
        for stream in (output, errors):
            stream.flush()
    texts = [stream.buffer.getvalue().decode() for stream in (output, errors)]  # type: ignore[attr-defined]
    return Outcome(status, *texts)


def files_at_fault(folder: Path) -> list[str]:
    """Return what is wrong with the files that a run left."""
    wrong = ["runs a file that is only read"] if (folder / "executed").exists() else []
    for path in folder.glob("x.*"):
        content = path.read_text(encoding="utf-8")
        if SCRIPT in content or (path.suffix == ".svg" and not is_xml(content)):
            wrong.append(f"writes a label as code into {path.name}")
    return wrong


def is_xml(content: str) -> bool:
    """Tell whether a text is XML."""
    try:
        ElementTree.fromstring(content)
    except ElementTree.ParseError:
        return False
    return True


def faults_of(outcome: Outcome) -> list[str]:
    """Return what is wrong with an outcome."""
    wrong = [] if outcome.status in FINE else [f"status {outcome.status}"]
    wrong += [f"prints {word!r}" for word in FORBIDDEN if word in outcome.stderr]
    if not SAFE.fullmatch(outcome.stderr):
        wrong.append("prints control characters")
    if any(len(line) > MAX_LINE_LENGTH for line in outcome.stderr.split("\n")):
        wrong.append("prints an endless line")
    return wrong


def run_with_fault(case: Case, folder: Path) -> list[str]:
    """Run a case with its fault as a process; return what is wrong afterwards."""
    target = folder / case.words[-1]
    target.write_bytes(BEFORE)
    for name, text in INPUTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "lrviz", *case.words]
    redirections = {"closed output": ">&-", "closed error": "2>&-"}
    limit = "ulimit -f 8; trap '' XFSZ; " if case.fault == "full disk" else ""
    line = f'{limit}exec "$@" {redirections.get(case.fault, "")}'
    with subprocess.Popen(
        ["bash", "-c", line, "bash", *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **NO_BYTECODE},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        restore_signals=True,
    ) as running:
        if case.fault.startswith("SIG"):
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(case.delay)
            running.send_signal(getattr(signal, case.fault))
        try:
            errors = running.communicate(timeout=MAX_RUN_LENGTH * 6)[1].decode()
        except subprocess.TimeoutExpired:
            running.kill()
            return ["hangs"]
    wrong = [f"prints {word!r}" for word in FORBIDDEN if word in errors and has_begun(errors)]
    number = getattr(signal, case.fault, 0)
    if running.returncode not in (*FINE, 128 + number, -number):
        wrong.append(f"status {running.returncode}")
    left = {path.name for path in folder.iterdir()} - {target.name, *INPUTS}
    if left and case.fault != "SIGKILL":
        wrong.append(f"leaves {left}")
    content = target.read_bytes() if target.exists() else b""
    if content != BEFORE and not is_whole(target.suffix, content):
        wrong.append("loses the target, or leaves half of it")
    return wrong


def has_begun(errors: str) -> bool:
    """Return whether errors are lrviz's, not of Python while it still loads the program.

    Until `program` is called there is nothing that could catch a signal, and nothing to lose.
    """
    if "Traceback" not in errors:
        return "lrviz" in errors
    return any(function != "<module>" for function in FRAME.findall(errors))


def is_whole(ending: str, content: bytes) -> bool:
    """Return whether a file that lrviz wrote is complete."""
    ends = {".csv": b"\n", ".json": b"]}\n", ".png": b"IEND\xaeB`\x82", ".svg": b"</svg>\n",
            ".pdf": b"%%EOF\n", ".html": b"</html>", ".yaml": b"\n"}  # fmt: skip
    rows = content.count(b"\n") == 300_001 if ending == ".csv" else True
    names = b"\nschedule: " in b"\n" + content if ending == ".yaml" else True
    return content.endswith(ends[ending]) and rows and names


def check(case: Case) -> list[str]:
    """Run a case in a folder of its own; return what is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        if case.fault:
            return run_with_fault(case, Path(folder))
        outcome = run_inside(case, Path(folder))
        if "p.py" in case.files:  # where the user's own code raises, its traceback is wanted
            outcome = replace(outcome, stderr=outcome.stderr.replace("Traceback", ""))
        return faults_of(outcome) + files_at_fault(Path(folder))


def attack(make: Callable[[], Case], seconds: float, log: Path) -> Counter[str]:
    """Run cases for a time; each is written to `log` before, with the counts so far, in case it
    ends the process.
    """
    counts: Counter[str] = Counter()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        case = make()
        log.write_text(json.dumps({"counts": counts, "case": asdict(case)}), encoding="utf-8")
        signal.alarm(MAX_RUN_LENGTH * 8 if case.fault else MAX_RUN_LENGTH)
        wrong = check(case)
        signal.alarm(0)
        counts["fault runs" if case.fault else case.words[0]] += 1
        if wrong:
            counts["failures"] += 1
            print(json.dumps({"wrong": wrong, **asdict(case)}), flush=True)
    return counts


def limit_memory() -> None:
    """Limit the memory of this process and of those that it starts."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def second_try(case: dict[str, Any]) -> str:
    """Run a case in a process of its own; return what is wrong, or nothing."""
    words = [sys.executable, __file__, "--case", json.dumps(case)]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
    return "" if done.stdout.strip() == "fine" else f"ends with {done.returncode}"


def worker(kind: str, seed: int, seconds: float, log: Path) -> None:
    """Attack in this process, whose memory is limited, and print the counts as JSON."""
    limit_memory()
    import_module("lrviz.page.document")  # so that no run's time includes its import
    attacker = Attacker(seed)
    make = attacker.fault if kind == "faults" else attacker.case
    print("counts " + json.dumps(attack(make, seconds, log)))


def supervise(kind: str, seed: int, seconds: float) -> Counter[str]:
    """Run workers until the time is over, and another one for each that a case has ended."""
    counts: Counter[str] = Counter()
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "case.json"
        while (left := end - time.monotonic()) > 1:
            words = [__file__, "--worker", kind, "--seed", str(seed), "--seconds", str(left)]
            done = subprocess.run(
                [sys.executable, *words, "--log", str(log)],
                stdout=subprocess.PIPE,
                text=True,
                check=False,
            )
            for line in done.stdout.splitlines():
                if line.startswith("counts "):
                    counts += Counter(json.loads(line.removeprefix("counts ")))
                else:
                    print(line)
            if done.returncode:
                last = json.loads(log.read_text(encoding="utf-8"))
                counts += Counter(last["counts"]) + Counter([last["case"]["words"][0]])
                wrong = f"ends with {done.returncode}"
                if done.returncode == -signal.SIGALRM:
                    counts["second tries"] += 1
                    wrong = second_try(last["case"])
                if wrong:
                    counts["failures"] += 1
                    print(json.dumps({"wrong": [wrong], **last["case"]}), flush=True)
            seed += 1
    return counts


def run() -> int:
    """Attack as the command line says; return 1 where something failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=("both", "cases", "faults"), default="both")
    parser.add_argument("--case", help="a failure's JSON, to be run again")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--log", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        worker(given.worker, given.seed, given.seconds, given.log)
        return 0
    if given.case:
        limit_memory()
        case = {key: value for key, value in json.loads(given.case).items() if key != "wrong"}
        signal.setitimer(signal.ITIMER_PROF, MAX_RUN_LENGTH)
        signal.alarm(MAX_RUN_LENGTH * 6)
        print(check(Case(**case)) or "fine")
        return 0
    shares = {"cases": 0.7, "faults": 0.3} if given.kind == "both" else {given.kind: 1.0}
    counts: Counter[str] = Counter()
    for kind, share in shares.items():
        counts += supervise(kind, 1_000 * given.seed, given.minutes * 60 * share)
    print(", ".join(f"{name}: {count:,}" for name, count in sorted(counts.items())))
    return int(counts["failures"] > 0)


if __name__ == "__main__":
    sys.exit(run())
