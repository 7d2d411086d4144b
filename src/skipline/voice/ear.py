"""A socket of this process that hears what one caller says, by way of the relay."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress

from skipline.voice.rtp import RtpPacket, read_packet
from skipline.voice.sdp import Endpoint

_LARGEST_PACKET = 2048


class Ear:
    """Listens at the address of `outlet`, the relay's own port, and takes nothing from anywhere else. `on_packet` gets
    each packet. Raises `OSError` when no port is free."""

    def __init__(self, outlet: Endpoint, on_packet: Callable[[RtpPacket], None]) -> None:
        self._outlet, self._on_packet = outlet, on_packet
        self._socket = socket.socket(socket.AF_INET6 if ":" in outlet.ip else socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((outlet.ip, 0))
        self.endpoint = Endpoint(outlet.ip, self._socket.getsockname()[1])
        asyncio.get_running_loop().add_reader(self._socket, self._hear)

    def _hear(self) -> None:
        with suppress(OSError):
            data, source = self._socket.recvfrom(_LARGEST_PACKET)
            packet = read_packet(data)
            if packet is not None and source[:2] == tuple(self._outlet):
                self._on_packet(packet)

    def close(self) -> None:
        """Hear no more. May be called more than once."""
        if self._socket.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
