"""Tells people who watch at other nodes what happens here: an agent is offered a conversation by the node that carries
it, and may have their desk open at another; so may two who draw one flow."""

from collections.abc import Awaitable, Callable

import msgspec
import structlog

from skipline.host.live import Live
from skipline.model.events import Event
from skipline.model.live_events import ConversationChanged, ConversationOffered, DraftPatched, EditorMoved, OfferEnded
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)

KIND = "live"
MOST_BYTES = 7000
"""PostgreSQL carries words of less than 8000 bytes (NOTIFY)."""

Told = ConversationChanged | ConversationOffered | OfferEnded | DraftPatched | EditorMoved
_told: msgspec.json.Decoder[Told] = msgspec.json.Decoder(Told)


class LiveRelay:
    """`say` tells every node a word; this one's own are passed over when they come back."""

    def __init__(self, live: Live, node: str, say: Callable[[str], Awaitable[None]]) -> None:
        self._live, self._node, self._say = live, node, say

    async def run(self) -> None:
        """Tell until cancelled. A word that the database does not take is lost: whoever cares asks again."""
        with self._live.attend(lambda fact: isinstance(fact, Told), of_this_node=True) as listener:
            while True:
                fact, _ = await listener.next()
                try:
                    await self._say(self.word(fact))
                except StorageError as trouble:
                    log.warning("other_nodes_not_told", why=str(trouble))

    def word(self, fact: Event) -> str:
        """A fact as other nodes hear it; reasons or patches that make it too long are left out."""
        written = msgspec.json.encode(fact)
        if len(written) > MOST_BYTES and isinstance(fact, ConversationOffered):
            written = msgspec.json.encode(msgspec.structs.replace(fact, why=()))
        if len(written) > MOST_BYTES and isinstance(fact, DraftPatched):
            written = msgspec.json.encode(msgspec.structs.replace(fact, patches=None))
        return f"{KIND}:{self._node}:{written.decode()}"

    def hear(self, word: str) -> None:
        """Another node's fact, as `word` wrote it, without its kind."""
        node, _, written = word.partition(":")
        if node == self._node:
            return
        try:
            self._live.repeat([_told.decode(written)])
        except msgspec.MsgspecError:
            log.warning("word_of_another_release", node=node)
