"""Regular expressions that cannot run away: RE2 takes time linear in the text, whatever the pattern."""

from functools import lru_cache

from skipline.base.sentence import chained, say
from skipline.expr.errors import ExprMistake

LONGEST_PATTERN = 500
LONGEST_SUBJECT = 10_000
_MEMORY_BYTES = 1 << 20


class Pattern:
    """A pattern, compiled once. It may be found anywhere in a text: `^` and `$` tie it to its ends."""

    def __init__(self, written: str, *, match_case: bool) -> None:
        """Raises `ExprMistake` for what is no pattern."""
        if len(written) > LONGEST_PATTERN:
            raise ExprMistake(say("the pattern is longer than {most} characters", most=LONGEST_PATTERN))
        import re2  # a megabyte for the few who have patterns

        options = re2.Options()
        options.case_sensitive = match_case
        options.max_mem = _MEMORY_BYTES
        options.log_errors = False
        try:
            self._compiled = re2.compile(written, options)
        except (re2.error, UnicodeEncodeError) as error:
            sentence = say("`{pattern}` is not a pattern: {reason}", pattern=written, reason=_reason(error))
            raise ExprMistake(sentence, fix=_fix(written)) from None

    def is_in(self, text: str) -> bool:
        """Whether the pattern is found in `text`, of which the first 10,000 characters count."""
        try:
            return self._compiled.search(text[:LONGEST_SUBJECT]) is not None
        except UnicodeEncodeError:
            return False


@lru_cache(maxsize=512)
def compiled_pattern(written: str) -> Pattern:
    """The pattern of a formula, which minds the case as CEL says."""
    return Pattern(written, match_case=True)


_REASONS = {
    "missing ]": say("missing ]"),
    "missing )": say("missing )"),
    "unexpected )": say("unexpected )"),
    "trailing \\": say("trailing \\"),
    "invalid escape sequence": say("invalid escape sequence"),
    "invalid character class range": say("invalid character class range"),
    "no argument for repetition operator": say("no argument for repetition operator"),
    "invalid repetition size": say("invalid repetition size"),
    "bad repetition operator": say("bad repetition operator"),
    "invalid perl operator": say("invalid perl operator"),
}
"""What RE2 says of the mistakes that people make."""


def _reason(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    reason, colon, part = text.partition(": ")
    return chained([_REASONS.get(reason, reason), part], colon) if colon else _REASONS.get(reason, reason)


def _fix(written: str) -> str:
    if written.startswith("+"):
        return say("write \\{pattern} for a number that begins with +", pattern=written)
    if "(?=" in written or "(?!" in written or "(?<" in written:
        return say("look-ahead and look-behind are not known here")
    return ""
