"""Places where the crash drill may end the process, as a power cut would.

`SKIPLINE_DIE_AT=NAME:COUNT` ends it at the COUNT-th passage of the point NAME; unset, as always outside the drill, a
passage costs one comparison. This is the only place that reads the variable.
"""

import os
import signal

VARIABLE = "SKIPLINE_DIE_AT"

_fatal: str | None = None
_passages_left = 0


def arm(written: str) -> None:
    """Let the process end at `NAME:COUNT`; nowhere when that is empty."""
    global _fatal, _passages_left
    name, _, passages = written.partition(":")
    _fatal, _passages_left = name or None, int(passages or 1)


def pass_point(name: str) -> None:
    """Go on, or end here and now when the drill says so."""
    if name == _fatal:
        _count_down()


def _count_down() -> None:
    global _passages_left
    _passages_left -= 1
    if _passages_left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)


arm(os.environ.get(VARIABLE, ""))
