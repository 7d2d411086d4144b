"""What a person reads is made by `say`; that each such pattern has its translations is held by `test_sentence.py`."""

from skipline.base.sentence import Sentence


def assert_told(*texts: str) -> None:
    """Each of these texts, unless it is empty, can be told in other languages."""
    assert [one for one in texts if one and not isinstance(one, Sentence)] == []
