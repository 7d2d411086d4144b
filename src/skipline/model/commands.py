"""What a run wants done, in the imperative. The host carries commands out and answers each with an event."""

import msgspec

from skipline.model.ids import CallId, CommandId, EntryId, ReservationId, RunId
from skipline.model.message import Button, Template
from skipline.model.queueing import Place


class Command(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something to be done."""


class SayText(Command, frozen=True, kw_only=True, tag=True):
    """Speak `text` to the caller; answers the call first when it only rings. Answered by `PromptEnded`."""

    text: str
    language: str = "en"


class PlayAudio(Command, frozen=True, kw_only=True, tag=True):
    """Play a WAV file of the audio folder, by name without ending. Answered by `PromptEnded`."""

    audio: str


class ForwardCall(Command, frozen=True, kw_only=True, tag=True):
    """Join the caller with the first target that answers, trying `targets` in order. Answered by `ForwardEnded`.

    `targets` are SIP URIs or E.164 numbers (a number leaves over `trunk`); `ring_seconds` is the limit for each.
    """

    targets: tuple[str, ...]
    ring_seconds: float = 20.0
    headers: dict[str, str] = {}
    trunk: str = ""


class HangUp(Command, frozen=True, kw_only=True, tag=True):
    """End the call: BYE when it was answered, else a final status `code` (RFC 3261 section 21)."""

    code: int = 603
    reason: str = ""


READING_METHODS = frozenset({"GET", "HEAD"})
"""Methods that change nothing (RFC 9110 section 9.2.1)."""


class LookUp(Command, frozen=True, kw_only=True, tag=True):
    """One question to a source. Answered by `LookupAnswered`, always within `time_limit_seconds`.

    `path`, `headers` and `body` are already rendered. `cache_seconds` and `stale_if_error_seconds` override the
    source's own when set.
    """

    source: str
    method: str = "GET"
    path: str = ""
    headers: dict[str, str] = {}
    body: str = ""
    time_limit_seconds: float | None = None
    retries: int = 1
    cache_seconds: float | None = None
    stale_if_error_seconds: float | None = None

    @property
    def may_change(self) -> bool:
        """Whether asking twice may be more than asking once."""
        return self.method.upper() not in READING_METHODS


class LookUpAll(Command, frozen=True, kw_only=True, tag=True):
    """Several questions asked at once. Answered by one `LookupsAnswered`, always within `time_limit_seconds`."""

    lookups: tuple[LookUp, ...]
    time_limit_seconds: float = 3.0


class SendRequest(Command, frozen=True, kw_only=True, tag=True):
    """A request that changes something at a source. Answered by `RequestAnswered`.

    It is never cached, and carries the command's id as `Idempotency-Key`, so that a system which honours that header
    does it once even when it is sent again. `retries` repeats it within `time_limit_seconds`.
    """

    source: str
    method: str = "POST"
    path: str = ""
    headers: dict[str, str] = {}
    body: str = ""
    time_limit_seconds: float | None = None
    retries: int = 0


class AskContact(Command, frozen=True, kw_only=True, tag=True):
    """Ask the contact and wait for an answer, for `patience_seconds` after the question. Answered by
    `ContactAnswered`.

    On a call the question is spoken and the answer is keyed in: it ends after `most_digits` digits, or with #, or when
    the caller pauses. Elsewhere the question is a message and so is the answer; `buttons` (up to three) or `rows` (a
    list) are answers to tap, and one of them may be typed instead.
    """

    question: str
    language: str = "en"
    most_digits: int = 1
    patience_seconds: float = 10.0
    buttons: tuple[Button, ...] = ()
    rows: tuple[Button, ...] = ()


class SendMessage(Command, frozen=True, kw_only=True, tag=True):
    """Send the contact a message; what it can have besides `text` is in `MessageBody`. Answered by `MessageSent`."""

    text: str
    buttons: tuple[Button, ...] = ()
    rows: tuple[Button, ...] = ()
    media_url: str = ""
    media_kind: str = ""
    template: Template | None = None


class TagContact(Command, frozen=True, kw_only=True, tag=True):
    """Put tags on the record of a contact who writes, or take them off (`contact.retagged`). Not answered."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class EnterQueue(Command, frozen=True, kw_only=True, tag=True):
    """Have the contact wait for an agent. Answered by `QueueEnded`.

    `keys` maps a key that the caller may press while waiting to the exit it leads to. `reasons` are the sentences that
    say why the flow chose this queue. The centre carries it out, with `WaitInQueue` and its neighbours.
    """

    place: Place
    keys: dict[str, str] = {}
    music: str = ""
    language: str = "en"
    reasons: tuple[str, ...] = ()


class RequestCallBack(Command, frozen=True, kw_only=True, tag=True):
    """Keep the contact's place in the queue without them, and ring `phone` when it is their turn: the agent first, or
    the contact first. Answered at once by `CallBackTaken`."""

    place: Place
    phone: str
    trunk: str = ""
    rings_agent_first: bool = True
    attempts: int = 3
    retry_seconds: float = 300.0
    language: str = "en"
    reasons: tuple[str, ...] = ()


class RecordVoicemail(Command, frozen=True, kw_only=True, tag=True):
    """Beep, and record the caller until they hang up, press #, are silent, or `most_seconds` have passed. Answered by
    `VoicemailRecorded`."""

    most_seconds: float = 120.0
    silence_seconds: float = 10.0


class WaitInQueue(Command, frozen=True, kw_only=True, tag=True):
    """Answer the caller and play `music` (a name in the audio folder, or `default`) until something else happens.
    A digit of `keys` ends the wait. Answered by `WaitEnded`, after the talk with an agent when there was one."""

    entry: EntryId
    music: str = "default"
    keys: tuple[str, ...] = ()


class TellWaiting(Command, frozen=True, kw_only=True, tag=True):
    """Say `text` to a caller who waits, then go on with the music. Not answered."""

    text: str
    language: str = "en"


class RingAgent(Command, frozen=True, kw_only=True, tag=True):
    """Ring an agent for a caller who waits: `phone` is the SIP user that registered with us, or a SIP URI. When they
    answer they hear `whisper`, then both are joined. Told by `AgentRang`, `AgentRefused`, `AgentJoined` and
    `AgentLeft`."""

    reservation: ReservationId
    agent: str
    phone: str
    ring_seconds: float = 15.0
    whisper: str = ""
    language: str = "en"
    headers: dict[str, str] = {}


class StopRinging(Command, frozen=True, kw_only=True, tag=True):
    """Ring the agent of `reservation` no longer. Not answered; harmless when that is over."""

    reservation: ReservationId


class KeepMemo(Command, frozen=True, kw_only=True, tag=True):
    """Keep the memo that comes with this, and do nothing: what became of a run without another command must not be lost
    with the centre. Not answered."""


class LeaveQueue(Command, frozen=True, kw_only=True, tag=True):
    """End a caller's wait: the music stops, an agent's phone too. Answered by the `WaitEnded` of its `WaitInQueue`."""

    reason: str = ""


class PlaceCallBack(Command, frozen=True, kw_only=True, tag=True):
    """Ring an agent and a contact who hung up earlier, and join them. It begins a call of its own, whose facts are told
    under this command's `call`, as those of `RingAgent` are, besides `ContactJoined` and `ContactRefused`; `CallEnded`
    closes it, also after a first party that did not answer. The contact is rung over `trunk` from `caller_number`, and
    hears `music` while they wait. When they were rung first and the agent refuses, they wait on: another `RingAgent`
    may follow, or `HangUp`."""

    reservation: ReservationId
    agent: str
    agent_phone: str
    phone: str
    trunk: str = ""
    caller_number: str = ""
    rings_agent_first: bool = True
    ring_seconds: float = 15.0
    contact_ring_seconds: float = 40.0
    music: str = "default"
    whisper: str = ""
    language: str = "en"
    headers: dict[str, str] = {}


class TransferCall(Command, frozen=True, kw_only=True, tag=True):
    """Take the agent of `reservation` off a talk and let the caller hear music; `targets` are then rung as in
    `ForwardCall`. Told by `AgentLeft`, then `TransferEnded`; without targets by `AgentLeft` alone, and the caller waits
    for the next command, such as `RingAgent`."""

    reservation: ReservationId
    targets: tuple[str, ...] = ()
    trunk: str = ""
    ring_seconds: float = 20.0


CallCommand = (
    SayText
    | PlayAudio
    | ForwardCall
    | HangUp
    | AskContact
    | RecordVoicemail
    | WaitInQueue
    | TellWaiting
    | RingAgent
    | StopRinging
    | KeepMemo
    | LeaveQueue
    | PlaceCallBack
    | TransferCall
)
"""Commands that the voice worker carries out."""

WaitingCommand = TellWaiting | RingAgent | StopRinging | LeaveQueue | TransferCall
"""Those that concern a caller who waits in a queue or talks with its agent; they leave `WaitInQueue` under way."""

QueueCommand = EnterQueue | RequestCallBack
"""Commands that the centre carries out with its queues."""

SourceCommand = LookUp | LookUpAll | SendRequest
"""Commands that the host carries out by asking sources."""

AnyCommand = CallCommand | SourceCommand | QueueCommand | SendMessage | TagContact


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """A command on its way: who asked, and the id by which its answer will name it."""

    id: CommandId
    run: RunId
    call: CallId
    body: AnyCommand
