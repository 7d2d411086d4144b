"""Users, sessions, one-time links and tries, on every database."""

from datetime import timedelta

import pytest
from store_values import NOON

from skipline.base.ids import counted_ids
from skipline.model.access import Actor, Role
from skipline.store import Database, actors, api_keys, one_time_links, sessions, sign_in_tries, users
from skipline.store.errors import LastOwner, UserNameTaken, UserUnknown

IDS = counted_ids("user")
KEYS = (("account ana", 5), ("network 192.0.2.1", 20))


async def add(database: Database, name: str, role: Role = Role.EDITOR, agent: str = "") -> str:
    return (await database.write(users.add, name, role, agent, NOON, IDS)).id


async def test_a_name_is_one_persons_however_it_is_written(database: Database) -> None:
    await add(database, "Zoë")
    for same in ("zoë", "ZOË", "Zoe\u0308", " Zoë "):
        with pytest.raises(UserNameTaken):
            await add(database, same)
        known = await database.read(users.find_by_name, same)
        assert known is not None and known.user.name == "Zoë"
    assert await database.read(users.find_by_name, "zoe") is None


async def test_who_is_disabled_is_out_at_once_and_their_links_open_nothing(database: Database) -> None:
    ana = await add(database, "ana")
    tokens = [await database.write(sessions.start, ana, NOON) for _ in range(2)]
    link = await database.write(one_time_links.make, ana, NOON, needs_password=True)
    assert (await database.read(sessions.find, tokens[0], NOON)) is not None
    changed = await database.write(users.change, ana, NOON, is_disabled=True)
    assert changed.disabled_at == NOON
    assert [await database.read(sessions.find, token, NOON) for token in tokens] == [None, None]
    assert await database.write(one_time_links.redeem, link, NOON) is None
    await database.write(users.change, ana, NOON, is_disabled=False)
    assert await database.read(sessions.find, tokens[0], NOON) is None


async def test_a_session_ends_after_a_shift_and_knows_no_token(database: Database) -> None:
    ana = await add(database, "ana")
    token = await database.write(sessions.start, ana, NOON)
    found = await database.read(sessions.find, token, NOON + timedelta(hours=11))
    assert found is not None and (found.user.name, found.needs_password) == ("ana", False)
    assert await database.read(sessions.find, token, NOON + sessions.VALID_FOR) is None
    assert await database.read(sessions.find, token[:-1], NOON) is None
    assert await database.read(sessions.find, sessions.hash_token(token), NOON) is None


async def test_a_changed_role_holds_in_sessions_that_run(database: Database) -> None:
    ana = await add(database, "ana")
    token = await database.write(sessions.start, ana, NOON)
    await database.write(users.change, ana, NOON, role=Role.AUDITOR)
    found = await database.read(sessions.find, token, NOON)
    assert found is not None and found.user.role is Role.AUDITOR


async def test_a_link_opens_once_and_the_newest_alone(database: Database) -> None:
    ana = await add(database, "ana")
    old = await database.write(one_time_links.make, ana, NOON, needs_password=True)
    new = await database.write(one_time_links.make, ana, NOON, needs_password=True)
    assert await database.write(one_time_links.redeem, old, NOON) is None
    token = await database.write(one_time_links.redeem, new, NOON)
    assert token is not None
    found = await database.read(sessions.find, token, NOON)
    assert found is not None and found.needs_password
    assert await database.write(one_time_links.redeem, new, NOON) is None
    late = await database.write(one_time_links.make, ana, NOON, needs_password=True)
    assert await database.write(one_time_links.redeem, late, NOON + one_time_links.VALID_FOR) is None


async def test_an_owner_is_always_left(database: Database) -> None:
    one, two = await add(database, "one", Role.OWNER), await add(database, "two", Role.OWNER)
    await database.write(users.change, one, NOON, is_disabled=True)
    for last in (
        database.write(users.change, two, NOON, role=Role.ADMIN),
        database.write(users.change, two, NOON, is_disabled=True),
        database.write(users.delete, two),
    ):
        with pytest.raises(LastOwner):
            await last
    assert (await database.read(users.read, two)).disabled_at is None
    await database.write(users.delete, one)
    with pytest.raises(UserUnknown):
        await database.read(users.read, one)


async def test_five_tries_are_free_then_waits_grow(database: Database) -> None:
    now, waits = NOON, []
    for _ in range(5):
        assert await database.write(sign_in_tries.begin, KEYS, now) == timedelta(0)
    for _ in range(6):
        wait = await database.write(sign_in_tries.begin, KEYS, now)
        waits.append(wait.total_seconds() / 60)
        assert await database.write(sign_in_tries.begin, KEYS, now + wait - timedelta(seconds=1)) > timedelta(0)
        now += wait
        assert await database.write(sign_in_tries.begin, KEYS, now) == timedelta(0)
    assert waits == [1, 2, 4, 8, 15, 15]


async def test_a_network_has_twenty_at_whatever_names(database: Database) -> None:
    network = KEYS[1]
    for number in range(20):
        assert await database.write(sign_in_tries.begin, [(f"account {number}", 5), network], NOON) == timedelta(0)
    assert await database.write(sign_in_tries.begin, [("account new", 5), network], NOON) == timedelta(minutes=1)
    other = ("network 192.0.2.2", 20)
    assert await database.write(sign_in_tries.begin, [("account new", 5), other], NOON) == timedelta(0)


async def test_few_tries_are_forgotten_soon_and_many_after_a_day(database: Database) -> None:
    for number in range(4):
        await database.write(sign_in_tries.begin, KEYS[:1], NOON + timedelta(minutes=number))
    for _ in range(5):
        assert await database.write(sign_in_tries.begin, KEYS[:1], NOON + timedelta(minutes=30)) == timedelta(0)
    assert await database.write(sign_in_tries.begin, KEYS[:1], NOON + timedelta(minutes=50)) == timedelta(0)
    assert await database.write(sign_in_tries.begin, KEYS[:1], NOON + timedelta(minutes=50)) == timedelta(minutes=2)
    assert await database.write(sign_in_tries.begin, KEYS[:1], NOON + timedelta(days=2)) == timedelta(0)
    assert await database.write(sign_in_tries.begin, KEYS[:1], NOON + timedelta(days=2)) == timedelta(0)


async def test_a_code_opens_once(database: Database) -> None:
    ana = await add(database, "ana")
    await database.write(users.use_codes, ana, "closed", 100)
    assert await database.write(users.take_code, ana, 100) is False
    assert await database.write(users.take_code, ana, 101) is True
    assert await database.write(users.take_code, ana, 101) is False
    assert await database.write(users.take_code, ana, 99) is False


async def test_those_present_are_the_enabled_and_the_unrevoked(database: Database) -> None:
    ana, ben = await add(database, "ana", Role.AGENT, "ana"), await add(database, "ben")
    await database.write(users.change, ben, NOON, is_disabled=True)
    key = (await database.write(api_keys.create, "wall", NOON, IDS, role=Role.AUDITOR)).key
    gone = (await database.write(api_keys.create, "old", NOON, IDS)).key
    await database.write(api_keys.revoke, gone.id, NOON)
    assert await database.read(actors.present) == {
        Actor(id=ana, name="ana", role=Role.AGENT, agent="ana"),
        Actor(id=key.id, name="wall", role=Role.AUDITOR, is_key=True),
    }
