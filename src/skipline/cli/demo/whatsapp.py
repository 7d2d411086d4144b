"""The demo company's WhatsApp account, with its stand-in for Meta and the page of a customer's phone."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from secrets import token_hex

from skipline.base.clock import system_clock
from skipline.cli.demo.company import CUSTOMERS
from skipline.cli.demo.phone.page import Person, PhonePage
from skipline.cli.demo.providers.handsets import Choice, Handset
from skipline.cli.demo.providers.ledger import Ledger
from skipline.cli.demo.providers.meta import MetaAccount
from skipline.cli.demo.providers.office import Office
from skipline.cli.demo.providers.server import Providers, make_providers, open_providers
from skipline.host.secrets import SecretBook
from skipline.store.database import Database
from skipline.store.vault import Vault

ACCOUNT = "whatsapp"
_MOST_LINES = 5_000
_STRANGER = Person(contact="31699999999", name="A number nobody knows")


def contact_of(phone: str) -> str:
    """What Meta calls a customer: their number without the plus."""
    return phone.lstrip("+")


@dataclass(frozen=True, slots=True)
class MetaLine:
    """The company's account at the stand-in, seen from its customers."""

    providers: Providers
    account: MetaAccount

    def handset(self, contact: str) -> Handset:
        """A customer's phone."""
        return self.providers.office.handset(self.account.name, contact)

    def write(self, contact: str, text: str, choice: Choice | None = None, refers_to: str = "") -> None:
        """Have a customer write, or tap an answer."""
        self.providers.meta.write(self.account, contact, text, choice=choice, refers_to=refers_to)


@dataclass(frozen=True, slots=True)
class WhatsApp(MetaLine):
    """The account with the page of its customers' phones."""

    page: PhonePage

    @property
    def page_url(self) -> str:
        """Where the page is."""
        return f"{self.providers.url}/phone"

    async def connect(self, http: str, provider: str = "meta") -> bool:
        """Tell the stand-in where the server takes webhooks; gives whether it shook hands there."""
        self.providers.office.hooks[self.account.name] = f"http://{http}/hooks/{provider}/{self.account.name}"
        return await self.providers.meta.greet(self.account)


async def keep_secrets(database: Database, whatsapp: WhatsApp) -> None:
    """Put what the account is known by into the vault, before the server reads it."""
    book, account = SecretBook(database, Vault.open(database.folder, os.environ), system_clock), whatsapp.account
    await book.put("whatsapp_app_secret", account.app_secret)
    await book.put("whatsapp_verify_token", account.verify_token)
    await book.put("whatsapp_access_token", account.token)


@asynccontextmanager
async def open_whatsapp() -> AsyncIterator[WhatsApp]:
    """The account within the block, its secrets made up anew."""
    account = MetaAccount(name=ACCOUNT, app_secret=token_hex(16), token=token_hex(16), verify_token=token_hex(16))
    office = Office(ledger=Ledger(most=_MOST_LINES))
    office.handsets.names.update({contact_of(phone): one.name for phone, one in CUSTOMERS.items()})
    providers = make_providers(office, meta=account)
    page = PhonePage(MetaLine(providers, account), _people())
    async with open_providers(providers, more=page.routes()):
        yield WhatsApp(providers, account, page)


def _people() -> list[Person]:
    known = [
        Person(contact=contact_of(phone), name=one.name, tier=one.loyalty_status) for phone, one in CUSTOMERS.items()
    ]
    return [*known, _STRANGER]
