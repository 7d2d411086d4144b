"""Let the caller leave a message."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from skipline.base.sentence import say
from skipline.base.value_types import LONGEST_TEXT
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import Duration, Template, VariableName, field
from skipline.flow.outcome import Context, Go, Kept, StepOutcome, Wait
from skipline.flow.queue_steps import language_of
from skipline.model.commands import RecordVoicemail, SayText
from skipline.model.events import PromptEnded, Reply, VoicemailRecorded
from skipline.queue.spoken.sentences import language_for, voicemail_greeting

_GRACE_SECONDS = 30.0
_SLOWEST_SECONDS_PER_CHARACTER = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Voicemail:
    """`greeting` is said before the beep; left out, a usual one is. The recording ends when the caller hangs up,
    presses #, says nothing for `silence`, or after `longest`. Its name is kept as `keep_as`, its seconds beside it."""

    exits: ClassVar[tuple[str, ...]] = ("recorded", "nothing")
    group: ClassVar[str] = "talk"
    serves_caller: ClassVar[bool] = True
    channels: ClassVar[tuple[str, ...]] = ("call",)
    way_round: ClassVar[str] = say("let writers leave word with `ask`")

    greeting: Template | None = field(label="greeting", kind="long_text", default=None)
    language: Template = field(label="language", kind="language", default=Template(""))
    longest: Duration = field(label="longest", kind="duration", default=120.0, most_seconds=600)
    silence: Duration = field(label="silence", kind="duration", default=10.0, most_seconds=60)
    keep_as: VariableName = field(label="keep_as", kind="variable", default="voicemail")

    def __post_init__(self) -> None:
        if "." in self.keep_as:
            raise WrongValue(
                say("{name} cannot hold a recording", name=self.keep_as),
                say("choose a variable, such as voicemail"),
            )

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Greet, record, leave."""
        if isinstance(reply, VoicemailRecorded):
            return self._leave(ctx, reply)
        if ctx.timed_out:
            ctx.explain("nothing was heard of the recording")
            return self._keep(ctx, "", 0.0)
        return self._record(ctx) if isinstance(reply, PromptEnded) else self._greet(ctx)

    def keeps(self) -> Iterator[Kept]:
        """The file and its length, whichever way the step is left."""
        yield Kept(self.keep_as, "text")
        yield Kept(self._seconds_as, "number")

    @property
    def _seconds_as(self) -> str:
        return f"{self.keep_as}_seconds"

    def _greet(self, ctx: Context) -> StepOutcome:
        language = language_of(ctx, self.language)
        if self.greeting is None:
            text, language = voicemail_greeting(language), language_for(language)
        else:
            text = ctx.text(self.greeting).strip()[:LONGEST_TEXT]
        if not text:
            return self._record(ctx)
        ctx.do(SayText(text=text, language=language))
        return _within(ctx, _SLOWEST_SECONDS_PER_CHARACTER * len(text))

    def _record(self, ctx: Context) -> StepOutcome:
        ctx.do(RecordVoicemail(most_seconds=self.longest, silence_seconds=self.silence))
        return _within(ctx, self.longest)

    def _leave(self, ctx: Context, reply: VoicemailRecorded) -> StepOutcome:
        if reply.file:
            ctx.explain(f"left a message of {reply.seconds:.0f} s: {reply.file}", file=reply.file)
        else:
            ctx.explain(f"nothing was recorded: {reply.problem.rstrip('.') or 'the caller said nothing'}")
        return self._keep(ctx, reply.file, round(reply.seconds, 1))

    def _keep(self, ctx: Context, file: str, seconds: float) -> StepOutcome:
        ctx.set(self.keep_as, file)
        ctx.set(self._seconds_as, seconds)
        return Go("recorded" if file else "nothing")


def _within(ctx: Context, seconds: float) -> Wait:
    return Wait(until=ctx.now + timedelta(seconds=seconds + _GRACE_SECONDS))
