"""Plays what is recorded beside a channel piece.

`wire/account.json` is the account that the recordings were made for: `with` (its settings), `secrets` (name to value)
and `url` (the public address that the provider was told). Every other `wire/<name>.json` is one delivery:

- `case`: a sentence; `delivery`: `method` (POST when left out), `query`, `headers`, and either `body` (a text, or JSON
  that is written as Meta writes it: ASCII only, slashes escaped) or `form` (fields of a form);
- `events`: what `read` makes of it, each with its `type` and what matters of it, in their order.

`cases.json` is a list; every case has `case` (the sentence) and `with` (the settings; those of the account when left
out), and one of:

- `mistakes`: words that the complaints about the settings must have;
- `message` (an `Outbound`; `reference` is `ref1` when left out): `expect` names what matters of the request (a JSON or
  form `body` is read), or `refused`;
- `response` (`status`, `headers`, `body`; null: no answer came), with `message` for what was sent: `expect` names what
  matters of the result, with its `type`;
- `attachment`: `expect` names what matters of the request that fetches it, or is null; with `response`, of what
  follows: a request, `bytes`, or `refused`.

`sign_<provider>.py` in this folder, where there is one, has `sign(delivery, settings, secrets) -> Delivery`: the
delivery with the headers by which the provider proves itself.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from piece_cases import assert_holds

import skipline.channels
from skipline.flow.mistakes import PieceMistakes
from skipline.flow.pieces import Piece
from skipline.model.lookup import HttpRequest, HttpResponse
from skipline.model.messaging import Attachment, CannotWrite, ChannelSettings, Delivery, Outbound
from skipline.workspace.channels import channel_types, find_channel

CHANNELS = Path(skipline.channels.__file__ or "").parent
RECEIVED_AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
Case = dict[str, Any]
Sign = Callable[[Delivery, Any, Callable[[str], str]], Delivery]


@cache
def channel_pieces() -> Mapping[str, Piece[ChannelSettings]]:
    """Every provider's piece, by the name of its folder. A folder without `channel.py` is none."""
    return {name: _piece(name) for name in channel_types() if (CHANNELS / name / "channel.py").exists()}


def _piece(provider: str) -> Piece[ChannelSettings]:
    piece = find_channel(provider)
    assert piece is not None, f"there is no folder {provider}"
    return piece


def recordings(provider: str) -> dict[str, Case]:
    """The recorded deliveries of a provider, by file name; empty for one that is not reached over HTTP."""
    files = sorted((CHANNELS / provider / "wire").glob("*.json"))
    return {file.stem: json.loads(file.read_text("utf-8")) for file in files if file.stem != "account"}


@cache
def account(provider: str) -> Case:
    """The account that a provider's recordings were made for."""
    found: Case = json.loads((CHANNELS / provider / "wire" / "account.json").read_text("utf-8"))
    return found


def settings_of(provider: str) -> ChannelSettings:
    """The settings of that account."""
    return _piece(provider).make(account(provider)["with"])


def secrets_of(provider: str) -> Callable[[str], str]:
    """The secrets of that account."""
    known: dict[str, str] = account(provider).get("secrets", {})
    return known.__getitem__


def delivery_of(provider: str, recording: Case) -> Delivery:
    """A recorded delivery as it comes, not signed."""
    told = recording["delivery"]
    body, type_ = body_of(told)
    headers = {"content-type": type_, **told.get("headers", {})}
    query = f"?{told['query']}" if told.get("query") else ""
    return Delivery(
        method=told.get("method", "POST"),
        url=account(provider)["url"] + query,
        headers=tuple((name.lower(), value) for name, value in headers.items()),
        body=body,
        received_at=RECEIVED_AT,
    )


def body_of(told: Mapping[str, Any]) -> tuple[bytes, str]:
    """The bytes and the content type of a recorded body."""
    if "form" in told:
        return urlencode(told["form"]).encode(), "application/x-www-form-urlencoded"
    body = told.get("body", "")
    return (body.encode() if isinstance(body, str) else wire_json(body)), "application/json"


def wire_json(value: Any) -> bytes:
    """JSON as Meta writes it: a reader that encodes it anew gets other bytes, and another signature."""
    return json.dumps(value, ensure_ascii=True).replace("/", "\\/").encode()


