"""How long calls put up with silence of others."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Times in seconds; tests make them shorter.

    `alone`: a waiting caller keeps their music for this long while no centre is there. `look` and `look_in_talk`: how
    often packets are counted. `silence`: a party that sent none for this long is asked whether it is there, and has
    `reply` to say so. `decision`: how long the centre may think about a transfer.
    """

    alone: float = 600.0
    look: float = 10.0
    look_in_talk: float = 3.0
    silence: float = 4.0
    reply: float = 4.0
    decision: float = 10.0
