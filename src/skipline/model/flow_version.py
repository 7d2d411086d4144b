"""A flow as it is kept: every publication is a version of its own that never changes again."""

from datetime import datetime
from typing import Any

import msgspec


class FlowContent(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be published. `flow` is the flow's key, its file name without ending (`loyalty`); `name` is what
    people read; `text` is the file exactly as written; `numbers` are the E.164 numbers whose calls start it, `claims`
    the messages that do (`support/sms`, `support/sms#orders`)."""

    flow: str
    name: str
    text: str
    numbers: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()


class FlowVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One publication of a flow. Versions count from 1; `sha256` is that of the text, in hexadecimal."""

    content: FlowContent
    version: int
    sha256: str
    created_at: datetime
    author: str = ""
    note: str = ""
    is_live: bool = False


class FlowSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A flow in a list. `live_version` is None while none of its versions takes calls."""

    flow: str
    name: str
    live_version: int | None
    newest_version: int
    updated_at: datetime


class FlowDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A flow that somebody is working on; it may have mistakes, and takes no calls. `based_on` is the version it began
    from (None: the flow is new), `revision` counts how often it was saved."""

    flow: str
    text: str
    based_on: int | None
    revision: int
    author: str
    updated_at: datetime


class DraftChange(msgspec.Struct, frozen=True, kw_only=True):
    """How a draft came to a revision. `patches` is None when its whole text was replaced; `id` is the sender's own name
    for the change, by which one that is sent again is known; `at` is when it was kept."""

    revision: int
    author: str
    id: str = ""
    patches: list[dict[str, Any]] | None = None
    at: datetime | None = None


class FlowUnderWork(msgspec.Struct, frozen=True, kw_only=True):
    """What an editor opens: the draft's text, or that of the live version (while none is live, the newest) when there
    is no draft. `revision` is that of the draft, and stays while there is none."""

    flow: str
    text: str
    revision: int
    based_on: int | None
    live_version: int | None
    has_draft: bool


class FlowStories(msgspec.Struct, frozen=True, kw_only=True):
    """The stories that are kept with a flow: one story file, as it is written. `revision` counts how often it was
    saved."""

    flow: str
    text: str
    revision: int
    author: str
    updated_at: datetime
