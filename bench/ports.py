"""Free ports on loopback."""

import socket
import time


def free_port() -> int:
    """A port that is free for both UDP and TCP just now."""
    for _ in range(50):
        with socket.socket(type=socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind(("127.0.0.1", 0))
            port: int = udp.getsockname()[1]
            try:
                tcp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free for both UDP and TCP")


def wait_until_bound(port: int, *, is_udp: bool = True, seconds: float = 10.0) -> None:
    """Return once somebody listens on `port`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket(type=socket.SOCK_DGRAM if is_udp else socket.SOCK_STREAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nobody began to listen on port {port}")
