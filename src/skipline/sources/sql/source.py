"""Rows of a PostgreSQL or SQLite database. Statements are written in the source and asked by name.

What keeps the data safe is a user who may only read, and a read-only transaction; statements are not taken apart.
"""

import re
from dataclasses import dataclass
from typing import Annotated, ClassVar

import msgspec
from pydantic import Field

from skipline.asking.json_answer import nobody, understand_json
from skipline.asking.parameters import find_question, only_known, read_question
from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import field
from skipline.model.events import LookupStatus
from skipline.model.lookup import Answer, HttpResponse, Question, Secrets, SqlQuery
from skipline.sources.sql.statement import parameters_of

_READS = re.compile(r"\s*(select|with|values)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"(postgresql|postgres|sqlite)://", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sql:
    """`database` names the secret that holds the database's address; `questions` maps names to statements."""

    group: ClassVar[str] = "database"

    database: str = field(label="database", kind="secret")
    questions: dict[str, str] = field(label="questions", kind="map")
    most_rows: Annotated[int, Field(ge=1, le=1_000)] = field(label="most_rows", kind="number", default=50)

    def __post_init__(self) -> None:
        if not self.questions:
            raise WrongValue(say("there is nothing to ask"), say("write a statement under `questions`"))
        for name, statement in self.questions.items():
            if not _READS.match(statement):
                raise WrongValue(
                    say("`{name}` does not read", name=name), say("begin it with select; sources only read")
                )

    def ask(self, question: Question, secrets: Secrets) -> SqlQuery:
        """The named statement with its parameters; raises `ValueError` when one is missing or unknown."""
        name, given = read_question(question.path)
        statement = find_question(self.questions, name)
        wanted = parameters_of(statement)
        only_known(given, wanted)
        if missing := sorted(wanted - given.keys()):
            raise WrongValue(
                say("the parameter `{name}` is missing", name=missing[0]), say("give it in the step's `query`")
            )
        address = secrets(self.database)
        if not _ADDRESS.match(address):
            raise WrongValue(
                say("the secret {name} holds no address of a PostgreSQL or SQLite database", name=self.database)
            )
        return SqlQuery(database=address, statement=statement, parameters=given, most_rows=self.most_rows)

    def understand(self, response: HttpResponse) -> Answer:
        """The first row, with all of them beside it."""
        answer = understand_json(response)
        if answer.status is not LookupStatus.OK:
            return answer
        if not isinstance(answer.value, list) or not answer.value:
            return nobody(say("found no row"))
        rows = answer.value
        return msgspec.structs.replace(answer, value={**rows[0], "rows": rows, "matches": len(rows)})
