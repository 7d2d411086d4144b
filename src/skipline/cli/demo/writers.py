"""The demo's customers who write: one of them in the table of `--once`, others beside the calls of the live demo."""

import asyncio
from dataclasses import dataclass
from itertools import cycle

from skipline.cli.demo.callers import Caller
from skipline.cli.demo.chats import Chat
from skipline.cli.demo.company import CUSTOMERS, Mode
from skipline.cli.demo.patience import until
from skipline.cli.demo.providers.handsets import Bubble, Handset
from skipline.cli.demo.stage import Demo
from skipline.cli.demo.whatsapp import contact_of
from skipline.model.run import Outcome

GITA = Caller(who="Gita, gold, on WhatsApp", phone="+31622222225", expects="vip queue")
_GIVE_UP_SECONDS = 30.0
_TAPS_SECONDS = 1.2
_GAPS_SECONDS = (9.0, 16.0, 12.0, 21.0)
_QUESTIONS = (
    "Hi, where is my order?",
    "Hello, I think my invoice is wrong.",
    "Good morning! Can I change my delivery address?",
    "My parcel came damaged, what now?",
)
_QUESTION, _AGENT, _GOODBYE = "What is it about?", "this is ", "Thank you for writing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatResult:
    """How a scripted conversation went. `heard` is the agent whose words the customer read; times in seconds after the
    customer first wrote. There is no ringing in a conversation."""

    caller: Caller
    heard: str
    row: Chat | None
    code: int = 0
    rang_after: float | None = None

    @property
    def reached(self) -> str:
        """The queue of the agent whose words arrived and who is on record; empty when nobody's did."""
        row = self.row
        return f"{row.queue} queue" if row is not None and row.agent and row.agent == self.heard else ""

    @property
    def answered_after(self) -> float | None:
        """How long the customer waited for the first words of a person."""
        row = self.row
        if row is None or row.answered_at is None:
            return None
        return (row.answered_at - row.came_at).total_seconds()

    @property
    def is_right(self) -> bool:
        """Whether the customer got to where they should, and the record says so."""
        is_over = self.row is not None and self.row.outcome == Outcome.ANSWERED
        return is_over and self.reached == self.caller.expects


async def hold_conversation(demo: Demo, caller: Caller = GITA) -> ChatResult:
    """Write to the company, tap an answer, read what an agent says, thank them, and see the conversation closed."""
    demo.company.behave(Mode.OK)
    contact, heard = contact_of(caller.phone), ""
    try:
        async with asyncio.timeout(_GIVE_UP_SECONDS):
            answer = await _converse(demo, contact, _QUESTIONS[0])
            heard = answer.text.partition(_AGENT)[2].partition(".")[0].lower()
            await _next(demo.whatsapp.handset(contact), _GOODBYE, answer)
            await until(lambda: _is_over(demo, contact), _GIVE_UP_SECONDS)
    except TimeoutError:
        pass
    return ChatResult(caller=caller, heard=heard, row=demo.chats.latest(contact))


async def _converse(demo: Demo, contact: str, question: str) -> Bubble:
    """Everything up to the customer's thanks; gives the agent's answer."""
    handset, whatsapp = demo.whatsapp.handset(contact), demo.whatsapp
    before = handset.bubbles[-1] if handset.bubbles else None
    whatsapp.write(contact, question)
    asked = await _next(handset, _QUESTION, before)
    await asyncio.sleep(_TAPS_SECONDS)
    whatsapp.write(contact, "", asked.choices[0], asked.id)
    answer = await _next(handset, _AGENT, asked)
    await asyncio.sleep(_TAPS_SECONDS)
    whatsapp.write(contact, "Thank you!")
    return answer


async def _next(handset: Handset, text: str, after: Bubble | None) -> Bubble:
    """The first message of the company's with `text` in it, later than another message."""
    seen = handset.bubbles.index(after) + 1 if after is not None else 0
    while True:
        for bubble in handset.bubbles[seen:]:
            if not bubble.is_ours and text in bubble.text:
                return bubble
        seen = len(handset.bubbles)
        await handset.more_than(seen)


async def _is_over(demo: Demo, contact: str) -> bool:
    chat = demo.chats.latest(contact)
    return chat is not None and chat.ended_at is not None


async def keep_writing(demo: Demo) -> None:
    """Have customers write now and then, for ever. Who is on the page of a phone writes for themselves."""
    everybody = [contact_of(phone) for phone in CUSTOMERS]
    stride = 5
    contacts = cycle(everybody[(place * stride) % len(everybody)] for place in range(len(everybody)))
    questions = cycle(_QUESTIONS)
    async with asyncio.TaskGroup() as tasks:
        for gap_seconds in cycle(_GAPS_SECONDS):
            contact = next(contacts)
            if contact not in demo.whatsapp.page.looked_at and await _is_idle(demo, contact):
                tasks.create_task(_visit(demo, contact, next(questions)))
            await asyncio.sleep(gap_seconds)


async def _is_idle(demo: Demo, contact: str) -> bool:
    return demo.chats.latest(contact) is None or await _is_over(demo, contact)


async def _visit(demo: Demo, contact: str, question: str) -> None:
    try:
        async with asyncio.timeout(2 * _GIVE_UP_SECONDS):
            await _converse(demo, contact, question)
    except TimeoutError:
        pass
