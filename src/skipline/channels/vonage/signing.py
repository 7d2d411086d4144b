"""How requests of ours are signed: with the API key and its secret, or with a token of an application (Vonage docs,
"Authentication", RS256)."""

from datetime import datetime, timedelta

from skipline.asking.web_token import write_token
from skipline.model.messaging import CannotWrite

LIFETIME = timedelta(minutes=15)


def application_token(application: str, private_key: str, token_id: str, at: datetime, lifetime: timedelta) -> str:
    """A token for requests of `application`, valid from `at`. `private_key` is PEM; raises `CannotWrite` when it is
    none."""
    claims = {
        "application_id": application,
        "iat": int(at.timestamp()),
        "exp": int((at + lifetime).timestamp()),
        "jti": token_id,
    }
    return write_token(claims, "RS256", lambda told: _signed(private_key, told))


def _signed(private_key: str, told: bytes) -> bytes:
    # Imported when it is needed, because few accounts sign this way and it takes memory.
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(private_key.strip().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise CannotWrite("the application's private key is none: keep the whole file that Vonage gave as the secret")
    return key.sign(told, PKCS1v15(), SHA256())
