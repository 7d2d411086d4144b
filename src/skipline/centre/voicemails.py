"""What is written down of a message that a caller left."""

from skipline.model.events import VoicemailRecorded
from skipline.model.ids import VoicemailId
from skipline.model.record import VoicemailRecord
from skipline.model.run import Run


def voicemail_of(run: Run, recorded: VoicemailRecorded) -> VoicemailRecord:
    """The record of a message, which has a file, left in `run`. Its id is the file's name without its ending, because
    that is one for each command, also when a centre that takes the call over hears of it again."""
    return VoicemailRecord(
        id=VoicemailId(recorded.file.removesuffix(".wav")),
        at=recorded.at,
        call=recorded.call,
        run=run.id,
        flow=run.flow,
        version=run.version,
        phone=run.contact.phone,
        contact_name=run.contact.name,
        queue=_last_queue_of(run),
        seconds=round(recorded.seconds, 1),
        file=recorded.file,
    )


def _last_queue_of(run: Run) -> str:
    queues = (entry.detail.get("queue") for entry in reversed(run.trace))
    return next((queue for queue in queues if isinstance(queue, str) and queue), "")
