"""Files of messages. They come from strangers, so a browser gets them to keep, never to run: as an attachment of the
type that their own bytes have, in a sandbox of their own."""

import mimetypes

from fastapi import APIRouter
from fastapi.responses import FileResponse

from skipline.api.access import allows
from skipline.api.errors import Refused
from skipline.api.own import own_conversation
from skipline.api.services import Running
from skipline.api.strangers import STRANGERS_FILE
from skipline.base.sentence import say
from skipline.model.access import Permission
from skipline.model.conversation import MediaRecord
from skipline.model.ids import ConversationId, MessageId
from skipline.store import media_files

router = APIRouter(prefix="/conversations", tags=["conversations"])

_HEADERS = {**STRANGERS_FILE, "Cache-Control": "private, max-age=3600"}


@router.get("/{conversation_id}/messages/{message_id}/media/{number}", response_class=FileResponse)
@allows(Permission.CONVERSATIONS_READ, own=own_conversation)
async def get_media(services: Running, conversation_id: str, message_id: str, number: int) -> FileResponse:
    """The file `number` of a message, counted from 0."""
    record = await services.database.read(
        media_files.find, ConversationId(conversation_id), MessageId(message_id), number
    )
    if record is None:
        raise Refused(404, "not_found", say("There is no such file."))
    if not record.file:
        raise Refused(404, "media_not_here", _why_not(record))
    path = services.messages.media.shelf.path_of(record.file)
    if path is None:
        raise Refused(404, "media_not_here", say("The file is not in this server's data folder."))
    return FileResponse(path, media_type=record.type, filename=_name_of(record), headers=_HEADERS)


def _why_not(record: MediaRecord) -> str:
    if record.problem:
        return say("The file is not here: {problem}.", problem=record.problem)
    return say("The file is not here yet: it is being fetched from the provider.")


def _name_of(record: MediaRecord) -> str:
    """What the contact called it, as far as that is safe to write on a disk, with the ending of its true type."""
    written = "".join(one for one in record.name if one.isprintable() and one not in '\\/:*?"<>|')
    stem = written.strip(". ").rpartition(".")[0] or written.strip(". ")
    return (stem[:100] or record.kind) + (mimetypes.guess_extension(record.type) or "")
