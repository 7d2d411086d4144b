"""MessageBird's older API for SMS, whose webhooks carry a signed token and whose reports are plain GETs."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from skipline.cli.demo.providers.handsets import Bubble
from skipline.cli.demo.providers.office import Office, Refusal, as_json, read_object, texts_of
from skipline.cli.demo.providers.postman import Hook
from skipline.cli.demo.providers.signing import hex_digest, token_of

PROVIDER = "messagebird"
_TOKEN_SECONDS = 60
_MOST_RECIPIENTS, _LONGEST = 50, 1377


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageBirdAccount:
    """An account at MessageBird; `name` is what our own account is called."""

    name: str = "messagebird"
    access_key: str = "demo-legacy-key"
    signing_key: str = "demo-legacy-signing-key"
    number: str = "31970000003"


class MessageBird:
    """The API for the accounts that are known here."""

    def __init__(self, office: Office, *accounts: MessageBirdAccount) -> None:
        self._office, self.accounts = office, accounts

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [web.post("/messages", self._send)]

    def write(self, account: MessageBirdAccount, contact: str, text: str) -> str:
        """Have a customer write; gives the message's id."""
        office = self._office
        id_, now = office.new_id(), office.clock()
        told = {
            "id": id_,
            "recipient": account.number,
            "originator": contact.lstrip("+"),
            "body": text,
            "createdDatetime": now.isoformat(),
        }
        office.wrote(PROVIDER, account.name, contact, Bubble(id=id_, at=now, text=text, is_ours=True))
        self.post(account, msgspec.json.encode(told), {}, id_)
        return id_

    def post(self, account: MessageBirdAccount, body: bytes, query: dict[str, str], *ids: str, url: str = "") -> None:
        """Sign anything at all and have it delivered: with a body by POST, without one by GET."""
        office = self._office
        url = url or office.hook_of(account.name)
        url += ("&" if "?" in url else "?") + urlencode(query) if query else ""
        now = int(office.clock().timestamp())
        claims: dict[str, Any] = {"iss": "MessageBird", "nbf": now, "exp": now + _TOKEN_SECONDS, "jti": office.new_id()}
        claims["url_hash"] = hex_digest(url.encode())
        if body:
            claims["payload_hash"] = hex_digest(body)
        headers = {"MessageBird-Signature-JWT": token_of(account.signing_key, claims)}
        if body:
            headers["Content-Type"] = "application/json"
        method = "POST" if body else "GET"
        office.postman.post(
            Hook(url=url, provider=PROVIDER, account=account.name, body=body, headers=headers, ids=ids, method=method)
        )

    async def _send(self, request: web.Request) -> web.Response:
        account = self._admit(request)
        is_form = request.content_type == "application/x-www-form-urlencoded"
        body: dict[str, Any] = dict(texts_of(await request.post())) if is_form else await read_object(request)
        reference = str(body.get("reference", ""))
        try:
            recipients = _check(body)
        except Refusal as refusal:
            self._office.refused(PROVIDER, account.name, refusal, reference)
            raise
        bubble = Bubble(id=self._office.new_id(), at=self._office.clock(), text=body["body"], reference=reference)
        contact, report = f"+{recipients[0].lstrip('+')}", str(body.get("reportUrl", ""))

        def tell(state: str) -> None:
            if report and state != "read":
                self.tell(account, contact, bubble, report, state)

        self._office.accepted(PROVIDER, account.name, contact, bubble, tell)
        items = [{"recipient": int(recipients[0].lstrip("+")), "status": "sent"}]
        told = {"id": bubble.id, "reference": reference or None, "recipients": {"totalCount": 1, "items": items}}
        return as_json(told, 201)

    def tell(self, account: MessageBirdAccount, contact: str, bubble: Bubble, report: str, state: str) -> None:
        """Tell how far a message came, at the address that came with it."""
        query = {"id": bubble.id, "reference": bubble.reference, "recipient": contact.lstrip("+")}
        query |= {"status": "delivery_failed" if state == "failed" else state}
        query |= {"statusDatetime": self._office.clock().isoformat()}
        self.post(account, b"", query, f"{bubble.id}/{state}", url=report)

    def _admit(self, request: web.Request) -> MessageBirdAccount:
        given = request.headers.get("Authorization", "")
        account = next((one for one in self.accounts if given == f"AccessKey {one.access_key}"), None)
        if account is None:
            raise _error(401, 2, "Request not allowed (incorrect access_key)", "access_key")
        return account


def _check(body: dict[str, Any]) -> list[str]:
    """The recipients. Raises `Refusal`."""
    found = body.get("recipients", ())
    recipients = found.split(",") if isinstance(found, str) else [str(one) for one in found]
    if not 1 <= len(recipients) <= _MOST_RECIPIENTS or not recipients[0].lstrip("+").isdigit():
        raise _error(422, 9, "no (correct) recipients found", "recipients")
    if not body.get("originator"):
        raise _error(422, 9, "originator is required", "originator")
    if not isinstance(body.get("body"), str) or not 1 <= len(body["body"]) <= _LONGEST:
        raise _error(422, 9, "body is empty or too long", "body")
    return recipients


def _error(status: int, code: int, description: str, parameter: str) -> Refusal:
    error = {"code": code, "description": description, "parameter": parameter}
    return Refusal(status, {"errors": [error]}, str(code))
