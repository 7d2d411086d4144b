"""Fits sippy to our loop: its timers become asyncio's, its prints go nowhere, its slow spots are replaced.

sippy looks each name up in its module, so a name put there wins over the built-in one. That keeps this small, and
`fit_sippy` is the whole list of what we change in it.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import sippy.SdpOrigin
import sippy.SipConf
import sippy.SipMsg
import sippy.SipRequest
import sippy.SipTransactionManager
import sippy.SipURL
import sippy.SipVia
import sippy.SipWWWAuthenticate

_HAS_MY = ("my",)


def start_timer(
    callback: Callable[..., object], seconds: float, _ticks: int = 1, *arguments: Any
) -> asyncio.TimerHandle:
    """What sippy calls `Timeout`: one call of `callback` later, on the running loop."""
    return asyncio.get_running_loop().call_later(max(seconds, 0), callback, *arguments)


def _names_of(thing: object) -> tuple[str, ...]:
    # sippy asks `'my' in dir(x)` for each address it prints; dir() of a text takes longer than all the rest.
    return _HAS_MY if hasattr(thing, "my") else ()


def _say_nothing(*_: object, **__: object) -> None:
    return None


def _read_tel(url: Any, text: str, _relaxed: bool) -> None:
    """Keep a tel: URI a tel: URI; sippy would make it a sip: one at our own address (RFC 3966)."""
    number, *params = text.split(";")
    url.scheme, url.username, url.userparams, url.host = "tel", number, params, ""


def fit_sippy() -> None:
    """Change sippy's modules for our use; calling it again changes nothing more."""
    manager, url = sippy.SipTransactionManager, sippy.SipURL.SipURL
    if manager.Timeout is start_timer:
        return
    manager.Timeout, manager.MonoTime = start_timer, time.monotonic
    printing = (sippy.SipURL, sippy.SipVia, sippy.SipConf, sippy.SipWWWAuthenticate, sippy.SdpOrigin)
    for module in printing:
        module.dir = _names_of
    for module in (sippy.SipMsg, sippy.SipRequest, sippy.SipURL, manager):
        module.print = _say_nothing
    manager.SipTransaction.reply_source, manager.SipTransaction.is_accepted = None, False
    manager.SipTransaction.has_flow = False
    sippy.SipConf.SipConf.autoconvert_tel_url = True
    url.convertTelURL = _read_tel
    url.localStr = _print_tel_as_tel(url.localStr)
    url.getCopy = _keep_scheme(url.getCopy)


def _print_tel_as_tel(stock: Callable[..., str]) -> Callable[..., str]:
    def print_url(url: Any, local_addr: object = None) -> str:
        if url.scheme == "tel":
            return ";".join([f"tel:{url.username}", *url.userparams])
        return stock(url, local_addr)

    return print_url


def _keep_scheme(stock: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def copy_url(url: Any) -> Any:
        copy = stock(url)
        copy.scheme = url.scheme
        return copy

    return copy_url
