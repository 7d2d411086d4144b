"""Finds the word that somebody probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches

from skipline.base.sentence import Sentence, say


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The one of `words` most like `word`, or None when none is near."""
    by_lower = {known.lower(): known for known in sorted(words)}
    near = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[near[0]] if near else None


def advice(word: str, words: Iterable[str], *, limit: int = 8) -> Sentence:
    """What to write instead of the unknown `word`: the nearest of `words`, else the choice there is."""
    known = sorted(words)
    if (near := nearest(word, known)) is not None:
        return say("did you mean {near}?", near=near)
    if not known:
        return say("there are none yet")
    shown = ", ".join([*known[:limit], "..."] if len(known) > limit else known)
    return say("use one of {known}", known=shown)
