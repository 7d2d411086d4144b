"""A password or key stands in the flow file, where everybody who reads the file sees it."""

from collections.abc import Iterator, Mapping

from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.written import field_values

_TELLING = ("authorization", "api-key", "apikey", "token", "secret", "password", "cookie")


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `hard_coded_secret`, a warning. Looks at the names in maps of headers, query and the like."""
    for path, piece in inspection.drawing.pieces():
        for one in field_values(piece):
            for key, value in one.value.items() if isinstance(one.value, Mapping) else ():
                is_telling = any(word in str(key).lower().replace("_", "-") for word in _TELLING)
                if is_telling and isinstance(value, str) and value and "{{" not in value and one.kind != "values":
                    sentence = say("`{key}` looks like a secret, and stands in the flow for everybody to read", key=key)
                    fix = say("keep it as a secret and name it in the source's settings")
                    where = (*path, *one.path, str(key))
                    yield inspection.drawing.issue(where, "hard_coded_secret", sentence, fix, Severity.WARNING)
