"""Codes of authenticator apps, held against the vectors of the standards."""

from datetime import UTC, datetime, timedelta

import pytest

from skipline.base.one_time_codes import address_of, code_of, find_step, read_secret, step_at, written_secret

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("counter", "code"),
    list(
        enumerate(["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"])
    ),
)
def test_the_vectors_of_rfc_4226_appendix_d_hold(counter: int, code: str) -> None:
    assert code_of(SECRET, counter) == code


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_rfc_6238_appendix_b_hold(seconds: int, code: str) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert code_of(SECRET, step_at(at), digits=8) == code


def test_a_code_is_good_for_its_half_minute_and_those_beside_it() -> None:
    now = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)
    found = [find_step(SECRET, code_of(SECRET, step_at(now) + away), now) for away in (-2, -1, 0, 1, 2)]
    assert found == [None, step_at(now) - 1, step_at(now), step_at(now) + 1, None]
    assert find_step(SECRET, "  ".join(code_of(SECRET, step_at(now))), now) == step_at(now)
    for wrong in ("", "000000x", "\u0660" * 6, code_of(SECRET, step_at(now))[:5]):
        assert find_step(SECRET, wrong, now) is None


def test_a_secret_is_written_as_apps_read_it() -> None:
    assert written_secret(SECRET) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert all(read_secret(written_secret(SECRET[:size])) == SECRET[:size] for size in range(1, 21))
    assert address_of(SECRET, "Zoë & co").startswith("otpauth://totp/Skipline:Zo%C3%AB%20%26%20co?secret=GEZDGNBV")
