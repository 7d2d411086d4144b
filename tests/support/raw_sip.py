"""A SIP party that writes its messages by hand, so that tests can send what no honest stack would."""

import asyncio
import hashlib
import re
import socket
from collections.abc import Mapping
from itertools import count

_numbers = count(1)

SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
)


class RawParty:
    """One UDP socket on loopback. `request` writes a message with sane headers unless told otherwise."""

    def __init__(self, peer: tuple[str, int], host: str = "127.0.0.1") -> None:
        self.peer = peer
        self.socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.bind((host, 0))
        self.port = self.socket.getsockname()[1]
        self.host = f"[{host}]" if ":" in host else host

    def request(
        self,
        method: str = "INVITE",
        uri: str = "",
        *,
        drop: tuple[str, ...] = (),
        extra: str = "",
        body: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """A request as text; `headers` replace or add lines, `drop` leaves some out."""
        number = next(_numbers)
        lines = {
            "Via": f"SIP/2.0/UDP {self.host}:{self.port};branch=z9hG4bKraw{number}",
            "From": f"<sip:raw@{self.host}:{self.port}>;tag=from{number}",
            "To": f"<sip:+31201234567@{self.host}>",
            "Call-ID": f"raw{number}.{self.port}",
            "CSeq": f"1 {method}",
            "Contact": f"<sip:raw@{self.host}:{self.port}>",
            "Max-Forwards": "70",
            **({"Content-Type": "application/sdp"} if body else {}),
            "Content-Length": str(len(body.encode())),
            **(headers or {}),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if name not in drop)
        return f"{method} {uri or 'sip:+31201234567@127.0.0.1'} SIP/2.0\r\n{head}{extra}\r\n{body}"

    def send(self, message: str | bytes, to: tuple[str, int] | None = None) -> None:
        """Send one datagram."""
        self.socket.sendto(message.encode() if isinstance(message, str) else message, to or self.peer)

    async def receive(self, seconds: float = 2.0) -> str:
        """The next datagram as text; `TimeoutError` when none comes."""
        loop = asyncio.get_running_loop()
        data = await asyncio.wait_for(loop.sock_recv(self.socket, 65_535), seconds)
        return data.decode(errors="replace")

    async def expect(self, start: str, seconds: float = 3.0) -> str:
        """The next datagram whose first line has `start`; others are passed over."""
        async with asyncio.timeout(seconds):
            while True:
                message = await self.receive(seconds)
                if start in message.split("\r\n")[0]:
                    return message

    async def expect_silence(self, seconds: float = 0.2) -> None:
        """Fail when anything comes."""
        try:
            message = await self.receive(seconds)
        except TimeoutError:
            return
        raise AssertionError(f"something came: {message.splitlines()[0]}")

    def reply(
        self,
        request: str,
        code: int,
        reason: str,
        *,
        extra: str = "",
        body: str = "",
        tag: str = "rawtag",
        contact: str = "",
    ) -> None:
        """Answer a request that came from our peer."""
        to = header(request, "To")
        lines = [f"SIP/2.0 {code} {reason}"]
        lines += [f"Via: {via}" for via in re.findall(r"(?mi)^Via: (.*?)\r$", request)]
        lines += [f"From: {header(request, 'From')}", f"To: {to}" if ";tag=" in to else f"To: {to};tag=rawtag"]
        lines += [f"Call-ID: {header(request, 'Call-ID')}", f"CSeq: {header(request, 'CSeq')}"]
        lines += [f"Contact: <{contact or f'sip:raw@{self.host}:{self.port}'}>"] + (
            ["Content-Type: application/sdp"] if body else []
        )
        lines += [f"Content-Length: {len(body.encode())}"]
        port = int(re.search(r":(\d+);", header(request, "Via") + ";")[1])  # type: ignore[index]
        self.send("\r\n".join(lines) + "\r\n" + extra + "\r\n" + body, (self.peer[0], port))

    def close(self) -> None:
        """Close the socket."""
        self.socket.close()


def header(message: str, name: str) -> str:
    """The first value of a header, empty when it is not there."""
    found = re.search(rf"(?mi)^{re.escape(name)}[ \t]*:[ \t]*(.*?)\r?$", message)
    return found[1] if found else ""


def status(message: str) -> int:
    """The status of a response."""
    return int(message.split(" ", 2)[1])


def inside(request: str, reply: str, method: str, number: int) -> dict[str, str]:
    """The headers that put another request into the dialog which `request` and `reply` made."""
    return {
        "From": header(request, "From"),
        "To": header(reply, "To"),
        "Call-ID": header(request, "Call-ID"),
        "CSeq": f"{number} {method}",
    }


def digest_is_right(value: str, password: str, method: str) -> bool:
    """Check an Authorization header with nothing but hashlib."""
    got = {name: quoted or plain for name, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', value)}

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    secret = md5(f"{got['username']}:{got['realm']}:{password}")
    rest = md5(f"{method}:{got['uri']}")
    middle = f"{got['nonce']}:{got['nc']}:{got['cnonce']}:{got['qop']}" if "qop" in got else got["nonce"]
    return got["response"] == md5(f"{secret}:{middle}:{rest}")
