"""Flows: versions that never change, one live at a time, and a number that belongs to at most one of them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from store_values import NOON, find_owner, make_flow

from skipline.store import Database, flows, migration, sqlite
from skipline.store.errors import FlowUnknown, MessagesTaken, NothingToRollBackTo, NumberTaken
from skipline.store.schema import flow_versions, live_claims, live_numbers

ONE, TWO = "+31201234567", "+31207654321"
LATER = NOON + timedelta(hours=1)


async def test_publishing_makes_a_version_live(database: Database) -> None:
    content = make_flow("loyalty", ONE, text="format: 1  # as written\n")
    version = await database.write(flows.publish, content, NOON, author="ana", note="first")
    assert (version.version, version.is_live, version.content) == (1, True, content)
    assert (version.author, version.note, version.created_at) == ("ana", "first", NOON)
    assert await database.read(flows.read_live) == (version,)
    assert await database.read(find_owner, ONE) == "loyalty"
    assert await database.read(find_owner, TWO) is None


async def test_publishing_the_same_again_adds_no_version(database: Database) -> None:
    content = make_flow("loyalty", ONE)
    first = await database.write(flows.publish, content, NOON)
    assert await database.write(flows.publish, content, LATER) == first
    assert len(await database.read(flows.read_versions, "loyalty")) == 1


async def test_a_change_adds_a_version_and_keeps_the_old_one(database: Database) -> None:
    await database.write(flows.publish, make_flow("loyalty", ONE, text="old"), NOON)
    await database.write(flows.publish, make_flow("loyalty", TWO, text="new"), LATER)
    newest, oldest = await database.read(flows.read_versions, "loyalty")
    assert [(one.version, one.content.text, one.is_live) for one in (newest, oldest)] == [
        (2, "new", True),
        (1, "old", False),
    ]
    assert await database.read(find_owner, ONE) is None
    (summary,) = await database.read(flows.list_all)
    assert (summary.live_version, summary.newest_version, summary.updated_at) == (2, 2, LATER)


async def test_a_number_cannot_belong_to_two_flows(database: Database) -> None:
    await database.write(flows.publish, make_flow("loyalty", ONE), NOON)
    with pytest.raises(NumberTaken, match=r"\+31201234567 already starts flow 'loyalty'") as refusal:
        await database.write(flows.publish, make_flow("sales", TWO, ONE), NOON)
    assert (refusal.value.number, refusal.value.owner, refusal.value.code) == (ONE, "loyalty", "number_taken")
    assert await database.read(flows.read_versions, "sales") == ()
    assert await database.read(find_owner, TWO) is None


async def test_the_schema_itself_refuses_a_second_owner(database: Database) -> None:
    await database.write(flows.publish, make_flow("loyalty", ONE), NOON)
    await database.write(flows.publish, make_flow("sales"), NOON)
    with pytest.raises(sa.exc.IntegrityError):
        await database.write(
            lambda transaction: transaction.execute(live_numbers.insert().values(number=ONE, flow="sales"))
        )


async def test_flows_can_exchange_numbers_when_published_together(database: Database) -> None:
    await database.write(flows.publish_all, [make_flow("loyalty", ONE), make_flow("sales", TWO)], NOON)
    await database.write(flows.publish_all, [make_flow("loyalty", TWO), make_flow("sales", ONE)], LATER)
    assert await database.read(find_owner, ONE) == "sales"
    assert await database.read(find_owner, TWO) == "loyalty"


async def test_publishing_together_is_all_or_nothing(database: Database) -> None:
    with pytest.raises(NumberTaken):
        await database.write(flows.publish_all, [make_flow("loyalty", ONE), make_flow("sales", ONE)], NOON)
    assert await database.read(flows.list_all) == ()


async def test_rolling_back_makes_the_version_before_live(database: Database) -> None:
    for text in ("one", "two", "three"):
        await database.write(flows.publish, make_flow("loyalty", ONE, text=text), NOON)
    assert (await database.write(flows.roll_back, "loyalty", LATER)).content.text == "two"
    assert (await database.write(flows.roll_back, "loyalty", LATER)).content.text == "one"
    with pytest.raises(NothingToRollBackTo):
        await database.write(flows.roll_back, "loyalty", LATER)
    assert (await database.write(flows.roll_back, "loyalty", LATER, version=3)).content.text == "three"
    assert [one.version for one in await database.read(flows.read_versions, "loyalty")] == [3, 2, 1]


async def test_publishing_after_a_roll_back_adds_a_version(database: Database) -> None:
    for text in ("one", "two"):
        await database.write(flows.publish, make_flow("loyalty", text=text), NOON)
    await database.write(flows.roll_back, "loyalty", NOON)
    assert (await database.write(flows.publish, make_flow("loyalty", text="two"), NOON)).version == 2
    await database.write(flows.roll_back, "loyalty", NOON)
    assert (await database.write(flows.publish, make_flow("loyalty", text="one"), NOON)).version == 1
    assert (await database.write(flows.publish, make_flow("loyalty", text="three"), NOON)).version == 3


async def test_rolling_back_to_a_number_that_is_gone_changes_nothing(database: Database) -> None:
    await database.write(flows.publish, make_flow("loyalty", ONE, text="one"), NOON)
    await database.write(flows.publish, make_flow("loyalty", TWO, text="two"), NOON)
    await database.write(flows.publish, make_flow("sales", ONE), NOON)
    with pytest.raises(NumberTaken):
        await database.write(flows.roll_back, "loyalty", LATER)
    assert await database.read(find_owner, TWO) == "loyalty"


async def test_a_flow_taken_down_owns_nothing_and_keeps_its_versions(database: Database) -> None:
    await database.write(flows.publish, make_flow("loyalty", ONE), NOON)
    await database.write(flows.take_down, "loyalty", LATER)
    assert await database.read(flows.read_live) == ()
    assert await database.read(find_owner, ONE) is None
    assert (await database.read(flows.read_version, "loyalty", 1)).is_live is False
    with pytest.raises(NothingToRollBackTo):
        await database.write(flows.roll_back, "loyalty", LATER)
    assert (await database.write(flows.publish, make_flow("loyalty", ONE), LATER)).version == 1


async def test_what_is_not_there_is_named(database: Database) -> None:
    with pytest.raises(FlowUnknown, match="no flow 'nothing'"):
        await database.write(flows.take_down, "nothing", NOON)
    await database.write(flows.publish, make_flow("loyalty"), NOON)
    with pytest.raises(FlowUnknown, match="flow 'loyalty' has no version 7"):
        await database.write(flows.roll_back, "loyalty", NOON, version=7)


_DONE = st.one_of(
    st.tuples(st.just("publish"), st.sampled_from("ab"), st.sets(st.sampled_from("123")), st.sampled_from("xy")),
    st.tuples(st.just("roll_back"), st.sampled_from("ab")),
    st.tuples(st.just("take_down"), st.sampled_from("ab")),
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    file: Path = tmp_path_factory.mktemp("flows") / "skipline.db"
    migration.bring_up_to_date(file)
    engine = sqlite.writing_engine(file)
    yield engine
    engine.dispose()


@settings(max_examples=60, deadline=None)
@given(st.lists(_DONE, max_size=12))
def test_the_owners_of_numbers_are_always_the_live_versions(engine: sa.Engine, done: list[tuple[object, ...]]) -> None:
    with engine.connect() as transaction, transaction.begin() as whole:
        texts: dict[tuple[str, int], str] = {}
        for what, flow, *more in done:
            with transaction.begin_nested() as one:
                try:
                    _do(transaction, str(what), str(flow), more)
                except (NumberTaken, NothingToRollBackTo, FlowUnknown):
                    one.rollback()
            _check_promises(transaction, texts)
        whole.rollback()


def _do(transaction: sa.Connection, what: str, flow: str, more: list[object]) -> None:
    match what, more:
        case "publish", [set() as numbers, str() as text]:
            flows.publish(transaction, make_flow(flow, *sorted(map(str, numbers)), text=text), NOON)
        case "roll_back", _:
            flows.roll_back(transaction, flow, NOON)
        case _:
            flows.take_down(transaction, flow, NOON)


def _check_promises(transaction: sa.Connection, texts: dict[tuple[str, int], str]) -> None:
    owned = {row.number: row.flow for row in transaction.execute(sa.select(live_numbers))}
    live = flows.read_live(transaction)
    assert owned == {number: one.content.flow for one in live for number in one.content.numbers}
    assert len(owned) == sum(len(one.content.numbers) for one in live)
    for row in transaction.execute(sa.select(flow_versions)):
        assert texts.setdefault((row.flow, row.version), row.text) == row.text


async def test_messages_cannot_belong_to_two_flows(database: Database) -> None:
    await database.write(flows.publish, make_flow("loyalty", claims=("support/sms", "support/sms#orders")), NOON)
    with pytest.raises(MessagesTaken, match=r"messages to support/sms#orders already start flow 'loyalty'") as refusal:
        await database.write(flows.publish, make_flow("sales", claims=("sales/sms", "support/sms#orders")), NOON)
    assert (refusal.value.owner, refusal.value.code) == ("loyalty", "messages_taken")
    assert await database.read(flows.read_versions, "sales") == ()
    (live,) = await database.read(flows.read_live)
    assert live.content.claims == ("support/sms", "support/sms#orders")


async def test_messages_change_hands_when_their_flow_lets_them_go(database: Database) -> None:
    kept = make_flow("loyalty", claims=("support/sms",))
    await database.write(flows.publish, kept, NOON)
    await database.write(flows.publish, make_flow("loyalty", text="new"), LATER)
    await database.write(flows.publish, make_flow("sales", claims=("support/sms",)), LATER)
    with pytest.raises(MessagesTaken):
        await database.write(flows.roll_back, "loyalty", LATER)
    await database.write(flows.take_down, "sales", LATER)
    assert (await database.write(flows.roll_back, "loyalty", LATER)).content == kept


async def test_the_schema_itself_refuses_a_second_owner_of_messages(database: Database) -> None:
    await database.write(flows.publish, make_flow("loyalty", claims=("support/sms",)), NOON)
    await database.write(flows.publish, make_flow("sales"), NOON)
    with pytest.raises(sa.exc.IntegrityError):
        await database.write(
            lambda transaction: transaction.execute(live_claims.insert().values(claim="support/sms", flow="sales"))
        )


async def test_versions_of_several_flows_go_back_together_and_numbers_with_them(database: Database) -> None:
    first = [make_flow("loyalty", ONE), make_flow("night", TWO)]
    was = await database.write(flows.publish_all, first, NOON)
    moved = [make_flow("loyalty", ONE, TWO, text="both"), make_flow("night", text="none")]
    notes = {"night": "gave it up"}
    now = await database.write(flows.publish_all, moved, LATER, note="takes both", notes=notes)
    assert [one.note for one in now] == ["takes both", "gave it up"]
    assert await database.read(find_owner, TWO) == "loyalty"
    with pytest.raises(NumberTaken):
        await database.write(flows.make_live, was[1:], LATER)
    assert await database.write(flows.make_live, was, LATER) == was
    assert await database.read(find_owner, TWO) == "night"
