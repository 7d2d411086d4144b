"""Reads YAML into plain data and remembers the line of every key and value, so that a mistake can be shown in place.

What is read is the part of YAML 1.2 that people write by hand: maps, lists, texts, numbers, true, false and null.
Anchors, aliases, tags and a second document are refused with a sentence, which also closes the door to alias bombs.
Keys are always texts; dates and times stay texts.
"""

import re
from typing import Any

import yaml

from skipline.base.sentence import say
from skipline.base.yaml_builder import YamlBuilder
from skipline.base.yaml_document import Path, Place, YamlDocument, YamlMistake
from skipline.base.yaml_writing import dump_yaml

__all__ = ["Path", "Place", "YamlDocument", "YamlMistake", "dump_yaml", "read_yaml"]

LARGEST_FILE_BYTES = 1_048_576
_LARGEST_SLOW_CHARACTERS = 8_192

_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml, which reads twenty times as fast as Python and is in every wheel of PyYAML."""

# YAML 1.2 section 5.1, c-printable.
_UNREADABLE = re.compile("[^\\t\\n\\r\\x20-\\x7e\\x85\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def read_yaml(text: str) -> YamlDocument:
    """What `text` says. Raises `YamlMistake` when it is not YAML, too large or too deep; keys that were written twice
    do not stop the reading and are told in the document's `mistakes`."""
    if len(text) > LARGEST_FILE_BYTES or len(text.encode(errors="replace")) > LARGEST_FILE_BYTES:
        raise YamlMistake(
            say("the file is larger than {size} KiB", size=LARGEST_FILE_BYTES // 1024), Place(1, 1), say("split it")
        )
    if unreadable := _UNREADABLE.search(text):
        place = _place_of(text, unreadable.start())
        raise YamlMistake(say("there is a character here that a text file cannot hold"), place, say("delete it"))
    try:
        return _read(text, _FAST)
    except yaml.MarkedYAMLError as error:
        if "Unicode character escape" in str(error.problem) and len(text) <= _LARGEST_SLOW_CHARACTERS:
            # libyaml knows no character that is escaped in two halves, as JSON does.
            return _read_slowly(text)
        raise _mistake_of(text, error) from None
    except yaml.YAMLError:
        raise YamlMistake(say("this is not YAML"), Place(1, 1)) from None


def _read(text: str, loader: Any) -> YamlDocument:
    builder = YamlBuilder()
    for event in yaml.parse(text, Loader=loader):
        builder.take(event)
    return builder.document()


def _read_slowly(text: str) -> YamlDocument:
    try:
        return _read(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _mistake_of(text, error) from None
    except (yaml.YAMLError, ArithmeticError, ValueError):  # such as an escape for a code point that does not exist
        raise YamlMistake(say("this is not YAML"), Place(1, 1), say("look for a broken escape or quote")) from None


_EXPLANATIONS = (
    (
        "mapping values are not allowed",
        say("a `:` is not expected here"),
        say("quote texts with a colon; check the indentation"),
    ),
    ("unexpected ':'", say("a `:` is not expected here"), say("put a space behind it, or quote the text")),
    ("sequence entries are not allowed", say("a `-` is not expected here"), say("begin the list on a line of its own")),
    ("',' or ']'", say("this list has no end"), say("close it with ]")),
    ("',' or '}'", say("this map has no end"), say("close it with }}")),
    ("unexpected end of stream", say("a quoted text has no end"), say("close the quote")),
    (
        "unknown escape character",
        say("a backslash is followed by something unknown"),
        say("use single quotes, or write \\\\"),
    ),
    ("Unicode character escape", say("no character is escaped like this"), say("write the character itself")),
    ("could not find expected ':'", say("this line is neither a key nor a value"), say("write `key: value`")),
    ("cannot start any token", say("a text cannot begin with this character"), say("put the text in quotes")),
    ("expected node content", say("a value is expected here"), say("write a value, or put the text in quotes")),
    ("<document start>", say("something is left over here"), say("remove it, or check the indentation")),
    ("expected key", say("the indentation does not fit the lines above"), say("line it up with its neighbours")),
    (
        "expected '-' indicator",
        say("the indentation does not fit the lines above"),
        say("line it up with its neighbours"),
    ),
    ("<block end>", say("the indentation does not fit the lines above"), say("line it up with its neighbours")),
)


_WORDS_OF_LIBYAML = {
    str(one): one
    for one in (
        say("did not find expected comment or line break"),
        say("did not find expected whitespace or line break"),
        say("did not find expected alphabetic or numeric character"),
        say("did not find expected tag URI"),
        say("found unexpected non-alphabetical character"),
        say("found unexpected document indicator"),
        say("found an indentation indicator equal to 0"),
        say("found a tab character that violates indentation"),
        say("found undefined tag handle"),
        say("found unknown directive name"),
        say("found incompatible YAML document"),
        say("could not find expected directive name"),
        say("mapping keys are not allowed in this context"),
    )
}


def _mistake_of(text: str, error: yaml.MarkedYAMLError) -> YamlMistake:
    mark: Any = error.problem_mark or error.context_mark
    # Where something is missing at the end, libyaml points to the line after the last.
    place = Place(min(mark.line, text.count("\n")) + 1, mark.column + 1) if mark else Place(1, 1)
    if mark and text[mark.index : mark.index + 1] == "\t":
        return YamlMistake(say("a tab is used for indentation"), place, say("indent with spaces"))
    problem = " ".join(str(error.problem or error.context or "this is not YAML").split())
    for part, sentence, fix in _EXPLANATIONS:
        if part in problem:
            return YamlMistake(sentence, place, fix)
    return YamlMistake(_WORDS_OF_LIBYAML.get(problem, problem), place)


def _place_of(text: str, position: int) -> Place:
    before = text[:position]
    return Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
