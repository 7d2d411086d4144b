"""What can go wrong with storage, each with a stable code and a sentence that names the fix."""

from pathlib import Path
from typing import ClassVar

from skipline.base.sentence import say


class StorageError(Exception):
    """Something storage could not do. `code` never changes; the text is for people."""

    code: ClassVar[str] = "storage_failed"


class StorageFailed(StorageError):
    """The disk or the database refused a whole transaction; nothing of it was kept."""


class StorageBusy(StorageError):
    """Too many writes wait for the disk already; this one was not accepted."""

    code = "storage_busy"


class StorageClosed(StorageError):
    """The database was closed before this work could begin."""

    code = "storage_closed"


class UnusablePlace(StorageError):
    """The data folder or database URL cannot be used as it is."""

    code = "storage_unusable"


class FolderInUse(StorageError):
    """Another Skipline works in the data folder."""

    code = "folder_in_use"

    def __init__(self, folder: Path, holder: str) -> None:
        super().__init__(f"{folder} is in use by process {holder}: stop it, or choose another --data folder")


class SchemaIsNewer(StorageError):
    """The database was made by a newer Skipline than this one."""

    code = "schema_newer"

    def __init__(self, found: str, known: str) -> None:
        super().__init__(
            f"the database has schema {found}, this Skipline knows up to {known}: "
            "start the newer Skipline again, or restore a backup made before the upgrade"
        )


class FlowUnknown(StorageError):
    """No such flow, or no such version of it."""

    code = "flow_unknown"

    def __init__(self, flow: str, version: int | None = None) -> None:
        super().__init__(
            say("there is no flow {flow!r}", flow=flow)
            if version is None
            else say("flow {flow!r} has no version {version}", flow=flow, version=version)
        )


class FlowPublished(StorageError):
    """The flow has versions, which runs name."""

    code = "flow_published"

    def __init__(self, flow: str) -> None:
        super().__init__(
            say("flow {flow!r} was published, and its runs name its versions: take it down instead", flow=flow)
        )


class NothingToRollBackTo(StorageError):
    """The flow is not live, or its first version is."""

    code = "nothing_to_roll_back_to"

    def __init__(self, flow: str) -> None:
        super().__init__(say("flow {flow!r} has no version before the live one", flow=flow))


class NumberTaken(StorageError):
    """A number belongs to at most one published flow."""

    code = "number_taken"

    def __init__(self, number: str, owner: str) -> None:
        super().__init__(
            say("{number} already starts flow {owner!r}: take it out of that flow first", number=number, owner=owner)
        )
        self.number, self.owner = number, owner


class LiveVersionChanged(StorageError):
    """A flow has another live version than the one that somebody saw."""

    code = "live_version_changed"

    def __init__(self, flow: str, version: int) -> None:
        super().__init__(
            say(
                "version {version} of flow {flow!r} is not live any more: look at its versions first",
                version=version,
                flow=flow,
            )
        )


class MessagesTaken(StorageError):
    """Messages of an account, or those of them with a keyword, start at most one published flow."""

    code = "messages_taken"

    def __init__(self, claim: str, owner: str) -> None:
        super().__init__(
            say(
                "messages to {claim} already start flow {owner!r}: take them out of that flow first",
                claim=claim,
                owner=owner,
            )
        )
        self.claim, self.owner = claim, owner


class DraftUnknown(StorageError):
    """The flow has no draft."""

    code = "draft_unknown"

    def __init__(self, flow: str) -> None:
        super().__init__(say("flow {flow!r} has no draft", flow=flow))


class DraftChanged(StorageError):
    """Somebody else has saved or published the draft meanwhile."""

    code = "draft_changed"

    def __init__(self, revision: int, author: str) -> None:
        super().__init__(
            say(
                "the draft was changed by {author} meanwhile and is at revision {revision}: read it again, and save "
                "with that revision",
                author=author,
                revision=revision,
            )
            if author
            else say(
                "the draft was changed meanwhile and is at revision {revision}: read it again, and save with that "
                "revision",
                revision=revision,
            )
        )


class StoriesChanged(StorageError):
    """Somebody else has saved a flow's stories meanwhile."""

    code = "stories_changed"

    def __init__(self, revision: int) -> None:
        super().__init__(
            say(
                "the stories were changed meanwhile and are at revision {revision}: read them again, and save with "
                "that revision",
                revision=revision,
            )
        )


class SecretUnreadable(StorageError):
    """A secret was encrypted with a master key that is not here."""

    code = "secret_unreadable"

    def __init__(self, name: str) -> None:
        super().__init__(
            say(
                "secret {name!r} cannot be read with this master key: bring back the old key (SKIPLINE_MASTER_KEY or "
                "master.key in the data folder), or set the secret again",
                name=name,
            )
        )


class CursorUnreadable(StorageError):
    """A paging cursor that we did not make."""

    code = "cursor_unreadable"

    def __init__(self) -> None:
        super().__init__(say("this page cursor is not one of ours: use `next_cursor` as it was given, or leave it out"))


class ContactUnknown(StorageError):
    """There is no such contact."""

    code = "contact_unknown"

    def __init__(self, contact: str) -> None:
        super().__init__(say("there is no contact {contact}", contact=contact))


class NotMergeable(StorageError):
    """Two contacts cannot be made one, or one cannot be made two, as things stand."""

    code = "not_mergeable"


class UserUnknown(StorageError):
    """No such user."""

    code = "user_unknown"

    def __init__(self, user: str) -> None:
        super().__init__(say("There is no user {user}.", user=user))


class UserNameTaken(StorageError):
    """There is a user of this name already, perhaps in other capitals."""

    code = "user_name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(say("There is a user {name} already: take another name.", name=name))


class LastOwner(StorageError):
    """Nobody would be left who can make owners."""

    code = "last_owner"

    def __init__(self) -> None:
        super().__init__(say("This is the last owner: make another one first."))
