"""Session timers (RFC 4028) as plain rules: what to offer, what to agree on, when to act.

Without them a peer that lost its power leaves a call that never ends. Whoever is the refresher repeats the session
description at half the interval; the other side hangs up when the refresh does not come.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skipline.voice.sip.address import parse_params


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """What we offer, and the shortest interval that we accept. The RFC allows no minimum below 90 s."""

    interval_seconds: int = 1800
    min_seconds: int = 90


@dataclass(frozen=True, slots=True)
class SessionTerms:
    """What was agreed on for one dialog. `is_announced` says whether the peer heard of it; when not, we refresh
    quietly and only to notice a dead peer."""

    interval_seconds: int
    we_refresh: bool
    is_announced: bool = True

    @property
    def act_after_seconds(self) -> float:
        """When to refresh, or to hang up for want of a refresh (RFC 4028 section 10)."""
        if self.we_refresh:
            return self.interval_seconds / 2
        return self.interval_seconds - min(32.0, self.interval_seconds / 3)


Headers = Mapping[str, Sequence[str]]
"""Header lines by lower-case name."""


def requested_interval(headers: Headers) -> tuple[int, str] | None:
    """Session-Expires as `(seconds, refresher)`; `refresher` is empty when left open. None: absent or unreadable."""
    values = headers.get("session-expires") or headers.get("x") or ()
    seconds, _, params = (values[0] if values else "").partition(";")
    if not (seconds.strip().isascii() and seconds.strip().isdecimal()) or len(seconds) > 9:
        return None
    refresher = parse_params(params).get("refresher", "").lower()
    return int(seconds), refresher if refresher in ("uac", "uas") else ""


def minimum_interval(headers: Headers) -> int:
    """Min-SE, 90 when absent (RFC 4028 section 5)."""
    value = (headers.get("min-se") or ("",))[0].partition(";")[0].strip()
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= 9 else 90


def is_too_brief(headers: Headers, settings: SessionSettings) -> bool:
    """Whether a request must be refused with 422 (RFC 4028 section 9)."""
    asked = requested_interval(headers)
    return asked is not None and asked[0] < settings.min_seconds


def _supports_timer(headers: Headers) -> bool:
    return any("timer" in value.lower().replace(" ", "").split(",") for value in _listed(headers))


def _listed(headers: Headers) -> list[str]:
    return [*headers.get("supported", ()), *headers.get("k", ())]


def answer_terms(headers: Headers, settings: SessionSettings) -> SessionTerms:
    """What we agree on as the called side, by table 2 of RFC 4028 section 9.

    A caller that knows no timers is refreshed by us: that is allowed and finds dead callers too.
    """
    asked = requested_interval(headers)
    least = minimum_interval(headers) if headers.get("min-se") else 0
    interval = asked[0] if asked else max(settings.interval_seconds, least)
    if not _supports_timer(headers):
        # Such a caller cannot be told 422 when somebody on the way asked for too little.
        return SessionTerms(max(interval, settings.min_seconds), we_refresh=True)
    return SessionTerms(interval, we_refresh=asked is not None and asked[1] == "uas")


def agreed_terms(headers: Headers, settings: SessionSettings) -> SessionTerms:
    """What a 2xx to our own request says; without Session-Expires we refresh quietly."""
    asked = requested_interval(headers)
    if asked is None or asked[0] <= 0:
        return SessionTerms(settings.interval_seconds, we_refresh=True, is_announced=False)
    return SessionTerms(max(asked[0], settings.min_seconds), we_refresh=asked[1] != "uas")


def offer_headers(settings: SessionSettings, interval_seconds: int | None = None) -> dict[str, str]:
    """What our INVITE says about the timer."""
    interval = max(interval_seconds or settings.interval_seconds, settings.min_seconds)
    return {"supported": "timer", "session-expires": str(interval), "min-se": str(settings.min_seconds)}


def refresh_headers(terms: SessionTerms, settings: SessionSettings) -> dict[str, str]:
    """What a request of ours inside the dialog says, keeping the roles as they are (RFC 4028 section 7.4)."""
    if not terms.is_announced:
        return {"supported": "timer"}
    role = "uac" if terms.we_refresh else "uas"
    headers = offer_headers(settings, terms.interval_seconds)
    return headers | {"session-expires": f"{terms.interval_seconds};refresher={role}"}


def answer_headers(terms: SessionTerms, headers: Headers) -> dict[str, str]:
    """What our 2xx says about the timer; Require only when the caller must act (RFC 4028 section 9)."""
    role = "uas" if terms.we_refresh else "uac"
    answer = {"supported": "timer", "session-expires": f"{terms.interval_seconds};refresher={role}"}
    if not terms.we_refresh and _supports_timer(headers):
        answer["require"] = "timer"
    return answer
