"""The call of a story as it comes in."""

from skipline.model.call import Call
from skipline.model.ids import CallId
from skipline.stories.script import Story

CALL = CallId("call1")


def call_of(story: Story, numbers: tuple[str, ...]) -> Call:
    """The call that a story begins with; it goes to the first of the flow's `numbers` when the story does not say."""
    caller = story.caller
    return Call(
        id=CALL,
        arrived_at=story.at,
        from_="" if caller.withheld else caller.phone,
        to=caller.to or next(iter(numbers), ""),
        trunk=caller.trunk,
        caller_name="" if caller.withheld else caller.name,
        is_withheld=caller.withheld,
        attestation=caller.attestation,
        diverted_from=caller.diverted_from,
        headers={name.lower(): value for name, value in caller.headers.items()},
    )
