"""The workspace in force: kept, enforced, exported, and changed as a whole or not at all."""

import asyncio
from pathlib import Path

from centre_room import FLOW, NUMBER, VIP
from fake_worker import FakeWorker
from inside_server import inside, workspace_files

from skipline.model.commands import Issued, LookUp
from skipline.model.configuration import Phone
from skipline.model.events import LookupStatus
from skipline.model.ids import CallId, CommandId, RunId

WITH_SIGN_IN = 'trunks: [{name: carrier, hosts: ["127.0.0.1"], server: sip.example, user: us, password_secret: sip_pw}]'


async def test_what_was_applied_is_in_force_again_after_a_restart(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as before:
        exported = before.workspace.export()
    async with inside(tmp_path) as room:
        assert room.workspace.export() == exported
        assert list(room.host.centre.flows) == [NUMBER]
        assert list(room.host._lookups.states()) == ["loyalty"]


async def test_applying_the_same_again_changes_nothing(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room:
        again = await room.workspace.apply(workspace_files())
        assert (again.is_applied, again.changes) == (True, ())
        assert [version.version for version in room.workspace.live] == [1]


async def test_a_workspace_with_mistakes_leaves_all_as_it_was(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room:
        before = room.workspace.export()
        applied = await room.workspace.apply(workspace_files(flow=FLOW.replace("start: look_up", "start: look_down")))
        assert (applied.is_applied, applied.changes) == (False, ())
        assert [issue.code for issue in applied.issues]
        assert room.workspace.export() == before


async def test_changes_at_the_same_time_follow_each_other(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room:
        flows = [FLOW.replace(VIP, f"sip:vip{number}@127.0.0.1:5071") for number in range(5)]
        await asyncio.gather(*(room.workspace.apply(workspace_files(flow=flow)) for flow in flows))
        [live] = room.workspace.live
        assert live.version == 6
        assert room.host.centre.flows[NUMBER].flow.version == 6


async def test_versions_that_are_not_in_force_take_no_memory(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room:
        for number in range(4):
            await room.workspace.apply(workspace_files(flow=FLOW.replace("Hello", f"Hello {number}")))
        assert len(room.workspace._compiled) == 1


async def test_a_changed_source_answers_from_then_on(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room:
        await room.workspace.apply(workspace_files("http://169.254.169.254"))
        question = LookUp(source="loyalty", path="/latest")
        issued = Issued(id=CommandId("c"), run=RunId("r"), call=CallId("call"), body=question)
        answer = await room.host._lookups.answer(issued)
        assert answer.status is LookupStatus.ERROR
        assert answer.value is None


async def test_the_worker_gets_the_passwords_that_trunks_name_and_no_other_secret(tmp_path: Path) -> None:
    files = workspace_files()
    lines = files["skipline.yaml"].splitlines()
    files["skipline.yaml"] = "\n".join(WITH_SIGN_IN if line.startswith("trunks:") else line for line in lines)
    worker = FakeWorker()
    async with inside(tmp_path, files, worker=worker) as room:
        assert (await worker.configured()).configuration.passwords == {}
        await room.services.secrets.put("other", "hush")
        await room.services.secrets.put("sip_pw", "hush-hush")
        room.workspace.configure_voice()
        configured = await worker.configured(lambda it: bool(it.configuration.passwords))
        assert configured.configuration.passwords == {"sip_pw": "hush-hush"}


async def test_the_worker_gets_the_phones_of_agents_with_their_passwords(tmp_path: Path) -> None:
    files = workspace_files()
    files["skipline.yaml"] += "agents: [{name: Ana, phone: {user: ana, password_secret: ana_sip}}, {name: Ben}]\n"
    worker = FakeWorker()
    async with inside(tmp_path, files, worker=worker) as room:
        await room.services.secrets.put("ana_sip", "correct horse battery")
        room.workspace.configure_voice()
        told = (await worker.configured(lambda it: bool(it.configuration.passwords))).configuration
        assert told.phones == (Phone(user="ana", password_secret="ana_sip"),)
        assert told.passwords == {"ana_sip": "correct horse battery"}
