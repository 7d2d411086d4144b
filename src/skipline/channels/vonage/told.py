"""What a delivery holds, read once and the same way for the signature and for the events: JSON in a body, a form in a
body, or a query. What a query says besides a body does not count, because a signature is over one of them."""

from typing import Any

from skipline.asking.forms import form_pairs, query_pairs
from skipline.asking.payload import Unreadable, clean, read_json
from skipline.model.messaging import Delivery

SIGNATURE = "sig"
_FORM = "application/x-www-form-urlencoded"


def told_object(delivery: Delivery) -> dict[str, Any]:
    """What the delivery tells, by name. Raises `Unreadable`."""
    if _is_json(delivery):
        found = read_json(delivery.body)
        if not isinstance(found, dict):
            raise Unreadable("it is no JSON object")
        return found
    values: dict[str, Any] = {}
    for name, value in form_pairs(delivery.body) if delivery.body else query_pairs(delivery.url):
        values.setdefault(name, value)
    return values


def told_pairs(delivery: Delivery) -> list[tuple[str, str]]:
    """The parameters of a delivery of the SMS API, each as often as it came. Raises `Unreadable`, for JSON too that
    has more in it than texts and numbers: no signature is over it."""
    if not _is_json(delivery):
        return list(form_pairs(delivery.body) if delivery.body else query_pairs(delivery.url))
    told = told_object(delivery)
    if any(not isinstance(value, str | int | float) or isinstance(value, bool) for value in told.values()):
        raise Unreadable("it is no list of parameters")
    return [(name, value if isinstance(value, str) else clean(value)) for name, value in told.items()]


def _is_json(delivery: Delivery) -> bool:
    kinds = [value for name, value in delivery.headers if name == "content-type"]
    return bool(delivery.body) and not (kinds and kinds[0].partition(";")[0].strip().lower() == _FORM)
