"""The demo workspace is one that `skipline check` has nothing to say about."""

from pathlib import Path

import pytest

from skipline.cli.demo.agents import AGENT_TONES
from skipline.cli.demo.chat_agents import CHAT_AGENTS
from skipline.cli.demo.command import demo_settings
from skipline.cli.demo.company import CUSTOMERS
from skipline.cli.demo.workspace_files import Places, write_workspace
from skipline.workspace.reading import Workspace, read_workspace

PLACES = Places(
    company_url="http://127.0.0.1:9000",
    vip_address="127.0.0.1:5071",
    general_address="127.0.0.1:5073",
    meta_url="http://127.0.0.1:9001",
    phone_number_id="106540352242922",
)


def read_demo(folder: Path) -> Workspace:
    write_workspace(folder, PLACES)
    found = {str(one.relative_to(folder)): one.read_text(encoding="utf-8") for one in folder.rglob("*.yaml")}
    reading = read_workspace(found)
    assert reading.issues == ()
    assert reading.workspace is not None
    return reading.workspace


def test_it_has_no_mistakes(tmp_path: Path) -> None:
    workspace = read_demo(tmp_path)
    assert [flow.numbers for flow in workspace.flows] == [("+31201234567",), ()]


def test_every_place_is_filled_in(tmp_path: Path) -> None:
    workspace = read_demo(tmp_path)
    assert workspace.configuration.sources[0].settings["base_url"] == PLACES.company_url
    assert workspace.configuration.channels[0].settings["base_url"] == PLACES.meta_url
    for address in (PLACES.vip_address, PLACES.general_address):
        assert f"@{address}" in workspace.flows[0].text
    assert "${" not in workspace.flows[0].text


def test_the_table_agrees_with_the_api(tmp_path: Path) -> None:
    [vip_list] = read_demo(tmp_path).configuration.tables
    assert {row["phone"]: row["tier"] for row in vip_list.rows}.items() <= {
        phone: customer.loyalty_status for phone, customer in CUSTOMERS.items()
    }.items()


def test_every_customer_has_a_tier_of_the_workspace(tmp_path: Path) -> None:
    tiers = {tier.name for tier in read_demo(tmp_path).configuration.tiers}
    assert {customer.loyalty_status for customer in CUSTOMERS.values()} <= tiers


def test_every_agent_is_played_and_serves_a_queue(tmp_path: Path) -> None:
    configuration = read_demo(tmp_path).configuration
    assert {agent.phone.user for agent in configuration.agents if agent.phone} == AGENT_TONES.keys()
    assert {agent.name for agent in configuration.agents if not agent.phone} == set(CHAT_AGENTS)
    queues = {queue.name for queue in configuration.queues}
    assert {name for agent in configuration.agents for name in agent.queues} == queues == {"vip", "general"}


def test_writing_it_again_replaces_it(tmp_path: Path) -> None:
    first = read_demo(tmp_path)
    assert read_demo(tmp_path) == first


def test_the_demo_keeps_off_the_database_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKIPLINE_DATABASE", "postgresql://skipline@db.example/live")
    monkeypatch.setenv("SKIPLINE_DATA", "/var/lib/skipline")
    settings = demo_settings(tmp_path, None, None)
    assert (settings.database, settings.data) == ("", tmp_path / "data")
