"""Meta's Graph API: WhatsApp, Messenger and Instagram, with the webhooks of all three."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web

from skipline.cli.demo.providers.handsets import Bubble, Choice
from skipline.cli.demo.providers.meta_rules import check_messenger, check_whatsapp, graph_error, whatsapp_contact_in
from skipline.cli.demo.providers.meta_wire import (
    as_meta_writes,
    messaging_envelope,
    messaging_message,
    messaging_state,
    whatsapp_contact,
    whatsapp_envelope,
    whatsapp_message,
    whatsapp_status,
)
from skipline.cli.demo.providers.office import File, Office, Refusal, as_json, read_object
from skipline.cli.demo.providers.postman import Hook
from skipline.cli.demo.providers.signing import hex_digest, meta_signature

PROVIDER = "meta"
_WINDOW, _HUMAN_WINDOW = timedelta(hours=24), timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaAccount:
    """An app at Meta with what belongs to it. `name` is what our own account is called; `keeps_window` whether free
    text is refused a day after the customer's last message, as it is at Meta."""

    name: str = "meta"
    app_secret: str = "demo-app-secret"
    token: str = "demo-token"
    verify_token: str = "demo-verify-token"
    waba: str = "102290129340398"
    phone_number_id: str = "106540352242922"
    display_phone: str = "31201234567"
    page: str = "1067280970047460"
    instagram: str = "17841400008460056"
    keeps_window: bool = True


