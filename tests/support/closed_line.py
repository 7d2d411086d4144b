"""A number of the demo company whose callers leave word, and somebody who does."""

from pathlib import Path
from time import monotonic, sleep

from command_line import Serving, run

CLOSED, LEAVES_WORD = "+31201234599", "+31655555555"
_FLOW = f"""
format: 1
name: Closed
triggers: [{{type: incoming_call, numbers: ["{CLOSED}"]}}]
start: message
steps:
  message: {{type: voicemail, name: Leave word, with: {{greeting: ""}}}}
"""


def add_closed_line(workspace: Path) -> Path:
    """Give the demo's workspace one number and one flow more."""
    settings = workspace / "skipline.yaml"
    more = f'numbers:\n  - {{number: "{CLOSED}", name: Closed line, trunk: carrier}}\n'
    written = settings.read_text().replace("numbers:\n", more)
    assert CLOSED in written
    settings.write_text(written)
    (workspace / "flows" / "closed.yaml").write_text(_FLOW)
    return workspace


def leave_word(server: Serving) -> float:
    """A real call that leaves a message of two to three seconds; gives how long it is."""
    called = run("call", "--from", LEAVES_WORD, "--to", CLOSED, "--via", server.sip, "--talk", "3")
    assert called.returncode == 0, called.stdout + called.stderr
    left = _kept(server)
    assert 1.0 < left["seconds"] < 4.0
    return float(left["seconds"])


def _kept(server: Serving) -> dict[str, float]:
    """The message, as soon as its record is kept: a moment after the caller is gone."""
    deadline = monotonic() + 15
    while True:
        _, answer = server.ask(f"/api/v1/voicemails?contact={LEAVES_WORD[1:]}")
        if left := answer["voicemails"]:  # type: ignore[index]
            return dict(left[0])
        assert monotonic() < deadline, "no message was kept"
        sleep(0.1)