def sign_of(provider: str) -> Sign | None:
    """How the provider signs; None when it does not."""
    return import_module(f"sign_{provider}").sign if find_spec(f"sign_{provider}") else None


def signed(provider: str, delivery: Delivery) -> Delivery:
    """`delivery` as the provider signs it for the recorded account."""
    sign = sign_of(provider)
    assert sign is not None, f"tests/support has no sign_{provider}.py"
    return sign(delivery, settings_of(provider), secrets_of(provider))


def replaced(delivery: Delivery, body: bytes) -> Delivery:
    """The same delivery with another body."""
    return msgspec.structs.replace(delivery, body=body)


def plain_event(event: Any) -> Case:
    """An event as plain values, with its `type`."""
    told: Case = msgspec.to_builtins(event)
    return told


def play_recording(provider: str, recording: Case) -> None:
    """Read a recorded delivery; an assertion fails when anything is not as expected."""
    events = settings_of(provider).read(delivery_of(provider, recording))
    assert_holds([plain_event(one) for one in events], recording["events"], recording["case"])


def all_cases() -> Iterator[tuple[str, Case]]:
    """Every case, with its provider."""
    for provider in channel_pieces():
        file = CHANNELS / provider / "cases.json"
        for case in json.loads(file.read_text("utf-8")) if file.exists() else ():
            yield provider, case


def play_case(provider: str, case: Case) -> None:
    """Play one case; an assertion fails when anything is not as expected."""
    if "mistakes" in case:
        _expect_mistakes(channel_pieces()[provider], case)
        return
    settings = channel_pieces()[provider].make(case["with"]) if "with" in case else settings_of(provider)
    secrets = {**account(provider).get("secrets", {}), **case.get("secrets", {})}.__getitem__
    assert_holds(_seen(settings, case, secrets), case["expect"], case["case"])


def _expect_mistakes(piece: Piece[ChannelSettings], case: Case) -> None:
    try:
        made = piece.make(case["with"])
    except PieceMistakes as found:
        complaints = [f"{'.'.join(map(str, one.path))}: {one.sentence} ({one.fix})" for one in found.mistakes]
        for words in case["mistakes"]:
            assert any(words in complaint for complaint in complaints), f"{words!r} is not in {complaints}"
        assert len(complaints) == len(case["mistakes"]), complaints
    else:
        raise AssertionError(f"there is nothing wrong with {made}")


def _seen(settings: ChannelSettings, case: Case, secrets: Callable[[str], str]) -> Any:
    try:
        if "attachment" in case:
            return _fetching(settings, case, secrets)
        message = msgspec.convert({"reference": "ref1", **case["message"]}, Outbound)
        if "response" in case:
            return plain_event_or_result(settings.understand(_response(case["response"]), message))
        return _plain_request(settings.write(message, secrets))
    except (CannotWrite, LookupError) as refusal:
        return {"refused": str(refusal)}


def _fetching(settings: ChannelSettings, case: Case, secrets: Callable[[str], str]) -> Any:
    attachment = msgspec.convert(case["attachment"], Attachment)
    if "response" not in case:
        request = settings.fetch(attachment, secrets)
        return None if request is None else _plain_request(request)
    response = _response(case["response"])
    assert response is not None
    came = settings.fetched(attachment, response, secrets)
    return {"bytes": came.decode()} if isinstance(came, bytes) else _plain_request(came)


def _response(told: Case | None) -> HttpResponse | None:
    if told is None:
        return None
    body = told.get("body", "")
    return HttpResponse(
        status=told.get("status", 200),
        headers=told.get("headers", {}),
        body=body.encode() if isinstance(body, str) else wire_json(body),
    )


def plain_event_or_result(result: Any) -> Case:
    """A result of sending as plain values, with its `type`."""
    return {"type": type(result).__name__, **msgspec.to_builtins(result)}


def _plain_request(request: HttpRequest) -> Case:
    plain: Case = msgspec.structs.asdict(request)
    type_ = next((value for name, value in request.headers.items() if name.lower() == "content-type"), "")
    body: Any = request.body.decode()
    if body and type_.startswith("application/json"):
        body = json.loads(body)
    elif body and "form-urlencoded" in type_:
        body = dict(parse_qsl(body, keep_blank_values=True))
    return {**plain, "body": body, "reach": msgspec.to_builtins(request.reach)}
