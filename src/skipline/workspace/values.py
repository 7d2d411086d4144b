"""Kinds of values that stand in `skipline.yaml`, checked when they are read."""

import re
from datetime import date
from ipaddress import ip_network
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from skipline.base.durations import write_duration
from skipline.base.patterns import is_audio_name, is_language_tag
from skipline.base.phone_number import read_number
from skipline.base.public_holidays import check_place
from skipline.base.sentence import Sentence, say
from skipline.base.spelling import advice
from skipline.base.week_hours import read_days, read_span
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import Duration

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}", re.ASCII)
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])"
_SERVER = re.compile(rf"{_HOST}(?::\d{{1,5}})?", re.ASCII)
_URI = re.compile(r"sips?:[^\s<>\"]+", re.IGNORECASE)
_REGION = re.compile(r"[A-Z]{2}", re.ASCII)
_SIP_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_DID_SOURCE = re.compile(r"auto|ruri|to|p-called-party-id|header:[A-Za-z][A-Za-z0-9-]{0,63}", re.ASCII)


def _check_name(written: str) -> str:
    if not _NAME.fullmatch(written):
        fix = say("use letters, digits, _ and -, such as vip_list")
        raise WrongValue(say("{written!r} cannot be a name", written=written), fix)
    return written


def _check_host(written: str) -> str:
    try:
        ip_network(written)
    except ValueError as mistake:
        if "host bits" in str(mistake):
            sentence = say("{written!r} has bits after its prefix", written=written)
            raise WrongValue(sentence, say("write {code}", code=ip_network(written, strict=False))) from None
        sentence = say("{written!r} is not an address or range", written=written)
        raise WrongValue(sentence, _one_such_as("203.0.113.0/28")) from None
    return written


def _check_server(written: str) -> str:
    if written and not _SERVER.fullmatch(written):
        fix = say("write a host, or host:port, such as sip.example.com:5060")
        raise WrongValue(say("{written!r} is not a server", written=written), fix)
    return written


def _check_uri(written: str) -> str:
    if written and not _URI.fullmatch(written):
        sentence = say("{written!r} is not a SIP URI", written=written)
        raise WrongValue(sentence, _one_such_as("sip:reception@pbx.example.com"))
    return written


def _check_region(written: str) -> str:
    if written and not _REGION.fullmatch(written):
        fix = say("write its two capital letters, such as NL")
        raise WrongValue(say("{written!r} is not a country", written=written), fix)
    return written


def _check_did_source(written: str) -> str:
    if not _DID_SOURCE.fullmatch(written):
        fix = say("use auto, ruri, to, p-called-party-id or header:NAME")
        raise WrongValue(say("{written!r} is no place of a number", written=written), fix)
    return written


def _check_optional_number(written: str) -> str:
    return read_number(written) if written else written


def _check_zone(written: str) -> str:
    if written not in available_timezones():
        fix = advice(written, available_timezones())
        raise WrongValue(say("there is no time zone {written!r}", written=written), fix)
    return written


def _check_day(written: str) -> str:
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        fix = say("write it such as {example}", example="2026-12-24")
        raise WrongValue(say("{written!r} is not a day", written=written), fix) from None


def _check_span(written: str) -> str:
    read_span(written)
    return written


def _check_days(written: str) -> str:
    read_days(written)
    return written


def _check_place(written: str) -> str:
    return check_place(written) if written else written


def _check_sip_user(written: str) -> str:
    if not _SIP_USER.fullmatch(written):
        fix = say("use letters, digits, . _ and -, such as ana or desk-12")
        raise WrongValue(say("{written!r} cannot be a SIP user", written=written), fix)
    return written


def _check_audio(written: str) -> str:
    if not is_audio_name(written):
        fix = say("use letters, digits, _ and -, without .wav")
        raise WrongValue(say("{written!r} is not the name of a sound", written=written), fix)
    return written


def _check_language(written: str) -> str:
    if not is_language_tag(written):
        fix = say("write its short name, such as en or pt-BR")
        raise WrongValue(say("{written!r} is not a language", written=written), fix)
    return written


def _one_such_as(example: str) -> Sentence:
    return say("write one such as {example}", example=example)


def between(least_seconds: float, most_seconds: float) -> AfterValidator:
    """A duration within these bounds."""

    def check(seconds: float) -> float:
        if not least_seconds <= seconds <= most_seconds:
            least, most = write_duration(least_seconds), write_duration(most_seconds)
            fix = say("write {least} to {most}", least=least, most=most)
            raise WrongValue(say("{duration} is out of bounds", duration=write_duration(seconds)), fix)
        return seconds

    return AfterValidator(check)


Name = Annotated[str, AfterValidator(_check_name)]
Host = Annotated[str, AfterValidator(_check_host)]
Server = Annotated[str, AfterValidator(_check_server)]
SipUri = Annotated[str, AfterValidator(_check_uri)]
Region = Annotated[str, AfterValidator(_check_region)]
DidSource = Annotated[str, AfterValidator(_check_did_source)]
OptionalNumber = Annotated[str, AfterValidator(_check_optional_number)]
Zone = Annotated[str, AfterValidator(_check_zone)]
Day = Annotated[str, AfterValidator(_check_day)]
Days = Annotated[str, AfterValidator(_check_days)]
Span = Annotated[str, AfterValidator(_check_span)]
HolidayPlace = Annotated[str, AfterValidator(_check_place)]
TimeLimit = Annotated[Duration, between(0.05, 8.0)]
"""No caller waits longer for a source, whatever is configured."""
RegistrationTime = Annotated[Duration, between(60.0, 86_400.0)]
SipUser = Annotated[str, AfterValidator(_check_sip_user)]
"""The user part of a phone's address (RFC 3261 section 25.1), without the signs that phones and people stumble over."""
AudioName = Annotated[str, AfterValidator(_check_audio)]
Language = Annotated[str, AfterValidator(_check_language)]
"""A language tag (RFC 5646)."""
SkillLevel = Annotated[int, Field(ge=1, le=5)]
Share = Annotated[float, Field(gt=0, le=1)]
OfferTime = Annotated[Duration, between(3.0, 120.0)]
WrapUpTime = Annotated[Duration, between(0.0, 3600.0)]
PauseBetweenWords = Annotated[Duration, between(10.0, 3600.0)]
