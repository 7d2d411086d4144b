"""Other sources that are asked at the same time, and what counts when several have an answer.

For each variable the first source in the list that has a value for it counts; the step's own source is the first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from skipline.asking.keeping import KeepValue, default_values
from skipline.asking.question import UrlEncoder, body_encoder, join_query
from skipline.base.json_pointer import JsonPointer
from skipline.base.value_types import shorten, take, write_plain
from skipline.flow.fields import Template, field
from skipline.flow.outcome import Context
from skipline.model.commands import LookUp
from skipline.model.events import LookupStatus
from skipline.steps.fetch_variables.conclusion import Conclusion, Finding, conclude
from skipline.steps.fetch_variables.sentences import describe

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Also:
    """One more source, asked at the same time."""

    source: str = field(label="source", kind="source")
    method: Method = field(label="method", kind="choice", default="GET")
    path: Template = field(label="path", kind="path", default="")
    query: dict[str, Template] = field(label="query", kind="map", default_factory=dict)
    headers: dict[str, Template] = field(label="headers", kind="map", default_factory=dict)
    body: Template = field(label="body", kind="long_text", default="")
    found_when: JsonPointer = field(label="found_when", kind="pointer", default="")
    keep: tuple[KeepValue, ...] = field(label="keep", kind="keep", default=())


def question_to(ctx: Context, asked: Also) -> LookUp | Finding:
    """The question to one source; a finding when there is nobody to ask about."""
    encode = UrlEncoder()
    query = {name: ctx.text(value, encode) for name, value in asked.query.items()}
    path = join_query(ctx.text(asked.path, encode), query)
    if encode.refusal:
        return Finding(status=LookupStatus.NOT_FOUND, reason=encode.refusal, is_asked=False)
    return LookUp(
        source=asked.source,
        method=asked.method,
        path=path,
        headers={name: ctx.text(value) for name, value in asked.headers.items()},
        body=ctx.text(asked.body, body_encoder(asked.body)),
    )


@dataclass(frozen=True, slots=True)
class Combined:
    """What several sources come to. `why` says for each what it answered, `first` is the one whose word on the look-up
    as a whole counts."""

    conclusion: Conclusion
    first: Finding
    source: str
    why: str


def combine(asked: Sequence[Also], findings: Sequence[Finding]) -> Combined:
    """Found when any source found somebody, failed when none did and one could not tell."""
    conclusions = [conclude(found, one.keep, one.found_when) for one, found in zip(asked, findings, strict=True)]
    place = _decisive(conclusions)
    values, sources = _values(asked, findings, conclusions)
    decisive = conclusions[place]
    whole = Conclusion(exit=decisive.exit, status=decisive.status, origin=decisive.origin, values=values)
    told = [
        describe(one.source, found, _without_values(conclusion))
        for one, found, conclusion in zip(asked, findings, conclusions, strict=True)
    ]
    shown = ", ".join(
        f"{name} is {shorten(write_plain(value), 60)} ({sources.get(name, 'default')})"
        for name, value in values.items()
        if value is not None
    )
    why = f"{'; '.join(told)}: {shown}" if shown else "; ".join(told)
    return Combined(whole, findings[place], asked[place].source, why)


def _decisive(conclusions: Sequence[Conclusion]) -> int:
    exits = [conclusion.exit for conclusion in conclusions]
    return next(exits.index(exit_) for exit_ in ("found", "failed", "not_found") if exit_ in exits)


def _values(
    asked: Sequence[Also], findings: Sequence[Finding], conclusions: Sequence[Conclusion]
) -> tuple[dict[str, Any], Mapping[str, str]]:
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for one, found, conclusion in zip(asked, findings, conclusions, strict=True):
        for keep in one.keep if conclusion.exit == "found" else ():
            value, _ = take(keep.found_in(found.value), keep.type, None)
            if value is not None and keep.as_ not in values:
                values[keep.as_], sources[keep.as_] = value, one.source
    for one in asked:
        for name, default in default_values(one.keep).items():
            if values.get(name) is None:
                values[name] = default
    return values, sources


def _without_values(conclusion: Conclusion) -> Conclusion:
    return Conclusion(exit=conclusion.exit, status=conclusion.status, origin=conclusion.origin, values={})
