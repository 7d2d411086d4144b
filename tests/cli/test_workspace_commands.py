"""`skipline apply`, `export` and `check`: a folder and a server made equal, either way, all or nothing."""

import pytest
from command_line import demo_workspace, files_below, run, serving

from skipline.cli.folders import FolderMistake, write_folder

LINE = "flows/loyalty.yaml:"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("server") / "data") as server:
        yield server


@pytest.fixture
def workspace(tmp_path):
    return demo_workspace(tmp_path / "workspace")


@pytest.fixture(params=["a running server by its folder", "a running server by its address", "a folder at rest"])
def place(request, server, tmp_path):
    """How a command is told where to go, and what the environment must hold for it."""
    match request.param:
        case "a running server by its folder":
            return ["--data", server.data], {}
        case "a running server by its address":
            return ["--server", server.http], {"SKIPLINE_KEY": server.key}
        case _:
            return ["--data", tmp_path / "data"], {}


def change(workspace, old, new, file="flows/loyalty.yaml"):
    text = (workspace / file).read_text()
    assert old in text
    (workspace / file).write_text(text.replace(old, new, 1))


def test_what_was_applied_comes_back_and_applying_it_again_changes_nothing(place, workspace, tmp_path):
    options, environment = place
    assert run("apply", workspace, *options, **environment).returncode == 0
    exported = run("export", tmp_path / "exported", *options, **environment)
    assert (exported.returncode, exported.stdout) == (0, f"wrote 5 files to {tmp_path / 'exported'}\n")
    flows = ["loyalty.story.yaml", "loyalty.yaml", "messages.story.yaml", "messages.yaml"]
    assert sorted(files_below(tmp_path / "exported")) == [*(f"flows/{name}" for name in flows), "skipline.yaml"]
    for name in flows:
        original = (workspace / "flows" / name).read_text()
        assert (tmp_path / "exported" / "flows" / name).read_text() == original
    for folder in (workspace, tmp_path / "exported"):
        again = run("apply", folder, *options, **environment)
        assert (again.returncode, again.stdout) == (0, "nothing changed\n")


def test_a_change_is_told_and_a_mistake_elsewhere_keeps_all_of_it_out(place, workspace, tmp_path):
    options, environment = place
    run("apply", workspace, *options, **environment)
    change(workspace, "target: 10s", "target: 11s", "skipline.yaml")
    told = run("apply", workspace, *options, **environment)
    assert told.returncode == 0
    assert "platinum" in told.stdout
    change(workspace, "target: 11s", "target: 12s", "skipline.yaml")
    change(workspace, "start: ", "start: no_such_")
    refused = run("apply", workspace, *options, **environment)
    assert refused.returncode == 1
    assert any(line.startswith(LINE) for line in refused.stdout.splitlines())
    assert "nothing was applied" in refused.stderr
    run("export", tmp_path / "exported", *options, **environment)
    assert "target: 11s" in (tmp_path / "exported" / "skipline.yaml").read_text()


def test_what_was_applied_to_a_folder_at_rest_is_live_at_the_next_start(workspace, tmp_path):
    data = tmp_path / "data"
    run("apply", workspace, "--data", data)
    with serving(data) as server:
        status, flows = server.ask("/api/v1/numbers")
        assert (status, [one["number"] for one in flows]) == (200, ["+31201234567"])
        again = run("apply", workspace, "--data", data)
        assert again.stdout == "nothing changed\n"


@pytest.mark.parametrize(
    ("options", "environment", "status", "words"),
    [
        ([], {}, 2, ["--server URL", "--data DIR"]),
        (["--server=http://127.0.0.1:9", "--data=x"], {}, 2, ["either"]),
        (["--server=http://127.0.0.1:9"], {}, 1, ["SKIPLINE_KEY"]),
        (["--server=http://127.0.0.1:9"], {"SKIPLINE_KEY": "sk_x"}, 1, ["127.0.0.1:9", "does not answer"]),
    ],
)
def test_a_place_that_cannot_be_reached_is_named(workspace, options, environment, status, words):
    ended = run("apply", workspace, *options, **environment)
    assert ended.returncode == status
    for word in words:
        assert word in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_wrong_key_changes_nothing_and_is_said(server, workspace):
    ended = run("apply", workspace, "--server", server.http, SKIPLINE_KEY="sk_wrong")
    assert ended.returncode == 1
    assert "key" in ended.stderr
    assert "sk_wrong" not in ended.stderr + ended.stdout


def test_a_folder_that_is_none_is_named(tmp_path):
    ended = run("apply", tmp_path / "nowhere", "--data", tmp_path / "data")
    assert (ended.returncode, "skipline.yaml" in ended.stderr) == (2, True)
    assert not (tmp_path / "data").exists()


def test_check_is_content_with_a_sound_workspace_and_with_one_flow_of_it(workspace):
    whole = run("check", workspace)
    assert (whole.returncode, whole.stderr) == (0, "")
    assert whole.stdout.startswith(f"no mistakes in {workspace}")
    single = run("check", workspace / "flows" / "loyalty.yaml")
    assert single.returncode == 0, single.stdout


def test_check_names_each_mistake_with_file_line_and_fix(workspace):
    change(workspace, "type: branch", "type: brunch")
    change(workspace, "trunks:", "trnuks:", "skipline.yaml")
    ended = run("check", workspace)
    assert ended.returncode == 1
    lines = ended.stdout.splitlines()
    assert any(line.startswith(f"{workspace}/flows/loyalty.yaml:") and "branch" in line for line in lines)
    assert any(line.startswith(f"{workspace}/skipline.yaml:") and "trunks" in line for line in lines)
    for line in lines:
        file, number, code, sentence = line.split(":", 3)
        assert file.endswith(".yaml")
        assert number.isdigit()
        assert code.strip().isidentifier()
        assert sentence.strip()


def test_check_names_what_it_cannot_read(tmp_path):
    (tmp_path / "flow.yaml").write_bytes(b"name: \xff\n")
    for path in (tmp_path / "nowhere.yaml", tmp_path / "flow.yaml"):
        ended = run("check", path)
        assert (ended.returncode, str(path) in ended.stderr) == (2, True)


@pytest.mark.parametrize("path", ["../outside.yaml", "flows/../../outside.yaml", "/outside.yaml"])
def test_a_server_cannot_have_files_written_outside_of_the_folder(path, tmp_path):
    with pytest.raises(FolderMistake, match="not a file of a workspace folder"):
        write_folder(tmp_path / "folder", {"skipline.yaml": "format: 1\n", path: "x"})
    assert files_below(tmp_path) == {}


def test_a_folder_at_rest_is_changed_in_the_database_that_its_settings_name(workspace, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "skipline.toml").write_text('database = "postgresql://nobody@127.0.0.1:1/nothing"\n')
    refused = run("apply", workspace, "--data", data)
    assert refused.returncode == 2
    assert "127.0.0.1" in refused.stderr
    assert not (data / "skipline.db").exists()
