"""Sources: the part of an entry that is the same for every type, and the part that is its piece's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import Field

import skipline.sources
from skipline.base.pieces import walk_pieces
from skipline.flow.fields import Duration, field
from skipline.flow.pieces import Piece
from skipline.model.configuration import Source
from skipline.model.lookup import SourceSettings
from skipline.workspace.typed_entries import TypedEntries, class_with
from skipline.workspace.values import Name, TimeLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceForm:
    """The keys that every entry of `sources` may have."""

    name: Name = field(label="name", kind="plain", about="what steps call it")
    type: str = field(label="type", kind="type", about="which kind of source it is, such as http")
    time_limit: TimeLimit = field(
        label="time_limit", kind="duration", part="limits", about="how long a look-up may take, 50ms to 8s", default=2.0
    )
    cache: Duration = field(
        label="cache",
        kind="duration",
        part="limits",
        about="how long an answer counts without asking again",
        default=300.0,
    )
    stale_if_error: Duration = field(
        label="stale_if_error",
        kind="duration",
        part="limits",
        about="how long the last known answer stands in for a failure",
        default=86_400.0,
    )
    max_at_once: Annotated[int, Field(ge=1, le=1_000)] = field(
        label="max_at_once",
        kind="number",
        part="limits",
        about="questions on their way at the same time; others wait in line",
        default=20,
    )
    breaker_failures: Annotated[int, Field(ge=1, le=1_000)] = field(
        label="breaker_failures",
        kind="number",
        part="limits",
        about="failures in a row after which the source is left alone",
        default=5,
    )
    breaker_rest: Duration = field(
        label="breaker_rest", kind="duration", part="limits", about="for how long it is left alone", default=10.0
    )

    def made(self, settings: Mapping[str, Any]) -> Source:
        """The source that is meant, with the settings of its type."""
        return Source(
            name=self.name,
            type=self.type,
            settings=dict(settings),
            time_limit_seconds=self.time_limit,
            cache_seconds=self.cache,
            stale_if_error_seconds=self.stale_if_error,
            max_at_once=self.max_at_once,
            breaker_failures=self.breaker_failures,
            breaker_seconds=self.breaker_rest,
        )


SOURCES = TypedEntries(Piece("source", SourceForm), "source")


@cache
def source_pieces() -> Mapping[str, Piece[SourceSettings]]:
    """The types of source there are, by name."""
    return {name: Piece(name, class_with("ask", module)) for name, module in walk_pieces(skipline.sources, "source")}


def build_source(source: Source) -> SourceSettings:
    """The settings of a source, ready to ask and to understand; raises `PieceMistakes` when they are not right."""
    return source_pieces()[source.type].make(source.settings)


def read_source(entry: Mapping[str, Any]) -> Source:
    """The source that an entry of `sources` means; raises `PieceMistakes` with all that is wrong with it."""
    form, settings = SOURCES.read(entry, source_pieces(), source_pieces().get)
    return form.made(settings)
