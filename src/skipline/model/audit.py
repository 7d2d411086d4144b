"""The audit: who did what, when, from where and about what, in one chain of entries that nobody can change unseen."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

COMMAND_LINE = "command line"
"""Who changed a data folder without its server: whoever has the folder."""


class Deed(StrEnum):
    """What somebody did, or tried."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    PASSWORD_CHOSEN = "password_chosen"  # noqa: S105 - a deed, no password
    CODES_BEGUN = "codes_begun"
    CODES_ENDED = "codes_ended"
    USER_ADDED = "user_added"
    USER_CHANGED = "user_changed"
    USER_DELETED = "user_deleted"
    LINK_MADE = "link_made"
    KEY_MADE = "key_made"
    KEY_REVOKED = "key_revoked"
    SECRET_SET = "secret_set"  # noqa: S105 - a deed, no secret
    SECRET_REMOVED = "secret_removed"  # noqa: S105 - a deed, no secret
    WORKSPACE_APPLIED = "workspace_applied"
    CONFIGURATION_CHANGED = "configuration_changed"
    FLOW_PUBLISHED = "flow_published"
    FLOW_ROLLED_BACK = "flow_rolled_back"
    DRAFT_DISCARDED = "draft_discarded"
    STORIES_DISCARDED = "stories_discarded"
    SOURCE_ASKED = "source_asked"
    CONTACT_CHANGED = "contact_changed"
    CONTACT_MERGED = "contact_merged"
    CONTACT_UNMERGED = "contact_unmerged"
    CONTACT_OPTED_OUT = "contact_opted_out"
    CONTACT_OPTED_IN = "contact_opted_in"
    RUN_RELEASED = "run_released"
    RUN_GIVEN_UP = "run_given_up"
    VOICEMAIL_DELETED = "voicemail_deleted"
    REFUSED = "refused"
    AUDIT_FORGOTTEN = "audit_forgotten"


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done. `who` is a name as it was then (empty: nobody known), `who_id` the user's or key's id,
    `address` where the request came from, `about` what it was done to. `detail` is plain data, such as what was there
    before; never a secret or a password."""

    at: datetime
    deed: Deed
    who: str = ""
    who_id: str = ""
    role: str = ""
    address: str = ""
    about: str = ""
    detail: dict[str, Any] = {}

    def more(self, **detail: Any) -> "AuditEntry":
        """The same entry with more detail."""
        return msgspec.structs.replace(self, detail=self.detail | detail)


class AuditRow(msgspec.Struct, frozen=True, kw_only=True):
    """An entry in its place in the chain: `number` counts from 1 without a gap, `hash` covers it and all before it."""

    number: int
    entry: AuditEntry
    hash: str


class Flaw(msgspec.Struct, frozen=True, kw_only=True):
    """Where the chain is broken, and how, in a sentence."""

    number: int
    sentence: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at the whole chain found: its first and newest entry (0: none), the hash of the newest, the flaws."""

    first: int
    newest: int
    hash: str
    count: int
    flaws: tuple[Flaw, ...]
