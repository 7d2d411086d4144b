"""The two SIPp scenarios of a load: a caller who talks for a second, and a target who answers at once.

They are put together from the parts that the tests use. The caller fails when a 200 comes before the 180, and waits
for a late 180 while it talks, so that one is counted instead of overlooked.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))

from sipp_scenarios import (
    answered,
    be_hung_up,
    expect,
    expect_request,
    hang_up,
    invite,
    reply,
    reply_in_dialogue,
    ring,
    scenario,
)

_TALK = '<recv response="180" timeout="1000" ontimeout="1"></recv>\n<label id="1"/>\n'
_MAYBE_ASKED = '<recv request="OPTIONS" optional="true" next="2"></recv>\n'


def caller() -> str:
    """Dials, is rung and answered, talks for one second, hangs up. The number calling comes from a CSV file."""
    ringing = invite() + expect(100, optional=True) + expect(180)
    return scenario(ringing, answered(), _TALK, hang_up()).replace("[caller]", "[field0]")


def waiting_caller() -> str:
    """Dials, is answered with music, and stays until the other side hangs up."""
    ringing = invite() + expect(100, optional=True) + expect(180)
    return scenario(ringing, answered(), be_hung_up()).replace("[caller]", "[field0]")


def target() -> str:
    """Rings, answers, is hung up on. Asked by OPTIONS whether it is well, it says so."""
    accept = reply(200, "OK", has_sdp=True) + expect_request("ACK")
    farewell = reply_in_dialogue(200, "OK").replace("<send", '<send next="3"', 1)
    call = expect_request("INVITE") + ring() + accept + expect_request("BYE") + farewell
    return scenario(_MAYBE_ASKED, call, '<label id="2"/>\n', reply_in_dialogue(200, "OK"), '<label id="3"/>\n<nop/>\n')


def callers_file() -> str:
    """Ten thousand telephone numbers, used in turn."""
    return "SEQUENTIAL\n" + "".join(f"+316{number:08};\n" for number in range(10_000))
