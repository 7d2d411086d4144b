"""What somebody typed, without what does not count: how letters are encoded, case, marks and space around it."""

import unicodedata

_AROUND = " .,;:!?()[]\"'\u00a1\u00bf\u3001\u3002\u2018\u2019\u201c\u201d\u00ab\u00bb"
"""Punctuation that people put around a word, quotes and full stops of other scripts included."""


def plain_words(text: str) -> str:
    """`text` in compatibility form (NFKC, Unicode Standard Annex 15), case-folded, with single spaces, and without
    punctuation around it."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split()).strip(_AROUND)


def bare_words(text: str) -> str:
    """As `plain_words`, and without diacritics, which many leave out where typing them is a nuisance."""
    spread = unicodedata.normalize("NFD", plain_words(text))
    return unicodedata.normalize("NFC", "".join(letter for letter in spread if not unicodedata.combining(letter)))


def begins_with_words(words: str, beginning: str) -> bool:
    """Whether plain `words` are, or begin with, the whole words of `beginning`. Chinese and Japanese are written
    without spaces, so there a word may end anywhere."""
    if not words.startswith(beginning):
        return False
    following = words[len(beginning) : len(beginning) + 1]
    return not following.isalnum() or unicodedata.east_asian_width(following) == "W"
