"""A whole workspace in one transaction: what `skipline apply` makes true and `skipline export` writes out."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from skipline.model.configuration import Configuration
from skipline.model.flow_version import FlowContent, FlowVersion
from skipline.store import configuration, flows, stories
from skipline.store.exclusion import exclude_others

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

InForce = tuple[Configuration, tuple[FlowVersion, ...]]
"""The configuration and the live flows: what a change builds on."""

NO_STORIES: Mapping[str, str] = MappingProxyType({})


class WorkspaceMoved(Exception):
    """Another change came into force since what this one builds on was read; nothing was changed."""


def read(transaction: sa.Connection) -> InForce:
    """The configuration and the live flows, as one state."""
    return configuration.read(transaction), flows.read_live(transaction)


def refuse_unless(transaction: sa.Connection, based_on: InForce) -> None:
    """Raise `WorkspaceMoved` when the workspace is not `based_on` any more, whichever node has changed it."""
    if read(transaction) != based_on:
        raise WorkspaceMoved("the workspace was changed meanwhile")


def building_on(
    based_on: InForce, work: Callable[Concatenate[sa.Connection, Arguments], Result]
) -> Callable[Concatenate[sa.Connection, Arguments], Result]:
    """A work that does the same while the workspace is `based_on`, and else raises `WorkspaceMoved`. Nobody changes it
    between the look and the work's end."""

    def guarded(transaction: sa.Connection, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        exclude_others(transaction)
        refuse_unless(transaction, based_on)
        return work(transaction, *args, **kwargs)

    return guarded


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
