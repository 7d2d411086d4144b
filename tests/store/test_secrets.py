"""The vault: nothing readable on the disk, keys that can be changed, and sentences when a key is missing."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from store_values import NOON

from skipline.store import Database, secrets
from skipline.store.errors import SecretUnreadable, UnusablePlace
from skipline.store.schema import secrets as secrets_table
from skipline.store.vault import Vault

FIRST, SECOND = Fernet.generate_key().decode(), Fernet.generate_key().decode()


async def test_a_secret_goes_in_and_only_the_host_opens_it(database: Database) -> None:
    vault = Vault.open(database.folder, {})
    await database.write(secrets.put, vault, "carrier_password", "s3cret-värde", NOON)
    await database.write(secrets.put, vault, "api_token", "old", NOON)
    await database.write(secrets.put, vault, "api_token", "new", NOON)
    assert await database.read(secrets.open_all, vault) == {"carrier_password": "s3cret-värde", "api_token": "new"}
    assert [one.name for one in await database.read(secrets.list_all)] == ["api_token", "carrier_password"]
    assert "s3cret" not in repr(await database.read(secrets.list_all))
    assert await database.write(secrets.delete, "api_token") is True
    assert await database.write(secrets.delete, "api_token") is False


async def test_no_file_shows_a_secret(database: Database) -> None:
    vault = Vault.open(database.folder, {})
    await database.write(secrets.put, vault, "carrier_password", "s3cret-value", NOON)
    assert all(b"s3cret-value" not in file.read_bytes() for file in database.folder.iterdir())


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    closed = Vault.open(tmp_path, {}).close("name", "value")
    assert (tmp_path / "master.key").stat().st_mode & 0o777 == 0o600
    assert Vault.open(tmp_path, {}).open_secret("name", closed) == "value"


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    Vault.open(tmp_path, {})
    (tmp_path / "master.key").chmod(0o640)
    with pytest.raises(UnusablePlace, match="chmod 600"):
        Vault.open(tmp_path, {})


def test_a_key_given_from_outside_leaves_none_in_the_folder(tmp_path: Path) -> None:
    closed = Vault.open(tmp_path, {"SKIPLINE_MASTER_KEY": FIRST}).close("name", "value")
    assert list(tmp_path.iterdir()) == []
    assert Vault((FIRST,)).open_secret("name", closed) == "value"


def test_moving_from_the_file_to_a_given_key_loses_nothing(tmp_path: Path) -> None:
    closed = Vault.open(tmp_path, {}).close("name", "value")
    assert Vault.open(tmp_path, {"SKIPLINE_MASTER_KEY": FIRST}).open_secret("name", closed) == "value"


@pytest.mark.parametrize("key", ["short", "ä" * 44, f"{FIRST},nonsense"], ids=["short", "no_base64", "second_is_none"])
def test_a_malformed_key_says_what_a_key_is(tmp_path: Path, key: str) -> None:
    with pytest.raises(UnusablePlace, match="44 characters"):
        Vault.open(tmp_path, {"SKIPLINE_MASTER_KEY": key})


async def test_a_new_key_in_front_locks_what_is_new_and_the_old_one_opens_what_was(database: Database) -> None:
    await database.write(secrets.put, Vault((FIRST,)), "before", "value", NOON)
    both = Vault((SECOND, FIRST))
    await database.write(secrets.put, both, "since", "value", NOON)
    assert await database.read(secrets.open_all, both) == {"before": "value", "since": "value"}
    with pytest.raises(SecretUnreadable, match="before"):
        await database.read(secrets.open_all, Vault((SECOND,)))
    await database.write(secrets.put, both, "before", "value", NOON)
    assert await database.read(secrets.open_all, Vault((SECOND,))) == {"before": "value", "since": "value"}


async def test_a_lost_key_is_said_with_the_secret_and_the_fix(database: Database) -> None:
    await database.write(secrets.put, Vault((FIRST,)), "carrier_password", "value", NOON)
    with pytest.raises(SecretUnreadable, match=r"'carrier_password'.*bring back the old key"):
        await database.read(secrets.open_all, Vault((SECOND,)))


async def test_one_secret_cannot_be_passed_off_as_another(database: Database) -> None:
    vault = Vault((FIRST,))
    await database.write(secrets.put, vault, "public_word", "hello", NOON)
    await database.write(secrets.put, vault, "carrier_password", "s3cret", NOON)

    def swap(transaction: sa.Connection) -> None:
        stolen = transaction.scalar(
            sa.select(secrets_table.c.ciphertext).where(secrets_table.c.name == "carrier_password")
        )
        changed = sa.update(secrets_table).where(secrets_table.c.name == "public_word").values(ciphertext=stolen)
        transaction.execute(changed)

    await database.write(swap)
    with pytest.raises(SecretUnreadable, match="public_word"):
        await database.read(secrets.open_all, vault)
