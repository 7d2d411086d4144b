"""The data folder: its disk, its database and its secrets."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from skipline.cli.doctor.finding import Finding, bad, ok, warn
from skipline.host.secrets import variable_of
from skipline.store import secrets, sqlite
from skipline.store.errors import StorageError, UnusablePlace
from skipline.store.folder import DATABASE_NAME
from skipline.store.inspection import find_damage, look
from skipline.store.revision import read_revision, refuse_newer
from skipline.store.schema import NEWEST_REVISION
from skipline.store.vault import KEY_FILE_NAME, KEY_VARIABLE, Vault
from skipline.workspace.secret_users import SecretUser
from skipline.workspace.sections import word_for

LITTLE_SPACE_BYTES, NO_SPACE_BYTES = 1 << 30, 50 << 20


def examine_sqlite() -> Finding:
    """The library that Python was linked with."""
    warning = sqlite.version_warning()
    if warning is None:
        return ok("SQLite", f"version {sqlite3.sqlite_version}")
    return warn("SQLite", warning, "a Python with a newer SQLite, such as one that uv installs, ends this")


def examine_folder(data: Path) -> Iterator[Finding]:
    """Whether the folder can be written to, has space, and is nobody else's to read."""
    if not data.is_dir():
        yield warn("data folder", f"{data} is not there yet", "nothing to do: the first start makes it")
        return
    yield _examine_access(data)
    free_bytes = shutil.disk_usage(data).free
    said = f"{free_bytes / 1e9:,.1f} GB are free"
    if free_bytes > LITTLE_SPACE_BYTES:
        yield ok("disk", said)
    else:
        finding = bad if free_bytes < NO_SPACE_BYTES else warn
        yield finding("disk", said, f"make room on the disk of {data}; records of calls are lost when it is full")


def _examine_access(data: Path) -> Finding:
    if not os.access(data, os.W_OK | os.X_OK):
        fix = f"run `chown -R $USER {data}`, or choose another --data"
        return bad("data folder", f"{data} cannot be written to", fix)
    if stat.S_IMODE(data.stat().st_mode) & 0o077:
        return warn("data folder", f"{data} can be entered by others", f"run `chmod 700 {data}`")
    return ok("data folder", f"{data} is there, for its owner alone")


def examine_database(data: Path) -> Finding | None:
    """Whether the database is whole and of this release; None when there is none yet."""
    file = data / DATABASE_NAME
    if not file.is_file():
        return None
    try:
        revision = read_revision(file)
        if revision is not None:
            refuse_newer(revision)
    except StorageError as trouble:
        return bad("database", str(trouble), "do as the sentence says, or name another --data folder")
    damage = find_damage(file)
    if damage is not None:
        fix = f"stop the server, then `skipline restore FILE --data {data}`"
        return bad("database", f"{file} is damaged: {damage}", fix)
    if revision != NEWEST_REVISION:
        said = f"it is whole, with schema {revision}; this release has {NEWEST_REVISION}"
        return warn("database", said, f"nothing to do: the next start migrates it, or `skipline migrate --data {data}`")
    return ok("database", f"it is whole, with schema {revision}")


def read_secrets(data: Path, names: Iterable[str], environ: Mapping[str, str]) -> dict[str, str]:
    """What the vault holds, and those of `names` that the environment gives, with values. Raises `StorageError`."""
    return with_given(look(data / DATABASE_NAME, partial(open_kept, data=data, environ=environ)), names, environ)


def open_kept(transaction: sa.Connection, data: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """What the vault of a database holds, opened as the server of the folder would. Raises `StorageError`."""
    if not secrets.list_all(transaction):
        return {}
    # Opening the vault makes a master key where there is none, which a doctor must not do.
    if not environ.get(KEY_VARIABLE) and not (data / KEY_FILE_NAME).exists():
        raise UnusablePlace(f"neither {KEY_VARIABLE} nor {data / KEY_FILE_NAME} is there to open the vault with")
    return secrets.open_all(transaction, Vault.open(data, environ))


def with_given(kept: Mapping[str, str], names: Iterable[str], environ: Mapping[str, str]) -> dict[str, str]:
    """Those that are kept, and those of `names` that the environment gives, which win."""
    return {**kept, **{name: environ[variable_of(name)] for name in names if variable_of(name) in environ}}


def examine_secrets(users: Mapping[str, Sequence[SecretUser]], known: Container[str]) -> Iterator[Finding]:
    """Whether each secret that somebody needs is known; `users` has who needs it, by its name."""
    missing = [name for name in sorted(users) if name not in known]
    for name in missing:
        yield bad(
            f"secret {name}",
            f"{_named(users[name][-1])} needs it, and it is neither in the vault nor in this environment",
            f"put it into the vault (PUT /api/v1/secrets/{name}), or set {variable_of(name)} for server and doctor",
        )
    if not missing:
        yield ok("secrets", f"all {len(users)} that the configuration names are known")


def _named(user: SecretUser) -> str:
    return f"{word_for(user.section)} {user.name}"
