"""Times how soon a server rings: `python probe.py PORT NUMBER CALLS_A_SECOND SECONDS` prints JSON.

It places whole calls of one second beside the load of SIPp. The kernel stamps each packet as it arrives, so that
neither this program's own pace nor SIPp's counts.
"""

import heapq
import json
import select
import socket
import struct
import sys
import time
from dataclasses import dataclass, field
from itertools import count

_SO_TIMESTAMPNS = 35
_TALK_SECONDS = 1.0
_PATIENCE_SECONDS = 8.0
_SDP = (
    "v=0\r\no=probe 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 6000 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
)


@dataclass(frozen=True, slots=True)
class Peer:
    """Who answered a call: the dialog's Call-ID, its To with tag, and where its requests go."""

    call: bytes
    to: str
    target: str


@dataclass(slots=True)
class Probe:
    """Places calls from one socket. Nothing is repeated: a message that is lost is a call that does not finish, and so
    is one that was answered without ringing."""

    port: int
    number: str
    placed: int = 0
    finished: int = 0
    repeats: int = 0
    late_rings: int = 0
    ring_ms: list[float] = field(default_factory=list)
    _sent_at: dict[bytes, float] = field(default_factory=dict)
    _answered: set[bytes] = field(default_factory=set)
    _byes: list[tuple[float, int, "Peer"]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)
    _socket: socket.socket = field(default_factory=lambda: socket.socket(type=socket.SOCK_DGRAM))

    def __post_init__(self) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.connect(("127.0.0.1", self.port))
        self._socket.setblocking(False)

    def run(self, rate: float, seconds: float) -> None:
        """Place `rate` calls a second for `seconds`, then wait for the last to end."""
        began, wanted = time.monotonic(), int(rate * seconds)
        while self.finished < wanted and time.monotonic() < began + seconds + _PATIENCE_SECONDS:
            now = time.monotonic()
            while self.placed < wanted and began + self.placed / rate <= now:
                self._invite()
            while self._byes and self._byes[0][0] <= now:
                peer = heapq.heappop(self._byes)[2]
                self._send("BYE", peer, 2)
            next_call = began + self.placed / rate if self.placed < wanted else now + 1
            next_bye = self._byes[0][0] if self._byes else now + 1
            select.select([self._socket], [], [], max(0.0, min(next_call, next_bye) - time.monotonic()))
            self._read_all()

    def _invite(self) -> None:
        call = b"probe-%d-%d" % (self._socket.getsockname()[1], self.placed)
        self.placed += 1
        self._sent_at[call] = time.clock_gettime(time.CLOCK_REALTIME)
        uri = f"sip:{self.number}@127.0.0.1:{self.port}"
        self._send("INVITE", Peer(call, f"<{uri}>", uri), 1, _SDP)

    def _send(self, method: str, peer: Peer, cseq: int, body: str = "") -> None:
        own = f"127.0.0.1:{self._socket.getsockname()[1]}"
        name = peer.call.decode()
        head = (
            f"{method} {peer.target} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK{method}{name}\r\n"
            f"From: <sip:+3162{name[-7:].replace('-', '0'):0>7}@{own}>;tag={name}\r\n"
            f"To: {peer.to}\r\nCall-ID: {name}\r\nCSeq: {cseq} {method}\r\n"
            f"Contact: <sip:probe@{own}>\r\nMax-Forwards: 70\r\n"
        )
        kind = "Content-Type: application/sdp\r\n" if body else ""
        self._socket.send(f"{head}{kind}Content-Length: {len(body)}\r\n\r\n{body}".encode("ascii"))

    def _read_all(self) -> None:
        while True:
            try:
                data, notes, _, _ = self._socket.recvmsg(65535, 64)
            except BlockingIOError:
                return
            if data.startswith(b"SIP/2.0 "):
                seconds, nanoseconds = struct.unpack("qq", notes[0][2][:16])
                self._take(data, seconds + nanoseconds / 1e9)

    def _take(self, data: bytes, arrived_at: float) -> None:
        code, call, cseq = data[8:12], _header(data, b"call-id"), _header(data, b"cseq")
        if code == b"180 ":
            self._ring(call, arrived_at)
        elif code == b"200 " and cseq.endswith(b"INVITE"):
            contact = _header(data, b"contact").decode().partition("<")[2].partition(">")[0]
            self._answer(Peer(call, _header(data, b"to").decode(), contact))
        elif code == b"200 " and cseq.endswith(b"BYE") and call not in self._sent_at:
            self.finished += 1

    def _ring(self, call: bytes, arrived_at: float) -> None:
        if call in self._answered:
            self.late_rings += 1
        elif call in self._sent_at:
            self.ring_ms.append((arrived_at - self._sent_at.pop(call)) * 1000)

    def _answer(self, peer: Peer) -> None:
        self._send("ACK", peer, 1)
        if peer.call in self._answered:
            self.repeats += 1
            return
        self._answered.add(peer.call)
        heapq.heappush(self._byes, (time.monotonic() + _TALK_SECONDS, next(self._order), peer))


def _header(message: bytes, name: bytes) -> bytes:
    """The value of a header written in its long form, in any capitals."""
    begin = message.lower().index(b"\r\n" + name + b":") + len(name) + 3
    return message[begin : message.index(b"\r\n", begin)].strip()


if __name__ == "__main__":
    probe = Probe(int(sys.argv[1]), sys.argv[2])
    probe.run(float(sys.argv[3]), float(sys.argv[4]))
    names = ("placed", "finished", "repeats", "late_rings", "ring_ms")
    print(json.dumps({name: getattr(probe, name) for name in names}))
