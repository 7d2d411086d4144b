"""Whether a code of an authenticator app opens: its secret is in the vault's hands until then."""

from skipline.api.services import Services
from skipline.base.one_time_codes import find_step, read_secret
from skipline.host.sign_in import CodeCheck
from skipline.model.access import Credentials


def name_in_vault(user: str) -> str:
    """Under which name a user's secret is closed, so that nobody can put it under another's."""
    return f"codes of user {user}"


def step_of_code(services: Services) -> CodeCheck:
    """Finds the time step of a code that opens now for somebody."""

    def step_of(known: Credentials, code: str) -> int | None:
        if known.code_secret is None:
            return None
        return find_step_of(services, known.user.id, known.code_secret, code)

    return step_of


def find_step_of(services: Services, user: str, closed: str, code: str) -> int | None:
    """The time step of a code of a closed secret."""
    secret = read_secret(services.secrets.vault.open_secret(name_in_vault(user), closed))
    return find_step(secret, code, services.clock())
