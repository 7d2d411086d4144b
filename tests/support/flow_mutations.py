"""Breaks flow files in the ways that people, editors and attackers do: the same seed gives the same files."""

import random
from collections.abc import Callable, Iterator, Sequence

_SPICE = (
    "{{ contact.phone }}",
    "{{",
    "}}",
    "{{ now | upper | upper }}",
    "{{ [1,2,3].map(x, x*x) }}",
    "'",
    '"',
    ":",
    "- ",
    "\t",
    "&a",
    "*a",
    "!!python/object:os.system",
    "<<: *a",
    "|",
    ">",
    "[",
    "]",
    "{",
    "}",
    "#",
    "\x00",
    "\ud7ff",
    "\u202e",
    "💥",
    "null",
    "true",
    "-1",
    "1e999",
    "99999999999999999999",
    "2026-13-45",
    "format: 2",
    "type: branch",
    "next:",
    "with:",
    "../../etc/passwd",
    "file:///etc/passwd",
    "$(reboot)",
    "`id`",
    "${jndi:ldap://x}",
    "__import__('os')",
    "(a+)+$",
    "a" * 1_000,
    "[" * 200,
    "{a: " * 100,
    "\n" * 50,
    "at: [.nan, .inf]",
    "? ",
    "---\n",
    "...\n",
    "%YAML 9.9\n",
)


LARGEST_CHARACTERS = 65_536
"""Some hundred times a usual flow; the time that a file takes grows with its size."""


def mutations(texts: Sequence[str], count: int, seed: int) -> Iterator[str]:
    """`count` broken versions of `texts`, most of them with one to four breaks."""
    chance = random.Random(seed)
    for _ in range(count):
        text = chance.choice(texts)
        for _ in range(chance.choice((1, 1, 2, 3, 4, 12))):
            text = chance.choice(_WAYS)(text, chance, texts)
        yield text[:LARGEST_CHARACTERS]


def _spice(text: str, chance: random.Random, _: Sequence[str]) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + chance.choice(_SPICE) + text[place:]


def _cut(text: str, chance: random.Random, _: Sequence[str]) -> str:
    begin = chance.randrange(len(text) + 1)
    return text[:begin] + text[begin + chance.choice((1, 2, 5, 20, 200)) :]


def _swap_lines(text: str, chance: random.Random, _: Sequence[str]) -> str:
    lines = text.splitlines(keepends=True) or [text]
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "".join(lines)


def _repeat_line(text: str, chance: random.Random, _: Sequence[str]) -> str:
    lines = text.splitlines(keepends=True) or [text]
    place = chance.randrange(len(lines))
    return "".join([*lines[:place], lines[place] * chance.choice((2, 3, 40)), *lines[place:]])


def _reindent(text: str, chance: random.Random, _: Sequence[str]) -> str:
    lines = text.splitlines(keepends=True) or [text]
    place = chance.randrange(len(lines))
    lines[place] = " " * chance.randrange(12) + lines[place].lstrip()
    return "".join(lines)


def _exchange_word(text: str, chance: random.Random, texts: Sequence[str]) -> str:
    words, others = text.split(" "), chance.choice(texts).split(" ")
    words[chance.randrange(len(words))] = chance.choice(others)
    return " ".join(words)


def _change_character(text: str, chance: random.Random, _: Sequence[str]) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + chr(chance.choice((chance.randrange(128), chance.randrange(0xD7FF)))) + text[place + 1 :]


_WAYS: tuple[Callable[[str, random.Random, Sequence[str]], str], ...] = (
    _spice,
    _spice,
    _cut,
    _swap_lines,
    _repeat_line,
    _reindent,
    _exchange_word,
    _exchange_word,
    _change_character,
)
