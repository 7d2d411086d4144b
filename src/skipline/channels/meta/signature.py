"""How Meta proves itself: a handshake when the webhook is set up, and a signature over each delivery's raw bytes
(Graph API, "Webhooks: Getting Started")."""

import hmac
import re

from skipline.asking.forms import query_pairs
from skipline.asking.origin import check_same, check_size, hmac_hex, needed_header, needed_secret
from skipline.asking.payload import Unreadable
from skipline.model.lookup import Secrets
from skipline.model.messaging import Delivery, DeliveryRefused, Welcome

HEADER = "x-hub-signature-256"
"""Not `x-hub-signature`, which is SHA-1 and counts for nothing."""
_PREFIX = "sha256="
_CHALLENGE = re.compile(r"[A-Za-z0-9_.-]{1,256}", re.ASCII)


def greet(delivery: Delivery, verify_token: str, secrets: Secrets) -> Welcome | None:
    """The challenge given back, when the token is the one that we set; None for a delivery that is no handshake."""
    if delivery.method != "GET":
        return None
    given = _query(delivery.url)
    if "hub.mode" not in given:
        return None
    token = needed_secret(verify_token, secrets)
    if given["hub.mode"] != "subscribe" or not _is_same(given.get("hub.verify_token", ""), token):
        raise DeliveryRefused("the handshake's verify token is not ours")
    challenge = given.get("hub.challenge", "")
    if not _CHALLENGE.fullmatch(challenge):
        raise DeliveryRefused("the handshake has no challenge that could be given back")
    return Welcome(body=challenge)


def verify(delivery: Delivery, app_secret: str, secrets: Secrets) -> None:
    """Raise `DeliveryRefused` unless the signature is the HMAC-SHA256 of the bytes as they came, in lower-case hex."""
    check_size(delivery)
    given = needed_header(delivery, HEADER)
    secret = needed_secret(app_secret, secrets)
    if not given.startswith(_PREFIX):
        raise DeliveryRefused(f"the header {HEADER} does not begin with {_PREFIX}")
    check_same(given.removeprefix(_PREFIX), hmac_hex(secret, delivery.body))


def _query(url: str) -> dict[str, str]:
    """The parameters that came once; one that came twice is nobody's."""
    try:
        pairs = query_pairs(url)
    except Unreadable as wrong:
        raise DeliveryRefused(f"the handshake cannot be read: {wrong}") from None
    names = [name for name, _ in pairs]
    return {name: value for name, value in pairs if names.count(name) == 1} if len(pairs) < 50 else {}


def _is_same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())
