"""Who may use the API, and each route's word on what it takes. Without a valid key or session nothing but the ways in
answers, and a route that declares nothing stops the start."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, FastAPI, Request, params
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute

from skipline.api.cookies import check_proof, session_token
from skipline.api.errors import Refused
from skipline.api.services import Running, Services
from skipline.base.sentence import say
from skipline.model.access import Actor, Permission, Reach, Role, User, may_grant, reach_of
from skipline.store import api_keys, sessions

_bearer = HTTPBearer(auto_error=False, description="A key made at first start, or by POST /api/v1/keys")

_Endpoint = TypeVar("_Endpoint", bound=Callable[..., Any])
OwnCheck = Callable[[Request, Services, Actor], Awaitable[bool]]
"""Whether what a request is about is the actor's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a route takes: a permission, and how what is one's own is told there; or, without one, why it is open."""

    permission: Permission | None = None
    own: OwnCheck | None = None
    why_open: str = ""


class UndeclaredRoute(Exception):
    """A route says nothing about who may use it: a mistake of ours that must not be served."""


def allows(permission: Permission, *, own: OwnCheck | None = None) -> Callable[[_Endpoint], _Endpoint]:
    """Declare that a route takes a permission. `own` is needed where a role has it over what is its own alone."""
    return _declare(Declared(permission=permission, own=own))


def is_open(why: str) -> Callable[[_Endpoint], _Endpoint]:
    """Declare that a route is open to everyone, or looks itself who asks, and why."""
    return _declare(Declared(why_open=why))


def _declare(declared: Declared) -> Callable[[_Endpoint], _Endpoint]:
    def mark(endpoint: _Endpoint) -> _Endpoint:
        endpoint.declared = declared  # type: ignore[attr-defined]
        return endpoint

    return mark


def declared_of(endpoint: object) -> Declared | None:
    """What a route's function, or the application that is mounted there, declares; None: nothing."""
    found = getattr(endpoint, "declared", None)
    return found if isinstance(found, Declared) else None


