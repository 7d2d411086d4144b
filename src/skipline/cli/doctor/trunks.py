"""Carriers, as far as they can be asked without placing a call."""

import asyncio
import socket
from collections.abc import Iterable, Mapping

from skipline.cli.doctor.finding import Finding, bad, ok, warn
from skipline.host.secrets import variable_of
from skipline.model.configuration import Registration, Trunk
from skipline.voice.registration import Account, Registrant
from skipline.voice.sip.stack import SipStack
from skipline.voice.targets import NotDialable, parse_target
from skipline.voice.trunks import names_to_resolve

_ANSWER_SECONDS = 4.0
_NAME_SECONDS = 5.0


async def examine_trunks(trunks: Iterable[Trunk], passwords: Mapping[str, str]) -> list[Finding]:
    """What the trunks' servers and registrars say, all asked at once. `passwords` by the names of their secrets."""
    known = tuple(trunks)
    if not known:
        return []
    stack = SipStack([("0.0.0.0", 0)], on_invite=lambda leg: leg.refuse(603, "Decline"))  # noqa: S104 - asks everywhere
    await stack.start()
    try:
        found = await asyncio.gather(*(_examine_trunk(stack, trunk, passwords) for trunk in known))
    finally:
        await stack.stop()
    return [finding for findings in found for finding in findings]


async def _examine_trunk(stack: SipStack, trunk: Trunk, passwords: Mapping[str, str]) -> list[Finding]:
    findings = [await _examine_name(trunk, name) for name in sorted(names_to_resolve([trunk]))]
    if trunk.server:
        findings.append(await _examine_server(stack, trunk))
    if trunk.register is not None:
        findings.append(await _examine_registration(stack, trunk, trunk.register, passwords))
    hosts = ", ".join(trunk.hosts) or "nobody"
    return findings or [ok(f"trunk {trunk.name}", f"calls come from {hosts}; it has no server to ask")]


async def _examine_name(trunk: Trunk, name: str) -> Finding:
    about = f"trunk {trunk.name}"
    try:
        async with asyncio.timeout(_NAME_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_DGRAM)
    except (OSError, TimeoutError):
        fix = f"look at the spelling of {name} in skipline.yaml, and at /etc/resolv.conf"
        return bad(about, f"DNS does not know {name}, so its calls are refused", fix)
    return ok(about, f"{name} is {', '.join(sorted({str(address[0]) for *_, address in found}))}")


async def _examine_server(stack: SipStack, trunk: Trunk) -> Finding:
    about = f"trunk {trunk.name}"
    try:
        target = parse_target(f"sip:{trunk.server.removeprefix('sip:')};transport={trunk.transport}", [trunk])
    except NotDialable as mistake:
        return bad(about, str(mistake), f"give the trunk another server than {trunk.server}")
    if await stack.ask_options(target.uri, _ANSWER_SECONDS):
        return ok(about, f"{trunk.server} answers OPTIONS over {trunk.transport}")
    return warn(
        about,
        f"{trunk.server} did not answer OPTIONS over {trunk.transport} within {_ANSWER_SECONDS:g} s",
        "look at the firewall, and ask the carrier whether this machine's address is known; some never answer OPTIONS",
    )


async def _examine_registration(
    stack: SipStack, trunk: Trunk, register: Registration, passwords: Mapping[str, str]
) -> Finding:
    about, password = f"registration {trunk.name}", passwords.get(register.password_secret)
    if password is None:
        return warn(about, "not asked, for want of its password", f"set {variable_of(register.password_secret)}")
    account = Account(register.server, register.user, password, register.expires_seconds, trunk.transport)
    reply = await Registrant(stack, account).look_up()
    contacts = reply.headers.get("contact", [])
    if reply.code == 200 and contacts:
        return ok(about, f"{register.server} sends calls for {register.user} to {', '.join(contacts)}")
    if reply.code == 200:
        fix = "start the server; when it runs, look for trunk_registration_changed in voice.log"
        return warn(about, f"{register.server} knows {register.user}, and nobody is registered", fix)
    if not reply.is_real:
        return bad(about, f"{register.server} does not answer", "look at its name, its port and the firewall")
    fix = f"look at the user {register.user} and the secret {register.password_secret}"
    return bad(about, f"{register.server} refused with {reply.code} {reply.reason}", fix)
