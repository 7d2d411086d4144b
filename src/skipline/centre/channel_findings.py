"""Says in words how an account with a provider of messages stands: does anything arrive, does anything leave."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from skipline.model.finding import Finding, bad, day_of, good, notice
from skipline.model.intake import UnprovenDeliveries
from skipline.model.sending import AccountHealth, AccountStanding, AccountWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFacts:
    """What is known of an account. `address` is its webhook's, None for one that is reached over a connection of ours,
    whose `trouble` is None while it is up. `greeted_at` is when the provider's handshake was last right."""

    address: str | None
    first_delivery_at: datetime | None
    last_delivery_at: datetime | None
    unproven: UnprovenDeliveries | None
    greeted_at: datetime | None
    trouble: str | None
    standing: AccountStanding
    work: AccountWork


def find_channel_findings(facts: ChannelFacts) -> tuple[Finding, ...]:
    """What there is to say of an account, in the order in which one would set it up."""
    parts = (
        _address(facts),
        _link(facts),
        _unproven(facts),
        _deliveries(facts),
        _sending(facts.standing),
        _work(facts),
    )
    return tuple(finding for part in parts for finding in part)


def is_public(address: str) -> bool:
    """Whether a provider on the internet may call this address: https, and no name or address of this network alone."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        return parts.scheme == "https" and ipaddress.ip_address(host).is_global
    except ValueError:
        return parts.scheme == "https" and "." in host and not host.endswith((".local", ".internal", ".lan"))


def _address(facts: ChannelFacts) -> Iterator[Finding]:
    if facts.address is None or is_public(facts.address):
        return
    sentence = "No provider on the internet can call this address."
    fix = "Set public_url in skipline.toml to the https address by which the internet reaches this server; start again."
    # What arrives all the same proves that somebody nearer delivers, such as a test.
    tell = bad if facts.last_delivery_at is None else notice
    yield tell("address_not_public", sentence, fix, address=facts.address)


def _link(facts: ChannelFacts) -> Iterator[Finding]:
    if facts.address is not None:
        return
    if facts.trouble is None:
        yield good("link_up", "Connected: the carrier has taken us in.")
    else:
        fix = "Check host, port, user and secret. It is tried again by itself."
        yield bad("link_down", f"Not connected: {facts.trouble}.", fix, why=facts.trouble)


def _unproven(facts: ChannelFacts) -> Iterator[Finding]:
    refused = facts.unproven
    if refused is None:
        return
    values = {"count": refused.count, "why": refused.why, "since": refused.first_at.isoformat()}
    times = "1 delivery was" if refused.count == 1 else f"{refused.count} deliveries were"
    sentence = f"{times} refused since {day_of(refused.first_at)}, the last because {refused.why}."
    fix = "Set the account's secrets again as the provider shows them, and compare the address letter by letter."
    is_over = facts.last_delivery_at is not None and facts.last_delivery_at > refused.last_at
    is_over = is_over or (facts.greeted_at is not None and facts.greeted_at > refused.last_at)
    yield (notice if is_over else bad)("deliveries_refused", sentence, "" if is_over else fix, **values)


def _deliveries(facts: ChannelFacts) -> Iterator[Finding]:
    if facts.first_delivery_at is not None and facts.last_delivery_at is not None:
        first, last = facts.first_delivery_at, facts.last_delivery_at
        values = {"first": first.isoformat(), "last": last.isoformat()}
        yield good("heard", f"The first delivery came {day_of(first)}, the last {day_of(last)}.", **values)
    elif facts.greeted_at is not None:
        sentence = f"The provider checked this address {day_of(facts.greeted_at)}, and has delivered nothing yet."
        fix = "Subscribe the provider's app to messages, and write one to this account."
        yield notice("greeted", sentence, fix, at=facts.greeted_at.isoformat())
    elif facts.address is not None:
        fix = "Give the provider the address, then write a message to this account."
        yield notice("waiting", "Nothing has arrived yet.", fix)
    else:
        yield notice("waiting_for_message", "Nothing has arrived yet.", "Write a message to this account.")


def _sending(standing: AccountStanding) -> Iterator[Finding]:
    since = {} if standing.since is None else {"since": standing.since.isoformat()}
    values = {**since, "code": standing.code, "reason": standing.reason}
    told = f"{standing.reason} ({standing.code})" if standing.code else standing.reason
    match standing.health:
        case AccountHealth.WELL:
            yield good("sending_well", "Nothing is wrong with sending.")
        case AccountHealth.SLOWED:
            sentence = f"The provider asked for a slower pace: {standing.per_second:g} messages a second now."
            yield notice("sending_slowed", sentence, "It gets faster by itself.", per_second=standing.per_second)
        case AccountHealth.UNREACHABLE:
            fix = "It is tried again by itself; look at this server's way to the internet."
            yield bad("sending_unreachable", f"The provider cannot be reached: {told}.", fix, **values)
        case AccountHealth.ALARM:
            fix = (
                "Do what it says at the provider, or set the secret again; messages wait, and leave by themselves then."
            )
            yield bad("sending_refused", f"The provider refuses our messages: {told}.", fix, **values)


def _work(facts: ChannelFacts) -> Iterator[Finding]:
    work = facts.work
    if work.waiting and work.oldest_waiting_at is not None and facts.standing.health is not AccountHealth.WELL:
        oldest = work.oldest_waiting_at
        sentence = f"{work.waiting} messages wait, the oldest since {day_of(oldest)}."
        yield notice("messages_wait", sentence, count=work.waiting, since=oldest.isoformat())
    if work.uncertain:
        sentence = f"Of {work.uncertain} messages nobody knows whether the provider took them."
        yield notice("messages_uncertain", sentence, "The provider's own log tells.", count=work.uncertain)
