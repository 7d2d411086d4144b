"""Says in one sentence what a look-up came to, with its figures, for the trace."""

from skipline.base.value_types import shorten, write_plain
from skipline.model.events import LookupStatus
from skipline.steps.fetch_variables.conclusion import Conclusion, Finding, Origin

_MOST_VALUES = 6


def describe(source: str, finding: Finding, conclusion: Conclusion, table: str = "") -> str:
    """For example `loyalty answered in 84 ms: loyalty_status is gold`. `table` names the step's fallback table."""
    sentence = f"{_what_happened(source, finding, conclusion)}{_what_counts(conclusion, table)}"
    values = [f"{name} is {shorten(write_plain(value), 60)}" for name, value in conclusion.values.items()]
    shown = ", ".join([*values[:_MOST_VALUES], *(["..."] if len(values) > _MOST_VALUES else [])])
    notes = "".join(f"; {problem}" for problem in conclusion.problems)
    return f"{sentence}: {shown}{notes}" if shown else f"{sentence}{notes}"


def _what_happened(source: str, finding: Finding, conclusion: Conclusion) -> str:
    if not finding.is_asked:
        return f"{source} was not asked, because {finding.reason}"
    in_time = f" in {finding.took_ms:.0f} ms"
    if conclusion.status is LookupStatus.NOT_FOUND and finding.status is not LookupStatus.NOT_FOUND:
        return f"{source} answered{in_time}, but with nobody in it"
    if finding.status is LookupStatus.OK and not finding.is_cached:
        return f"{source} answered{in_time}"
    if finding.status is LookupStatus.NOT_FOUND:
        return f"{finding.reason or f'{source} knows nobody like this'} ({finding.took_ms:.0f} ms)"
    return finding.reason.rstrip(".") or f"{source} did not answer in time"


def _what_counts(conclusion: Conclusion, table: str) -> str:
    if conclusion.origin is Origin.TABLE:
        return f", so the row of table {table} counts"
    if conclusion.origin is not Origin.DEFAULT or not conclusion.values:
        return ""
    missing_row = f"table {table} has no row for this contact and " if table and conclusion.exit == "failed" else ""
    return f", so {missing_row}the defaults count"