class Meta:
    """The Graph API for the apps that are known here."""

    def __init__(self, office: Office, *accounts: MetaAccount) -> None:
        self._office, self.accounts = office, accounts
        self.subscribed: dict[str, int] = {}
        self._on_instagram: set[str] = set()

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        version = r"/{version:v\d+\.\d+}"
        return [
            web.post(version + "/{node}/messages", self._send),
            web.post(version + "/{node}/subscribed_apps", self._subscribe),
            web.get(version + "/{node}/subscribed_apps", self._subscriptions),
            web.get(version + "/{node}/conversations", self._conversations),
            web.get(version + "/{node}", self._node),
            web.get("/_media/{id}", self._media),
        ]

    async def greet(self, account: MetaAccount) -> bool:
        """Do the handshake that precedes any webhook: whether ours gave the challenge back, and to nobody else."""
        url, challenge = self._office.hook_of(account.name), "1158201444"
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": account.verify_token}
        right = await self._office.postman.ask(url, query)
        wrong = await self._office.postman.ask(url, query | {"hub.verify_token": "guessed"})
        return right == (200, challenge) and wrong[0] == 403

    def write(
        self,
        account: MetaAccount,
        contact: str,
        text: str = "",
        *,
        channel: str = "whatsapp",
        choice: Choice | None = None,
        refers_to: str = "",
        file: File | None = None,
        id_: str = "",
    ) -> str:
        """Have a customer write, or tap an answer; gives the message's id."""
        office, now = self._office, self._office.clock()
        id_ = id_ or office.new_id("wamid." if channel == "whatsapp" else "m_")
        if file is not None:
            office.files[file.id] = file
        shown = text or (choice.title if choice is not None else "")
        if channel == "whatsapp":
            message = whatsapp_message(contact, id_, now, text=text, choice=choice, refers_to=refers_to, file=file)
            told = {"contacts": [whatsapp_contact(contact, office.handsets.names[contact])], "messages": [message]}
            body = whatsapp_envelope(account.waba, account.phone_number_id, account.display_phone, told)
        else:
            url, kind = (f"{office.url}/_media/{file.id}", file.type) if file is not None else ("", "")
            node = account.instagram if channel == "instagram" else account.page
            if channel == "instagram":
                self._on_instagram.add(contact)
            event = messaging_message(contact, node, id_, now, text=text, choice=choice, file_url=url, file_type=kind)
            body = messaging_envelope("instagram" if channel == "instagram" else "page", node, now, event)
        office.wrote(PROVIDER, account.name, contact, Bubble(id=id_, at=now, text=shown, is_ours=True))
        self.post(account, body, id_)
        return id_

    def tell(self, account: MetaAccount, channel: str, contact: str, bubble: Bubble, state: str) -> None:
        """Tell how far a message of the company's came."""
        now = self._office.clock()
        if channel == "whatsapp":
            told = {"statuses": [whatsapp_status(bubble, contact, state, now)]}
            body = whatsapp_envelope(account.waba, account.phone_number_id, account.display_phone, told)
        else:
            node = account.instagram if channel == "instagram" else account.page
            event = messaging_state(contact, node, bubble.id, state, now)
            if event is None:
                return
            body = messaging_envelope("instagram" if channel == "instagram" else "page", node, now, event)
        self.post(account, body, f"{bubble.id}/{state}")

    def post(self, account: MetaAccount, body: object, *ids: str) -> None:
        """Sign anything at all and have it delivered."""
        raw = as_meta_writes(body)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": meta_signature(account.app_secret, raw),
        }
        url = self._office.hook_of(account.name)
        self._office.postman.post(
            Hook(url=url, provider=PROVIDER, account=account.name, body=raw, headers=headers, ids=ids)
        )

    async def _send(self, request: web.Request) -> web.Response:
        account, body = self._admit(request), await read_object(request)
        try:
            if body.get("messaging_product") == "whatsapp":
                return self._send_whatsapp(account, request.match_info["node"], body)
            return self._send_messaging(account, request.match_info["node"], body)
        except Refusal as refusal:
            self._office.refused(PROVIDER, account.name, refusal, str(body.get("biz_opaque_callback_data", "")))
            raise

    def _send_whatsapp(self, account: MetaAccount, node: str, body: dict[str, Any]) -> web.Response:
        if node != account.phone_number_id:
            raise graph_error(100, f"Object with ID '{node}' does not exist")
        if body.get("status") == "read":
            return as_json({"success": bool(body.get("message_id"))})
        text, choices, media = check_whatsapp(body)
        contact = whatsapp_contact_in(body)
        if body.get("type") != "template":
            self._check_window(account, contact, _WINDOW, graph_error(131047, "Re-engagement message"))
        bubble = Bubble(
            id=self._office.new_id("wamid."),
            at=self._office.clock(),
            text=text,
            choices=choices,
            media_url=media,
            template=text.partition(":")[0] if body.get("type") == "template" else "",
            reference=str(body.get("biz_opaque_callback_data", "")),
        )
        self._accept(account, "whatsapp", contact, bubble)
        contacts = [{"input": body.get("to", body.get("recipient")), "wa_id": contact}]
        return as_json({"messaging_product": "whatsapp", "contacts": contacts, "messages": [{"id": bubble.id}]})

    def _send_messaging(self, account: MetaAccount, node: str, body: dict[str, Any]) -> web.Response:
        if node not in (account.page, account.instagram, "me"):
            raise graph_error(100, f"Object with ID '{node}' does not exist")
        contact = str(body.get("recipient", {}).get("id", ""))
        # An Instagram account that is linked to a page is reached through the page: whom it is for decides.
        is_instagram = node == account.instagram or contact in self._on_instagram
        if "sender_action" in body:
            return as_json({"recipient_id": contact})
        text, choices, media = check_messenger(body, is_instagram=is_instagram)
        is_human = body.get("messaging_type") == "MESSAGE_TAG"
        late = graph_error(10, "This message is sent outside of allowed window.", subcode=2018278)
        self._check_window(account, contact, _HUMAN_WINDOW if is_human else _WINDOW, late)
        id_ = self._office.new_id("m_")
        bubble = Bubble(
            id=id_,
            at=self._office.clock(),
            text=text,
            choices=choices,
            media_url=media,
            reference=str(body.get("message", {}).get("metadata", "")),
        )
        self._accept(account, "instagram" if is_instagram else "messenger", contact, bubble)
        return as_json({"recipient_id": contact, "message_id": id_})

    def _accept(self, account: MetaAccount, channel: str, contact: str, bubble: Bubble) -> None:
        def tell(state: str) -> None:
            self.tell(account, channel, contact, bubble, state)

        self._office.accepted(PROVIDER, account.name, contact, bubble, tell)

    def _check_window(self, account: MetaAccount, contact: str, window: timedelta, late: Refusal) -> None:
        wrote_at = self._office.last_wrote.get((account.name, contact))
        if account.keeps_window and (wrote_at is None or self._office.clock() - wrote_at > window):
            raise late

    async def _subscribe(self, request: web.Request) -> web.Response:
        self._admit(request)
        node = request.match_info["node"]
        self.subscribed[node] = self.subscribed.get(node, 0) + 1
        return as_json({"success": True})

    async def _subscriptions(self, request: web.Request) -> web.Response:
        self._admit(request)
        is_in = request.match_info["node"] in self.subscribed
        return as_json({"data": [{"whatsapp_business_api_data": {"id": "1", "name": "Skipline"}}] if is_in else []})

    async def _conversations(self, request: web.Request) -> web.Response:
        """What was written to a page, for those who missed webhooks of it."""
        account, node = self._admit(request), request.match_info["node"]
        wrote = [line for line in self._office.ledger.lines if line.account == account.name and line.what == "wrote"]
        data = [
            {
                "id": f"t_{line.id}",
                "updated_time": line.at.isoformat(),
                "messages": {
                    "data": [
                        {
                            "id": line.id,
                            "created_time": line.at.isoformat(),
                            "from": {"id": line.contact},
                            "to": {"data": [{"id": node}]},
                            "message": line.text,
                        }
                    ]
                },
            }
            for line in reversed(wrote)
        ]
        return as_json({"data": data[:25], "paging": {}})

    async def _node(self, request: web.Request) -> web.Response:
        self._admit(request)
        id_ = request.match_info["node"]
        file = self._office.files.get(id_)
        if file is None:
            name = self._office.handsets.names[id_]
            if name:
                return as_json({"id": id_, "name": name})
            raise graph_error(100, f"Unsupported get request. Object with ID '{id_}' does not exist", subcode=33)
        told = {"id": id_, "mime_type": file.type, "sha256": hex_digest(file.data), "file_size": len(file.data)}
        return as_json({"messaging_product": "whatsapp", "url": f"{self._office.url}/_media/{id_}", **told})

    async def _media(self, request: web.Request) -> web.Response:
        self._admit(request)
        file = self._office.files.get(request.match_info["id"])
        if file is None:
            return web.Response(status=404)
        return web.Response(body=file.data, content_type=file.type)

    def _admit(self, request: web.Request) -> MetaAccount:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ") or request.query.get("access_token")
        account = next((one for one in self.accounts if one.token == given), None)
        if account is None:
            raise graph_error(190, "Invalid OAuth access token", status=401)
        proof = request.query.get("appsecret_proof")
        if proof and proof != hmac.new(account.app_secret.encode(), account.token.encode(), hashlib.sha256).hexdigest():
            raise graph_error(100, "Invalid appsecret_proof provided in the API argument")
        return account
