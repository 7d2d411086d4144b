"""Any system that answers GraphQL. Questions are written in the source and asked by name, with variables."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from skipline.asking.address import BaseUrl
from skipline.asking.auth import Auth, ClientCredentials, auth_headers, sign_in_with
from skipline.asking.graphql_answer import understand_graphql
from skipline.asking.parameters import find_question, only_known, read_question
from skipline.asking.web import Web
from skipline.base.sentence import say
from skipline.base.value_types import ValueType, conform
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import field
from skipline.model.lookup import Answer, HttpRequest, HttpResponse, Question, Secrets

_QUERY = re.compile(r"(\s|#[^\n]*\n)*(query\b|\{)")
_DECLARED = re.compile(r"\$(\w+)\s*:\s*\[?\s*(\w+)")
_CASTS: Mapping[str, Callable[[str], Any]] = {
    "Int": lambda text: conform(text, ValueType.NUMBER),
    "Float": lambda text: conform(text, ValueType.NUMBER),
    "Boolean": lambda text: conform(text, ValueType.BOOLEAN),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQL(Web):
    """`questions` maps names to queries; a step names one in its `path` and gives its variables in `query`."""

    group: ClassVar[str] = "http"

    url: BaseUrl = field(label="url", kind="url")
    questions: dict[str, str] = field(label="questions", kind="map")
    headers: dict[str, str] = field(label="headers", kind="map", default_factory=dict)
    auth: Auth | None = field(label="auth", kind="auth", default=None)

    def __post_init__(self) -> None:
        if not self.questions:
            raise WrongValue(say("there is nothing to ask"), say("write a query under `questions`"))
        for name, query in self.questions.items():
            if not _QUERY.match(query):
                raise WrongValue(
                    say("`{name}` is no query", name=name), say("begin it with `query` or a brace; sources only read")
                )

    def ask(self, question: Question, secrets: Secrets) -> HttpRequest:
        """The named query with its variables; raises `ValueError` for a name or parameter that there is not."""
        name, given = read_question(question.path)
        query = find_question(self.questions, name)
        types = dict(_DECLARED.findall(query.partition("{")[0]))
        only_known(given, frozenset(types))
        variables = {name: _CASTS.get(types[name], str)(text) for name, text in given.items()}
        headers = {**self.headers, **question.headers, **auth_headers(self.auth, secrets)}
        return self.post(self.url, {"query": query, "variables": variables}, headers)

    def understand(self, response: HttpResponse) -> Answer:
        """The data, nobody, or an error, whatever the status says."""
        return understand_graphql(response)

    def sign_in(self) -> ClientCredentials | None:
        """How to get a token, when the sign-in needs one."""
        return sign_in_with(self.auth, self.reach(), self.verify)
