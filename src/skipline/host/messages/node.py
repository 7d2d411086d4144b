"""A node's part in the messages, joined. Nothing of it works before there is an account."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from skipline.base.clock import Clock
from skipline.base.ids import Ids
from skipline.host.carriers import Carriers
from skipline.host.durable import DurableRuns
from skipline.host.live import Live
from skipline.host.lookups.wire import Wire
from skipline.host.messages.accounts import Accounts
from skipline.host.messages.carriers import message_carriers
from skipline.host.messages.exchange import CONNECT_SECONDS, IDLE_CONNECTION_SECONDS, Exchange
from skipline.host.messages.ingress import Ingress
from skipline.host.messages.intake import Intake
from skipline.host.messages.kept_news import News
from skipline.host.messages.links import Links
from skipline.host.messages.media import CAP_BYTES, MediaFetcher
from skipline.host.messages.post import MessagePost
from skipline.host.messages.recovery import Recovery
from skipline.host.messages.sending import MessageSender
from skipline.host.messages.settling import Settling
from skipline.host.messages.shelf import Shelf
from skipline.host.workspace import LiveWorkspace
from skipline.model.conversation import Conversation, Message
from skipline.model.ids import MessageId
from skipline.model.lookup import Secrets
from skipline.model.message import Channel, MessageBody
from skipline.store.database import Database


@dataclass(frozen=True, slots=True)
class Messages:
    """What the routes work with."""

    accounts: Accounts
    ingress: Ingress
    intake: Intake
    post: MessagePost
    sender: MessageSender
    media: MediaFetcher
    links: Links


def open_post(database: Database, workspace: LiveWorkspace, live: Live, ids: Ids, carriers: Carriers) -> MessagePost:
    """The way in for what people and flows write. It carries out what runs say from now on, so open it before runs go
    on: a command that nobody carries out is given up."""

    def lifetimes() -> dict[str, timedelta]:
        accounts = workspace.configuration.channels
        return {one.name: timedelta(seconds=one.messages_expire_seconds) for one in accounts}

    post = MessagePost(database=database, live=live, ids=ids, lifetimes=lifetimes)
    for channel in Channel:
        carriers.add(channel, message_carriers(post))
    return post


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
    post: MessagePost,
    own_ports: Collection[int] = (),
) -> AsyncIterator[Messages]:
    """Messages at work within the block; what was begun is finished when it ends.

    `owner` names this process and no other that ever was or will be; `public_url` is where providers reach us. `post`
    is the one of `open_post`; `own_ports` are ports of this machine that nothing is sent to.
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
        help_contact=partial(_help, accounts, post),
    )
    links = Links(accounts=accounts, secrets=secrets, receive=ingress.receive)
    wire = Wire(own_ports=own_ports, idle_seconds=IDLE_CONNECTION_SECONDS, connect_seconds=CONNECT_SECONDS)
    sender = MessageSender(
        accounts=accounts,
        exchange=Exchange(wire, secrets, links.find),
        settling=Settling(database=database, receive=durable.receive, live=live, clock=clock),
        posted=post.posted,
        owner=owner,
    )
    files = Wire(own_ports=own_ports, connect_seconds=CONNECT_SECONDS, cap_bytes=CAP_BYTES)
    media = MediaFetcher(
        database=database,
        find_account=accounts.find,
        secrets=secrets,
        wire=files,
        shelf=Shelf(database.folder),
        live=live,
        clock=clock,
    )
    recovery = Recovery(
        database=database, accounts=accounts, wire=files, secrets=secrets, receive=ingress.receive, clock=clock
    )
    has_account = asyncio.Event()

    def look_for_accounts() -> None:
        if accounts:
            has_account.set()
        links.follow()
        ingress.doorstep.keep_only({one.name for one in accounts})

    async def work() -> None:
        await has_account.wait()
        async with wire, files, links.serving(), asyncio.TaskGroup() as tasks:
            tasks.create_task(intake.run(), name="messages-in")
            tasks.create_task(sender.run(), name="messages-out")
            tasks.create_task(media.run(), name="messages-media")
            tasks.create_task(recovery.run(), name="messages-recovery")

    workspace.watchers.append(look_for_accounts)
    look_for_accounts()
    try:
        async with asyncio.TaskGroup() as tasks:
            working = tasks.create_task(work(), name="messages")
            try:
                yield Messages(accounts, ingress, intake, post, sender, media, links)
            finally:
                intake.stop()
                sender.stop()
                media.stop()
                recovery.stop()
                if not has_account.is_set():
                    working.cancel()
    finally:
        workspace.watchers.remove(look_for_accounts)
        await ingress.close()


async def _help(accounts: Accounts, post: MessagePost, conversation: Conversation, message: Message) -> None:
    """Answer a contact who asks by SMS what this is, once for each time they ask."""
    account = accounts.find(conversation.account)
    if account is not None and account.account.help_text:
        body = MessageBody(text=account.account.help_text)
        author, answer = f"account:{account.name}", MessageId(f"{message.id}:help")
        await post.post(conversation.id, body, author, message_id=answer)
