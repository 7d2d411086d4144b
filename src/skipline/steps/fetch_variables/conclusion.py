"""From what came of a look-up to the values that count: the answer's, else the table's, else the defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from skipline.asking.keeping import KeepValue, default_values, pick_values
from skipline.base.json_pointer import MISSING, find, split_pointer
from skipline.base.value_types import ValueType, take
from skipline.model.events import LookupAnswered, LookupStatus
from skipline.steps.fetch_variables.keeping import Fallback

_WITH_VALUE = frozenset({LookupStatus.OK, LookupStatus.STALE})


class Origin(StrEnum):
    """Where the values come from; readable in conditions as `lookup.origin`."""

    SOURCE = "source"
    CACHE = "cache"
    LAST_KNOWN = "last_known"
    TABLE = "table"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came of the question. `is_asked` is False when there was nobody to ask about."""

    status: LookupStatus
    value: Any = None
    reason: str = ""
    is_asked: bool = True
    is_cached: bool = False
    age_seconds: float = 0.0
    took_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What counts now: the exit to leave by, the values to keep, and why some took their defaults."""

    exit: str
    status: LookupStatus
    origin: Origin
    values: Mapping[str, Any]
    problems: tuple[str, ...] = ()


def finding_of(answered: LookupAnswered) -> Finding:
    """The host's answer as a finding."""
    return Finding(
        status=answered.status,
        value=answered.value,
        reason=answered.reason,
        is_cached=answered.is_cached,
        age_seconds=answered.age_seconds,
        took_ms=answered.took_ms,
    )


def conclude(finding: Finding, keep: tuple[KeepValue, ...], found_when: str = "") -> Conclusion:
    """What counts when there is no fallback table, or nothing in it."""
    if finding.status in _WITH_VALUE and _is_found(finding.value, found_when):
        values, problems = pick_values(keep, lambda one: one.found_in(finding.value))
        return Conclusion(
            exit="found", status=finding.status, origin=_origin(finding), values=values, problems=problems
        )
    is_failure = finding.status in (LookupStatus.TIMEOUT, LookupStatus.ERROR)
    return Conclusion(
        exit="failed" if is_failure else "not_found",
        status=finding.status if is_failure else LookupStatus.NOT_FOUND,
        origin=Origin.DEFAULT,
        values=default_values(keep),
    )


def conclude_from_row(
    finding: Finding, keep: tuple[KeepValue, ...], fallback: Fallback, row: Mapping[str, Any]
) -> Conclusion:
    """What counts when the source failed and the fallback table has a row; the status still tells of the failure."""
    columns = {one.as_: one.from_ for one in fallback.keep}
    values, problems = pick_values(keep, lambda one: row.get(columns[one.as_]) if one.as_ in columns else None)
    named = {one.as_ for one in keep}
    more = {
        name: take(row.get(column), ValueType.ANY, None)[0] for name, column in columns.items() if name not in named
    }
    return Conclusion(
        exit="found", status=finding.status, origin=Origin.TABLE, values={**values, **more}, problems=problems
    )


def _is_found(value: Any, found_when: str) -> bool:
    return not found_when or find(value, split_pointer(found_when)) not in (MISSING, None, False, "", [], {})


def _origin(finding: Finding) -> Origin:
    if finding.status is LookupStatus.STALE:
        return Origin.LAST_KNOWN
    return Origin.CACHE if finding.is_cached else Origin.SOURCE
