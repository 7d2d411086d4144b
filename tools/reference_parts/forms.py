"""`skipline.yaml` and the settings of a server: every key with its type, default and meaning."""

from typing import Any

from pydantic_core import PydanticUndefined

from reference_parts.kinds import kind_of
from reference_parts.tables import dataclasses_within, field_rows, table
from skipline.cli.settings import Settings
from skipline.workspace import forms, queue_forms
from skipline.workspace.channels import AccountForm
from skipline.workspace.sections import SECTIONS
from skipline.workspace.sources import SourceForm


def _form_of(section: str) -> type[Any]:
    """The form of a section's entries: `TrunkForm` for `trunks`, `HoursForm` for `hours`."""
    names = (f"{section.title()}Form", f"{section.removesuffix('s').title()}Form")
    rooms = (forms, queue_forms)
    found: type[Any] = next(getattr(room, name) for room in rooms for name in names if hasattr(room, name))
    return found


_TYPED: dict[str, type[Any]] = {"sources": SourceForm, "channels": AccountForm}
FORMS: dict[str, type[Any]] = {section: _TYPED.get(section) or _form_of(section) for section in SECTIONS}
_HEAD = ("key", "what is written there", "default", "meaning")


def form_block(section: str) -> str:
    """The keys of one section's entries, and of what stands inside of them."""
    form = FORMS[section]
    parts = [table(_HEAD, field_rows(form))]
    for key, inner in dataclasses_within(form):
        parts += [f"Under `{key}`:", table(_HEAD, field_rows(inner))]
    return "\n\n".join(parts)


def settings_block() -> str:
    """Every setting with its three places."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "required" if field.default is PydanticUndefined else f"`{_plain(field.default)}`"
        rows.append((f"`{name}`", f"`SKIPLINE_{name.upper()}`", kind_of(field.annotation), default, _about(field)))
    return table(("key of `skipline.toml`", "variable", "what is written there", "default", "meaning"), rows)


def _about(field: Any) -> str:
    return str(field.description or "")


def _plain(default: Any) -> str:
    if isinstance(default, tuple):
        return ", ".join(default)
    return f"{default:g}" if isinstance(default, float) else str(default) or "(empty)"
