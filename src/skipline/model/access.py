"""Who may do what: roles, permissions and the table between them; keys, users and secrets as people may see them.

The table is the only place that says what a role may do. Each route names the one permission that it needs.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec


class Permission(StrEnum):
    """One thing that somebody may or may not do."""

    API_READ = "api.read"
    FLOWS_READ = "flows.read"
    FLOWS_EDIT = "flows.edit"
    FLOWS_PUBLISH = "flows.publish"
    WORKSPACE_READ = "workspace.read"
    WORKSPACE_CHANGE = "workspace.change"
    RUNS_READ = "runs.read"
    RUNS_CARE = "runs.care"
    REPORTS_READ = "reports.read"
    QUEUES_READ = "queues.read"
    AGENTS_ACT = "agents.act"
    CONVERSATIONS_READ = "conversations.read"
    CONVERSATIONS_ANSWER = "conversations.answer"
    CONTACTS_READ = "contacts.read"
    CONTACTS_CHANGE = "contacts.change"
    CONTACTS_MERGE = "contacts.merge"
    VOICEMAILS_READ = "voicemails.read"
    VOICEMAILS_DELETE = "voicemails.delete"
    REPLIES_READ = "canned_replies.read"
    REPLIES_CHANGE = "canned_replies.change"
    LIVE_LISTEN = "live.listen"
    SECRETS_READ = "secrets.read"
    SECRETS_CHANGE = "secrets.change"
    KEYS_READ = "keys.read"
    KEYS_CHANGE = "keys.change"
    USERS_READ = "users.read"
    USERS_CHANGE = "users.change"
    AUDIT_READ = "audit.read"


class Role(StrEnum):
    """What somebody is here for."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    PUBLISHER = "publisher"
    SUPERVISOR = "supervisor"
    AGENT = "agent"
    AUDITOR = "auditor"


class Reach(StrEnum):
    """How far a permission of a role reaches: over nothing, over what is one's own as an agent, or over all."""

    NONE = "none"
    OWN = "own"
    ALL = "all"


_EVERYTHING = frozenset(Permission)
_EVERYTHING_READ = frozenset({one for one in Permission if one.endswith(".read")} | {Permission.LIVE_LISTEN})
_EDITING = frozenset(
    {
        Permission.API_READ,
        Permission.FLOWS_READ,
        Permission.FLOWS_EDIT,
        Permission.WORKSPACE_READ,
        Permission.RUNS_READ,
        Permission.REPORTS_READ,
        Permission.QUEUES_READ,
        Permission.REPLIES_READ,
        Permission.LIVE_LISTEN,
    }
)
_SUPERVISING = frozenset(
    {
        Permission.API_READ,
        Permission.FLOWS_READ,
        Permission.WORKSPACE_READ,
        Permission.RUNS_READ,
        Permission.RUNS_CARE,
        Permission.REPORTS_READ,
        Permission.QUEUES_READ,
        Permission.AGENTS_ACT,
        Permission.CONVERSATIONS_READ,
        Permission.CONVERSATIONS_ANSWER,
        Permission.CONTACTS_READ,
        Permission.CONTACTS_CHANGE,
        Permission.CONTACTS_MERGE,
        Permission.VOICEMAILS_READ,
        Permission.VOICEMAILS_DELETE,
        Permission.REPLIES_READ,
        Permission.REPLIES_CHANGE,
        Permission.LIVE_LISTEN,
    }
)
_ALL: Mapping[Role, frozenset[Permission]] = {
    Role.OWNER: _EVERYTHING,
    Role.ADMIN: _EVERYTHING,
    Role.EDITOR: _EDITING,
    Role.PUBLISHER: _EDITING | {Permission.FLOWS_PUBLISH},
    Role.SUPERVISOR: _SUPERVISING,
    Role.AGENT: frozenset({Permission.API_READ, Permission.QUEUES_READ, Permission.REPLIES_READ}),
    Role.AUDITOR: _EVERYTHING_READ,
}
_OWN: Mapping[Role, frozenset[Permission]] = {
    Role.AGENT: frozenset(
        {
            Permission.AGENTS_ACT,
            Permission.CONVERSATIONS_READ,
            Permission.CONVERSATIONS_ANSWER,
            Permission.CONTACTS_READ,
            Permission.CONTACTS_CHANGE,
            Permission.VOICEMAILS_READ,
            Permission.LIVE_LISTEN,
        }
    )
}


def reach_of(role: Role, permission: Permission) -> Reach:
    """How far a role's permission reaches."""
    if permission in _ALL[role]:
        return Reach.ALL
    return Reach.OWN if permission in _OWN.get(role, ()) else Reach.NONE


def permissions_of(role: Role) -> tuple[Permission, ...]:
    """What a role may do, over everything or over its own."""
    return tuple(one for one in Permission if reach_of(role, one) is not Reach.NONE)


def may_grant(granting: Role, role: Role) -> bool:
    """Whether somebody of role `granting` may make, change or end users and keys of `role`: only owners make owners."""
    if reach_of(granting, Permission.USERS_CHANGE) is not Reach.ALL:
        return False
    return granting is Role.OWNER or role is not Role.OWNER


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who makes a request: a user by their session, or a program by its key. `agent` is the one that a user is; empty:
    none. `id` is the user's or the key's."""

    id: str
    name: str
    role: Role
    agent: str = ""
    is_key: bool = False


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key of the management API. `hint` is the token's end, enough to recognise it and not to use it."""

    id: str
    name: str
    hint: str
    created_at: datetime
    revoked_at: datetime | None = None
    role: Role = Role.ADMIN


class NewApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key just made, with its token. The token is shown this once; only its hash is stored."""

    key: ApiKey
    token: str

    def __repr__(self) -> str:
        """Leave the token out, so that no log or traceback shows it."""
        return f"NewApiKey(key={self.key!r}, token=...)"


class SecretSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A stored secret as people may see it: its name and when it was last set."""

    name: str
    updated_at: datetime


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who can sign in. `agent` is the agent that they are; empty: none. Their password and the secret of their
    codes are not here."""

    id: str
    name: str
    role: Role
    agent: str
    created_at: datetime
    has_password: bool
    has_codes: bool
    disabled_at: datetime | None = None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is signed in. `needs_password`: they came by an invitation and have chosen none yet."""

    user: User
    needs_password: bool
    expires_at: datetime


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What a user's sign-in is held against. `code_secret` is closed by the vault; `code_step` is the time step of the
    newest code that was taken."""

    user: User
    password: str | None
    code_secret: str | None
    new_code_secret: str | None
    code_step: int

    def __repr__(self) -> str:
        """Leave out what no log should show."""
        return f"Credentials(user={self.user!r}, ...)"
