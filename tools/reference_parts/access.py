"""Who may do what: permissions by role, and what each route takes."""

from collections.abc import Iterator

from reference_parts.tables import table
from skipline.api.access import Declared, declared_routes
from skipline.api.app import create_app
from skipline.model.access import Permission, Reach, Role, reach_of

BUILT = ("/assets", "/mark.svg")
"""What is there only where the web app was built: its files, open like the page that loads them."""

_WRITTEN = {Reach.ALL: "yes", Reach.OWN: "own", Reach.NONE: ""}


def roles_block() -> str:
    """Each permission, and which roles have it."""
    rows = [(f"`{one}`", *(_WRITTEN[reach_of(role, one)] for role in Role)) for one in Permission]
    return table(("permission", *Role), rows)


def access_block() -> str:
    """Each route, and which roles may use it."""
    return table(("route", "takes", *Role), sorted(_rows()))


def _rows() -> Iterator[tuple[str, ...]]:
    for route in declared_routes(create_app(None)):
        for method in () if route.path in BUILT else route.methods:
            yield (f"`{method} {route.path}`", *_row(route.declared or Declared()))


def _row(declared: Declared) -> tuple[str, ...]:
    if declared.permission is None:
        return (f"nothing: {declared.why_open}", *("open" for _ in Role))
    return (f"`{declared.permission}`", *(_WRITTEN[reach_of(role, declared.permission)] for role in Role))
