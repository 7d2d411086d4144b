"""Finding rows of small tables."""

from skipline.model.configuration import Table
from skipline.model.table_rows import find_row

ROWS = (
    {"plan": "Big One", "size": 7},
    {"plan": 12, "size": 8},
    {"size": 9},
    {"plan": None, "size": 11},
    {"plan": "big one", "size": 10},
)
PLANS = Table(name="plans", key="plan", rows=ROWS)


def test_the_first_row_counts_and_case_does_not() -> None:
    assert find_row(PLANS, " BIG one") == ROWS[0]


def test_numbers_and_texts_of_them_are_the_same_key() -> None:
    assert find_row(PLANS, "12") == find_row(PLANS, 12.0) == ROWS[1]


def test_rows_without_a_key_are_never_found() -> None:
    assert find_row(PLANS, "") is None
    assert find_row(PLANS, None) is None
    assert find_row(PLANS, "nothing") is None


def test_a_replaced_table_is_read_anew() -> None:
    for size in range(200):
        table = Table(name="plans", key="plan", rows=({"plan": "a", "size": size},))
        assert find_row(table, "a") == {"plan": "a", "size": size}
