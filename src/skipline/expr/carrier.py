"""Carries variables into a formula, in the form CEL takes, and within bounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from skipline.expr.errors import FormulaFailed
from skipline.expr.values import as_number, as_time, write_time

LONGEST_TEXT = 100_000
MOST_VALUES = 5_000
DEEPEST_VALUE = 16
_BYTES_PER_VALUE = 64


@dataclass(slots=True)
class Carrier:
    """Carries variables into a formula: whole numbers become doubles, and sizes are counted and bounded."""

    longest_list: int
    characters: int = 0
    values: int = 0

    @property
    def size(self) -> int:
        """About how many bytes have been carried so far."""
        return self.characters + self.values * _BYTES_PER_VALUE

    def carry(self, value: Any, kind: str = "any", depth: int = 0) -> Any:
        """`value` as CEL takes it; times are carried as texts.

        Raises `FormulaFailed` for what is too large or no plain data.
        """
        self.values += 1
        if self.values > MOST_VALUES or depth > DEEPEST_VALUE:
            raise FormulaFailed(f"the variables hold more than {MOST_VALUES:,} values, or are nested too deeply")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._carry_text(value, kind)
        if isinstance(value, int | float):
            return _double(value)
        return self._carry_compound(value, depth)

    def _carry_text(self, value: str, kind: str) -> Any:
        self.characters += len(value)
        if self.characters > LONGEST_TEXT:
            raise FormulaFailed(f"the variables hold more than {LONGEST_TEXT:,} characters")
        if kind == "time":
            moment = as_time(value)
            return None if moment is None else write_time(moment)
        if kind == "number":
            return as_number(value)
        return str(value.value) if isinstance(value, Enum) else value

    def _carry_compound(self, value: Any, depth: int) -> Any:
        if isinstance(value, datetime):
            return write_time(value)
        if isinstance(value, timedelta):
            return value.total_seconds()
        if isinstance(value, Mapping):
            return {str(key): self.carry(part, depth=depth + 1) for key, part in value.items()}
        if not isinstance(value, list | tuple):
            raise FormulaFailed(f"a value of type {type(value).__name__} cannot be used in a formula")
        if len(value) > self.longest_list:
            raise FormulaFailed(f"a list has {len(value):,} items; a formula takes {self.longest_list:,}")
        return [self.carry(part, depth=depth + 1) for part in value]


def _double(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        raise FormulaFailed("a number is too large") from None
