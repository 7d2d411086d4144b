"""Where the app opens a form for a new entry of the settings, no entry that there is can be."""

import re
from pathlib import Path

import pytest

from skipline.workspace.reading import read_workspace
from skipline.workspace.sections import SECTIONS

SECTIONS_TS = Path(__file__).parents[2] / "web/src/pages/settings/sections.ts"
ENTRIES = {
    "tiers": "name: {name}, target: 10s",
    "trunks": 'name: {name}, hosts: ["127.0.0.1"]',
    "numbers": "number: {name}",
    "sources": 'name: {name}, type: http, base_url: "https://example.com"',
    "tables": "name: {name}, key: phone",
    "hours": "name: {name}, zone: Europe/Amsterdam",
    "queues": "name: {name}",
    "skills": "name: {name}",
    "agents": "name: {name}",
    "channels": "name: {name}, type: meta",
}


def _mistakes(section: str, name: str) -> list[str]:
    text = f"format: 1\n{section}: [{{{ENTRIES[section].format(name=name)}}}]\n"
    issues = read_workspace({"skipline.yaml": text}).issues
    return [one.sentence for one in issues if list(one.path[:1]) == [section] and one.path[-1] in ("name", "number")]


@pytest.mark.parametrize("section", SECTIONS)
def test_no_entry_can_be_called_what_the_app_calls_a_new_one(section: str) -> None:
    [new] = re.findall(r'export const NEW = "([^"]+)"', SECTIONS_TS.read_text(encoding="utf-8"))
    assert _mistakes(section, f'"{new}"')
    if section != "numbers":
        assert _mistakes(section, "new") == []
