"""The way in for other systems: `POST /hooks/webhook/{name}`, open to everyone who can sign.

A plain route: the body is taken as the bytes that were signed. It is read no further than what is allowed.
"""

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from skipline.api.access import is_open
from skipline.api.bodies import read_body
from skipline.api.errors import problem
from skipline.api.services import Services
from skipline.host.webhooks import Taken, WebhookRefused
from skipline.store.errors import StorageError

PATH = "/hooks/webhook/{name}"
LARGEST_BODY_BYTES = 1 << 20
RETRY_AFTER_SECONDS = 10
_STATUSES = {
    "unknown_webhook": 404,
    "too_large": 413,
    "wrong_content_type": 415,
    "not_json": 400,
    "bad_signature": 403,
    "no_secret": 503,
}


@is_open("other systems sign what they send")
async def take_webhook(request: Request) -> Response:
    """202 with the run that starts, 200 when the delivery came before, 503 when it should come again later."""
    services: Services = request.app.state.services
    name = request.path_params["name"]
    try:
        body = await read_body(request, LARGEST_BODY_BYTES)
        if body is None:
            why = f"The body has more than {LARGEST_BODY_BYTES} bytes."
            raise services.webhooks.refuse(name, "too_large", why)
        return _answer(await services.webhooks.take(name, request.headers, body))
    except WebhookRefused as refused:
        return _with_retry(problem(_STATUSES[refused.code], refused.code, str(refused)))
    except StorageError as trouble:
        return _with_retry(problem(503, trouble.code, "The delivery could not be kept: send it again later."))
    except ClientDisconnect:
        return Response(status_code=400)


def _answer(taken: Taken) -> Response:
    return JSONResponse({"run": taken.run, "repeated": taken.is_repeated}, 200 if taken.is_repeated else 202)


def _with_retry(answer: Response) -> Response:
    if answer.status_code == 503:
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer
