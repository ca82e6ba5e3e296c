"""The gallery: the article's twelve figures and their Keras twins, with their page.

All are drawn from specs that are kept once, in `configs/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lrviz import __version__
from lrviz.core.errors import SpecError
from lrviz.curves.table import Table, tabulate
from lrviz.gallery import counterparts as twins
from lrviz.gallery.counterparts import TWINS
from lrviz.render.figure import draw, image
from lrviz.render.files import MAKER, made_by_lrviz, open_atomic
from lrviz.specfile import shipped
from lrviz.specfile.settings import FigureSettings
from lrviz.specfile.source import load_sheets

KINDS = ("png", "svg")
PAGE = "README.md"
INTRODUCTION = (
    "Each PyTorch schedule beside what is usually written for it in Keras, over optimizer steps.",
    "PyTorch's `scheduler.step()` is called once an epoch; a Keras schedule object counts steps, a",
    "callback epochs. Numbers below are measured on the curves.",
)
MARK = "<!-- made by lrviz gallery -->"


@dataclass(frozen=True)
class Figure:
    """A figure: its captions, the specs it draws, and the steps where they are not each its own."""

    number: int
    caption: str
    japanese: str
    specs: tuple[str, ...]
    steps: int | None = None

    @property
    def stem(self) -> str:
        """Return the file name without its ending."""
        return f"fig{self.number:02d}"

    @property
    def command(self) -> str:
        """Return the command line that draws this figure from a checkout."""
        verb = "plot" if len(self.specs) == 1 else "compare"
        specs = " ".join(f"configs/{spec}" for spec in self.specs)
        return f"lrviz {verb} {specs}" + (f" --steps {self.steps}" if self.steps else "")


FIGURES = (
    Figure(1, "StepLR", "StepLRの学習率推移", ("step.yaml",)),
    Figure(2, "MultiStepLR", "MultiStepLRの学習率推移", ("multistep.yaml",)),
    Figure(3, "ExponentialLR", "ExponentialLRの学習率推移", ("exponential.yaml",)),
    Figure(4, "CosineAnnealingLR", "CosineAnnealingLRの学習率推移", ("cosine.yaml",)),
    Figure(
        5,
        "CosineAnnealingWarmRestarts (SGDR)",
        "CosineAnnealingWarmRestartsの学習率推移",
        ("warm-restarts.yaml",),
    ),
    Figure(
        6,
        "ReduceLROnPlateau at work: loss and rate",
        "ReduceLROnPlateauの動作イメージ",
        ("plateau.yaml",),
    ),
    Figure(7, "LinearLR", "LinearLRの学習率推移", ("linear.yaml",)),
    Figure(
        8,
        "PolynomialLR by power",
        "PolynomialLRの学習率推移(異なるpower値)",
        ("figures/powers.yaml",),
    ),
    Figure(9, "LambdaLR with a step function", "LambdaLRのカスタム学習率推移例", ("lambda.yaml",)),
    Figure(10, "OneCycleLR", "OneCycleLRの学習率推移", ("onecycle.yaml",)),
    Figure(
        11,
        "The main schedulers compared",
        "主要スケジューラーの比較",
        (
            "step.yaml",
            "multistep.yaml",
            "exponential.yaml",
            "cosine.yaml",
            "warm-restarts.yaml",
            "linear.yaml",
            "polynomial.yaml",
            "onecycle.yaml",
        ),
        steps=100,
    ),
    Figure(
        12,
        "Warm-up, then cosine",
        "スケジューラーの組み合わせ例(ウォームアップ→コサイン減衰)",
        ("warmup-cosine.yaml",),
    ),
)


def render(folder: Path, style: str) -> Iterator[Path]:
    """Write every figure and the page into a folder, flat; yield each file as it is written.

    Raises SpecError where a file of that name was not made by lrviz.
    """
    names = [f"{each.stem}.{kind}" for each in (*FIGURES, *TWINS) for kind in KINDS] + [PAGE]
    foreign = [name for name in names if not is_own(folder / name)]
    if foreign:
        raise SpecError.of(str(folder / foreign[0]), "exists and was not made by lrviz gallery")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SpecError.of(str(folder), f"cannot be made: {error.strerror}") from None
    for stem, table, settings in drawings(style):
        for kind, content in pictures(table, settings):
            yield write(folder / f"{stem}.{kind}", content)
    yield write(folder / PAGE, page().encode())


def is_own(path: Path) -> bool:
    """Tell whether a file may be written: it is not there, or lrviz made it."""
    if not path.exists():
        return True
    if path.name != PAGE:
        return made_by_lrviz(path)
    return path.is_file() and path.read_bytes().startswith(MARK.encode())


def write(path: Path, content: bytes) -> Path:
    """Write a file whole and return its path."""
    with open_atomic(path) as file:
        file.write(content)
    return path


def drawings(style: str) -> Iterator[tuple[str, Table, Mapping[str, Any]]]:
    """Yield each picture's file name without its ending, its curves, and its settings."""
    for figure in FIGURES:
        title = f"Figure {figure.number}: {figure.caption}"
        yield figure.stem, table_of(figure), {"title": title, "style": style}
    for twin in TWINS:
        title = f"{twin.caption} and its Keras twin"
        yield twin.stem, twin.table, {"title": title, **twin.sheet.figure, "style": style}


def pictures(table: Table, settings: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield each kind of picture of a table."""
    drawn = draw(table, FigureSettings.model_validate(settings))
    for kind in KINDS:
        yield kind, image(drawn, kind, f"{MAKER} {__version__}")


def table_of(figure: Figure) -> Table:
    """Return the sampled curves of a figure."""
    override = {"steps": figure.steps} if figure.steps else {}
    sheets = load_sheets([str(shipped.folder() / spec) for spec in figure.specs], override)
    return tabulate([curve for sheet in sheets for curve in sheet.curves])


def page() -> str:
    """Return the page: picture, captions, command and spec of each figure, and of each pair."""
    lines = [
        MARK,
        "# Gallery",
        "",
        "Figures 1 to 12, and [their Keras twins](#keras-twins), made by `lrviz gallery` from the "
        "specs in `configs/`.",
        "",
    ]
    for figure in FIGURES:
        lines += section(figure)
    lines += ["# Keras twins", "", *INTRODUCTION, ""]
    for twin in TWINS:
        lines += twins.section(twin)
    return "\n".join(lines).rstrip() + "\n"


def section(figure: Figure) -> Sequence[str]:
    """Return the lines of one figure."""
    picture = f"[![{figure.caption}]({figure.stem}.png)]({figure.stem}.svg)"
    title = f"## Figure {figure.number}: {figure.caption}"
    head = [title, "", f"図{figure.number} {figure.japanese}", "", picture, ""]
    return [*head, "```console", f"$ {figure.command}", "```", "", *specs_of(figure)]


def specs_of(figure: Figure) -> list[str]:
    """Return the figure's spec, or links to its specs where there are many."""
    if len(figure.specs) > 1:
        links = [f"[{spec}](../configs/{spec})" for spec in figure.specs]
        return ["Specs: " + ", ".join(links), ""]
    text = (shipped.folder() / figure.specs[0]).read_text(encoding="utf-8").rstrip()
    return ["```yaml", text, "```", ""]