async def known_actor(
    request: Request, services: Running, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Actor:
    """Who makes this request, by their key or else their session; refuses with 401 when that is missing, unknown or
    over, telling none of these apart."""
    if given is not None or "authorization" in request.headers:
        actor = None if given is None else await actor_of_key(services, given.credentials)
    else:
        actor = await actor_of_session(request, services)
    request.state.actor = actor
    if actor is None:
        raise Refused(401, "unauthorised", say("Sign in, or send a valid key: `Authorization: Bearer sk_...`."))
    return actor


async def actor_of_session(request: HTTPConnection, services: Services) -> Actor | None:
    """Who is signed in by the cookie of a request; None: nobody. Refuses with 403 what another page may have sent."""
    token = session_token(request, services)
    session = await services.database.read(sessions.find, token, services.clock()) if token else None
    if session is None:
        return None
    if request.scope["type"] == "http":
        check_proof(request, services, token)
    return actor_of_user(session.user)


def actor_of_user(user: User) -> Actor:
    """Somebody who is signed in."""
    return Actor(id=user.id, name=user.name, role=user.role, agent=user.agent)


async def actor_of_key(services: Services, token: str) -> Actor | None:
    """The program that a key belongs to; None when the key opens nothing."""
    key = await services.database.read(api_keys.check, token)
    return None if key is None else Actor(id=key.id, name=key.name, role=key.role, is_key=True)


Author = Annotated[Actor, Depends(known_actor)]
"""The parameter by which a route learns who asks."""


async def guard(request: Request, services: Running, actor: Author) -> None:
    """Refuse with 403 what the actor's role does not allow. Stands before every route under `/api`."""
    declared = declared_of(request.scope.get("endpoint"))
    if declared is None or declared.permission is None:
        raise Refused(403, "forbidden", say("This route is open to nobody."))
    reach = reach_of(actor.role, declared.permission)
    if reach is Reach.ALL:
        return
    if reach is Reach.OWN and declared.own is not None and actor.agent:
        if await declared.own(request, services, actor):
            return
        raise Refused(403, "not_yours", say("As an agent you may do this with what is your own."))
    why = say(
        "This takes the permission {permission}, which the role {role} does not have.",
        permission=declared.permission,
        role=_ROLES[actor.role],
    )
    raise Refused(403, "forbidden", why)


def named_agent(author: Actor, given: str | None) -> str:
    """Who does it: agents by themselves, others in the name that they give, or else in their own.

    Refuses with 403 an agent who gives another's name."""
    if author.role is not Role.AGENT:
        return given or author.agent or author.name
    if given not in (None, author.agent):
        raise Refused(403, "not_yours", say("As an agent you may do this in your own name."))
    return author.agent


def refuse_above(author: Actor, role: Role) -> None:
    """Refuse with 403 who would make, change or end somebody of a role that stands above their own."""
    if not may_grant(author.role, role):
        own, other = _ROLES[author.role], _ROLES[role]
        why = say("The role {role} makes and changes nobody with the role {other}.", role=own, other=other)
        raise Refused(403, "forbidden", why)


_ROLES = {
    Role.OWNER: say("owner"),
    Role.ADMIN: say("admin"),
    Role.EDITOR: say("editor"),
    Role.PUBLISHER: say("publisher"),
    Role.SUPERVISOR: say("supervisor"),
    Role.AGENT: say("agent"),
    Role.AUDITOR: say("auditor"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredRoute:
    """A route with what it declares; None: nothing. A live socket's method is GET."""

    methods: tuple[str, ...]
    path: str
    declared: Declared | None
    is_guarded: bool


def declared_routes(app: FastAPI) -> Iterator[DeclaredRoute]:
    """Every route of `app`, those of Starlette and what is mounted too."""
    return _walk(app.routes, "", is_guarded=False)


def _walk(routes: Sequence[BaseRoute], prefix: str, *, is_guarded: bool) -> Iterator[DeclaredRoute]:
    """FastAPI's own walk would build what each route needs for its first request, which takes 2 MB. Should a router
    look different one day, it is a route that declares nothing."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            context = getattr(route, "include_context")  # noqa: B009 - its class is FastAPI's own
            asks = is_guarded or _asks(context.dependencies)
            yield from _walk(inner.routes, prefix + context.prefix, is_guarded=asks)
        else:
            asks = is_guarded or _asks(getattr(route, "dependencies", ()))
            yield _declared_route(route, prefix, is_guarded=asks)


def _asks(dependencies: Sequence[params.Depends]) -> bool:
    return any(one.dependency is guard for one in dependencies)


def _declared_route(route: BaseRoute, prefix: str, *, is_guarded: bool) -> DeclaredRoute:
    endpoint = getattr(route, "endpoint", None) or getattr(route, "app", None)
    methods = set(getattr(route, "methods", None) or {"GET"}) - {"HEAD"}
    path = prefix + str(getattr(route, "path", "?"))
    declared = declared_of(endpoint)
    return DeclaredRoute(methods=tuple(sorted(methods)), path=path, declared=declared, is_guarded=is_guarded)


def check_routes(app: FastAPI) -> None:
    """Raise `UndeclaredRoute` unless every route says who may use it, and how agents' own is told where that counts."""
    for route in declared_routes(app):
        declared, path = route.declared, route.path
        if declared is None:
            raise UndeclaredRoute(f"{path} declares no permission: write @allows(...) or @is_open(...) on it")
        if (declared.permission is not None) is not route.is_guarded:
            raise UndeclaredRoute(f"{path} takes a permission that nobody asks for, or is open behind the guard")
        if declared.permission is not None and declared.own is None and _is_own_for_some(declared.permission):
            raise UndeclaredRoute(f"{path} takes {declared.permission}, for agents over their own: say by own= what is")


def _is_own_for_some(permission: Permission) -> bool:
    return any(reach_of(role, permission) is Reach.OWN for role in Role)
