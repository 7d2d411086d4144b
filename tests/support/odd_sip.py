"""Messages that no honest phone sends (after RFC 4475), and a way to break good ones."""

import random
from collections.abc import Iterator

from raw_sip import SDP, RawParty, header

SILENCE: int | None = None


def odd_messages(raw: RawParty) -> dict[str, tuple[str | bytes, int | None]]:
    """Each odd message by name, with the status it must get."""
    make = raw.request
    me = f"{raw.host}:{raw.port}"
    bad_port = {"Via": "SIP/2.0/UDP 127.0.0.1:99999;branch=z9hG4bKp"}
    options = make("OPTIONS")
    compact = make("OPTIONS")
    for long, short in (("Via", "v"), ("From", "f"), ("To", "t"), ("Call-ID", "i"), ("Contact", "m")):
        compact = compact.replace(f"\r\n{long}:", f"\r\n{short}:")
    return {
        "options": (options, 200),
        "unknown method": (make("NEWMETHOD"), 405),
        "lower-case invite": (make("invite"), 405),
        "folded header": (make("OPTIONS", extra="Subject: a\r\n  folded\r\n"), 200),
        "compact headers": (compact, 200),
        "escaped method": (make("RE%47IST%45R"), 405),
        "method of odd characters": (make("!interesting-Method0123456789_*+`.%indeed'~"), 405),
        "no Call-ID": (make(drop=("Call-ID",)), 400),
        "no CSeq": (make(drop=("CSeq",)), 400),
        "no Via": (make(drop=("Via",)), SILENCE),
        "no From": (make(drop=("From",)), 400),
        "no To": (make(drop=("To",)), 400),
        "no Contact": (make(drop=("Contact",)), 400),
        "no From tag": (make(headers={"From": f"<sip:a@{me}>"}), 400),
        "no Max-Forwards": (make("OPTIONS", drop=("Max-Forwards",)), 200),
        "Max-Forwards 0": (make(headers={"Max-Forwards": "0"}), 483),
        "Max-Forwards text": (make(headers={"Max-Forwards": "abc"}), 400),
        "CSeq of another method": (make(headers={"CSeq": "1 BYE"}), 400),
        "CSeq too big": (make("OPTIONS", headers={"CSeq": "36893488147419103232 OPTIONS"}), 400),
        "CSeq garbage": (make("OPTIONS", headers={"CSeq": "x y z"}), 400),
        "negative length": (make(headers={"Content-Length": "-999"}, body="v=0\r\n"), 400),
        "length too big": (make(headers={"Content-Length": "9999"}, body="v=0\r\n"), 400),
        "length text": (make(headers={"Content-Length": "abc"}), 400),
        "body of another type": (make(headers={"Content-Type": "text/plain"}, body="hello"), 415),
        "open quote in From": (make(headers={"From": '"Mr. J. User <sip:j@example.com>;tag=1'}), 400),
        "unknown scheme": (make(uri="nobodyKnowsThisScheme:totallyopaque"), 400),
        "blank in the URI": (make(uri="sip:a b@127.0.0.1"), 400),
        "brackets around the URI": (make(uri="<sip:a@127.0.0.1>"), 400),
        "Via of IPv6": (make("OPTIONS", headers={"Via": f"SIP/2.0/UDP [::1]:{raw.port};branch=z9hG4bKv6"}), 200),
        "impossible port in Via": (make("OPTIONS", headers=bad_port), 200),
        "port text in Via": (make("OPTIONS", headers={"Via": "SIP/2.0/UDP 127.0.0.1:abc;branch=z9hG4bKq"}), 400),
        "rport text in Via": (make("OPTIONS", headers={"Via": f"SIP/2.0/UDP {me};rport=x;branch=z9hG4bKr"}), 200),
        "stranger's received": (
            make("OPTIONS", headers={"Via": f"SIP/2.0/UDP {me};received=192.0.2.9;branch=z9hG4bKs"}),
            200,
        ),
        "Contact star": (make(headers={"Contact": "*"}), 400),
        "Require 100rel": (make(extra="Require: 100rel\r\n"), 420),
        "Require unknown": (make("OPTIONS", extra="Require: nothingSupportsThis\r\n"), 420),
        "PRACK outside": (make("PRACK"), 405),
        "UPDATE in no dialog": (make("UPDATE", headers={"To": "<sip:x@127.0.0.1>;tag=zz"}), 481),
        "BYE in no dialog": (make("BYE", headers={"To": "<sip:x@127.0.0.1>;tag=zz"}), 481),
        "INVITE in no dialog": (make(headers={"To": "<sip:x@127.0.0.1>;tag=zz"}), 481),
        "CANCEL of nothing": (make("CANCEL"), 481),
        "ACK of nothing": (make("ACK"), SILENCE),
        "broken ACK": (make("ACK", drop=("CSeq",)), SILENCE),
        "another version": (make("OPTIONS").replace("SIP/2.0\r\n", "SIP/7.0\r\n", 1), 505),
        "odd date": (make("OPTIONS", extra="Date: Fri, 01 Jan 2010 16:00:00 EST\r\n"), 200),
        "no last line break": (make("OPTIONS")[:-2], 200),
        "line feeds only": (make("OPTIONS").replace("\r\n", "\n"), 200),
        "not UTF-8": (make("OPTIONS").encode().replace(b"Max", b"X-B: \xff\xfe\x80\r\nMax"), 200),
        "line breaks of Python": (make("OPTIONS", extra="X-B: a\x0bVia: b\x1c\u2028c\r\n"), 200),
        "zeros": (b"\0" * 200, SILENCE),
        "keep-alive": (b"\r\n\r\n", SILENCE),
        "garbage": (random.Random(1).randbytes(600), SILENCE),
        "long header": (make("OPTIONS", extra="X-Big: " + "a" * 7000 + "\r\n"), 200),
        "700 headers": (make("OPTIONS", extra="X: y\r\n" * 700), 400),
        "Expires text": (make(extra="Expires: soon\r\n"), 400),
        "stray 200": (
            "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 1.2.3.4;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\n"
            "To: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n",
            SILENCE,
        ),
        "impossible status": ("SIP/2.0 4294967301 better not\r\nVia: SIP/2.0/UDP x\r\n\r\n", SILENCE),
        "REGISTER": (make("REGISTER", extra="Authorization: Digest ,,,=,\r\n"), 405),
        "short session": (make(extra="Session-Expires: 30\r\nSupported: timer\r\n"), 422),
    }


