"""Who needs which secret: entries name secrets, and only the host opens them."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from skipline.model.configuration import Configuration
from skipline.workspace.channels import build_account
from skipline.workspace.sources import build_source


class SecretUser(NamedTuple):
    """An entry of the workspace, or a flow (section `flows`), by its name."""

    section: str
    name: str


def find_secret_users(configuration: Configuration) -> Mapping[str, tuple[SecretUser, ...]]:
    """Each secret that entries name, with those entries in their order."""
    found: defaultdict[str, list[SecretUser]] = defaultdict(list)
    for user, secret in _uses(configuration):
        if user not in found[secret]:
            found[secret].append(user)
    return {secret: tuple(users) for secret, users in found.items()}


def secrets_of(value: object) -> Iterator[str]:
    """What the fields of kind `secret` hold, in a piece and in the parts of it."""
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return
    for field in dataclasses.fields(value):
        held = getattr(value, field.name)
        if field.metadata.get("kind") == "secret" and held:
            yield str(held)
        yield from secrets_of(held)


def _uses(configuration: Configuration) -> Iterator[tuple[SecretUser, str]]:
    for trunk in configuration.trunks:
        user = SecretUser("trunks", trunk.name)
        if trunk.user:
            yield user, trunk.password_secret
        if trunk.register is not None:
            yield user, trunk.register.password_secret
    for agent in configuration.agents:
        if agent.phone is not None:
            yield SecretUser("agents", agent.name), agent.phone.password_secret
    for source in configuration.sources:
        yield from ((SecretUser("sources", source.name), one) for one in secrets_of(build_source(source)))
    for account in configuration.channels:
        yield from ((SecretUser("channels", account.name), one) for one in secrets_of(build_account(account)))
