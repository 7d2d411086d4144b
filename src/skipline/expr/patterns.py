"""Regular expressions that cannot run away: RE2 takes time linear in the text, whatever the pattern."""

from functools import lru_cache

import re2

from skipline.expr.errors import ExprMistake

LONGEST_PATTERN = 500
LONGEST_SUBJECT = 10_000
_MEMORY_BYTES = 1 << 20


class Pattern:
    """A pattern, compiled once. It may be found anywhere in a text: `^` and `$` tie it to its ends."""

    def __init__(self, written: str, *, match_case: bool) -> None:
        """Raises `ExprMistake` for what is no pattern."""
        if len(written) > LONGEST_PATTERN:
            raise ExprMistake(f"the pattern is longer than {LONGEST_PATTERN} characters")
        options = re2.Options()
        options.case_sensitive = match_case
        options.max_mem = _MEMORY_BYTES
        options.log_errors = False
        try:
            self._compiled = re2.compile(written, options)
        except (re2.error, UnicodeEncodeError) as error:
            raise ExprMistake(f"`{written}` is not a pattern: {_reason(error)}", fix=_fix(written)) from None

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


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else ""
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)


def _fix(written: str) -> str:
    if written.startswith("+"):
        return f"write \\{written} for a number that begins with +"
    if "(?=" in written or "(?!" in written or "(?<" in written:
        return "look-ahead and look-behind are not known here"
    return ""
