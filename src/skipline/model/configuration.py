"""A company's configuration, as names and values: what `skipline.yaml` says once it was read and checked."""

from enum import StrEnum
from typing import Any

import msgspec

from skipline.model.queueing import Agent, Queue, Skill


class Media(StrEnum):
    """Where a forwarded call's audio flows: straight between the parties, or through our relay."""

    DIRECT = "direct"
    RELAY = "relay"


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """A REGISTER that we keep up with a carrier (RFC 3261 section 10)."""

    server: str
    user: str
    password_secret: str
    expires_seconds: float = 600.0


class Trunk(msgspec.Struct, frozen=True, kw_only=True):
    """A carrier's SIP connection. `hosts` are the source addresses or CIDR ranges it calls from;
    `server` (host[:port]) is where calls to numbers leave; `user`/`password_secret` answer its 401/407;
    `fallback` is a SIP URI that takes callers when no flow can."""

    name: str
    hosts: tuple[str, ...] = ()
    server: str = ""
    transport: str = "udp"
    did_source: str = "auto"
    default_number: str = ""
    default_region: str = ""
    is_trusted: bool = True
    user: str = ""
    password_secret: str = ""
    register: Registration | None = None
    media: Media = Media.DIRECT
    fallback: str = ""


class Number(msgspec.Struct, frozen=True, kw_only=True):
    """One of our telephone numbers (E.164) and the trunk that it was bought with, for people to
    know; a call to it is taken from every trunk."""

    number: str
    name: str = ""
    trunk: str = ""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where facts about a contact come from. `settings` is the source type's own (checked by its piece);
    the other fields are the same for every type. Times in seconds."""

    name: str
    type: str
    settings: dict[str, Any] = {}
    time_limit_seconds: float = 2.0
    cache_seconds: float = 300.0
    stale_if_error_seconds: float = 86400.0
    max_at_once: int = 20
    breaker_failures: int = 5
    breaker_seconds: float = 10.0


HELP_TEXT = "Reply STOP to receive no more messages."


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Our login with a provider of messages, one entry of `channels`. `type` is the provider's, `settings` are its own
    (checked by its piece). `messages_expire_seconds` is how long a message of ours may wait to be sent,
    `resume_after_seconds` how long flows stay silent after somebody wrote to the contact by another way than ours, and
    `help_text` what an SMS that says HELP is answered with (empty: nothing)."""

    name: str
    type: str
    settings: dict[str, Any] = {}
    messages_expire_seconds: float = 3600.0
    resume_after_seconds: float = 43_200.0
    help_text: str = HELP_TEXT


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A small table kept with the configuration, such as a VIP list. `columns` maps a column to its type;
    `rows` are whole rows, each with the `key` column."""

    name: str
    key: str
    columns: dict[str, str] = {}
    rows: tuple[dict[str, Any], ...] = ()


class Tier(msgspec.Struct, frozen=True, kw_only=True):
    """A named class of contacts with a target answer time and a maximum wait, in seconds. Past the maximum wait they go
    before everybody else: None is ten targets, 0 is never."""

    name: str
    target_seconds: float
    max_wait_seconds: float | None = None


class SpecialDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day (`2026-12-24`) with hours of its own; without `open` it is closed all day."""

    date: str
    open: tuple[str, ...] = ()
    name: str = ""


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """When somebody is there. `week` maps a day to its spans (`09:00-17:30`) in the local time of `zone`; a day that
    is missing is closed. `holidays` (`NL`, `US-CA`) closes public holidays; `exceptions` go before everything else."""

    name: str
    zone: str
    week: dict[str, tuple[str, ...]] = {}
    holidays: str = ""
    exceptions: tuple[SpecialDay, ...] = ()


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of a workspace but its flows."""

    tiers: tuple[Tier, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    numbers: tuple[Number, ...] = ()
    sources: tuple[Source, ...] = ()
    tables: tuple[Table, ...] = ()
    hours: tuple[Hours, ...] = ()
    queues: tuple[Queue, ...] = ()
    skills: tuple[Skill, ...] = ()
    agents: tuple[Agent, ...] = ()
    channels: tuple[Account, ...] = ()


class Phone(msgspec.Struct, frozen=True, kw_only=True):
    """A SIP phone that may register with us, as `user` with the password under `password_secret`."""

    user: str
    password_secret: str


class VoiceConfiguration(msgspec.Struct, frozen=True, kw_only=True):
    """What the voice worker needs: who may call, which numbers are live, whose health to watch.

    `live_numbers` are E.164 numbers owned by a published flow; `passwords` maps a secret's name to its value and is
    never written anywhere; `watched_targets` are SIP URIs that get OPTIONS.
    """

    trunks: tuple[Trunk, ...] = ()
    live_numbers: tuple[str, ...] = ()
    watched_targets: tuple[str, ...] = ()
    passwords: dict[str, str] = {}
    audio_folder: str = ""
    voicemail_folder: str = ""
    phones: tuple[Phone, ...] = ()
