"""Tables as sheets: read from CSV before they are saved, and written as CSV."""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from skipline.api.access import allows
from skipline.api.errors import Refused
from skipline.api.services import Running
from skipline.api.tabular import Cell, csv_answer
from skipline.api.told import Told
from skipline.base.sentence import say
from skipline.base.value_types import ValueType, write_plain
from skipline.model.access import Permission
from skipline.model.configuration import Table
from skipline.workspace.sheets import LARGEST_SHEET_BYTES, Sheet, read_sheet, text_of

router = APIRouter(prefix="/tables", tags=["configuration"])

_CSV_BODY = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}}


class ColumnView(BaseModel):
    """A column and its type."""

    name: str
    type: ValueType


class SheetProblemView(BaseModel):
    """What is wrong in a sheet. `line` counts from 1 (0: the sheet as a whole), `row` is the place among `rows` from 0,
    null where there is none; `column` is empty for the line as a whole."""

    model_config = ConfigDict(from_attributes=True)

    line: int
    row: int | None
    column: str
    sentence: Told
    fix: Told


class SheetView(BaseModel):
    """A sheet as a table would have it. A cell that is not of its type stays the text that it is, and stands among the
    problems, of which the first 200 are told."""

    key: str
    columns: list[ColumnView]
    rows: list[dict[str, Any]]
    problems: list[SheetProblemView]


@router.post("/read", openapi_extra=_CSV_BODY)
@allows(Permission.WORKSPACE_CHANGE)
async def read_table(
    request: Request,
    key: Annotated[str, Query(description="the column that rows are found by; the first when left out")] = "",
    column_type: Annotated[
        list[str] | None, Query(description="a column and its type in place of the guess, such as `points:text`")
    ] = None,
) -> SheetView:
    """Read a sheet as CSV with commas, semicolons or tabs whose first line names the columns. Nothing is kept of it."""
    body = await request.body()
    if len(body) > LARGEST_SHEET_BYTES:
        limit = LARGEST_SHEET_BYTES // 1024
        detail = say("The sheet is larger than {limit} KB: keep it in a database and ask a source.", limit=limit)
        raise Refused(413, "too_large", detail)
    types = dict(_types(column_type or ()))
    return _view(await asyncio.to_thread(read_sheet, text_of(body), key, types))


@router.get("/{name}/csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
@allows(Permission.WORKSPACE_READ)
async def write_table(services: Running, name: str) -> Response:
    """A table's rows as CSV, which reads as the same rows again."""
    table = next((one for one in services.workspace.configuration.tables if one.name == name), None)
    if table is None:
        raise Refused(404, "not_found", say("There is no table {name}.", name=name))
    columns = _columns(table)
    return csv_answer(name, [{column: _cell(row.get(column)) for column in columns} for row in table.rows], columns)


def _types(written: "list[str] | tuple[str, ...]") -> Iterator[tuple[str, ValueType]]:
    for one in written:
        column, _, type_ = one.rpartition(":")
        if type_ not in {known.value for known in ValueType}:
            raise Refused(
                422, "not_understood", say("There is no type {type}: write such as points:number.", type=type_)
            )
        yield column, ValueType(type_)


def _view(sheet: Sheet) -> SheetView:
    return SheetView(
        key=sheet.key,
        columns=[ColumnView(name=name, type=type_) for name, type_ in sheet.columns.items()],
        rows=[dict(row) for row in sheet.rows],
        problems=[SheetProblemView.model_validate(one) for one in sheet.problems],
    )


def _columns(table: Table) -> list[str]:
    """The key, then the other columns; where a table names none, those that its rows have."""
    others = table.columns or [column for row in table.rows for column in row]
    return list(dict.fromkeys([table.key, *others]))


def _cell(value: Any) -> Cell:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return write_plain(value)
