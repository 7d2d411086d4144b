"""A whole server in the test's own process, joined to a scripted voice worker; everything else is the real thing."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from centre_room import FLOW, NUMBER
from fake_worker import FakeWorker

from skipline.api.services import Services
from skipline.base.clock import Clock, system_clock
from skipline.base.ids import counted_ids, time_ordered_ids
from skipline.flow.compiled import CompiledFlow
from skipline.host.carriers import ANY_CHANNEL, Carriers
from skipline.host.deliveries import Deliveries
from skipline.host.durable import DurableRuns
from skipline.host.durable_node import serving_durable_runs
from skipline.host.host import Host
from skipline.host.lookups import Lookups, Wire
from skipline.host.messages.call_backs import call_back_carriers
from skipline.host.messages.contact_tags import tag_carriers
from skipline.host.messages.desk import queue_carriers
from skipline.host.messages.desk_node import open_desk, serving_desk
from skipline.host.messages.node import open_post, serving_messages
from skipline.host.messages.people import People
from skipline.host.old_files import FileFolder
from skipline.host.records import Records
from skipline.host.secrets import SecretBook
from skipline.host.shared_memory import SharedMemory
from skipline.host.shared_node import share_queues
from skipline.host.takeover import Takeover
from skipline.host.voice_process import VoiceSettings
from skipline.host.voice_worker import VoiceWorker
from skipline.host.webhooks import Webhooks
from skipline.host.workspace import LiveWorkspace
from skipline.store import Database
from skipline.store.last_known import StoredAnswers
from skipline.store.vault import Vault
from skipline.workspace.sources import build_source

PUBLIC_URL = "https://chat.example.com"
NOWHERE = "http://127.0.0.1:9"


def workspace_files(
    source: str = NOWHERE, *, fallback: str = "", flow: str = FLOW, more: str = "", time_limit: str = "8s"
) -> dict[str, str]:
    """A small company: one number, one source at the address `source`, one flow. A machine that does other things too
    may need seconds for an answer, and a look-up whose `time_limit` is over leads elsewhere."""
    configuration = f"""
