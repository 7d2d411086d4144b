"""What of a source's settings would help when it could not be asked, for those who set it up."""

from enum import StrEnum


class Remedy(StrEnum):
    """`allow_private`: the address is private, and opening private addresses would let us ask; `closed`: the address is
    one that nobody may ask; `unset`: a secret that it names has no value; `certificate`: the certificate is not one
    that we trust; `credentials`: the source does not accept ours."""

    ALLOW_PRIVATE = "allow_private"
    CLOSED = "closed"
    UNSET = "unset"
    CERTIFICATE = "certificate"
    CREDENTIALS = "credentials"


_TELLING = {
    "(allow_private": Remedy.ALLOW_PRIVATE,
    "is never allowed": Remedy.CLOSED,
    "of this machine is our own": Remedy.CLOSED,
    "there is no secret": Remedy.UNSET,
    "certificate that is not trusted": Remedy.CERTIFICATE,
    "answered 401": Remedy.CREDENTIALS,
    "answered 403": Remedy.CREDENTIALS,
}
"""Parts of our own sentences; the tests hold each against the place that says it."""


def remedy_of(reason: str) -> Remedy | None:
    """What would help when a look-up ended for this reason; None when nothing in the settings would."""
    return next((remedy for part, remedy in _TELLING.items() if part in reason), None)
