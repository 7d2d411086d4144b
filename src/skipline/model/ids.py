"""Names for identifiers, so that a call is never mistaken for a run."""

from typing import NewType

CallId = NewType("CallId", str)
RunId = NewType("RunId", str)
CommandId = NewType("CommandId", str)
EntryId = NewType("EntryId", str)
ReservationId = NewType("ReservationId", str)
ContactId = NewType("ContactId", str)
ConversationId = NewType("ConversationId", str)
MessageId = NewType("MessageId", str)
VoicemailId = NewType("VoicemailId", str)
StepId = NewType("StepId", str)
"""A step's key in its flow file, e.g. `look_up`."""
