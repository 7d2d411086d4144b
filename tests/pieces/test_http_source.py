"""The HTTP source against whatever a stranger's server may send or a caller may bring."""

import json
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skipline.asking.question import UrlEncoder, body_encoder, join_query
from skipline.model.events import LookupStatus
from skipline.model.lookup import HttpRequest, HttpResponse, Question
from skipline.sources.http.source import Http

SOURCE = Http(base_url="https://api.example.com/v1")


@given(st.integers(100, 999), st.binary(max_size=200), st.dictionaries(st.just("content-type"), st.text(max_size=60)))
def test_whatever_comes_back_is_understood(status: int, body: bytes, headers: dict[str, str]) -> None:
    answer = SOURCE.understand(HttpResponse(status=status, headers=headers, body=body))
    assert answer.reason.isprintable()
    assert answer.value is None or answer.status is LookupStatus.OK


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe", b"NaN", b"1e999", b'"\\ud800"', b"9" * 5_000]
)
def test_hostile_bodies_are_errors_or_answers(body: bytes) -> None:
    assert SOURCE.understand(HttpResponse(status=200, body=body)).status in (LookupStatus.OK, LookupStatus.ERROR)


@given(st.text(max_size=60))
def test_no_path_leaves_the_address(path: str) -> None:
    try:
        request = SOURCE.ask(Question(path=path), {}.__getitem__)
    except ValueError:
        return
    assert isinstance(request, HttpRequest)
    parts = urlsplit(request.url)
    assert (parts.scheme, parts.netloc) == ("https", "api.example.com")
    assert parts.path == "/v1" or parts.path.startswith("/v1/")


@given(st.text(max_size=60))
def test_whatever_a_hole_holds_stays_in_its_place(text: str) -> None:
    encode = UrlEncoder()
    path = join_query(f"/customers/{encode(text)}/orders", {"name": encode(text)})
    if encode.refusal:
        assert text.strip() in ("", ".", "..")
        return
    parts = urlsplit(SOURCE.ask(Question(path=path), {}.__getitem__).url)
    assert parts.path.count("/") == 4
    assert parts.path.endswith("/orders")
    assert parts.query.count("&") == 0
    assert not parts.fragment


@given(st.text(max_size=60))
def test_a_hole_in_a_json_body_stays_a_text(text: str) -> None:
    encode = body_encoder('{"name": "{{ contact.name }}"}')
    assert encode is not None
    assert json.loads(f'{{"name": "{encode(text)}"}}') == {"name": text}
