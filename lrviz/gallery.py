"""The gallery: the article's twelve figures, from specs that are kept once, with their page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lrviz import __version__, shipped
from lrviz.errors import SpecError
from lrviz.render.figure import draw, image
from lrviz.render.files import MAKER, made_by_lrviz, written
from lrviz.sampling import Table, tabulate
from lrviz.spec.settings import FigureSettings
from lrviz.spec.source import load_sheets

KINDS = ("png", "svg")
PAGE = "README.md"
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
    names = [f"{figure.stem}.{kind}" for figure in FIGURES for kind in KINDS] + [PAGE]
    foreign = [name for name in names if not is_own(folder / name)]
    if foreign:
        raise SpecError.of(str(folder / foreign[0]), "exists and was not made by lrviz gallery")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SpecError.of(str(folder), f"cannot be made: {error.strerror}") from None
    for figure in FIGURES:
        for kind, content in pictures(figure, style):
            yield write(folder / f"{figure.stem}.{kind}", content)
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
    with written(path) as file:
        file.write(content)
    return path


def pictures(figure: Figure, style: str) -> Iterator[tuple[str, bytes]]:
    """Yield each kind of picture of a figure."""
    settings = {"title": f"Figure {figure.number}: {figure.caption}", "style": style}
    drawn = draw(table_of(figure), FigureSettings.model_validate(settings))
    for kind in KINDS:
        yield kind, image(drawn, kind, f"{MAKER} {__version__}")


def table_of(figure: Figure) -> Table:
    """Return the sampled curves of a figure."""
    override = {"steps": figure.steps} if figure.steps else {}
    sheets = load_sheets([str(shipped.folder() / spec) for spec in figure.specs], override)
    return tabulate([curve for sheet in sheets for curve in sheet.curves])


def page() -> str:
    """Return the page: picture, captions, command and spec of each figure."""
    lines = [
        MARK,
        "# Gallery",
        "",
        "Figures 1 to 12, made by `lrviz gallery` from the specs in `configs/`.",
        "",
    ]
    for figure in FIGURES:
        lines += section(figure)
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
