"""Who may use which route: what the server answers equals the table of the docs, route by route and role by role."""

import asyncio
import re
from pathlib import Path

import pytest
from aiohttp import WSServerHandshakeError
from api_client import Client, client_of
from doc_pages import ROOT
from fastapi import APIRouter, Depends, FastAPI
from inside_server import Inside, inside, workspace_files
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from yarl import URL

from skipline.api.access import UndeclaredRoute, allows, check_routes, declared_routes, guard
from skipline.api.app import create_app
from skipline.model.access import Permission, Role
from skipline.store import api_keys

BUILT = ("/assets", "/mark.svg")
"""What is there only where the web app was built."""
PAGE = ROOT / "docs" / "explain" / "access.md"
_ROW = re.compile(r"^\| `(?P<method>[A-Z]+) (?P<path>/\S*)` \| (?P<takes>[^|]+) \|(?P<cells>.*)\|$", re.MULTILINE)
_WAYS_IN = ("/healthz", "/readyz", "/hooks/", "/api/v1/session", "/api/v1/live", "/assets", "/mark.svg")
_NOTHING = {"there is": "no such field"}


def declared_table() -> dict[tuple[str, str], dict[str, str]]:
    """What the page says, by method and path and then by role."""
    table = PAGE.read_text().partition("built: access")[2]
    return {
        (row["method"], row["path"]): dict(zip(Role, (cell.strip() for cell in row["cells"].split("|")), strict=True))
        for row in _ROW.finditer(table)
    }


def filled(path: str) -> str:
    """A path with something in each of its holes that does not exist."""
    return re.sub(r"\{[^}]+\}", "0", path.replace("{noun}", "tiers"))


async def key_of(room: Inside, role: Role) -> str:
    made = await room.database.write(api_keys.create, role, room.services.clock(), room.services.ids, role=role)
    return made.token


def test_the_page_has_every_route_of_the_application() -> None:
    routes = {(method, one.path) for one in declared_routes(create_app(None)) for method in one.methods}
    routes -= {("GET", path) for path in BUILT}
    assert set(declared_table()) == routes
    assert len(routes) > 70


def test_the_walk_over_the_routes_finds_all_that_the_description_has() -> None:
    found = {(method, one.path) for one in declared_routes(create_app(None)) for method in one.methods}
    paths = create_app(None).openapi()["paths"]
    described = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert described <= found
    behind = {path for path in paths if path.startswith("/api/") and "/session" not in path}
    assert behind == {one.path for one in declared_routes(create_app(None)) if one.is_guarded} - {
        "/api/v1/openapi.json"
    }


