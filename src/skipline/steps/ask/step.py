"""Ask the contact something and keep the answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from skipline.base.value_types import LONGEST_TEXT, shorten
from skipline.flow.fields import Duration, Template, VariableName, field
from skipline.flow.options import (
    LONGEST_BUTTON,
    LONGEST_ROW,
    OTHER,
    SILENCE,
    Option,
    buttons_field,
    check_one_kind,
    chosen,
    list_field,
    shown,
    spoken,
)
from skipline.flow.outcome import Context, Go, Kept, StepOutcome, Wait
from skipline.model.commands import AskContact
from skipline.model.events import ContactAnswered, Reply
from skipline.model.message import Button

PATIENCE_ON_CALL_SECONDS = 10.0
PATIENCE_IN_WRITING_SECONDS = 3600.0
_SLOWEST_SECONDS_PER_CHARACTER = 0.25
_GRACE_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """On a call the question is spoken and the answer keyed in; in writing both are messages. `patience` in seconds,
    counted from the question's end; left out, it is 10 seconds on a call and an hour in writing. With `buttons` or a
    `list` each answer has its exit; what is none of them is `other`."""

    exits: ClassVar[tuple[str, ...]] = ("answered", OTHER, SILENCE)
    seldom_exits: ClassVar[tuple[str, ...]] = (SILENCE,)
    group: ClassVar[str] = "talk"
    channels: ClassVar[tuple[str, ...]] = ("call", "message")
    takes_time: ClassVar[bool] = True

    question: Template = field(label="question", kind="long_text")
    spoken: Template = field(label="spoken", kind="long_text", default=Template(""))
    language: Template = field(label="language", kind="language", default=Template(""))
    buttons: tuple[Option, ...] = buttons_field()
    list_: tuple[Option, ...] = list_field()
    keep_as: VariableName = field(label="keep_as", kind="variable")
    keep: Literal["title", "id"] = field(label="keep", kind="choice", default="title")
    personal: bool = field(label="personal", kind="switch", default=False)
    digits: Annotated[int, Field(ge=1, le=32)] = field(label="digits", kind="number", default=1)
    patience: Duration | None = field(label="patience", kind="duration", default=None, in_writing=True)
    retries: Annotated[int, Field(ge=0, le=5)] = field(label="retries", kind="number", default=0)
    retry_text: Template = field(label="retry_text", kind="long_text", default=Template(""))

    def __post_init__(self) -> None:
        check_one_kind(self.buttons, self.list_)

    def own_exits(self) -> tuple[str, ...]:
        """One for each answer where there are answers to choose from."""
        options = self.buttons or self.list_
        return (*dict.fromkeys(one.id for one in options), OTHER, SILENCE) if options else ("answered", SILENCE)

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Ask, then keep what was answered."""
        if isinstance(reply, ContactAnswered):
            return self._take(ctx, reply)
        if ctx.timed_out:
            return self._ask_again(ctx, "", "no answer came", SILENCE)
        return self._ask(ctx, self.question)

    def keeps(self) -> Iterator[Kept]:
        """The answer."""
        yield Kept(self.keep_as, "text", self.personal)

    def _ask(self, ctx: Context, words: Template) -> StepOutcome:
        options = self._options(ctx)
        question = self._worded(ctx, words, options)
        ctx.explain(f"asks {shorten(question)!r}")
        digits = len(str(len(options))) if options else self.digits
        patience = self._patience_seconds(ctx)
        ctx.do(
            AskContact(
                question=question,
                language=ctx.text(self.language).strip() or ctx.contact.language or "en",
                most_digits=digits,
                patience_seconds=patience,
                buttons=options if self.buttons else (),
                rows=options if self.list_ else (),
            )
        )
        if not ctx.is_on_call:
            return Wait(until=ctx.now + timedelta(seconds=patience))
        seconds = patience * (1 + digits) + _GRACE_SECONDS + _SLOWEST_SECONDS_PER_CHARACTER * len(question)
        return Wait(until=ctx.now + timedelta(seconds=seconds))

    def _take(self, ctx: Context, reply: ContactAnswered) -> StepOutcome:
        if reply.problem:
            return self._leave(ctx, "", f"it could not be asked: {reply.problem}", SILENCE)
        if not reply.text and not reply.choice:
            return self._ask_again(ctx, "", "no answer came", SILENCE)
        options = self._options(ctx)
        if not options:
            return self._leave(ctx, reply.text, f"the answer is {shorten(reply.text)}", "answered")
        option = chosen(options, reply.text, reply.choice)
        if option is None:
            # What is asked again is kept nowhere, so nothing would know it for personal later.
            said = f"{'that' if self.personal else repr(shorten(reply.text))} is none of the answers"
            return self._ask_again(ctx, reply.text, said, OTHER)
        kept = option.id if self.keep == "id" else option.title
        return self._leave(ctx, kept, f"the answer is {option.title}", option.id)

    def _ask_again(self, ctx: Context, text: str, why: str, exit_: str) -> StepOutcome:
        if ctx.commands_here > self.retries:
            return self._leave(ctx, text, why, exit_)
        ctx.explain(why)
        return self._ask(ctx, self.retry_text or self.question)

    def _leave(self, ctx: Context, text: str, why: str, exit_: str) -> StepOutcome:
        ctx.set(self.keep_as, text)
        ctx.explain(why)
        return Go(exit_)

    def _options(self, ctx: Context) -> tuple[Button, ...]:
        return shown(ctx, self.buttons, LONGEST_BUTTON) or shown(ctx, self.list_, LONGEST_ROW)

    def _worded(self, ctx: Context, words: Template, options: tuple[Button, ...]) -> str:
        """What is asked: callers hear the answers too, unless `spoken` has their own words."""
        own = ctx.text(self.spoken).strip() if ctx.is_on_call and words == self.question else ""
        question = own or ctx.text(words).strip()
        if ctx.is_on_call and not own and options:
            question = f"{question} {spoken(options)}"
        return question[:LONGEST_TEXT]

    def _patience_seconds(self, ctx: Context) -> float:
        if self.patience is not None:
            return self.patience
        return PATIENCE_ON_CALL_SECONDS if ctx.is_on_call else PATIENCE_IN_WRITING_SECONDS
