"""Play a sound file to the caller."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import AfterValidator

from skipline.base.patterns import is_audio_name
from skipline.base.sentence import say
from skipline.base.value_types import shorten
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import Template, field
from skipline.flow.outcome import Context, Go, StepOutcome, Wait
from skipline.model.commands import PlayAudio
from skipline.model.events import PromptEnded, Reply

_LONGEST = timedelta(minutes=15)


def _check_name(written: str) -> Template:
    if "{{" not in written and not is_audio_name(written):
        raise WrongValue(
            say("{written!r} is not the name of a sound", written=written),
            say("use letters, digits, _ and -, without .wav"),
        )
    return Template(written)


AudioName = Annotated[Template, AfterValidator(_check_name)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """`audio` names a WAV file of the audio folder, without its ending; it may have holes, such as
    `welcome_{{ contact.language }}`. Answers the call first when it only rings; trouble never costs the call."""

    exits: ClassVar[tuple[str, ...]] = ("done",)
    group: ClassVar[str] = "talk"
    serves_caller: ClassVar[bool] = True
    channels: ClassVar[tuple[str, ...]] = ("call",)
    way_round: ClassVar[str] = say("send writers a link to the sound with `send_message` and its `media`")

    audio: AudioName = field(label="audio", kind="audio")

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Play, then leave once it was heard."""
        if ctx.timed_out:
            ctx.explain("nobody said that the sound was played to its end, so the call goes on")
            return Go("done")
        if isinstance(reply, PromptEnded):
            ctx.explain(f"it could not be played: {reply.problem}" if reply.problem else "it was played to its end")
            return Go("done")
        return self._play(ctx)

    def _play(self, ctx: Context) -> StepOutcome:
        audio = ctx.text(self.audio).strip()
        # A value from outside must not lead out of the audio folder.
        if not is_audio_name(audio):
            ctx.explain(f"{shorten(audio, 40)!r} is not the name of a sound, so nothing was played")
            return Go("done")
        ctx.explain(f"plays {audio}", audio=audio)
        ctx.do(PlayAudio(audio=audio))
        return Wait(until=ctx.now + _LONGEST)
