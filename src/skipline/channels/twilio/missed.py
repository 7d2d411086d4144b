"""What contacts wrote while nothing of ours answered Twilio: it tries for a few seconds and then only keeps the message
in its log. Twilio docs, "Message resource", reading a list."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urljoin

from skipline.asking.payload import Unreadable, found, id_in, items_in, read_json, text_in
from skipline.channels.twilio.media import MOST_FILES, is_at
from skipline.channels.twilio.reading import received_of
from skipline.model.lookup import HttpResponse
from skipline.model.messaging import AnyChannelEvent, Attachment, CannotWrite

PAGE_SIZE = 200
_LIST = "/Media.json"
"""The end of the address of a message's list of files; an attachment there has its place in the list as its id."""


def list_url(account_url: str, since: datetime) -> str:
    """The address of the first page of what came since; Twilio goes by whole days."""
    day = since.astimezone(UTC).strftime("%Y-%m-%d")
    return f"{account_url}/Messages.json?{urlencode({'DateSent>': day, 'PageSize': PAGE_SIZE})}"


def page_of(response: HttpResponse, since: datetime, base_url: str) -> tuple[list[AnyChannelEvent], str | None]:
    """The messages on a page that contacts wrote since, and the address of the next page. Raises `CannotWrite`."""
    try:
        told = read_json(response.body) if response.status == 200 else None
    except Unreadable as wrong:
        raise CannotWrite(f"Twilio's list cannot be read: {wrong}") from None
    if not isinstance(found(told, "messages"), list):
        raise CannotWrite(f"Twilio answered {response.status} and no list of messages")
    rows = [one for one in items_in(told, "messages") if text_in(one, "direction") == "inbound"]
    events = [event for row in rows if _sent_at(row, since) >= since for event in _events(row, since, base_url)]
    following = urljoin(f"{base_url}/", text_in(told, "next_page_uri", longest=4_000))
    is_more = bool(text_in(told, "next_page_uri")) and is_at(following, base_url)
    return events, following if is_more else None


def listed_file(attachment: Attachment, response: HttpResponse, base_url: str) -> str:
    """The address of a file whose place in a message's list is known. Raises `CannotWrite` when it is not there."""
    try:
        files = items_in(read_json(response.body), "media_list")
    except Unreadable:
        files = []
    place = int(attachment.id) if attachment.id.isdecimal() else len(files)
    uri = text_in(files[place], "uri", longest=2_000) if place < len(files) else ""
    url = urljoin(f"{base_url}/", uri.removesuffix(".json"))
    if not uri or not is_at(url, base_url):
        raise CannotWrite("Twilio does not list the file any more")
    return url


def is_list(attachment: Attachment, response: HttpResponse) -> bool:
    """Whether this answer is the list that names the file, and not the file itself."""
    is_json = response.headers.get("content-type", "").startswith("application/json")
    return attachment.url.endswith(_LIST) and response.status == 200 and is_json


def _events(row: Mapping[str, Any], since: datetime, base_url: str) -> list[AnyChannelEvent]:
    fields = {"MessageSid": id_in(row, "sid"), "AccountSid": id_in(row, "account_sid")}
    fields |= {"From": text_in(row, "from"), "Body": text_in(row, "body")}
    count = text_in(row, "num_media", longest=4)
    url = urljoin(f"{base_url}/", text_in(row, "subresource_uris", "media", longest=2_000))
    files = range(min(int(count), MOST_FILES) if count.isascii() and count.isdecimal() else 0)
    listed = tuple(Attachment(kind="document", id=str(place), url=url) for place in files)
    return received_of(fields, fields["MessageSid"], _sent_at(row, since), listed) if fields["MessageSid"] else []


def _sent_at(row: Any, otherwise: datetime) -> datetime:
    try:
        # RFC 2822, as in the rest of this interface of Twilio's.
        return datetime.strptime(text_in(row, "date_sent", longest=40), "%a, %d %b %Y %H:%M:%S %z").astimezone(UTC)
    except (ValueError, OverflowError):
        return otherwise
