"""`skipline backup`, `restore` and `migrate`: a whole database out, back and up to date."""

import stat

import pytest
from command_line import demo_workspace, files_below, run, serving


@pytest.fixture
def data(tmp_path):
    """A data folder at rest, with the demo company's workspace in it."""
    ended = run("apply", demo_workspace(tmp_path / "workspace"), "--data", tmp_path / "data")
    assert ended.returncode == 0, ended.stderr
    return tmp_path / "data"


def exported(data, folder):
    assert run("export", folder, "--data", data).returncode == 0
    return files_below(folder)


def test_a_copy_made_while_the_server_runs_brings_everything_back(data, tmp_path):
    copy = tmp_path / "copy.db"
    with serving(data) as server:
        made = run("backup", copy, "--data", data)
        assert (made.returncode, made.stderr) == (0, "")
        assert "master.key" in made.stdout
        assert server.ask("/readyz")[0] == 200
        key = server.key
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    back = run("restore", copy, "--data", tmp_path / "other")
    assert (back.returncode, back.stderr) == (0, "")
    assert exported(tmp_path / "other", tmp_path / "one") == exported(data, tmp_path / "two")
    with serving(tmp_path / "other") as restored:
        assert restored.ask("/api/v1/flows", key)[0] == 200


def test_what_was_there_before_a_restore_is_kept(data, tmp_path):
    run("backup", tmp_path / "copy.db", "--data", data)
    ended = run("restore", tmp_path / "copy.db", "--data", data)
    assert ended.returncode == 0
    assert f"{data}/skipline.before-restore.db" in ended.stdout
    assert (data / "skipline.before-restore.db").is_file()


def test_a_folder_in_use_is_neither_restored_nor_migrated(data, tmp_path):
    run("backup", tmp_path / "copy.db", "--data", data)
    with serving(data) as server:
        for command in (["restore", tmp_path / "copy.db"], ["migrate"]):
            ended = run(*command, "--data", data)
            assert ended.returncode == 2
            assert f"in use by process {server.process.pid}" in ended.stderr


def test_what_is_no_copy_is_refused_and_the_folder_stays(data, tmp_path):
    (tmp_path / "text.db").write_text("no database " * 400)
    before = (data / "skipline.db").read_bytes()
    for copy in (tmp_path / "text.db", tmp_path / "nowhere.db"):
        ended = run("restore", copy, "--data", data)
        assert (ended.returncode, str(copy) in ended.stderr) == (2, True)
        assert "Traceback" not in ended.stderr
    assert (data / "skipline.db").read_bytes() == before


def test_a_copy_that_cannot_be_written_is_refused_with_the_fix(data, tmp_path):
    for file, words in [
        (tmp_path / "no" / "such" / "copy.db", "is not a folder"),
        (data / "skipline.db", "the database itself"),
        (tmp_path, "could not be written"),
    ]:
        ended = run("backup", file, "--data", data)
        assert ended.returncode == 2
        assert words in ended.stderr
        assert "Traceback" not in ended.stderr
    nothing = run("backup", tmp_path / "copy.db", "--data", tmp_path / "empty")
    assert (nothing.returncode, "skipline serve" in nothing.stderr) == (2, True)
    assert "pg_dump" in nothing.stderr


def test_migrate_makes_a_database_and_then_has_nothing_to_do(tmp_path):
    first = run("migrate", SKIPLINE_DATA=str(tmp_path / "data"))
    second = run("migrate", "--data", tmp_path / "data")
    assert (first.returncode, first.stdout.startswith("made the database with schema ")) == (0, True)
    assert (second.returncode, second.stdout.endswith(" already\n")) == (0, True)


def test_without_a_folder_the_commands_say_how_to_name_one():
    ended = run("migrate")
    assert ended.returncode == 2
    assert "--data" in ended.stderr
    assert "SKIPLINE_DATA" in ended.stderr


def test_migrate_reaches_a_postgres_by_its_url(postgres, tmp_path):
    url = postgres.make_database()
    refused = run("migrate", "--database", "postgresql://nobody@127.0.0.1:1/nothing")
    assert refused.returncode == 2
    assert "cannot be used" in refused.stderr
    first, second = run("migrate", "--database", url), run("migrate", SKIPLINE_DATABASE=url)
    assert first.stdout.startswith("made the database with schema"), first.stderr
    assert "already" in second.stdout
