"""Condition rows: a variable, an operator and a value. They are data, so that a form can edit them."""

from dataclasses import dataclass
from enum import StrEnum


class Operator(StrEnum):
    """How a row compares. A comparison with a missing value is false, whichever operator it is."""

    IS = "is"
    IS_NOT = "is_not"
    IS_ONE_OF = "is_one_of"
    IS_NONE_OF = "is_none_of"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    MATCHES = "matches"
    GREATER_THAN = "greater_than"
    AT_LEAST = "at_least"
    LESS_THAN = "less_than"
    AT_MOST = "at_most"
    BETWEEN = "between"
    IS_SET = "is_set"
    IS_NOT_SET = "is_not_set"
    IS_TRUE = "is_true"
    IS_FALSE = "is_false"
    BEFORE = "before"
    AFTER = "after"


Scalar = bool | int | float | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One comparison, as it is written in a flow.

    `variable` is a name or a path such as `contact.phone` or `orders.0.total`. `value` is left out for operators that
    need none, is a list for `is_one_of` and `is_none_of`, and the two ends (both included) for `between`. Texts are
    compared without regard to case unless `match_case` is set, and never with the spaces around them.
    """

    variable: str
    operator: Operator
    value: Scalar | tuple[Scalar, ...] = None
    match_case: bool = False

    def __post_init__(self) -> None:
        written: object = self.value
        if isinstance(written, list):
            object.__setattr__(self, "value", tuple(written))
