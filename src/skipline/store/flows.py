"""Flows and their versions. A version never changes; publishing adds one and makes it live, rolling back makes an
earlier one live again. The numbers of live versions are claimed in `live_numbers` and their messages in `live_claims`,
where each has room for one flow.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from skipline.model.flow_version import FlowContent, FlowSummary, FlowVersion
from skipline.store.errors import FlowUnknown, MessagesTaken, NothingToRollBackTo, NumberTaken
from skipline.store.exclusion import exclude_others
from skipline.store.schema import flow_versions, flows, live_claims, live_numbers


def publish(
    transaction: sa.Connection, content: FlowContent, now: datetime, *, author: str = "", note: str = ""
) -> FlowVersion:
    """Make `content` live: as a new version, or as the live one when nothing changed.

    Raises `NumberTaken` or `MessagesTaken` when another live flow has one of its numbers, or its messages.
    """
    return publish_all(transaction, [content], now, author=author, note=note)[0]


def publish_all(
    transaction: sa.Connection,
    contents: Sequence[FlowContent],
    now: datetime,
    *,
    author: str = "",
    note: str = "",
    notes: Mapping[str, str] | None = None,
) -> tuple[FlowVersion, ...]:
    """Make all of `contents` live together, so that flows may exchange numbers; all or nothing. `notes` are those of
    flows that have one of their own, by key.

    Raises `NumberTaken` or `MessagesTaken`; the transaction must then be undone, which `Database.write` does.
    """
    exclude_others(transaction)
    own = notes or {}
    versions = [_version_for(transaction, one, now, author, own.get(one.flow, note)) for one in contents]
    for content in contents:
        _release(transaction, content.flow)
    return tuple(_set_live(transaction, version, now) for version in versions)


def roll_back(transaction: sa.Connection, flow: str, now: datetime, *, version: int | None = None) -> FlowVersion:
    """Make `version` live again, or the one before the live one when None.

    Raises `FlowUnknown`, `NothingToRollBackTo`, or `NumberTaken` or `MessagesTaken` when another flow has taken one of
    its numbers, or its messages, since.
    """
    exclude_others(transaction)
    return make_live(transaction, [read_earlier(transaction, flow, version)], now)[0]


def make_live(transaction: sa.Connection, versions: Sequence[FlowVersion], now: datetime) -> tuple[FlowVersion, ...]:
    """Make versions of several flows live again together, so that numbers go back to where they were; all or nothing.

    Raises `NumberTaken` or `MessagesTaken` when a flow that is not among them has taken one since.
    """
    exclude_others(transaction)
    for version in versions:
        _release(transaction, version.content.flow)
    return tuple(_set_live(transaction, version, now) for version in versions)


def take_down(transaction: sa.Connection, flow: str, now: datetime) -> None:
    """Let no version of a flow be live; its versions are kept for the runs that name them. Raises `FlowUnknown`."""
    exclude_others(transaction)
    _release(transaction, flow)
    changed = sa.update(flows).where(flows.c.flow == flow).values(live_version=None, updated_at=now)
    if not transaction.execute(changed).rowcount:
        raise FlowUnknown(flow)


def read_live(transaction: sa.Connection) -> tuple[FlowVersion, ...]:
    """The live version of each published flow, by the flows' keys."""
    joined = (flow_versions.c.flow == flows.c.flow) & (flow_versions.c.version == flows.c.live_version)
    wanted = sa.select(flow_versions, flows.c.live_version).join(flows, joined).order_by(flow_versions.c.flow)
    return tuple(_version(row) for row in transaction.execute(wanted))


def read_version(transaction: sa.Connection, flow: str, version: int) -> FlowVersion:
    """One version, live or not. Raises `FlowUnknown`."""
    wanted = _versions_of(flow).where(flow_versions.c.version == version)
    row = transaction.execute(wanted).one_or_none()
    if row is None:
        raise FlowUnknown(flow, version)
    return _version(row)


def read_earlier(transaction: sa.Connection, flow: str, version: int | None = None) -> FlowVersion:
    """What `roll_back` would make live: `version`, or the one before the live one. Raises as it does."""
    return _version_before(transaction, flow) if version is None else read_version(transaction, flow, version)


