"""Follows the conversations of a running server and keeps one row of words for each, beside those of calls."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from skipline.cli.demo.watch import Decision
from skipline.host.host import Host
from skipline.model.conversation import Conversation, ConversationState
from skipline.model.durable import conversation_on
from skipline.model.events import Event, QueueEnd
from skipline.model.ids import ConversationId, EntryId, RunId
from skipline.model.live_events import ConversationChanged, ConversationOffered, EntryChanged
from skipline.model.run import Run, TraceEntry
from skipline.store import contacts, conversations, runs
from skipline.store.database import Database
from skipline.store.durable.writing import read_run
from skipline.store.message_schema import messages
from skipline.store.schema import durable_runs

_MOST_CHATS, _MOST_DECISIONS = 200, 50
_FLOW = "flow:"
_STATES = {
    ConversationState.BOT: "the flow answers",
    ConversationState.WAITING: "waits",
    ConversationState.PAUSED: "somebody answered in the app",
    ConversationState.CLOSED: "over",
}


@dataclass(slots=True)
class Chat:
    """One conversation in words. `queue` and `agent` are those of its latest entry, `decided` is why the queue offered
    it to them; `answered_at` is when a person first wrote."""

    conversation: Conversation
    contact_name: str = ""
    contact_phone: str = ""
    queue: str = ""
    agent: str = ""
    decided: tuple[str, ...] = ()
    entry: str = ""
    answered_at: datetime | None = None
    run: Run | None = None

    @property
    def name(self) -> str:
        """Who writes: by name when that is known."""
        told = self.run.contact.name if self.run is not None else ""
        return told or self.contact_name or self.contact_phone or self.conversation.provider_id

    @property
    def tier(self) -> str:
        """The contact's tier; empty until one is known."""
        return self.run.contact.tier if self.run is not None else ""

    @property
    def state(self) -> str:
        """Who is to answer now, in words."""
        if self.conversation.state is ConversationState.AGENT:
            return f"writes with {self.conversation.agent}"
        if self.conversation.state is ConversationState.WAITING and self.queue:
            return f"waits in {self.queue}"
        return _STATES.get(self.conversation.state, self.conversation.state.value)

    @property
    def outcome(self) -> str:
        """How its latest run ended; empty while it goes on."""
        return self.run.outcome or "" if self.run is not None else ""

    @property
    def ended_at(self) -> datetime | None:
        """When its latest run ended."""
        return self.run.ended_at if self.run is not None else None

    @property
    def medium(self) -> str:
        """How they came."""
        return "WhatsApp"

    @property
    def came_at(self) -> datetime:
        """When they wrote what their latest run began with."""
        return self.run.started_at if self.run is not None else self.conversation.opened_at

    @property
    def lookup(self) -> str:
        """What the look-up said."""
        looked = next((entry for entry in self.trace if entry.type == "fetch_variables"), None)
        return str(looked.detail.get("status", looked.exit)) if looked is not None else ""

    @property
    def path(self) -> str:
        """The steps passed, each with the exit it was left by."""
        return " → ".join(f"{entry.step} ({entry.exit})" if entry.exit else entry.step for entry in self.trace)

    @property
    def why(self) -> list[str]:
        """What each step said; of a queue that went well, why the agent was given this conversation at that moment."""
        return [reason for entry in self.trace for reason in self._reasons(entry)]

    @property
    def trace(self) -> list[TraceEntry]:
        """What its latest run has done so far."""
        return self.run.trace if self.run is not None else []

    def _reasons(self, entry: TraceEntry) -> Iterator[str]:
        if entry.type == "add_to_queue" and entry.exit == QueueEnd.ANSWERED and self.decided:
            yield from self.decided
        elif entry.type == "say":
            return
        elif reason := entry.detail.get("why"):
            yield str(reason)


