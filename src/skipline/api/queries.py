"""Query parameters as people write them by hand: in a URL's query an unescaped `+` arrives as a space."""

from typing import Annotated

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
