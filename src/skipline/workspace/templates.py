"""Flows to begin from. They name what the workspace has where it has one such thing; the rest is for people to fill in,
and the checks tell what that is."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Any

from skipline.flow.document import FORMAT
from skipline.flow.patches import Document
from skipline.model.configuration import Configuration
from skipline.workspace.files import flow_file, sort_files

_LONGEST_KEY = 60


class Template(StrEnum):
    """What a new flow begins as."""

    LOYALTY_LINE = "loyalty_line"
    OPENING_HOURS = "opening_hours"
    CALL_BACK = "call_back"
    EMPTY = "empty"


def draw_template(template: Template, name: str, known: Configuration, language: str = "en") -> Document:
    """A new flow. `language` is that of the words that callers hear; English where they are not known in it."""
    start, steps = _DRAWN[template](known, language if language in _CLOSED else "en")
    triggers = [] if template is Template.EMPTY else [{"type": "incoming_call", "numbers": []}]
    return {"format": FORMAT, "name": name, "triggers": triggers, "start": start, "steps": steps}


def free_key(name: str, taken: Collection[str]) -> str:
    """A key for a flow of this name that no other has: `Ventes & été` is `ventes_ete`, then `ventes_ete_2`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    wanted = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[: _LONGEST_KEY - 5].rstrip("_") or "flow"
    key, number = wanted, 1
    while key in taken:
        number += 1
        key = f"{wanted}_{number}"
    return key


def is_key(key: str) -> bool:
    """Whether a flow can have this key."""
    return sort_files([flow_file(key)]).flow_paths != ()


_Drawn = tuple[str | None, dict[str, dict[str, Any]]]


def _empty(known: Configuration, language: str) -> _Drawn:
    return None, {}


def _loyalty_line(known: Configuration, language: str) -> _Drawn:
    keep = {"from": "/loyalty_status", "as": "loyalty_status", "type": "text", "default": "standard"}
    gold = {"variable": "loyalty_status", "operator": "is_one_of", "value": ["gold", "platinum"]}
    silver = {"variable": "loyalty_status", "operator": "is", "value": "silver"}
    paths = [
        {"id": "vip", "name": "Gold & platinum", "all": [gold]},
        {"id": "silver", "name": "Silver", "all": [silver]},
    ]
    source = {"source": _first(known.sources), "path": "/customers/{{ contact.phone }}", "keep": [keep]}
    return "look_up", {
        "look_up": _step("fetch_variables", source, {"found": "tier", "not_found": "tier", "failed": "tier"}),
        "tier": _step("branch", {"paths": paths}, {"vip": "to_vip", "silver": "to_silver", "else": "to_everyone"}),
        "to_vip": _queue(known, 0, {"overflowed": "to_everyone"}),
        "to_silver": _queue(known, 1, {"overflowed": "to_everyone"}),
        "to_everyone": _queue(known, 2, {"overflowed": "leave_word"}),
        "leave_word": _step("voicemail", {"language": language}),
    }


def _opening_hours(known: Configuration, language: str) -> _Drawn:
    return "opening", {
        "opening": _step(
            "opening_hours", {"hours": _first(known.hours)}, {"open": "wait", "closed": "closed", "holiday": "closed"}
        ),
        "wait": _queue(known, 0, {"overflowed": "closed"}),
        "closed": _step("say", {"text": _CLOSED[language], "language": language}, {"done": "goodbye"}),
        "goodbye": _step("hang_up"),
    }


def _call_back(known: Configuration, language: str) -> _Drawn:
    keys = {"keys": {"1": "call_me_back"}}
    return "offer", {
        "offer": _step("say", {"text": _OFFER[language], "language": language}, {"done": "wait"}),
        "wait": _queue(known, 0, {"call_me_back": "promise", "overflowed": "promise"}, keys),
        "promise": _step("call_back", {"queue": _first(known.queues), "language": language}),
    }


_DRAWN: Mapping[Template, Callable[[Configuration, str], _Drawn]] = {
    Template.LOYALTY_LINE: _loyalty_line,
    Template.OPENING_HOURS: _opening_hours,
    Template.CALL_BACK: _call_back,
    Template.EMPTY: _empty,
}

_CLOSED = {
    "en": "We are closed just now. Please call again during opening hours.",
    "es": "Ahora está cerrado. Llame de nuevo en horario de atención, por favor.",
    "pt": "Estamos fechados agora. Ligue novamente no horário de atendimento, por favor.",
    "zh": "现在不在营业时间内，请在营业时间再来电。",  # noqa: RUF001
    "id": "Kami sedang tutup. Silakan menelepon lagi pada jam buka.",
}
_OFFER = {
    "en": "Press 1 at any time while you wait, and we call you back when it is your turn.",
    "es": "Pulse 1 en cualquier momento de la espera y le llamaremos cuando sea su turno.",
    "pt": "Pressione 1 a qualquer momento da espera e ligaremos quando for a sua vez.",
    "zh": "等待时随时按 1，轮到您时我们会给您回电。",  # noqa: RUF001
    "id": "Tekan 1 kapan saja selama menunggu, dan kami akan menelepon Anda saat giliran Anda tiba.",
}


def _step(type_: str, settings: dict[str, Any] | None = None, next_: dict[str, str] | None = None) -> dict[str, Any]:
    parts: dict[str, Any] = {"type": type_, "with": settings, "next": next_}
    return {key: value for key, value in parts.items() if value}


def _queue(
    known: Configuration, place: int, next_: dict[str, str] | None = None, more: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A queue of the workspace: the one at a place, or its last."""
    names = [one.name for one in known.queues]
    name = names[min(place, len(names) - 1)] if names else ""
    return _step("add_to_queue", {"queue": name, **(more or {})}, next_)


def _first(named: Collection[Any]) -> str:
    return next((str(one.name) for one in named), "")
