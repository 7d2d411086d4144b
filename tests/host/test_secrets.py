"""Secrets in memory: the environment wins over the vault, and a missing one says how to give it."""

from pathlib import Path

import pytest

from skipline.base.clock import system_clock
from skipline.host.secrets import SecretBook
from skipline.store import Database
from skipline.store.vault import Vault


async def test_a_secret_of_the_environment_wins_over_the_vault(tmp_path: Path) -> None:
    async with await Database.open(tmp_path) as database:
        book = SecretBook(database, Vault.open(tmp_path, {}), system_clock, {"SKIPLINE_SECRET_SIP_PW": "from outside"})
        await book.put("sip-pw", "from the vault")
        await book.put("token", "from the vault")
        assert (book.value("sip-pw"), book.value("token")) == ("from outside", "from the vault")


async def test_secrets_are_there_again_after_a_restart(tmp_path: Path) -> None:
    for is_first in (True, False):
        async with await Database.open(tmp_path) as database:
            book = SecretBook(database, Vault.open(tmp_path, {}), system_clock, {})
            await book.load()
            if is_first:
                await book.put("token", "hush")
            assert book.value("token") == "hush"


async def test_a_missing_secret_names_the_variable_that_would_give_it(tmp_path: Path) -> None:
    async with await Database.open(tmp_path) as database:
        book = SecretBook(database, Vault.open(tmp_path, {}), system_clock, {})
        with pytest.raises(LookupError, match="SKIPLINE_SECRET_SIP_PW,"):
            book.value("sip-pw")
