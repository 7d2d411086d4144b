"""A PostgreSQL of the tests' own: in a temporary folder, on loopback, gone when they end."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

_names = count(1)


class PostgresServer:
    """A running server; `make_database` gives the URL of a database, a copy of `template` when one is named."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port

    def make_database(self, template: str = "template0") -> str:
        name = f"db{next(_names)}"
        tool = find_program("createdb")
        given = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "skipline", "-T", template, name]
        subprocess.run([tool, *given], check=True, capture_output=True)
        return self.url(name)

    def empty(self, url: str, tables: Iterable[str]) -> None:
        """Delete every row of these tables, in this order."""
        statements = ";".join(f"DELETE FROM {table}" for table in tables)
        subprocess.run([find_program("psql"), "-q", url, "-c", statements], check=True, capture_output=True)

    def url(self, name: str) -> str:
        return f"postgresql://skipline@127.0.0.1:{self.port}/{name}"


def find_program(name: str) -> str:
    """A program of Debian's PostgreSQL, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    path = str(found[-1]) if found else shutil.which(name)
    assert path, f"{name} is missing: install the Debian package postgresql (`make setup` does)"
    return path


@contextmanager
def running_postgres(*, is_durable: bool = False) -> Iterator[PostgresServer]:
    """A server that waits for the disk only when `is_durable`: the tests kill Skipline, not the machine."""
    folder = Path(tempfile.mkdtemp(prefix="skipline-postgres-"))
    user = _unprivileged_user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        with _running(folder, user, is_durable) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Whom to run it as when we are root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


@contextmanager
def _running(folder: Path, user: pwd.struct_passwd | None, is_durable: bool) -> Iterator[PostgresServer]:
    identity = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    data = folder / "data"
    make = [find_program("initdb"), "-D", data, "-U", "skipline", "--auth=trust", "--locale=C", "-E", "UTF8", "-N"]
    subprocess.run(make, check=True, capture_output=True, cwd=folder, **identity)
    port = _free_port()
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "fsync": "on" if is_durable else "off",
        "shared_buffers": "64MB",
        "max_connections": 60,
    }
    start = [find_program("postgres"), "-D", data, *(f"--{name}={value}" for name, value in settings.items())]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(start, stdout=log, stderr=log, cwd=folder, **identity)
        try:
            _wait_until_ready(port)
            yield PostgresServer(folder, port)
        finally:
            server.terminate() if is_durable else server.send_signal(3)  # SIGQUIT: at once
            server.wait(timeout=30)


def _wait_until_ready(port: int) -> None:
    asking = [find_program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
    for _ in range(300):
        if subprocess.run(asking).returncode == 0:
            return
        subprocess.run(["sleep", "0.05"], check=True)
    raise AssertionError("PostgreSQL did not start within 15 s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
