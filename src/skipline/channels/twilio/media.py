"""Files that came with a message: Twilio docs, "Media subresource"."""

from collections.abc import Iterator, Mapping
from urllib.parse import urljoin, urlsplit

from skipline.asking.address import origin_of
from skipline.asking.payload import text_in
from skipline.model.lookup import HttpResponse
from skipline.model.messaging import Attachment, CannotWrite

MOST_FILES = 100
_HOSTS = (".twilio.com", ".twiliocdn.com")
_BUCKET = ("s3-external-1.amazonaws.com", "/media.twiliocdn.com/")
"""Twilio's own folder on a host that it shares with everybody."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KINDS = frozenset({"image", "video", "audio"})


def attachments_in(fields: Mapping[str, str]) -> tuple[Attachment, ...]:
    """The files that a message brought; `MediaUrl0` is the first."""
    return tuple(_attachments(fields))


def _attachments(fields: Mapping[str, str]) -> Iterator[Attachment]:
    is_sticker = fields.get("MessageType") == "sticker"
    for number in range(MOST_FILES):
        url = text_in(fields, f"MediaUrl{number}", longest=2_000).strip()
        if not url:
            return
        type_ = text_in(fields, f"MediaContentType{number}", longest=200).strip().lower()
        family = type_.partition("/")[0]
        kind = "sticker" if is_sticker else family if family in _KINDS else "document"
        yield Attachment(kind=kind, id=_path(url).rpartition("/")[2][:200], url=url, type=type_)


def is_at(url: str, base_url: str) -> bool:
    """Whether `url` is on the very host of `base_url`, by the same scheme: only there our credentials go."""
    return origin_of(url) == origin_of(base_url) and bool(origin_of(url))


def next_address(url: str, base_url: str, response: HttpResponse) -> str:
    """Where an answer sends us for the file; empty when it is the file itself. Raises `CannotWrite` for every address
    that is not Twilio's, and for an answer that is neither."""
    if response.status == 200:
        return ""
    if response.status not in _REDIRECTS:
        raise CannotWrite(f"Twilio answered {response.status} for the file: it may be deleted there")
    target = urljoin(url, response.headers.get("location", "").strip())
    if is_at(target, base_url) or _is_twilios(target):
        return target
    raise CannotWrite("Twilio sent us for the file to an address that is not its own")


def _is_twilios(url: str) -> bool:
    origin = origin_of(url)
    if not origin.startswith("https://"):
        return False
    host = origin.removeprefix("https://")
    return host.endswith(_HOSTS) or (host == _BUCKET[0] and _path(url).startswith(_BUCKET[1]))


def _path(url: str) -> str:
    """The path of an address; empty for what is none."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
