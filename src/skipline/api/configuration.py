"""The sections of `skipline.yaml` but for its flows: each entry as it stands there, by its name."""

from enum import StrEnum
from typing import Any

from fastapi import APIRouter

from skipline.api.access import allows
from skipline.api.audit import Audited
from skipline.api.errors import Refused, refuse_issues
from skipline.api.services import Running
from skipline.base.yaml_lines import dump_yaml
from skipline.flow.document import FORMAT
from skipline.model.access import Permission
from skipline.model.audit import Deed
from skipline.workspace.files import CONFIGURATION_FILE
from skipline.workspace.sections import SECTIONS, word_for
from skipline.workspace.writing import written_entry

router = APIRouter(tags=["configuration"])

Entry = dict[str, Any]


class Noun(StrEnum):
    """The sections of `skipline.yaml`."""

    TIERS = "tiers"
    TRUNKS = "trunks"
    NUMBERS = "numbers"
    SOURCES = "sources"
    TABLES = "tables"
    HOURS = "hours"
    QUEUES = "queues"
    SKILLS = "skills"
    AGENTS = "agents"
    CHANNELS = "channels"


@router.get("/{noun}")
@allows(Permission.WORKSPACE_READ)
async def list_entries(services: Running, noun: Noun) -> list[Entry]:
    """Every entry of a section, in its order."""
    return _sections(services)[noun]


@router.get("/{noun}/{name}")
@allows(Permission.WORKSPACE_READ)
async def read_entry(services: Running, noun: Noun, name: str) -> Entry:
    """One entry by its name; a number by its E.164 form."""
    found = next((one for one in _sections(services)[noun] if _name_of(one) == name), None)
    if found is None:
        raise Refused(404, "not_found", f"There is no {word_for(noun)} {name}.")
    return found


@router.put("/{noun}/{name}")
@allows(Permission.WORKSPACE_CHANGE)
async def put_entry(services: Running, trail: Audited, noun: Noun, name: str, entry: Entry) -> Entry:
    """Add an entry or change the one of this name. Refused when the workspace would have a mistake then."""
    key = "number" if noun is Noun.NUMBERS else "name"
    changed = {**entry, key: name}
    sections = _sections(services)
    names = [_name_of(one) for one in sections[noun]]
    place = names.index(name) if name in names else len(names)
    sections[noun][place : place + 1] = [changed]
    await _apply(services, trail, f"{noun}/{name}", sections)
    return await read_entry(services, noun, name)


@router.delete("/{noun}/{name}", status_code=204)
@allows(Permission.WORKSPACE_CHANGE)
async def delete_entry(services: Running, trail: Audited, noun: Noun, name: str) -> None:
    """Remove an entry. Refused when a flow or another entry still names it."""
    await read_entry(services, noun, name)
    sections = _sections(services)
    sections[noun] = [one for one in sections[noun] if _name_of(one) != name]
    await _apply(services, trail, f"{noun}/{name}", sections)


async def _apply(services: Running, trail: Audited, about: str, sections: dict[str, list[Entry]]) -> None:
    files = {**services.workspace.export(), CONFIGURATION_FILE: _written(sections)}
    entry = trail.entry(Deed.CONFIGURATION_CHANGED, about)
    applied = await services.workspace.apply(files, trail.actor.name, audited=entry)
    if not applied.is_applied:
        raise refuse_issues(applied.issues)


def _written(sections: dict[str, list[Entry]]) -> str:
    try:
        return dump_yaml({"format": FORMAT, **{name: entries for name, entries in sections.items() if entries}})
    except (TypeError, RecursionError) as wrong:
        detail = "The entry holds what no file can: numbers have to be finite, and values not nested this deep."
        raise Refused(422, "not_understood", detail) from wrong


def _sections(services: Running) -> dict[str, list[Entry]]:
    configuration = services.workspace.configuration
    return {section: [written_entry(one) for one in getattr(configuration, section)] for section in SECTIONS}


def _name_of(entry: Entry) -> str:
    return str(entry["number"] if "number" in entry else entry["name"])
