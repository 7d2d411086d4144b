"""The hot statements: SQL in named files, each with a comment, read once when its module is loaded.

A file holds statements that each begin with a line `-- name: NAME`. A parameter `:started_at` takes the type of the
table's column of that name, so times and JSON are written the same way as everywhere else.
"""

import re
from importlib.resources import files

import sqlalchemy as sa

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)
_PARAMETER = re.compile(r"(?<![\w:]):(\w+)")
_COMMENT = re.compile(r"--[^\n]*\n")


def load_statements(file: str, table: sa.Table) -> dict[str, sa.TextClause]:
    """The statements of `sql/{file}.sql` by name, with parameters typed by the columns of `table`."""
    written = files("skipline.store").joinpath("sql", f"{file}.sql").read_text("utf-8")
    _, *parts = _NAME.split(written)
    return {name: _typed(_COMMENT.sub("", sql), table) for name, sql in zip(parts[::2], parts[1::2], strict=True)}


def _typed(sql: str, table: sa.Table) -> sa.TextClause:
    names = dict.fromkeys(_PARAMETER.findall(sql))
    return sa.text(sql.strip()).bindparams(*(sa.bindparam(name, type_=table.c[name].type) for name in names))


def load_plain(file: str) -> dict[str, str]:
    """The statements of `sql/{file}.sql` by name as they stand, for a driver of its own."""
    written = files("skipline.store").joinpath("sql", f"{file}.sql").read_text("utf-8")
    _, *parts = _NAME.split(written)
    return {name: _COMMENT.sub("", sql).strip().rstrip(";") for name, sql in zip(parts[::2], parts[1::2], strict=True)}
