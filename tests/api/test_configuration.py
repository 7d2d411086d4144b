"""Entries of the workspace's sections through the API, each checked against all others."""

from pathlib import Path
from typing import Any

import pytest
from api_client import client_of
from centre_room import NUMBER
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inside_server import NOWHERE, inside, workspace_files

_ENCODED = NUMBER.replace("+", "%2B")

_GOOD = {
    "tiers/platinum": {"target": "5s", "max_wait": "1m"},
    "trunks/second": {"hosts": ["192.0.2.0/24"], "media": "relay", "trusted": False},
    "numbers/%2B31201111111": {"name": "Sales", "trunk": "carrier"},
    "sources/crm": {"type": "http", "base_url": "https://crm.example.com", "cache": "1m"},
    "tables/vips": {"key": "phone", "columns": {"tier": "text"}, "rows": [{"phone": "+31611111111", "tier": "gold"}]},
    "queues/vip": {"policy": "strict", "overflow": {"after": "2m"}},
    "skills/dutch": {},
    "agents/ana": {"skills": {"dutch": 3}, "phone": {"user": "ana", "password_secret": "ana_sip"}},
}


@pytest.mark.parametrize("place", list(_GOOD))
async def test_an_entry_is_added_read_listed_and_removed(tmp_path: Path, place: str) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        noun, _, name = place.partition("/")
        before = await client.get(f"/{noun}")
        put = await client.send("PUT", f"/{place}", _GOOD[place])
        assert put.status == 200, put.text
        key = "number" if noun == "numbers" else "name"
        assert put.body == {key: name.replace("%2B", "+"), **_GOOD[place]}
        assert await client.get(f"/{place}") == put.body
        assert await client.get(f"/{noun}") == [*before, put.body]
        assert (await client.send("DELETE", f"/{place}")).status == 204
        assert await client.get(f"/{noun}") == before
        gone = await client.send("DELETE", f"/{place}")
        assert (gone.status, gone.code) == (404, "not_found")


async def test_an_entry_is_changed_in_its_place(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        await client.send("PUT", "/tiers/silver", {"target": "30s"})
        await client.send("PUT", "/tiers/gold", {"target": "15s"})
        assert await client.get("/tiers") == [{"name": "gold", "target": "15s"}, {"name": "silver", "target": "30s"}]


async def test_a_changed_entry_is_in_force_at_once(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        await client.send("PUT", "/trunks/carrier", {"hosts": ["192.0.2.7"]})
        await room.worker.configured(lambda it: it.configuration.trunks[0].hosts == ("192.0.2.7",))
        assert room.host.centre.trunks["carrier"].hosts == ("192.0.2.7",)


@pytest.mark.parametrize(
    ("place", "entry", "code"),
    [
        ("tiers/gold", {"target": "ten"}, "wrong_value"),
        ("tiers/gold", {"target": "1s", "max_weight": "10s"}, "unknown_key"),
        ("tiers/gold", {}, "missing_key"),
        ("numbers/0201234567", {}, "wrong_value"),
        (f"numbers/{_ENCODED}", {"trunk": "nobody"}, "unknown_trunk"),
        ("sources/loyalty", {"type": "carrier_pigeon"}, "unknown_source_type"),
        ("sources/loyalty", {"type": "http", "base_url": "ftp://x"}, "wrong_value"),
        ("trunks/carrier", {"hosts": ["300.1.2.3"]}, "wrong_value"),
        ("tables/vips", {"key": "phone", "rows": [{"tier": "gold"}]}, None),
        ("queues/vip", {"overflow": {"after": "soon", "to": "nowhere"}}, "wrong_value"),
        ("queues/vip", {"reserves": {"silver": 2}}, "unknown_tier"),
        ("agents/ana", {"queues": "vip"}, "wrong_value"),
        ("agents/ana", {"phone": {"user": "ana"}}, "missing_key"),
    ],
)
async def test_a_wrong_entry_is_refused_in_words_and_nothing_changes(
    tmp_path: Path, place: str, entry: dict[str, Any], code: str | None
) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        before = await client.get("/workspace")
        answer = await client.send("PUT", f"/{place}", entry)
        assert (answer.status, answer.code) == (422, "has_mistakes"), answer.text
        issue = answer.body["issues"][0]
        assert issue["sentence"]
        assert code is None or issue["code"] == code, issue
        heard = await client.ask("PUT", f"/api/v1/{place}", json=entry, extra={"Accept-Language": "es"})
        assert heard.body["issues"][0] == issue | {key: heard.body["issues"][0][key] for key in ("sentence", "fix")}
        assert issue["sentence"] not in heard.body["detail"]
        assert heard.body["issues"][0]["sentence"] in heard.body["detail"]
        assert await client.get("/workspace") == before


@pytest.mark.parametrize("place", ["sources/loyalty", "trunks/carrier", f"numbers/{_ENCODED}"])
async def test_what_others_name_cannot_be_removed(tmp_path: Path, place: str) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        answer = await client.send("DELETE", f"/{place}")
        assert (answer.status, answer.code) == (422, "has_mistakes")
        assert (await client.ask("GET", f"/api/v1/{place}")).status == 200


@pytest.mark.parametrize("entry", [[], "x", 1, None])
async def test_an_entry_is_an_object(tmp_path: Path, entry: object) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        answer = await client.send("PUT", "/tiers/gold", entry)
        assert (answer.status, answer.code) == (422, "not_understood")


async def test_an_entry_that_no_file_can_hold_is_refused(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        for value in (b"Infinity", b"NaN", b"[" * 900 + b"]" * 900):
            answer = await client.ask("PUT", "/api/v1/tiers/gold", data=b'{"target": ' + value + b"}")
            assert (answer.status, answer.code) == (422, "not_understood"), value[:10]


_KEYS = st.sampled_from(
    [
        "name",
        "target",
        "type",
        "base_url",
        "hosts",
        "rows",
        "key",
        "columns",
        "number",
        "overflow",
        "phone",
        "skills",
        "x",
    ]
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS | st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_ENTRIES = st.dictionaries(_KEYS | st.text(max_size=8), _VALUES, max_size=5)
_NOUNS = st.sampled_from(["tiers", "trunks", "numbers", "sources", "tables", "queues", "skills", "agents"])


async def test_no_entry_whatever_it_holds_breaks_the_server(tmp_path: Path) -> None:
    puts: list[tuple[str, dict[str, Any]]] = []

    @settings(max_examples=60, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(noun=_NOUNS, entry=_ENTRIES)
    def collect(noun: str, entry: dict[str, Any]) -> None:
        puts.append((noun, entry))

    collect()
    async with inside(tmp_path, workspace_files(NOWHERE)) as room, client_of(room) as client:
        for noun, entry in puts:
            answer = await client.send("PUT", f"/{noun}/thing", entry)
            assert answer.status in (200, 422), (noun, entry, answer.text)
            assert answer.status == 200 or answer.code in ("has_mistakes", "not_understood")
        exported = await client.get("/workspace")
        assert (await client.send("POST", "/workspace/apply", exported)).body["changes"] == []
