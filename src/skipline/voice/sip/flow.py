"""The way to a phone: the connection, or the UDP socket and source, that its REGISTER came by (RFC 5626 section 3)."""

from dataclasses import dataclass

from skipline.voice.sip.transport import HostPort, Transport


@dataclass(frozen=True, slots=True)
class Flow:
    """Where a phone is reached: from our own socket `transport` to `address`. A phone behind NAT, or one that opened a
    TCP or TLS connection, can be reached in no other way."""

    transport: Transport
    address: HostPort

    @property
    def is_up(self) -> bool:
        """Whether something can be sent; a connection that was closed cannot be opened from our side."""
        return self.transport.is_connected(self.address)
