"""A whole server in one process: database, look-ups, centre, API, and the voice worker beside it.

This is the only place that wires these parts together.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from skipline.api.app import create_app
from skipline.api.server import bind_http, serving
from skipline.api.services import Services
from skipline.base.clock import system_clock
from skipline.base.durations import parse_duration
from skipline.base.ids import time_ordered_ids
from skipline.base.memory import limit_heaps
from skipline.cli.ground import Ground
from skipline.cli.local_access import LocalAccess, invite_first_owner, make_first_key
from skipline.cli.settings import FOREVER, Settings, split_address
from skipline.flow.compiled import CompiledFlow
from skipline.host.carriers import ANY_CHANNEL, Carriers
from skipline.host.deliveries import Deliveries
from skipline.host.durable import DurableRuns
from skipline.host.durable_node import serving_durable_runs
from skipline.host.garbage import collect_garbage
from skipline.host.host import Host
from skipline.host.lookups.lookups import Lookups
from skipline.host.lookups.wire import Wire
from skipline.host.messages.call_backs import call_back_carriers
from skipline.host.messages.contact_tags import tag_carriers
from skipline.host.messages.desk import queue_carriers
from skipline.host.messages.desk_node import DeskNode, open_desk, serving_desk
from skipline.host.messages.node import Messages, open_post, serving_messages
from skipline.host.messages.people import People
from skipline.host.old_files import FileFolder
from skipline.host.queue_memory import end_spells
from skipline.host.records import Records
from skipline.host.schedules import Schedules
from skipline.host.secrets import SecretBook
from skipline.host.takeover import Takeover
from skipline.host.upkeep import Files, Keeping, keep_house
from skipline.host.voice_worker import VoiceWorker
from skipline.host.webhooks import Webhooks
from skipline.host.workspace import LiveWorkspace
from skipline.store import one_time_links
from skipline.store.database import Database, is_server
from skipline.store.last_known import StoredAnswers
from skipline.store.structs import work_out_structs
from skipline.store.vault import Vault
from skipline.workspace.reading import WorkspaceRefused
from skipline.workspace.sources import build_source

if TYPE_CHECKING:
    from skipline.host.shared_memory import SharedMemory


@dataclass(slots=True)
class Server:
    """A running server: its parts and where it is reached (`host:port`). `first_key` is the token made at the very
    first start and `owner_link` where an owner chooses their password, each to be shown this once."""

    services: Services
    voice: VoiceWorker
    http: str
    sip: tuple[str, ...]
    tls: tuple[str, ...]
    first_key: str | None
    owner_link: str | None


@asynccontextmanager
async def running_server(
    ground: Ground, settings: Settings, files: Mapping[str, str] | None = None
) -> AsyncIterator[Server]:
    """A server that takes calls and requests within the block, then ends at once.

    `files` is a workspace to apply first; raises `WorkspaceRefused` when it has mistakes. Also raises `StorageError`,
    `VoiceUnavailable`, and `OSError` for an address in use.
    """
    limit_heaps()
    work_out_structs()  # those that were imported since the database was opened
    async with AsyncExitStack() as stack:
        bound = bind_http(*split_address(settings.http))
        stack.callback(bound.close)
        database = ground.database
        secrets = SecretBook(database, Vault.open(database.folder, os.environ), system_clock)
        lookups = Lookups(
            clock=system_clock,
            build=build_source,
            secrets=secrets.value,
            last_known=StoredAnswers(database),
            wire=Wire(own_ports=_own_ports(bound, settings)),
        )
        await stack.enter_async_context(lookups)
        name = time_ordered_ids()
        voicemails = FileFolder(_own_folder(database.folder, "voicemail"))
        records = Records(database, name, voicemails.place)
        if not is_server(settings.database):  # else other servers may watch the agents on
            stack.push_async_callback(end_spells, database, system_clock)
        stack.push_async_callback(records.settle)
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        host = Host(clock=system_clock, lookups=lookups, records=records, tasks=tasks, name=name)
        workspace = LiveWorkspace(
            database=database,
            host=host,
            lookups=lookups,
            secrets=secrets,
            clock=system_clock,
            audio=_own_folder(database.folder, "audio"),
            voicemail=database.folder / "voicemail",
        )
        shared = await _share_queues(settings, database, host, workspace, stack)
        await _prepare_workspace(workspace, files)
        carriers = Carriers()
        post = open_post(database, workspace, host.live, time_ordered_ids, carriers)
        desk = open_desk(
            database=database,
            host=host,
            receive=lambda arrival: durable.receive(arrival),
            clock=system_clock,
            ids=time_ordered_ids,
            post=post,
        )
        call_backs = call_back_carriers(database, host, system_clock)
        carriers.add(ANY_CHANNEL, {**queue_carriers(desk.desk), **call_backs, **tag_carriers(database)})
        durable = await stack.enter_async_context(_durable_runs(database, workspace, lookups, host, carriers))
        webhooks = _webhooks(database, workspace, durable, secrets)
        stack.push_async_callback(webhooks.deliveries.settle)
        messages = await stack.enter_async_context(
            serving_messages(
                database=database,
                workspace=workspace,
                durable=durable,
                live=host.live,
                secrets=secrets.value,
                clock=system_clock,
                ids=time_ordered_ids,
                owner=name,
                public_url=settings.public_url or f"http://{_address_of(bound)}",
                post=post,
                own_ports=_own_ports(bound, settings),
            )
        )
        services = Services(
            database,
            workspace,
            host,
            secrets,
            system_clock,
            time_ordered_ids,
            durable=durable,
            webhooks=webhooks,
            messages=messages,
            desk=desk.desk,
            people=_people(database, workspace, host, messages, desk),
            voicemails=voicemails,
        )
        voice = await _start_voice(ground, services, tasks, stack, shared)
        await stack.enter_async_context(serving_desk(desk, host, workspace.watchers))
        await stack.enter_async_context(serving(create_app(services), bound))
        old = Files(media=messages.media.shelf, voicemail=voicemails)
        upkeep = keep_house(database, system_clock, lambda: workspace.configuration, _keeping(settings), old)
        garbage = collect_garbage(lambda: not host.centre.runs)
        schedules = Schedules(
            database=database, find_flow=workspace.compiled, receive=durable.receive, ids=time_ordered_ids
        )
        for work in (upkeep, garbage, schedules.run(), webhooks.deliveries.run()):
            stack.callback(tasks.create_task(work).cancel)
        first_key, owner_link = await _open_access(services, settings, _address_of(bound), stack)
        sip, tls = (voice.hello.sip, voice.hello.tls) if voice.hello is not None else ((), ())
        yield Server(services, voice, _address_of(bound), sip, tls, first_key, owner_link)


def _durable_runs(
    database: Database, workspace: LiveWorkspace, lookups: Lookups, host: Host, carriers: Carriers
) -> AbstractAsyncContextManager[DurableRuns]:
    """Runs that need no call: they go on where they stood, on their own version."""

    async def find_flow(flow: str, version: int) -> CompiledFlow:
        return (await workspace.compiled(flow, version)).flow

    return serving_durable_runs(
        database=database,
        find_flow=find_flow,
        sources=lookups,
        carriers=carriers,
        clock=system_clock,
        owner=time_ordered_ids(),
        queues=lambda: host.centre.lines.figures,
    )


def _webhooks(database: Database, workspace: LiveWorkspace, durable: DurableRuns, secrets: SecretBook) -> Webhooks:
    return Webhooks(
        database=database,
        workspace=workspace,
        durable=durable,
        secret=secrets.value,
        deliveries=Deliveries(database),
        clock=system_clock,
        ids=time_ordered_ids,
    )


def _people(database: Database, workspace: LiveWorkspace, host: Host, messages: Messages, desk: DeskNode) -> People:
    return People(
        database=database,
        live=host.live,
        post=messages.post,
        desk=desk.desk,
        accounts=lambda: workspace.configuration.channels,
        clock=system_clock,
        ids=time_ordered_ids,
    )


async def _prepare_workspace(workspace: LiveWorkspace, files: Mapping[str, str] | None) -> None:
    await workspace.load()
    if files is not None:
        applied = await workspace.apply(files, author="started with")
        if not applied.is_applied:
            raise WorkspaceRefused(applied.issues)


async def _share_queues(
    settings: Settings, database: Database, host: Host, workspace: LiveWorkspace, stack: AsyncExitStack
) -> "SharedMemory | None":
    """On PostgreSQL, queues that this node has together with others; None where it has them for itself."""
    if not is_server(settings.database):
        return None
    from skipline.host.shared_node import share_queues  # loaded by those alone who use it

    return await stack.enter_async_context(share_queues(settings.database, database, host, workspace, system_clock))


async def _start_voice(
    ground: Ground,
    services: Services,
    tasks: asyncio.TaskGroup,
    stack: AsyncExitStack,
    shared: "SharedMemory | None",
) -> VoiceWorker:
    """A connected voice worker; when the block ends it is asked to leave, and its calls with it."""
    host = services.host
    takeover = Takeover(
        database=services.database, host=host, workspace=services.workspace, clock=system_clock, shared=shared
    )
    voice = VoiceWorker(
        ground.voice,
        on_hello=takeover.welcome,
        on_event=host.take,
        on_lost=host.lose_calls,
        begun=ground.begun,
    )
    host.voice = voice
    running = tasks.create_task(voice.run())
    stack.push_async_callback(_end_voice, voice, running)
    ready = asyncio.create_task(voice.ready.wait())
    await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    if running.done():
        running.result()
    return voice


async def _end_voice(voice: VoiceWorker, running: asyncio.Task[None]) -> None:
    voice.drain(0)
    with suppress(TimeoutError):
        async with asyncio.timeout(5):
            await asyncio.shield(running)
    running.cancel()


async def _open_access(
    services: Services, settings: Settings, http: str, stack: AsyncExitStack
) -> tuple[str | None, str | None]:
    """Open the ways in; gives the token and the link to show at the very first start."""
    first_key, invitation = await make_first_key(services), await invite_first_owner(services)
    local = LocalAccess(services)
    await local.open(http)
    stack.push_async_callback(local.close)
    if invitation is None:
        return first_key, None
    return first_key, one_time_links.address_of(settings.public_url or f"http://{http}", invitation)


def _keeping(settings: Settings) -> Keeping:
    def as_written(duration: str) -> timedelta:
        return timedelta(seconds=parse_duration(duration))

    def unless_forever(duration: str) -> timedelta | None:
        return None if duration == FOREVER else as_written(duration)

    return Keeping(
        records=unless_forever(settings.runs_kept_for),
        messages=unless_forever(settings.messages_kept_for),
        events=as_written(settings.events_kept_for),
        answers=as_written(settings.answers_kept_for),
        audit=unless_forever(settings.audit_kept_for),
    )


def _own_ports(bound: socket.socket, settings: Settings) -> set[int]:
    ports = {split_address(address)[1] for address in (*settings.sip, *settings.sip_tls)}
    return (ports | {int(bound.getsockname()[1])}) - {0}


def _address_of(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _own_folder(data: Path, name: str) -> Path:
    folder = data / name
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