async def test_every_route_answers_every_role_as_the_page_says(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        keys = {role: await key_of(room, role) for role in Role}
        before = room.workspace.export()
        wrong = []
        for (method, path), cells in declared_table().items():
            if path == "/api/v1/live":
                continue
            answers = await asyncio.gather(*(_is_let_in(client, method, path, keys[Role(role)]) for role in cells))
            told = [cell in ("yes", "open") for cell in cells.values()]
            wrong += [
                (method, path, role) for role, *both in zip(cells, answers, told, strict=True) if both[0] != both[1]
            ]
        assert wrong == []
        assert room.workspace.export() == before


async def _is_let_in(client: Client, method: str, path: str, key: str) -> bool:
    """Whether a key gets past the door; that of an agent who is nobody's own has nothing of its own."""
    answer = await client.ask(method, filled(path), token=key, json=_NOTHING)
    return answer.status != 403 or answer.code not in ("forbidden", "not_yours")


async def test_a_stranger_finds_the_ways_in_and_nothing_else(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        for route in declared_routes(create_app(None)):
            for method in route.methods:
                if route.path == "/" or (route.path.startswith(_WAYS_IN) and "tickets" not in route.path):
                    continue
                asked = (
                    client.ask(method, filled(route.path), token=token, json=_NOTHING) for token in ("", "sk_wrong")
                )
                for answer in await asyncio.gather(*asked):
                    assert (answer.status, answer.code) == (401, "unauthorised"), (method, route.path)
                    assert answer.headers["www-authenticate"] == "Bearer"


async def test_the_live_socket_opens_to_whom_the_page_says_and_to_no_stranger(tmp_path: Path) -> None:
    (cells,) = [cells for (_, path), cells in declared_table().items() if path == "/api/v1/live"]
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        opened = {role: await _opens(client, await key_of(room, role)) for role in Role}
        assert opened == {role: cells[role] in ("yes", "open") for role in Role}
        assert not await _opens(client, "")
        assert not await _opens(client, "sk_wrong")


async def _opens(client: Client, key: str) -> bool:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        async with client.session.ws_connect(f"{client.url}/api/v1/live", headers=headers):
            return True
    except WSServerHandshakeError as refusal:
        assert refusal.status in (401, 403)
        return False


_NO_FILES = ("index.html", ".source", "assets/", "assets/%2e%2e/index.html", "assets/..%2f.source", "skipline.toml")
_NO_PAGES = ("docs", "redoc", "openapi.json", "metrics", "api", "api/v1", "hooks", "assets%2f..%2f..%2fapi%2fapp.py")


async def test_a_stranger_finds_no_file_but_those_of_the_app(tmp_path: Path) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        for path in (*_NO_FILES, *_NO_PAGES):
            address = URL(f"{client.url}/{path}", encoded=True)
            async with client.session.get(address, allow_redirects=False) as answer:
                assert answer.status in (401, 404), (path, await answer.text())


def test_every_open_route_says_why() -> None:
    for route in declared_routes(create_app(None)):
        assert route.declared is not None
        if route.declared.permission is None:
            assert route.declared.why_open, route.path
            assert route.path == "/" or route.path.startswith(_WAYS_IN), route.path


def test_a_permission_that_nobody_asks_for_stops_the_start() -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/flows")
    @allows(Permission.FLOWS_READ)
    def list_flows() -> None: ...

    with pytest.raises(UndeclaredRoute, match="nobody asks for"):
        check_routes(app)


def _plain(_request: object) -> PlainTextResponse:
    return PlainTextResponse("")


async def _inner(scope: object, receive: object, send: object) -> None:
    raise AssertionError("nobody calls it")


@pytest.mark.parametrize("kind", ["resource", "included", "plain", "mounted", "socket"])
def test_a_route_that_declares_nothing_stops_the_start(kind: str) -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    check_routes(app)
    router = APIRouter()
    router.add_api_route("/forgotten", _plain, response_model=None)
    if kind == "resource":
        app.add_api_route("/forgotten", _plain, response_model=None)
    elif kind == "included":
        app.include_router(router, prefix="/api/v1")
    elif kind == "plain":
        app.router.routes.append(Route("/forgotten", _plain))
    elif kind == "mounted":
        app.router.routes.append(Mount("/forgotten", _inner))
    else:
        app.add_api_websocket_route("/forgotten", _inner)
    with pytest.raises(UndeclaredRoute, match="forgotten declares no permission"):
        check_routes(app)


def test_a_route_over_what_is_an_agents_own_says_how_it_is_told() -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/conversations", dependencies=[Depends(guard)])
    @allows(Permission.CONVERSATIONS_READ)
    def list_all() -> None: ...

    with pytest.raises(UndeclaredRoute, match="say by own="):
        check_routes(app)


async def test_a_key_does_what_its_role_may(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        made = await client.send("POST", "/keys", {"name": "wall", "role": "auditor"})
        assert (made.status, made.body["role"]) == (201, "auditor")
        assert (await client.ask("GET", "/api/v1/flows", token=made.body["token"])).status == 200
        refused = await client.ask("PUT", "/api/v1/flows/a/draft", token=made.body["token"], json={"text": "x"})
        assert (refused.status, refused.code) == (403, "forbidden")
        assert "flows.edit" in refused.body["detail"]


async def test_only_owners_make_and_end_keys_of_owners(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        wish = {"name": "too much", "role": "owner"}
        refused = await client.send("POST", "/keys", wish)
        assert (refused.status, refused.code) == (403, "forbidden")
        owner = await key_of(room, Role.OWNER)
        made = await client.ask("POST", "/api/v1/keys", token=owner, json=wish)
        assert made.status == 201
        assert (await client.send("DELETE", f"/keys/{made.body['id']}")).code == "forbidden"
        assert (await client.ask("DELETE", f"/api/v1/keys/{made.body['id']}", token=owner)).status == 204


async def test_no_key_is_an_agent(tmp_path: Path) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        refused = await client.send("POST", "/keys", {"name": "ana", "role": "agent"})
        assert (refused.status, refused.code) == (422, "key_is_no_agent")
