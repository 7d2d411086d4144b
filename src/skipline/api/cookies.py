"""The cookie of a session, and the proof that a request comes from our own page.

Over HTTPS the cookie is called `__Host-skipline`: browsers then take it from this very host alone, and never in clear
text (RFC 6265bis section 4.1.3.2). On this machine plain HTTP will do, elsewhere nobody can sign in by it.
"""

import hashlib
from hmac import compare_digest
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Response
from starlette.requests import HTTPConnection

from skipline.api.errors import Refused
from skipline.api.services import Services
from skipline.base.sentence import say
from skipline.store.sessions import VALID_FOR

PROOF_HEADER = "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SECURE_NAME, _PLAIN_NAME = "__Host-skipline", "skipline"


def is_secure(request: HTTPConnection, services: Services) -> bool:
    """Whether the browser speaks HTTPS with us, or with what stands in front of us."""
    if request.url.scheme in ("https", "wss"):
        return True
    public = urlsplit(services.messages.accounts.url_of(""))
    return public.scheme == "https" and public.netloc == request.headers.get("host")


def session_token(request: HTTPConnection, services: Services) -> str:
    """The token in the cookie; empty: there is none."""
    return request.cookies.get(_SECURE_NAME if is_secure(request, services) else _PLAIN_NAME, "")


def set_session(response: Response, request: HTTPConnection, services: Services, token: str) -> None:
    """Have the browser keep a session, for as long as it is good."""
    secure = is_secure(request, services)
    response.set_cookie(
        _SECURE_NAME if secure else _PLAIN_NAME,
        token,
        max_age=int(VALID_FOR.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def forget_session(response: Response, request: HTTPConnection, services: Services) -> None:
    """Have the browser throw the session away."""
    secure = is_secure(request, services)
    name = _SECURE_NAME if secure else _PLAIN_NAME
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")


def proof_of(token: str) -> str:
    """What our page sends along with whatever changes something. Another page cannot know it: the cookie that it
    follows from is one that no script can read."""
    return hashlib.sha256(f"proof of {token}".encode()).hexdigest()


def check_proof(request: HTTPConnection, services: Services, token: str) -> None:
    """Refuse with 403 a change that our own page did not ask for (OWASP's synchroniser token, and `Origin`)."""
    if request.scope["method"] in _SAFE:
        return
    refuse_foreign_page(request, services)
    if not compare_digest(request.headers.get(PROOF_HEADER, "").encode(), proof_of(token).encode()):
        raise Refused(403, "no_proof", say("Send the session's `csrf` in the header {header}.", header=PROOF_HEADER))


def refuse_foreign_page(request: HTTPConnection, services: Services) -> None:
    """Refuse with 403 what a browser says comes from a page of another address."""
    if is_foreign(request, services):
        raise Refused(403, "foreign_origin", say("Pages of another address may not do this."))


def is_foreign(request: HTTPConnection, services: Services) -> bool:
    """Whether a page of another address asks. Browsers tell in `Origin` which page it was; other programs do not."""
    origin = request.headers.get("origin")
    own = {request.headers.get("host", ""), urlsplit(services.messages.accounts.url_of("")).netloc}
    return origin is not None and urlsplit(origin).netloc not in own - {""}


def refuse_clear_text(request: HTTPConnection, services: Services) -> None:
    """Refuse with 403 to take a password over a network that anybody on it can read."""
    if not is_secure(request, services) and not _is_this_machine(request.url.hostname or ""):
        why = say(
            "Passwords are not taken over plain HTTP: put a proxy with HTTPS in front, and set SKIPLINE_PUBLIC_URL."
        )
        raise Refused(403, "https_needed", why)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
