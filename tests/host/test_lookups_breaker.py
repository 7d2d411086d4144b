import pytest

from skipline.host.lookups.breaker import _NEXT, Breaker, Happening, State


def worn_out(failures: int = 3, rest_seconds: float = 10.0) -> Breaker:
    breaker = Breaker(failures=failures, rest_seconds=rest_seconds)
    for _ in range(failures):
        assert breaker.admits(0.0)
        breaker.note(False, 0.0)
    return breaker


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    breaker = worn_out()
    assert breaker.state is State.OPEN
    assert not breaker.admits(9.9)


def test_a_success_in_between_starts_the_count_anew() -> None:
    breaker = Breaker(failures=2, rest_seconds=10)
    for has_succeeded in (False, True, False):
        breaker.note(has_succeeded, 0.0)
    assert breaker.state is State.CLOSED


def test_after_its_rest_one_question_goes_through_on_trial() -> None:
    breaker = worn_out()
    assert breaker.admits(10.0)
    assert breaker.state is State.HALF_OPEN
    assert not breaker.admits(10.1)


def test_a_trial_that_succeeds_closes_it() -> None:
    breaker = worn_out()
    breaker.admits(10.0)
    breaker.note(True, 10.5)
    assert breaker.state is State.CLOSED
    assert breaker.admits(10.6)


def test_a_trial_that_fails_makes_it_rest_again() -> None:
    breaker = worn_out()
    breaker.admits(10.0)
    breaker.note(False, 12.0)
    assert breaker.state is State.OPEN
    assert not breaker.admits(21.9)
    assert breaker.admits(22.0)


def test_a_trial_that_never_comes_back_does_not_keep_it_shut_for_ever() -> None:
    breaker = worn_out()
    assert breaker.admits(10.0)
    assert breaker.admits(20.0)


def test_failures_that_were_on_their_way_do_not_lengthen_the_rest() -> None:
    breaker = worn_out()
    breaker.note(False, 5.0)
    assert breaker.admits(10.0)


def test_a_late_success_closes_it() -> None:
    breaker = worn_out()
    breaker.note(True, 1.0)
    assert breaker.admits(1.1)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("happening", Happening)
def test_every_happening_has_a_next_state_but_a_rest_that_nobody_takes(state: State, happening: Happening) -> None:
    is_impossible = state is State.CLOSED and happening is Happening.RESTED
    assert ((state, happening) in _NEXT) is not is_impossible
