"""End users in Zendesk, found by its search.

The search takes digits without a plus, and a star in front of them stands for whatever country code was written.
"""

from base64 import b64encode
from dataclasses import dataclass
from typing import Annotated, ClassVar
from urllib.parse import urlencode

import msgspec
from pydantic import Field

from skipline.asking.address import BaseUrl
from skipline.asking.json_answer import first_result
from skipline.asking.parameters import digits_of, nobody_to_ask_about, only_known, read_question
from skipline.asking.web import Web
from skipline.flow.fields import field
from skipline.model.lookup import Answer, HttpRequest, HttpResponse, Question, Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Zendesk(Web):
    """`user` is the mail address that the token belongs to; `last_digits` of a number must agree."""

    group: ClassVar[str] = "crm"

    base_url: BaseUrl = field(label="base_url", kind="url")
    user: str = field(label="user")
    secret: str = field(label="secret", kind="secret")
    last_digits: Annotated[int, Field(ge=6, le=15)] = field(label="last_digits", kind="number", default=9)

    def ask(self, question: Question, secrets: Secrets) -> HttpRequest:
        """A search for the end user with this `phone` or `email`."""
        _, given = read_question(question.path)
        only_known(given, frozenset({"phone", "email"}))
        query = urlencode({"query": f"role:end-user {self._searched(given)}", "per_page": "5"})
        known_as = b64encode(f"{self.user}/token:{secrets(self.secret)}".encode()).decode()
        return self.get(f"{self.base_url}/api/v2/search.json?{query}", {"Authorization": f"Basic {known_as}"})

    def understand(self, response: HttpResponse) -> Answer:
        """The first user that was found."""
        answer, first = first_result(response)
        if first is None:
            return answer
        value = {**first, "matches": answer.value.get("count", len(answer.value["results"]))}
        return msgspec.structs.replace(answer, value=value)

    def _searched(self, given: dict[str, str]) -> str:
        if phone := given.get("phone", "").strip():
            return f"phone:*{digits_of(phone)[-self.last_digits :]}"
        if email := given.get("email", "").replace('"', "").strip():
            return f'email:"{email}"'
        raise nobody_to_ask_about()
