"""One telephone, however networks and providers write its number."""

import pytest

from skipline.asking.number_variants import number_variants


@pytest.mark.parametrize(
    ("number", "other"),
    [
        ("+5511987654321", "+551187654321"),
        ("+551187654321", "+5511987654321"),
        ("+5491123456789", "+541123456789"),
        ("+541123456789", "+5491123456789"),
        ("+5215512345678", "+525512345678"),
        ("+525512345678", "+5215512345678"),
    ],
)
def test_a_number_may_be_written_in_two_ways(number: str, other: str) -> None:
    assert number_variants(number) == (number, other)
    assert set(number_variants(other)) == {number, other}


@pytest.mark.parametrize("number", ["+551133334444", "+31612345678", "+14155550100", "+5511933334444", "+521234"])
def test_others_are_written_in_one_way(number: str) -> None:
    assert number_variants(number) == (number,)


def test_nobody_has_no_number() -> None:
    assert number_variants("") == ()
