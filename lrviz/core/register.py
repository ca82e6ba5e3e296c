"""The register: every dialect, and every schedule by its names.

A dialect is a folder of `lrviz.dialects` whose package has a `DIALECT`. Its schedules are
imported when one of its names is first looked up.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from lrviz.core.findings import Rule
    from lrviz.core.schedule import Schedule

DIALECTS_PACKAGE = "lrviz.dialects"
Optimizer = Literal["SGD", "AdamW"]


@lru_cache(maxsize=1024)
def fold(name: str) -> str:
    """Return the form in which names are compared: no case, `-` and `_` as one."""
    return name.casefold().replace("-", "_")


def spellings_of(folded: str) -> tuple[str, str]:
    """Return a folded name, and as it is where words are joined: `step_lr` is `StepLR`."""
    return folded, folded.replace("_", "")


class Dialect(NamedTuple):
    """A library whose schedules lrviz has: its name in specs, its title, and its modules.

    `rank` orders the dialects: a name without a dialect means the first one's schedule, if it has
    one. `trainer` is true for training programs and for further frameworks: a name without a
    dialect means one of theirs only where no library has it, and the help names none of them.
    `synonyms` are other names of the framework; `runs` is the library whose schedules it takes, so
    that code for that one is code for it. `optimizer` is what its users mostly train with.
    """

    name: str
    title: str
    rank: int
    package: str
    schedule_modules: tuple[str, ...]
    trainer: bool = False
    synonyms: tuple[str, ...] = ()
    runs: str = ""
    optimizer: Optimizer = "SGD"

    def is_called(self, name: str) -> bool:
        """Return whether a word, in any spelling, means the library."""
        return fold(name) in (self.name, *self.synonyms)

    def load(self) -> None:
        """Import the modules that declare the schedules, in order."""
        for module in self.schedule_modules:
            import_module(f"{self.package}.{module}")

    def module(self, name: str) -> ModuleType | None:
        """Return a module of the dialect's folder, such as `code`, or None where it has none."""
        path = f"{self.package}.{name}"
        return import_module(path) if find_spec(path) else None


class Register:
    """Every schedule by its names, dialect by dialect."""

    def __init__(self) -> None:
        self.classes: dict[str, dict[str, type[Schedule]]] = {}
        self.loaded: set[str] = set()

    @cached_property
    def dialects(self) -> dict[str, Dialect]:
        """The dialects by name, in the order of their rank."""
        package = import_module(DIALECTS_PACKAGE)
        folders = [module.name for module in iter_modules(package.__path__) if module.ispkg]
        modules = [import_module(f"{DIALECTS_PACKAGE}.{folder}") for folder in folders]
        dialects: list[Dialect] = [module.DIALECT for module in modules]
        return {
            dialect.name: dialect for dialect in sorted(dialects, key=lambda dialect: dialect.rank)
        }

    def add(self, cls: type[Schedule]) -> None:
        """Register a class by its name and its aliases."""
        names = self.classes.setdefault(cls.dialect, {})
        for name in (cls.name, *cls.aliases):
            names[fold(name)] = cls

    def load(self, dialect: str) -> dict[str, type[Schedule]]:
        """Return the schedules of a dialect by name, importing its modules at the first call."""
        if dialect in self.dialects and dialect not in self.loaded:
            self.dialects[dialect].load()
            self.loaded.add(dialect)
        return self.classes.get(dialect, {})

    def find(self, name: str) -> type[Schedule] | None:
        """Return the class that a name means in any spelling, or None.

        A bare name means the first dialect's schedule, else the class that declares the name as
        an alias, else the only class of that name, each time a library's before a training
        program's. None where several are left.
        """
        folded = fold(name.strip())
        first = self.load(next(iter(self.dialects))).get(folded)
        if first:  # without importing the other dialects
            return first
        classes = self.candidates(name)
        of_libraries = [cls for cls in classes if not self.dialects[cls.dialect].trainer]
        classes = of_libraries or classes
        if len(classes) < 2:
            return classes[0] if classes else None
        spellings = set(spellings_of(folded))
        with_alias = [cls for cls in classes if spellings & set(map(fold, cls.aliases))]
        return with_alias[0] if len(with_alias) == 1 else None

    def candidates(self, name: str) -> list[type[Schedule]]:
        """Return every class that a name may mean, those of the first dialect first.

        After a library's name the modules of the class may follow, as in its full name.
        """
        prefix, dot, path = fold(name.strip()).partition(".")
        name_in_dialect = path.rpartition(".")[2]
        dialects = [prefix] if dot else list(self.dialects)
        for spelling in spellings_of(name_in_dialect if dot else prefix):
            classes = [self.load(dialect).get(spelling) for dialect in dialects]
            if any(classes):
                return [cls for cls in classes if cls]
        return []

    def all(self) -> list[type[Schedule]]:
        """Return every schedule once, dialect by dialect, as declared."""
        return [cls for dialect in self.dialects.values() for cls in self.of(dialect)]

    def of(self, dialect: Dialect) -> list[type[Schedule]]:
        """Return the schedules of a dialect once, in the order of its modules."""
        classes = dict.fromkeys(self.load(dialect.name).values())
        modules = [f"{dialect.package}.{module}" for module in dialect.schedule_modules]
        return sorted(classes, key=lambda cls: modules.index(cls.__module__))

    def rules(self) -> list[tuple[str, Rule]]:
        """Return every kind of finding that a schedule may have, each with its dialect's name."""
        modules = {name: dialect.module("findings") for name, dialect in self.dialects.items()}
        return [(name, rule) for name, module in modules.items() if module for rule in module.RULES]

    def spellings(self) -> Iterator[str]:
        """Yield every name that `find` accepts, short names first."""
        classes = self.all()
        names = dict.fromkeys(name for cls in classes for name in (*cls.aliases, cls.name))
        yield from (name for name in names if self.find(name))
        yield from (cls.title() for cls in classes)


register = Register()
