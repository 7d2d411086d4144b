"""A second target behind one INVITE: when a proxy forked it and two phones answered, the later one is let go."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sippy.SipCSeq import SipCSeq
from sippy.SipHeader import SipHeader

from skipline.voice.sip.dialog import Dialog
from skipline.voice.sip.transport import HostPort
from skipline.voice.sip.wire import write_wire


def let_go_of_fork(dialog: Dialog, response: Any, source: HostPort, send_bye: Callable[[Dialog, Any], object]) -> None:
    """Acknowledge a further 2xx to our INVITE and end it by BYE (RFC 3261 section 13.2.2.4).

    The ACK of a 2xx is no transaction: it is sent for each repeat of the 2xx, and nothing answers it.
    """
    other = replace(dialog, remote_tag=response.getHFBody("to").getTag())
    other.learn_target(response, source, is_response=True)
    number = response.getHFBody("cseq").getCSeqNum()
    ack = other.make_request("ACK")
    ack.replaceHeader(ack.getHF("cseq"), SipHeader(name="cseq", body=SipCSeq(cseq=number, method="ACK")))
    other.transport.send_to(write_wire(str(ack)), other.next_hop)
    send_bye(other, other.make_request("BYE"))