class Chats:
    """Rows of conversations and decisions about them, oldest first. Feed it every fact by `take`."""

    def __init__(self, host: Host, database: Database) -> None:
        self._host, self._database = host, database
        self.rows: dict[ConversationId, Chat] = {}
        self.decisions: deque[Decision] = deque(maxlen=_MOST_DECISIONS)

    async def take(self, fact: Event) -> None:
        """Bring the row of the fact's conversation up to date."""
        match fact:
            case ConversationChanged():
                await self._look(fact.conversation)
            case ConversationOffered():
                await self._look(fact.conversation)
                self._decide(fact)
            case EntryChanged():
                chat_of_entry = self.row_of(fact.entry)
                if chat_of_entry is not None:
                    chat_of_entry.queue = fact.queue

    def row_of(self, entry: EntryId) -> Chat | None:
        """The conversation that an entry belongs to."""
        return next((one for one in self.rows.values() if entry and entry in (one.entry, one.conversation.entry)), None)

    def latest(self, provider_id: str) -> Chat | None:
        """The conversation with a contact, by what the provider calls them or by their number."""
        wanted = (provider_id, f"+{provider_id}")
        return next((one for one in self.rows.values() if _is_with(one, wanted)), None)

    def _decide(self, fact: ConversationOffered) -> None:
        chat = self.rows.get(fact.conversation)
        if chat is None:
            return
        chat.queue, chat.agent, chat.decided, chat.entry = fact.queue, fact.agent, fact.why, fact.entry
        who = f"{chat.name} on {chat.medium}"
        decision = Decision(at=fact.at, agent=fact.agent, who=who, tier=fact.tier, queue=fact.queue, why=fact.why)
        self.decisions.append(decision)

    async def _look(self, conversation: ConversationId) -> None:
        chat = self.rows.get(conversation)
        seen = await self._database.read(_read, conversation)
        if seen is None:
            return
        if chat is None:
            self.rows[conversation] = seen
            while len(self.rows) > _MOST_CHATS:
                del self.rows[next(iter(self.rows))]
            return
        chat.conversation, chat.run, chat.answered_at = seen.conversation, seen.run, seen.answered_at
        chat.agent = seen.conversation.agent or chat.agent


def _is_with(chat: Chat, wanted: tuple[str, str]) -> bool:
    return chat.conversation.provider_id in wanted or chat.contact_phone in wanted


def _read(transaction: sa.Connection, id_: ConversationId) -> Chat | None:
    conversation = conversations.read(transaction, id_)
    if conversation is None:
        return None
    contact = contacts.read(transaction, conversation.contact)
    run = _latest_run(transaction, conversation)
    return Chat(
        conversation=conversation,
        contact_name=contact.name if contact is not None else "",
        contact_phone=contact.phone if contact is not None else "",
        agent=conversation.agent,
        answered_at=_first_answer(transaction, conversation, run.started_at if run else conversation.opened_at),
        run=run,
    )


def _latest_run(transaction: sa.Connection, conversation: Conversation) -> Run | None:
    key = conversation_on(conversation.channel, conversation.account, conversation.provider_id)
    found = durable_runs.c
    wanted = sa.select(found.id, found.state).where(found.conversation == key).order_by(found.id.desc()).limit(1)
    row = transaction.execute(wanted).one_or_none()
    if row is None:
        return None
    kept = runs.read(transaction, RunId(row.id))
    return kept if kept is not None and kept.ended_at is not None else read_run(row.state).run


def _first_answer(transaction: sa.Connection, conversation: Conversation, since: datetime) -> datetime | None:
    """When a person first wrote since then."""
    found = messages.c
    of_people = (found.author != "") & ~found.author.startswith(_FLOW, autoescape=True)
    wanted = sa.select(found.at).where(
        found.conversation_id == conversation.id, found.direction == "out", found.at >= since, of_people
    )
    return transaction.execute(wanted.order_by(found.at).limit(1)).scalar_one_or_none()
