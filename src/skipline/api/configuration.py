"""The sections of `skipline.yaml` but for its flows: each entry as it stands there, by its name."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Header, Response

from skipline.api.access import allows
from skipline.api.audit import Audited, Trail
from skipline.api.errors import Refused, refuse_issues
from skipline.api.services import Running, Services
from skipline.base.sentence import Sentence, say
from skipline.base.yaml_lines import dump_yaml
from skipline.flow.document import FORMAT
from skipline.flow.issue import Issue
from skipline.model.access import Permission
from skipline.model.audit import Deed
from skipline.store.workspace import WorkspaceMoved
from skipline.workspace.files import CONFIGURATION_FILE
from skipline.workspace.sections import SECTIONS
from skipline.workspace.writing import written_entry

router = APIRouter(tags=["configuration"])

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What the one who asks knows of the entry: that it says what `tag` (`If-Match`) names, or that it `is_new`
    (`If-None-Match: *`). Nothing: it is changed whatever it says."""

    tag: str | None
    is_new: bool


def _known(
    if_match: Annotated[str | None, Header()] = None, if_none_match: Annotated[str | None, Header()] = None
) -> KnownEntry:
    return KnownEntry(tag=if_match, is_new=if_none_match is not None and if_none_match.strip() == "*")


Known = Annotated[KnownEntry, Depends(_known)]


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
async def read_entry(services: Running, response: Response, noun: Noun, name: str) -> Entry:
    """One entry by its name; a number by its E.164 form. The header `ETag` names what it says now."""
    found = _found(services, noun, name)
    response.headers["ETag"] = _tag_of(found)
    return found


@router.put("/{noun}/{name}")
@allows(Permission.WORKSPACE_CHANGE)
async def put_entry(
    services: Running, response: Response, trail: Audited, noun: Noun, name: str, entry: Entry, known: Known
) -> Entry:
    """Add an entry or change the one of this name. Refused when the workspace would have a mistake then, and with 412
    `changed_meanwhile` when the entry is not the one that `If-Match` names, or is there with `If-None-Match: *`."""
    key = "number" if noun is Noun.NUMBERS else "name"

    def put(entries: list[Entry]) -> list[Entry]:
        names = [_name_of(one) for one in entries]
        place = names.index(name) if name in names else len(names)
        return [*entries[:place], {**entry, key: name}, *entries[place + 1 :]]

    await _change(services, trail, (noun, name), known, put)
    return await read_entry(services, response, noun, name)


@router.delete("/{noun}/{name}", status_code=204)
@allows(Permission.WORKSPACE_CHANGE)
async def delete_entry(services: Running, trail: Audited, noun: Noun, name: str, known: Known) -> None:
    """Remove an entry. Refused when a flow or another entry still names it, and with 412 `changed_meanwhile` when it is
    not the one that `If-Match` names."""
    _found(services, noun, name)

    def without(entries: list[Entry]) -> list[Entry]:
        return [one for one in entries if _name_of(one) != name]

    await _change(services, trail, (noun, name), known, without)


async def _change(
    services: Services,
    trail: Trail,
    place: tuple[Noun, str],
    known: "KnownEntry",
    change: Callable[[list[Entry]], list[Entry]],
) -> None:
    """Change one section. What somebody else changes meanwhile stays: then this is done again on top of it."""
    noun, name = place
    while True:
        based_on = services.workspace.in_force
        sections = _sections(services)
        _refuse_unless_known(next((one for one in sections[noun] if _name_of(one) == name), None), known)
        sections[noun] = change(sections[noun])
        files = {**services.workspace.export(), CONFIGURATION_FILE: _written(sections)}
        entry = trail.entry(Deed.CONFIGURATION_CHANGED, f"{noun}/{name}")
        try:
            applied = await services.workspace.apply(files, trail.actor.name, audited=entry, based_on=based_on)
        except WorkspaceMoved:
            continue
        if not applied.is_applied:
            raise refuse_issues([_by_name(issue, sections) for issue in applied.issues])
        return


def _refuse_unless_known(found: Entry | None, known: "KnownEntry") -> None:
    """Refuse what would overwrite an entry that the one who asks has not seen (RFC 9110 section 13.1)."""
    if known.is_new and found is not None:
        raise Refused(
            412, "already_there", say("There is {name} already.", name=_name_of(found)), entry=found, tag=_tag_of(found)
        )
    if known.tag is not None and (found is None or not _is_tag_in(_tag_of(found), known.tag)):
        tag = None if found is None else _tag_of(found)
        raise Refused(412, "changed_meanwhile", say("Somebody else changed it meanwhile."), entry=found, tag=tag)


def _tag_of(entry: Entry) -> str:
    """An entity tag (RFC 9110 section 8.8.3) of what an entry says; the order of its keys does not count."""
    written = json.dumps(entry, sort_keys=True, default=str)
    return f'"{sha256(written.encode()).hexdigest()[:24]}"'


def _is_tag_in(tag: str, header: str) -> bool:
    return header.strip() == "*" or tag in [one.strip() for one in header.split(",")]


def _by_name(issue: Issue, sections: dict[str, list[Entry]]) -> Issue:
    """An issue about an entry with that one's name in its path, not its position in the list."""
    match issue.path:
        case (str(section), int(position), *rest) if position < len(sections.get(section, ())):
            named = (section, _name_of(sections[section][position]), *rest)
            return msgspec.structs.replace(issue, path=named)
    return issue


def _found(services: Services, noun: Noun, name: str) -> Entry:
    found = next((one for one in _sections(services)[noun] if _name_of(one) == name), None)
    if found is None:
        raise Refused(404, "not_found", _MISSING[noun](name))
    return found


_MISSING: Mapping[Noun, Callable[[str], Sentence]] = {
    Noun.TIERS: lambda name: say("There is no tier {name}.", name=name),
    Noun.TRUNKS: lambda name: say("There is no trunk {name}.", name=name),
    Noun.NUMBERS: lambda name: say("There is no number {name}.", name=name),
    Noun.SOURCES: lambda name: say("There is no source {name}.", name=name),
    Noun.TABLES: lambda name: say("There is no table {name}.", name=name),
    Noun.HOURS: lambda name: say("There are no hours {name}.", name=name),
    Noun.QUEUES: lambda name: say("There is no queue {name}.", name=name),
    Noun.SKILLS: lambda name: say("There is no skill {name}.", name=name),
    Noun.AGENTS: lambda name: say("There is no agent {name}.", name=name),
    Noun.CHANNELS: lambda name: say("There is no channel {name}.", name=name),
}


def _written(sections: dict[str, list[Entry]]) -> str:
    try:
        return dump_yaml({"format": FORMAT, **{name: entries for name, entries in sections.items() if entries}})
    except (TypeError, RecursionError) as wrong:
        detail = say("The entry holds what no file can: numbers have to be finite, and values not nested this deep.")
        raise Refused(422, "not_understood", detail) from wrong


def _sections(services: Services) -> dict[str, list[Entry]]:
    configuration = services.workspace.configuration
    return {section: [written_entry(one) for one in getattr(configuration, section)] for section in SECTIONS}


def _name_of(entry: Entry) -> str:
    return str(entry["number"] if "number" in entry else entry["name"])
