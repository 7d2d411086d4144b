"""Files that came with a message: Vonage docs, "Secure inbound media". They are at Vonage for 48 hours."""

from urllib.parse import urljoin, urlsplit

from skipline.model.lookup import HttpResponse
from skipline.model.messaging import CannotWrite

_HOSTS = (".nexmo.com", ".vonage.com")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def is_vonages(url: str, base_url: str) -> bool:
    """Whether `url` is at Vonage, or at the very host of `base_url`: only there our sign-in goes."""
    origin = _origin(url)
    if not origin:
        return False
    return origin == _origin(base_url) or (origin.startswith("https://") and origin.endswith(_HOSTS))


def next_address(url: str, base_url: str, response: HttpResponse) -> str:
    """Where an answer sends us for the file; empty when it is the file itself. Raises `CannotWrite` for every address
    that is not Vonage's, and for an answer that is neither."""
    if response.status == 200:
        return ""
    if response.status not in _REDIRECTS:
        raise CannotWrite(f"Vonage answered {response.status} for the file: it is there for 48 hours only")
    target = urljoin(url, response.headers.get("location", "").strip())
    if not is_vonages(target, base_url):
        raise CannotWrite("Vonage sent us for the file to an address that is not its own")
    return target


def _origin(url: str) -> str:
    """Scheme, host and port; empty for what is no plain web address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or "\\" in url:
        return ""
    usual = 443 if parts.scheme == "https" else 80
    return f"{parts.scheme}://{parts.hostname.lower()}" + ("" if port in (None, usual) else f":{port}")
