"""Rows as CSV (RFC 4180), safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Mapping, Sequence

from fastapi import Request
from fastapi.responses import Response

from skipline.base.sheet_cells import harmless

MEDIA_TYPE = "text/csv"
Cell = str | int | float | None


def wants_csv(request: Request, asked: str | None) -> bool:
    """Whether a request is for CSV: by `format=csv`, or because it accepts nothing sooner."""
    if asked is not None:
        return asked == "csv"
    accepted = request.headers.get("accept", "").split(",")[0]
    return accepted.split(";")[0].strip().lower() == MEDIA_TYPE


def csv_answer(name: str, rows: Sequence[Mapping[str, Cell]], columns: Sequence[str]) -> Response:
    """The rows under a line of column names, as a file `name`.csv. An unknown figure is an empty cell."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows([_harmless(row[column]) for column in columns] for row in rows)
    disposition = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(written.getvalue(), media_type=MEDIA_TYPE, headers=disposition)


def _harmless(cell: Cell) -> Cell:
    """Text that a spreadsheet would carry out gets an apostrophe before it; figures are ours and stay."""
    return harmless(cell) if isinstance(cell, str) else cell
