"""The demo company, up and running: its API, its lines, a server with its workspace, and a phone to call from."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from skipline.cli.demo.company import Company, open_company
from skipline.cli.demo.lines import Line, open_lines
from skipline.cli.demo.watch import Watch
from skipline.cli.demo.workspace_files import Places, write_workspace
from skipline.cli.folders import read_folder
from skipline.cli.ground import prepared_ground
from skipline.cli.server import Server, running_server
from skipline.cli.settings import Settings
from skipline.voice.phone import Phone


@dataclass(frozen=True, slots=True)
class Demo:
    """Everything that runs for the demo."""

    server: Server
    company: Company
    company_url: str
    lines: dict[str, Line]
    phone: Phone
    workspace: Path
    data: Path
    watch: Watch


@asynccontextmanager
async def running_demo(settings: Settings, workspace: Path) -> AsyncIterator[Demo]:
    """Everything of the demo within the block; `workspace` is the folder its files are written to."""
    async with AsyncExitStack() as stack:
        company = Company()
        url = await stack.enter_async_context(open_company(company))
        lines = await stack.enter_async_context(open_lines())
        write_workspace(workspace, _places(url, lines))
        ground = await stack.enter_async_context(prepared_ground(settings))
        server = await stack.enter_async_context(running_server(ground, settings, read_folder(workspace)))
        phone = Phone()
        await phone.start()
        stack.push_async_callback(phone.stop)
        names = {line.address: line.name for line in lines.values()}
        yield Demo(server, company, url, lines, phone, workspace, settings.data, Watch(server.services.host, names))


def _places(url: str, lines: dict[str, Line]) -> Places:
    return Places(
        company_url=url,
        vip_address=lines["VIP"].address,
        silver_address=lines["Silver"].address,
        general_address=lines["General"].address,
    )
