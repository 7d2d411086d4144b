"""Writes what came of stories as a JUnit report, which build servers read."""

from collections.abc import Sequence
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from skipline.stories.judging import Verdict

_NOT_ALLOWED = {number: "\N{REPLACEMENT CHARACTER}" for number in range(32) if chr(number) not in "\t\n\r"}
"""Characters that no XML file may hold (XML 1.0 section 2.2)."""


def write_junit(verdicts: Sequence[Verdict]) -> str:
    """The report: a suite for each story file, a case for each story. `time` is the story's own, in seconds."""
    top = Element("testsuites", name="skipline test")
    for file, of_file in groupby(verdicts, key=lambda verdict: verdict.placed.file):
        _add_suite(top, file, list(of_file))
    indent(top)
    return tostring(top, encoding="unicode", xml_declaration=True) + "\n"


def _add_suite(top: Element, file: str, verdicts: Sequence[Verdict]) -> None:
    failed = sum(not verdict.has_passed for verdict in verdicts)
    suite = SubElement(top, "testsuite", name=_clean(file), tests=str(len(verdicts)), failures=str(failed), errors="0")
    for verdict in verdicts:
        _add_case(suite, verdict)


def _add_case(suite: Element, verdict: Verdict) -> None:
    placed = verdict.placed
    name = _clean(placed.story.story)
    seconds = f"{verdict.performance.ended_after or 0.0:.3f}"
    case = SubElement(suite, "testcase", classname=placed.flow, name=name, time=seconds)
    case.attrib |= {"file": _clean(placed.file), "line": str(placed.line)}
    if not verdict.has_passed:
        failure = SubElement(case, "failure", message=_clean(verdict.differences[0]))
        failure.text = _clean("\n".join(verdict.differences))


def _clean(text: str) -> str:
    return text.translate(_NOT_ALLOWED)
