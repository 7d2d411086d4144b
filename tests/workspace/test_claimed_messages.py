"""Messages belong to one flow of a workspace, as numbers do."""

import pytest

from skipline.flow.issue import Issue
from skipline.workspace.reading import read_workspace


def _flow(name: str, *triggers: str) -> str:
    listed = "".join(f"  - {{type: incoming_message, {one}}}\n" for one in triggers)
    return f"format: 1\nname: {name}\ntriggers:\n{listed}start: bye\nsteps:\n  bye: {{type: hang_up}}\n"


def _taken(first: str, second: str) -> list[Issue]:
    files = {"flows/a.yaml": _flow("First", first), "flows/b.yaml": _flow("Second", "accounts: [other]", second)}
    return [one for one in read_workspace(files).issues if one.code == "duplicate_message"]


ALL = "accounts: [support]"


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (ALL, ALL, "messages to `support` on whatsapp start flows/a.yaml already"),
        (ALL, "accounts: [support], channels: [sms]", "messages to `support` on sms start flows/a.yaml already"),
        (
            f"{ALL}, keywords: [Orders]",
            f"{ALL}, keywords: [returns, ORDERS!]",
            "messages to `support` on whatsapp with the keyword `orders` start flows/a.yaml already",
        ),
        (
            f"{ALL}, first_contact: true",
            f"{ALL}, first_contact: true",
            "messages of the same kind to `support` on whatsapp start flows/a.yaml already",
        ),
    ],
)
def test_messages_that_two_flows_claim_are_told_once(first: str, second: str, said: str) -> None:
    (issue,) = _taken(first, second)
    assert (issue.file, issue.line, issue.sentence) == ("flows/b.yaml", 5, said)
    assert "keywords" in issue.fix


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ALL, f"{ALL}, keywords: [orders]"),
        (ALL, f"{ALL}, first_contact: true"),
        (f"{ALL}, channels: [instagram]", f"{ALL}, channels: [messenger]"),
        (f"{ALL}, keywords: [orders]", f"{ALL}, keywords: [orders], whole_message: true"),
        (f"{ALL}, referral: {{source: ad}}", f"{ALL}, referral: {{source: link}}"),
    ],
)
def test_messages_that_are_told_apart_may_start_different_flows(first: str, second: str) -> None:
    assert _taken(first, second) == []
