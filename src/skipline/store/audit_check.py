"""Looks whether the audit's chain is whole: what was changed, removed or swapped is named by its number."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from skipline.model.audit import Flaw, Verdict
from skipline.store.audit import FORGOTTEN, NEWEST, hash_of, read_end
from skipline.store.audit_schema import audit_entries as rows

_AT_ONCE = 1000
_MOST_FLAWS = 20
"""Told of one look: who changed everything need not be told of everything."""


def verify(transaction: sa.Connection, noted: tuple[int, str] | None = None) -> Verdict:
    """Read the whole chain. `noted` is the number and hash of an entry that was written down elsewhere: it has to be
    there as it was, unless it was kept long enough."""
    newest, newest_hash = read_end(transaction, NEWEST)
    forgotten, before = read_end(transaction, FORGOTTEN)
    last, count, flaws = forgotten, 0, list[Flaw]()
    for row in _walk(transaction):
        flaws += _flaws_of(row, last, before)
        last, before, count = row["number"], row["hash"], count + 1
        if noted is not None and noted[0] == last and noted[1] != before:
            flaws.append(Flaw(number=last, sentence=f"entry {last} is not the one whose hash was noted"))
    if (last, before) != (newest, newest_hash):
        flaws.append(_end_flaw(last, newest))
    if noted is not None and noted[0] > max(last, forgotten):
        flaws.append(Flaw(number=noted[0], sentence=f"entry {noted[0]}, whose hash was noted, is missing"))
    first = forgotten + 1 if count else 0
    return Verdict(first=first, newest=last if count else 0, hash=before, count=count, flaws=tuple(flaws[:_MOST_FLAWS]))


def _flaws_of(row: dict[str, Any], last: int, before: str) -> Iterator[Flaw]:
    number = row["number"]
    if number != last + 1:
        yield Flaw(number=last + 1, sentence=_missing(last + 1, number - 1))
    elif hash_of(before, row) != row["hash"]:
        yield Flaw(number=number, sentence=f"entry {number} is not as it was written, or not in its place")


def _missing(first: int, last: int) -> str:
    if last < first:
        return f"entry {last + 1} is older than what was let go of, and should not be there"
    return f"entry {first} is missing" if first == last else f"entries {first} to {last} are missing"


def _end_flaw(last: int, newest: int) -> Flaw:
    if last < newest:
        return Flaw(number=last + 1, sentence=_missing(last + 1, newest))
    if last > newest:
        return Flaw(number=newest + 1, sentence=f"entry {newest + 1} and later ones were not appended by Skipline")
    return Flaw(number=last, sentence=f"entry {last} is not the one that was appended last")


def _walk(transaction: sa.Connection) -> Iterator[dict[str, Any]]:
    last = -1
    while True:
        wanted = sa.select(rows).where(rows.c.number > last).order_by(rows.c.number).limit(_AT_ONCE)
        found = transaction.execute(wanted).mappings().all()
        yield from map(dict, found)
        if len(found) < _AT_ONCE:
            return
        last = found[-1]["number"]
