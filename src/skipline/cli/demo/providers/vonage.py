"""Vonage's Messages API, its older SMS API, and the webhooks of both."""

import base64
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from skipline.cli.demo.providers.handsets import Bubble
from skipline.cli.demo.providers.office import Office, Refusal, as_json, read_object, texts_of
from skipline.cli.demo.providers.postman import Hook
from skipline.cli.demo.providers.signing import claims_of, hex_digest, token_of, vonage_sms_signature

PROVIDER = "vonage"
_LONGEST = 1000
_STATES = {"sent": "submitted", "delivered": "delivered", "read": "read", "failed": "undeliverable"}
_SMS_CHANNEL = "sms"


@dataclass(frozen=True, slots=True, kw_only=True)
class VonageAccount:
    """An account at Vonage. `public_key` (PEM) is its application's, for those who sign with RS256; numbers are
    written without a plus."""

    name: str = "vonage"
    api_key: str = "abcd1234"
    api_secret: str = "demo-api-secret"
    signature_secret: str = "demo-signature-secret"
    application: str = "aaaaaaaa-0000-4000-8000-000000000001"
    public_key: str = ""
    number: str = "31970000004"


class Vonage:
    """Both APIs for the accounts that are known here."""

    def __init__(self, office: Office, *accounts: VonageAccount) -> None:
        self._office, self.accounts = office, accounts

    def routes(self) -> list[web.RouteDef]:
        """What they answer."""
        return [web.post("/v1/messages", self._send), web.post("/sms/json", self._send_sms)]

    def write(self, account: VonageAccount, contact: str, text: str, *, channel: str = _SMS_CHANNEL) -> str:
        """Have a customer write, told by the Messages API; gives the message's id."""
        office = self._office
        id_, now = office.new_id(), office.clock()
        told: dict[str, Any] = {
            "channel": channel,
            "message_uuid": id_,
            "to": account.number,
            "from": contact.lstrip("+"),
            "timestamp": now.isoformat(),
            "message_type": "text",
            "text": text,
        }
        if channel == _SMS_CHANNEL:
            told["sms"] = {"num_messages": "1", "keyword": text.partition(" ")[0].upper()}
        else:
            told["profile"] = {"name": office.handsets.names[contact]}
        office.wrote(PROVIDER, account.name, contact, Bubble(id=id_, at=now, text=text, is_ours=True))
        self.post(account, told, id_)
        return id_

    def write_sms(self, account: VonageAccount, contact: str, text: str, *, parts: int = 1) -> list[str]:
        """Have a customer write, told by the older SMS API, in so many parts; gives the parts' ids."""
        office, size = self._office, -(-len(text) // parts)
        ids = [office.new_id() for _ in range(parts)]
        office.wrote(PROVIDER, account.name, contact, Bubble(id=ids[0], at=office.clock(), text=text, is_ours=True))
        group = str(office.number())
        for place, id_ in enumerate(ids):
            more = {"concat": "true", "concat-ref": group, "concat-total": str(parts), "concat-part": str(place + 1)}
            self._post_sms(account, contact, text[place * size :][:size], id_, more if parts > 1 else {})
        return ids

    def _post_sms(self, account: VonageAccount, contact: str, text: str, id_: str, more: dict[str, str]) -> None:
        now = self._office.clock()
        form = {"msisdn": contact.lstrip("+"), "to": account.number, "messageId": id_, "text": text, "type": "text"}
        form |= {"keyword": text.partition(" ")[0].upper(), "message-timestamp": now.strftime("%Y-%m-%d %H:%M:%S")}
        form |= {"api-key": account.api_key, "timestamp": str(int(now.timestamp())), "nonce": self._office.new_id()}
        form |= more
        form["sig"] = vonage_sms_signature(account.signature_secret, form)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        url, body = self._office.hook_of(account.name), urlencode(form).encode()
        self._office.postman.post(
            Hook(url=url, provider=PROVIDER, account=account.name, body=body, headers=headers, ids=(id_,))
        )

    def post(self, account: VonageAccount, told: object, *ids: str) -> None:
        """Sign anything at all and have it delivered, as the Messages API does."""
        office, body = self._office, msgspec.json.encode(told)
        claims = {
            "iat": int(office.clock().timestamp()),
            "jti": office.new_id(),
            "iss": "Vonage",
            "api_key": account.api_key,
            "application_id": account.application,
            "payload_hash": hex_digest(body),
        }
        token = token_of(account.signature_secret, claims)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        url = office.hook_of(account.name)
        office.postman.post(Hook(url=url, provider=PROVIDER, account=account.name, body=body, headers=headers, ids=ids))

    def tell(self, account: VonageAccount, contact: str, channel: str, bubble: Bubble, state: str) -> None:
        """Tell how far a message came; SMS know nothing of being read."""
        if state == "read" and channel == _SMS_CHANNEL:
            return
        told: dict[str, Any] = {
            "message_uuid": bubble.id,
            "to": contact.lstrip("+"),
            "from": account.number,
            "channel": channel,
            "timestamp": self._office.clock().isoformat(),
            "status": _STATES[state],
            "client_ref": bubble.reference,
        }
        if state == "failed":
            told["error"] = {"type": "https://developer.vonage.com/api-errors/messages#1320", "title": 1320}
        self.post(account, told, f"{bubble.id}/{state}")

    async def _send(self, request: web.Request) -> web.Response:
        account, body = self._admit(request), await read_object(request)
        reference = str(body.get("client_ref", ""))
        try:
            _check(body)
        except Refusal as refusal:
            self._office.refused(PROVIDER, account.name, refusal, reference)
            raise
        id_ = self._accept(account, body["to"], body["channel"], str(body.get("text", "")), reference)
        return as_json({"message_uuid": id_}, 202)

    async def _send_sms(self, request: web.Request) -> web.Response:
        is_json = request.content_type == "application/json"
        body: dict[str, Any] = await read_object(request) if is_json else dict(texts_of(await request.post()))
        account = next(
            (
                one
                for one in self.accounts
                if (one.api_key, one.api_secret) == (body.get("api_key"), body.get("api_secret"))
            ),
            None,
        )
        if account is None:
            error = {"status": "4", "error-text": "Bad Credentials"}
            return as_json({"message-count": "1", "messages": [error]})
        id_ = self._accept(account, body["to"], _SMS_CHANNEL, body["text"], str(body.get("client-ref", "")))
        sent = {"to": body["to"], "message-id": id_, "status": "0", "remaining-balance": "10", "message-price": "0.03"}
        return as_json({"message-count": "1", "messages": [sent]})

    def _accept(self, account: VonageAccount, to: str, channel: str, text: str, reference: str) -> str:
        contact = f"+{to}"
        bubble = Bubble(id=self._office.new_id(), at=self._office.clock(), text=text, reference=reference)

        def tell(state: str) -> None:
            self.tell(account, contact, channel, bubble, state)

        self._office.accepted(PROVIDER, account.name, contact, bubble, tell)
        return bubble.id

    def _admit(self, request: web.Request) -> VonageAccount:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        for one in self.accounts:
            pair = base64.b64encode(f"{one.api_key}:{one.api_secret}".encode()).decode()
            if kind == "Basic" and given == pair:
                return one
            if kind == "Bearer" and _is_signed(one, given):
                return one
        raise _error(401, "Unauthorized", "You did not provide correct credentials.")


def _is_signed(account: VonageAccount, token: str) -> bool:
    if not account.public_key:
        return False
    key = load_pem_public_key(account.public_key.encode())
    if not isinstance(key, RSAPublicKey):
        return False
    told, _, signature = token.rpartition(".")
    try:
        raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        key.verify(raw, told.encode(), PKCS1v15(), SHA256())
        claims = claims_of(token)
    except (InvalidSignature, ValueError):
        return False
    return claims.get("application_id") == account.application and {"iat", "jti"} <= claims.keys()


def _check(body: dict[str, Any]) -> None:
    """Raise `Refusal` unless this can be sent."""
    for name in ("to", "from", "channel", "message_type"):
        if not isinstance(body.get(name), str) or not body[name]:
            raise _error(422, "Invalid params", f"{name} is required")
    if body["to"].startswith("+") or not body["to"].isdigit():
        raise _error(422, "Invalid params", "to must be digits without a plus")
    if body["message_type"] == "text" and not 1 <= len(str(body.get("text", ""))) <= _LONGEST:
        raise _error(422, "Invalid params", "text must have 1 to 1000 characters")
    if len(str(body.get("client_ref", ""))) > 100:
        raise _error(422, "Invalid params", "client_ref is too long")


def _error(status: int, title: str, detail: str) -> Refusal:
    type_ = "https://developer.vonage.com/api-errors"
    return Refusal(status, {"type": type_, "title": title, "detail": detail, "instance": "skipline"}, title)
