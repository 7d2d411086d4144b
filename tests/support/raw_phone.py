"""A phone that registers by hand-written messages, its digest made with nothing but hashlib."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from raw_sip import RawParty, header, status

_numbers = count(1)


def md5(text: str) -> str:
    """The digest's hash."""
    return hashlib.md5(text.encode()).hexdigest()


def challenge_of(reply: str) -> dict[str, str]:
    """The parameters of a 401's challenge."""
    pairs = re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', header(reply, "WWW-Authenticate"))
    return {name: quoted or plain for name, quoted, plain in pairs}


@dataclass
class RawPhone:
    """`user`'s phone on one UDP socket. `nonce` and `nc` are of the last challenge and may be set by a test."""

    party: RawParty
    user: str = "ana"
    password: str = "correct-horse-battery"
    contact: str = ""
    call_id: str = ""
    cseq: int = 0
    nonce: str = ""
    nc: int = 0
    with_qop: bool = True
    patience_seconds: float = 3.0
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.contact = self.contact or f"sip:{self.user}@127.0.0.1:{self.party.port}"
        self.call_id = self.call_id or f"phone{next(_numbers)}"

    async def register(self, expires: int | None = 300, **more: str) -> str:
        """Register as an honest phone does; gives the final reply."""
        reply = await self.ask(expires, **more)
        if status(reply) == 401:
            self.nonce, self.nc = challenge_of(reply)["nonce"], 0
            reply = await self.ask(expires, **more)
        return reply

    async def ask(self, expires: int | None = 300, **more: str) -> str:
        """Send one REGISTER, with the answer to the last challenge when there is one, and give the reply."""
        self.party.send(self.write(expires, **more))
        return await self.party.expect("SIP/2.0 ", self.patience_seconds)

    def write(self, expires: int | None = 300, **more: str) -> str:
        """The next REGISTER. `more` are headers by their name with _ for -; an empty one is left out."""
        self.cseq += 1
        headers: Mapping[str, str] = {
            "From": f"<sip:{self.user}@127.0.0.1>;tag=t{self.call_id}",
            "To": f"<sip:{self.user}@127.0.0.1>",
            "Call-ID": self.call_id,
            "CSeq": f"{self.cseq} REGISTER",
            "Contact": f"<{self.contact}>",
            **({} if expires is None else {"Expires": str(expires)}),
            **({"Authorization": self.authorization()} if self.nonce else {}),
            **self.headers,
            **{name.replace("_", "-"): value for name, value in more.items()},
        }
        dropped = tuple(name for name, value in headers.items() if not value)
        return self.party.request("REGISTER", "sip:127.0.0.1", headers=headers, drop=dropped)

    def authorization(self) -> str:
        """The answer to the last challenge, with the next count."""
        self.nc += 1
        secret, rest = md5(f"{self.user}:skipline:{self.password}"), md5("REGISTER:sip:127.0.0.1")
        given = f'username="{self.user}", realm="skipline", nonce="{self.nonce}", uri="sip:127.0.0.1", algorithm=MD5'
        if not self.with_qop:
            return f'Digest {given}, response="{md5(f"{secret}:{self.nonce}:{rest}")}"'
        middle = f"{self.nonce}:{self.nc:08x}:c0ffee:auth"
        response = md5(f"{secret}:{middle}:{rest}")
        return f'Digest {given}, response="{response}", qop=auth, nc={self.nc:08x}, cnonce="c0ffee"'
