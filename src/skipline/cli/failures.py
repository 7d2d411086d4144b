"""What can keep a server from starting, told in a sentence instead of a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

from skipline.cli.folders import FolderMistake
from skipline.cli.settings import SettingsMistake
from skipline.cli.terminal import fail, show_issues
from skipline.host.voice_worker import VoiceUnavailable
from skipline.host.workspace import WorkspaceRefused
from skipline.store.errors import StorageError

_EXPECTED = (FolderMistake, SettingsMistake, StorageError, VoiceUnavailable, WorkspaceRefused, OSError)


@contextmanager
def clear_failures() -> Iterator[None]:
    """Within the block, an expected failure ends the command with its sentence; a bug keeps its traceback."""
    try:
        yield
    except BaseExceptionGroup as group:
        expected = group.subgroup(_EXPECTED)
        if expected is None:
            raise
        _tell(next(_leaves(expected)))
    except _EXPECTED as trouble:
        _tell(trouble)


def _tell(trouble: BaseException) -> None:
    if isinstance(trouble, WorkspaceRefused):
        show_issues(trouble.issues)
        fail("the workspace has mistakes; nothing was applied")
    fail(str(trouble), 2)


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for one in group.exceptions:
        if isinstance(one, BaseExceptionGroup):
            yield from _leaves(one)
        else:
            yield one
