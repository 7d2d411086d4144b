"""What the command_status of a carrier's answer means (SMPP 3.4 section 5.1.3)."""

from types import MappingProxyType

from skipline.model.messaging import Refused, Remedy

OK = 0x00000000
UNKNOWN_COMMAND = 0x00000003
QUEUE_FULL = 0x00000014
THROTTLED = 0x00000058
TEMPORARILY_NOT = 0x00000064
"""ESME_RX_T_APPN: what we answer to a delivery that could not be kept, so that it comes again."""

_MEANINGS = MappingProxyType(
    {
        0x01: ("ESME_RINVMSGLEN", Remedy.NEVER, "the message has a length that the carrier does not take"),
        0x02: ("ESME_RINVCMDLEN", Remedy.NEVER, "the carrier did not understand the request"),
        0x03: ("ESME_RINVCMDID", Remedy.ALARM, "the carrier lets this account send no messages"),
        0x04: ("ESME_RINVBNDSTS", Remedy.RETRY, "the carrier says that we are not signed in"),
        0x05: ("ESME_RALYBND", Remedy.RETRY, "the carrier says that this account is signed in already"),
        0x08: ("ESME_RSYSERR", Remedy.RETRY, "the carrier has an error of its own"),
        0x0A: ("ESME_RINVSRCADR", Remedy.NEVER, "the carrier does not take this sender"),
        0x0B: ("ESME_RINVDSTADR", Remedy.NEVER, "the carrier knows no such number"),
        0x0D: ("ESME_RBINDFAIL", Remedy.ALARM, "the carrier does not let us sign in"),
        0x0E: ("ESME_RINVPASWD", Remedy.ALARM, "the password is wrong"),
        0x0F: ("ESME_RINVSYSID", Remedy.ALARM, "the carrier does not know this system_id"),
        0x14: ("ESME_RMSGQFUL", Remedy.RETRY, "the carrier's queue for this account is full"),
        0x33: ("ESME_RINVNUMDESTS", Remedy.NEVER, "the carrier takes no such number of receivers"),
        0x45: ("ESME_RSUBMITFAIL", Remedy.RETRY_ONCE, "the carrier could not take the message"),
        0x48: ("ESME_RINVSRCTON", Remedy.NEVER, "the carrier takes no sender of this kind: set `sender_ton`"),
        0x49: ("ESME_RINVSRCNPI", Remedy.NEVER, "the carrier takes no sender of this plan: set `sender_npi`"),
        0x50: ("ESME_RINVDSTTON", Remedy.NEVER, "the carrier takes no number of this kind"),
        0x51: ("ESME_RINVDSTNPI", Remedy.NEVER, "the carrier takes no number of this plan"),
        0x53: ("ESME_RINVSYSTYP", Remedy.ALARM, "the carrier does not know this system_type"),
        0x58: ("ESME_RTHROTTLED", Remedy.SLOW_DOWN, "the carrier wants fewer messages a second"),
        0x64: ("ESME_RX_T_APPN", Remedy.RETRY, "the carrier cannot take it now"),
        0x65: ("ESME_RX_P_APPN", Remedy.NEVER, "the carrier will not take it"),
        0x66: ("ESME_RX_R_APPN", Remedy.NEVER, "the carrier rejects the message"),
        0xFF: ("ESME_RUNKNOWNERR", Remedy.RETRY_ONCE, "the carrier does not know what went wrong"),
    }
)


def refusal(status: int) -> Refused:
    """What to do about a message that was answered with `status`. A status that nobody told us of is not tried again:
    carriers have their own from 0x400 on, most of them for numbers that cannot be reached."""
    name, remedy, words = _MEANINGS.get(status, ("", Remedy.NEVER, "the carrier refused the message"))
    code = name or f"0x{status:08X}"
    # Carriers count by the second, so a second later there is room again.
    after_seconds = 1.0 if status == THROTTLED else None
    return Refused(remedy=remedy, code=code, reason=f"{words} ({code})", after_seconds=after_seconds)
