"""The values of secrets, in memory alone: from `SKIPLINE_SECRET_<NAME>` variables, else from the vault."""

import os
from collections.abc import Mapping

from skipline.base.clock import Clock
from skipline.base.sentence import say
from skipline.model.audit import AuditEntry
from skipline.store import secrets
from skipline.store.audit import told
from skipline.store.database import Database
from skipline.store.vault import Vault

_PREFIX = "SKIPLINE_SECRET_"


def variable_of(name: str) -> str:
    """The environment variable that gives a secret's value."""
    return _PREFIX + name.upper().replace("-", "_")


class SecretBook:
    """Gives a secret's value by its name. An environment variable wins over the vault, as settings do."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, environ: Mapping[str, str] = os.environ) -> None:
        self._database, self.vault, self._clock, self._environ = database, vault, clock, environ
        self._kept: dict[str, str] = {}

    async def load(self) -> None:
        """Open the vault's secrets; raises `SecretUnreadable` when the master key is not theirs."""
        self._kept = await self._database.read(secrets.open_all, self.vault)

    async def put(self, name: str, value: str, *, audited: AuditEntry | None = None) -> None:
        """Keep a secret in the vault, and say so in the audit."""
        await self._database.write(told(audited, secrets.put), self.vault, name, value, self._clock())
        self._kept[name] = value

    async def delete(self, name: str, *, audited: AuditEntry | None = None) -> None:
        """Forget a secret; harmless when there is none."""
        await self._database.write(told(audited, secrets.delete), name)
        self._kept.pop(name, None)

    def is_given(self, name: str) -> bool:
        """Whether an environment variable has the secret's value, whatever the vault says."""
        return variable_of(name) in self._environ

    def value(self, name: str) -> str:
        """The secret's value; raises `LookupError` when there is none of that name."""
        variable = variable_of(name)
        given = self._environ.get(variable)
        if given is not None:
            return given
        if name not in self._kept:
            raise LookupError(
                say("there is no secret {name}: set {variable}, or put it into the vault", name=name, variable=variable)
            )
        return self._kept[name]
