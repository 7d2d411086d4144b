"""How each entry of `skipline.yaml` is written, and the value it stands for.

A form is a dataclass whose fields are the keys; `made()` gives the value that the rest of the program uses. Writing
goes the other way, from the value back to the keys (`workspace.writing`).
"""

from dataclasses import dataclass
from typing import Any, Literal

from skipline.base.phone_number import PhoneNumber
from skipline.base.value_types import ValueType
from skipline.flow.fields import Duration, field
from skipline.model.configuration import Media, Number, Registration, Table, Tier, Trunk
from skipline.workspace.values import DidSource, Host, Name, OptionalNumber, Region, RegistrationTime, Server, SipUri


@dataclass(frozen=True, slots=True, kw_only=True)
class TierForm:
    """One entry of `tiers`."""

    name: Name
    target: Duration
    max_wait: Duration | None = None

    def made(self) -> Tier:
        """The tier that is meant."""
        return Tier(name=self.name, target_seconds=self.target, max_wait_seconds=self.max_wait)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterForm:
    """What stands under `register` of a trunk."""

    server: Server
    user: str
    password_secret: str
    expires: RegistrationTime = 600.0

    def made(self) -> Registration:
        """The registration that is meant."""
        return Registration(
            server=self.server, user=self.user, password_secret=self.password_secret, expires_seconds=self.expires
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkForm:
    """One entry of `trunks`."""

    name: Name
    hosts: tuple[Host, ...] = ()
    server: Server = ""
    transport: Literal["udp", "tcp"] = "udp"
    did_source: DidSource = "auto"
    default_number: OptionalNumber = ""
    default_region: Region = ""
    trusted: bool = True
    user: str = ""
    password_secret: str = ""
    register: RegisterForm | None = None
    media: Media = Media.DIRECT
    fallback: SipUri = ""

    def __post_init__(self) -> None:
        if not (self.hosts or self.server or self.register):
            raise ValueError(f"trunk {self.name} knows no carrier: add `hosts`, `server` or `register`")
        if bool(self.user) != bool(self.password_secret):
            raise ValueError(f"trunk {self.name} has half of a sign-in: write both `user` and `password_secret`")

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

    number: PhoneNumber
    name: str = ""
    trunk: str = ""

    def made(self) -> Number:
        """The number that is meant."""
        return Number(number=self.number, name=self.name, trunk=self.trunk)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableForm:
    """One entry of `tables`; rows are checked against the columns by `workspace.checks`."""

    name: Name
    key: str
    columns: dict[str, ValueType] = field(default_factory=dict)
    rows: tuple[dict[str, Any], ...] = ()

    def made(self) -> Table:
        """The table that is meant."""
        columns = {name: type_.value for name, type_ in self.columns.items()}
        return Table(name=self.name, key=self.key, columns=columns, rows=self.rows)
