"""Opens flows of older formats: climbs from the format they were written in to that of today, rung by rung."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from skipline.flow import upgrades
from skipline.flow.document import FORMAT

Rung = Callable[[dict[str, Any]], dict[str, Any]]
"""Makes a flow of one format a flow of the next."""

_PREFIX = "from_"


def rungs_of(package: ModuleType) -> dict[int, Rung]:
    """The rungs in a package, by the format that each begins with."""
    names = [found.name for found in iter_modules(package.__path__) if found.name.startswith(_PREFIX)]
    return {int(name.removeprefix(_PREFIX)): import_module(f"{package.__name__}.{name}").upgrade for name in names}


@cache
def all_rungs() -> Mapping[int, Rung]:
    """The rungs of this release."""
    return rungs_of(upgrades)


def can_climb(number: int, rungs: Mapping[int, Rung] | None = None, top: int = FORMAT) -> bool:
    """Whether a flow of this format can be opened."""
    known = all_rungs() if rungs is None else rungs
    return number <= top and all(step in known for step in range(number, top))


def climb(flow: dict[str, Any], rungs: Mapping[int, Rung] | None = None, top: int = FORMAT) -> dict[str, Any]:
    """The flow in the format `top`. Asks for `can_climb` first; the flow given is not changed."""
    known = all_rungs() if rungs is None else rungs
    for number in range(flow["format"], top):
        flow = {**known[number](flow), "format": number + 1}
    return flow
