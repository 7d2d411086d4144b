"""What Meta's error codes mean, code by code."""

import pytest
from channel_cases import settings_of, wire_json

from skipline.model.lookup import HttpResponse
from skipline.model.message import Channel, MessageBody
from skipline.model.messaging import Outbound, Refused, Remedy

META = settings_of("meta")

WHATSAPP = {
    Remedy.RETRY: (2, 4, 80007, 130429, 131000, 131016, 131056, 131057, 133016),
    Remedy.RETRY_ONCE: (1,),
    Remedy.ALARM: (0, 190, 3, 10, 200, 250, 299, 131005, 131031, 368),
    Remedy.TEMPLATE: (131047,),
    Remedy.SLOW_DOWN: (131048,),
    Remedy.NEVER: (
        *(100, 131008, 131009, 131021, 131026, 131030, 131049, 131050, 131063, 131051, 131062),
        *(132000, 132001, 132005, 132007, 132012, 132015, 132016, 132068, 130497, 130472),
    ),
}
PAGE = {
    Remedy.RETRY: (1, 2, 4, 17, 32, 613, 1200),
    Remedy.ALARM: (0, 190, 3, 10, 200, 230, 368),
    Remedy.NEVER: (100, 551),
}


def said(code: object, channel: Channel, status: int = 400, **more: object) -> Refused:
    message = Outbound(reference="r", channel=channel, to="1", body=MessageBody(text="Hi"))
    told = {"error": {"code": code, "message": "words of Meta's", **more}}
    result = META.understand(HttpResponse(status=status, body=wire_json(told)), message)
    assert isinstance(result, Refused)
    return result


@pytest.mark.parametrize(("remedy", "code"), [(remedy, code) for remedy, codes in WHATSAPP.items() for code in codes])
@pytest.mark.parametrize("status", [200, 400, 500])
def test_whatsapp_is_judged_by_the_code_whatever_the_status(remedy: Remedy, code: int, status: int) -> None:
    result = said(code, Channel.WHATSAPP, status)
    assert (result.remedy, result.code) == (remedy, str(code))
    assert "words of Meta's" in result.reason


@pytest.mark.parametrize("channel", [Channel.MESSENGER, Channel.INSTAGRAM])
@pytest.mark.parametrize(("remedy", "code"), [(remedy, code) for remedy, codes in PAGE.items() for code in codes])
def test_pages_are_judged_by_codes_of_their_own(remedy: Remedy, code: int, channel: Channel) -> None:
    assert said(code, channel).remedy is remedy


def test_too_late_on_a_page_is_told_by_the_subcode_or_the_words() -> None:
    assert said(10, Channel.MESSENGER, error_subcode=2018278).remedy is Remedy.TEMPLATE
    words = "(#10) This message is sent outside of allowed window."
    assert said(10, Channel.INSTAGRAM, message=words).remedy is Remedy.TEMPLATE


def test_a_contact_who_got_too_many_messages_rests_alone() -> None:
    assert said(131056, Channel.WHATSAPP).after_seconds == 6.0
    assert said(130429, Channel.WHATSAPP).after_seconds is None


@pytest.mark.parametrize("code", ["190", 190.0])
def test_a_code_in_another_type_is_the_same_code(code: object) -> None:
    assert said(code, Channel.WHATSAPP).remedy is Remedy.ALARM
