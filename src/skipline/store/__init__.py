"""What Skipline remembers: tables, migrations, the vault, and one module of functions for each aggregate.

Each function takes an open transaction first and is handed to the database:
`await database.write(runs.start, run)`, `await database.read(runs.find, phone="+31612345678")`.
"""

from skipline.store.database import Database

__all__ = ["Database"]
