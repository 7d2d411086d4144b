"""Ask the contact something and keep the answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import Field

from skipline.base.value_types import LONGEST_TEXT, shorten
from skipline.flow.fields import Duration, Template, VariableName, field
from skipline.flow.outcome import Context, Go, Kept, StepOutcome, Wait
from skipline.model.commands import AskContact
from skipline.model.events import ContactAnswered, Reply

_SLOWEST_SECONDS_PER_CHARACTER = 0.25
_GRACE_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """On a call the question is spoken and the answer keyed in. `patience` in seconds, counted from its end."""

    exits: ClassVar[tuple[str, ...]] = ("answered", "silence")
    group: ClassVar[str] = "talk"
    channels: ClassVar[tuple[str, ...]] = ("call", "message")
    takes_time: ClassVar[bool] = True

    question: Template = field(label="question", kind="long_text")
    language: Template = field(label="language", kind="language", default=Template(""))
    keep_as: VariableName = field(label="keep_as", kind="variable")
    digits: Annotated[int, Field(ge=1, le=32)] = field(label="digits", kind="number", default=1)
    patience: Duration = field(label="patience", kind="duration", default=10.0)

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Ask, then keep what was answered."""
        if isinstance(reply, ContactAnswered):
            return self._leave(ctx, reply.text, reply.problem)
        if ctx.timed_out:
            return self._leave(ctx, "", "")
        question = ctx.text(self.question).strip()[:LONGEST_TEXT]
        ctx.explain(f"asks {shorten(question)!r}")
        language = ctx.text(self.language).strip() or ctx.contact.language or "en"
        ctx.do(
            AskContact(question=question, language=language, most_digits=self.digits, patience_seconds=self.patience)
        )
        seconds = self.patience * (1 + self.digits) + _GRACE_SECONDS + _SLOWEST_SECONDS_PER_CHARACTER * len(question)
        return Wait(until=ctx.now + timedelta(seconds=seconds))

    def keeps(self) -> Iterator[Kept]:
        """The answer."""
        yield Kept(self.keep_as, "text")

    def _leave(self, ctx: Context, text: str, problem: str) -> StepOutcome:
        ctx.set(self.keep_as, text)
        if not text:
            ctx.explain(f"it could not be asked: {problem}" if problem else "no answer came")
            return Go("silence")
        ctx.explain(f"the answer is {shorten(text)}")
        return Go("answered")
