"""A step keeps a column that its table does not have."""

from collections.abc import Iterator
from typing import Any

from skipline.base.sentence import say
from skipline.base.spelling import advice
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.written import field_values
from skipline.model.configuration import Table


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `unknown_column`. Looks at what stands under `keep` beside a field of kind `table`."""
    tables = {table.name: table for table in inspection.workspace.tables} if inspection.workspace else {}
    for path, piece in inspection.drawing.pieces():
        for one in field_values(piece):
            if one.kind != "table" or one.value not in tables:
                continue
            columns = _columns(tables[one.value])
            for place, column in enumerate(_kept_columns(one.owner)):
                if column not in columns:
                    where = (*path, *one.path[:-1], "keep", place, "from")
                    sentence = say("table `{table}` has no column `{column}`", table=one.value, column=column)
                    yield inspection.drawing.issue(where, "unknown_column", sentence, advice(column, columns))


def _columns(table: Table) -> frozenset[str]:
    return frozenset({table.key, *table.columns, *(column for row in table.rows for column in row)})


def _kept_columns(owner: Any) -> list[str]:
    return [one.from_ for one in getattr(owner, "keep", ())]