def acknowledge(raw: RawParty, message: str, reply: str) -> None:
    """Send the ACK of a refusal."""
    lines = {name: header(reply, name) for name in ("Via", "From", "To", "Call-ID")}
    raw.send(raw.request("ACK", headers={**lines, "CSeq": "1 ACK"}))


def mutate(rng: random.Random, message: bytes) -> bytes:
    """Break a message in a few places."""
    broken = bytearray(message)
    for _ in range(rng.randrange(1, 12)):
        place = rng.randrange(len(broken) or 1)
        kind = rng.randrange(3)
        if kind == 0 and broken:
            broken[place] = rng.randrange(256)
        elif kind == 1:
            del broken[place : place + rng.randrange(1, 20)]
        else:
            broken[place:place] = bytes(rng.choice(b';:,<>@"=\r\n /[]%') for _ in range(rng.randrange(1, 6)))
    return bytes(broken)


def hostile_messages(raw: RawParty, rng: random.Random, number: int) -> Iterator[bytes]:
    """Odd messages and good INVITEs, each broken in a few places."""
    whole = [one for one, _ in odd_messages(raw).values()] + [raw.request(body=SDP) for _ in range(20)]
    messages = [one if isinstance(one, bytes) else one.encode() for one in whole]
    for _ in range(number):
        yield mutate(rng, rng.choice(messages))


def odd_registers(raw: RawParty) -> dict[str, tuple[str, int | None]]:
    """Each odd REGISTER by name, with the status it must get from a registrar that does not know its sender."""

    def make(extra: str = "", *, drop: tuple[str, ...] = (), **headers: str) -> str:
        return raw.request("REGISTER", "sip:127.0.0.1", extra=extra, drop=drop, headers=headers)

    digest = 'Digest username="ana",realm="skipline",nonce="n",uri="sip:x",response="r"'
    return {
        "no Authorization": (make(), 401),
        "no Contact": (make(drop=("Contact",)), 401),
        "no Call-ID": (make(drop=("Call-ID",)), 400),
        "no From tag": (make(From="<sip:ana@127.0.0.1>"), 401),
        "CSeq of another method": (make(CSeq="1 INVITE"), 400),
        "CSeq too big": (make(CSeq="99999999999 REGISTER"), 400),
        "Expires text": (make("Expires: soon\r\n"), 400),
        "Contact of nothing": (make(Contact="<>"), 400),
        "Require outbound": (make("Require: outbound\r\n"), 420),
        "commas for a digest": (make("Authorization: Digest ,,,=,\r\n"), 401),
        "an empty digest": (make("Authorization: Digest\r\n"), 401),
        "an empty Authorization": (make("Authorization:\r\n"), 401),
        "another scheme": (make("Authorization: Bearer abc\r\n"), 401),
        "an open quote": (make('Authorization: Digest username="ana\r\n'), 401),
        "names without values": (make("Authorization: Digest username, realm, nonce\r\n"), 401),
        "an invented nonce": (make(f"Authorization: {digest}\r\n"), 401),
        "a count of nothing": (make(f"Authorization: {digest},qop=auth,nc=,cnonce=x\r\n"), 401),
        "a count too long": (make(f"Authorization: {digest},qop=auth,nc=000000001,cnonce=x\r\n"), 401),
        "another algorithm": (make(f"Authorization: {digest},algorithm=SHA-256\r\n"), 401),
        "an endless digest": (make(f'Authorization: {digest},opaque="{"a" * 5000}"\r\n'), 401),
        "many digests": (make(f"Authorization: {digest}\r\n" * 50), 401),
        "blanks before the colon": (make(f"Authorization : {digest}\r\n"), 401),
        "a digest of odd white space": (make(f"Authorization:\t\tDigest \t {digest[7:]}\r\n"), 401),
        "names in other letters": (make("Authorization: DIGEST " + digest[7:].replace("nonce", "NONCE") + "\r\n"), 401),
        "a user of another script": (make(f"Authorization: {digest.replace('ana', 'ána')}\r\n"), 401),
        "a To of a telephone": (make(To="<tel:+31201234567>"), 401),
        "a To inside a dialog": (make(To="<sip:ana@127.0.0.1>;tag=zz"), 401),
        "lower-case method": (make().replace("REGISTER sip", "register sip"), 400),
    }
