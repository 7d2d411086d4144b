"""Every code that `skipline check` may tell, with what it means and an example from the broken files of the tests."""

import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from skipline.flow.inspection import all_checks
from skipline.flow.issue import Issue, Severity, format_issue
from skipline.flow.loading import load_flow
from skipline.model.configuration import Configuration, Number, Source, Table, Tier, Trunk
from skipline.model.queueing import Agent, Overflow, Queue, Skill
from skipline.workspace.reading import all_pieces, read_workspace

TESTS = Path(__file__).resolve().parent.parent.parent / "tests"
_CODE = re.compile(r"`([a-z]+(?:_[a-z]+)+)`")

READING_CODES = {
    "bad_file_name": "A flow's file has a name that cannot be the flow's key, or ends with `.yml`.",
    "bad_yaml": "The file is not YAML, or uses a part of YAML that no workspace needs (anchors, tags, tabs), or has a "
    "key twice.",
    "duplicate_name": "Two entries, or two flows, have the same name.",
    "duplicate_phone_user": "The phones of two agents register as the same user.",
    "duplicate_row": "A table has two rows for the same key.",
    "flow_runs_itself": "A flow runs another one that leads back to it.",
    "idle_number": "No flow takes the calls to one of your numbers.",
    "missing_key": "Something that must be there is not.",
    "no_workspace": "The folder has no `skipline.yaml`.",
    "not_a_flow": "The file is YAML, but no flow.",
    "not_a_workspace": "The file is YAML, but no `skipline.yaml`.",
    "not_read": "A file lies where nobody reads it.",
    "overflow_circle": "Queues overflow into each other, so that nobody ever gets out.",
    "missing_queue": "A queue is named that the workspace does not have, and none has a similar name.",
    "queue_without_agents": "No agent takes the contacts of a queue.",
    "unknown_flow": "A step runs a flow that the workspace does not have.",
    "unknown_format": "The file was written for another version of the format.",
    "unknown_input": "A step gives a flow an input that it does not name.",
    "unknown_key": "A key is misspelt, or stands in the wrong place.",
    "unknown_channel_type": "There is no such provider of messages.",
    "unknown_source_type": "There is no such kind of source.",
    "unknown_step_type": "There is no such kind of step.",
    "unknown_trigger_type": "There is no such kind of trigger.",
    "unquoted_number": "A telephone number without quotes, which YAML reads as an amount.",
    "wrong_value": "A value is not what its key takes. Each key says itself what is wrong.",
}
"""What is found while files are read, before any check looks at the flow."""

_SMALL_WORKSPACE = Configuration(
    tiers=(Tier(name="platinum", target_seconds=10), Tier(name="gold", target_seconds=20)),
    trunks=(Trunk(name="carrier", hosts=("127.0.0.1",)),),
    numbers=(Number(number="+31201234567"),),
    sources=(Source(name="loyalty", type="http"),),
    tables=(Table(name="vip_list", key="phone", columns={"tier": "text"}),),
    queues=(
        Queue(name="vip", overflow=Overflow(after_seconds=120.0)),
        Queue(name="general", comfort={"en": "We are with you soon."}),
    ),
    skills=(Skill(name="dutch"),),
    agents=(
        Agent(name="ana", queues=("vip", "general"), skills={"dutch": 3}),
        Agent(name="ben", queues=("vip",)),
        Agent(name="cas", queues=("general",)),
    ),
)


def checks_block() -> str:
    """Every code, in the order of the alphabet."""
    examples = _examples()
    return "\n\n".join(_entry(code, meaning, examples.get(code)) for code, meaning in sorted(meanings().items()))


def meanings() -> dict[str, str]:
    """Each code with a sentence: that of its check's module, else the one kept here."""
    found = dict(READING_CODES)
    for check in all_checks().values():
        module = inspect.getmodule(check)
        for code in _CODE.findall(inspect.getdoc(check) or ""):
            found.setdefault(code, " ".join((inspect.getdoc(module) or "").split()))
    return {code: sentence for code, sentence in found.items() if code in found_codes() or code in READING_CODES}


def found_codes() -> frozenset[str]:
    """The codes that the broken files of the tests bring to light."""
    return frozenset(_examples())


def _entry(code: str, meaning: str, example: tuple[str, Issue] | None) -> str:
    if example is None:
        return f"### {code}\n\n{meaning}"
    line, issue = example
    severity = "An error." if issue.severity is Severity.ERROR else "A warning, which stops nothing."
    shown = [*([line] if line else []), f"→ {format_issue(issue)}"]
    return "\n".join([f"### {code}", "", f"{meaning} {severity}", "", "```text", *shown, "```"])


@cache
def _examples() -> dict[str, tuple[str, Issue]]:
    """For each code the first finding, with the line that it is about."""
    found: dict[str, tuple[str, Issue]] = {}
    for files, issue in _findings():
        line = files.get(issue.file, "").splitlines()[issue.line - 1].split("  # expect")[0] if issue.line else ""
        found.setdefault(issue.code, (line.strip(), issue))
    return found


def _findings() -> Iterator[tuple[dict[str, str], Issue]]:
    for file in sorted((TESTS / "flows" / "broken").glob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        for issue in load_flow(text, "flow.yaml", all_pieces(), _SMALL_WORKSPACE).issues:
            yield {"flow.yaml": text}, issue
    for folder in sorted((TESTS / "workspace" / "broken").iterdir()):
        files = {one.relative_to(folder).as_posix(): one.read_text(encoding="utf-8") for one in _files_in(folder)}
        for issue in read_workspace(files).issues:
            yield files, issue
    with_idle = {"skipline.yaml": 'numbers:\n  - {number: "+31201234599"}\n'}
    for issue in read_workspace(with_idle).issues:
        yield with_idle, issue


def _files_in(folder: Path) -> list[Any]:
    return sorted(one for one in folder.rglob("*.y*ml") if one.is_file())
