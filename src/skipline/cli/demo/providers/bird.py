"""Bird's current API for messages, and its signed webhooks."""

from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import web

from skipline.cli.demo.providers.handsets import Bubble, Choice
from skipline.cli.demo.providers.office import Office, Refusal, as_json, read_object
from skipline.cli.demo.providers.postman import Hook
from skipline.cli.demo.providers.signing import bird_signature

PROVIDER = "bird"
_STATES = {"sent": "sent", "delivered": "delivered", "read": "", "failed": "delivery_failed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BirdAccount:
    """A workspace at Bird with one channel; `name` is what our own account is called."""

    name: str = "bird"
    access_key: str = "demo-access-key"
    signing_key: str = "demo-signing-key"
    workspace: str = "7a1c2f5e-0000-4000-8000-000000000001"
    channel: str = "7a1c2f5e-0000-4000-8000-000000000002"
    number: str = "+31970000002"


class Bird:
    """The API for the workspaces that are known here."""

    def __init__(self, office: Office, *accounts: BirdAccount) -> None:
        self._office, self.accounts = office, accounts

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [web.post("/workspaces/{workspace}/channels/{channel}/messages", self._send)]

    def write(self, account: BirdAccount, contact: str, text: str) -> str:
        """Have a customer write; gives the message's id."""
        office = self._office
        id_, now = office.new_id(), office.clock()
        person = {"id": f"c-{contact}", "identifierKey": "phonenumber", "identifierValue": contact}
        message = {
            "id": id_,
            "channelId": account.channel,
            "sender": {"contact": person},
            "receiver": {"connector": {"id": account.channel}},
            "body": {"type": "text", "text": {"text": text}},
            "parts": [{"platformReference": office.new_id()}],
            "status": "delivered",
            "direction": "incoming",
            "createdAt": now.isoformat(),
        }
        office.wrote(PROVIDER, account.name, contact, Bubble(id=id_, at=now, text=text, is_ours=True))
        self.post(account, {"service": "channels", "event": "sms.inbound", "payload": message}, id_)
        return id_

    def post(self, account: BirdAccount, told: object, *ids: str) -> None:
        """Sign anything at all and have it delivered."""
        office, body = self._office, msgspec.json.encode(told)
        url, timestamp = office.hook_of(account.name), str(int(office.clock().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "messagebird-signature": bird_signature(account.signing_key, timestamp, url, body),
            "messagebird-request-timestamp": timestamp,
            "messagebird-request-id": office.new_id(),
        }
        office.postman.post(Hook(url=url, provider=PROVIDER, account=account.name, body=body, headers=headers, ids=ids))

    def tell(self, account: BirdAccount, contact: str, bubble: Bubble, state: str) -> None:
        """Tell how far a message came."""
        status = _STATES.get(state, "")
        if not status:
            return
        message = {
            "id": bubble.id,
            "channelId": account.channel,
            "sender": {"connector": {"id": account.channel}},
            "receiver": {"contacts": [{"identifierKey": "phonenumber", "identifierValue": contact}]},
            "reference": bubble.reference,
            "status": status,
            "direction": "outgoing",
            "lastStatusAt": self._office.clock().isoformat(),
        }
        told = {"service": "channels", "event": "sms.outbound", "payload": message}
        self.post(account, told, f"{bubble.id}/{state}")

    async def _send(self, request: web.Request) -> web.Response:
        account, body = self._admit(request), await read_object(request)
        try:
            contact, text, choices = _check(body)
        except Refusal as refusal:
            self._office.refused(PROVIDER, account.name, refusal, str(body.get("reference", "")))
            raise
        bubble = Bubble(
            id=self._office.new_id(),
            at=self._office.clock(),
            text=text,
            choices=choices,
            reference=str(body.get("reference", "")),
        )

        def tell(state: str) -> None:
            self.tell(account, contact, bubble, state)

        self._office.accepted(PROVIDER, account.name, contact, bubble, tell)
        told = {"id": bubble.id, "channelId": account.channel, "status": "accepted", "reference": bubble.reference}
        return as_json(told, 202)

    def _admit(self, request: web.Request) -> BirdAccount:
        given = request.headers.get("Authorization", "")
        account = next((one for one in self.accounts if given == f"AccessKey {one.access_key}"), None)
        if account is None:
            raise _error(401, "Unauthorized", "the access key is not valid")
        if (request.match_info["workspace"], request.match_info["channel"]) != (account.workspace, account.channel):
            raise _error(404, "NotFound", "the channel does not exist")
        return account


def _check(body: dict[str, Any]) -> tuple[str, str, tuple[Choice, ...]]:
    """The contact, the text and the answers to tap. Raises `Refusal`."""
    contacts = body.get("receiver", {}).get("contacts", ())
    if len(contacts) != 1 or not contacts[0].get("identifierValue"):
        raise _error(422, "InvalidPayload", "receiver.contacts must name one contact")
    part = body.get("body", {})
    kind = part.get("type")
    if kind == "text":
        text = part.get("text", {}).get("text", "")
        actions = part.get("text", {}).get("actions", ())
    elif kind in ("image", "file"):
        return contacts[0]["identifierValue"], str(part[kind].get("text", "")), ()
    else:
        raise _error(422, "InvalidPayload", f"body.type {kind} is not supported")
    if not text:
        raise _error(422, "InvalidPayload", "body.text.text is empty")
    replies = [one.get("reply", one.get("postback", {})) for one in actions]
    choices = tuple(Choice(id=one.get("payload", one["text"]), title=one["text"]) for one in replies if "text" in one)
    return contacts[0]["identifierValue"], text, choices


def _error(status: int, code: str, message: str) -> Refusal:
    return Refusal(status, {"code": code, "message": message}, code)
