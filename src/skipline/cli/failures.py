"""What can keep a server from starting, told in a sentence instead of a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

from skipline.cli.folders import FolderMistake
from skipline.cli.settings import SettingsMistake
from skipline.cli.terminal import fail, show_issues
from skipline.host.voice_worker import VoiceUnavailable
from skipline.workspace.reading import WorkspaceRefused


def _expected() -> tuple[type[Exception], ...]:
    """What is no bug of ours. Storage takes a second to load, so it is named only once something failed."""
    from skipline.store.errors import StorageError

    return (FolderMistake, SettingsMistake, StorageError, VoiceUnavailable, WorkspaceRefused, OSError)


@contextmanager
def clear_failures() -> Iterator[None]:
    """Within the block, an expected failure ends the command with its sentence; a bug keeps its traceback."""
    try:
        yield
    except BaseExceptionGroup as group:
        expected = group.subgroup(_expected())
        if expected is None:
            raise
        _tell(next(_leaves(expected)))
    except _expected() as trouble:
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
