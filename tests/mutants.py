"""Random one-token changes of lrviz, and which of them no test notices.

    python tests/mutants.py --count 20 --seed 1 --rooms core dialects

Each change (a comparison, an arithmetic operator, a number, a truth value, `and` or `or`, inside a
function) is applied in a copy of the tree, where the tests run until the first one fails. Tests
that fail without any change are left out. A change that survives is printed with its file and
line; it either shows a missing test or changes nothing.
"""

from __future__ import annotations

import argparse
import ast
import io
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parent.parent
SWAPS = {
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "==": "!=",
    "!=": "==",
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "//": "/",
    "%": "*",
    "**": "*",
    "and": "or",
    "or": "and",
    "True": "False",
    "False": "True",
}
IGNORED = shutil.ignore_patterns(".git", "__pycache__", ".*_cache", "*.egg-info")
SLOW_TESTS = ("tests/test_docs.py",)
"""They render the gallery, and run last."""
MAX_SECONDS = 300
"""A change that makes the tests hang is noticed."""

Position = tuple[int, int]


@dataclass(frozen=True)
class Mutant:
    """A change of one token: `old` at a line and column (in characters) becomes `new`."""

    path: Path
    line: int
    column: int
    old: str
    new: str

    def __str__(self) -> str:
        text = (ROOT / self.path).read_text(encoding="utf-8").splitlines()[self.line - 1].strip()
        return f"{self.path}:{self.line}:{self.column + 1}: {self.old} -> {self.new}    {text}"

    def apply(self, folder: Path) -> None:
        """Change the token in the tree of a folder."""
        path = folder / self.path
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        line = lines[self.line - 1]
        end = self.column + len(self.old)
        lines[self.line - 1] = line[: self.column] + self.new + line[end:]
        path.write_text("".join(lines), encoding="utf-8")


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Yield every change inside the functions of a module; `path` is relative to the tree."""
    source = (ROOT / path).read_text(encoding="utf-8")
    lines = source.splitlines()
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))

    def position(line: int, offset: int) -> Position:
        """Return a position of ast, whose columns are bytes, in characters."""
        return line, len(lines[line - 1].encode()[:offset].decode())

    def operators(parts: Sequence[ast.expr]) -> Iterator[tokenize.TokenInfo]:
        """Yield the operator's token between neighbouring operands."""
        for left, right in pairwise(parts):
            start = position(left.end_lineno or 0, left.end_col_offset or 0)
            stop = position(right.lineno, right.col_offset)
            between = (token for token in tokens if start <= token.start < stop)
            yield from (token for token in between if token.string in SWAPS)

    for node in nodes_in_functions(ast.parse(source)):
        if isinstance(node, ast.Constant):
            line, column = position(node.lineno, node.col_offset)
            end = position(node.end_lineno or 0, node.end_col_offset or 0)[1]
            old = lines[line - 1][column:end]
            yield Mutant(path, line, column, old, changed_constant(node.value))
            continue
        for token in operators(operands(node)):
            yield Mutant(path, *token.start, token.string, SWAPS[token.string])


def nodes_in_functions(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the operators, numbers and truth values in the bodies of functions, each once.

    Those in formatted strings are left out: before Python 3.12 they have no place in the source.
    """
    formatted = (node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr))
    seen = {id(part) for node in formatted for part in ast.walk(node)}
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for statement in function.body:
            for node in ast.walk(statement):
                is_constant = isinstance(node, ast.Constant) and is_changeable(node.value)
                if (is_constant or operands(node)) and id(node) not in seen:
                    seen.add(id(node))
                    yield node


def is_changeable(value: object) -> bool:
    """Return whether a constant is a number or a truth value."""
    return isinstance(value, bool | int | float)


def changed_constant(value: object) -> str:
    """Return the source of another truth value, or of the number plus one."""
    if isinstance(value, bool):
        return str(not value)
    assert isinstance(value, int | float)
    return repr(value + 1)


def operands(node: ast.AST) -> Sequence[ast.expr]:
    """Return the operands of a comparison, a sum, a product, or a condition; else nothing."""
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    return node.values if isinstance(node, ast.BoolOp) else []


def room_of(path: Path) -> str:
    """Return the folder, or the module, at the top of the package that a path is in."""
    return path.with_suffix("").parts[1]


def tests_for(path: Path) -> list[str]:
    """Return all test files, those of the module's own room first and the slow ones last."""
    room, *_ = names = [room_of(path), *path.with_suffix("").parts[2:]]
    files = [file.relative_to(ROOT) for file in sorted((ROOT / "tests").rglob("test_*.py"))]

    def order(file: Path) -> tuple[bool, bool, int]:
        own_room = room in file.parts or file.stem == f"test_{room}"
        return str(file) in SLOW_TESTS, not own_room, -sum(name in file.stem for name in names)

    return [str(file) for file in sorted(files, key=order)]


def run_tests(folder: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run the tests in a tree. Raises subprocess.TimeoutExpired where they hang."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=MAX_SECONDS,
    )


def failing_tests(folder: Path) -> list[str]:
    """Return the tests that fail, or cannot be collected, in an unchanged tree."""
    output = run_tests(folder, ["-rfE"]).stdout
    return re.findall(r"^(?:FAILED|ERROR) (tests/\S+\.py(?:::.+?)?)(?: - .*)?$", output, re.M)


def passes(folder: Path, path: Path, failing: Sequence[str]) -> bool:
    """Return whether all tests but `failing` pass; those near the module `path` run first."""
    skipped = [argument for test in failing for argument in ("--deselect", test)]
    try:
        return run_tests(folder, ["-x", *skipped, *tests_for(path)]).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def survives(mutant: Mutant, folder: Path, failing: Sequence[str]) -> bool:
    """Return whether every test passes with a change; the tree is as before afterwards."""
    original = (folder / mutant.path).read_bytes()
    mutant.apply(folder)
    try:
        return passes(folder, mutant.path, failing)
    finally:
        (folder / mutant.path).write_bytes(original)


def sample(rooms: Sequence[str], count: int, seed: int) -> list[Mutant]:
    """Return so many random changes in rooms, or in all of them where none is given."""
    paths = [path.relative_to(ROOT) for path in sorted((ROOT / "lrviz").rglob("*.py"))]
    chosen = [path for path in paths if not rooms or room_of(path) in rooms]
    mutants = [mutant for path in chosen for mutant in mutants_of(path)]
    return random.Random(seed).sample(mutants, min(count, len(mutants)))


def main() -> int:
    """Print the changes that survive, and how many were noticed; return 1 where one survives.

    Returns 2 where the tests fail without any change.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=20, help="how many changes (20)")
    parser.add_argument("--seed", type=int, default=0, help="which random ones (0)")
    parser.add_argument("--rooms", nargs="*", default=[], help="folders of lrviz (all)")
    options = parser.parse_args()
    mutants = sample(options.rooms, options.count, options.seed)
    survivors = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "tree"
        shutil.copytree(ROOT, folder, ignore=IGNORED)
        failing = failing_tests(folder)
        if failing:
            print(f"{len(failing)} tests fail without a change and are left out", flush=True)
        if mutants and not passes(folder, mutants[0].path, failing):
            print("error: tests fail without any change, so that every change would seem noticed")
            return 2
        for mutant in mutants:
            if survives(mutant, folder, failing):
                survivors += 1
                print(mutant, flush=True)
    print(f"{len(mutants) - survivors} of {len(mutants)} changes noticed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
