"""The audit of a database, read without holding its folder: its server may run."""

from functools import partial
from pathlib import Path

from skipline.model.audit import Verdict
from skipline.store.audit_check import verify
from skipline.store.errors import UnusablePlace
from skipline.store.folder import DATABASE_NAME
from skipline.store.inspection import look
from skipline.store.revision import read_revision
from skipline.store.schema import NEWEST_REVISION


def verify_folder(folder: Path, noted: tuple[int, str] | None) -> Verdict:
    """The verdict on the database of a data folder. Raises `UnusablePlace`."""
    file = folder / DATABASE_NAME
    if not file.is_file():
        raise UnusablePlace(f"{file} is not there: name the data folder that `skipline serve` was given")
    if read_revision(file) != NEWEST_REVISION:
        raise UnusablePlace(f"{file} was not made by this release: migrate it, or use the Skipline that serves it")
    return look(file, partial(verify, noted=noted))


async def verify_server(url: str, noted: tuple[int, str] | None) -> Verdict:
    """The verdict on a PostgreSQL database. Raises `StorageError`."""
    # Loaded by those alone who use a server.
    from skipline.store.server_inspection import look_at_server

    return await look_at_server(url, partial(verify, noted=noted))
