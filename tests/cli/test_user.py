"""The ways in that the command line gives: the owner's link, and those of everybody else."""

import asyncio
import json
import re
from pathlib import Path
from urllib.request import Request, urlopen

from command_line import run, serving

from skipline.store import one_time_links, users
from skipline.store.database import Database

LINK = re.compile(r"(http://\S+)/#/link/(\S+)   \(choose a password there; it works once, within a day\)\n")


def link_of(*arguments: str) -> tuple[str, str]:
    """The address and the token of the link that a command prints."""
    ended = run("user", *arguments)
    found = LINK.fullmatch(ended.stdout)
    assert found, ended.stdout + ended.stderr
    return found[1], found[2]


def enter(http: str, token: str) -> dict[str, object]:
    """Who is signed in by a link."""
    body = json.dumps({"token": token}).encode()
    request = Request(f"http://{http}/api/v1/session/link", body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=10) as answer:
        found: dict[str, object] = json.load(answer)
        return found


def test_people_are_let_in_while_the_server_runs(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data) as server:
        address, token = link_of("add", "mia", "--role", "supervisor", "--data", str(data))
        assert address == f"http://{server.http}"
        entered = enter(server.http, token)
        assert (entered["name"], entered["role"], entered["needs_password"]) == ("mia", "supervisor", True)
        again = link_of("link", "MIA", "--data", str(data))
        assert enter(server.http, again[1])["name"] == "mia"
        twice = run("user", "add", "mia", "--role", "editor", "--data", str(data))
        assert twice.returncode == 1 and "There is a user mia already" in twice.stderr
        nobody = run("user", "link", "nobody", "--data", str(data))
        assert nobody.returncode == 1 and "no user nobody" in nobody.stderr


def test_people_are_let_in_while_no_server_runs(tmp_path: Path) -> None:
    data = tmp_path / "data"
    _, token = link_of("add", "mia", "--role", "owner", "--data", str(data))
    _, newer = link_of("link", "mia", "--data", str(data))

    async def look() -> list[tuple[str, bool]]:
        async with await Database.open(data) as database:
            known = await database.read(users.list_all)
            opened = [await database.write(one_time_links.redeem, one, known[0].created_at) for one in (token, newer)]
            return [(known[0].name, one is not None) for one in opened]

    assert asyncio.run(look()) == [("mia", False), ("mia", True)]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    for arguments, words in (
        (("add", "mia"), "--role"),
        (("add", "ana", "--role", "agent"), "--agent"),
        (("link", "mia", "--role", "owner"), "leave --role out"),
    ):
        ended = run("user", *arguments, "--data", str(tmp_path))
        assert (ended.returncode, words in ended.stderr) == (2, True), ended.stderr


def test_the_owners_link_is_shown_at_the_very_first_start(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data) as first:
        entered = enter(first.http, first.owner_link.rpartition("/")[2])
        assert (entered["name"], entered["role"], entered["needs_password"]) == ("owner", "owner", True)
        assert first.owner_link.startswith(f"http://{first.http}/#/link/")
        assert first.stop() == 0
    with serving(data) as second:
        assert second.owner_link == ""
    assert entered["csrf"]
