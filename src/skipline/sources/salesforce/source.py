"""Contacts, or other objects, in Salesforce, found by its own search.

Numbers are stored as people typed them, so a query for equal numbers would miss most; the search knows their forms.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar
from urllib.parse import urlencode

import msgspec
from pydantic import Field

from skipline.asking.address import BaseUrl
from skipline.asking.auth import ClientCredentials, OAuth2
from skipline.asking.json_answer import error, nobody, understand_json
from skipline.asking.parameters import digits_of, nobody_to_ask_about, only_known, read_question
from skipline.asking.web import Web
from skipline.base.sentence import say
from skipline.flow.fields import field
from skipline.model.events import LookupStatus
from skipline.model.lookup import Answer, HttpRequest, HttpResponse, Question, Secrets

_RESERVED = re.compile(r"([?&|!{}\[\]()^~*:\\\"'+-])")
_PLACES = {"phone": "PHONE", "email": "EMAIL"}
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.]{0,79}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Salesforce(Web):
    """`instance` is your own address at Salesforce; `client_id` and `secret` are those of a connected app."""

    group: ClassVar[str] = "crm"

    instance: BaseUrl = field(label="instance", kind="url")
    client_id: str = field(label="client_id")
    secret: str = field(label="secret", kind="secret")
    version: Annotated[str, Field(pattern=r"^v\d{2,3}\.0$")] = field(label="version", default="v68.0")
    object: Identifier = field(label="object", default="Contact")
    fields: tuple[Identifier, ...] = field(label="fields", kind="list", default=("Id", "Name", "AccountId", "OwnerId"))

    def ask(self, question: Question, secrets: Secrets) -> HttpRequest:
        """A search for the person with this `phone` or `email`."""
        _, given = read_question(question.path)
        only_known(given, frozenset(_PLACES))
        key = next((key for key in _PLACES if given.get(key)), None)
        if key is None:
            raise nobody_to_ask_about()
        searched = digits_of(given["phone"]) if key == "phone" else _RESERVED.sub(r"\\\1", given["email"])
        query = {
            "q": searched,
            "in": _PLACES[key],
            "sobject": self.object,
            f"{self.object}.fields": ",".join(self.fields),
            f"{self.object}.limit": "5",
        }
        return self.get(f"{self.instance}/services/data/{self.version}/parameterizedSearch/?{urlencode(query)}", {})

    def understand(self, response: HttpResponse) -> Answer:
        """The first record that was found."""
        answer = understand_json(response)
        if answer.status is LookupStatus.ERROR:
            return _with_code(answer, response)
        records = answer.value.get("searchRecords") if isinstance(answer.value, dict) else None
        if answer.status is LookupStatus.OK and not isinstance(records, list):
            return error(say("answered with something that is no search result"))
        if not records or not isinstance(records[0], dict):
            return nobody()
        record = {name: value for name, value in records[0].items() if name != "attributes"}
        return msgspec.structs.replace(answer, value={**record, "matches": len(records)})

    def sign_in(self) -> ClientCredentials:
        """Client credentials at the instance's own token address."""
        url = f"{self.instance}/services/oauth2/token"
        auth = OAuth2(type="oauth2", token_url=url, client_id=self.client_id, secret=self.secret)
        return ClientCredentials(auth, self.reach(), self.verify)


def _with_code(answer: Answer, response: HttpResponse) -> Answer:
    """The failure with Salesforce's own code for it."""
    code = _code_of(response)
    if code == "REQUEST_LIMIT_EXCEEDED":
        names = {"status": response.status, "code": code}
        return error(say("answered {status} ({code}): it takes no more questions today", **names), may_retry=True)
    head = f"answered {response.status}"
    reason = answer.reason.replace(head, f"{head} ({code})", 1) if code else answer.reason
    return msgspec.structs.replace(answer, reason=reason)


def _code_of(response: HttpResponse) -> str:
    try:
        told: Any = msgspec.json.decode(response.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    first = told[0] if isinstance(told, list) and told else None
    code = first.get("errorCode") if isinstance(first, Mapping) else None
    return code if isinstance(code, str) and re.fullmatch(r"[A-Z_]{1,60}", code) else ""
