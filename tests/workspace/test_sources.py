"""Building a source from its configuration."""

import pytest

from skipline.flow.describing import describe_fields
from skipline.flow.mistakes import PieceMistakes
from skipline.model.configuration import Source
from skipline.model.lookup import Question
from skipline.workspace.sources import build_source, read_source, source_pieces


def test_a_source_that_was_read_can_ask() -> None:
    source = read_source({"name": "loyalty", "type": "http", "base_url": "https://api.example.com", "time_limit": "1s"})
    assert source.time_limit_seconds == 1.0
    request = build_source(source).ask(Question(path="/customers/1"), {}.__getitem__)
    assert request.url == "https://api.example.com/customers/1"


def test_settings_that_are_not_right_are_refused() -> None:
    with pytest.raises(PieceMistakes):
        build_source(Source(name="loyalty", type="http", settings={"base_url": "nowhere"}))


def test_http_is_a_type_of_source() -> None:
    assert "http" in source_pieces()


def test_each_kind_of_sign_in_is_described_with_its_own_fields() -> None:
    described = {one.name: one for one in describe_fields(source_pieces()["http"].made_class)}
    assert {type_: [one.name for one in fields] for type_, fields in described["auth"].variants.items()} == {
        "bearer": ["secret"],
        "basic": ["user", "secret"],
        "header": ["name", "secret"],
        "oauth2": ["token_url", "client_id", "secret", "scope"],
    }
    assert described["auth"].parts == ()
    assert described["base_url"].variants == {}
