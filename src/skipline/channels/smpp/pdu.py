"""PDUs of SMPP 3.4 as bytes: the header (section 3.2), frames out of a stream, and the PDUs that are little more than a
header. The long ones are the codec's."""

import struct
from dataclasses import dataclass

HEADER_BYTES = 16
LARGEST_BYTES = 128 * 1024
"""Of one PDU; the longest of a carrier has a message_payload of 64 KiB."""

GENERIC_NACK = 0x80000000
RESPONSE = 0x80000000
BIND_TRANSCEIVER = 0x00000009
SUBMIT_SM = 0x00000004
DELIVER_SM = 0x00000005
UNBIND = 0x00000006
ENQUIRE_LINK = 0x00000015
ALERT_NOTIFICATION = 0x00000102
VERSION = 0x34


class BrokenStream(Exception):
    """What came is no SMPP, so where the next PDU would begin cannot be known."""


@dataclass(frozen=True, slots=True)
class Pdu:
    """One PDU: `body` without its header, `raw` with it."""

    command: int
    status: int
    sequence: int
    body: bytes
    raw: bytes

    @property
    def is_response(self) -> bool:
        """Whether it answers something."""
        return bool(self.command & RESPONSE)


class Frames:
    """Cuts a stream into PDUs."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Pdu]:
        """The PDUs that are whole by now. Raises `BrokenStream`."""
        self._rest += data
        whole = []
        while (pdu := self._next()) is not None:
            whole.append(pdu)
        return whole

    def _next(self) -> Pdu | None:
        if len(self._rest) < HEADER_BYTES:
            return None
        length, command, status, sequence = struct.unpack_from(">IIII", self._rest)
        if not HEADER_BYTES <= length <= LARGEST_BYTES:
            raise BrokenStream(f"a PDU says that it has {length} bytes")
        if len(self._rest) < length:
            return None
        raw, self._rest = self._rest[:length], self._rest[length:]
        return Pdu(command, status, sequence, raw[HEADER_BYTES:], raw)


def frame(command: int, status: int, sequence: int, body: bytes = b"") -> bytes:
    """A PDU with this body."""
    return struct.pack(">IIII", HEADER_BYTES + len(body), command, status, sequence) + body


def bind_transceiver(sequence: int, system_id: str, password: str, system_type: str) -> bytes:
    """A bind in both directions (section 4.1.5). Raises `ValueError` for a field that is too long."""
    fields = (("system_id", system_id, 16), ("password", password, 9), ("system_type", system_type, 13))
    texts = b"".join(_c_string(name, text, most) for name, text, most in fields)
    return frame(BIND_TRANSCEIVER, 0, sequence, texts + bytes([VERSION, 0, 0]) + b"\x00")


def message_id(body: bytes) -> str:
    """The id in the answer to a submit_sm (section 4.4.2); empty when there is none."""
    return body.partition(b"\x00")[0].decode("latin-1").strip()


def _c_string(name: str, text: str, most: int) -> bytes:
    """A C-octet string of no more than `most` octets with its end. Many carriers take passwords of more than the eight
    characters that the specification has, so only what cannot be written is refused."""
    try:
        data = text.encode("ascii")
    except UnicodeEncodeError:
        raise ValueError(f"the {name} has a letter that is not ASCII") from None
    longest = most - 1 if name != "password" else 64
    if len(data) > longest or b"\x00" in data:
        raise ValueError(f"the {name} has more than {longest} characters")
    return data + b"\x00"
