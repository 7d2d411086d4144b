"""The vault: secrets encrypted with a master key that is never in the database.

The key comes from SKIPLINE_MASTER_KEY (several, separated by commas: the first encrypts, all decrypt), else from
`master.key` in the data folder, made at first start and readable for its owner alone. Fernet: AES-128-CBC with
HMAC-SHA256. The name is encrypted with the value, so that nobody can put one secret's ciphertext under another's name.
"""

import base64
import os
import stat
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from skipline.store.errors import SecretUnreadable, UnusablePlace

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

KEY_VARIABLE = "SKIPLINE_MASTER_KEY"
KEY_FILE_NAME = "master.key"
_KEY_BYTES = 32


class Vault:
    """Closes and opens secret values. Everybody else sees names only."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        if not keys or not all(map(_is_key, keys)):
            raise UnusablePlace(
                f"{KEY_VARIABLE} or {KEY_FILE_NAME} is not a master key: "
                "it is 44 characters of URL-safe base64, as `openssl rand -base64 32 | tr +/ -_` makes"
            )
        self._keys = keys

    @cached_property
    def _fernet(self) -> "MultiFernet":
        # Loaded late: it takes 6 MB, which a server without secrets need not spend.
        from cryptography.fernet import Fernet, MultiFernet

        return MultiFernet([Fernet(key) for key in self._keys])

    @classmethod
    def open(cls, folder: Path, environ: Mapping[str, str]) -> "Vault":
        """The vault of a data folder. Raises `UnusablePlace` when its key is malformed or readable for others."""
        given = tuple(key.strip() for key in environ.get(KEY_VARIABLE, "").split(",") if key.strip())
        file = folder / KEY_FILE_NAME
        if given and not file.exists():
            return cls(given)
        return cls((*given, _read_key(file) if file.exists() else _make_key(file)))

    def close(self, name: str, value: str) -> str:
        """The ciphertext of a secret."""
        return self._fernet.encrypt(msgspec.json.encode((name, value))).decode()

    def open_secret(self, name: str, ciphertext: str) -> str:
        """The value of a secret. Raises `SecretUnreadable` when it was closed with another key or for another name."""
        from cryptography.fernet import InvalidToken

        try:
            closed_name, value = msgspec.json.decode(self._fernet.decrypt(ciphertext), type=tuple[str, str])
        except InvalidToken as wrong:
            raise SecretUnreadable(name) from wrong
        if closed_name != name:
            raise SecretUnreadable(name)
        return value


def _is_key(written: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(written)) == _KEY_BYTES
    except ValueError:
        return False


def _make_key(file: Path) -> str:
    key = base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)).decode()
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(opened, "w") as written:
        written.write(key + "\n")
        written.flush()
        os.fsync(opened)
    return key


def _read_key(file: Path) -> str:
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise UnusablePlace(f"{file} can be read by others: run `chmod 600 {file}`")
    return file.read_text().strip()
