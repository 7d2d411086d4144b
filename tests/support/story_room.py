"""The demo company's flow on a stage, and stories written in a few words."""

from typing import Any

from skipline.base.yaml_lines import dump_yaml
from skipline.cli.demo import workspace_files
from skipline.stories.judging import Verdict, judge
from skipline.stories.playing import play
from skipline.stories.reading import read_stories
from skipline.stories.stage import Stage, build_stage

NUMBERS = ["+31201234567"]
CALLED = {"type": "incoming_call", "numbers": NUMBERS}
WRITTEN = {"type": "incoming_message", "accounts": ["support"]}
_ACCOUNT = {
    "name": "support",
    "type": "twilio",
    "account_sid": "AC00000000000000000000000000000001",
    "secret": "twilio_token",
    "sms_from": "+31970000001",
}


def demo_files(folder: Any) -> dict[str, str]:
    """The demo company's workspace as texts by path, with lines at a fixed address."""
    address = "127.0.0.1:5071"
    places = workspace_files.Places(company_url="http://127.0.0.1:9", vip_address=address, general_address=address)
    workspace_files.write_workspace(folder, places)
    found = sorted(path for path in folder.rglob("*.yaml"))
    return {path.relative_to(folder).as_posix(): path.read_text() for path in found}


def stage_with(
    steps: dict[str, Any],
    start: str,
    *,
    begins: dict[str, Any] = CALLED,
    inner: dict[str, Any] | None = None,
    **sections: Any,
) -> Stage:
    """A stage with one flow `it` of these steps, begun by a call or a message; `inner` are other flows by their keys,
    `sections` those of skipline.yaml."""
    flow = {"format": 1, "name": "It", "triggers": [begins], "start": start, "steps": steps}
    configuration = {"numbers": [{"number": number} for number in NUMBERS], "channels": [_ACCOUNT], **sections}
    flows = {f"flows/{key}.yaml": dump_yaml(one) for key, one in {"it": flow, **(inner or {})}.items()}
    stage, issues = build_stage({"skipline.yaml": dump_yaml(configuration), **flows})
    assert stage is not None, issues
    return stage


def tell(stage: Stage, flow: str = "it", **story: Any) -> Verdict:
    """What comes of a story with these keys."""
    reading = read_stories(dump_yaml({"flow": flow, "stories": [{"story": "It happens", **story}]}), "x.story.yaml")
    assert not reading.issues, reading.issues
    (placed,) = reading.stories
    return judge(placed, play(stage, flow, placed.story))
