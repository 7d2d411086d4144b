"""The database that a server's settings name: in its data folder, or on a PostgreSQL."""

from skipline.cli.settings import Settings
from skipline.store.database import Database


async def open_database(settings: Settings) -> Database:
    """It, with the data folder held. Raises `StorageError`."""
    return await Database.open(settings.database or settings.data, folder=settings.data)
