"""What those see of contacts who may not see them."""

import msgspec
import pytest
from store_values import ANA, finish, make_call, make_run

from skipline.api.privacy import masked_fact, masked_number, sees_contacts, without, without_contact
from skipline.model.access import Actor, Role
from skipline.model.events import CallArrived, CallEnded, EndedBy

BARE = ANA.removeprefix("+")


def _actor(role: Role) -> Actor:
    return Actor(id="u1", name="nina", role=role)


@pytest.mark.parametrize(
    ("number", "shown"), [(ANA, "+316•••11"), ("1234", "•••"), ("", ""), ("sip:ana@example.com", "sip:•••om")]
)
def test_a_number_shows_its_ends(number: str, shown: str) -> None:
    assert masked_number(number) == shown


def test_contacts_are_seen_by_those_who_may_read_all_of_them() -> None:
    seeing = {role for role in Role if sees_contacts(_actor(role))}
    assert seeing == {Role.OWNER, Role.ADMIN, Role.SUPERVISOR, Role.AUDITOR}


def test_numbers_and_names_are_masked_wherever_they_stand() -> None:
    run = finish(make_run(1))
    told = {"path": f"/customers/%2B{BARE}", "list": [f"{ANA} is Ana", {"bare": BARE}], "orders": 12}
    assert without_contact(told, run) == {
        "path": "/customers/%2B316•••11",
        "list": ["+316•••11 is •••", {"bare": "316•••11"}],
        "orders": 12,
    }
    assert without({"said": "Jo is here"}, (), ("Jo",)) == {"said": "Jo is here"}


def test_an_editor_hears_of_a_call_without_who_calls() -> None:
    call = msgspec.structs.replace(make_call(1), caller_name="Ana", headers={"x-customer": "77"})
    arrived = msgspec.to_builtins(CallArrived(at=call.arrived_at, call=call))
    told = masked_fact(arrived, _actor(Role.EDITOR))
    assert (told["call"]["from"], told["call"]["caller_name"]) == ("+316•••11", "•••")
    assert told["call"]["headers"] == {"x-customer": "•••"}
    assert told["call"]["to"] == call.to
    assert masked_fact(arrived, _actor(Role.SUPERVISOR)) == arrived
    ended = msgspec.to_builtins(CallEnded(at=call.arrived_at, call=call.id, by=EndedBy.CALLER))
    assert masked_fact(ended, _actor(Role.EDITOR)) == ended
