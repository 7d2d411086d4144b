"""Says in words what was found out about a trunk: each finding with what to do about it."""

import ipaddress
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from skipline.model.configuration import Trunk
from skipline.model.finding import Finding, bad, day_of, good, notice
from skipline.model.trunk_examination import RefusedCalls, RegistrationSeen, ServerAsked, TrunkExamination

_MOST_REFUSED = 3
"""Addresses or numbers of refused calls that are told."""

_CHALLENGES = (401, 407)
_PASSES_NOT = (401, 403, 404, 407)
"""Answers to a REGISTER that mean: we know you not, or not so (RFC 3261 section 21.4)."""


def find_findings(trunk: Trunk, found: TrunkExamination, last_call_at: datetime | None) -> tuple[Finding, ...]:
    """What there is to say of a trunk, in the order in which one would look. `last_call_at` is from the record of
    calls; the worker, which was started at some time, may know of a later one."""
    calls = [at for at in (last_call_at, found.last_call_at) if at is not None]
    return tuple(
        finding
        for findings in (
            _ways_in(trunk, found),
            _names(found),
            _server(trunk, found.server),
            _registration(trunk, found.registration),
            _calls(max(calls, default=None)),
            _refused(found),
        )
        for finding in findings
    )


def _ways_in(trunk: Trunk, found: TrunkExamination) -> Iterator[Finding]:
    if not (trunk.hosts or trunk.server or trunk.register):
        sentence = "This trunk has no hosts, so no call can come from it."
        yield bad("no_hosts", sentence, "Name the addresses that the carrier calls from.")
    if _reaches_out(trunk, found) and all(map(_is_loopback, found.listens_at)):
        listens_at = ", ".join(found.listens_at)
        sentence = f"SIP listens at {listens_at} alone, which no carrier can reach."
        fix = "Start the server with --sip 0.0.0.0:5060, or with an address that the carrier reaches."
        yield bad("listens_inside", sentence, fix, listens_at=listens_at)


def _names(found: TrunkExamination) -> Iterator[Finding]:
    for one in found.names:
        if not one.addresses:
            sentence = f"The host name {one.name} has no address."
            yield bad("name_unknown", sentence, "Look at its spelling, or ask the carrier.", name=one.name)


def _server(trunk: Trunk, asked: ServerAsked | None) -> Iterator[Finding]:
    if asked is None:
        sentence = "This trunk has no server, so flows call no numbers over it."
        yield notice("no_server", sentence, "Give it one if calls are to leave by it.")
        return
    where = {"place": asked.place, "transport": asked.transport.upper()}
    if asked.problem:
        yield bad("server_unusable", f"The server cannot be asked: {asked.problem}.", problem=asked.problem)
    elif asked.is_closed:
        sentence = f"Nobody takes {where['transport']} at {asked.place}."
        yield bad("server_closed", sentence, "Check the address, the port and the transport.", **where)
    elif asked.code:
        yield _answer(trunk, asked, where)
    else:
        sentence = f"The carrier at {asked.place} did not answer within 3 s."
        fix = f"Check the address, and that your firewall lets {where['transport']} out and in. Some never answer."
        yield bad("server_silent", sentence, fix, **where)


def _answer(trunk: Trunk, asked: ServerAsked, where: dict[str, Any]) -> Finding:
    """Any final reply shows that somebody is there to take an INVITE; some tell of trouble to come."""
    values = {**where, "code": asked.code, "reason": asked.reason, "milliseconds": asked.milliseconds}
    told = f"The carrier at {asked.place} answered {asked.code} {asked.reason}"
    if asked.code < 300:
        sentence = f"The carrier at {asked.place} answered in {asked.milliseconds:g} ms."
        return good("server_answered", sentence, **values)
    if asked.code in _CHALLENGES and trunk.user:
        return good("server_asks_password", f"{told}: it asks for the password, which calls will give.", **values)
    if asked.code in _CHALLENGES:
        fix = "Give the trunk its user and the secret of its password, if calls are refused."
        return notice("server_wants_password", f"{told}: it asks for a password.", fix, **values)
    if asked.code == 403:
        fix = "Ask the carrier to let this server's address in, and check the user."
        return bad("server_forbids", f"{told}: it does not know us.", fix, **values)
    if asked.code >= 500 and asked.code != 501:
        fix = "Try later; when it stays so, ask the carrier."
        return notice("server_in_trouble", f"{told}: it has trouble of its own.", fix, **values)
    return good("server_there", f"{told}: it is there, and calls may pass all the same.", **values)


