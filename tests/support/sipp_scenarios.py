"""SIPp scenarios, put together from small sentences: who sends what, and what must come back.

A scenario is the text of an XML file. `[service]` is the number called, `[caller]` who calls (a `-key` of the runner).
Callers begin with `call()`, targets with `take_call()`; both then go on with the other parts in order.
"""

_SDP = """v=0
o=sipp 1 {version} IN IP[media_ip_type] [media_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a={direction}
"""
_NUMBER_URI = "sip:[service]@[remote_ip]:[remote_port]"


def scenario(*parts: str) -> str:
    """A whole scenario file."""
    head = (
        '<?xml version="1.0" encoding="ISO-8859-1" ?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n<scenario name="test">\n'
    )
    return head + "".join(parts) + "</scenario>\n"


def pause(milliseconds: int) -> str:
    """Do nothing for a while."""
    return f'<pause milliseconds="{milliseconds}"/>\n'


def expect(code: int, *, optional: bool = False, keep_route: bool = False, has: str = "") -> str:
    """A response must come (`optional`: may come); `has` is a regular expression that its text must match."""
    options = (' optional="true"' if optional else "") + (' rrs="true"' if keep_route else "")
    return f'<recv response="{code}"{options}>{_check(has)}</recv>\n'


def expect_request(method: str, *, has: str = "") -> str:
    """A request must come."""
    return f'<recv request="{method}">{_check(has)}</recv>\n'


def _check(has: str) -> str:
    if not has:
        return ""
    return f'<action><ereg regexp="{has}" search_in="msg" check_it="true" assign_to="9"/><log message="[$9]"/></action>'


# The caller


def invite(cseq: int = 1, *, direction: str = "sendrecv", has_sdp: bool = True, headers: str = "") -> str:
    """The first INVITE (`cseq` 1) or a later one inside the dialogue."""
    uri, tag = (_NUMBER_URI, "") if cseq == 1 else ("[next_url]", "[peer_tag_param]")
    body = _SDP.format(version=cseq, direction=direction) if has_sdp else ""
    contact = "Contact: <sip:[caller]@[local_ip]:[local_port];transport=[transport]>\n"
    return _send(_request_head("INVITE", uri, cseq, to_tag=tag) + contact + headers + _body(body), is_repeated=True)


def ack(cseq: int = 1) -> str:
    """Acknowledge a 200."""
    return _send(_request_head("ACK", "[next_url]", cseq) + _body(""))


def ack_late(cseq: int) -> str:
    """Acknowledge a 200 that held an offer; our answer is in the ACK."""
    return _send(_request_head("ACK", "[next_url]", cseq) + _body(_SDP.format(version=9, direction="inactive")))


def ack_refusal(invite_at: int) -> str:
    """Acknowledge a refusal; it shares the branch of the INVITE, `invite_at` messages before (RFC 3261 17.1.1.3)."""
    return _send(_request_head("ACK", _NUMBER_URI, 1, branch=f"[branch-{invite_at}]") + _body(""))


def cancel(invite_at: int) -> str:
    """Give up the INVITE sent `invite_at` messages before."""
    head = _request_head("CANCEL", _NUMBER_URI, 1, branch=f"[branch-{invite_at}]", to_tag="")
    return _send(head + _body(""), is_repeated=True)


def request(method: str, cseq: int) -> str:
    """A request inside the dialogue, such as BYE."""
    return _send(_request_head(method, "[next_url]", cseq) + _body(""), is_repeated=True)


def call(*, headers: str = "", is_provisional_expected: bool = True) -> str:
    """Dial, hear it ring and be answered."""
    ringing = expect(180) if is_provisional_expected else ""
    return invite(headers=headers) + expect(100, optional=True) + ringing + answered()


def answered(cseq: int = 1) -> str:
    """The 200 of an INVITE and its ACK; provisional answers may come before it."""
    early = "".join(expect(code, optional=True) for code in (100, 180, 183))
    return early + expect(200, keep_route=True) + ack(cseq)


def reinvite(cseq: int, *, direction: str = "sendrecv", has_sdp: bool = True) -> str:
    """Change the talk, e.g. `direction="sendonly"` for hold, and be accepted."""
    body = invite(cseq, direction=direction, has_sdp=has_sdp)
    return body + expect(100, optional=True) + expect(200, keep_route=True) + ack(cseq)


def hang_up(cseq: int = 2) -> str:
    """BYE and its 200."""
    return request("BYE", cseq) + expect(200)


def be_hung_up() -> str:
    """The other side hangs up."""
    return expect_request("BYE") + reply_in_dialogue(200, "OK")


# The target


def take_call(*, has: str = "") -> str:
    """An INVITE must come. Its CSeq number and Contact are kept for later parts."""
    keep = (
        '<ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="1"/>'
        '<ereg regexp="sip:[^>]*" search_in="hdr" header="Contact:" assign_to="4"/>'
        '<log message="[$1] [$4]"/>'
    )
    check = f'<ereg regexp="{has}" search_in="msg" check_it="true" assign_to="9"/><log message="[$9]"/>' if has else ""
    return f'<recv request="INVITE"><action>{keep}{check}</action></recv>\n'


def reply(code: int, reason: str, *, has_sdp: bool = False, headers: str = "") -> str:
    """Answer the INVITE; final answers are repeated until acknowledged."""
    return _reply(code, reason, "[last_To:];tag=[pid]S[call_number]", _sdp_if(has_sdp), headers, code >= 200)


def reply_in_dialogue(code: int, reason: str, *, direction: str = "") -> str:
    """Answer a request inside the dialogue, with a session description when `direction` is given."""
    body = _SDP.format(version=2, direction=direction) if direction else ""
    return _reply(code, reason, "[last_To:]", body, "", bool(direction))


