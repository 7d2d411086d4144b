"""JSON Pointers (RFC 6901): `/customer/orders/0` names one place in a JSON value."""

from functools import lru_cache
from typing import Annotated, Any, Final

from pydantic import AfterValidator

from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue

MISSING: Final = object()
"""What `find` gives when the value has no such place; a JSON null is a place with nothing in it."""


@lru_cache(maxsize=1024)
def split_pointer(pointer: str) -> tuple[str, ...]:
    """The names on the way, unescaped: `"/a~1b/0"` -> `("a/b", "0")`. An empty pointer is the whole value.

    Raises `ValueError` with a sentence for the writer.
    """
    if pointer and not pointer.startswith("/"):
        raise WrongValue(
            say("{pointer!r} is not a JSON pointer", pointer=pointer),
            say("begin it with a slash, such as /{rest}", rest=pointer.lstrip("$.")),
        )
    return tuple(name.replace("~1", "/").replace("~0", "~") for name in pointer.split("/")[1:])


def find(value: Any, names: tuple[str, ...]) -> Any:
    """The part of `value` that `names` lead to, or `MISSING`."""
    for name in names:
        value = _member(value, name)
        if value is MISSING:
            break
    return value


def _member(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return value.get(name, MISSING)
    if isinstance(value, list) and name.isascii() and name.isdecimal() and len(name) < 10 and int(name) < len(value):
        return value[int(name)]
    return MISSING


def _checked(pointer: str) -> str:
    split_pointer(pointer)
    return pointer


JsonPointer = Annotated[str, AfterValidator(_checked)]
"""A JSON pointer, checked when it is read."""
