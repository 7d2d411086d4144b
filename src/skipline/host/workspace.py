"""The workspace in force: kept in the database, compiled in memory, changed as a whole or not at all."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sized
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog

from skipline.base.clock import Clock
from skipline.centre.presence import configure_queues
from skipline.centre.state import LiveFlow
from skipline.flow.compiled import CompiledFlow
from skipline.flow.issue import Issue
from skipline.flow.loading import UnsoundFlow, compile_flow, inner_flows_in, load_flow
from skipline.host.flow_shelf import Shelf
from skipline.host.host import Host
from skipline.host.lookups.lookups import Lookups
from skipline.host.secrets import SecretBook
from skipline.model.audit import AuditEntry
from skipline.model.commands import Issued, LookUp
from skipline.model.configuration import Configuration, Hours, Phone, Source, Table, VoiceConfiguration
from skipline.model.events import LookupAnswered
from skipline.model.flow_version import FlowVersion
from skipline.model.ids import CallId, CommandId, RunId
from skipline.model.queueing import Agent
from skipline.model.voice_link import Configure
from skipline.store import agent_own, flows, stories
from skipline.store import workspace as stored
from skipline.store.audit import told
from skipline.store.database import Database
from skipline.store.errors import LiveVersionChanged, NumberTaken
from skipline.store.workspace import InForce, WorkspaceMoved
from skipline.stories.kept import describe_stories, kept_stories
from skipline.workspace.differences import find_differences
from skipline.workspace.files import flow_file
from skipline.workspace.reading import Workspace, WorkspaceRefused, all_pieces, read_workspace
from skipline.workspace.writing import write_workspace

log = structlog.get_logger(__name__)

Made = TypeVar("Made", bound=Sized)

MOST_TOLD = 20
"""Changes of one apply that its entry in the audit has in words; the others are counted."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a workspace came to: the changes in sentences, and what was found wrong. With errors among
    `issues` nothing was changed."""

    is_applied: bool
    changes: tuple[str, ...]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class Return:
    """The version that a flow returns to, and the one that must be live until then."""

    version: int
    instead_of: int


class LiveWorkspace:
    """Reads, changes and enforces the workspace. Changes follow each other, on this node and on all that share its
    database: each is made in one transaction on top of what it was worked out from, or not at all, and then worked out
    anew. Calls in progress keep their version."""

    def __init__(
        self,
        *,
        database: Database,
        host: Host,
        lookups: Lookups,
        secrets: SecretBook,
        clock: Clock,
        audio: Path,
        voicemail: Path,
    ) -> None:
        self._database, self._host, self._lookups = database, host, lookups
        self._shut_out: frozenset[str] = frozenset()
        self._secrets, self._clock = secrets, clock
        self._audio, self._voicemail = audio, voicemail
        self._changing = asyncio.Lock()
        self._tables: dict[str, Table] = {}
        self._hours: dict[str, Hours] = {}
        self._agents: dict[str, Agent] = {}
        self._compiled: dict[tuple[str, int], LiveFlow] = {}
        self._shelf = Shelf()
        self.configuration = Configuration()
        self.live: tuple[FlowVersion, ...] = ()
        self.watchers: list[Callable[[], None]] = []
        """Called whenever a workspace has come into force."""
        self.on_changed: Callable[[], None] = lambda: None
        """Called when this node has changed what others on its database have read."""

    async def load(self) -> None:
        """Put what the database holds into force."""
        await self._secrets.load()
        self.configuration, self.live = await self._database.read(stored.read)
        self._shut_out = await self._database.read(agent_own.shut_out)
        self._enforce()

    async def look_at_people(self) -> None:
        """Have the phones of agents who were shut out register and call no more, and of those who are back again."""
        self._shut_out = await self._database.read(agent_own.shut_out)
        self.configure_voice()
        self.on_changed()

    def look_at_secrets(self) -> None:
        """Have trunks and phones use the values that secrets have now."""
        self.configure_voice()
        self.on_changed()

    async def reload(self) -> None:
        """Read again what another node may have changed. Raises `StorageError`."""
        async with self._changing:
            await self.load()

    @property
    def in_force(self) -> InForce:
        """The configuration and the flows as they are now: another pair as soon as anything of them changes."""
        return self.configuration, self.live

    async def apply(
        self,
        files: Mapping[str, str],
        author: str = "",
        note: str = "",
        audited: AuditEntry | None = None,
        based_on: InForce | None = None,
        notes: Mapping[str, str] | None = None,
    ) -> Applied:
        """Make the workspace equal to `files` (texts by path), all or nothing; story files that bear a flow's name are
        kept with it. `audited` is told with the changes; `notes` are those of flows that have one of their own.

        Raises `WorkspaceMoved` when the workspace is not `based_on` any more; None: it is replaced whatever it is.
        """
        reading = await asyncio.to_thread(read_workspace, files)
        if reading.workspace is None:
            return Applied(is_applied=False, changes=(), issues=reading.issues)
        wanted = reading.workspace
        told_stories = await asyncio.to_thread(kept_stories, files, [flow.flow for flow in wanted.flows])
        if told_stories.issues:
            return Applied(is_applied=False, changes=(), issues=told_stories.issues)
        replace = partial(self._replace, wanted, told_stories.texts, audited, author=author, note=note, notes=notes)
        changes = await self._change(replace, based_on)
        return Applied(is_applied=True, changes=changes, issues=reading.issues)

    async def _replace(
        self,
        wanted: Workspace,
        texts: Mapping[str, str],
        audited: AuditEntry | None,
        *,
        author: str,
        note: str,
        notes: Mapping[str, str] | None,
    ) -> tuple[str, ...]:
        kept = await self._database.read(stories.read_texts) if texts else {}
        changes = (*find_differences(self._current(), wanted), *describe_stories(kept, texts))
        if not changes:
            await self._database.read(stored.refuse_unless, self.in_force)
            return ()
        await self._database.write(
            told(
                audited and audited.more(changes=changes[:MOST_TOLD], count=len(changes)),
                stored.building_on(self.in_force, stored.apply),
            ),
            wanted.configuration,
            wanted.flows,
            self._clock(),
            author=author,
            note=note,
            notes=notes,
            story_texts=texts,
        )
        return changes

    async def _change(self, change: Callable[[], Awaitable[Made]], based_on: InForce | None = None) -> Made:
        """Make a change and put it into force. When the database holds another workspace than this node knew, that one
        comes into force first, and the change is made again on top of it; one that is `based_on` what is gone raises
        `WorkspaceMoved` instead."""
        async with self._changing:
            while True:
                if based_on is not None and self.in_force != based_on:
                    raise WorkspaceMoved("the workspace was changed meanwhile")
                try:
                    made = await change()
                except WorkspaceMoved:
                    await self.load()
                    continue
                if made:
                    await self.load()
                    self.on_changed()
                return made

    async def roll_back(
        self,
        flow: str,
        version: int | None = None,
        audited: AuditEntry | None = None,
        together: Mapping[str, Return] | None = None,
    ) -> FlowVersion:
        """Make an earlier version of a flow live again, or the one before the live one when None; and with it other
        flows by their keys, `together`, so that numbers go back to where they were.

        Raises what `store.flows.roll_back` raises, `LiveVersionChanged`, and `WorkspaceRefused` when the version does
        not go with the rest of the workspace any more, such as one that asks a source which is gone.
        """

        async def go_back() -> tuple[FlowVersion, ...]:
            wanted = [await self._database.read(flows.read_earlier, flow, version)]
            for key, back in (together or {}).items():
                self._refuse_unless_live(key, back.instead_of)
                wanted.append(await self._database.read(flows.read_version, key, back.version))
            self._refuse_taken_numbers(wanted)
            files = {**self.export(), **{flow_file(one.content.flow): one.content.text for one in wanted}}
            reading = await asyncio.to_thread(read_workspace, files)
            if reading.workspace is None:
                raise WorkspaceRefused(reading.issues)
            entry = audited and audited.more(before=self._live_version(flow), after=wanted[0].version)
            if entry and together:
                entry = entry.more(together={key: back.version for key, back in together.items()})
            work = told(entry, stored.building_on(self.in_force, flows.make_live))
            return await self._database.write(work, wanted, self._clock())

        return (await self._change(go_back))[0]

    def _live_version(self, flow: str) -> int | None:
        return next((one.version for one in self.live if one.content.flow == flow), None)

    def _refuse_unless_live(self, flow: str, version: int) -> None:
        if self._live_version(flow) != version:
            raise LiveVersionChanged(flow, version)

    def _refuse_taken_numbers(self, wanted: Iterable[FlowVersion]) -> None:
        """Say whose a number is by now, instead of in which file it stands twice."""
        changing = {one.content.flow: one.content for one in wanted}
        staying = (one.content for one in self.live if one.content.flow not in changing)
        owners = {number: content.flow for content in staying for number in content.numbers}
        for number in (number for content in changing.values() for number in content.numbers):
            if number in owners:
                raise NumberTaken(number, owners[number])

    def export(self) -> dict[str, str]:
        """The files of the workspace in force; applying them changes nothing."""
        return write_workspace(self.configuration, [version.content for version in self.live])

    async def try_source(self, question: LookUp, id_: str, unsaved: Source | None = None) -> LookupAnswered:
        """A source's own answer to a question that no run asks; `id_` names it in the log. `unsaved` is asked as it is
        given, in place of the one that is in force."""
        nobody = Issued(id=CommandId(id_), run=RunId(""), call=CallId(""), body=question)
        return await self._lookups.try_out(nobody, question, unsaved)

    def live_flows(self) -> Iterator[LiveFlow]:
        """The flows in force, ready to run; one that this release cannot read any more is left out."""
        for version in self.live:
            live = self._compiled.get((version.content.flow, version.version))
            if live is not None:
                yield live

    async def compiled(self, flow: str, version: int) -> LiveFlow:
        """A version ready to run, live or not: runs that survived a restart stay on theirs."""
        if (flow, version) not in self._compiled:
            self._compile(await self._database.read(flows.read_version, flow, version))
        live = self._compiled[flow, version]
        await self._shelve_inner(live.flow)
        return live

    async def _shelve_inner(self, flow: CompiledFlow) -> None:
        """Have every version of the flows that `flow` runs inside itself at hand: a run may be in any of them."""
        waiting, seen = list(inner_flows_in(flow)), set[str]()
        while waiting:
            key = waiting.pop()
            for version in await self._database.read(flows.read_versions, key) if key not in seen else ():
                if self._shelf.version(key, version.version) is None:
                    with suppress(UnsoundFlow):
                        self._compile(version)
                found = self._shelf.version(key, version.version)
                waiting += inner_flows_in(found) if found is not None else ()
            seen.add(key)

    def configure_voice(self) -> None:
        """Tell the voice worker who may call and which numbers are live."""
        if self._host.voice is not None:
            self._host.voice.send(Configure(configuration=self._voice_configuration()))

    def _current(self) -> Workspace:
        return Workspace(self.configuration, tuple(version.content for version in self.live))

    def _enforce(self) -> None:
        configuration = self.configuration
        self._tables.clear()
        self._tables.update({table.name: table for table in configuration.tables})
        self._hours.clear()
        self._hours.update({hours.name: hours for hours in configuration.hours})
        self._lookups.configure(configuration.sources)
        centre = self._host.centre
        centre.trunks = {trunk.name: trunk for trunk in configuration.trunks}
        self._agents.clear()
        self._agents.update({agent.name: agent for agent in configuration.agents})
        self._host.decide(lambda: configure_queues(centre, configuration, self._clock()))
        self._shelf.published = {version.content.flow: version.version for version in self.live}
        centre.flows = {number: live for version in self.live for number, live in self._owned(version)}
        # Calls in progress keep their own hold on the version they began on.
        in_force = {(version.content.flow, version.version) for version in self.live}
        self._compiled = {key: live for key, live in self._compiled.items() if key in in_force}
        self.configure_voice()
        for watcher in self.watchers:
            watcher()

    def _owned(self, version: FlowVersion) -> Iterable[tuple[str, LiveFlow]]:
        """The numbers of a live version; a flow that this release cannot read any more keeps none of its own."""
        key = (version.content.flow, version.version)
        if key not in self._compiled:
            try:
                self._compile(version)
            except Exception:
                log.exception("flow_not_usable", flow=version.content.flow, version=version.version)
                return ()
        return [(number, self._compiled[key]) for number in version.content.numbers]

    def _compile(self, version: FlowVersion) -> None:
        content = version.content
        loaded = load_flow(content.text, flow_file(content.flow), all_pieces())
        compiled = compile_flow(loaded, version.version, self._tables, self._hours, self._shelf, self._agents)
        self._shelf.put(content.flow, compiled)
        self._compiled[content.flow, version.version] = LiveFlow(content.flow, compiled)

    def _voice_configuration(self) -> VoiceConfiguration:
        return VoiceConfiguration(
            trunks=self.configuration.trunks,
            live_numbers=tuple(self._host.centre.flows),
            watched_targets=tuple(dict.fromkeys(_fixed_targets(self._host.centre.flows.values()))),
            passwords=self._passwords(),
            phones=self._phones(),
            audio_folder=str(self._audio),
            voicemail_folder=str(self._voicemail),
        )

    def _phones(self) -> tuple[Phone, ...]:
        agents = (agent for agent in self.configuration.agents if agent.name not in self._shut_out)
        phones = (agent.phone for agent in agents if agent.phone is not None)
        return tuple(Phone(user=one.user, password_secret=one.password_secret) for one in phones)

    def _passwords(self) -> dict[str, str]:
        names = {trunk.password_secret for trunk in self.configuration.trunks if trunk.user}
        names |= {trunk.register.password_secret for trunk in self.configuration.trunks if trunk.register}
        names |= {phone.password_secret for phone in self._phones()}
        found: dict[str, str] = {}
        for name in sorted(names):
            try:
                found[name] = self._secrets.value(name)
            except LookupError as missing:
                log.error("secret_missing", why=str(missing))
        return found


def _fixed_targets(live: Iterable[LiveFlow]) -> Iterable[str]:
    """The SIP URIs that flows forward to by name, whose health is worth watching."""
    for one in live:
        for step in one.flow.steps.values():
            for target in getattr(step.step, "targets", ()):
                if target.lower().startswith(("sip:", "sips:")) and "{{" not in target:
                    yield target
