"""The pieces that ship, against their providers' stand-ins at their worst, on a whole server: each reference of ours is
taken once at most, what nobody knew at first is called uncertain, and the provider's statuses settle it."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from api_client import client_of
from fake_providers import (
    BROKEN,
    GARBAGE_AFTER_ACCEPT,
    RATE_LIMITED,
    RESETS,
    RESETS_AFTER_ACCEPT,
    Fault,
    faults_of,
    open_fakes,
)
from inside_server import PUBLIC_URL, Inside, inside
from letters_room import until
from message_values import make_conversation, read_message

from skipline.cli.demo.providers.ledger import What
from skipline.cli.demo.providers.meta import MetaAccount
from skipline.cli.demo.providers.postman import Hook, Route
from skipline.cli.demo.providers.server import Providers
from skipline.model.conversation import Message
from skipline.model.message import Channel, MessageBody, SendState

CHANNELS = """
channels:
  - {{name: meta, type: meta, phone_number_id: "106540352242922", app_secret: app, verify_token: greeting,
      access_token: meta_token, base_url: "{url}", allow_private: true}}
  - {{name: twilio, type: twilio, account_sid: AC00000000000000000000000000000001, secret: twilio_token,
      sms_from: "+31970000001", base_url: "{url}", allow_private: true}}
  - {{name: vonage, type: vonage, api_key: abcd1234, secret: vonage_secret, signature_secret: vonage_signature,
      sms_from: "+31970000004", base_url: "{url}", allow_private: true}}
  - {{name: bird, type: bird, secret: bird_key, signing_secret: bird_signing,
      workspace: 7a1c2f5e-0000-4000-8000-000000000001, sms_channel: 7a1c2f5e-0000-4000-8000-000000000002,
      base_url: "{url}", allow_private: true}}
"""
SECRETS = {
    "APP": "demo-app-secret",
    "GREETING": "demo-verify-token",
    "META_TOKEN": "demo-token",
    "TWILIO_TOKEN": "demo-auth-token",
    "VONAGE_SECRET": "demo-api-secret",
    "VONAGE_SIGNATURE": "demo-signature-secret",
    "BIRD_KEY": "demo-access-key",
    "BIRD_SIGNING": "demo-signing-key",
}
ENVIRON = {f"SKIPLINE_SECRET_{name}": value for name, value in SECRETS.items()}
ACCOUNTS = {"meta": Channel.WHATSAPP, "twilio": Channel.SMS, "vonage": Channel.SMS, "bird": Channel.SMS}
FAULTS: tuple[Fault | None, ...] = (
    None,
    RATE_LIMITED,
    BROKEN,
    RESETS,
    RESETS_AFTER_ACCEPT,
    GARBAGE_AFTER_ACCEPT,
    Fault(status=500, body={}, after=True),
)
NEVER_TAKEN = FAULTS.index(RESETS)


def led_to(url: str) -> Route:
    """Webhooks go to our public address; here that is on this machine."""

    def route(hook: Hook) -> Sequence[tuple[float, Hook]]:
        return [(0.0, msgspec.structs.replace(hook, url=hook.url.replace(PUBLIC_URL, url)))]

    return route


async def post_under(room: Inside, providers: Providers, account: str, number: int, fault: Fault | None) -> Message:
    """A message that meets `fault`, once it is past that."""
    conversation = await make_conversation(
        room.database, number, account=account, channel=ACCOUNTS[account], provider_id=f"+3161111{number:04}"
    )
    faults = faults_of(providers)
    faults.plan.append(fault)
    posted = await room.services.messages.post.post(conversation, MessageBody(text=f"Hi {number}"), "flow:a")
    await until(lambda: _is_past(room, posted))
    return posted


async def _is_past(room: Inside, posted: Message) -> bool:
    return (await read_message(room.database, posted.id)).state is not SendState.QUEUED


@pytest.mark.parametrize("account", ACCOUNTS)
async def test_each_reference_is_taken_once_and_settled_by_its_statuses(tmp_path: Path, account: str) -> None:
    told = ((0.3, "sent"), (0.4, "delivered"))
    async with open_fakes(told=told, meta=MetaAccount(keeps_window=False)) as providers:
        files = {"skipline.yaml": CHANNELS.format(url=providers.url)}
        async with inside(tmp_path / "data", files, environ=ENVIRON) as room, client_of(room) as client:
            providers.office.hooks[account] = f"{PUBLIC_URL}/hooks/{account}/{account}"
            providers.office.postman.route = led_to(client.url)
            posted = [await post_under(room, providers, account, number, fault) for number, fault in enumerate(FAULTS)]
            lost = posted.pop(NEVER_TAKEN)

            async def are_delivered() -> bool:
                return all([(await read_message(room.database, one.id)).state is SendState.DELIVERED for one in posted])

            await until(are_delivered)
            assert (await read_message(room.database, lost.id)).state is SendState.UNCERTAIN
    taken = [line.text for line in providers.office.ledger.of(What.ACCEPTED)]
    assert sorted(taken) == sorted(f"Hi {number}" for number in range(len(FAULTS)) if number != NEVER_TAKEN)
