"""The ASGI application: every resource under `/api/v1` behind a key, health at the top."""

from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from starlette.routing import WebSocketRoute

from skipline import __version__
from skipline.api import (
    agent_states,
    audit,
    calls,
    canned_replies,
    channel_deliveries,
    channel_hooks,
    channel_states,
    codes,
    configuration,
    contacts,
    conversations,
    documents,
    drafts,
    entries,
    flow_files,
    flows,
    health,
    hooks,
    keys,
    live,
    media,
    parked_runs,
    pieces,
    queue_states,
    reports,
    run_stories,
    runs,
    schedules,
    secrets,
    sections,
    sessions,
    source_tries,
    stories,
    tables,
    takeovers,
    templates,
    traffic,
    tries,
    trunk_tests,
    users,
    version_documents,
    voicemails,
    webhooks,
    workspace,
)
from skipline.api.access import allows, check_routes, guard
from skipline.api.errors import install_errors
from skipline.api.pages import add_pages
from skipline.api.services import Services
from skipline.api.told import Listening
from skipline.model.access import Permission

LARGEST_REQUEST_BYTES = 32 << 20
"""A body is read before the key at the door is looked at, so strangers must not choose its size."""


def create_app(services: Services | None) -> FastAPI:
    """The application for a running server; without `services` it can only describe itself.

    Raises `UndeclaredRoute` when a route does not say who may use it.
    """
    app = FastAPI(
        title="Skipline",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
        max_body_size=LARGEST_REQUEST_BYTES,
    )
    app.state.services = services
    app.add_middleware(Listening)
    # First, because routes are tried in their order and providers deliver hundreds a second.
    app.add_route(hooks.PATH, hooks.take_webhook, methods=["POST"], include_in_schema=False)
    app.add_route(channel_hooks.PATH, channel_hooks.take_delivery, methods=["GET", "POST"], include_in_schema=False)
    guarded = APIRouter(prefix="/api/v1", dependencies=[Depends(guard)])

    @guarded.get("/openapi.json", include_in_schema=False)
    @allows(Permission.API_READ)
    async def describe() -> dict[str, Any]:
        return app.openapi()

    # `configuration` comes last: its paths begin with a placeholder.
    for resource in (
        *(runs, run_stories, parked_runs, voicemails, calls, entries, queue_states, agent_states),
        *(conversations, canned_replies, live, reports),
        *(contacts, channel_deliveries),
        *(media, channel_states, trunk_tests, pieces),
        *(flows, flow_files, templates, documents, version_documents, drafts),
        *(takeovers, traffic, tries, stories, source_tries),
        *(webhooks, schedules, workspace, sections, secrets, keys, users, audit, tables, configuration),
    ):
        guarded.include_router(resource.router)
    for own in (sessions, codes):
        app.include_router(own.router, prefix="/api/v1")
    app.include_router(guarded)
    app.include_router(health.router)
    app.router.routes.append(WebSocketRoute(live.PATH, live.listen))
    add_pages(app)
    install_errors(app, audit.note_refusal)
    check_routes(app)
    return app
