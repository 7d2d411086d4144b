"""Writes a workspace as files: reading them again gives the same workspace. Flows are written as they were read."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from skipline.base.durations import write_duration
from skipline.base.yaml_lines import dump_yaml
from skipline.flow.document import FORMAT
from skipline.model.configuration import Account, Configuration, Source
from skipline.model.flow_version import FlowContent
from skipline.workspace.files import CONFIGURATION_FILE, flow_file
from skipline.workspace.sections import SECTIONS

_WRITTEN_AS = {
    "target_seconds": "target",
    "max_wait_seconds": "max_wait",
    "time_limit_seconds": "time_limit",
    "cache_seconds": "cache",
    "stale_if_error_seconds": "stale_if_error",
    "breaker_seconds": "breaker_rest",
    "expires_seconds": "expires",
    "is_trusted": "trusted",
    "offer_seconds": "offer_time",
    "wrap_up_seconds": "wrap_up",
    "reply_within_seconds": "reply_within",
    "service_level_seconds": "service_level",
    "short_abandon_seconds": "short_abandon",
    "announce_every_seconds": "announce_every",
    "comfort_every_seconds": "comfort_every",
    "whispers": "whisper",
    "after_seconds": "after",
    "wait_exceeds_seconds": "wait_exceeds",
    "messages_expire_seconds": "expire",
    "resume_after_seconds": "resume_after",
    "when_nobody_is_signed_in": "nobody_signed_in",
}
"""Keys of the file whose name differs from the value's field."""

_MAPS_OF_SECONDS = frozenset({"head_starts"})


def write_workspace(configuration: Configuration, flows: Iterable[FlowContent]) -> dict[str, str]:
    """The files of a workspace, by their path below its folder."""
    files = {CONFIGURATION_FILE: write_configuration(configuration)}
    return files | {flow_file(flow.flow): flow.text for flow in sorted(flows, key=lambda flow: flow.flow)}


def write_configuration(configuration: Configuration) -> str:
    """The text of `skipline.yaml`; empty sections and keys that say what holds anyway are left out."""
    sections = {section: [written_entry(one) for one in getattr(configuration, section)] for section in SECTIONS}
    return dump_yaml({"format": FORMAT} | {section: entries for section, entries in sections.items() if entries})


def written_entry(value: msgspec.Struct) -> dict[str, Any]:
    """An entry's keys as they stand in the file."""
    written: dict[str, Any] = {}
    for one in msgspec.structs.fields(value):
        now = getattr(value, one.name)
        if now == one.default and not one.required:
            continue
        if one.default_factory is not msgspec.NODEFAULT and not now:
            continue
        written[_WRITTEN_AS.get(one.name, one.name)] = _written_value(one.name, now)
    settings = written.pop("settings", {}) if isinstance(value, Source | Account) else {}
    return {**written, **settings}


def _written_value(name: str, value: Any) -> Any:
    if name.endswith("_seconds"):
        return write_duration(value)
    if name in _MAPS_OF_SECONDS:
        return {key: write_duration(seconds) for key, seconds in value.items()}
    if isinstance(value, msgspec.Struct):
        return written_entry(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, tuple | list):
        return [_written_part(part) for part in value]
    return value


def _written_part(part: Any) -> Any:
    if isinstance(part, msgspec.Struct):
        return written_entry(part)
    return dict(part) if isinstance(part, Mapping) else part
