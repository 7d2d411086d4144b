"""Twilio's REST API for messages, and its webhooks, which are forms."""

import base64
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from skipline.cli.demo.providers.handsets import Bubble
from skipline.cli.demo.providers.office import File, Office, Refusal, as_json, texts_of
from skipline.cli.demo.providers.postman import Hook
from skipline.cli.demo.providers.signing import twilio_signature

PROVIDER = "twilio"
_LONGEST = 1600


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioAccount:
    """An account at Twilio, with an API key besides its own token; `name` is what our own account is called."""

    name: str = "twilio"
    sid: str = "AC00000000000000000000000000000001"
    token: str = "demo-auth-token"
    key_sid: str = "SK00000000000000000000000000000001"
    key_secret: str = "demo-key-secret"
    number: str = "+31970000001"
    service: str = "MG00000000000000000000000000000001"


class Twilio:
    """The API for the accounts that are known here. Numbers in `opted_out` refuse with 21610."""

    def __init__(self, office: Office, *accounts: TwilioAccount) -> None:
        self._office, self.accounts = office, accounts
        self.opted_out: set[str] = set()

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        base = "/2010-04-01/Accounts/{sid}"
        return [
            web.post(base + "/Messages.json", self._send),
            web.get(base + "/Messages.json", self._list),
            web.get(base + "/Messages/{message}/Media/{id}", self._media),
        ]

    def write(self, account: TwilioAccount, contact: str, text: str = "", *, file: File | None = None) -> str:
        """Have a customer write; gives the message's id."""
        office = self._office
        id_ = office.new_id("SM")
        form = {"MessageSid": id_, "SmsSid": id_, "SmsMessageSid": id_, "AccountSid": account.sid, "From": contact}
        form |= {"To": account.number, "Body": text, "NumSegments": "1", "NumMedia": "0", "ApiVersion": "2010-04-01"}
        if file is not None:
            office.files[file.id] = file
            url = f"{office.url}/2010-04-01/Accounts/{account.sid}/Messages/{id_}/Media/{file.id}"
            form |= {"NumMedia": "1", "MediaUrl0": url, "MediaContentType0": file.type}
        office.wrote(PROVIDER, account.name, contact, Bubble(id=id_, at=office.clock(), text=text, is_ours=True))
        self.post(account, office.hook_of(account.name), form, id_)
        return id_

    def post(self, account: TwilioAccount, url: str, form: dict[str, str], *ids: str) -> None:
        """Sign any form and have it delivered."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "X-Twilio-Signature": twilio_signature(account.token, url, form),
            "I-Twilio-Idempotency-Token": self._office.new_id(),
        }
        body = urlencode(form).encode()
        self._office.postman.post(
            Hook(url=url, provider=PROVIDER, account=account.name, body=body, headers=headers, ids=ids)
        )

    async def _send(self, request: web.Request) -> web.Response:
        account, form = self._admit(request), texts_of(await request.post())
        try:
            _check(form)
            if form["To"] in self.opted_out:
                raise _error(21610, "Attempt to send to unsubscribed recipient")
            if form.get("From", account.number) != account.number:
                raise _error(21606, f"The From phone number {form['From']} is not a valid number of this account")
        except Refusal as refusal:
            self._office.refused(PROVIDER, account.name, refusal)
            raise
        hook = form.get("StatusCallback", "")
        bubble = Bubble(
            id=self._office.new_id("SM"),
            at=self._office.clock(),
            text=form.get("Body", ""),
            media_url=form.get("MediaUrl", ""),
            reference=hook.partition("?")[2],
        )

        def tell(state: str) -> None:
            self.tell(account, bubble, form["To"], hook, state)

        self._office.accepted(PROVIDER, account.name, form["To"], bubble, tell)
        return as_json(self._resource(account, bubble, form["To"]), 201)

    def tell(self, account: TwilioAccount, bubble: Bubble, to: str, hook: str, state: str) -> None:
        """Tell how far a message came, at the address that came with it; SMS know nothing of being read."""
        if not hook or state == "read":
            return
        form = {"MessageSid": bubble.id, "SmsSid": bubble.id, "AccountSid": account.sid, "MessageStatus": state}
        form |= {"SmsStatus": state, "To": to, "From": account.number, "ApiVersion": "2010-04-01"}
        if state in ("failed", "undelivered"):
            form["ErrorCode"] = "30003"
        self.post(account, hook, form, f"{bubble.id}/{state}")

    async def _list(self, request: web.Request) -> web.Response:
        """What was written to a number, for those who missed webhooks of it."""
        account = self._admit(request)
        lines = [line for line in self._office.ledger.lines if line.account == account.name and line.what == "wrote"]
        told = [
            {"sid": line.id, "from": line.contact, "to": account.number, "body": line.text, "direction": "inbound"}
            | {"date_sent": line.at.strftime("%a, %d %b %Y %H:%M:%S +0000"), "status": "received"}
            for line in reversed(lines)
        ]
        return as_json({"messages": told[:50], "next_page_uri": None})

    async def _media(self, request: web.Request) -> web.Response:
        self._admit(request)
        file = self._office.files.get(request.match_info["id"])
        if file is None:
            return web.Response(status=404)
        return web.Response(body=file.data, content_type=file.type)

    def _resource(self, account: TwilioAccount, bubble: Bubble, to: str) -> dict[str, object]:
        return {
            "sid": bubble.id,
            "account_sid": account.sid,
            "status": "queued",
            "direction": "outbound-api",
            "to": to,
            "from": account.number,
            "body": bubble.text,
            "num_segments": "1",
            "error_code": None,
            "error_message": None,
        }

    def _admit(self, request: web.Request) -> TwilioAccount:
        for one in self.accounts:
            keys = ((one.sid, one.token), (one.key_sid, one.key_secret))
            if one.sid == request.match_info["sid"] and request.headers.get("Authorization", "") in map(_basic, keys):
                return one
        raise _error(20003, "Authenticate", status=401)


def _check(form: dict[str, str]) -> None:
    if not form.get("To", "").startswith("+"):
        raise _error(21211, f"The 'To' number {form.get('To', '')} is not a valid phone number")
    if not form.get("From") and not form.get("MessagingServiceSid"):
        raise _error(21603, "A 'From' or 'MessagingServiceSid' parameter is required")
    if not form.get("Body") and not form.get("MediaUrl"):
        raise _error(21602, "Message body is required")
    if len(form.get("Body", "")) > _LONGEST:
        raise _error(21617, f"The concatenated message body exceeds the {_LONGEST} character limit")


def _basic(pair: tuple[str, str]) -> str:
    return "Basic " + base64.b64encode(":".join(pair).encode()).decode()


def _error(code: int, message: str, status: int = 400) -> Refusal:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return Refusal(status, {"code": code, "message": message, "more_info": more, "status": status}, str(code))
