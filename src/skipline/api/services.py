"""What the routes work with; the command line wires it together."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request

from skipline.api.editors import Editors
from skipline.api.live_tickets import Tickets
from skipline.api.presence import Presence
from skipline.api.refusals import Refusals
from skipline.api.remembered import Remembered
from skipline.base.clock import Clock
from skipline.base.ids import Ids
from skipline.flow.telling import FlowWords
from skipline.host.durable import DurableRuns
from skipline.host.host import Host
from skipline.host.messages.desk import Desk
from skipline.host.messages.node import Messages
from skipline.host.messages.people import People
from skipline.host.old_files import FileFolder
from skipline.host.passwords import Passwords
from skipline.host.secrets import SecretBook
from skipline.host.webhooks import Webhooks
from skipline.host.workspace import LiveWorkspace
from skipline.store.database import Database

MOST_VERSIONS, MOST_COUNTS = 200, 100
"""Versions of flows whose words are remembered, and flows whose counts are."""


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of a running server."""

    database: Database
    workspace: LiveWorkspace
    host: Host
    secrets: SecretBook
    clock: Clock
    ids: Ids
    durable: DurableRuns
    webhooks: Webhooks
    messages: Messages
    desk: Desk
    people: People
    voicemails: FileFolder
    tickets: Tickets = field(default_factory=Tickets)
    editors: Editors = field(default_factory=Editors)
    passwords: Passwords = field(default_factory=Passwords)
    presence: Presence = field(default_factory=Presence)
    refusals: Refusals = field(default_factory=Refusals)
    flow_words: Remembered[FlowWords] = field(default_factory=lambda: Remembered(MOST_VERSIONS))
    counts: Remembered[Any] = field(default_factory=lambda: Remembered(MOST_COUNTS))


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


Running = Annotated[Services, Depends(_services)]
"""The parameter by which a route gets at the running server."""