def read_versions(transaction: sa.Connection, flow: str) -> tuple[FlowVersion, ...]:
    """Every version of a flow, newest first; none when there is no such flow."""
    newest_first = _versions_of(flow).order_by(flow_versions.c.version.desc())
    return tuple(_version(row) for row in transaction.execute(newest_first))


def list_all(transaction: sa.Connection) -> tuple[FlowSummary, ...]:
    """Every flow there ever was, live or not, by its key."""
    newest = sa.func.max(flow_versions.c.version).label("newest_version")
    wanted = sa.select(flows, newest).join(flow_versions).group_by(*flows.c).order_by(flows.c.flow)
    return tuple(FlowSummary(**row) for row in transaction.execute(wanted).mappings())


def _version_for(
    transaction: sa.Connection, content: FlowContent, now: datetime, author: str, note: str
) -> FlowVersion:
    """The live version if it says the same, else the newest if that does, else a new one."""
    kept = read_versions(transaction, content.flow)
    for version in sorted(kept, key=lambda one: one.is_live, reverse=True)[:2]:
        if version.content == content:
            return version
    if not kept:
        row = {"flow": content.flow, "name": content.name, "live_version": None, "updated_at": now}
        transaction.execute(sa.insert(flows).values(row))
    return _add_version(
        transaction,
        FlowVersion(
            content=content,
            version=kept[0].version + 1 if kept else 1,
            sha256=hashlib.sha256(content.text.encode()).hexdigest(),
            created_at=now,
            author=author,
            note=note,
        ),
    )


def _add_version(transaction: sa.Connection, added: FlowVersion) -> FlowVersion:
    row = {
        "flow": added.content.flow,
        "version": added.version,
        "name": added.content.name,
        "text": added.content.text,
        "sha256": added.sha256,
        "numbers": added.content.numbers,
        "claims": added.content.claims,
        "author": added.author,
        "note": added.note,
        "created_at": added.created_at,
    }
    transaction.execute(sa.insert(flow_versions).values(row))
    return added


def _set_live(transaction: sa.Connection, version: FlowVersion, now: datetime) -> FlowVersion:
    content = version.content
    for number in content.numbers:
        if (owner := _claim(transaction, live_numbers.c.number, number, content.flow)) != content.flow:
            raise NumberTaken(number, owner)
    for claim in content.claims:
        if (owner := _claim(transaction, live_claims.c.claim, claim, content.flow)) != content.flow:
            raise MessagesTaken(claim, owner)
    live = {"name": content.name, "live_version": version.version}
    is_changed = sa.or_(flows.c.name != content.name, flows.c.live_version.is_distinct_from(version.version))
    transaction.execute(sa.update(flows).where(flows.c.flow == content.flow, is_changed).values(**live, updated_at=now))
    return read_version(transaction, content.flow, version.version)


def _claim(transaction: sa.Connection, column: sa.Column[str], wanted: str, flow: str) -> str:
    """Give `wanted` to the flow if nobody has it; the key of the flow that has it now."""
    owner = transaction.scalar(sa.select(column.table.c.flow).where(column == wanted))
    if owner is None:
        transaction.execute(sa.insert(column.table).values({column.name: wanted, "flow": flow}))
    return owner or flow


def _release(transaction: sa.Connection, flow: str) -> None:
    for claimed in (live_numbers, live_claims):
        transaction.execute(sa.delete(claimed).where(claimed.c.flow == flow))


def _version_before(transaction: sa.Connection, flow: str) -> FlowVersion:
    kept = read_versions(transaction, flow)
    if not kept:
        raise FlowUnknown(flow)
    live = next((one.version for one in kept if one.is_live), 0)
    earlier = [one for one in kept if one.version < live]
    if not earlier:
        raise NothingToRollBackTo(flow)
    return earlier[0]


def _versions_of(flow: str) -> sa.Select[Any]:
    wanted = sa.select(flow_versions, flows.c.live_version).join(flows, flow_versions.c.flow == flows.c.flow)
    return wanted.where(flow_versions.c.flow == flow)


def _version(row: sa.Row[Any]) -> FlowVersion:
    return FlowVersion(
        content=FlowContent(
            flow=row.flow, name=row.name, text=row.text, numbers=tuple(row.numbers), claims=tuple(row.claims)
        ),
        version=row.version,
        sha256=row.sha256,
        created_at=row.created_at,
        author=row.author,
        note=row.note,
        is_live=row.version == row.live_version,
    )
