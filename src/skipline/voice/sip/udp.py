"""SIP over UDP on a raw socket.

asyncio's own datagram transport closes for good after one impossible destination, and a Via with port 99999 is enough
for that. The kernel's default buffers of 208 KB lose bursts above about 100 calls a second.
"""

import asyncio
import socket
import struct

from skipline.voice.sip.transport import HostPort, Lost, Received, Transport
from skipline.voice.sip.trouble import TroubleLog

_BUFFER_BYTES = 4 << 20
_READS_AT_ONCE = 32
_IP_RECVERR, _IPV6_RECVERR = 11, 25


class UdpTransport(Transport):
    """One UDP socket, bound when made."""

    transport = "udp"
    is_reliable = False

    def __init__(self, address: HostPort, on_received: Received, on_lost: Lost, log: TroubleLog) -> None:
        super().__init__(address, on_received, on_lost, log)
        self._socket = socket.socket(socket.AF_INET6 if self.is_v6 else socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._prepare(address)
        except OSError:
            self._socket.close()
            raise
        self.port = self._socket.getsockname()[1]

    def _prepare(self, address: HostPort) -> None:
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self._socket.setsockopt(socket.SOL_SOCKET, option, _BUFFER_BYTES)
        if self.is_v6:
            self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            self._socket.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
        else:
            self._socket.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
        self._socket.setblocking(False)
        self._socket.bind(address)

    async def start(self) -> None:
        """Begin to read."""
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._read)

    def _read(self) -> None:
        for _ in range(_READS_AT_ONCE):
            try:
                data, address = self._socket.recvfrom(65_535)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self._read_errors()
                continue
            self.on_received(data, (address[0].partition("%")[0], address[1]), self)

    def _read_errors(self) -> None:
        """ICMP errors: tell at once that nobody listens there, instead of waiting for a timer (RFC 3261 18.4)."""
        for _ in range(_READS_AT_ONCE):
            try:
                _, notes, _, address = self._socket.recvmsg(64, 512, socket.MSG_ERRQUEUE)
            except OSError:
                return
            number = struct.unpack_from("=I", notes[0][2])[0] if notes else 0
            self.on_lost(self, (str(address[0]), int(address[1])), f"ICMP error {number}")

    def send_now(self, data: bytes, address: HostPort) -> None:
        """Send one datagram; a full buffer or a wrong address is left to the retransmission timers."""
        try:
            self._socket.sendto(data, address)
        except ConnectionRefusedError:
            self._read_errors()
            self._send_again(data, address)
        except (OSError, OverflowError) as problem:
            self.log.note("sip_send_failed", host=address[0], port=address[1], problem=str(problem))

    def _send_again(self, data: bytes, address: HostPort) -> None:
        # The refusal was news of an earlier datagram; this one has not left yet.
        try:
            self._socket.sendto(data, address)
        except (OSError, OverflowError) as problem:
            self.log.note("sip_send_failed", host=address[0], port=address[1], problem=str(problem))

    async def stop(self) -> None:
        """Close the socket."""
        await super().stop()
        if self._socket.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self.close()

    def close(self) -> None:
        """Close a socket that never began to read."""
        self._socket.close()
