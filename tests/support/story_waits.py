"""A stage with queues and agents, and a flow in which a caller waits, is promised a call, or leaves a message."""

from typing import Any

from story_room import stage_with

PHONES = {name: {"user": name, "password_secret": f"{name}_sip"} for name in ("ana", "ben", "dee")}
SECTIONS: dict[str, Any] = {
    "tiers": [{"name": "gold", "target": "20s"}],
    "trunks": [{"name": "carrier", "server": "sip.example.com"}],
    "queues": [
        {"name": "vip", "overflow": {"after": "2m", "to": "general"}, "comfort": {"en": "We are with you soon."}},
        {"name": "general", "overflow": {"after": "1m", "wait_exceeds": "30m"}},
        {"name": "patient"},
    ],
    "agents": [
        {"name": "ana", "queues": ["vip", "general", "patient"], "phone": PHONES["ana"]},
        {"name": "ben", "queues": ["general"], "phone": PHONES["ben"]},
        {"name": "cas", "queues": ["general"]},
        {"name": "dee", "phone": PHONES["dee"]},
    ],
}
STEPS: dict[str, Any] = {
    "wait": {
        "type": "add_to_queue",
        "with": {"queue": "vip", "tier": "gold", "keys": {"1": "promise", "2": "message"}},
        "next": {"overflowed": "message", "promise": "promise", "message": "message", "failed": "message"},
    },
    "promise": {"type": "call_back", "with": {"queue": "general"}, "next": {"failed": "message"}},
    "message": {"type": "voicemail"},
}
STAGE = stage_with(STEPS, "wait", **SECTIONS)
