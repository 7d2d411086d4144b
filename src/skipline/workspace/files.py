"""Which file of a workspace folder is what."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from skipline.base.sentence import say
from skipline.flow.issue import Issue, Severity

CONFIGURATION_FILE = "skipline.yaml"
_FLOWS = "flows/"
_STORY = ".story.yaml"
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SortedFiles:
    """The flow files of a workspace, in order, and what is wrong with how files are named."""

    flow_paths: tuple[str, ...]
    issues: tuple[Issue, ...]


def flow_file(key: str) -> str:
    """Where the flow with this key stands: `loyalty` in `flows/loyalty.yaml`."""
    return f"{_FLOWS}{key}.yaml"


def key_of_flow(path: str) -> str:
    """The key of the flow in this file, the inverse of `flow_file`."""
    return path.removeprefix(_FLOWS).removesuffix(".yaml")


def story_file(key: str) -> str:
    """Where the stories that are kept with a flow stand: those of `loyalty` in `flows/loyalty.story.yaml`."""
    return f"{_FLOWS}{key}{_STORY}"


def sort_files(paths: Iterable[str]) -> SortedFiles:
    """Stories and files of other kinds are left alone; a file that only looks like a flow is told."""
    issues, flows = [], []
    found = sorted(paths)
    if CONFIGURATION_FILE not in found:
        fix = say("name the folder that holds it, or write one; `skipline demo` shows an example")
        issues.append(_issue(CONFIGURATION_FILE, "no_workspace", say("this file is missing"), fix))
    for path in found:
        if not path.startswith(_FLOWS) or path.endswith((_STORY, "/")):
            continue
        if path.endswith(".yml"):
            fix = say("name it {file}", file=f"{path.removesuffix('.yml')}.yaml")
            sentence = say("this file is not read, because its name ends with .yml")
            issues.append(_issue(path, "not_read", sentence, fix))
        elif path.endswith(".yaml") and _KEY.fullmatch(key_of_flow(path)):
            flows.append(path)
        elif path.endswith(".yaml"):
            fix = say("use letters, digits, _ and - and no folders, such as flows/loyalty.yaml")
            issues.append(_issue(path, "bad_file_name", say("a flow's file cannot have this name"), fix))
    return SortedFiles(tuple(flows), tuple(issues))


def _issue(file: str, code: str, sentence: str, fix: str) -> Issue:
    return Issue(file=file, line=0, code=code, sentence=sentence, fix=fix, severity=Severity.ERROR)
