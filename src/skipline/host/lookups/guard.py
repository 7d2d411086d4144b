"""The last look before a connection is opened: aiohttp asks here for a socket with the resolved address in hand.

Judging at this place meets literals, odd spellings, names that resolve to private addresses and names that change
their mind between two questions alike, and a refused address never sees a single packet.
"""

import errno
import socket
from collections.abc import Callable, Collection

from aiohttp.connector import AddrInfoType

from skipline.base.sentence import say
from skipline.host.lookups.addresses import is_loopback, refusal
from skipline.model.lookup import Reach


class AddressRefused(OSError):
    """A connection that `Reach` does not allow; `sentence` says which address and how it could be opened."""

    def __init__(self, sentence: str) -> None:
        super().__init__(errno.EACCES, sentence)
        self.sentence = sentence


def guarded_sockets(reach: Reach, own_ports: Collection[int]) -> Callable[[AddrInfoType], socket.socket]:
    """A socket factory that opens sockets for allowed addresses only, and never towards our own listening ports."""

    def open_socket(found: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = found
        host, port = str(address[0]), address[1]
        sentence = refusal(host, reach)
        if sentence is None and port in own_ports and is_loopback(host):
            sentence = say("port {port} of this machine is our own", port=port)
        if sentence is not None:
            raise AddressRefused(sentence)
        return socket.socket(family, kind, protocol)

    return open_socket