def _registration(trunk: Trunk, seen: RegistrationSeen | None) -> Iterator[Finding]:
    if seen is None or trunk.register is None:
        return
    server, user = trunk.register.server, trunk.register.user
    values = {"server": server, "user": user, "code": seen.code, "reason": seen.reason}
    if seen.at is None:
        fix = "Test again in some seconds."
        yield notice("registering", f"{server} has not answered our first REGISTER yet.", fix, **values)
    elif seen.is_registered and seen.until is not None:
        sentence = f"Registered with {server} until {_clock(seen.until)}."
        yield good("registered", sentence, **values, until=_written(seen.until))
    elif not seen.is_reply:
        fix = "Check the server's address and your firewall; it is tried again by itself."
        yield bad("registration_silent", f"{server} did not answer our REGISTER.", fix, **values)
    elif seen.code in _PASSES_NOT:
        sentence = f"{server} refused to register {user}: {seen.code} {seen.reason}."
        yield bad("registration_refused", sentence, "Check the user, and set its password's secret again.", **values)
    else:
        sentence = f"{server} did not register {user}: {seen.code} {seen.reason}."
        yield bad("registration_failed", sentence, "It is tried again by itself; else ask the carrier.", **values)


def _calls(last_at: datetime | None) -> Iterator[Finding]:
    if last_at is not None:
        yield good("last_call", f"The last call from it came {day_of(last_at)}.", at=_written(last_at))
    else:
        fix = "Call one of its numbers; the carrier has to send its calls to this server."
        yield notice("no_call_yet", "No call has come from it yet.", fix)


def _refused(found: TrunkExamination) -> Iterator[Finding]:
    for one in found.unknown_numbers[:_MOST_REFUSED]:
        number = one.about or "no number"
        sentence = f"{_times(one)} for {number} refused since {day_of(one.first_at)}: no flow takes this number."
        fix = "Name it in a flow, or give the trunk a default number."
        yield bad("number_unknown", sentence, fix, number=number, **_counted(one))
    for one in found.strangers[:_MOST_REFUSED]:
        sentence = f"{_times(one)} from {one.about} refused since {day_of(one.first_at)}: no trunk has this address."
        fix = "If this is the carrier, add the address to the trunk's hosts."
        yield notice("stranger", sentence, fix, address=one.about, **_counted(one))


def _times(refused: RefusedCalls) -> str:
    return "1 call was" if refused.count == 1 else f"{refused.count} calls were"


def _counted(refused: RefusedCalls) -> dict[str, Any]:
    return {"count": refused.count, "since": _written(refused.first_at), "last_at": _written(refused.last_at)}


def _reaches_out(trunk: Trunk, found: TrunkExamination) -> bool:
    """Whether some host of the trunk is on another machine."""
    named = [address for name in found.names for address in name.addresses]
    server = [] if found.server is None else [found.server.place]
    return any(not _is_loopback(one) and _is_address(one) for one in (*trunk.hosts, *server, *named))


def _host(place: str) -> str:
    """The host of `host:port`, `[host]:port`, a plain address or a network."""
    if place.startswith("["):
        return place[1:].partition("]")[0]
    return place.partition(":")[0] if place.count(":") == 1 else place


def _is_address(place: str) -> bool:
    try:
        ipaddress.ip_network(_host(place), strict=False)
    except ValueError:
        return False
    return True


def _is_loopback(place: str) -> bool:
    return _is_address(place) and ipaddress.ip_network(_host(place), strict=False).is_loopback


def _clock(at: datetime) -> str:
    return f"{at:%H:%M} UTC"


def _written(at: datetime) -> str:
    return at.isoformat()
