"""API keys: the token is shown once and stored nowhere."""

from datetime import timedelta

from store_values import NOON

from skipline.base.ids import counted_ids
from skipline.store import Database, api_keys


async def test_a_key_opens_until_it_is_revoked(database: Database) -> None:
    made = await database.write(api_keys.create, "first start", NOON, counted_ids("key"))
    assert await database.read(api_keys.check, made.token) == made.key
    assert await database.write(api_keys.revoke, made.key.id, NOON + timedelta(hours=1)) is True
    assert await database.read(api_keys.check, made.token) is None
    assert await database.write(api_keys.revoke, made.key.id, NOON) is False
    (listed,) = await database.read(api_keys.list_all)
    assert (listed.name, listed.revoked_at) == ("first start", NOON + timedelta(hours=1))


async def test_what_is_no_token_opens_nothing(database: Database) -> None:
    made = await database.write(api_keys.create, "first start", NOON, counted_ids("key"))
    for wrong in ("", "sk_", made.token[:-1], made.token + "x", made.token.upper(), made.key.hint, made.key.id):
        assert await database.read(api_keys.check, wrong) is None


async def test_the_token_is_stored_nowhere_and_shown_in_no_log(database: Database) -> None:
    made = await database.write(api_keys.create, "first start", NOON, counted_ids("key"))
    secret = made.token.removeprefix("sk_")
    assert len(secret) >= 43
    assert secret not in repr(made)
    assert all(secret.encode() not in file.read_bytes() for file in database.folder.iterdir())


async def test_tokens_are_never_the_same() -> None:
    assert len({api_keys.new_token() for _ in range(1000)}) == 1000
