"""The ways in that a starting server makes: a key and a link for the owner at the very first start, and a key for this
machine's own command line."""

from skipline.api.services import Services
from skipline.cli.access_file import AccessFile
from skipline.model.access import Role
from skipline.store import api_keys, one_time_links, users

FIRST_KEY_NAME = "first key"
FIRST_OWNER_NAME = "owner"
_LOCAL_NAME = "command line on this machine"


async def make_first_key(services: Services) -> str | None:
    """The token of the key made at the very first start; None at every later one."""
    if await services.database.read(api_keys.list_all):
        return None
    made = await services.database.write(
        api_keys.create, FIRST_KEY_NAME, services.clock(), services.ids, role=Role.OWNER
    )
    return made.token


async def invite_first_owner(services: Services) -> str | None:
    """The token of the link by which an owner chooses their password, at the very first start; None at every later
    one."""
    if await services.database.read(users.list_all):
        return None
    owner = await services.database.write(users.add, FIRST_OWNER_NAME, Role.OWNER, "", services.clock(), services.ids)
    return await services.database.write(one_time_links.make, owner.id, services.clock(), needs_password=True)


class LocalAccess:
    """A key that lives as long as the server, in a file that its owner alone can read."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._file = AccessFile(services.database.folder)
        self._key_id = ""

    async def open(self, http: str) -> None:
        """Make the key; the one that a killed server left behind in this folder is revoked. Servers on other folders
        may share the database, and keep theirs."""
        database, now = self._services.database, self._services.clock()
        left = self._file.read()
        old = None if left is None else await database.read(api_keys.check, left[1])
        if old is not None:
            await database.write(api_keys.revoke, old.id, now)
        # Whoever can read the file has the database in their hands anyway.
        made = await database.write(api_keys.create, _LOCAL_NAME, now, self._services.ids, role=Role.OWNER)
        self._key_id = made.key.id
        self._file.write(http, made.token)

    async def close(self) -> None:
        """Revoke the key and remove the file."""
        await self._services.database.write(api_keys.revoke, self._key_id, self._services.clock())
        self._file.remove()
