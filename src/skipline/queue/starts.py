"""The last starts, kept so that an entry that waits can be told who went before it."""

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from skipline.model.ids import EntryId
from skipline.queue.instants import Instant

if TYPE_CHECKING:
    from skipline.queue.grade import Grade


class Rule(StrEnum):
    """What made an entry the next one."""

    FREE_AGENT = "free agent"
    POLICY = "policy"
    LANE = "fair lane"
    OVERDUE = "past its maximum wait"
    SHARE = "share of its tier"


class Start(NamedTuple):
    """An offer, as little as explains it later."""

    at: Instant
    entry: EntryId
    grade: "Grade"
    since: Instant
    joined_at: Instant
    agent: str
    rule: Rule
