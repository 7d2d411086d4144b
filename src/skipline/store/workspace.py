"""A whole workspace in one transaction: what `skipline apply` makes true and `skipline export` writes out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import sqlalchemy as sa

from skipline.model.configuration import Configuration
from skipline.model.flow_version import FlowContent, FlowVersion
from skipline.store import configuration, flows, stories
from skipline.store.exclusion import exclude_others

NO_STORIES: Mapping[str, str] = MappingProxyType({})


def read(transaction: sa.Connection) -> tuple[Configuration, tuple[FlowVersion, ...]]:
    """The configuration and the live flows, as one state."""
    return configuration.read(transaction), flows.read_live(transaction)


def apply(
    transaction: sa.Connection,
    wanted: Configuration,
    contents: Sequence[FlowContent],
    now: datetime,
    *,
    author: str = "",
    note: str = "",
    notes: Mapping[str, str] | None = None,
    story_texts: Mapping[str, str] = NO_STORIES,
) -> tuple[FlowVersion, ...]:
    """Make the workspace equal to `wanted` and `contents`: changed flows are published, missing ones taken down. Each
    new version has the `note`, or its flow's own among `notes`.
    `story_texts` are kept with the flows that they name; those of others stay.

    Raises `NumberTaken` or `MessagesTaken` when two flows claim one number or the same messages; then nothing was
    changed.
    """
    exclude_others(transaction)
    kept = {content.flow for content in contents}
    for live in flows.read_live(transaction):
        if live.content.flow not in kept:
            flows.take_down(transaction, live.content.flow, now)
    configuration.replace(transaction, wanted, now)
    stories.save_texts(transaction, story_texts, now, author=author)
    return flows.publish_all(transaction, contents, now, author=author, note=note, notes=notes)
