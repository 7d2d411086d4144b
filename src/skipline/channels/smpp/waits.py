"""How long what may take on a connection with a carrier."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """All in seconds: to connect and sign in, for room in the window, for an answer, until a delivery is kept, to sign
    out; pauses between two tries to connect, which grow until a connection was `steady`; and between two tries of a
    part of a text."""

    connect: float = 10.0
    room: float = 3.0
    answer: float = 15.0
    keep: float = 10.0
    sign_out: float = 5.0
    first_pause: float = 1.0
    longest_pause: float = 60.0
    steady: float = 30.0
    between_parts: float = 0.5
