"""The configuration comes back as it was given, in its order, and what did not change is not written."""

from datetime import timedelta

import msgspec
import sqlalchemy as sa
from store_values import NOON

from skipline.model.configuration import Configuration, Media, Number, Registration, Source, Table, Tier, Trunk
from skipline.model.queueing import Agent, AgentPhone, Overflow, Policy, Queue, Skill
from skipline.store import Database, configuration
from skipline.store.schema import metadata

LATER = NOON + timedelta(hours=1)
GOLD, STANDARD = (
    Tier(name="gold", target_seconds=20.0),
    Tier(name="standard", target_seconds=60.0, max_wait_seconds=300),
)
WHOLE = Configuration(
    tiers=(STANDARD, GOLD),
    trunks=(
        Trunk(
            name="carrier",
            hosts=("127.0.0.1", "2001:db8::/32"),
            media=Media.RELAY,
            register=Registration(server="sip.example.com", user="us", password_secret="carrier_password"),
        ),
    ),
    numbers=(Number(number="+31201234567", name="Support line", trunk="carrier"),),
    sources=(
        Source(name="loyalty", type="http", settings={"base_url": "http://127.0.0.1:9000", "headers": {"b": "1"}}),
    ),
    tables=(
        Table(
            name="vip_list", key="phone", columns={"tier": "text"}, rows=({"phone": "+31611111111", "tier": "gold"},)
        ),
    ),
    queues=(
        Queue(
            name="vip",
            policy=Policy.STRICT,
            head_starts={"gold": 30.0},
            comfort={"en": "Thank you for waiting."},
            overflow=Overflow(after_seconds=120.0, to="general"),
        ),
        Queue(name="general"),
    ),
    skills=(Skill(name="dutch"),),
    agents=(
        Agent(
            name="ana",
            queues=("vip", "general"),
            skills={"dutch": 3},
            phone=AgentPhone(user="ana", password_secret="ana_sip"),
        ),
    ),
)


async def test_a_configuration_comes_back_as_it_was_given(database: Database) -> None:
    await database.write(configuration.replace, WHOLE, NOON)
    assert await database.read(configuration.read) == WHOLE


async def test_replacing_removes_what_is_missing_and_keeps_the_new_order(database: Database) -> None:
    await database.write(configuration.replace, WHOLE, NOON)
    platinum = Tier(name="platinum", target_seconds=10.0)
    smaller = Configuration(tiers=(platinum, GOLD, STANDARD), numbers=WHOLE.numbers)
    await database.write(configuration.replace, smaller, LATER)
    assert await database.read(configuration.read) == smaller
    await database.write(configuration.replace, Configuration(), LATER)
    assert await database.read(configuration.read) == Configuration()


async def test_what_did_not_change_is_not_written(database: Database) -> None:
    await database.write(configuration.replace, WHOLE, NOON)
    slower = Tier(name="gold", target_seconds=25.0)
    await database.write(configuration.replace, msgspec.structs.replace(WHOLE, tiers=(STANDARD, slower)), LATER)

    def written_later(transaction: sa.Connection) -> list[str]:
        nouns = [metadata.tables[name] for name in ("tiers", "trunks", "numbers", "sources", "tables")]
        return [
            key
            for noun in nouns
            for key in transaction.scalars(sa.select(noun.c.key).where(noun.c.updated_at == LATER))
        ]

    assert await database.read(written_later) == ["gold"]


async def test_one_value_is_put_changed_and_deleted(database: Database) -> None:
    await database.write(configuration.put, STANDARD, NOON)
    await database.write(configuration.put, GOLD, NOON)
    assert await database.read(configuration.read_all, Tier) == (STANDARD, GOLD)
    faster = Tier(name="standard", target_seconds=30.0)
    await database.write(configuration.put, faster, LATER)
    assert await database.read(configuration.read_all, Tier) == (faster, GOLD)
    assert await database.write(configuration.delete, Tier, "gold") is True
    assert await database.write(configuration.delete, Tier, "gold") is False
    assert await database.read(configuration.read_all, Tier) == (faster,)


async def test_a_number_is_known_by_its_e164_form(database: Database) -> None:
    await database.write(configuration.put, Number(number="+31201234567", name="Support line"), NOON)
    (read,) = await database.read(configuration.read_all, Number)
    assert read == Number(number="+31201234567", name="Support line")
