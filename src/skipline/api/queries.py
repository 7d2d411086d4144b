"""Query parameters that routes share. An unescaped `+`, as people write it by hand, arrives as a space."""

from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, BeforeValidator


def _with_plus(written: object) -> object:
    """A space before digits was a `+`: it leads a telephone number, or the offset of a time (RFC 3339)."""
    if not isinstance(written, str):
        return written
    before, space, after = written.rpartition(" ")
    is_number = not before and after.isdigit()
    is_offset = "T" in before and after.replace(":", "").isdigit()
    return f"{before}+{after}" if space and (is_number or is_offset) else written


Phone = Annotated[str, BeforeValidator(_with_plus)]
"""A telephone number to look for."""

After = Annotated[AwareDatetime, BeforeValidator(_with_plus)]
"""A time with its offset, RFC 3339."""

SeenRevision = Annotated[int | None, Query(ge=1, lt=2**31)]
"""The revision that whoever asks has seen; None: it is done whatever there is now."""
