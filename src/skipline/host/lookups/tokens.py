"""The token of one source: fetched when first needed, renewed before it runs out or when the source refuses it."""

import asyncio

import msgspec

from skipline.base.sentence import say
from skipline.host.lookups.troubles import Trouble
from skipline.host.lookups.wire import Wire
from skipline.host.lookups.wording import words_of
from skipline.model.lookup import HttpRequest, Secrets, SignIn

_SHARE_OF_LIFE = 0.9
"""A token is renewed this early, so that none runs out on its way."""


class Tokens:
    """Signs requests. Callers that need a token at the same time wait for one fetch."""

    def __init__(self, sign_in: SignIn, wire: Wire, secrets: Secrets) -> None:
        self._sign_in, self._wire, self._secrets = sign_in, wire, secrets
        self._fetching = asyncio.Lock()
        self._value = ""
        self._renew_at = 0.0

    async def sign(self, request: HttpRequest) -> HttpRequest:
        """`request` with the token; raises `Trouble` when there is none to be had."""
        async with self._fetching:
            if not self._value or asyncio.get_running_loop().time() >= self._renew_at:
                await self._fetch()
            headers = {**request.headers, "Authorization": f"Bearer {self._value}"}
        return msgspec.structs.replace(request, headers=headers)

    def forget(self, signed: HttpRequest) -> None:
        """The source refused the token of `signed`; unless a newer one is here already, fetch another next time."""
        if signed.headers.get("Authorization") == f"Bearer {self._value}":
            self._value = ""

    async def _fetch(self) -> None:
        try:
            response = await self._wire.send(self._sign_in.ask_token(self._secrets))
            token = self._sign_in.understand_token(response)
        except Trouble as trouble:
            why = say("its sign-in {reason}", reason=trouble.sentence)
            raise Trouble(say("could not be signed in to: {why}", why=why), may_retry=True) from trouble
        except (ValueError, LookupError) as refusal:
            raise Trouble(say("could not be signed in to: {why}", why=words_of(refusal))) from refusal
        self._value = token.value
        self._renew_at = asyncio.get_running_loop().time() + token.seconds * _SHARE_OF_LIFE
