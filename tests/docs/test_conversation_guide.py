"""The guide about agents who answer messages is right: its workspace is one, and what it asks for is there."""

import json
import re

from doc_pages import ROOT, snippets_of

from skipline.api.app import create_app
from skipline.api.live_topics import TOPICS, is_known
from skipline.workspace.reading import read_workspace

GUIDE = ROOT / "docs" / "guides" / "conversations.md"
_ASKED = re.compile(r"http://127\.0\.0\.1:8080(/api/v1/\S+)")
_DEED = re.compile(r"^\| `(POST|GET) (\w+)", re.MULTILINE)
_TOPIC = re.compile(r"^\| `(\w+)`(?:, `(\w+)`)? \|.*\| `(\w+)/", re.MULTILINE)


def test_the_workspace_of_the_guide_is_one() -> None:
    (shown,) = [one for one in snippets_of(GUIDE) if one.file]
    reading = read_workspace({"skipline.yaml": shown.text})
    assert reading.issues == ()
    assert reading.workspace is not None
    (queue,) = reading.workspace.configuration.queues
    assert (queue.name, queue.reply_within_seconds) == ("support", 300)


def test_what_the_guide_asks_for_is_there() -> None:
    paths = create_app(None).openapi()["paths"]
    known = [re.sub(r"\{[^}]+\}", "[^/]+", path) for path in paths]
    text = GUIDE.read_text(encoding="utf-8")
    asked = _ASKED.findall(text)
    assert len(asked) == 3
    for path in asked:
        assert any(re.fullmatch(one, path) for one in known), path
    deeds = _DEED.findall(text)
    assert len(deeds) >= 6
    for method, deed in deeds:
        assert method.lower() in paths[f"/api/v1/conversations/{{conversation_id}}/{deed}"]


def test_the_topics_of_the_guide_are_those_that_there_are() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    told = {one for found in _TOPIC.findall(text) for one in found if one}
    assert told == set(TOPICS)
    (example,) = [json.loads(one.text) for one in snippets_of(GUIDE) if one.language == "json"]
    assert is_known(example["topic"])
    assert set(example) == {"topic", "seq", "data"}
