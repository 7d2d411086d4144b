"""What can go wrong on the way to a source, as sentences that a trace can show: never a path, a header or a body."""

import errno
import ssl

import aiohttp

from skipline.base.sentence import say
from skipline.host.lookups.body import BodyRefused
from skipline.host.lookups.guard import AddressRefused
from skipline.model.lookup import NoResponse

EXPECTED = (aiohttp.ClientError, BodyRefused, OSError, ValueError)
"""Everything that a request is known to end with, besides a time limit."""


class Trouble(NoResponse):
    """What went wrong on the way over HTTP."""


def trouble_of(failure: Exception) -> Trouble:
    """The trouble behind one of `EXPECTED`."""
    if isinstance(failure, BodyRefused):
        return Trouble(say("answered, but the answer was refused: {why}", why=failure.args[0]))
    if isinstance(failure, aiohttp.ClientConnectorError):
        return _connecting(failure)
    if isinstance(failure, aiohttp.ClientPayloadError):
        return Trouble(say("broke off in the middle of its answer"), may_retry=True)
    if isinstance(failure, aiohttp.ClientResponseError):
        return Trouble(say("answered with something that is not HTTP"))
    if isinstance(failure, aiohttp.ServerConnectionError | ConnectionError | aiohttp.ClientOSError):
        return Trouble(say("closed the connection before it answered"), may_retry=True)
    return Trouble(say("cannot be asked: its address or a header is not valid"))


def _connecting(failure: aiohttp.ClientConnectorError) -> Trouble:
    if isinstance(failure, aiohttp.ClientConnectorCertificateError):
        why = _certificate_words(failure.certificate_error)
        return Trouble(say("has a certificate that is not trusted: {why}", why=why))
    if isinstance(failure, aiohttp.ClientConnectorSSLError):
        return Trouble(say("could not agree on TLS with us"))
    if isinstance(failure, aiohttp.ClientConnectorDNSError):
        return Trouble(say("has a name that cannot be resolved"), may_retry=True)
    if isinstance(failure.os_error, AddressRefused):
        return Trouble(say("was not asked: {why}", why=failure.os_error.sentence))
    if failure.os_error.errno == errno.EACCES:
        return Trouble(say("was not asked: none of its addresses is allowed"))
    if failure.os_error.errno == errno.ECONNREFUSED:
        return Trouble(say("refused the connection"), may_retry=True)
    return Trouble(say("cannot be reached over the network"), may_retry=True)


def _certificate_words(failure: Exception) -> str:
    if isinstance(failure, ssl.SSLCertVerificationError):
        return failure.verify_message
    return say("it does not match the name")
