"""The demo company, up and running: its API, its lines, its agents, a server with its workspace, and a phone to call
from."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from skipline.cli.demo.agents import AGENT_TONES, make_passwords, open_agents
from skipline.cli.demo.chat_agents import open_chat_agents
from skipline.cli.demo.chats import Chats
from skipline.cli.demo.company import Company, open_company
from skipline.cli.demo.lines import Line, open_lines
from skipline.cli.demo.visitor import make_visitor_link
from skipline.cli.demo.watch import Watch
from skipline.cli.demo.whatsapp import WhatsApp, keep_secrets, open_whatsapp
from skipline.cli.demo.workspace_files import Places, write_workspace
from skipline.cli.folders import read_folder
from skipline.cli.ground import prepared_ground
from skipline.cli.server import Server, running_server
from skipline.cli.settings import Settings
from skipline.host.host import Host
from skipline.voice.phone import AgentPhone, Phone

NUMBER = "+31201234567"


@dataclass(frozen=True, slots=True)
class Demo:
    """Everything that runs for the demo."""

    server: Server
    company: Company
    company_url: str
    lines: dict[str, Line]
    agents: dict[str, AgentPhone]
    phone: Phone
    whatsapp: WhatsApp
    workspace: Path
    data: Path
    watch: Watch
    chats: Chats
    link: str

    @property
    def host(self) -> Host:
        """What runs inside the server."""
        return self.server.services.host

    @property
    def voices(self) -> dict[str, float]:
        """The tone of each line and of each agent, in Hz."""
        return {line.name: line.hz for line in self.lines.values()} | AGENT_TONES


@asynccontextmanager
async def running_demo(settings: Settings, workspace: Path) -> AsyncIterator[Demo]:
    """Everything of the demo within the block; `workspace` is the folder its files are written to."""
    async with AsyncExitStack() as stack:
        company = Company()
        url = await stack.enter_async_context(open_company(company))
        lines = await stack.enter_async_context(open_lines())
        whatsapp = await stack.enter_async_context(open_whatsapp())
        write_workspace(workspace, _places(url, lines, whatsapp))
        ground = await stack.enter_async_context(prepared_ground(settings))
        await make_passwords(ground.database)
        await keep_secrets(ground.database, whatsapp)
        server = await stack.enter_async_context(running_server(ground, settings, read_folder(workspace)))
        agents = await stack.enter_async_context(open_agents(server))
        phone = Phone()
        await phone.start()
        stack.push_async_callback(phone.stop)
        names = {line.address: line.name for line in lines.values()}
        watch = Watch(server.services.host, names)
        chats = Chats(server.services.host, server.services.database)
        await stack.enter_async_context(open_chat_agents(server, chats))
        await whatsapp.connect(server.http)
        link = await make_visitor_link(server)
        yield Demo(server, company, url, lines, agents, phone, whatsapp, workspace, settings.data, watch, chats, link)


def _places(url: str, lines: dict[str, Line], whatsapp: WhatsApp) -> Places:
    return Places(
        company_url=url,
        vip_address=lines["VIP line"].address,
        general_address=lines["General line"].address,
        meta_url=whatsapp.providers.url,
        phone_number_id=whatsapp.account.phone_number_id,
    )
