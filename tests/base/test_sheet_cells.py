"""Cells of sheets go out harmless and come back as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skipline.base.sheet_cells import as_meant, harmless


@pytest.mark.parametrize("formula", ["=1+1", "+31611111111", "-2", "@SUM(A1)", "\t=1", "\uff1d1"])
def test_a_text_that_a_spreadsheet_would_carry_out_is_none_any_more(formula: str) -> None:
    assert harmless(formula) == f"'{formula}"


@given(st.text(st.sampled_from("'=+-@ a1\t"), max_size=6) | st.text(max_size=8))
def test_what_went_out_comes_back(text: str) -> None:
    assert as_meant(harmless(text)) == text
