"""Who may use the API: whoever shows a key that is valid now. Without one nothing under `/api` answers."""

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from skipline.api.errors import Refused
from skipline.api.services import Running
from skipline.model.access import ApiKey
from skipline.store import api_keys

_bearer = HTTPBearer(auto_error=False, description="A key made at first start, or by POST /api/v1/keys")


async def require_key(
    services: Running, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> ApiKey:
    """The key of this request; refuses with 401 when it is missing, unknown or revoked, telling none of these apart."""
    key = None if given is None else await services.database.read(api_keys.check, given.credentials)
    if key is None:
        raise Refused(401, "unauthorised", "Send a valid key: `Authorization: Bearer sk_...`.")
    return key


Author = Annotated[ApiKey, Depends(require_key)]
"""The parameter by which a route learns whose key was shown."""
