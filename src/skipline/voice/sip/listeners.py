"""Sockets in pairs: UDP and TCP on one port, as SIP wants it (RFC 3261 section 18.2.1)."""

from skipline.voice.sip.tcp import TcpTransport
from skipline.voice.sip.transport import HostPort, Lost, Received, Transport
from skipline.voice.sip.trouble import TroubleLog
from skipline.voice.sip.udp import UdpTransport

_TRIES = 20


def bind_pair(address: HostPort, on_received: Received, on_lost: Lost, log: TroubleLog) -> list[Transport]:
    """A UDP and a TCP socket at `address`; with port 0 at one port that is free for both. Raises `OSError`."""
    for tries_left in range(_TRIES if address[1] == 0 else 1, 0, -1):
        udp = UdpTransport(address, on_received, on_lost, log)
        try:
            return [udp, TcpTransport((address[0], udp.port), on_received, on_lost, log)]
        except OSError:
            udp.close()
            if tries_left == 1:
                raise
    raise OSError("no port is free for both UDP and TCP")
