"""What the guide for a real server has systemd do goes with what the server does."""

import configparser
import tomllib

import pytest
from doc_pages import Snippet, snippets_in

from skipline.cli.settings import Settings

PAGE = "docs/guides/deploy.md"


def _one(language: str) -> Snippet:
    [found] = [one for one in snippets_in(language) if one.page == PAGE]
    return found


@pytest.fixture
def service() -> configparser.SectionProxy:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str
    unit.read_string(_one("ini").text)
    return unit["Service"]


def test_a_stop_waits_longer_than_calls_are_given_to_end(service: configparser.SectionProxy) -> None:
    settings = Settings(data="data", **tomllib.loads(_one("toml").text))
    assert int(service["TimeoutStopSec"]) > settings.drain_seconds


def test_a_server_that_dies_takes_no_calls_with_it(service: configparser.SectionProxy) -> None:
    assert (service["KillMode"], service["Restart"]) == ("process", "always")
