"""Settings: from the command line, then `SKIPLINE_*` variables, then `skipline.toml` in the data folder."""

import ipaddress
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from skipline.base.durations import parse_duration

FILE_NAME = "skipline.toml"
FOREVER = "forever"


class SettingsMistake(Exception):
    """A setting that cannot be used; the message names it, its place and the fix."""


def split_address(written: str) -> tuple[str, int]:
    """`HOST:PORT` or `[IPV6]:PORT` in two; raises `ValueError` with a sentence."""
    host, colon, port = written.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"{written!r} is not an address: write HOST:PORT, such as 127.0.0.1:5060 or [::1]:5060")
    if ":" in bare and not host.startswith("["):
        raise ValueError(f"{written!r} is not an address: put an IPv6 host in brackets, such as [::1]:5060")
    return bare, int(port)


def _address(written: str) -> str:
    split_address(written)
    return written


def _literal_address(written: str) -> str:
    host, _port = split_address(written)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        raise ValueError(f"{host!r} is a name: SIP needs the IP address that callers reach us by") from None
    return written


def _split_list(written: object) -> object:
    return tuple(part.strip() for part in written.split(",")) if isinstance(written, str) else written


def _kept_for(shortest: timedelta, fix: str, *, may_be_forever: bool = False) -> AfterValidator:
    def check(written: str) -> str:
        if not (may_be_forever and written == FOREVER) and parse_duration(written) < shortest.total_seconds():
            raise ValueError(f"{written} is too short: {fix}")
        return written

    return AfterValidator(check)


Address = Annotated[str, AfterValidator(_address)]
SipAddresses = Annotated[
    tuple[Annotated[str, AfterValidator(_literal_address)], ...], NoDecode, BeforeValidator(_split_list)
]
"""One or more addresses; in an environment variable separated by commas."""

RunsKeptFor = Annotated[str, _kept_for(timedelta(days=1), "a day is the least, 1d", may_be_forever=True)]
MessagesKeptFor = Annotated[
    str, _kept_for(timedelta(days=8), "providers repeat themselves for days, so 8d is the least", may_be_forever=True)
]
EventsKeptFor = Annotated[str, _kept_for(timedelta(days=3), "senders repeat events for days, so 3d is the least")]
AnswersKeptFor = Annotated[str, _kept_for(timedelta(minutes=1), "a minute is the least, 1m")]


class Settings(BaseSettings):
    """What `skipline serve` can be told. Every field is also `SKIPLINE_<NAME>` and a key of `skipline.toml`."""

    model_config = SettingsConfigDict(env_prefix="SKIPLINE_", extra="forbid", env_ignore_empty=True)

    data: Path = Field(description="folder of the database, the cache and the keys")
    http: Address = Field("127.0.0.1:8080", description="where the API listens; port 0 picks a free one")
    public_url: str = Field(
        "", pattern=r"^(https?://[^/\s?#]+[^\s?#]*)?$", description="what providers reach us by; empty: as `http` says"
    )
    sip: SipAddresses = Field(("127.0.0.1:5060",), description="where SIP listens, on UDP and TCP")
    sip_tls: SipAddresses = Field((), description="where SIP over TLS listens, usually port 5061; empty: nowhere")
    tls_certificate: Path | None = Field(None, description="certificate for TLS, PEM; empty: the server makes its own")
    tls_key: Path | None = Field(None, validate_default=True, description="the key of tls_certificate, PEM")
    database: str = Field("", description="a database URL; empty: SQLite in the data folder")
    drain_seconds: float = Field(600.0, ge=0, description="how long a first SIGTERM waits for calls to end")
    speech_url: str = Field("", pattern="^(https?://.+)?$", description="a speech engine of yours; empty: espeak-ng")
    runs_kept_for: RunsKeptFor = Field("365d", description="how long calls and runs stay on record; or `forever`")
    messages_kept_for: MessagesKeptFor = Field(
        "365d", description="how long messages and their files are kept; or `forever`"
    )
    events_kept_for: EventsKeptFor = Field("30d", description="how long events and commands are kept as they were")
    answers_kept_for: AnswersKeptFor = Field("24h", description="how long answers of sources are kept at least")
    audit_kept_for: RunsKeptFor = Field("730d", description="how long the audit is kept; or `forever`")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="how much is told")

    @field_validator("tls_key")
    @classmethod
    def _comes_with_certificate(cls, key: Path | None, given: ValidationInfo) -> Path | None:
        if (key is None) != (given.data.get("tls_certificate") is None):
            raise ValueError("a certificate and its key belong together: give both, or neither")
        return key

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The command line wins over the environment, which wins over the file."""
        data = init_settings().get("data") or env_settings().get("data") or Path()
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(data) / FILE_NAME)


def read_settings(**given: Any) -> Settings:
    """The settings in force; arguments that are None were not given. Raises `SettingsMistake`."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as wrong:
        raise SettingsMistake("\n".join(_sentence(error) for error in wrong.errors())) from None
    except ValueError as wrong:
        raise SettingsMistake(f"{FILE_NAME} cannot be read: {wrong}") from None


def _sentence(error: Any) -> str:
    name = str(error["loc"][0]) if error["loc"] else "?"
    places = f"--{name.replace('_', '-')}, SKIPLINE_{name.upper()} or `{name}` in {FILE_NAME}"
    if error["type"] == "extra_forbidden":
        known = ", ".join(Settings.model_fields)
        return f"setting {name}: there is no such setting; the settings are {known}"
    return f"setting {name} ({places}): {error['msg'].removeprefix('Value error, ')}"
