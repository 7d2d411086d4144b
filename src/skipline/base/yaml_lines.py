"""Reads YAML into plain data and remembers the line of every key and value, so that a mistake can be shown in place.

What is read is the part of YAML 1.2 that people write by hand: maps, lists, texts, numbers, true, false and null.
Anchors, aliases, tags and a second document are refused with a sentence, which also closes the door to alias bombs.
Keys are always texts; dates and times stay texts.
"""

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from skipline.base.yaml_builder import YamlBuilder
from skipline.base.yaml_document import Path, Place, YamlDocument, YamlMistake
from skipline.base.yaml_writing import dump_yaml

__all__ = ["Path", "Place", "YamlDocument", "YamlMistake", "dump_yaml", "read_yaml"]

LARGEST_FILE_BYTES = 1_048_576


def read_yaml(text: str) -> YamlDocument:
    """What `text` says. Raises `YamlMistake` when it is not YAML, too large or too deep; keys that were written twice
    do not stop the reading and are told in the document's `mistakes`."""
    if len(text) > LARGEST_FILE_BYTES or len(text.encode(errors="replace")) > LARGEST_FILE_BYTES:
        raise YamlMistake(f"the file is larger than {LARGEST_FILE_BYTES // 1024} KiB", Place(1, 1), "split it")
    builder = YamlBuilder()
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        raise _mistake_of(error) from None
    except YAMLError as error:
        raise _unreadable(text, error) from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        # The parser itself trips over a few broken files, such as an escape for a code point that does not exist.
        raise YamlMistake("this is not YAML", Place(1, 1), "look for a broken escape or quote") from None
    return builder.document()


_EXPLANATIONS = (
    ("\\t", "a tab is used for indentation", "indent with spaces"),
    ("mapping values are not allowed", "a `:` is not expected here", "quote texts with a colon; check the indentation"),
    ("sequence entries are not allowed", "a `-` is not expected here", "begin the list on a line of its own"),
    ("',' or ']'", "this list has no end", "close it with ]"),
    ("',' or '}'", "this map has no end", "close it with }"),
    ("unexpected end of stream", "a quoted text has no end", "close the quote"),
    ("unknown escape character", "a backslash is followed by something unknown", "use single quotes, or write \\\\"),
    ("could not find expected ':'", "this line is neither a key nor a value", "write `key: value`"),
    ("cannot start any token", "a text cannot begin with this character", "put the text in quotes"),
    ("<document start>", "something is left over here", "remove it, or check the indentation"),
    ("<block end>", "the indentation does not fit the lines above", "line it up with its neighbours"),
)


def _mistake_of(error: MarkedYAMLError) -> YamlMistake:
    mark = error.problem_mark or error.context_mark
    place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
    problem = " ".join(str(error.problem or error.context or "this is not YAML").split())
    for part, sentence, fix in _EXPLANATIONS:
        if part in problem:
            return YamlMistake(sentence, place, fix)
    return YamlMistake(problem, place)


def _unreadable(text: str, error: YAMLError) -> YamlMistake:
    """A character that no YAML file may hold (YAML 1.2 section 5.1)."""
    before = text[: getattr(error, "position", 0)]
    place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
    return YamlMistake("there is a character here that a text file cannot hold", place, "delete it")
