"""Customers of a Shopify shop."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import msgspec
from pydantic import Field

from skipline.asking.address import BaseUrl
from skipline.asking.graphql_answer import understand_graphql
from skipline.asking.parameters import digits_of, nobody_to_ask_about, only_known, read_question
from skipline.asking.web import Web
from skipline.base.value_types import ValueType, take
from skipline.flow.fields import field
from skipline.model.events import LookupStatus
from skipline.model.lookup import Answer, HttpRequest, HttpResponse, Question, Secrets

_QUERY = (
    "query ($identifier: CustomerIdentifierInput!) { customerByIdentifier(identifier: $identifier) "
    "{ id displayName numberOfOrders amountSpent { amount currencyCode } tags createdAt } }"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shopify(Web):
    """`shop` is your shop's address at Shopify; `secret` names the access token of a custom app."""

    group: ClassVar[str] = "crm"

    shop: BaseUrl = field(label="shop", kind="url")
    secret: str = field(label="secret", kind="secret")
    version: Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")] = field(label="version", default="2026-01")

    def ask(self, question: Question, secrets: Secrets) -> HttpRequest:
        """The customer with this `phone` or `email`."""
        _, given = read_question(question.path)
        only_known(given, frozenset({"phone", "email"}))
        body = {"query": _QUERY, "variables": {"identifier": _identifier(given)}}
        url = f"{self.shop}/admin/api/{self.version}/graphql.json"
        return self.post(url, body, {"X-Shopify-Access-Token": secrets(self.secret)})

    def understand(self, response: HttpResponse) -> Answer:
        """The customer. Throttling arrives with status 200, and numbers arrive as texts."""
        answer = understand_graphql(response)
        if answer.status is not LookupStatus.OK:
            return answer
        return msgspec.structs.replace(answer, value=_with_numbers(answer.value.get("customerByIdentifier")))


def _identifier(given: dict[str, str]) -> dict[str, str]:
    if phone := given.get("phone", "").strip():
        return {"phoneNumber": f"+{digits_of(phone)}"}
    if email := given.get("email", "").strip():
        return {"emailAddress": email}
    raise nobody_to_ask_about()


def _with_numbers(customer: Any) -> Any:
    if not isinstance(customer, dict):
        return customer
    spent = customer.get("amountSpent")
    if isinstance(spent, dict):
        customer = {**customer, "amountSpent": {**spent, "amount": _number(spent.get("amount"))}}
    return {**customer, "numberOfOrders": _number(customer.get("numberOfOrders"))}


def _number(written: Any) -> Any:
    return take(written, ValueType.NUMBER, None)[0]
