"""The providers' stand-ins: they sign as the real ones, refuse what those refuse, and deliver until it is taken."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from fake_providers import (
    BROKEN,
    GARBAGE_AFTER_ACCEPT,
    RATE_LIMITED,
    RESETS_AFTER_ACCEPT,
    Unruly,
    badly_signed,
    faults_of,
    open_fakes,
)
from hook_desk import HookDesk, open_desk

from skipline.cli.demo.providers.handsets import Choice
from skipline.cli.demo.providers.ledger import What
from skipline.cli.demo.providers.office import File
from skipline.cli.demo.providers.server import Providers
from skipline.cli.demo.providers.signing import (
    bird_signature,
    claims_of,
    hex_digest,
    meta_signature,
    twilio_signature,
    vonage_sms_signature,
)

ANA, WA_ANA = "+31611111111", "31611111111"
HELLO = {"messaging_product": "whatsapp", "to": WA_ANA, "type": "text", "text": {"body": "Hello"}}


@asynccontextmanager
async def open_both(desk: HookDesk) -> AsyncIterator[Providers]:
    async with open_desk(desk) as url, open_fakes(told=((0.0, "sent"), (0.01, "delivered"))) as providers:
        for name in ("meta", "twilio", "bird", "messagebird", "vonage"):
            providers.office.hooks[name] = f"{url}/hooks/{name}/{name}"
        yield providers


async def post(providers: Providers, path: str, body: object, auth: str = "Bearer demo-token") -> tuple[int, Any]:
    headers = {"Authorization": auth}
    as_form = isinstance(body, dict) and path.endswith("Messages.json")
    async with aiohttp.ClientSession(headers=headers) as session:
        sent = {"data": body} if as_form else {"json": body}
        async with session.post(providers.url + path, **sent) as answer:  # type: ignore[arg-type]
            return answer.status, await answer.json()


def whatsapp_path(providers: Providers) -> str:
    return f"/v25.0/{providers.meta.accounts[0].phone_number_id}/messages"


def test_signatures_are_those_of_the_providers() -> None:
    assert meta_signature("It's a Secret to Everybody", b"Hello, World!") == (
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    )
    form = {"CallSid": "CA1234567890ABCDE", "Digits": "1234", "From": "+14158675309", "Caller": "+14158675309"}
    form |= {"To": "+18005551212"}
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert twilio_signature("12345", url, form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    bird = bird_signature("secureSigningKey", "1700000000", "https://domain.com/webhook/bird", b'{"foo":"bar"}')
    assert bird == "pLeExlr6lIvuFDWHETrRxnCuBOpjR8j531kVdU0uxkA="
    told = {"param1": "value1", "param2": "value2", "timestamp": "1234567890"}
    assert vonage_sms_signature("signature_secret", told) == (
        "280c4320703dbc98bfa22db676655ed2acfbfe8792b062ff7622e67f1183c287"
    )


async def test_a_whatsapp_message_is_delivered_as_meta_writes_it() -> None:
    desk = HookDesk()
    async with open_both(desk) as providers:
        account = providers.meta.accounts[0]
        assert await providers.meta.greet(account)
        id_ = providers.meta.write(account, WA_ANA, "Grüße/1")
        await providers.office.postman.settled()
    request, body = desk.taken[0]
    assert request.headers["X-Hub-Signature-256"] == meta_signature(account.app_secret, body)
    assert b"\\u00fc" in body
    assert b"\\/1" in body
    value = json.loads(body)["entry"][0]["changes"][0]["value"]
    assert (value["messages"][0]["id"], value["messages"][0]["text"]["body"]) == (id_, "Grüße/1")
    assert value["metadata"]["phone_number_id"] == account.phone_number_id


async def test_what_is_sent_arrives_on_the_phone_and_is_told_of() -> None:
    desk = HookDesk()
    async with open_both(desk) as providers:
        account = providers.meta.accounts[0]
        providers.meta.write(account, WA_ANA, "Hi")
        buttons = [{"type": "reply", "reply": {"id": "a", "title": "Yes"}}]
        interactive = {"type": "button", "body": {"text": "Right?"}, "action": {"buttons": buttons}}
        body = HELLO | {"type": "interactive", "interactive": interactive, "biz_opaque_callback_data": "ref-1"}
        status, answer = await post(providers, whatsapp_path(providers), body)
        await providers.office.postman.settled()
        bubble = await providers.office.handset("meta", WA_ANA).receives("Right?")
    assert (status, answer["messages"][0]["id"], bubble.choices[0].title) == (200, bubble.id, "Yes")
    states = [
        told["statuses"][0]
        for _, raw in desk.taken
        if "statuses" in (told := json.loads(raw)["entry"][0]["changes"][0]["value"])
    ]
    assert sorted(one["status"] for one in states) == ["delivered", "sent"]
    assert {one["biz_opaque_callback_data"] for one in states} == {"ref-1"}


@pytest.mark.parametrize(
    ("body", "auth", "status", "code"),
    [
        (HELLO, "Bearer stolen", 401, 190),
        (HELLO | {"text": {"body": "x" * 4097}}, "Bearer demo-token", 400, 131009),
        (HELLO | {"text": {}}, "Bearer demo-token", 400, 131008),
        (HELLO | {"to": "ana"}, "Bearer demo-token", 400, 131009),
        (HELLO | {"to": "31600000000"}, "Bearer demo-token", 400, 131047),
    ],
)
async def test_meta_refuses_by_its_own_codes(body: object, auth: str, status: int, code: int) -> None:
    async with open_both(HookDesk()) as providers:
        providers.meta.write(providers.meta.accounts[0], WA_ANA, "Hi")
        found, answer = await post(providers, whatsapp_path(providers), body, auth)
    assert (found, answer["error"]["code"]) == (status, code)


async def test_a_file_is_fetched_in_two_steps() -> None:
    async with open_both(HookDesk()) as providers:
        file = File(id="m1", data=b"\x89PNG", type="image/png")
        providers.meta.write(providers.meta.accounts[0], WA_ANA, file=file)
        async with aiohttp.ClientSession(headers={"Authorization": "Bearer demo-token"}) as session:
            async with session.get(f"{providers.url}/v25.0/m1") as answer:
                told = await answer.json()
            async with session.get(told["url"]) as answer:
                assert (await answer.read(), told["sha256"]) == (file.data, hex_digest(file.data))


async def test_twilio_signs_forms_and_tells_where_it_was_asked_to() -> None:
    desk = HookDesk()
    async with open_both(desk) as providers:
        account = providers.twilio.accounts[0]
        providers.twilio.write(account, ANA, "Hi & bye")
        hook = providers.office.hook_of("twilio") + "?ref=1"
        path = f"/2010-04-01/Accounts/{account.sid}/Messages.json"
        body = {"To": ANA, "From": account.number, "Body": "Hello", "StatusCallback": hook}
        auth = aiohttp.encode_basic_auth(account.sid, account.token)
        status, answer = await post(providers, path, body, auth)
        refused, why = await post(providers, path, body, "Basic wrong")
        await providers.office.postman.settled()
    assert (status, answer["status"], refused, why["code"]) == (201, "queued", 401, 20003)
    for (request, raw), url in zip(desk.taken, (hook.partition("?")[0], hook, hook), strict=True):
        form = dict(parse_qsl(raw.decode(), keep_blank_values=True))
        assert request.headers["X-Twilio-Signature"] == twilio_signature(account.token, url, form)


async def test_bird_messagebird_and_vonage_sign_theirs() -> None:
    desk = HookDesk()
    async with open_both(desk) as providers:
        providers.bird.write(providers.bird.accounts[0], ANA, "one")
        providers.messagebird.write(providers.messagebird.accounts[0], ANA, "two")
        providers.vonage.write(providers.vonage.accounts[0], ANA, "three")
        providers.vonage.write_sms(providers.vonage.accounts[0], ANA, "fourfive", parts=2)
        await providers.office.postman.settled()
        hook = providers.office.hook_of("bird")
    bird, old, new = (next(one for one in desk.taken if word in one[1]) for word in (b'"one"', b'"two"', b'"three"'))
    stamp = bird[0].headers["messagebird-request-timestamp"]
    assert bird[0].headers["messagebird-signature"] == bird_signature("demo-signing-key", stamp, hook, bird[1])
    assert claims_of(old[0].headers["MessageBird-Signature-JWT"])["payload_hash"] == hex_digest(old[1])
    assert claims_of(new[0].headers["Authorization"].split()[1])["payload_hash"] == hex_digest(new[1])
    assert sum(b"concat-part" in raw for _, raw in desk.taken) == 2


async def test_their_apis_take_messages() -> None:
    async with open_both(HookDesk()) as providers:
        bird = providers.bird.accounts[0]
        path = f"/workspaces/{bird.workspace}/channels/{bird.channel}/messages"
        body: dict[str, Any] = {"receiver": {"contacts": [{"identifierValue": ANA}]}, "reference": "r1"}
        body["body"] = {"type": "text", "text": {"text": "by bird"}}
        assert (await post(providers, path, body, f"AccessKey {bird.access_key}"))[0] == 202
        old = {"originator": "31970000003", "recipients": [WA_ANA], "body": "by messagebird", "reference": "r2"}
        assert (await post(providers, "/messages", old, "AccessKey demo-legacy-key"))[0] == 201
        assert (await post(providers, "/messages", old | {"recipients": []}, "AccessKey demo-legacy-key"))[0] == 422
        new = {"channel": "sms", "message_type": "text", "to": WA_ANA, "from": "31970000004", "text": "by vonage"}
        auth = aiohttp.encode_basic_auth("abcd1234", "demo-api-secret")
        assert (await post(providers, "/v1/messages", new, auth))[0] == 202
        assert (await post(providers, "/v1/messages", new | {"to": ANA}, auth))[0] == 422
        accepted = [(line.account, line.text) for line in providers.office.ledger.of(What.ACCEPTED)]
    assert accepted == [("bird", "by bird"), ("messagebird", "by messagebird"), ("vonage", "by vonage")]


async def test_a_webhook_comes_again_until_it_is_taken() -> None:
    desk = HookDesk()
    desk.answers = [503, 500]
    async with open_both(desk) as providers:
        providers.office.postman.again_after_seconds = (0.01,) * 5
        providers.meta.write(providers.meta.accounts[0], WA_ANA, "Hi")
        await providers.office.postman.settled()
        assert [line.status for line in providers.office.ledger.of(What.POSTED)] == [503, 500, 200]
    assert len(desk.taken) == 3


async def test_webhooks_are_repeated_shuffled_and_spoilt_as_a_test_says() -> None:
    desk = HookDesk()
    async with open_both(desk) as providers:
        account = providers.meta.accounts[0]
        providers.office.postman.route = Unruly(rng=Random(1), repeats_share=0.5, most_copies=3, shuffled_seconds=0.2)
        wrote = [providers.meta.write(account, WA_ANA, f"number {number}") for number in range(20)]
        await providers.office.postman.settled()
        ids = [line.ids[0] for line in providers.office.ledger.of(What.POSTED)]
        assert set(ids) == set(wrote)
        assert 20 < len(ids) < 60
        assert list(dict.fromkeys(ids)) != wrote
        providers.office.postman.route = badly_signed
        providers.meta.write(account, WA_ANA, "forged")
        await providers.office.postman.settled()
    request, body = desk.taken[-1]
    assert request.headers["X-Hub-Signature-256"] != meta_signature(account.app_secret, body)


async def test_faults_befall_requests_in_their_order() -> None:
    async with open_both(HookDesk()) as providers:
        faults, ledger = faults_of(providers), providers.office.ledger
        providers.meta.write(providers.meta.accounts[0], WA_ANA, "Hi")
        faults.plan = [RATE_LIMITED, BROKEN, None, RESETS_AFTER_ACCEPT, GARBAGE_AFTER_ACCEPT]
        path = whatsapp_path(providers)
        assert [(await post(providers, path, HELLO))[0] for _ in range(3)] == [429, 500, 200]
        with pytest.raises(aiohttp.ClientError):
            await post(providers, path, HELLO)
        with pytest.raises(aiohttp.ContentTypeError):
            await post(providers, path, HELLO)
        await asyncio.sleep(0)
        assert len(ledger.of(What.ACCEPTED)) == 3
        assert len(faults.asked) == 5


async def test_messenger_and_instagram_take_replies_and_quick_replies() -> None:
    desk = HookDesk()
    async with open_both(desk) as providers:
        account = providers.meta.accounts[0]
        for channel, node in (("messenger", account.page), ("instagram", account.instagram)):
            providers.meta.write(account, f"9{channel}", "Hi", channel=channel)
            replies = [{"content_type": "text", "title": "Yes", "payload": "y"}]
            body = {"recipient": {"id": f"9{channel}"}, "messaging_type": "RESPONSE"}
            sent = body | {"message": {"text": f"on {channel}", "quick_replies": replies}}
            assert (await post(providers, f"/v25.0/{node}/messages", sent))[0] == 200
            bubble = await providers.office.handset("meta", f"9{channel}").receives(f"on {channel}")
            providers.meta.write(account, f"9{channel}", channel=channel, choice=bubble.choices[0])
        await providers.office.postman.settled()
        late = body | {"recipient": {"id": "nobody"}, "message": {"text": "x"}}
        status, answer = await post(providers, f"/v25.0/{account.page}/messages", late)
    assert (status, answer["error"]["code"]) == (400, 10)
    events = [json.loads(raw)["entry"][0]["messaging"][0] for _, raw in desk.taken]
    assert [one["message"]["quick_reply"] for one in events if "quick_reply" in one.get("message", {})] == [
        {"payload": "y"},
        {"payload": "y"},
    ]
    assert Choice(id="y", title="Yes") == bubble.choices[0]
