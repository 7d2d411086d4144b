"""Finds the folders that hold pieces (steps, triggers, sources) by walking a package."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


def walk_pieces(package: ModuleType, module: str) -> Iterator[tuple[str, ModuleType]]:
    """Each folder of `package` with its module `module`: `(folder name, imported module)`, in name order.

    `walk_pieces(skipline.steps, "step")` yields `("branch", skipline.steps.branch.step)` and so on.
    """
    for found in sorted(iter_modules(package.__path__), key=lambda one: one.name):
        if found.ispkg:
            yield found.name, import_module(f"{package.__name__}.{found.name}.{module}")
