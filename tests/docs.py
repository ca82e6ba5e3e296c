"""The generated parts of the documentation: `python tests/docs.py --check` or `--write`.

The console blocks of README and of the guide are run and their output put there, their lists are
made from declarations, the gallery is rendered, and help, outputs, pictures, schedules and the
meaning of example configs are recorded.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import matplotlib
import numpy as np
from matplotlib.image import imread

from lrviz.audits.formats import FORMATS
from lrviz.core.register import register
from lrviz.gallery.render import render_gallery
from lrviz.trainers.registry import formats
from tests.cli import outputs
from tests.cli.help_texts import HELP_OF, help_file, help_text
from tests.codegen import snippets
from tests.core import edges
from tests.render import recorded
from tests.specfile import recorded as specs_recorded
from tests.trainers import recorded as trainers_recorded
from tests.trainers.declared import EVERY

PIXEL_TOLERANCE = 2 / 255
GUIDE = ROOT / "gallery" / "guide.md"
DOCUMENTS = (ROOT / "README.md", GUIDE)
"""The texts that are written by hand, with blocks that are run and parts that are generated."""
NOT_RENDERED = {GUIDE.name, "page.png"}
"""Files beside the gallery's: the guide, and a screenshot of a page, which
`python tests/page_live.py --screenshot gallery/page.png` makes.
"""
BLOCK = re.compile(r"```console\n\$ (.+)\n((?:.*\n)*?)```\n")
EXAMPLE = re.compile(r"```python\n(class [\s\S]*?)```\n")
FILE = re.compile(r"```(?:python|yaml)\n# (\S+\.(?:py|yaml))\n([\s\S]*?)```\n")
"""A block that names its file in its first line; the commands find it in their folder."""
GENERATED = "<!-- {0} -->\n", "<!-- end of {0} -->\n"


def main() -> int:
    """Write what is generated, or print what is stale."""
    if "--write" in sys.argv:
        for path in DOCUMENTS:
            path.write_text(document(path.read_text(encoding="utf-8")), encoding="utf-8")
        list(render_gallery(ROOT / "gallery", "light"))
        for words in HELP_OF:
            help_file(words).write_text(help_text(words), encoding="utf-8")
        recorded.write()
        edges.write()
        outputs.write()
        snippets.write()
        trainers_recorded.write()
        specs_recorded.write()
        return 0
    stale = stale_parts()
    print("\n".join(f"stale: {name}" for name in stale) or "the documentation is current")
    return 1 if stale else 0


def stale_parts() -> list[str]:
    """Return the files that differ from what would be generated."""
    return [
        *stale_documents(),
        *stale_gallery(),
        *stale_help(),
        *stale_outputs(),
        *stale_pictures(),
        *stale_edges(),
        *stale_snippets(),
        *stale_meanings(),
        *stale_specs(),
    ]


def stale_documents() -> list[str]:
    """Return the documents that differ from what would be generated."""
    texts = {path: path.read_text(encoding="utf-8") for path in DOCUMENTS}
    return [str(path.relative_to(ROOT)) for path in texts if document(texts[path]) != texts[path]]


def stale_gallery() -> list[str]:
    """Return the files of the gallery that differ from what is rendered now."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = list(render_gallery(Path(folder), "light"))
        kept = {path.name for path in (ROOT / "gallery").iterdir()} - NOT_RENDERED
        stale = [f"gallery/{name}" for name in kept ^ {path.name for path in fresh}]
        return [*stale, *(f"gallery/{path.name}" for path in fresh if differs(path))]


def stale_help() -> list[str]:
    """Return the recorded help texts that are not what a user reads now."""
    return [
        str(help_file(words).relative_to(ROOT))
        for words in HELP_OF
        if help_file(words).read_text(encoding="utf-8") != help_text(words)
    ]


def stale_pictures() -> list[str]:
    """Return the name of the file of recorded pictures if one of them differs."""
    differ = any(recorded.differences(name) for name in recorded.CASES)
    return [str(recorded.FILE.relative_to(ROOT))] if differ else []


def stale_outputs() -> list[str]:
    """Return the name of the file of recorded outputs if a command prints something else."""
    now = {line: outputs.output_of(line) for line in outputs.LINES}
    return [] if now == outputs.recorded() else [str(outputs.FILE.relative_to(ROOT))]


def stale_snippets() -> list[str]:
    """Return the name of the file of recorded code if an example's code differs."""
    now = {cls.title(): snippets.snippets_of(cls) for cls in register.all()}
    return [] if now == snippets.recorded() else [str(snippets.FILE.relative_to(ROOT))]


def stale_edges() -> list[str]:
    """Return the name of the file of schedules at their edges if one of them differs."""
    differ = any(edges.differences(cls) for cls in register.all())
    return [str(edges.FILE.relative_to(ROOT))] if differ else []


