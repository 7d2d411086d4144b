"""A channel that opens adds its carriers, and takes them away when it closes."""

from skipline.host.carriers import ANY_CHANNEL, Carriers
from skipline.model.commands import AskContact, Issued, SendMessage
from skipline.model.durable import Outgoing, conversation_on
from skipline.model.events import Reply
from skipline.model.ids import CallId, CommandId, RunId


class _Carrier:
    may_repeat = True

    async def carry(self, issued: Issued) -> Reply | None:
        return None


WHATSAPP, SMS, ANY = _Carrier(), _Carrier(), _Carrier()


def _outgoing(channel: str, body: SendMessage | AskContact | None = None) -> Outgoing:
    issued = Issued(id=CommandId("run1:1"), run=RunId("run1"), call=CallId(""), body=body or SendMessage(text="Hello"))
    conversation = conversation_on(channel, "account", "+31611111111")
    return Outgoing(id=1, owner="node", conversation=conversation, issued=issued, attempts=1)


def test_a_command_goes_by_the_channel_of_its_conversation() -> None:
    carriers = Carriers()
    carriers.add("whatsapp", {SendMessage: WHATSAPP})
    carriers.add("sms", {SendMessage: SMS})
    assert carriers.find(_outgoing("whatsapp")) is WHATSAPP
    assert carriers.find(_outgoing("sms")) is SMS
    assert carriers.find(_outgoing("webhook")) is None
    assert carriers.find(_outgoing("sms", AskContact(question="Happy?"))) is None


def test_a_channel_comes_and_goes() -> None:
    carriers = Carriers()
    carriers.add("sms", {SendMessage: WHATSAPP})
    carriers.add("sms", {SendMessage: SMS})
    assert carriers.find(_outgoing("sms")) is SMS
    carriers.remove("sms")
    carriers.remove("sms")
    assert carriers.find(_outgoing("sms")) is None


def test_what_no_channel_carries_itself_one_for_all_may() -> None:
    carriers = Carriers()
    carriers.add(ANY_CHANNEL, {SendMessage: ANY})
    carriers.add("sms", {SendMessage: SMS})
    assert carriers.find(_outgoing("sms")) is SMS
    assert carriers.find(_outgoing("messenger")) is ANY
