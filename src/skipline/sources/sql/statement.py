"""What a statement of a source is made of, as far as its parameters go: `:name`, outside of texts."""

import re

_TEXTS = re.compile(r"'(?:[^']|'')*'")
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")


def parameters_of(statement: str) -> frozenset[str]:
    """The names of its parameters."""
    return frozenset(_PARAMETER.findall(_TEXTS.sub("", statement)))


def with_plain_texts(statement: str) -> str:
    """`statement` with each colon inside a text marked as no parameter's, which SQLAlchemy does not see by itself."""
    return _TEXTS.sub(lambda text: text[0].replace(":", "\\:"), statement)
