"""Breaks what providers deliver in the ways that new versions, bugs and attackers do: the same chance gives the same
bytes.

`broken_json(value, chance)` breaks a JSON value before it is written, `broken_form(fields, chance)` a form, and
`broken_bytes(body, chance)` anything that is written already. `broken_body(told, chance)` does the one that fits a
recorded delivery. With hypothesis: `st.randoms(use_true_random=False)` gives a `chance` that shrinks.
"""

import copy
import json
import random
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from channel_cases import body_of, wire_json

ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**30,
    -(10**18),
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud83d",
    "\udc00tail",
    "\u202e",
    "\U0001f600" * 50,
    "\uff11\uff12\uff13",
    "x" * 10_000,
    "9" * 400,
    "1e999",
    "NaN",
    "2026-13-45T99:00:00Z",
    "99999999999999999999",
    "253402300800",
    "-62135596801",
    "../../etc/passwd",
    "http://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
    "{{ contact.phone }}",
    "'; DROP TABLE messages; --",
    [],
    {},
    [[]],
    [None],
    [[[[]]]],
    {"id": {"id": {}}},
    {"": ""},
    ["a", 1, None, {"type": "text"}],
)
"""What stands where something else should."""

RAW_TRAPS: tuple[bytes, ...] = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b'""',
    b"0",
    b"NaN",
    b"1e999",
    b'{"entry":NaN}',
    b'{"entry":1e999}',
    b'{"entry":[1e999,-1e999,Infinity]}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"entry":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"entry":' + b"9" * 5_000 + b"}",
    b'{"entry":"' + b"\\ud83d" * 100 + b'"}',
    b'{"object":1,"object":"page","object":"whatsapp_business_account"}',
    b"\xff\xfe\x00",
    b"\xef\xbb\xbf{}",
    b'"\xed\xa0\x80"',
    b"%00=%00&From=%FF&Body=%ED%A0%80",
    b"a=1&a=2&" * 3_000,
    b"=",
    b"&&&&",
)
"""Whole bodies that no reader should fall over."""

Break = Callable[[Any, random.Random], Any]


def broken_body(told: Mapping[str, Any], chance: random.Random) -> bytes:
    """The body of a recorded delivery with one to four breaks in it."""
    way = chance.random()
    if way < 0.05:
        return chance.choice(RAW_TRAPS)
    if way < 0.15:
        return broken_bytes(body_of(told)[0], chance)
    if "form" in told:
        return broken_form(told["form"], chance)
    body = told.get("body", "")
    return broken_bytes(body.encode(), chance) if isinstance(body, str) else wire_json(broken_json(body, chance))


def broken_json(value: Any, chance: random.Random) -> Any:
    """A copy of a JSON value with one to four breaks: keys dropped, renamed or doubled, values of other types, lists
    repeated up to a thousand times."""
    broken = copy.deepcopy(value)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        places = _places(broken)
        if not places:
            return chance.choice(ODD_VALUES)
        holder, key = chance.choice(places)
        chance.choice(_WAYS)(holder, key, chance)
    return broken


def broken_form(fields: Mapping[str, str], chance: random.Random) -> bytes:
    """A form with one to four breaks."""
    pairs = [(name, str(value)) for name, value in fields.items()]
    for _ in range(chance.choice((1, 1, 2, 4))):
        place = chance.randrange(len(pairs)) if pairs else 0
        odd = chance.choice([one for one in ODD_VALUES if isinstance(one, str)])
        way = chance.randrange(5)
        if way == 0 or not pairs:
            pairs.append((chance.choice(("Body", "From", "Unknown", odd)), odd))
        elif way == 1:
            del pairs[place]
        elif way == 2:
            pairs[place] = (f"{pairs[place][0]}X", pairs[place][1])
        elif way == 3:
            pairs[place] = (pairs[place][0], odd)
        else:
            pairs += [pairs[place]] * chance.choice((1, 2, 1_000))
    return urlencode(pairs, errors="surrogatepass").encode()


def broken_bytes(body: bytes, chance: random.Random) -> bytes:
    """`body` cut, with a byte changed, or with something strange in the middle."""
    place = chance.randrange(len(body) + 1)
    way = chance.randrange(4)
    if way == 0:
        return body[:place]
    if way == 1:
        return body[:place] + bytes([chance.randrange(256)]) + body[place + 1 :]
    if way == 2:
        return body[:place] + chance.choice(RAW_TRAPS)[:2_000] + body[place:]
    return body[:place] + body[place + chance.choice((1, 2, 10, 100)) :]


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in nested lists and objects, as its holder and its key."""
    found: list[tuple[Any, Any]] = []
    left = [value]
    while left and len(found) < 5_000:
        one = left.pop()
        keys = one.keys() if isinstance(one, dict) else range(len(one)) if isinstance(one, list) else ()
        found += [(one, key) for key in keys]
        left += [one[key] for key in keys if isinstance(one[key], dict | list)]
    return found


def _retype(holder: Any, key: Any, chance: random.Random) -> None:
    holder[key] = copy.deepcopy(chance.choice(ODD_VALUES))


def _drop(holder: Any, key: Any, _: random.Random) -> None:
    del holder[key]


def _rename(holder: Any, key: Any, chance: random.Random) -> None:
    if isinstance(holder, dict):
        holder[chance.choice((f"{key}_v2", key.upper(), "", "type", "id", "unknown"))] = holder.pop(key)


def _wrap(holder: Any, key: Any, chance: random.Random) -> None:
    holder[key] = [holder[key]] if chance.random() < 0.5 else {"value": holder[key]}


def _unwrap(holder: Any, key: Any, _: random.Random) -> None:
    if isinstance(holder[key], list) and holder[key]:
        holder[key] = holder[key][0]


def _other_word(holder: Any, key: Any, chance: random.Random) -> None:
    """A text becomes a word that nobody knows, as types of the future do."""
    holder[key] = f"{holder[key]}_of_2031"[-300:] if isinstance(holder[key], str) else chance.choice(("new", "void"))


def _repeat(holder: Any, key: Any, chance: random.Random) -> None:
    if isinstance(holder, list) and len(json.dumps(holder[key])) < 2_000:
        holder += [
            copy.deepcopy(holder[key]) for _ in range(chance.choice((1, 2, 10, 1_000)) if len(holder) < 9 else 1)
        ]


def _add(holder: Any, _: Any, chance: random.Random) -> None:
    odd = copy.deepcopy(chance.choice(ODD_VALUES))
    if isinstance(holder, dict):
        holder[chance.choice(("unheard_of", "type", "id", "errors"))] = odd
    else:
        holder.append(odd)


_WAYS: tuple[Callable[[Any, Any, random.Random], None], ...] = (
    _retype,
    _retype,
    _retype,
    _drop,
    _drop,
    _rename,
    _wrap,
    _unwrap,
    _other_word,
    _repeat,
    _add,
)
