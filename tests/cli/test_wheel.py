"""What users install: the wheel, in an environment of its own on a machine without Node, serves the whole web app."""

import gzip
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
UV = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
LOADED = re.compile(r'(?:src|href)="\./(assets/[^"]+)"')


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution of this checkout and the wheel that was made from it."""
    folder = tmp_path_factory.mktemp("dist")
    _uv("build", "--quiet", "--build-constraint", ROOT / "requirements" / "build.lock", "--out-dir", folder, ROOT)
    return folder


@pytest.fixture(scope="module")
def address(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the installed product serves."""
    folder = tmp_path_factory.mktemp("installed")
    venv, binaries = folder / "venv", folder / "venv" / "bin"
    _uv("venv", "--quiet", "--python", sys.executable, venv)
    python = ("--python", binaries / "python")
    _uv("pip", "install", "--quiet", *python, "--require-hashes", "-r", ROOT / "requirements" / "run.lock")
    _uv("pip", "install", "--quiet", *python, "--no-deps", *built.glob("*.whl"))
    assert shutil.which("node", path=str(binaries)) is None
    command = [binaries / "skipline", "serve", f"--data={folder / 'data'}", "--http=127.0.0.1:0", "--sip=127.0.0.1:0"]
    environment = {"PATH": str(binaries), "HOME": str(folder)}
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment, cwd=folder) as serve,
    ):
        assert serve.stdout is not None
        ready = next((found for line in serve.stdout if (found := re.match(r"ready http=(\S+)", line))), None)
        assert ready is not None, (folder / "log").read_text()
        yield f"http://{ready[1]}"
        serve.terminate()
        serve.terminate()
        serve.wait(30)


def test_the_wheel_holds_the_app_and_what_runs_it_alone(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "skipline/_web/index.html" in names
    assert [name for name in names if name.startswith("skipline/_web/assets/") and name.endswith(".js.gz")]
    assert {name.split("/")[0].split("-")[0] for name in names} == {"skipline"}
    assert not [name for name in names if "node_modules" in name or name.endswith((".ts", ".tsx"))]


def test_the_source_distribution_brings_the_app_built(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = [name.partition("/")[2] for name in opened.getnames()]
    assert {"src/skipline/_web/index.html", "src/skipline/_web/.source", "web/package-lock.json"} <= {*names}
    assert not [name for name in names if "node_modules" in name]


def test_the_installed_product_serves_its_app(address: str) -> None:
    page, headers = _get(f"{address}/")
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["cache-control"] == "no-cache"
    assert headers["x-content-type-options"] == "nosniff"
    assets = LOADED.findall(page.decode())
    assert any(one.endswith(".js") for one in assets)
    assert any(one.endswith(".css") for one in assets)
    assert not re.findall(r"<script(?![^>]*\bsrc=)", page.decode()), "the policy lets no inline script run"


def test_each_file_of_the_app_is_kept_for_good_and_comes_packed(address: str) -> None:
    page, _ = _get(f"{address}/")
    for one in LOADED.findall(page.decode()):
        plain, headers = _get(f"{address}/{one}")
        packed, more = _get(f"{address}/{one}", "gzip")
        assert "immutable" in headers["cache-control"], one
        assert headers["vary"] == "accept-encoding", one
        assert more["content-encoding"] == "gzip", one
        assert gzip.decompress(packed) == plain, one
        assert headers["content-type"] == more["content-type"], one


def _get(url: str, encoding: str = "identity") -> tuple[bytes, Mapping[str, str]]:
    with urlopen(Request(url, headers={"Accept-Encoding": encoding}), timeout=30) as answer:
        return answer.read(), {name.lower(): value for name, value in answer.headers.items()}


def _uv(*words: object) -> None:
    """Run uv on what set-up has fetched and built; where its cache was emptied since, as set-up does."""
    command = [UV, *map(str, words)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    offline = subprocess.run([*command, "--offline"], capture_output=True, text=True, env=environment, check=False)
    if offline.returncode:
        subprocess.run(command, env=environment, check=True)
