"""The link by which the demo's visitor is signed in, without a password to choose."""

from skipline.cli.local_access import FIRST_OWNER_NAME
from skipline.cli.server import Server
from skipline.model.access import Role
from skipline.store import one_time_links, users


async def make_visitor_link(server: Server) -> str:
    """A link that opens once, as an owner."""
    services = server.services
    known = await services.database.read(users.find_by_name, FIRST_OWNER_NAME)
    if known is not None:
        owner = known.user
    else:
        now = services.clock()
        owner = await services.database.write(users.add, FIRST_OWNER_NAME, Role.OWNER, "", now, services.ids)
    token = await services.database.write(one_time_links.make, owner.id, services.clock(), needs_password=False)
    return one_time_links.address_of(f"http://{server.http}", token)
