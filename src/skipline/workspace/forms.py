"""How each entry of `skipline.yaml` is written, and the value it stands for.

A form is a dataclass whose fields are the keys; `made()` gives the value that the rest of the program uses. Writing
goes the other way, from the value back to the keys (`workspace.writing`). Each key says in `about` what it means, for
`docs/reference/workspace.md`.
"""

from dataclasses import dataclass
from typing import Any, Literal

from skipline.base.phone_number import PhoneNumber
from skipline.base.sentence import say
from skipline.base.value_types import ValueType
from skipline.base.week_hours import DAYS, read_days
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import Duration, field
from skipline.model.configuration import Hours, Media, Number, Registration, SpecialDay, Table, Tier, Trunk
from skipline.workspace.values import (
    Day,
    Days,
    DidSource,
    HolidayPlace,
    Host,
    Name,
    OptionalNumber,
    Region,
    RegistrationTime,
    Server,
    SipUri,
    Span,
    Zone,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TierForm:
    """One entry of `tiers`."""

    name: Name = field(label="name", kind="plain", about="what conditions and steps call it")
    target: Duration = field(label="target", kind="duration", about="how soon its contacts should be answered")
    max_wait: Duration | None = field(
        label="max_wait",
        kind="duration",
        about="after it they go before everybody else; ten targets when left out, `0s`: never",
        default=None,
    )

    def made(self) -> Tier:
        """The tier that is meant."""
        return Tier(name=self.name, target_seconds=self.target, max_wait_seconds=self.max_wait)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterForm:
    """What stands under `register` of a trunk."""

    server: Server = field(label="register.server", kind="plain", about="the registrar, as host or host:port")
    user: str = field(label="register.user", kind="plain", about="the user that the carrier gave you")
    password_secret: str = field(
        label="register.password_secret", kind="secret", about="the name of the secret that holds the password"
    )
    expires: RegistrationTime = field(
        label="register.expires", kind="duration", about="how long a registration is asked for, 1m to 1d", default=600.0
    )

    def made(self) -> Registration:
        """The registration that is meant."""
        return Registration(
            server=self.server, user=self.user, password_secret=self.password_secret, expires_seconds=self.expires
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkForm:
    """One entry of `trunks`."""

    name: Name = field(label="name", kind="plain", about="what numbers and steps call it")
    hosts: tuple[Host, ...] = field(
        label="hosts", kind="list", about="the addresses and ranges that the carrier calls from", default=()
    )
    server: Server = field(
        label="server",
        kind="plain",
        part="leaving",
        about="where calls to numbers leave, as host or host:port",
        default="",
    )
    transport: Literal["udp", "tcp"] = field(
        label="transport", kind="choice", part="leaving", about="how calls to `server` travel", default="udp"
    )
    did_source: DidSource = field(
        label="did_source",
        kind="plain",
        part="arriving",
        about="where the called number stands: auto, ruri, to, p-called-party-id or header:NAME",
        default="auto",
    )
    default_number: OptionalNumber = field(
        label="default_number",
        kind="our_number",
        part="arriving",
        about="the number that counts when none of yours was found",
        default="",
    )
    default_region: Region = field(
        label="default_region",
        kind="country",
        part="arriving",
        about="the country of numbers without a country code, such as NL",
        default="",
    )
    trusted: bool = field(
        label="trusted",
        kind="switch",
        part="arriving",
        about="whether the carrier's word counts for who calls",
        default=True,
    )
    user: str = field(
        label="user", kind="plain", part="leaving", about="who answers the carrier's 401 and 407", default=""
    )
    password_secret: str = field(
        label="password_secret",
        kind="secret",
        part="leaving",
        about="the name of the secret that holds that user's password",
        default="",
    )
    register: RegisterForm | None = field(
        label="register",
        kind="object",
        part="register",
        about="a registration to keep up with the carrier",
        default=None,
    )
    media: Media = field(
        label="media",
        kind="choice",
        part="leaving",
        about="where a forwarded call's audio flows before we have spoken",
        default=Media.DIRECT,
    )
    fallback: SipUri = field(
        label="fallback", kind="plain", part="arriving", about="who takes callers when no flow can", default=""
    )

    def __post_init__(self) -> None:
        if not (self.hosts or self.server or self.register):
            fix = say("add `hosts`, `server` or `register`")
            raise WrongValue(say("trunk {trunk} knows no carrier", trunk=self.name), fix)
        if bool(self.user) != bool(self.password_secret):
            fix = say("write both `user` and `password_secret`")
            raise WrongValue(say("trunk {trunk} has half of a sign-in", trunk=self.name), fix)

    def made(self) -> Trunk:
        """The trunk that is meant."""
        return Trunk(
            name=self.name,
            hosts=self.hosts,
            server=self.server,
            transport=self.transport,
            did_source=self.did_source,
            default_number=self.default_number,
            default_region=self.default_region,
            is_trusted=self.trusted,
            user=self.user,
            password_secret=self.password_secret,
            register=self.register.made() if self.register else None,
            media=self.media,
            fallback=self.fallback,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberForm:
    """One entry of `numbers`."""

    number: PhoneNumber = field(label="number", kind="plain", about="with its country code, in quotes")
    name: str = field(label="name", kind="plain", about="what people call it", default="")
    trunk: str = field(
        label="trunk",
        kind="trunk",
        about="the trunk it was bought with, for people to know; calls to it are taken from every trunk",
        default="",
    )

    def made(self) -> Number:
        """The number that is meant."""
        return Number(number=self.number, name=self.name, trunk=self.trunk)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableForm:
    """One entry of `tables`; rows are checked against the columns by `workspace.checks`."""

    name: Name = field(label="name", kind="plain", about="what steps call it")
    key: str = field(
        label="key", kind="plain", about="the column that rows are found by; each row has a value of its own there"
    )
    columns: dict[str, ValueType] = field(
        label="columns",
        kind="columns",
        about="the other columns with their types; any column will do when left out",
        default_factory=dict,
    )
    rows: tuple[dict[str, Any], ...] = field(
        label="rows", kind="table_rows", about="the rows, each a map of columns", default=()
    )
    rows_from: str = field(
        label="rows_from",
        kind="plain",
        is_of_files=True,
        about="a CSV file beside `skipline.yaml` that has the rows instead",
        default="",
    )

    def made(self) -> Table:
        """The table that is meant."""
        columns = {name: type_.value for name, type_ in self.columns.items()}
        return Table(name=self.name, key=self.key, columns=columns, rows=self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDayForm:
    """One entry of `exceptions` of an entry of `hours`."""

    date: Day = field(label="exception.date", kind="day", about="the day, such as 2026-12-24")
    open: tuple[Span, ...] = field(
        label="exception.open", kind="spans", about="its spans; closed all day when left out", default=()
    )
    name: str = field(label="exception.name", kind="plain", about="what people call it", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursForm:
    """One entry of `hours`."""

    name: Name = field(label="name", kind="plain", about="what steps call it")
    zone: Zone = field(label="zone", kind="zone", about="the time zone of its spans, such as Europe/Amsterdam")
    week: dict[Days, tuple[Span, ...]] = field(
        label="week",
        kind="week",
        about="the spans of each day, such as monday-friday: [09:00-17:30]; other days are closed",
        default_factory=dict,
    )
    holidays: HolidayPlace = field(
        label="holidays", kind="country", about="whose public holidays are closed, such as NL or US-CA", default=""
    )
    exceptions: tuple[SpecialDayForm, ...] = field(
        label="exceptions", kind="special_days", about="days that go before week and holidays", default=()
    )

    def __post_init__(self) -> None:
        days = [one.date for one in self.exceptions]
        if twice := next((day for day in days if days.count(day) > 1), None):
            fix = say("keep one of them, with all its spans")
            raise WrongValue(say("two `exceptions` are about {day}", day=twice), fix)

    def made(self) -> Hours:
        """The hours that are meant; a later entry of `week` replaces an earlier one for the same day."""
        week = {day: spans for days, spans in self.week.items() for day in read_days(days)}
        special = (SpecialDay(date=one.date, open=one.open, name=one.name) for one in self.exceptions)
        return Hours(
            name=self.name,
            zone=self.zone,
            week={day: week[day] for day in DAYS if day in week},
            holidays=self.holidays,
            exceptions=tuple(special),
        )
