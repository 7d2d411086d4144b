"""Contacts in HubSpot, found by its search."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import msgspec
from pydantic import Field

from skipline.asking.address import BaseUrl
from skipline.asking.json_answer import first_result
from skipline.asking.parameters import digits_of, nobody_to_ask_about, only_known, read_question
from skipline.asking.web import Web
from skipline.flow.fields import field
from skipline.model.lookup import Answer, HttpRequest, HttpResponse, Question, Secrets

_USUAL = ("firstname", "lastname", "lifecyclestage", "hubspot_owner_id", "num_associated_deals", "total_revenue")


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSpot(Web):
    """`secret` names the token of a private app; `properties` are those to bring, because none come by themselves."""

    group: ClassVar[str] = "crm"

    secret: str = field(label="secret", kind="secret")
    properties: tuple[str, ...] = field(label="properties", kind="list", default=_USUAL)
    version: Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")] = field(label="version", default="2026-03")
    base_url: BaseUrl = field(label="base_url", kind="url", default="https://api.hubapi.com")

    def ask(self, question: Question, secrets: Secrets) -> HttpRequest:
        """A search for the person with this `phone` or `email`."""
        _, given = read_question(question.path)
        only_known(given, frozenset({"phone", "email"}))
        filters = [
            {"filters": [{"propertyName": name, "operator": "EQ", "value": value}]} for name, value in _forms(given)
        ]
        body = {"filterGroups": filters, "properties": self.properties, "limit": 5}
        url = f"{self.base_url}/crm/objects/{self.version}/contacts/search"
        return self.post(url, body, {"Authorization": f"Bearer {secrets(self.secret)}"})

    def understand(self, response: HttpResponse) -> Answer:
        """The first one's properties."""
        answer, first = first_result(response)
        if first is None:
            return answer
        properties = first.get("properties")
        known = properties if isinstance(properties, dict) else {}
        value = {"id": first.get("id"), **known, "matches": answer.value.get("total", len(answer.value["results"]))}
        return msgspec.structs.replace(answer, value=value)


def _forms(given: dict[str, str]) -> list[tuple[str, str]]:
    """Each property with each form in which it may stand there; HubSpot takes five at most."""
    if phone := given.get("phone", "").strip():
        forms = dict.fromkeys((phone, digits_of(phone)))
        return [(name, form) for form in forms for name in ("phone", "mobilephone")]
    if email := given.get("email", "").strip():
        return [("email", email)]
    raise nobody_to_ask_about()
