"""Bodies as they are shown for choosing what to keep."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from skipline.base.json_pointer import find, split_pointer
from skipline.triggers.webhook.outline import MOST_CHARACTERS, MOST_VALUES, outline

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=30,
)


@given(JSON)
def test_every_pointer_leads_to_the_value_beside_it(payload: Any) -> None:
    values, is_cut = outline(payload)
    assert not is_cut
    for one in values:
        found = find(payload, split_pointer(one.pointer))
        assert isinstance(found, list) if one.type == "list" else found == one.value


def test_long_texts_and_long_bodies_are_cut() -> None:
    values, is_cut = outline({"text": "x" * 5_000, "list": list(range(5_000))})
    assert (len(values), is_cut) == (MOST_VALUES, True)
    assert len(values[0].value) == MOST_CHARACTERS


def test_a_deep_body_ends_somewhere() -> None:
    payload: Any = 1
    for _ in range(500):
        payload = [payload]
    values, _ = outline(payload)
    assert {one.type for one in values} == {"list"}
