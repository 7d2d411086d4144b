"""Sets this checkout up: a virtual environment with pinned packages and, for the tests, the Debian programs they use.

Needs nothing but the standard library. Run by `make`; every step says what it installs and is skipped when it is done.

    python3 tools/setup.py run       the product
    python3 tools/setup.py dev       the product and everything its tests and checks need
    python3 tools/setup.py bench     as dev, and Kamailio to compare with
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV_VERSION = "uv==0.13.9"
DEBIAN_PROGRAMS = {"sipp": "sip-tester", "baresip": "baresip-core", "initdb": "postgresql", "chromium": "chromium"}
BENCH_PROGRAMS = {"kamailio": "kamailio"}


def main(purpose: str) -> None:
    if sys.version_info < (3, 11):
        found = sys.version.split()[0]
        sys.exit(f"Skipline needs Python 3.11 or newer; this is {found}. Try: make PYTHON=python3.12 ...")
    make_environment()
    sync_packages("run" if purpose == "run" else "dev")
    if purpose in ("dev", "bench"):
        install_programs(DEBIAN_PROGRAMS)
    if purpose == "bench":
        install_programs(BENCH_PROGRAMS)


def make_environment() -> None:
    """A virtual environment with uv in it."""
    if not PYTHON.exists():
        say(f"making a virtual environment in {VENV.name}/")
        if subprocess.run([sys.executable, "-m", "venv", VENV], stdout=subprocess.DEVNULL).returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            apt_install(["python3-venv"])
            run([sys.executable, "-m", "venv", VENV])
    if not (VENV / "bin" / "uv").exists():
        say(f"installing {UV_VERSION} into it")
        ensure_pip()
        run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV_VERSION])


def ensure_pip() -> None:
    """An environment made by uv carries no pip."""
    if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode:
        run([PYTHON, "-m", "ensurepip"], stdout=subprocess.DEVNULL)


def sync_packages(lock_name: str) -> None:
    """Exactly the packages of the lock file, by hash, then Skipline itself from this folder."""
    lock = ROOT / "requirements" / f"{lock_name}.lock"
    stamp = VENV / f".skipline-{lock_name}"
    sources = b"".join(one.read_bytes() for one in web_sources())
    wanted = hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + sources).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"installing the packages pinned in {lock.relative_to(ROOT)}")
    uv("install", "--require-hashes", "-r", lock)
    if lock_name == "dev":
        run([PYTHON, ROOT / "tools" / "web.py", "install"])
    say("installing Skipline itself, and building its web app")
    uv("install", "--no-deps", "--build-constraint", ROOT / "requirements" / "build.lock", "-e", ROOT)
    stamp.write_text(wanted)


def web_sources() -> list[Path]:
    """What the web app is built from: when it changes, Skipline is installed anew, which builds it."""
    web = ROOT / "web"
    inside = [one for folder in ("src", "public") for one in sorted((web / folder).rglob("*")) if one.is_file()]
    return [*inside, web / "index.html", web / "package-lock.json", web / "vite.config.ts"]


def uv(verb: str, *arguments: object) -> None:
    run([VENV / "bin" / "uv", "pip", verb, "--quiet", "--python", PYTHON, *arguments])


def install_programs(programs: dict[str, str]) -> None:
    """The Debian packages whose programs are not on this machine yet."""
    missing = sorted(package for program, package in programs.items() if not find_program(program))
    if missing:
        apt_install(missing)


def find_program(name: str) -> str | None:
    postgres = [str(folder) for folder in Path("/usr/lib/postgresql").glob("*/bin")]  # Debian keeps them off the PATH
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin", *postgres]))


def apt_install(packages: list[str]) -> None:
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    if not shutil.which("apt-get") or (sudo and not shutil.which("sudo")):
        sys.exit(f"Please install these programs first (Debian packages): {' '.join(packages)}")
    say(f"installing Debian packages: {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run([*sudo, "apt-get", "update", "-qq"], stdout=subprocess.DEVNULL, env=environment)
    run([*sudo, "apt-get", "install", "-y", "-qq", *packages], stdout=subprocess.DEVNULL, env=environment)


def run(command: list[object], **options: object) -> None:
    words = [str(word) for word in command]
    if subprocess.run(words, cwd=ROOT, **options).returncode:  # type: ignore[call-overload]
        sys.exit(f"setup: this failed: {' '.join(words)}")


def say(sentence: str) -> None:
    print(f"setup: {sentence}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "run")
