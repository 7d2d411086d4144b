"""What a provider's answer says to do when its own words say nothing: by the HTTP status alone."""

from skipline.model.lookup import HttpResponse
from skipline.model.messaging import Remedy

LONGEST_WAIT_SECONDS = 86_400.0


def remedy_by_status(status: int) -> Remedy | None:
    """What an HTTP status says about a message; None: it may have been taken (RFC 9110 section 15: a gateway that
    waited in vain, a time-out, a success that does not say which message it is)."""
    if status == 429 or (status >= 500 and status != 504):
        return Remedy.RETRY
    if status in (408, 504) or status < 300:
        return None
    if status < 400 or status in (401, 402, 403, 404):
        return Remedy.ALARM
    return Remedy.NEVER


def wait_of(response: HttpResponse) -> float | None:
    """Seconds that the provider asks us to wait (RFC 9110 section 10.2.3), no more than a day; a date is none."""
    written = response.headers.get("retry-after", "").strip()
    if not written.isascii() or not written.isdecimal() or len(written) > 9:
        return None
    return min(float(written), LONGEST_WAIT_SECONDS)