format: 1
tiers: [{{name: gold, target: 10s}}]
trunks: [{{name: carrier, hosts: ["127.0.0.1"], fallback: "{fallback}"}}]
numbers: [{{number: "{NUMBER}", name: Support line, trunk: carrier}}]
sources: [{{name: loyalty, type: http, base_url: "{source}", allow_private: true, time_limit: {time_limit}}}]
{more}"""
    return {"skipline.yaml": configuration.replace(', fallback: ""', ""), "flows/loyalty.yaml": flow}


@dataclass(slots=True)
class Inside:
    """The parts of a server, and the worker it talks to."""

    services: Services
    records: Records
    worker: FakeWorker
    voice: VoiceWorker
    tasks: asyncio.TaskGroup

    @property
    def host(self) -> Host:
        return self.services.host

    @property
    def database(self) -> Database:
        return self.services.database

    @property
    def workspace(self) -> LiveWorkspace:
        return self.services.workspace


@asynccontextmanager
async def inside(
    folder: Path,
    files: Mapping[str, str] | None = None,
    *,
    worker: FakeWorker | None = None,
    clock: Clock = system_clock,
    environ: Mapping[str, str] | None = None,
    before_voice: Callable[[Services], None] = lambda _: None,
    place: Path | str | None = None,
    name: str = "node",
    shares: bool = False,
) -> AsyncIterator[Inside]:
    """A server on the data folder `folder`, with the workspace `files` applied, connected to `worker`. `place` is where
    its tables are, if not in the folder; `name` tells it from others there, with whom it `shares` queues."""
    worker = worker or FakeWorker()
    ids = counted_ids(f"{name}-id")
    async with await Database.open(place or folder, folder=folder) as database:
        secrets = SecretBook(database, Vault.open(folder, {}), clock, environ or {})
        lookups = Lookups(
            clock=clock, build=build_source, secrets=secrets.value, last_known=StoredAnswers(database), wire=Wire()
        )
        voicemails = FileFolder(folder / "voicemail")
        records = Records(database, name, voicemails.place)
        async with lookups, asyncio.TaskGroup() as tasks, AsyncExitStack() as stack:
            host = Host(clock=clock, lookups=lookups, records=records, tasks=tasks, name=name if shares else "")
            workspace = LiveWorkspace(
                database=database,
                host=host,
                lookups=lookups,
                secrets=secrets,
                clock=clock,
                audio=folder / "audio",
                voicemail=folder / "voicemail",
            )
            memory = None
            if shares:
                silence = timedelta(seconds=4)
                sharing = share_queues(str(place), database, host, workspace, clock, silence)
                memory = await stack.enter_async_context(sharing)
            await workspace.load()
            if files is not None:
                issues = (await workspace.apply(files)).issues
                assert issues == (), issues
            carriers = Carriers()
            post = open_post(database, workspace, host.live, time_ordered_ids, carriers)
            desk = open_desk(
                database=database,
                host=host,
                receive=lambda arrival: durable.receive(arrival),
                clock=clock,
                ids=time_ordered_ids,
                post=post,
            )
            others = {**call_back_carriers(database, host, clock), **tag_carriers(database)}
            carriers.add(ANY_CHANNEL, {**queue_carriers(desk.desk), **others})
            async with _durable(database, workspace, lookups, host, name, carriers) as durable:
                webhooks = Webhooks(
                    database=database,
                    workspace=workspace,
                    durable=durable,
                    secret=secrets.value,
                    deliveries=Deliveries(database),
                    clock=clock,
                    ids=ids,
                )
                messaging = serving_messages(
                    database=database,
                    workspace=workspace,
                    durable=durable,
                    live=host.live,
                    secrets=secrets.value,
                    clock=clock,
                    ids=time_ordered_ids,
                    owner=name,
                    public_url=PUBLIC_URL,
                    post=post,
                )
                async with messaging as messages:
                    people = People(
                        database=database,
                        live=host.live,
                        post=post,
                        desk=desk.desk,
                        accounts=lambda: workspace.configuration.channels,
                        clock=clock,
                        ids=time_ordered_ids,
                    )
                    services = Services(
                        database,
                        workspace,
                        host,
                        secrets,
                        clock,
                        ids,
                        durable=durable,
                        webhooks=webhooks,
                        messages=messages,
                        desk=desk.desk,
                        people=people,
                        voicemails=voicemails,
                    )
                    before_voice(services)
                    connecting = _connected(services, worker, folder, tasks, memory)
                    async with connecting as voice, serving_desk(desk, host, workspace.watchers):
                        yield Inside(services, records, worker, voice, tasks)
        await records.settle()


def _durable(
    database: Database, workspace: LiveWorkspace, lookups: Lookups, host: Host, name: str, carriers: Carriers
) -> AbstractAsyncContextManager[DurableRuns]:
    async def find_flow(flow: str, version: int) -> CompiledFlow:
        return (await workspace.compiled(flow, version)).flow

    return serving_durable_runs(
        database=database,
        find_flow=find_flow,
        sources=lookups,
        carriers=carriers,
        clock=system_clock,
        owner=name,
        queues=lambda: host.centre.lines.figures,
        poll_seconds=0.05,
    )


@asynccontextmanager
async def _connected(
    services: Services, worker: FakeWorker, folder: Path, tasks: asyncio.TaskGroup, shared: SharedMemory | None
) -> AsyncIterator[VoiceWorker]:
    host = services.host
    takeover = Takeover(
        database=services.database, host=host, workspace=services.workspace, clock=services.clock, shared=shared
    )
    settings = VoiceSettings(folder, ("127.0.0.1:0",), folder / "voice.log")
    voice = host.voice = VoiceWorker(settings, on_hello=takeover.welcome, on_event=host.take, on_lost=host.lose_calls)
    async with worker.listening(settings.socket):
        running = tasks.create_task(voice.run())
        async with asyncio.timeout(10):
            await voice.ready.wait()
        try:
            yield voice
        finally:
            running.cancel()
