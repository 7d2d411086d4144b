"""Files that came with a message: Vonage docs, "Secure inbound media". They are at Vonage for 48 hours."""

from urllib.parse import urljoin

from skipline.asking.address import origin_of
from skipline.model.lookup import HttpResponse
from skipline.model.messaging import CannotWrite

_HOSTS = (".nexmo.com", ".vonage.com")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def is_vonages(url: str, base_url: str) -> bool:
    """Whether `url` is at Vonage, or at the very host of `base_url`: only there our sign-in goes."""
    origin = origin_of(url)
    if not origin:
        return False
    return origin == origin_of(base_url) or (origin.startswith("https://") and origin.endswith(_HOSTS))


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
