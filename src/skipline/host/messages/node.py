"""A node's part in the messages, joined. Nothing of it works before there is an account."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from skipline.base.clock import Clock
from skipline.base.ids import Ids
from skipline.host.durable import DurableRuns
from skipline.host.live import Live
from skipline.host.messages.accounts import Accounts
from skipline.host.messages.ingress import Ingress
from skipline.host.messages.intake import Intake
from skipline.host.messages.kept_news import News
from skipline.host.workspace import LiveWorkspace
from skipline.model.lookup import Secrets
from skipline.store.database import Database


@dataclass(frozen=True, slots=True)
class Messages:
    """What the routes work with."""

    accounts: Accounts
    ingress: Ingress
    intake: Intake


@asynccontextmanager
async def serving_messages(
    *,
    database: Database,
    workspace: LiveWorkspace,
    durable: DurableRuns,
    live: Live,
    secrets: Secrets,
    clock: Clock,
    ids: Ids,
    owner: str,
    public_url: str,
) -> AsyncIterator[Messages]:
    """Messages at work within the block; what was begun is finished when it ends.

    `owner` names this process and no other that ever was or will be; `public_url` is where providers reach us.
    """
    accounts, news = Accounts(lambda: workspace.configuration, public_url), News()
    ingress = Ingress(database=database, accounts=accounts, secrets=secrets, clock=clock, ids=ids, news=news)
    intake = Intake(
        database=database,
        accounts=accounts,
        live_flows=workspace.live_flows,
        receive=durable.receive,
        live=live,
        clock=clock,
        ids=ids,
        owner=owner,
        news=news,
    )
    has_account = asyncio.Event()

    def look_for_accounts() -> None:
        if accounts:
            has_account.set()

    async def work() -> None:
        await has_account.wait()
        await intake.run()

    workspace.watchers.append(look_for_accounts)
    look_for_accounts()
    try:
        async with asyncio.TaskGroup() as tasks:
            working = tasks.create_task(work(), name="messages")
            try:
                yield Messages(accounts, ingress, intake)
            finally:
                intake.stop()
                if not has_account.is_set():
                    working.cancel()
    finally:
        workspace.watchers.remove(look_for_accounts)
        await ingress.close()
