"""The way in for providers of messages: `/hooks/{provider}/{account}`, open to everyone whose signature is right.

A plain route: signatures are over the bytes as they came. What is larger than any provider sends is refused by its
length, before it is read.
"""

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from skipline.api.access import is_open
from skipline.api.bodies import read_body
from skipline.api.services import Services
from skipline.host.messages.accounts import HOOK
from skipline.host.messages.ingress import NoSecret, UnknownAccount
from skipline.model.messaging import DeliveryRefused, Welcome
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)

PATH = HOOK
LARGEST_BODY_BYTES = 10 << 20
RETRY_AFTER_SECONDS = 10
_FLOWS_OWN = "webhook"
"""What stands in a provider's place where flows have webhooks of their own, which are POSTs: see `hooks`."""


@is_open("providers sign what they deliver")
async def take_delivery(request: Request) -> Response:
    """200 once a delivery is kept; 503 when it should come again later. Strangers hear a status and no more."""
    if request.path_params["provider"] == _FLOWS_OWN:
        return Response(status_code=405, headers={"Allow": "POST"})
    try:
        if _told_length(request) > LARGEST_BODY_BYTES:
            return _refusal(413)
        body = await read_body(request, LARGEST_BODY_BYTES)
        return _refusal(413) if body is None else await _take(request, body)
    except ClientDisconnect:
        return _refusal(400)


async def _take(request: Request, body: bytes) -> Response:
    services: Services = request.app.state.services
    provider, account = request.path_params["provider"], request.path_params["account"]
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in request.headers.raw]
    try:
        return _answer(
            await services.messages.ingress.take(provider, account, request.method, _path_of(request), headers, body)
        )
    except UnknownAccount:
        return _refusal(404)
    except DeliveryRefused as refused:
        return _refusal(refused.status)
    except NoSecret:
        return _refusal(503)
    except StorageError as trouble:
        log.error("delivery_not_kept", account=account, why=str(trouble))
        return _refusal(503)


def _path_of(request: Request) -> str:
    """The path and query as they came, not decoded: some providers sign them."""
    path = request.scope.get("raw_path") or request.url.path.encode()
    query = request.scope["query_string"]
    written: bytes = path.partition(b"?")[0] + (b"?" + query if query else b"")
    return written.decode("latin-1")


def _answer(welcome: Welcome) -> Response:
    return Response(welcome.body, welcome.status, media_type=welcome.content_type)


def _refusal(status: int) -> Response:
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 503 else None
    return PlainTextResponse("", status, headers)


def _told_length(request: Request) -> int:
    told = request.headers.get("content-length", "0")
    return int(told) if told.isascii() and told.isdigit() else 0
