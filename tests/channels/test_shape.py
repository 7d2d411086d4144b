"""Every case and every recorded delivery of every channel piece, and every file that its folder must have."""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest
from channel_cases import (
    CHANNELS,
    Case,
    all_cases,
    channel_pieces,
    delivery_of,
    play_case,
    play_recording,
    recordings,
    settings_of,
)

from skipline.base.yaml_lines import read_yaml
from skipline.model.message import Channel
from skipline.workspace.channels import read_account

LANGUAGES = ("en", "es", "pt", "zh", "id")
PROVIDERS = list(channel_pieces())
CASES = list(all_cases())
WIRE = [(provider, name) for provider in PROVIDERS for name in recordings(provider)]


@pytest.mark.parametrize(("provider", "case"), CASES, ids=[f"{provider}: {case['case']}" for provider, case in CASES])
def test_case(provider: str, case: Case) -> None:
    play_case(provider, case)


@pytest.mark.parametrize(("provider", "name"), WIRE)
def test_recorded_delivery_is_read(provider: str, name: str) -> None:
    play_recording(provider, recordings(provider)[name])


@pytest.mark.parametrize(("provider", "name"), WIRE)
def test_what_is_recorded_has_a_sentence_and_keys_of_its_own(provider: str, name: str) -> None:
    recording = recordings(provider)[name]
    assert recording["case"].strip()
    keys = [event.key for event in settings_of(provider).read(delivery_of(provider, recording))]
    assert len(keys) == len(set(keys))
    assert all(keys)


def test_every_folder_of_the_room_is_a_piece() -> None:
    folders = {path.name for path in CHANNELS.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(PROVIDERS)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_folder_has_what_a_piece_needs(provider: str) -> None:
    needed = {"__init__.py", "channel.py", "cases.json", "page.md", "wire"} | {f"words.{one}.json" for one in LANGUAGES}
    assert needed <= {path.name for path in (CHANNELS / provider).iterdir()}
    assert (CHANNELS / provider / "wire" / "account.json").exists()
    assert any(one == provider for one, _ in CASES)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_account_carries_channels_that_there_are(provider: str) -> None:
    settings = settings_of(provider)
    assert settings.channels
    assert set(settings.channels) <= set(Channel)
    assert settings.pace().per_second > 0


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_secret_is_written_in_settings(provider: str) -> None:
    """A field of kind `secret` holds the name of a secret, so an account can be shown to everybody who may see it."""
    named = [one.name for one in dataclasses.fields(channel_pieces()[provider].made_class) if _is_secret(one)]
    assert named


def _is_secret(one: "dataclasses.Field[Any]") -> bool:
    return one.metadata.get("kind") == "secret"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_example_of_the_page_is_right(provider: str) -> None:
    page = (CHANNELS / provider / "page.md").read_text("utf-8")
    assert page.startswith("# ")
    example = read_yaml(page.split("```yaml\n")[1].split("```")[0]).data
    for entry in example["channels"]:
        assert read_account(entry).type == provider


@pytest.mark.parametrize("provider", PROVIDERS)
def test_page_names_every_key(provider: str) -> None:
    page = (CHANNELS / provider / "page.md").read_text("utf-8")
    assert [key for key in channel_pieces()[provider].keys[()] if f"`{key}`" not in page] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_words_of_five_languages_travel_together(provider: str, language: str) -> None:
    words = json.loads((CHANNELS / provider / f"words.{language}.json").read_text("utf-8"))
    assert set(words) == {"title", "about"} | set(_labels(channel_pieces()[provider].made_class))
    assert all(text.strip() for text in words.values())


def _labels(of: Any) -> Iterator[str]:
    if dataclasses.is_dataclass(of):
        yield from (one.metadata["label"] for one in dataclasses.fields(of) if one.metadata.get("label"))
        for hint in get_type_hints(of).values():
            yield from _labels(hint)
    for inner in get_args(of):
        yield from _labels(inner)
