"""An agent's telephone: it registers with us, and is rung over the way its registration took."""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress

from skipline.voice.phone.call import PhoneCall
from skipline.voice.phone.phone import Manners, Phone
from skipline.voice.registration import Account, RegisterResult, keep_registered
from skipline.voice.sip.address import join_host_port
from skipline.voice.sip.tls import TlsSettings

_GOODBYE_SECONDS = 2.0


def unverified_tls() -> ssl.SSLContext:
    """A client that takes any certificate, such as the one that a server made for itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class AgentPhone(Phone):
    """The phone of the SIP user `user`, which registers at `registrar` over `transport` (udp, tcp or tls) and treats
    its callers as its manners say. `registered` is set while it is registered; `result` is the last answer.

    ```python
    manners = Manners(ring_seconds=2, sound=tone(440, 1.0))
    phone = AgentPhone("ana", "her password", ("127.0.0.1", 5060), manners=manners)
    await phone.start()
    await phone.registered.wait()
    ```
    """

    def __init__(
        self,
        user: str,
        password: str,
        registrar: tuple[str, int],
        *,
        transport: str = "udp",
        expires_seconds: float = 300.0,
        address: tuple[str, int] = ("127.0.0.1", 0),
        manners: Manners | None = None,
        on_call: Callable[[PhoneCall], None] | None = None,
        media_ip: str | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        client = tls or (unverified_tls() if transport == "tls" else None)
        settings = TlsSettings([(address[0], 0)], client=client) if client else None
        super().__init__(address, manners=manners, on_call=on_call, media_ip=media_ip, tls=settings)
        self.user = user
        self.registered = asyncio.Event()
        self.result: RegisterResult | None = None
        self._account = Account(join_host_port(*registrar), user, password, expires_seconds, transport)
        self._keeping: asyncio.Task[None] | None = None

    async def start(self) -> tuple[str, int]:
        """Listen, and begin to register; `registered` says when that has worked."""
        address = await super().start()
        self.sign_on()
        return address

    def sign_on(self) -> None:
        """Register, and keep registered; harmless when it does already."""
        if self._keeping is None:
            self._keeping = asyncio.get_running_loop().create_task(
                keep_registered(self._stack, self._account, self._on_result)
            )

    async def sign_off(self) -> None:
        """Take the registration back; calls go on."""
        if self._keeping is None:
            return
        self._keeping.cancel()
        await asyncio.wait({self._keeping}, timeout=_GOODBYE_SECONDS)
        self._keeping = None
        self.registered.clear()

    async def stop(self) -> None:
        """Hang up every call, sign off and stop listening."""
        await self.sign_off()
        await super().stop()

    async def vanish(self) -> None:
        """Be gone at once, as when somebody pulls the plug: nothing is said to anybody."""
        keeping, self._keeping = self._keeping, None
        await self._stack.stop()
        if keeping is not None:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping
        await super().stop()

    def _on_result(self, result: RegisterResult) -> None:
        self.result = result
        (self.registered.set if result.is_registered else self.registered.clear)()
