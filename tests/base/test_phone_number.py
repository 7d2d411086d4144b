"""Telephone numbers as they stand in configuration."""

import pytest

from skipline.base.phone_number import read_number


def test_e164_is_taken() -> None:
    assert read_number("+31201234567") == "+31201234567"


@pytest.mark.parametrize(
    "written", ["020 1234567", "0031201234567", "+31 20 1234567", "+0123456789", "", None, True, "+٣١٢٠١٢٣٤٥٦"]
)
def test_all_else_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="write \\+ and the country code first"):
        read_number(written)


def test_a_number_without_quotes_is_told_how() -> None:
    with pytest.raises(ValueError, match='31201234567 needs quotes: write "\\+31201234567"'):
        read_number(31201234567)