def stale_meanings() -> list[str]:
    """Return the name of the file of configs' meanings if one of them means something else."""
    now = {str(example): trainers_recorded.record_of(example) for example in EVERY}
    file = trainers_recorded.FILE
    return [] if now == trainers_recorded.recorded() else [str(file.relative_to(ROOT))]


def stale_specs() -> list[str]:
    """Return the name of the file of specs with changed values if one of them is another."""
    file = specs_recorded.FILE
    is_current = specs_recorded.records() == specs_recorded.recorded()
    return [] if is_current else [str(file.relative_to(ROOT))]


def differs(fresh: Path) -> bool:
    """Return whether a file of the gallery is not what is rendered now.

    Pictures are compared where they were drawn by the installed matplotlib, an SVG by its bytes, a
    PNG by its pixels; another version may place a letter differently, and then a picture needs
    only to be there.
    """
    kept = ROOT / "gallery" / fresh.name
    if not kept.exists():
        return True
    if fresh.suffix == ".png" and is_of_this_version(kept.with_suffix(".svg")):
        return not same_pixels(kept, fresh)
    if fresh.suffix == ".md" or (fresh.suffix == ".svg" and is_of_this_version(kept)):
        return kept.read_bytes() != fresh.read_bytes()
    return False


def is_of_this_version(svg: Path) -> bool:
    """Return whether a picture was drawn by the installed matplotlib."""
    return f"matplotlib {matplotlib.__version__}" in svg.read_text(encoding="utf-8")


def same_pixels(kept: Path, fresh: Path) -> bool:
    """Return whether two PNGs show the same; their compression differs between machines."""
    one, other = imread(kept), imread(fresh)
    return one.shape == other.shape and bool(np.allclose(one, other, atol=PIXEL_TOLERANCE))


def document(text: str) -> str:
    """Return a document with its generated parts made anew."""
    for name, part in PARTS.items():
        start, end = (mark.format(name) for mark in GENERATED)
        if start in text:
            head, rest = text.split(start)
            text = head + start + part() + end + rest.split(end)[1]
    example = EXAMPLE.search(text)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "configs", Path(folder) / "configs")
        for name, content in FILE.findall(text):
            (Path(folder) / name).write_text(content, encoding="utf-8")
        shutil.copytree(ROOT / "tests" / "readme", folder, dirs_exist_ok=True)
        return BLOCK.sub(lambda block: run(block[1], folder, example[1] if example else ""), text)


def formats_line() -> str:
    """Return the names of the formats of training configs, in alphabetical order."""
    return listed(sorted((item.title for item in formats()), key=str.casefold))


def logs() -> str:
    """Return the formats of logs, in the order of their declarations: files, and lines of text."""
    files = dict.fromkeys(item.title for item in FORMATS if not item.row)
    lines = "\n".join(item.title for item in FORMATS if item.row)
    return f"{listed(list(files))}\nText, with lines such as:\n\n```text\n{lines}\n```\n"


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence in lines."""
    text = f"{', '.join(names[:-1])} and {names[-1]}."
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False) + "\n"


def schedules() -> str:
    """Return the table of libraries with the names of their schedules."""
    lines = ["| library | in specs | schedules |", "|---|---|---|"]
    for dialect in register.dialects.values():
        names = ", ".join(cls.name for cls in register.all() if cls.dialect == dialect.name)
        lines.append(f"| {dialect.title} | `{dialect.name}` | {names} |")
    return "\n".join(lines) + "\n"


PARTS = {"formats": formats_line, "logs": logs, "schedules": schedules}
"""What is generated between two marks, by their name."""


def run(command: str, folder: str, example: str) -> str:
    """Return a console block with the command's real output, errors included."""
    line = command.replace("lrviz", "run_lrviz", 1) if command.startswith("lrviz") else command
    line = line.replace("| lrviz", "| run_lrviz")
    program = "from lrviz.cli import main; import sys; sys.exit(main())"
    if "sawtooth" in command:  # the class that the guide adds
        add = f"import lrviz.dialects.torch.ramps as ramps; exec({example!r}, vars(ramps))"
        program = f"{add}; {program}"
    functions = (
        'run_lrviz() { "$PYTHON" -c "$PROGRAM" "$@"; }; pytest() { "$PYTHON" -c "$TEST" "$@"; }'
    )
    test = "import sys, pytest; sys.exit(pytest.main(['-p', 'no:cacheprovider', *sys.argv[1:]]))"
    environment = {key: value for key, value in os.environ.items() if "COLOR" not in key}
    done = subprocess.run(
        ["bash", "-c", f"{functions}; {line} 2>&1"],
        cwd=folder,
        env={
            **environment,
            "PYTHON": sys.executable,
            "PROGRAM": program,
            "TEST": test,
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "utf-8",
            "COLUMNS": "80",
            "TERM": "xterm",
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    lines = [text.rstrip() for text in done.stdout.splitlines()]
    return "```console\n$ " + command + "\n" + "\n".join(lines).rstrip() + "\n```\n"


if __name__ == "__main__":
    sys.exit(main())
