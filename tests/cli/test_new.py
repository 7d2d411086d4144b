"""`skipline new` writes a folder in which everything is right but the one case that is still to be done."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import run

import skipline

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package, so that the pieces there are stay alone."""
    copy = tmp_path_factory.mktemp("src") / "skipline"
    shutil.copytree(Path(skipline.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.mark.parametrize(("kind", "name"), [("step", "send_fax"), ("source", "weather")])
def test_only_the_case_to_be_done_fails(package: Path, kind: str, name: str) -> None:
    written = run("new", kind, name, "--into", package)
    assert written.returncode == 0, written.stderr
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/pieces/test_cases.py", "-k", name],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(package.parent)},
        capture_output=True,
        text=True,
        timeout=90,
    ).stdout
    failed = re.findall(r"^FAILED .*$", told, re.MULTILINE)
    assert len(failed) == 1, told
    assert f"{kind}s/{name}: " in failed[0]


def test_a_new_channel_reads_what_is_recorded_and_only_its_case_fails(package: Path) -> None:
    written = run("new", "channel", "pigeon", "--into", package)
    assert written.returncode == 0, written.stderr
    assert "tests/channels -k pigeon" in written.stdout
    told = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "tests/channels/test_shape.py",
            "-k",
            "pigeon",
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(package.parent)},
        capture_output=True,
        text=True,
        timeout=90,
    ).stdout
    failed = re.findall(r"^FAILED .*$", told, re.MULTILINE)
    assert len(failed) == 1, told
    assert "a text is sent as the provider wants it" in failed[0]
    assert len(re.findall(r"passed", told)) == 1


def test_a_piece_that_is_there_stays_as_it_is(package: Path) -> None:
    refused = run("new", "step", "say", "--into", package)
    assert refused.returncode == 1
    assert "is there already" in refused.stderr


def test_names_and_places_are_checked(package: Path, tmp_path: Path) -> None:
    assert "cannot be a name" in run("new", "step", "SendFax", "--into", package).stderr
    assert "holds no steps" in run("new", "step", "send_fax", "--into", tmp_path).stderr
