"""One question of one call: to whom, on what terms, and since when."""

from dataclasses import dataclass
from functools import cached_property

from skipline.base.sentence import say
from skipline.host.lookups.finding import Terms
from skipline.host.lookups.kept import key_of
from skipline.host.lookups.link import Patience, SourceLink
from skipline.host.lookups.wording import describe_limit
from skipline.model.commands import LookUp
from skipline.model.events import LookupStatus
from skipline.model.lookup import Answer, Question


@dataclass(frozen=True)
class Enquiry:
    """A question on its way; `began` and the other moments are in the loop's time."""

    link: SourceLink
    question: LookUp
    terms: Terms
    began: float

    @property
    def source(self) -> str:
        return self.link.source.name

    @cached_property
    def key(self) -> str:
        """Equal questions have equal keys."""
        return key_of(self.link.source, self.question)

    @property
    def waiting_until(self) -> float:
        """Until when to wait for an answer that is on its way."""
        return self.began + self.terms.waiting_seconds

    @property
    def over_at(self) -> float:
        """When the caller goes on, with whatever there is."""
        return self.began + self.terms.limit_seconds

    async def put(self) -> Answer:
        """Ask the source."""
        asked = self.question
        question = Question(method=asked.method, path=asked.path, headers=asked.headers, body=asked.body)
        patience = Patience(self.began + self.terms.asking_seconds, self.terms.limit_seconds, asked.retries)
        return await self.link.ask(question, patience)

    def overdue(self) -> Answer:
        """The answer when waiting was in vain."""
        limit = describe_limit(self.terms.limit_seconds)
        return Answer(status=LookupStatus.TIMEOUT, reason=say("did not answer within {limit}", limit=limit))
