"""Keeps one dialog's session timer: refreshes it in time, or hangs up when the peer's refresh did not come."""

import asyncio
from typing import TYPE_CHECKING, Any

from skipline.voice.sip.events import Ended
from skipline.voice.sip.headers import make_header, read_headers
from skipline.voice.sip.session_timer import (
    SessionTerms,
    agreed_terms,
    minimum_interval,
    refresh_headers,
)

if TYPE_CHECKING:
    from skipline.voice.sip.leg import Leg

_TRY_AGAIN_SECONDS = 5.0
_CHANGEABLE = frozenset({405, 422, 491, 501})
"""Refusals after which another try can go well: by other means, with other terms, or a moment later."""


class Refresher:
    """The timer of one leg. `start` begins it anew, so every refresh in either direction restarts it."""

    def __init__(self, leg: "Leg") -> None:
        self._leg = leg
        self.terms: SessionTerms | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._expires_at = 0.0

    def start(self, terms: SessionTerms) -> None:
        """Count from now."""
        self.stop()
        self.terms = terms
        self._expires_at = asyncio.get_running_loop().time() + terms.interval_seconds
        self._timer = self._leg.endpoint.later(terms.act_after_seconds, self._act)

    def stop(self) -> None:
        """Forget the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def headers(self) -> list[Any]:
        """What a re-INVITE or UPDATE of ours says about the timer."""
        if self.terms is None:
            return []
        pairs = refresh_headers(self.terms, self._leg.endpoint.session).items()
        return [make_header(name, value) for name, value in pairs]

    def learn(self, response: Any) -> None:
        """Take the terms of a 2xx to our re-INVITE or UPDATE."""
        self.start(agreed_terms(read_headers(response), self._leg.endpoint.session))

    def _act(self) -> None:
        leg, terms = self._leg, self.terms
        self._timer = None
        if leg.is_over or terms is None:
            return
        left = self._expires_at - asyncio.get_running_loop().time()
        if not terms.we_refresh or left <= 0:
            self._give_up("The session timer ran out")
            return
        self._timer = leg.endpoint.later(min(_TRY_AGAIN_SECONDS, max(left, 0.1)), self._act)
        if leg.offers.is_busy:
            return
        self.stop()
        if "UPDATE" in leg.peer_allows:
            self._send_update()
        else:
            leg.offers.refresh(self.on_response)

    def _send_update(self) -> None:
        leg = self._leg
        leg.endpoint.send(leg.dialog, leg.dialog.make_request("UPDATE", headers=self.headers()), self.on_response)

    def on_response(self, response: Any, _: Any) -> None:
        """A reply to a refresh."""
        code = response.getSCode()[0]
        if code < 200 or self._leg.is_over or self.terms is None:
            return
        if code < 300:
            self.learn(response)
        elif code in (408, 481):
            self._give_up("The peer is gone", code)
        elif not self.terms.is_announced and code not in _CHANGEABLE:
            self.start(self.terms)  # A peer that never heard of a timer refuses; that it answers is all we asked.
        else:
            self._try_differently(code, response)

    def _try_differently(self, code: int, response: Any) -> None:
        if code == 422 and self.terms is not None:
            longer = max(self.terms.interval_seconds, minimum_interval(read_headers(response)))
            self.terms = SessionTerms(longer, self.terms.we_refresh, self.terms.is_announced)
        if code in (405, 501):
            self._leg.peer_allows -= {"UPDATE"}
        self._timer = self._leg.endpoint.later(_TRY_AGAIN_SECONDS if code == 491 else 0.1 + _wait(code), self._act)

    def _give_up(self, reason: str, code: int = 408) -> None:
        self._leg.send_bye(reason)
        self._leg.finish(Ended(by_peer=True, code=code, reason=reason))


def _wait(code: int) -> float:
    """Seconds until another try: at once when the refusal told us what to change, else as long as a busy peer needs."""
    return 0.0 if code in (405, 422, 501) else _TRY_AGAIN_SECONDS
