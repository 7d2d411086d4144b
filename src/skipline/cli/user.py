"""`skipline user`: lets people in, with or without a running server."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from skipline.cli.failures import clear_failures
from skipline.cli.remote import Remote, RemoteTrouble
from skipline.cli.terminal import DataFolder, fail
from skipline.model.access import Role


class Deed(StrEnum):
    """What is done."""

    ADD = "add"
    LINK = "link"


def user(
    deed: Annotated[Deed, typer.Argument(help="add: somebody new; link: a new link for who forgot their password")],
    name: Annotated[str, typer.Argument(help="the name that they sign in with")],
    data: DataFolder,
    role: Annotated[Role | None, typer.Option(help="what they are here for; needed to add them")] = None,
    agent: Annotated[str, typer.Option(help="the agent that they are; needed for the role agent")] = "",
) -> None:
    """Add somebody who can sign in, or give them a new link, and print the link by which they choose a password."""
    if deed is Deed.ADD and role is None:
        fail("say what they are here for: --role owner, admin, editor, publisher, supervisor, agent or auditor", 2)
    if deed is Deed.LINK and role is not None:
        fail("a new link changes nobody's role: leave --role out", 2)
    if role is Role.AGENT and not agent:
        fail("say which agent they are: --agent NAME", 2)
    with clear_failures():
        link = asyncio.run(_link(name, data, role, agent))
    typer.echo(f"{link}   (choose a password there; it works once, within a day)")


async def _link(name: str, data: Path, role: Role | None, agent: str) -> str:
    server = Remote.on_folder(data)
    if server is None:
        return await _offline(name, data, role, agent)
    try:
        return await _by(server, name, role, agent)
    except RemoteTrouble as trouble:
        fail(str(trouble))


async def _offline(name: str, data: Path, role: Role | None, agent: str) -> str:
    # Storage takes a second to load, which talking to a running server need not spend.
    from skipline.cli.offline_users import add_user_offline, link_user_offline

    return await (link_user_offline(data, name) if role is None else add_user_offline(data, name, role, agent))


async def _by(server: Remote, name: str, role: Role | None, agent: str) -> str:
    if role is not None:
        return str((await server.post("/users", {"name": name, "role": role, "agent": agent}))["link"])
    known = [one for one in await server.get("/users") if one["name"].casefold() == name.casefold()]
    if not known:
        raise RemoteTrouble(f"there is no user {name}")
    return str((await server.post(f"/users/{known[0]['id']}/link", {}))["link"])
