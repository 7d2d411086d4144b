"""A carrier in a thread, for tests that drive a whole server from outside: answers OPTIONS, or is silent."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_KEPT = re.compile(r"(?mi)^(?:Via|From|To|Call-ID|CSeq):[^\r]*\r\n")


@contextmanager
def carrier(status: str = "") -> Iterator[str]:
    """Its `host:port` within the block. It answers with `status`, such as `200 OK`; empty: never."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        serving = threading.Thread(target=_serve, args=(bound, status))
        serving.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            bound.sendto(b"", ("127.0.0.1", port))
            serving.join()


def _serve(bound: socket.socket, status: str) -> None:
    """Answer until an empty packet comes."""
    while True:
        data, peer = bound.recvfrom(65_535)
        if not data:
            return
        if status and data.startswith(b"OPTIONS"):
            bound.sendto(_answer(data.decode(), status).encode(), peer)


def _answer(request: str, status: str) -> str:
    """A final answer, which names our side of the dialog (RFC 3261 section 8.2.6.2)."""
    kept = "".join(_KEPT.findall(request))
    tagged = re.sub(r"(?mi)^(To:[^\r]*)\r", r"\1;tag=carrier\r", kept)
    return f"SIP/2.0 {status}\r\n{tagged}Content-Length: 0\r\n\r\n"
