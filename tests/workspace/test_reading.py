"""Reading a workspace: broken ones tell every mistake at its line, sound ones give what they say."""

from pathlib import Path

import pytest
from workspace_folder import files_of

import skipline
from skipline.flow.issue import Severity, format_issue
from skipline.model.configuration import Media, Registration
from skipline.model.queueing import Agent, AgentPhone, Overflow, Policy, Queue
from skipline.workspace.reading import read_workspace

BROKEN = sorted((Path(__file__).parent / "broken").iterdir())
SOUND = Path(__file__).parent / "sound"


@pytest.mark.parametrize("folder", BROKEN, ids=[folder.name for folder in BROKEN])
def test_broken_workspace_tells_its_mistakes(folder: Path) -> None:
    reading = read_workspace(files_of(folder))
    found = [format_issue(issue) for issue in reading.issues]
    assert found == (folder / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert reading.workspace is None, "nothing of a broken workspace may be applied"


@pytest.mark.parametrize("folder", BROKEN, ids=[folder.name for folder in BROKEN])
def test_every_error_names_a_line_and_a_fix(folder: Path) -> None:
    for issue in read_workspace(files_of(folder)).issues:
        assert issue.fix, format_issue(issue)
        assert issue.line > 0 or issue.code in ("no_workspace", "not_read", "bad_file_name")


def test_sound_workspace_gives_what_it_says() -> None:
    reading = read_workspace(files_of(SOUND))
    assert [format_issue(issue) for issue in reading.issues] == []
    assert reading.workspace is not None
    configuration = reading.workspace.configuration
    carrier, second = configuration.trunks
    assert (carrier.hosts, carrier.media, carrier.is_trusted) == (("203.0.113.0/28", "2001:db8::7"), Media.RELAY, False)
    assert second.register == Registration(server="sip.second.example", user="acme", password_secret="acme_sip")
    assert [tier.max_wait_seconds for tier in configuration.tiers] == [300.0, None]
    assert configuration.sources[0].settings == {
        "base_url": "https://api.example.com/v1",
        "auth": {"type": "bearer", "secret": "loyalty_token"},
    }
    assert (configuration.sources[0].time_limit_seconds, configuration.sources[0].cache_seconds) == (1.5, 60.0)
    (flow,) = reading.workspace.flows
    assert (flow.flow, flow.name, flow.numbers) == ("loyalty", "Loyalty line", ("+31201234567",))
    assert flow.text == (SOUND / "flows/loyalty.yaml").read_text(encoding="utf-8")


def test_queues_and_agents_are_read_with_every_key() -> None:
    workspace = read_workspace(files_of(SOUND)).workspace
    assert workspace is not None
    assert workspace.configuration.queues == (
        Queue(
            name="vip",
            policy=Policy.RESERVE,
            fair_lane=5,
            reserves={"gold": 2},
            head_starts={"gold": 90.0},
            shares={"gold": 0.5},
            offer_seconds=20.0,
            misses=3,
            wrap_up_seconds=30.0,
            service_level_seconds=10.0,
            short_abandon_seconds=3.0,
            music="jazz",
            says_position=False,
            says_wait=False,
            announce_every_seconds=60.0,
            comfort={"en": "We are with you soon.", "pt-BR": "Um momento, por favor."},
            comfort_every_seconds=90.0,
            whispers=False,
            overflow=Overflow(
                after_seconds=120.0,
                wait_exceeds_seconds=600.0,
                when_nobody_is_signed_in=True,
                most_waiting=20,
                to="general",
            ),
        ),
        Queue(name="general"),
    )
    assert workspace.configuration.agents == (
        Agent(
            name="ana",
            queues=("vip", "general"),
            skills={"dutch": 3},
            phone=AgentPhone(user="ana", password_secret="ana_sip"),
            most_chats=4,
            chats_during_call=1,
        ),
        Agent(name="ben", queues=("general",)),
    )


def test_a_queue_without_agents_is_only_a_warning() -> None:
    files = files_of(SOUND)
    files["skipline.yaml"] = files["skipline.yaml"].replace("queues: [vip, general]", "queues: [general]")
    reading = read_workspace(files)
    assert [(issue.code, issue.severity) for issue in reading.issues] == [("queue_without_agents", Severity.WARNING)]
    assert reading.workspace is not None


def test_a_queue_may_be_named_before_it_is_there() -> None:
    files = {
        "skipline.yaml": "queues: [{name: vip, overflow: {after: 2m, to: general}}]\n"
        "agents: [{name: ana, queues: [vip, general]}]\n"
    }
    reading = read_workspace(files)
    found = [(issue.code, issue.severity) for issue in reading.issues]
    assert found == [("missing_queue", Severity.WARNING), ("missing_queue", Severity.WARNING)]
    assert reading.workspace is not None


def test_agents_may_have_any_skill_when_no_section_names_them() -> None:
    files = {"skipline.yaml": "agents: [{name: ana, skills: {dutch: 3}}]"}
    assert read_workspace(files).issues == ()


def test_a_number_without_a_flow_is_only_a_warning() -> None:
    files = files_of(SOUND)
    files["skipline.yaml"] = files["skipline.yaml"].replace("sources:", '  - {number: "+31201234599"}\nsources:')
    reading = read_workspace(files)
    assert [(issue.code, issue.severity) for issue in reading.issues] == [("idle_number", Severity.WARNING)]
    assert reading.workspace is not None


def test_an_empty_configuration_is_a_workspace() -> None:
    reading = read_workspace({"skipline.yaml": ""})
    assert reading.workspace is not None
    assert reading.workspace.flows == ()


def test_stories_and_other_files_are_left_alone() -> None:
    files = files_of(SOUND) | {"flows/loyalty.story.yaml": "not: a flow", "notes.yaml": "[", "flows/readme.txt": "hi"}
    assert read_workspace(files).issues == ()


def test_all_mistakes_of_all_files_are_told_at_once() -> None:
    files = files_of(SOUND)
    files["skipline.yaml"] = (
        files["skipline.yaml"].replace("target: 10s", "target: 10").replace("type: text", "type: txt")
    )
    files["flows/loyalty.yaml"] = files["flows/loyalty.yaml"].replace("operator: is_one_of", "operator: is_one")
    files["flows/broken.yaml"] = "steps: ["
    found = {(issue.file, issue.code) for issue in read_workspace(files).issues}
    assert found >= {
        ("skipline.yaml", "wrong_value"),
        ("flows/loyalty.yaml", "wrong_value"),
        ("flows/broken.yaml", "bad_yaml"),
    }


def test_the_demo_workspace_is_sound() -> None:
    folder = Path(skipline.__file__).parent / "cli" / "demo" / "workspace"
    files = {path: _without_places(text) for path, text in files_of(folder).items()}
    assert [format_issue(issue) for issue in read_workspace(files).issues] == []


def _without_places(text: str) -> str:
    text = text.replace("${company_url}", "http://127.0.0.1:9000")
    text = text.replace("${meta_url}", "http://127.0.0.1:9001").replace("${phone_number_id}", "105954558954427")
    for name in ("vip", "general"):
        text = text.replace(f"${{{name}_address}}", "127.0.0.1:5071")
    return text