def ring() -> str:
    """180."""
    return reply(180, "Ringing")


def accept() -> str:
    """200 and its ACK, whose To and From are kept for `hang_up_target`."""
    keep = (
        '<ereg regexp=".*" search_in="hdr" header="To:" assign_to="2"/>'
        '<ereg regexp=".*" search_in="hdr" header="From:" assign_to="3"/><log message="[$2] [$3]"/>'
    )
    return reply(200, "OK", has_sdp=True) + f'<recv request="ACK" rrs="true"><action>{keep}</action></recv>\n'


def refuse(code: int, reason: str, *, headers: str = "") -> str:
    """A refusal and its ACK."""
    return reply(code, reason, headers=headers) + expect_request("ACK")


def be_cancelled() -> str:
    """A CANCEL must come; it and the INVITE get their answers."""
    ok = _reply(200, "OK", "[last_To:];tag=[pid]S[call_number]", "", "", False)
    gone = _reply(487, "Request Terminated", "[last_To:];tag=[pid]S[call_number]", "", "", True)
    return expect_request("CANCEL") + ok + gone.replace("[last_CSeq:]", "CSeq: [$1] INVITE") + expect_request("ACK")


def answer_despite_cancel() -> str:
    """A CANCEL must come, but the phone was lifted already: 200 to the INVITE, which must get ACK and then BYE."""
    too_late = _reply(200, "OK", "[last_To:];tag=[pid]S[call_number]", _sdp_if(True), "", True)
    ok = _reply(200, "OK", "[last_To:];tag=[pid]S[call_number]", "", "", False)
    accepted = too_late.replace("[last_CSeq:]", "CSeq: [$1] INVITE")
    return expect_request("CANCEL") + ok + accepted + expect_request("ACK") + be_hung_up()


def accept_reinvite(direction: str) -> str:
    """A re-INVITE must come and is accepted with `direction`."""
    return expect_request("INVITE") + reply_in_dialogue(200, "OK", direction=direction) + expect_request("ACK")


def accept_late_reinvite() -> str:
    """A re-INVITE without an offer must come; the offer goes into the 200 and the answer into the ACK."""
    offer = reply_in_dialogue(200, "OK", direction="sendrecv")
    return expect_request("INVITE") + offer + expect_request("ACK", has="m=audio")


def hang_up_target() -> str:
    """The target says BYE."""
    return _send(_target_head("BYE", 1) + _body(""), is_repeated=True) + expect(200)


def reinvite_from_target(direction: str) -> str:
    """The target changes the talk and is accepted."""
    contact = "Contact: <sip:[local_ip]:[local_port];transport=[transport]>\n"
    body = _body(_SDP.format(version=2, direction=direction))
    offer = _send(_target_head("INVITE", 1) + contact + body, is_repeated=True)
    return offer + expect(100, optional=True) + expect(200) + _send(_target_head("ACK", 1) + _body(""))


def hang_up_target_after_reinvite() -> str:
    """As `hang_up_target`, one CSeq later."""
    return _send(_target_head("BYE", 2) + _body(""), is_repeated=True) + expect(200)


def _target_head(method: str, cseq: int) -> str:
    return (
        f"{method} [$4] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        f"From:[$2]\nTo:[$3]\n[last_Call-ID:]\nCSeq: {cseq} {method}\nMax-Forwards: 70\n"
    )


def _request_head(
    method: str, uri: str, cseq: int, *, branch: str = "[branch]", to_tag: str = "[peer_tag_param]"
) -> str:
    return (
        f"{method} {uri} SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch}\n"
        f"From: <sip:[caller]@[local_ip]:[local_port]>;tag=[pid]S[call_number]\nTo: <{_NUMBER_URI}>{to_tag}\n"
        f"Call-ID: [call_id]\nCSeq: {cseq} {method}\nMax-Forwards: 70\n"
    )


def _reply(code: int, reason: str, to: str, body: str, headers: str, is_repeated: bool) -> str:
    text = (
        f"SIP/2.0 {code} {reason}\n[last_Via:]\n[last_From:]\n{to}\n[last_Call-ID:]\n[last_CSeq:]\n"
        f"Contact: <sip:[local_ip]:[local_port];transport=[transport]>\n{headers}{_body(body)}"
    )
    return _send(text, is_repeated=is_repeated)


def _sdp_if(wanted: bool) -> str:
    return _SDP.format(version=1, direction="sendrecv") if wanted else ""


def _body(body: str) -> str:
    return f"Content-Type: application/sdp\nContent-Length: [len]\n\n{body}" if body else "Content-Length: 0\n\n"


def _send(text: str, *, is_repeated: bool = False) -> str:
    repeated = ' retrans="500"' if is_repeated else ""
    return f"<send{repeated}><![CDATA[\n{text}]]></send>\n"


# A phone


def register() -> str:
    """A phone that registers, asked for its password first (`-s` its user, `-au` and `-ap` its login)."""
    return scenario(
        _register(1, ""), '<recv response="401" auth="true"/>\n', _register(2, "[authentication]\n"), expect(200)
    )


def _register(cseq: int, authorization: str) -> str:
    head = (
        "REGISTER sip:[remote_ip]:[remote_port] SIP/2.0\n"
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        "From: <sip:[service]@[remote_ip]>;tag=[call_number]\nTo: <sip:[service]@[remote_ip]>\nCall-ID: [call_id]\n"
        f"CSeq: {cseq} REGISTER\nContact: <sip:[service]@[local_ip]:[local_port]>\nExpires: 300\nMax-Forwards: 70\n"
    )
    return _send(head + authorization + "Content-Length: 0\n\n", is_repeated=True)
