"""The machine itself: its C library, its limits, its buffers and its clock."""

import ctypes
import platform
import resource
import socket
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from skipline.cli.doctor.finding import Finding, bad, ok, warn

ENOUGH_FILES, TOO_FEW_FILES = 8192, 256
WANTED_BUFFER_BYTES = 4 << 20
_TIME_ERROR = 5
"""What adjtimex(2) gives while nothing keeps the clock right."""
_TIMEX_BYTES = 512
_FOLDER_MAY_BE_AHEAD_SECONDS = 60.0
_WALL_SAMPLE_SECONDS = 0.2
_LARGEST_STEP_SECONDS = 0.05


def examine_machine(now: datetime, data: Path | None) -> Iterator[Finding]:
    """Everything that can be told without a socket to anybody."""
    yield examine_libc(*platform.libc_ver())
    yield examine_file_limit(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    yield examine_buffers(_granted_buffer(socket.SO_RCVBUF), _granted_buffer(socket.SO_SNDBUF))
    yield examine_clock(now, _newest_change(data), _wall_drift_seconds())
    yield examine_clock_keeping(_is_clock_kept())


def examine_libc(name: str, version: str) -> Finding:
    """The media relay comes as a wheel for Linux with glibc."""
    python = f"Python {platform.python_version()} on {platform.machine()}"
    if sys.platform == "linux" and name == "glibc":
        return ok("system", f"{python}, glibc {version}")
    return bad(
        "system",
        f"{python}, without glibc: the media relay has no wheel for it",
        "run Skipline on a Linux with glibc, such as Debian or the python:3 (not alpine) image",
    )


def examine_file_limit(most_files: int) -> Finding:
    """A relayed call holds about six descriptors; each caller's TCP connection one more."""
    said = f"this process may open {most_files:,} files"
    if most_files == resource.RLIM_INFINITY:
        return ok("file limit", "there is none")
    if most_files >= ENOUGH_FILES:
        return ok("file limit", said)
    fix = "run `ulimit -n 65536` before the start, or set LimitNOFILE=65536 in the systemd unit"
    finding = bad if most_files < TOO_FEW_FILES else warn
    return finding("file limit", f"{said}, enough for some {most_files // 6:,} relayed calls", fix)


def examine_buffers(receive_bytes: int, send_bytes: int) -> Finding:
    """The kernel's default of 208 KB loses bursts above some 100 calls a second."""
    granted = min(receive_bytes, send_bytes)
    if granted >= WANTED_BUFFER_BYTES:
        return ok("UDP buffers", f"{granted >> 10:,} KB are granted")
    return warn(
        "UDP buffers",
        f"the kernel grants {granted >> 10:,} KB of the {WANTED_BUFFER_BYTES >> 10:,} KB wanted, so bursts above some "
        "100 calls a second lose packets, which SIP sends again half a second later",
        f"run `sysctl -w net.core.rmem_max={WANTED_BUFFER_BYTES} net.core.wmem_max={WANTED_BUFFER_BYTES}` and put the "
        "same two lines into /etc/sysctl.d/",
    )


def _granted_buffer(option: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, option, WANTED_BUFFER_BYTES)
        # Linux tells twice what it granted, the other half being its own bookkeeping (socket(7)).
        return tried.getsockopt(socket.SOL_SOCKET, option) // 2


def examine_clock(now: datetime, newest_change: datetime | None, drift_seconds: float) -> Finding:
    """The clock must not lie behind what was already written, nor jump while we look."""
    said = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    behind = (newest_change - now).total_seconds() if newest_change else 0.0
    fix = "set the clock, and let chrony or systemd-timesyncd keep it"
    if behind > _FOLDER_MAY_BE_AHEAD_SECONDS:
        return bad("clock", f"it says {said}, {behind:,.0f} s before the data folder's last change", fix)
    if abs(drift_seconds) > _LARGEST_STEP_SECONDS:
        return bad("clock", f"it stepped by {drift_seconds * 1000:,.0f} ms while it was watched", fix)
    return ok("clock", f"{said}, running evenly")


def examine_clock_keeping(is_kept: bool | None) -> Finding:
    """Whether something keeps the clock right; the kernel knows."""
    if is_kept:
        return ok("clock keeping", "the kernel says that the clock is synchronised")
    said = "nothing keeps it right" if is_kept is False else "whether it is kept right cannot be told from here"
    return warn("clock keeping", said, "run chrony or systemd-timesyncd on this machine, or on the host of a container")


def _newest_change(data: Path | None) -> datetime | None:
    if data is None or not data.is_dir():
        return None
    times = [one.stat().st_mtime for one in data.iterdir() if one.is_file()]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def _wall_drift_seconds() -> float:
    """How far the wall clock moves more than the monotonic one while we sleep."""

    def difference() -> float:
        return time.clock_gettime(time.CLOCK_REALTIME) - time.monotonic()

    before = difference()
    time.sleep(_WALL_SAMPLE_SECONDS)
    return difference() - before


def _is_clock_kept() -> bool | None:
    """What adjtimex(2) says when it is only asked; None where it may not be asked."""
    # The structure begins with `modes`, whose zero means "change nothing"; the rest is filled in by the kernel.
    asked = ctypes.create_string_buffer(_TIMEX_BYTES)
    try:
        state = int(ctypes.CDLL(None, use_errno=True).adjtimex(asked))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != _TIME_ERROR
