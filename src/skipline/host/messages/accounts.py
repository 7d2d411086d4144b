"""The accounts of the workspace in force, ready to read and to write."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog

from skipline.flow.mistakes import PieceMistakes
from skipline.model.configuration import Account, Configuration
from skipline.model.messaging import ChannelSettings
from skipline.workspace.channels import build_account

log = structlog.get_logger(__name__)

HOOK = "/hooks/{provider}/{account}"
"""Where a provider delivers."""


@dataclass(frozen=True, slots=True)
class LiveAccount:
    """An account with what its piece made of its settings. `address` is the public one that its provider calls."""

    account: Account
    settings: ChannelSettings
    address: str

    @property
    def name(self) -> str:
        """The account's name."""
        return self.account.name


class Accounts:
    """Gives accounts by name. They are built anew when another workspace comes into force."""

    def __init__(self, configuration: Callable[[], Configuration], public_url: str) -> None:
        self._configuration, self._public_url = configuration, public_url.rstrip("/")
        self._built_of: tuple[Account, ...] = ()
        self._accounts: dict[str, LiveAccount] = {}

    def __iter__(self) -> Iterator[LiveAccount]:
        return iter(tuple(self._current().values()))

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._current())

    def find(self, name: str) -> LiveAccount | None:
        """An account by its name; None when there is none, or this release cannot use it."""
        return self._current().get(name)

    def url_of(self, path: str) -> str:
        """The public address of a path of ours."""
        return self._public_url + path

    def _current(self) -> dict[str, LiveAccount]:
        wanted = self._configuration().channels
        if wanted is not self._built_of:
            built = [self._kept(account) or self._build(account) for account in wanted]
            self._built_of, self._accounts = wanted, {one.name: one for one in built if one is not None}
        return self._accounts

    def _kept(self, account: Account) -> LiveAccount | None:
        """The account as it was built before, when nothing of it changed."""
        found = self._accounts.get(account.name)
        return found if found is not None and found.account == account else None

    def _build(self, account: Account) -> LiveAccount | None:
        try:
            settings = build_account(account)
        except (LookupError, PieceMistakes) as mistake:
            log.error("account_not_usable", account=account.name, type=account.type, why=str(mistake))
            return None
        return LiveAccount(account, settings, self.url_of(HOOK.format(provider=account.type, account=account.name)))
