"""A condition compares with a value that can never be: a look-up status or a tier that does not exist."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.base.spelling import advice
from skipline.expr.rows import Operator, Row
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.written import Mark, marked_values
from skipline.model.call import Attestation
from skipline.model.events import LookupStatus

_EXACT = frozenset({Operator.IS, Operator.IS_NOT, Operator.IS_ONE_OF, Operator.IS_NONE_OF})


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `impossible_value`; a warning for tiers, because look-ups may bring tiers of another system."""
    known = _known_values(inspection)
    for path, piece in inspection.drawing.pieces():
        for one in marked_values(piece):
            if one.mark is not Mark.ROW or one.value.operator not in _EXACT or one.value.variable not in known:
                continue
            name = one.value.variable
            for value in _values(one.value):
                if value.lower() not in {right.lower() for right in known[name]}:
                    severity = Severity.WARNING if name == "contact.tier" else Severity.ERROR
                    sentence = say("`{variable}` is never {value}", variable=name, value=value)
                    fix = advice(value, known[name])
                    yield inspection.drawing.issue((*path, *one.path), "impossible_value", sentence, fix, severity)


def _known_values(inspection: Inspection) -> dict[str, frozenset[str]]:
    known = {
        "lookup.status": frozenset(status.value for status in LookupStatus),
        "call.attestation": frozenset(one.value for one in Attestation),
    }
    if inspection.workspace is not None and inspection.workspace.tiers:
        known["contact.tier"] = frozenset(tier.name for tier in inspection.workspace.tiers)
    return known


def _values(row: Row) -> list[str]:
    values = row.value if isinstance(row.value, tuple) else (row.value,)
    return [str(value) for value in values if value not in (None, "")]
