"""`skipline serve` on a PostgreSQL: the same product, its tables elsewhere."""

import time

from command_line import PATIENCE_SECONDS, demo_workspace, run, serving


def test_a_server_that_nobody_migrated_says_what_to_do(postgres, tmp_path):
    ended = run("serve", "--data", tmp_path / "data", "--http", "127.0.0.1:0", "--database", postgres.make_database())
    assert ended.returncode == 2
    assert "run `skipline migrate --database" in ended.stderr


def test_it_keeps_workspace_and_keys_there_over_a_restart_and_hears_of_changes_that_no_server_made(postgres, tmp_path):
    data, url = tmp_path / "data", postgres.make_database()
    assert run("migrate", "--database", url).returncode == 0
    workspace = demo_workspace(tmp_path / "company")
    with serving(data, "--database", url, "--apply", workspace) as first:
        assert first.key
        flows = first.ask("/api/v1/flows", first.key)
        assert first.stop() == 0
    assert not (data / "skipline.db").exists()
    with serving(data, "--database", url) as second:
        assert second.key == ""
        assert second.ask("/api/v1/flows", first.key) == flows
        assert run("export", tmp_path / "out", "--data", data).returncode == 0
        _a_folder_without_a_server_applies_another(url, tmp_path)
        _wait_while(lambda: len(second.ask("/api/v1/queues", first.key)[1]) != 1)
        assert second.stop() == 0
    assert (tmp_path / "out" / "skipline.yaml").exists()


def _a_folder_without_a_server_applies_another(url, tmp_path):
    (tmp_path / "smaller").mkdir()
    (tmp_path / "smaller" / "skipline.yaml").write_text("queues: [{name: the_only_one}]\n")
    applied = run("apply", tmp_path / "smaller", "--data", tmp_path / "other", SKIPLINE_DATABASE=url)
    assert applied.returncode == 0, applied.stderr


def _wait_while(holds):
    until = time.monotonic() + PATIENCE_SECONDS
    while holds():
        assert time.monotonic() < until
        time.sleep(0.1)
