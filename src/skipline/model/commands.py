"""What a run wants done, in the imperative. The host carries commands out and answers each with an event."""

import msgspec

from skipline.model.ids import CallId, CommandId, RunId


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
    the caller pauses. Elsewhere the question is a message and so is the answer.
    """

    question: str
    language: str = "en"
    most_digits: int = 1
    patience_seconds: float = 10.0


class SendMessage(Command, frozen=True, kw_only=True, tag=True):
    """Send the contact a text message. Answered by `MessageSent`."""

    text: str


CallCommand = SayText | PlayAudio | ForwardCall | HangUp | AskContact
"""Commands that the voice worker carries out."""

SourceCommand = LookUp | LookUpAll | SendRequest
"""Commands that the host carries out by asking sources."""

AnyCommand = SayText | PlayAudio | ForwardCall | HangUp | LookUp | LookUpAll | SendRequest | AskContact | SendMessage


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """A command on its way: who asked, and the id by which its answer will name it."""

    id: CommandId
    run: RunId
    call: CallId
    body: AnyCommand
