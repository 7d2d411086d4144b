"""Fetches the files of messages at once, because providers keep them for minutes: capped, looked at, put away.

Where a request may go is the piece's affair for redirects (its provider's hosts) and the wire's for addresses.
"""

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from skipline.base.clock import Clock
from skipline.centre.media import MOST_BYTES, look_at
from skipline.host.durable import back_off, wait_until_set
from skipline.host.live import Live
from skipline.host.lookups.troubles import Trouble
from skipline.host.lookups.wire import Wire
from skipline.host.messages.account_sender import BackOff
from skipline.host.messages.accounts import LiveAccount
from skipline.host.messages.shelf import NoSpace, Shelf
from skipline.host.messages.told import conversation_changed
from skipline.model.conversation import MediaRecord
from skipline.model.lookup import HttpRequest, HttpResponse, Secrets
from skipline.model.media import MediaFile
from skipline.model.messaging import CannotWrite, Forgets
from skipline.store import conversations, media_files
from skipline.store.database import Database
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.25
MOST_AT_ONCE = 3
MOST_HOPS = 5
MOST_ATTEMPTS = 6
FETCH_SECONDS = 90.0
STOP_SECONDS = 1.0
CAP_BYTES = MOST_BYTES + 1024


class NotFetched(Exception):
    """A file that could not be had: `str()` says why, `may_retry` whether it may be had later."""

    def __init__(self, why: str, *, may_retry: bool = False) -> None:
        super().__init__(why)
        self.may_retry = may_retry


class MediaFetcher:
    """Fetches what is due, a few files at once."""

    def __init__(
        self,
        *,
        database: Database,
        find_account: Callable[[str], LiveAccount | None],
        secrets: Secrets,
        wire: Wire,
        shelf: Shelf,
        live: Live,
        clock: Clock,
        back_off: BackOff = back_off,
    ) -> None:
        self._database, self._find, self._secrets = database, find_account, secrets
        self._wire, self.shelf, self._live, self._clock, self._back_off = wire, shelf, live, clock, back_off
        self._is_stopping = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve until `stop`; what is on its way then is fetched again at the next start. One file that takes long
        holds up no other."""
        await self._reclaim()
        async with asyncio.TaskGroup() as tasks:
            while not self._is_stopping.is_set():
                for file in await self._take(MOST_AT_ONCE - len(self._under_way)):
                    task = tasks.create_task(self._serve(file))
                    self._under_way.add(task)
                    task.add_done_callback(self._under_way.discard)
                await wait_until_set(self._is_stopping, POLL_SECONDS)
            if self._under_way:
                _, late = await asyncio.wait(self._under_way, timeout=STOP_SECONDS)
                for task in late:
                    task.cancel()

    def stop(self) -> None:
        """Fetch no more."""
        self._is_stopping.set()

    async def _reclaim(self) -> None:
        try:
            await self._database.write(media_files.reclaim)
        except StorageError as trouble:  # then they are due when their leases end
            log.error("media_not_reclaimed", why=str(trouble))

    async def _take(self, room: int) -> list[MediaFile]:
        try:
            if room > 0 and await self._database.read(media_files.has_due):
                return await self._database.write(media_files.take, room)
        except StorageError as trouble:
            log.error("media_not_taken", why=str(trouble))
        except Exception:  # a bug of ours stops no others: looked at again after the usual pause
            log.exception("media_not_taken")
        return []

    async def _serve(self, file: MediaFile) -> None:
        try:
            await self._fetch_and_settle(file)
        except StorageError as trouble:  # it is due again when its lease ends
            log.error("media_not_settled", message=file.message, why=str(trouble))
        except Exception:  # a bug of ours stops no others
            log.exception("media_not_settled", message=file.message)

    async def _fetch_and_settle(self, file: MediaFile) -> None:
        account = self._find(file.account)
        try:
            if account is None:
                raise NotFetched(f"there is no account {file.account} any more")
            data = await self._fetch(account, file)
            record = await self._put_away(file, data)
        except NotFetched as trouble:
            await self._put_off_or_give_up(file, trouble)
            return
        await self._settle(file, record)
        if not record.problem:
            await self._forget(account, file)

    async def _fetch(self, account: LiveAccount, file: MediaFile) -> bytes:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                return await self._follow(account, file)
        except TimeoutError:
            raise NotFetched(f"it did not come within {FETCH_SECONDS:g} seconds", may_retry=True) from None
        except Trouble as trouble:
            raise NotFetched(f"the provider {trouble.sentence}", may_retry=trouble.may_retry) from trouble
        except LookupError as missing:
            raise NotFetched(str(missing), may_retry=True) from missing

    async def _follow(self, account: LiveAccount, file: MediaFile) -> bytes:
        request = account.settings.fetch(file.attachment, self._secrets)
        if request is None:
            raise NotFetched("the provider gives no address that it may be fetched from")
        for _ in range(MOST_HOPS):
            answer = self._next(account, file, await self._wire.send(request))
            if isinstance(answer, bytes):
                return answer
            request = answer
        raise NotFetched("the provider sends us from one address to the next")

    def _next(self, account: LiveAccount, file: MediaFile, response: HttpResponse) -> HttpRequest | bytes:
        if response.status == 429 or response.status >= 500:
            raise NotFetched(f"the provider answered {response.status}", may_retry=True)
        try:
            return account.settings.fetched(file.attachment, response, self._secrets)
        except CannotWrite as hopeless:
            raise NotFetched(str(hopeless)) from hopeless

    async def _put_away(self, file: MediaFile, data: bytes) -> MediaRecord:
        attachment = file.attachment
        seen = await asyncio.to_thread(look_at, data, attachment.kind, attachment.type, attachment.sha256)
        try:
            kept = await self.shelf.keep(seen.data, is_aside=bool(seen.problem))
        except (NoSpace, OSError) as trouble:
            raise NotFetched(f"it could not be put away: {trouble}", may_retry=True) from trouble
        if seen.problem:
            log.warning("media_kept_aside", message=file.message, file=kept, why=seen.problem)
        return msgspec.structs.replace(
            file.record,
            type=seen.type or file.record.type,
            size_bytes=len(seen.data),
            sha256=kept.rpartition("/")[2],
            file="" if seen.problem else kept,
            problem=seen.problem and f"it is kept aside and not shown: {seen.problem}",
        )

    async def _put_off_or_give_up(self, file: MediaFile, trouble: NotFetched) -> None:
        log.warning("media_not_fetched", message=file.message, attempt=file.attempts, why=str(trouble))
        if trouble.may_retry and file.attempts < MOST_ATTEMPTS:
            await self._database.write(media_files.put_off, file, self._back_off(file.attempts), str(trouble))
        else:
            await self._settle(file, msgspec.structs.replace(file.record, problem=str(trouble)))

    async def _settle(self, file: MediaFile, record: MediaRecord) -> None:
        found = await self._database.write(media_files.settle, file, record)
        conversation = None if found is None else await self._database.read(conversations.read, found)
        if conversation is not None:
            self._live.publish([conversation_changed(conversation, self._clock(), file.message)])

    async def _forget(self, account: LiveAccount, file: MediaFile) -> None:
        """Have the provider delete its copy, where it keeps one for ever; harmless when that fails."""
        if not isinstance(account.settings, Forgets):
            return
        try:
            request = account.settings.forget(file.attachment, self._secrets)
            if request is not None:
                async with asyncio.timeout(FETCH_SECONDS):
                    await self._wire.send(request)
        except (Trouble, TimeoutError, LookupError) as trouble:
            log.warning("media_not_forgotten", message=file.message, why=str(trouble))
