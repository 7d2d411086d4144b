"""How files that contacts sent are fetched. WhatsApp names them by an id: its address is asked for, lives five minutes
and wants our token. Messenger and Instagram give an address that wants none."""

import re
from typing import Any
from urllib.parse import urlsplit

from skipline.asking.payload import Unreadable, id_in, read_json, url_in
from skipline.channels.meta.graph import Graph
from skipline.model.lookup import HttpRequest, HttpResponse, Secrets
from skipline.model.messaging import Attachment, CannotWrite

_WITH_TOKEN = ("lookaside.fbsbx.com", "graph.facebook.com", "graph.instagram.com")
"""Hosts that our token may be shown to, and nobody else."""
_META = ("fbsbx.com", "fbcdn.net", "cdninstagram.com", "facebook.com", "instagram.com", "whatsapp.net", "fbcdn.com")
_ID = re.compile(r"[A-Za-z0-9_.-]{1,200}", re.ASCII)


def fetch(attachment: Attachment, graph: Graph, secrets: Secrets) -> HttpRequest | None:
    """The request for a file's present address, or for the file; None when neither id nor address is known."""
    if attachment.id:
        return graph.get(_checked_id(attachment.id), {}, secrets)
    if not attachment.url:
        return None
    return graph.file(_checked(attachment.url, graph), secrets if _is_own(attachment.url, graph) else None)


def fetched(attachment: Attachment, response: HttpResponse, graph: Graph, secrets: Secrets) -> HttpRequest | bytes:
    """The request for the file, or its bytes. Raises `CannotWrite` when there is none."""
    if response.status != 200:
        raise CannotWrite(f"Meta answered {response.status}{_why(response.status)}")
    url = _address_in(attachment, response)
    if not url:
        return response.body
    is_known = _is_with_token(url, graph)
    return graph.file(_checked(url, graph), secrets if is_known else None)


def _address_in(attachment: Attachment, response: HttpResponse) -> str:
    """The address in an answer about the file; empty when the answer is the file. Only Meta knows the id beforehand,
    so a file cannot pass for an answer about itself."""
    if not attachment.id or "json" not in response.headers.get("content-type", "").lower():
        return ""
    try:
        told: Any = read_json(response.body)
    except Unreadable:
        return ""
    if id_in(told, "id") != attachment.id:
        return ""
    url = url_in(told, "url")
    if not url:
        raise CannotWrite("Meta told no address of the file")
    return url


def _checked_id(id_: str) -> str:
    if not _ID.fullmatch(id_):
        raise CannotWrite("the file's id is none of Meta's")
    return id_


def _checked(url: str, graph: Graph) -> str:
    """`url`, when it is one of Meta's places; a stranger's address is not gone to."""
    host = urlsplit(url).hostname or ""
    is_meta = url.startswith("https://") and any(host == one or host.endswith(f".{one}") for one in _META)
    if not is_meta and not _is_own(url, graph):
        raise CannotWrite("the file is at a place that is none of Meta's")
    return url


def _is_with_token(url: str, graph: Graph) -> bool:
    is_meta = url.startswith("https://") and urlsplit(url).hostname in _WITH_TOKEN
    return is_meta or _is_own(url, graph)


def _is_own(url: str, graph: Graph) -> bool:
    """Whether `url` is at the address that the account was given, such as a proxy of ours."""
    return url.startswith(f"{graph.base_url}/")


def _why(status: int) -> str:
    return {404: ": it does not keep the file any more", 401: ": look at the access token"}.get(status, "")
