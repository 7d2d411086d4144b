"""The crash drill: two small ones here; `make chaos` for twenty with thousands of runs each."""

import os
from pathlib import Path

import pytest
from chaos_drill import Drill, check
from postgres_server import PostgresServer

SEEDS = range(int(os.environ.get("CHAOS_FIRST", "0")), int(os.environ.get("CHAOS_SEEDS", "2")))
RUNS = int(os.environ.get("CHAOS_RUNS", "150"))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_folder_survives_kill_9_wherever_it_strikes(seed: int, tmp_path: Path) -> None:
    drill = Drill(str(tmp_path / "data"), tmp_path, seed, RUNS, is_shared=False)
    drill.go()
    check(drill)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", SEEDS)
def test_nodes_that_share_a_server_survive_each_other(
    seed: int, tmp_path: Path, postgres: PostgresServer, migrated: str
) -> None:
    drill = Drill(postgres.make_database(template=migrated), tmp_path, seed, RUNS, is_shared=True)
    drill.go()
    check(drill)
