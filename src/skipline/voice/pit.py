"""A socket where audio ends that nobody shall hear. The kernel drops what is sent there, since nobody reads it."""

import socket

from skipline.voice.sdp import Endpoint


class Pits:
    """At most one such socket at each of our addresses, from its first use to `close`."""

    def __init__(self) -> None:
        self._sockets: dict[str, socket.socket] = {}

    def at(self, ip: str) -> Endpoint:
        """The pit at our own address `ip`."""
        if ip not in self._sockets:
            found = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_DGRAM)
            found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 0)
            found.bind((ip, 0))
            self._sockets[ip] = found
        return Endpoint(ip, self._sockets[ip].getsockname()[1])

    def close(self) -> None:
        """Free the ports."""
        for one in self._sockets.values():
            one.close()
        self._sockets.clear()
