"""Commands that ask something of the caller alone, carried out and answered."""

from skipline.model.call import Call
from skipline.model.commands import AskContact, PlayAudio, RecordVoicemail, SayText
from skipline.model.events import ContactAnswered, PromptEnded, VoicemailRecorded
from skipline.model.ids import CommandId
from skipline.voice.announcement import Announcement
from skipline.voice.caller import Caller
from skipline.voice.exchange import Exchange
from skipline.voice.question import KeyedQuestion
from skipline.voice.voicemail import Voicemail


class Orders:
    """Carries out such commands for one caller. Each method gives the answer, which is of use to nobody when the
    caller has left, but for `record`: that is how most messages end."""

    def __init__(self, call: Call, caller: Caller, exchange: Exchange) -> None:
        self._call, self._caller, self._exchange = call, caller, exchange

    async def say(self, command: CommandId, order: SayText | PlayAudio) -> PromptEnded:
        """Speak or play something."""
        problem = await Announcement(self._caller, self._exchange).run(order)
        return PromptEnded(at=self._exchange.clock(), call=self._call.id, command=command, problem=problem)

    async def ask(self, command: CommandId, order: AskContact) -> ContactAnswered:
        """Ask something that is answered with keys."""
        question = KeyedQuestion(self._caller, self._exchange)
        problem = await question.run(order)
        return ContactAnswered(
            at=self._exchange.clock(), call=self._call.id, command=command, text=question.digits, problem=problem
        )

    async def record(self, command: CommandId, order: RecordVoicemail) -> VoicemailRecorded:
        """Let the caller leave a message."""
        message = await Voicemail(self._call, self._caller, self._exchange, command).run(order)
        return VoicemailRecorded(
            at=self._exchange.clock(),
            call=self._call.id,
            command=command,
            file=message.file,
            seconds=message.seconds,
            problem=message.problem,
        )
